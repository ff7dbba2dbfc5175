package catalog

import (
	"maps"
	"slices"
	"strings"

	"tongban/internal/rules/flow"
	"tongban/internal/rules/form"
	"tongban/internal/rules/gbcode"
	"tongban/internal/rules/wording"
)

// catchAll are the names by which an agency asks for whatever comes to its mind.
var catchAll = []string{"其他材料", "其它材料", "其他相关材料", "其它相关材料", "其他有关材料", "其它有关材料", "相关材料", "有关材料", "其他", "其它",
	"法律法规规定的其他材料", "其他必要材料", "需要提交的其他材料"}

func (c *checker) materials() {
	seen := map[string]bool{}
	for i, m := range c.d.Materials {
		path := index("materials", i)
		if !keyPattern.MatchString(m.Key) {
			c.wrong(path+".key", "key", "got", m.Key)
		}
		if seen[m.Key] {
			c.wrong(path+".key", "twice", "got", m.Key)
		}
		seen[m.Key] = true
		if blank(m.Name) || len([]rune(m.Name)) > maxName {
			c.wrong(path+".name", "text", "key", "name", "max", maxName, "got", len([]rune(m.Name)))
		}
		if slices.ContainsFunc(catchAll, func(w string) bool { return bare(m.Name) == w || strings.HasSuffix(bare(m.Name), "其他材料") }) {
			c.wrong(path+".name", "catch_all", "got", m.Name)
		}
		c.oneOf(path+".source", m.Source, sources)
		c.material(path, m)
		c.when(path+".when", m.When)
	}
}

// bare takes off the punctuation and blanks in which a name may be dressed.
func bare(s string) string { return fold(s, false) }

func (c *checker) material(path string, m Material) {
	if m.Supplied() {
		e, ok := form.FindElement(m.Element)
		if !ok || !e.Document() {
			c.wrong(path+".element", "element", "got", m.Element, "known", documents())
		}
	} else if blank(m.How) {
		c.wrong(path+".how", "how")
	}
	if m.Grade != "" {
		c.oneOf(path+".grade", m.Grade, grades)
	}
	c.each(path+".formats", m.Formats, formats)
	if m.MaxMB < 1 || m.MaxMB > maxMB {
		c.wrong(path+".max_mb", "max_mb", "max", maxMB)
	}
	if blank(m.Why) || blank(m.Basis) {
		c.wrong(path, "why")
	}
	if m.DeferDays < 0 || m.DeferDays > 365 {
		c.wrong(path+".defer_days", "defer")
	}
}

// documents lists the data elements that can supply a material.
func documents() string {
	var all []string
	for _, e := range form.Elements() {
		if e.Document() {
			all = append(all, e.Key)
		}
	}
	return strings.Join(all, "、")
}

// applicantValues are the facts of the applicant that a result may carry.
var applicantValues = []string{"applicant.name", "applicant.uscc", "applicant.idno", "applicant.kind", "applicant.address"}

func (c *checker) result() {
	r := c.d.Result
	c.text("result.name", r.Name, maxName)
	if r.LicenceType != "" {
		c.licenceType("result.licence_type", r.LicenceType)
	}
	c.former(r.Ends)
	if r.ValidMonths < 0 || r.ValidMonths > 1200 {
		c.wrong("result.valid_months", "months")
	}
	if len(r.Fields) == 0 {
		c.wrong("result", "fields")
	}
	for i, f := range r.Fields {
		path := index("result.fields", i)
		if blank(f.Label) {
			c.wrong(path, "field_label")
		}
		if !slices.Contains(applicantValues, f.Value) && !c.ofForm(f.Value) {
			c.wrong(path, "field_value", "got", f.Value, "known", strings.Join(applicantValues, "、"))
		}
	}
}

// ofForm tells whether a value names a field of the form, which may be unread.
func (c *checker) ofForm(value string) bool {
	key, ok := strings.CutPrefix(value, "form.")
	if !ok || c.d.Form == nil {
		return ok
	}
	_, ok = c.d.Form.Field(key)
	return ok
}

// former checks what a grant puts an end to: all is said of it, or nothing.
func (c *checker) former(e Ends) {
	if e == (Ends{}) {
		return
	}
	if !c.ofForm(e.Number) {
		c.wrong("result.ends.number", "ends_number", "got", e.Number)
	}
	c.text("result.ends.name", e.Name, maxName)
	c.text("result.ends.article", e.Article, maxName)
	c.licenceType("result.ends.type", e.Type)
}

// licenceType checks the type of a licence identifier (GB/T 36904): the credit
// code of the body that answers for the type, and three more characters.
func (c *checker) licenceType(path, t string) {
	if n := len([]rune(t)); n != 21 {
		c.wrong(path, "licence_type", "got", n)
		return
	}
	if _, err := gbcode.LicenceID(t, t[:min(18, len(t))], "1", 1); err != nil {
		c.wrongMessage(path, err)
	}
}

func roleList(roles map[string]string) string {
	return strings.Join(slices.Sorted(maps.Keys(roles)), "、")
}

// tasks checks the flow against the item: roles, posts, parts and their
// classes, visits and special procedures, and that what must be done is done.
func (c *checker) tasks() {
	done := map[string]map[string]bool{} // part → roles that play it
	issues := false
	for _, n := range c.d.Flow.Nodes {
		if n.BySystem() {
			issues = issues || n.Task.Action == "issue"
			if n.Task.Action != "issue" {
				c.task(n, "action", "got", n.Task.Action)
			}
		}
		if !n.ByPerson() {
			continue
		}
		c.person(n)
		if n.Task.Part == "decide" && len(done["decide"]) > 0 {
			c.task(n, "decides_again") // a case has one decision, after which no other task can be done
		}
		if done[n.Task.Part] == nil {
			done[n.Task.Part] = map[string]bool{}
		}
		done[n.Task.Part][n.Task.Role] = true
	}
	c.ends(done, issues)
	for role := range done["decide"] {
		if a, ok := c.d.Roles[role]; ok && a != c.d.Agency {
			c.wrong("agency", "decider", "role", role, "agency", c.d.Agency)
		}
	}
	for i, v := range c.d.Visits {
		if !done["visit"][v.Role] {
			c.wrong(index("visits", i), "visit_task", "role", v.Role)
		}
	}
	for i, s := range c.d.Special {
		if !done["test"][s.Role] && !done["review"][s.Role] && !done["visit"][s.Role] {
			c.wrong(index("special", i), "special_task", "role", s.Role)
		}
	}
	c.classes(done)
}

// ends asks that an application is accepted, and decided here with a result; a
// review ends with the opinion that goes to the body above: it decides nothing and
// issues no licence (行政许可法 35, 43).
func (c *checker) ends(done map[string]map[string]bool, issues bool) {
	must := []string{"accept", "decide"}
	if c.d.Reviewed() {
		must[1] = "review"
		for _, n := range c.d.Flow.Nodes {
			if n.ByPerson() && n.Task.Part == "decide" || n.BySystem() && n.Task.Action == "issue" {
				c.task(n, "reviews")
			}
		}
		if c.d.Result.LicenceType != "" {
			c.wrong("result.licence_type", "reviews_licence")
		}
	} else if !issues {
		c.wrong("", "no_issue")
	}
	for _, p := range must {
		if len(done[p]) == 0 {
			c.wrong("", "no_part", "part", wording.M("catalog.word.part."+p))
		}
	}
}

// task notes a problem with a task of the flow.
func (c *checker) task(n *flow.Node, key string, pairs ...any) {
	pairs = append(pairs, "task", n.Label())
	c.problems = append(c.problems, Problem{File: flowFile, Line: n.Line, Msg: wording.M("catalog.task."+key, pairs...)})
}

func (c *checker) person(n *flow.Node) {
	t := n.Task
	if _, ok := c.d.Roles[t.Role]; !ok {
		c.task(n, "role", "role", t.Role, "known", roleList(c.d.Roles))
	}
	if !slices.Contains(posts, t.Post) {
		c.task(n, "post", "got", t.Post, "known", strings.Join(posts, "、"))
	}
	if !slices.Contains(parts, t.Part) || t.Part == "issue" {
		c.task(n, "part", "got", t.Part, "known", strings.Join(parts, "、"))
	}
	if k := n.About.Special; k != "" && !slices.ContainsFunc(c.d.Special, func(s Special) bool { return string(s.Kind) == k && s.Role == t.Role }) {
		c.task(n, "special", "got", k, "role", t.Role)
	}
	if t.Part != "visit" {
		return
	}
	i := slices.IndexFunc(c.d.Visits, func(v Visit) bool { return v.Role == t.Role })
	if i < 0 {
		c.task(n, "visit", "role", t.Role)
		return
	}
	if t.Officers != 0 && t.Officers != c.d.Visits[i].Officers {
		c.task(n, "officers", "got", t.Officers, "want", c.d.Visits[i].Officers)
	}
}

// classes asks for a class for each part that is judged, and that whoever
// accepts or handles does not decide, unless the item is decided on the spot
// (行政许可法 34).
func (c *checker) classes(done map[string]map[string]bool) {
	for k, class := range c.d.Classes {
		c.oneOf("classes."+k, k, parts)
		if !keyPattern.MatchString(class) {
			c.wrong("classes."+k, "key", "got", class)
		}
	}
	for _, p := range []string{"accept", "review", "visit", "test", "decide"} {
		if len(done[p]) == 0 {
			continue
		}
		class := c.d.Classes[p]
		if class == "" {
			c.wrong("classes", "class", "part", wording.M("catalog.word.part."+p), "key", p)
			continue
		}
		if p != "decide" && class == c.d.Classes["decide"] && c.d.Kind != Instant {
			c.wrong("classes."+p, "class_decide", "part", wording.M("catalog.word.part."+p))
		}
	}
}
