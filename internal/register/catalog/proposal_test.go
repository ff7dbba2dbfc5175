package catalog_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/day"
)

var (
	propose = act.Command{Name: "item.propose", Right: "item.propose"}
	publish = act.Command{Name: "item.publish", Right: "item.publish"}
)

// as runs f as a command of one person.
func as[Out any](g *rig, person int64, cmd act.Command, f func(*act.Call) (Out, error)) (Out, error) {
	return act.Run(bg, g.r, by(person), "", cmd, 0, func(c *act.Call, _ int) (Out, error) {
		if err := c.Allow(act.Scope{Region: region}); err != nil {
			return *new(Out), err
		}
		return f(c)
	})
}

func (g *rig) propose(person, item int64, d *catalog.Draft) (int64, error) {
	return as(g, person, propose, func(c *act.Call) (int64, error) { return catalog.Propose(c, item, d, "改期限") })
}

func (g *rig) publish(person, id int64) (catalog.Ref, error) {
	return as(g, person, publish, func(c *act.Call) (catalog.Ref, error) { return catalog.PublishProposal(c, id) })
}

// next publishes a further version with two people.
func (g *rig) next(t testing.TB, item int64, d *catalog.Draft) catalog.Ref {
	t.Helper()
	id, err := g.propose(ann, item, d)
	must(t, err)
	ref, err := g.publish(ben, id)
	must(t, err)
	return ref
}

func later(t testing.TB, from string) *catalog.Draft {
	t.Helper()
	return good(t, "senior-card", "in_force: {from: 2025-01-01}", "in_force: {from: "+from+"}")
}

func TestWhoProposedCannotPublish(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		item := g.bring(t, good(t, "senior-card")).New[0].Item
		id, err := g.propose(ann, item, later(t, "2025-07-01"))
		must(t, err)
		_, err = g.publish(ann, id)
		if act.KindOf(err) != act.Refused {
			t.Fatalf("published by its writer: %v", err)
		}
		g.read(t, func(tx *store.Tx) error {
			var refusals int
			_, err := tx.Get([]any{&refusals}, `select count(*) from event where home = $1 and kind = 'command.refused'`, tx.Home())
			if refusals != 1 {
				t.Errorf("%d refusals recorded", refusals)
			}
			return err
		})
		_, err = g.publish(ben, id)
		must(t, err)
		if _, err := g.publish(ben, id); act.KindOf(err) != act.Conflict {
			t.Fatalf("published twice: %v", err)
		}
	})
}

func TestProposalsThatCannotBe(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		item := g.bring(t, good(t, "senior-card")).New[0].Item
		for name, d := range map[string]*catalog.Draft{
			"a day that is over":          later(t, "2025-06-02"),
			"the day of the one in force": good(t, "senior-card", "当天", "当日"),
			"another item":                good(t, "food-workshop"),
		} {
			if _, err := g.propose(ann, item, d); act.KindOf(err) != act.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
		id, err := g.propose(ann, item, later(t, "2025-07-01"))
		must(t, err)
		if _, err := g.propose(ben, item, later(t, "2025-08-01")); act.KindOf(err) != act.Invalid {
			t.Errorf("a second open proposal: %v", err)
		}
		g.set("2025-07-02")
		if _, err := g.publish(ben, id); act.KindOf(err) != act.Invalid {
			t.Errorf("published after its day: %v", err)
		}
		_, err = as(g, ann, propose, func(c *act.Call) (int64, error) { return id, catalog.DropProposal(c, id, "过期了") })
		must(t, err)
		_, err = g.propose(ben, item, later(t, "2025-08-01"))
		must(t, err)
	})
}

// Ten publish one proposal at once: one version comes of it.
func TestManyPublishAtOnce(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		item := g.bring(t, good(t, "senior-card")).New[0].Item
		id, err := g.propose(ann, item, later(t, "2025-07-01"))
		must(t, err)
		var done, late atomic.Int64
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				switch _, err := g.publish(ben, id); act.KindOf(err) {
				case "":
					done.Add(1)
				case act.Conflict:
					late.Add(1)
				default:
					t.Error(err)
				}
			})
			wg.Go(func() {
				_ = g.s.Read(bg, func(tx *store.Tx) error {
					_, err := g.items.InForce(tx, item, tx.Today())
					return err
				})
			})
		}
		wg.Wait()
		if done.Load() != 1 || late.Load() != 9 {
			t.Fatalf("%d published, %d came late", done.Load(), late.Load())
		}
		g.read(t, func(tx *store.Tx) error {
			all, err := g.items.Versions(tx, item)
			if err == nil && (len(all) != 2 || all[1].Span.From != all[0].Span.Until) {
				t.Errorf("%d versions", len(all))
			}
			return err
		})
	})
}

// Two propose at once for one item: one proposal is open.
func TestTwoProposeAtOnce(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		item := g.bring(t, good(t, "senior-card")).New[0].Item
		d := later(t, "2025-07-01")
		var done atomic.Int64
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				if _, err := g.propose([]int64{ann, ben}[i%2], item, d); err == nil {
					done.Add(1)
				} else if k := act.KindOf(err); k != act.Invalid {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		g.read(t, func(tx *store.Tx) error {
			open, err := catalog.Proposals(tx, catalog.Open, 0, 10)
			if len(open) != 1 || done.Load() != 1 || open[0].Name == "" {
				t.Errorf("%d succeeded, open: %+v", done.Load(), open)
			}
			return err
		})
	})
}

func TestAWithdrawnItemRefusesWithWords(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		ref := g.bring(t, good(t, "senior-card")).New[0]
		end := day.MustParse("2025-07-01")
		id, err := as(g, ann, propose, func(c *act.Call) (int64, error) { return catalog.ProposeEnd(c, ref.Item, end, "上级取消") })
		must(t, err)
		_, err = g.publish(ben, id)
		must(t, err)
		g.read(t, func(tx *store.Tx) error {
			if _, err := g.items.InForce(tx, ref.Item, end-1); err != nil {
				t.Errorf("the day before: %v", err)
			}
			_, err := g.items.InForce(tx, ref.Item, end)
			if act.KindOf(err) != act.Refused {
				t.Errorf("after its end: %v", err)
			}
			if _, err := g.items.ByID(tx, ref.Version); err != nil {
				t.Errorf("its running cases lost their version: %v", err)
			}
			h, err := catalog.Search(tx, catalog.Query{Words: "老年", On: end})
			if len(h.List) != 0 {
				t.Errorf("still found: %+v", h.List)
			}
			return err
		})
	})
}

// A known item in another wording is never changed by an import: it becomes a proposal.
func TestAnImportOfAKnownItemBecomesAProposal(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		was := g.bring(t, good(t, "senior-card")).New[0]
		out := g.bring(t, later(t, "2025-07-01"), good(t, "food-workshop"))
		if len(out.New) != 1 || len(out.Proposed) != 1 || out.Proposed[0].Item != was.Item {
			t.Fatalf("%+v", out)
		}
		g.read(t, func(tx *store.Tx) error {
			v, err := g.items.InForce(tx, was.Item, day.MustParse("2025-08-01"))
			if err == nil && v.N != 1 {
				t.Error("in force without a second person")
			}
			return err
		})
		ref, err := g.publish(ben, out.Proposed[0].Version)
		must(t, err)
		if ref.Item != was.Item || ref.Version == was.Version {
			t.Fatalf("%+v", ref)
		}
	})
}
