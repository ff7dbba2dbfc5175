package catalog_test

import (
	"os"
	"slices"
	"testing"

	"tongban/internal/register/catalog"
	"tongban/internal/rules/checkup"
)

// A written item reaches the checkup whole, and is judged by what it says.
func TestAWrittenItemReachesTheCheckup(t *testing.T) {
	t.Parallel()
	d, problems := catalog.ReadFolder(os.DirFS("../../demo/county/items"), "food-workshop")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	it := d.Checkup("990124")
	g := it.Guide
	if it.Base != "990131901000" || it.Level != "4" || it.Region != "990124" || g == nil || !g.Joint || !g.Deemed || !g.TripsSaid ||
		len(g.Materials) != 4 || !g.Materials[2].Supplied || !g.Materials[3].When || len(g.Special) != 1 || len(g.Visits) != 1 ||
		g.Terms.Statutory.Days != 45 || g.Terms.Approver != "leader" || !g.Result.Licence || len(g.Fees) != 0 {
		t.Errorf("%+v", it)
	}
	decides := slices.IndexFunc(g.Flow.Steps, func(s checkup.Step) bool { return s.Part == checkup.PartDecide })
	if decides < 0 || g.Flow.Steps[decides].Agency != "scjg" || !slices.ContainsFunc(g.Flow.Steps, func(s checkup.Step) bool { return s.Kind == checkup.Decision }) {
		t.Errorf("%+v", g.Flow)
	}
	found := func() (rules []string) {
		for f := range checkup.Judge(&checkup.Catalogue{Items: []checkup.Item{it}}) {
			rules = append(rules, f.Rule)
		}
		return rules
	}
	if got := found(); len(got) > 0 {
		t.Errorf("nothing is wrong with it, found %v", got)
	}
	d.Joint, d.Materials[0].Basis, d.Visits = false, "", nil
	it = d.Checkup("990124")
	if got := found(); !slices.Equal(got, []string{"limit_over_law", "limit_over_law", "material_basis", "flow_visit"}) {
		t.Errorf("found %v", got)
	}
	d.Flow = nil
	if it = d.Checkup("990124"); it.Guide != nil {
		t.Error("an entry of a list has no guide")
	}
}
