package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"tongban/internal/house"
	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/tests/drive"
)

// proposals is how many items are changed, one after the other.
const proposals = 60

// proposed hands in changes of single items: each is judged with what can matter for
// it. Then the keys by which that is found are taken away, as in a catalogue of
// before there were any: one is judged with all items, and the keys are made again.
func (p *province) proposed(ctx context.Context) error {
	return p.inside(ctx, func(h *house.House, c *drive.County) error {
		editor, err := c.Actor(ctx, "zfb_catalogue_1")
		if err != nil {
			return err
		}
		var took []time.Duration
		for i := range proposals {
			d, err := propose(ctx, h, editor, i*(p.items/proposals))
			if err != nil {
				return err
			}
			took = append(took, d)
		}
		slices.Sort(took)
		ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
		what := fmt.Sprintf("province: a change of one of %s items judged and handed in", thousands(p.items))
		p.atMost(what+", the median", ms(took[proposals/2]), answerBound, "ms")
		p.atMost(fmt.Sprintf("%s, the slowest of %d", what, proposals), ms(took[proposals-1]), answerBound, "ms")
		if err := h.Store.Do(ctx, store.Background, func(tx *store.Tx) error {
			tx.Put(`delete from item_key_mark where home = $1`, tx.Home())
			return nil
		}); err != nil {
			return err
		}
		whole, err := propose(ctx, h, editor, 1)
		if err != nil {
			return err
		}
		p.atMost(what+", with all items, as before they had keys", ms(whole), 0, "ms")
		began := time.Now()
		err = h.Items.IndexKeys(ctx, h.Store)
		p.atMost(fmt.Sprintf("province: keys of %s items made again, in the background", thousands(p.items)), time.Since(began).Seconds(), importBound, "s")
		return err
	})
}

// propose hands in another name of an item, and tells how long it took.
func propose(ctx context.Context, h *house.House, editor act.Actor, n int) (time.Duration, error) {
	name, kind, agency := matter(n)
	code := fmt.Sprintf("99P-%07d", n)
	drafts, problems := catalog.ReadCSV(fmt.Appendf(nil, "name,code,type,agency\n%s的办理,%s,%s,%s\n", name, code, kind, agency))
	if len(problems) > 0 {
		return 0, fmt.Errorf("%v", problems)
	}
	var item int64
	if err := h.Store.Read(ctx, func(tx *store.Tx) (err error) { item, err = h.Items.ByCode(tx, code); return err }); err != nil {
		return 0, err
	}
	began := time.Now()
	_, err := h.Changes.Propose(ctx, editor, "", item, drafts[0], "改名")
	return time.Since(began), err
}
