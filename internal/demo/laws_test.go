package demo_test

import (
	"fmt"
	"testing"

	"tongban/internal/demo"
	"tongban/internal/record/store"
	"tongban/internal/register/law"
)

// Every written item of the county rests on articles that the library has, and
// is reached from them.
func TestEveryItemPointsAtArticles(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, e store.Engine) {
		h := open(t, e, demo.NewClock(demo.Founded), 1)
		c, err := demo.Found(t.Context(), h, nil)
		if err != nil {
			t.Fatal(err)
		}
		if n := count(t, h, `select count(*) from law where home = $1`); n != 16+17 {
			t.Errorf("%d laws", n)
		}
		if err := h.Store.Read(t.Context(), func(tx *store.Tx) error {
			left, err := law.Unresolved(tx, tx.Today(), law.Cursor{}, 100)
			for _, p := range left {
				t.Errorf("%s (%s) cites %q, which the library does not have", p.Label, p.Part, p.Words)
			}
			if err != nil {
				return err
			}
			for slug, item := range c.Items {
				if err := pointsBack(tx, t, slug, item.ID); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}

// pointsBack asks that the item is found from each place that it cites, and that
// its basis and limits, at least, rest on articles.
func pointsBack(tx *store.Tx, t *testing.T, slug string, item int64) error {
	places, err := law.PlacesOf(tx, "item", fmt.Sprint(item), tx.Today())
	parts := map[law.Part]bool{}
	for _, p := range places {
		parts[p.Part] = true
		found := false
		list, err := law.Touching(tx, p.Law, p.Article, tx.Today(), law.Cursor{}, 100)
		if err != nil {
			return err
		}
		for _, back := range list {
			found = found || back.Code == p.Code && back.Part == p.Part && back.Label != ""
		}
		if !found {
			t.Errorf("%s cites %s and is not reached from there", slug, p.Words)
		}
	}
	for _, p := range []law.Part{law.Basis, law.Fee, law.Limit} {
		if !parts[p] {
			t.Errorf("the %s of %s rests on no article", p, slug)
		}
	}
	return err
}
