package inspect_test

import (
	"os"
	"strings"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/lists"
	"tongban/internal/work/inspect"
)

// felling is a written item whose flow decides and issues; its base item is 990164915000.
func felling(t *testing.T, replace ...string) *catalog.Draft {
	t.Helper()
	var files [3][]byte
	for i, name := range []string{"item.yaml", "flow.bpmn", "form.json"} {
		b, err := os.ReadFile("../../demo/county/items/tree-felling/" + name)
		must(t, err)
		files[i] = b
	}
	yaml := strings.NewReplacer(append(replace, "agency: lyj", "agency: spj", "forest: lyj", "forest: spj")...).Replace(string(files[0]))
	d, problems := catalog.Read([]byte(yaml), files[1], files[2])
	if len(problems) > 0 {
		t.Fatal(catalog.Problems(problems))
	}
	return d
}

// fellingBase is its base item.
func fellingBase(t *testing.T, handling string) lists.Content {
	d := felling(t)
	c := lists.Content{Columns: lists.Row{"code": d.Base.Code, "name": d.Name, "type": d.Type}, Tables: map[string][]lists.Row{}}
	if handling != "" {
		c.Columns["handling"] = handling
	}
	for _, b := range d.Basis {
		if !b.Own {
			c.Tables["basis"] = append(c.Tables["basis"], lists.Row{"article": b.Cited(), "text": b.Text})
		}
	}
	return c
}

// rules are the rules of what is found in the catalogue as it stands.
func (r *rig) rules(t *testing.T) string {
	t.Helper()
	r.check(t)
	return said(r.page(t, inspect.Query{Limit: 500}))
}

// What the base catalogue calls a review (审核) may not decide: an item in force that
// does is found, whole and by a proposal, and refused when it is handed in.
func TestAReviewInForceThatDecidesIsFound(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		d := felling(t)
		o := catalog.ImportOptions{Region: "990124"}
		_, err := catalog.ImportItems(bg, r.Runner, r.ann, o, d)
		must(t, err)
		found := "class_review " + d.Code + " open\n"
		r.put(t, "base_item", fellingBase(t, "approval"))
		if got := r.rules(t); strings.Contains(got, "class_review") {
			t.Errorf("an approval may decide:\n%s", got)
		}
		next := felling(t, "from: 2025-01-01", "from: 2099-01-01")
		out, err := catalog.ImportItems(bg, r.Runner, r.ann, o, next)
		must(t, err)
		r.put(t, "base_item", fellingBase(t, "review"))
		if got := r.rules(t); !strings.Contains(got, found) {
			t.Errorf("found\n%s", got)
		}
		must(t, r.Read(func(tx *store.Tx) error {
			it := next.Checkup("990124")
			it.Code = strings.Replace(it.Code, "11990124YH000019XU", "11990124YH0000026P", 1) // nothing like it stands yet
			few, err := r.desk.Differing(tx, it)
			must(t, err)
			if !strings.Contains(told(few), "class_review") {
				t.Errorf("of a new one was found\n%s", told(few))
			}
			p, err := catalog.ProposalByID(tx, out.Proposed[0].Version)
			must(t, err)
			_, err = r.desk.Proposed(tx, p) // it was so before: not held against the proposal
			return err
		}))
		_, err = catalog.ImportItems(bg, r.Runner, r.ann, o, felling(t, "U4990164915000", "U3990164915000", "from: 2025-01-01", "from: 2099-01-01"))
		e, _ := err.(*act.Error)
		if e == nil || e.Kind != act.Invalid {
			t.Errorf("a review that decides was handed in: %v", err)
		}
	})
}

// Two agencies that prepare what a third decides do not approve the same twice.
func TestTwoReviewsAreNotTwoApprovals(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		const a, b = "511A0200000001-990124000000-000-11990124MB00000000-1-00", "511A0200000001-990124000000-000-11990124MB00000001-1-00"
		drafts, problems := catalog.ReadCSV([]byte("事项名称,事项编码,事项类型,实施主体\n网吧设立审核," + a + ",行政许可,zfb\n网吧设立审核," + b + ",行政许可,spj\n"))
		if len(problems) > 0 {
			t.Fatal(catalog.Problems(problems))
		}
		_, err := catalog.ImportItems(bg, r.Runner, r.ann, catalog.ImportOptions{Region: "990124", From: today}, drafts...)
		must(t, err)
		base := func(handling string) lists.Content {
			return lists.Content{Columns: lists.Row{"code": "511A0200000001", "name": "网吧设立审核", "type": "01", "handling": handling},
				Tables: map[string][]lists.Row{"basis": {{"article": "《行政许可法》第十二条"}}}}
		}
		for handling, want := range map[string]bool{"review": false, "approval": true} {
			r.put(t, "base_item", base(handling))
			if got := r.rules(t); strings.Contains(got, "overlap_item") != want {
				t.Errorf("%s: found\n%s", handling, got)
			}
			must(t, r.Read(func(tx *store.Tx) error {
				it := drafts[0].Checkup("990124")
				it.Code = "511A0200000001-990124000000-000-11990124MB00000002-1-00"
				it.Agency = "scjg"
				few, err := r.desk.Differing(tx, it)
				if strings.Contains(told(few), "overlap_item") != want {
					t.Errorf("%s, of a third: found\n%s", handling, told(few))
				}
				return err
			}))
		}
	})
}
