package change_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// beginning is an item of the county that holds from another day.
func beginning(t *testing.T, name, from string) *catalog.Draft {
	t.Helper()
	d := files(t, name)[0]
	next, problems := catalog.Read([]byte(strings.Replace(string(d.ItemYAML), "from: 2025-01-01", "from: "+from, 1)), d.FlowXML, d.FormJSON)
	if len(problems) > 0 {
		t.Fatal(catalog.Problems(problems))
	}
	return next
}

// One person enters a new item by its name alone; what makes it one that can be
// applied for is published by another.
func TestANewItemIsOpenedByTwo(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		_, err := g.desk.Import(bg, by(ann), where, files(t, "items/senior-card")) // the first founds the catalogue
		must(t, err)

		for _, soon := range []string{"2025-01-01", "2025-06-03"} {
			_, err = g.desk.Import(bg, by(ann), where, []*catalog.Draft{beginning(t, "items/tree-felling", soon)})
			if act.KindOf(err) != act.Invalid || !strings.Contains(explain(err), "2025年6月4日") {
				t.Errorf("from %s, before another person can publish it: %v", soon, explain(err))
			}
		}

		drafts := []*catalog.Draft{beginning(t, "items/tree-felling", "2025-06-10")}
		would, err := g.desk.Check(bg, by(ann), where, drafts)
		must(t, err)
		did, err := g.desk.Import(bg, by(ann), where, drafts)
		must(t, err)
		if len(would.New) != 1 || len(would.Proposed) != 1 || len(did.New) != 1 || len(did.Proposed) != 1 {
			t.Fatalf("would %+v, did %+v", would, did)
		}
		item, proposal := did.New[0].Item, did.Proposed[0].Version
		standsAs := func(on string, complete bool) {
			t.Helper()
			must(t, g.s.Read(bg, func(tx *store.Tx) error {
				v, err := g.items.InForce(tx, item, day.MustParse(on))
				if err == nil && v.Complete() != complete {
					t.Errorf("on %s: can be applied for: %v", on, v.Complete())
				}
				return err
			}))
		}
		standsAs("2025-06-10", false)

		again, err := g.desk.Check(bg, by(ben), where, drafts)
		if act.KindOf(err) != act.Invalid {
			t.Errorf("brought in a second time: %+v, %v", again, err)
		}
		if _, err := g.desk.Publish(bg, by(ann), "", proposal); act.KindOf(err) != act.Refused {
			t.Errorf("published by who wrote it: %v", err)
		}
		_, err = g.desk.Publish(bg, by(ben), "", proposal)
		must(t, err)
		standsAs("2025-06-09", false)
		standsAs("2025-06-10", true)
	})
}

// explain is everything that an error says, field by field.
func explain(err error) string {
	var e *act.Error
	if !errors.As(err, &e) {
		return fmt.Sprint(err)
	}
	said := e.Msg.In(wording.ZH)
	for _, f := range e.Fields {
		said += "\n" + f.Msg.In(wording.ZH)
	}
	return said
}
