package catalog_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

func TestTheCountysItemsComeInAndSayWhatHolds(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		var drafts []*catalog.Draft
		for _, s := range slugs(t) {
			drafts = append(drafts, good(t, s))
		}
		drafts = append(drafts, list(t)...)
		began := time.Now()
		out := g.bring(t, drafts...)
		t.Logf("%d items in %v", len(out.New), time.Since(began))
		if len(out.New) != len(drafts) || len(drafts) != 16+1135 {
			t.Fatalf("%d of %d entered", len(out.New), len(drafts))
		}
		if again := g.bring(t, drafts...); again.Same != len(drafts) || len(again.New)+len(again.Proposed) != 0 {
			t.Fatalf("the same again: %d same, %d new, %d proposed", again.Same, len(again.New), len(again.Proposed))
		}
		g.read(t, func(tx *store.Tx) error {
			var events int
			if _, err := tx.Get([]any{&events}, `select count(*) from event where home = $1 and kind = 'item.entered'`, tx.Home()); err != nil || events != len(drafts) {
				t.Errorf("%d events, %v", events, err)
			}
			for i, ref := range out.New {
				v, err := g.items.InForce(tx, ref.Item, tx.Today())
				if err != nil {
					return err
				}
				if v.ID != ref.Version || v.N != 1 || v.Name != drafts[i].Name || v.Complete() != (i < 16) || v.Region != region {
					t.Errorf("%s came back as %+v", drafts[i].Name, v.Written)
				}
				if open := v.Open(); (open == nil) != v.Complete() || (len(v.Missing()) == 0) != v.Complete() {
					t.Errorf("%s: open %v, missing %d", v.Name, open, len(v.Missing()))
				}
			}
			return nil
		})
	})
}

func TestAnItemHoldsFromItsDay(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		out := g.bring(t, good(t, "food-workshop", "in_force: {from: 2025-01-01}", "in_force: {from: 2025-09-01, until: 2026-01-01}"))
		g.read(t, func(tx *store.Tx) error {
			for on, want := range map[string]string{"2025-06-03": "2025年9月1日", "2026-01-01": "2026年1月1日", "2025-08-31": "2025年9月1日"} {
				_, err := g.items.InForce(tx, out.New[0].Item, day.MustParse(on))
				if act.KindOf(err) != act.Refused || !strings.Contains(err.Error(), want) {
					t.Errorf("on %s: %v", on, err)
				}
			}
			for _, on := range []string{"2025-09-01", "2025-12-31"} {
				if _, err := g.items.InForce(tx, out.New[0].Item, day.MustParse(on)); err != nil {
					t.Errorf("on %s: %v", on, err)
				}
			}
			if _, err := g.items.InForce(tx, 1<<50, tx.Today()); act.KindOf(err) != act.NotFound {
				t.Errorf("an item that is not there: %v", err)
			}
			if _, err := g.items.ByID(tx, 1<<50); act.KindOf(err) != act.NotFound {
				t.Errorf("a version that is not there: %v", err)
			}
			item, err := g.items.ByCode(tx, out.New[0].Code)
			if err == nil && item != out.New[0].Item {
				t.Errorf("by its code it is item %d", item)
			}
			return err
		})
	})
}

func TestAnImportIsAllOrNothing(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		drafts := list(t)[:50]
		drafts[20].Agency = "没有的局"
		drafts[40].Code = drafts[3].Code
		_, err := catalog.ImportItems(bg, g.r, by(ann), catalog.ImportOptions{Region: region}, drafts...)
		var e *act.Error
		if !errors.As(err, &e) || len(e.Fields) != 2 {
			t.Fatalf("%v", err)
		}
		for i, want := range []string{"第 22 行", drafts[3].Code} {
			if text := e.Fields[i].Msg.In(wording.ZH); !strings.Contains(text, want) {
				t.Errorf("problem %d: %s", i, text)
			}
		}
		g.empty(t)
		if _, err := catalog.ImportItems(bg, g.r, by(visitor), catalog.ImportOptions{Region: region}, list(t)[:1]...); act.KindOf(err) != act.Refused {
			t.Errorf("without the right: %v", err)
		}
		tried, err := catalog.ImportItems(bg, g.r, by(ann), catalog.ImportOptions{Region: region, Try: true}, list(t)[:7]...)
		must(t, err)
		if len(tried.New) != 7 {
			t.Errorf("tried: %+v", tried)
		}
		g.empty(t)
	})
}

func (g *rig) empty(t *testing.T) {
	t.Helper()
	g.read(t, func(tx *store.Tx) error {
		for _, table := range []string{"item", "item_version", "item_search", "item_proposal", "event"} {
			var n int
			if _, err := tx.Get([]any{&n}, `select count(*) from `+table+` where home = $1`, tx.Home()); err != nil || n != 0 {
				t.Errorf("%d rows in %s, %v", n, table, err)
			}
		}
		return nil
	})
}

// A node that remembers items sees what another published.
func TestAnotherNodeSeesTheNewVersion(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		ref := g.bring(t, good(t, "senior-card")).New[0]
		other := catalog.New()
		at := func(c *catalog.Catalog, on string) (v *catalog.Version) {
			t.Helper()
			g.read(t, func(tx *store.Tx) (err error) {
				v, err = c.InForce(tx, ref.Item, day.MustParse(on))
				return err
			})
			return v
		}
		first := at(other, "2025-08-01")
		g.next(t, ref.Item, good(t, "senior-card", "in_force: {from: 2025-01-01}", "in_force: {from: 2025-07-01}"))
		if v := at(other, "2025-08-01"); v.N != 2 {
			t.Fatalf("the other node still has version %d", v.N)
		}
		if v := at(other, "2025-06-30"); v.ID != first.ID || v.Span.Until != day.MustParse("2025-07-01") {
			t.Fatalf("before its day version %d until %v holds", v.N, v.Span.Until)
		}
		g.read(t, func(tx *store.Tx) error {
			pinned, err := other.ByID(tx, first.ID)
			if err == nil && (pinned.N != 1 || pinned.Flow == nil) {
				t.Errorf("a running case's version came back as %+v", pinned)
			}
			return err
		})
	})
}
