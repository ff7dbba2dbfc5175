package ledger

import (
	"context"

	"golang.org/x/mod/sumdb/tlog"

	"tongban/internal/record/store"
)

// Look gives the ledger a store to read. Unlike Attach it opens no log and writes
// nothing.
func (l *Ledger) Look(s *store.Store) { l.s = s }

// VerifyRecent checks the last n acts of the log in use, each by itself and in
// its stream, that the tree over all of them is the one that the head holds, and
// the last checkpoint with its signatures. It reads as much as n asks for,
// however long the record is; Verify checks everything.
func (l *Ledger) VerifyRecent(ctx context.Context, n int64) (Report, error) {
	v := &verification{l: l, names: map[int64]string{}}
	err := v.read(ctx, func(tx *store.Tx) error {
		h, found, err := l.head(tx)
		if err != nil || !found || h.size == 0 {
			return err
		}
		if v.name, err = l.Name(tx); err != nil {
			return err
		}
		if err := v.last(tx, h, n); err != nil {
			return err
		}
		return v.end(tx, h)
	})
	return v.r, err
}

// last checks the last n acts.
func (v *verification) last(tx *store.Tx, h head, n int64) error {
	next := max(0, h.size-n)
	for next < h.size {
		end := min(next+verifyPage, h.size)
		list, err := store.All(tx, scanRow, verifySelect, h.log, next, end)
		if err != nil {
			return err
		}
		for _, x := range list {
			if x.Seq > next {
				v.found(next, "", "entries_missing", "from", next, "to", x.Seq-1)
			}
			v.entry(x)
			next = x.Seq + 1
		}
		if next < end {
			v.found(next, "", "entries_missing", "from", next, "to", end-1)
			next = end
		}
	}
	return nil
}

// end compares the tree of all acts with the head, and with the last checkpoint.
func (v *verification) end(tx *store.Tx, h head) error {
	root, err := tlog.TreeHash(h.size, newReader(tx, h.log, h.size))
	if err != nil || root != h.root() {
		v.found(-1, "", "edge", "from", h.size)
		return nil
	}
	last, found, err := v.l.Last(tx, h.log)
	if err != nil || !found {
		return err
	}
	v.r.Checkpoints++
	_, name, c, err := openNote(last.Note, v.l.o.Verifiers)
	switch {
	case err != nil:
		v.found(-1, "", "signature", "size", last.Size)
		return nil
	case name != v.name || c.Size > h.size:
		v.found(-1, "", "checkpoint", "size", last.Size)
		return nil
	}
	if root, err = tlog.TreeHash(c.Size, newReader(tx, h.log, h.size)); err != nil || root != c.Root {
		v.found(-1, "", "interval", "from", 0, "to", c.Size-1, "size", c.Size)
	}
	return nil
}
