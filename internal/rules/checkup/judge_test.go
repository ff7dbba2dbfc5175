package checkup_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tongban/internal/rules/checkup"
	"tongban/internal/rules/wording"
)

// broken are the catalogues of all tries.
func broken() []*checkup.Catalogue {
	var list []*checkup.Catalogue
	for _, x := range tries() {
		c := good()
		x.bad(c)
		list = append(list, c)
	}
	return list
}

func ids(list []checkup.Finding) []string {
	var out []string
	for _, f := range list {
		out = append(out, f.ID)
	}
	slices.Sort(out)
	return out
}

// A finding keeps its identity when the catalogue is written in another order
// and when agencies are given names; each has one of its own.
func TestFindingsKeepTheirIdentity(t *testing.T) {
	t.Parallel()
	list := broken()
	rapid.Check(t, func(t *rapid.T) {
		c := *list[rapid.IntRange(0, len(list)-1).Draw(t, "which")]
		was := ids(all(&c))
		if len(slices.Compact(slices.Clone(was))) != len(was) {
			t.Fatal("two findings with one identity")
		}
		if got := all(&c); !reflect.DeepEqual(ids(got), was) {
			t.Fatal("another run finds something else")
		}
		c.Items = rapid.Permutation(c.Items).Draw(t, "items")
		c.Powers = rapid.Permutation(c.Powers).Draw(t, "powers")
		c.Proofs = rapid.Permutation(c.Proofs).Draw(t, "proofs")
		c.Agencies = map[string]string{"scjg": "市场监督管理局", "wjj": "卫生健康局"}
		if got := ids(all(&c)); !slices.Equal(got, was) {
			t.Fatalf("in another order: %v, was %v", got, was)
		}
	})
}

func TestAFindingComesBackWhenItsFactsChange(t *testing.T) {
	t.Parallel()
	over := func(n int) string {
		c := good()
		c.Items[0].Guide.Terms.Statutory = days(n, "行政许可法第四十二条")
		i := slices.IndexFunc(all(c), func(f checkup.Finding) bool { return f.Rule == "limit_over_law" })
		return all(c)[i].ID
	}
	was := over(50)
	if again, longer := over(50), over(60); again != was || longer == was {
		t.Error("what was accepted for 50 days does not hold for them, or holds for 60")
	}
}

func TestAgenciesAreShownByName(t *testing.T) {
	t.Parallel()
	c := good()
	c.Agencies = map[string]string{"wjj": "卫生健康局"}
	c.Powers[0].Holders = []string{"wjj"}
	for _, f := range all(c) {
		if f.Rule == "item_holder" && !strings.Contains(f.Message.In(wording.ZH), "卫生健康局") {
			t.Errorf("says %s", f.Message.In(wording.ZH))
		}
	}
}

// About is the part of Judge that concerns one code: all that is to be mended
// in it, and nothing that has nothing to do with it.
func TestAboutIsAPartOfTheWhole(t *testing.T) {
	t.Parallel()
	for _, c := range broken() {
		whole := all(c)
		for _, code := range []string{code, filingCode, "P3"} {
			about := ids(slices.Collect(checkup.About(c, code)))
			for _, f := range whole {
				if f.Subject.Code == code && !slices.Contains(about, f.ID) {
					t.Errorf("%s: %s is left out", code, f.Rule)
				}
				if !f.About(code) && slices.Contains(about, f.ID) {
					t.Errorf("%s: %s has nothing to do with it", code, f.Rule)
				}
			}
		}
	}
}

// Whoever has seen enough may stop.
func TestJudgingStopsWhenNobodyListens(t *testing.T) {
	t.Parallel()
	c := good()
	for i := range c.Items {
		c.Items[i].Guide, c.Items[i].Type = nil, "1"
	}
	n := 0
	for range checkup.Judge(c) {
		if n++; n == 2 {
			break
		}
	}
	var counts checkup.Counts
	for f := range checkup.Judge(c) {
		counts.Add(f)
	}
	if n != 2 || counts.Total() < 6 || counts.ByRule["guide_none"] != 3 || counts.Notes != 3 {
		t.Errorf("%d, %+v", n, counts)
	}
}

func TestTheRingIsDrawn(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, 3, 24, 25, 500} {
		var ways [][]int
		for i := range n {
			ways = append(ways, []int{i, (i + 1) % n})
		}
		c := proofs(ways)
		c.Proofs[0].Name += `<&">`
		c.Proofs[(n-1+n)%n].Needs = []string{c.Proofs[0].Name}
		found := circlesIn(c)
		if len(found) != 1 {
			t.Fatalf("%d: found %d", n, len(found))
		}
		svg := found[0].Drawing("r", wording.ZH)
		arrows := 0
		for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
			tok, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%d: %v", n, err)
			}
			if e, ok := tok.(xml.StartElement); ok && e.Name.Local == "circle" {
				arrows++
			}
		}
		if arrows != n || bytes.Contains(svg, []byte("style")) || bytes.Contains(svg, []byte("NaN")) {
			t.Errorf("%d: %d documents drawn", n, arrows)
		}
	}
	if (checkup.Finding{}).Drawing("r", wording.ZH) != nil {
		t.Error("no ring, and still a picture")
	}
}
