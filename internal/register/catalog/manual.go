package catalog

import (
	"slices"
	"strconv"
)

// Review is what the work manual (工作手册, 审查要点) says of one part that officials
// play on a case: point by point what to look at.
type Review struct {
	Part   string  `yaml:"part" json:"part"`           // accept, review, visit, test, decide
	Role   string  `yaml:"role" json:"role,omitempty"` // "" for each role that plays the part
	Points []Point `yaml:"points" json:"points"`
}

// Point is one review point.
type Point struct {
	Text     string   `yaml:"text" json:"text"`
	Article  string   `yaml:"article" json:"article"`
	Look     string   `yaml:"look" json:"look"`                   // what to look at, and where
	Mistakes []string `yaml:"mistakes" json:"mistakes,omitempty"` // made often
	Sample   string   `yaml:"sample" json:"sample,omitempty"`     // of an opinion that is in order
}

// Discretion is a line of the discretion standard (裁量标准): what follows in which
// situation, so that the same is decided alike.
type Discretion struct {
	Situation string `yaml:"situation" json:"situation"`
	Measure   string `yaml:"measure" json:"measure"`
	Article   string `yaml:"article" json:"article"`
}

// Sample is a filled-in sample (示范文本) of a material, the form or the result.
type Sample struct {
	Of    string   `yaml:"of" json:"of"` // key of a material, form, result
	Name  string   `yaml:"name" json:"name"`
	Lines []string `yaml:"lines" json:"lines"`
}

// What a sample can be of beside the materials.
const (
	SampleForm   = "form"
	SampleResult = "result"
)

// Numbered is a review point with the key by which what was checked is
// remembered; keys hold within one version.
type Numbered struct {
	Key string
	Point
}

// PointsFor are the review points of a part as a role plays it, in order.
func (it *Item) PointsFor(part, role string) (list []Numbered) {
	for i, m := range it.Manual {
		if m.Part != part || m.Role != "" && m.Role != role {
			continue
		}
		for j, p := range m.Points {
			list = append(list, Numbered{Key: part + "." + strconv.Itoa(i+1) + "." + strconv.Itoa(j+1), Point: p})
		}
	}
	return list
}

const (
	maxPoints = 60  // of one part
	maxPoint  = 300 // characters
)

// manual checks the work manual, the discretion standard and the samples.
func (c *checker) manual() {
	it := &c.d.Item
	for i, m := range it.Manual {
		path := index("manual", i)
		c.oneOf(path+".part", m.Part, []string{"accept", "review", "visit", "test", "decide"})
		if m.Role != "" {
			c.role(path+".role", m.Role)
		}
		if len(m.Points) == 0 || len(m.Points) > maxPoints {
			c.wrong(path, "points", "max", maxPoints)
		}
		for j, p := range m.Points {
			at := index(path+".points", j)
			for _, x := range [][2]string{{"text", p.Text}, {"article", p.Article}, {"look", p.Look}} {
				if n := len([]rune(x[1])); blank(x[1]) || n > maxPoint {
					c.wrong(at, "text", "key", x[0], "max", maxPoint, "got", n)
				}
			}
		}
	}
	for i, d := range it.Discretion {
		if blank(d.Situation) || blank(d.Measure) || blank(d.Article) {
			c.wrong(index("discretion", i), "discretion")
		}
	}
	known := []string{SampleForm, SampleResult}
	for _, m := range it.Materials {
		known = append(known, m.Key)
	}
	for i, s := range it.Samples {
		path := index("samples", i)
		c.oneOf(path+".of", s.Of, known)
		c.text(path+".name", s.Name, maxName)
		if len(s.Lines) == 0 || slices.ContainsFunc(s.Lines, blank) {
			c.wrong(path, "sample")
		}
	}
}
