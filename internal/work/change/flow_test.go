package change_test

import (
	"errors"
	"strings"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/day"
	"tongban/internal/rules/flow"
	"tongban/internal/rules/flowtable"
)

// A flow from its draft to its force: two managers edit one item and nothing is
// overwritten; one hands it in, another publishes; who runs keeps what was.
func TestAFlowIsEditedByTwoAndPublishedByAnother(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		out, err := g.desk.Import(bg, by(ann), where, files(t, "items/food-workshop"))
		must(t, err)
		item := out.New[0].Item
		src := files(t, "items/food-workshop")[0].FlowXML
		edit := func(e flowtable.Edit) []byte {
			d, err := flow.Parse(src)
			must(t, err)
			next, err := flowtable.Apply(d, e)
			must(t, err)
			return next
		}
		s := flowtable.Step{Kind: flow.KindUser, Name: "市场监管审查", Role: "market", Post: "reviewer", Part: "review", Term: "P3W", About: flow.About{Risk: "看人下菜", Basis: "办法第八条"}}
		mine := edit(flowtable.Change{Node: "market_review", Step: s})
		theirs := edit(flowtable.Remove{Node: "water_test"})

		for person, want := range map[int64]act.Kind{clerk: act.Refused, foreigner: act.Refused} {
			if _, err := g.desk.SaveFlow(bg, by(person), "", item, 0, mine); act.KindOf(err) != want {
				t.Errorf("saved by %d: %v", person, err)
			}
		}
		first, err := g.desk.SaveFlow(bg, by(ann), "", item, 0, mine)
		must(t, err)
		if _, err := g.desk.SaveFlow(bg, by(ben), "", item, 0, theirs); act.KindOf(err) != act.Conflict {
			t.Errorf("over another's draft: %v", err)
		}
		if _, err := g.desk.SaveFlow(bg, by(ann), "", item, first.Rev, []byte("<x>")); act.KindOf(err) != act.Invalid {
			t.Errorf("no XML: %v", err)
		}
		must(t, g.s.Read(bg, func(tx *store.Tx) error {
			d, found, err := catalog.FlowDraftOf(tx, item)
			if err != nil || !found || d.By != ann || d.Rev != 1 || string(d.Flow) != string(mine) {
				t.Errorf("the draft: %v %+v", found, d)
			}
			list, err := catalog.FlowDrafts(tx, "", 10)
			if len(list) != 1 || list[0].Item != item {
				t.Errorf("drafts: %+v", list)
			}
			return err
		}))
		from := day.MustParse("2025-07-01")
		broken, err := g.desk.SaveFlow(bg, by(ben), "", item, 1, theirs)
		must(t, err)
		_, err = g.desk.ProposeFlow(bg, by(ben), "", g.items, item, broken.Rev, from, "减环节")
		var e *act.Error
		if !errors.As(err, &e) || e.Kind != act.Invalid { // its special procedure has no task any more
			t.Errorf("handed in broken: %v", err)
		}
		for _, same := range [][]byte{src, edit(flowtable.Tidy{})} {
			broken, err = g.desk.SaveFlow(bg, by(ben), "", item, broken.Rev, same)
			must(t, err)
			_, err = g.desk.ProposeFlow(bg, by(ben), "", g.items, item, broken.Rev, from, "重画了一遍")
			if !errors.As(err, &e) || e.Code != "change.flow.same" {
				t.Errorf("handed in what differs in nothing: %v", err)
			}
		}
		good, err := g.desk.SaveFlow(bg, by(ann), "", item, broken.Rev, mine)
		must(t, err)
		if _, err := g.desk.ProposeFlow(bg, by(ann), "", g.items, item, broken.Rev, from, "承诺提速"); act.KindOf(err) != act.Conflict {
			t.Errorf("an older revision: %v", err)
		}
		p, err := g.desk.ProposeFlow(bg, by(ann), "", g.items, item, good.Rev, from, "承诺提速")
		must(t, err)
		if _, err := g.desk.Publish(bg, by(ann), "", p.Proposal); act.KindOf(err) != act.Refused {
			t.Errorf("published by its writer: %v", err)
		}
		_, err = g.desk.Publish(bg, by(ben), "", p.Proposal)
		must(t, err)
		must(t, g.s.Read(bg, func(tx *store.Tx) error {
			if _, found, _ := catalog.FlowDraftOf(tx, item); found {
				t.Error("the draft is still there")
			}
			v, err := g.items.InForce(tx, item, from)
			must(t, err)
			before, err := g.items.InForce(tx, item, from-1)
			if v.N != 2 || string(v.FlowXML) != string(mine) || v.Flow.Node("market_review").About.Risk != "看人下菜" || before.Flow.Node("market_review").About.Risk == "看人下菜" {
				t.Errorf("in force: %d", v.N)
			}
			guide := catalog.Guide(v, nil, from, "zh")
			var told []string
			for _, s := range guide.Steps {
				told = append(told, s.Risk+s.Basis)
			}
			if !strings.Contains(strings.Join(told, " "), "看人下菜办法第八条") {
				t.Errorf("the guide tells %q", told)
			}
			return err
		}))
		again, err := g.desk.SaveFlow(bg, by(ben), "", item, 0, mine)
		must(t, err)
		must(t, g.desk.DropFlow(bg, by(ann), "", item, again.Rev))
		if err := g.desk.DropFlow(bg, by(ann), "", item, again.Rev); act.KindOf(err) != act.Conflict {
			t.Errorf("dropped twice: %v", err)
		}
	})
}
