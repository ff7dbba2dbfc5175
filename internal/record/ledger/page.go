package ledger

import (
	"context"
	"maps"
	"runtime"

	"golang.org/x/mod/sumdb/tlog"

	"tongban/internal/record/store"
)

// page is a stretch of the record that was checked by itself: its acts, and what
// was found in it. Only the tree needs the pages in their order.
type page struct {
	end    int64
	rows   []row
	points map[int64]tlog.Hash // roots of the checkpoints that were signed within it
	found  *verification
}

// page reads the acts from a place on with everything that stands beside them,
// and checks each.
func (w *walk) page(tx *store.Tx, from, end int64) (*page, error) {
	p := &page{end: end, found: &verification{l: w.v.l, name: w.v.name}}
	var err error
	if p.rows, err = store.All(tx, scanRow, verifySelect, w.log, from, end); err != nil {
		return nil, err
	}
	if p.points, err = p.found.points(tx, w.log, from, end); err != nil {
		return nil, err
	}
	for _, x := range p.rows {
		p.found.entry(x)
	}
	return p, p.found.values(tx, w.log, from, end, p.rows)
}

// pages gives the pages in their order. As many as there are processors are read
// side by side, each in a snapshot of its own: what has a number never changes.
func (w *walk) pages(ctx context.Context, take func(*page) error) error {
	type result struct {
		*page
		err error
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	order := make(chan chan result, runtime.GOMAXPROCS(0)-1) // with the one that is waited for, one for each processor
	go func() {
		defer close(order)
		for from := int64(0); from < w.size; from += verifyPage {
			c := make(chan result, 1)
			select {
			case order <- c:
			case <-ctx.Done():
				return
			}
			go func() {
				var r result
				r.err = w.v.read(ctx, func(tx *store.Tx) (err error) {
					r.page, err = w.page(tx, from, min(from+verifyPage, w.size))
					return err
				})
				c <- r
			}()
		}
	}()
	for c := range order {
		r := <-c
		if r.err == nil {
			r.err = take(r.page)
		}
		if r.err != nil {
			return r.err
		}
	}
	return ctx.Err()
}

// take puts the acts of the next page into the tree.
func (w *walk) take(ctx context.Context, p *page) error {
	w.v.join(p.found)
	from := w.tree.size
	for _, x := range p.rows {
		if x.Seq == 0 {
			w.first = x.Leaf
		}
		w.missing(x.Seq, p.points)
		w.push(x.Hash, p.points)
	}
	w.missing(p.end, p.points)
	return w.v.read(ctx, func(tx *store.Tx) error { return w.tiles(tx, from, p.end) })
}

// join adds what was found in a later stretch.
func (v *verification) join(x *verification) {
	v.r.Events += x.r.Events
	v.r.Checkpoints += x.r.Checkpoints
	v.r.Values += x.r.Values
	v.r.Erased += x.r.Erased
	v.gone += x.gone
	v.r.Findings = append(v.r.Findings, x.r.Findings[:min(len(x.r.Findings), findingsMax-len(v.r.Findings))]...)
	v.e.join(x.e)
}

// join adds the erasures of a later stretch.
func (e *erasures) join(x erasures) {
	for key, i := range x.by {
		if e.by == nil {
			e.by = map[int64]int{}
		}
		if _, named := e.by[key]; !named {
			e.by[key] = len(e.acts) + i
		}
	}
	e.acts = append(e.acts, x.acts...)
	if e.closed == nil {
		e.closed = maps.Clone(x.closed)
		return
	}
	for key, c := range x.closed {
		if first := e.closed[key]; first != nil {
			first.n += c.n
		} else {
			e.closed[key] = c
		}
	}
}
