package gbcode

import (
	"compress/gzip"
	_ "embed"
	"io"
	"slices"
	"sort"
	"strings"
	"sync"

	"tongban/internal/rules/wording"
)

// Region is an administrative division (行政区划, GB/T 2260 and its extension to streets).
type Region struct {
	Code string `json:"code"` // 2, 4, 6 or 9 digits: province, city, county, township; 12: village
	Name string `json:"name"`
}

// Level is the level of government as GB/T 39046 numbers it: 1 the state,
// 2 province, 3 city, 4 county, 5 township, 6 village. 0 is no code of a region.
func (r Region) Level() int { return level(r.Code) }

func level(code string) int {
	switch len(code) {
	case 0:
		return 1
	case 2:
		return 2
	case 4:
		return 3
	case 6:
		return 4
	case 9:
		return 5
	case 12:
		return 6
	}
	return 0
}

// Tree is a table of regions, immutable and safe to share. Its codes are short:
// a province has 2 digits, a city 4. Lookups also take the long forms that end
// in zeros (510000, 511602000000).
type Tree struct{ list []Region } // in order of code, which puts each region before its children

// regions.txt.gz holds a line "code name" for each region, in order of code.
// Source: modood/Administrative-divisions-of-China (WTFPL), the statistical
// divisions of 2023. The three provinces below are not in it.
//
//go:embed regions.txt.gz
var packed string

// China is the table of the real regions, read at first use. It is a table of
// one year: regions abolished before, which old citizen numbers carry, are not in it.
var China = sync.OnceValue(func() *Tree {
	zr, err := gzip.NewReader(strings.NewReader(packed))
	if err != nil {
		panic(err) // the file is part of the program
	}
	var b strings.Builder
	if _, err := io.Copy(&b, zr); err != nil {
		panic(err)
	}
	text := b.String()
	t := &Tree{list: make([]Region, 0, 45_000)}
	for line := range strings.Lines(text) {
		code, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		t.list = append(t.list, Region{Code: code, Name: name})
	}
	t.list = append(t.list, Region{"71", "台湾省"}, Region{"81", "香港特别行政区"}, Region{"82", "澳门特别行政区"})
	return t
})

// With returns a copy of the table with these regions added, for demonstration
// counties outside the real table. The error names a code that is not 2, 4, 6,
// 9 or 12 digits, is there already, or whose parent is not.
func (t *Tree) With(more ...Region) (*Tree, error) {
	n := &Tree{list: slices.Concat(t.list, more)}
	slices.SortStableFunc(n.list, func(a, b Region) int { return strings.Compare(a.Code, b.Code) })
	for _, r := range more {
		what := label("region")
		if m := digits(what, r.Code, 0); !m.IsZero() {
			return nil, m
		}
		if r.Level() < 2 {
			return nil, wording.M("gbcode.region.shape", "label", what, "code", r.Code)
		}
		if i, _ := n.index(r.Code); i+1 < len(n.list) && n.list[i+1].Code == r.Code {
			return nil, wording.M("gbcode.region.twice", "label", what, "code", r.Code)
		}
		if p := parentCode(r.Code); p != "" {
			if _, ok := n.index(p); !ok {
				return nil, wording.M("gbcode.region.orphan", "label", what, "code", r.Code, "parent", p)
			}
		}
	}
	return n, nil
}

// index finds the place of exactly this code, or the place where it would stand.
func (t *Tree) index(code string) (int, bool) {
	return sort.Find(len(t.list), func(i int) int { return strings.Compare(code, t.list[i].Code) })
}

// Len is the number of regions.
func (t *Tree) Len() int { return len(t.list) }

// Find looks a region up by its code of 2, 4, 6, 9 or 12 digits; a tail of
// zeros may be there or not.
func (t *Tree) Find(code string) (Region, bool) {
	if level(code) < 2 {
		return Region{}, false
	}
	for {
		if i, ok := t.index(code); ok {
			return t.list[i], true
		}
		p := parentCode(code)
		if p == "" || strings.Trim(code[len(p):], "0") != "" {
			return Region{}, false
		}
		code = p
	}
}

// Nearest finds the region itself or, where the table lacks it, the smallest
// region above it that the table has.
func (t *Tree) Nearest(code string) (Region, bool) {
	for ; level(code) >= 2; code = parentCode(code) {
		if r, ok := t.Find(code); ok {
			return r, true
		}
	}
	return Region{}, false
}

// Parent returns the region above, false for a province or an unknown code.
func (t *Tree) Parent(code string) (Region, bool) {
	r, ok := t.Find(code)
	if !ok {
		return Region{}, false
	}
	return t.Find(parentCode(r.Code))
}

// Children lists the regions directly below; those of "" are the provinces.
func (t *Tree) Children(code string) []Region {
	if code != "" {
		r, ok := t.Find(code)
		if !ok {
			return nil
		}
		code = r.Code
	}
	var out []Region
	i, ok := t.index(code)
	if ok {
		i++
	}
	for i < len(t.list) && strings.HasPrefix(t.list[i].Code, code) {
		out = append(out, t.list[i])
		i, _ = t.index(t.list[i].Code + ":") // ":" follows "9": past the whole subtree
	}
	return out
}

// FullName joins the names from the province down, without those that name no
// place (市辖区, 县, 省直辖县级行政区划) and without saying one twice. It is ""
// for an unknown code.
func (t *Tree) FullName(code string) string {
	r, ok := t.Find(code)
	if !ok {
		return ""
	}
	var names []string
	for c := r.Code; c != ""; c = parentCode(c) {
		i, ok := t.index(c)
		if !ok || placeless(t.list[i].Name) || len(names) > 0 && names[0] == t.list[i].Name {
			continue
		}
		names = slices.Insert(names, 0, t.list[i].Name)
	}
	return strings.Join(names, "")
}

func placeless(name string) bool {
	return name == "市辖区" || name == "县" || strings.HasSuffix(name, "直辖县级行政区划")
}

// parentCode is the code one level up, "" above a province.
func parentCode(code string) string {
	switch n := len(code); {
	case n > 9:
		return code[:9]
	case n > 6:
		return code[:6]
	case n > 4:
		return code[:4]
	case n > 2:
		return code[:2]
	}
	return ""
}

// Under tells whether the region code lies in ancestor or is it. Both may be
// long or short; the ancestor "" is the state, in which everything lies. It
// looks at the codes alone, so that it also holds for villages and for regions
// that no table has.
func Under(code, ancestor string) bool {
	return strings.HasPrefix(short(code), short(ancestor))
}

// short drops the levels that are all zeros: 511602000000 → 511602, 510000 → 51.
func short(code string) string {
	for {
		p := parentCode(code)
		if p == "" || strings.Trim(code[len(p):], "0") != "" {
			return code
		}
		code = p
	}
}

// ParseRegion reads a code of 2, 4, 6, 9 or 12 digits and looks it up. A code
// of the right form that the table lacks is an error naming the region above it.
func ParseRegion(s string, regions *Tree) (Region, error) {
	s = Normalize(s)
	what := label("region")
	if m := digits(what, s, 0); !m.IsZero() {
		return Region{}, m
	}
	if level(s) < 2 {
		return Region{}, wording.M("gbcode.region.shape", "label", what, "code", s)
	}
	r, ok := regions.Find(s)
	if ok {
		return r, nil
	}
	if near, ok := regions.Nearest(s); ok {
		return Region{}, wording.M("gbcode.region.former", "label", what, "code", s, "near", regions.FullName(near.Code))
	}
	return Region{}, wording.M("gbcode.region.unknown", "label", what, "code", s)
}
