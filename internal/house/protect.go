package house

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"tongban/internal/record/act"
	"tongban/internal/record/archive"
	"tongban/internal/record/store"
	"tongban/internal/work/casework"
)

// ErasedList is the file outside the database that names the destroyed keys,
// beside the last checkpoint.
func (o Options) ErasedList() string {
	return filepath.Join(filepath.Dir(o.Signed), archive.ErasedFile)
}

// protect reads the rules of retention and the list of destroyed keys. What the
// list names does not open, even in an older copy of the database that somebody
// put under the server without a restore.
func (h *House) protect() error {
	rules, err := casework.ReadRetention(filepath.Join(h.Options.Dir, "retention.yaml"))
	if err != nil {
		return err
	}
	h.Office.Retention, h.Office.Kept = rules, h.KeepErased
	list, err := archive.ReadErased(h.Options.ErasedList())
	if err != nil {
		return err
	}
	h.Vault.Deny(list)
	return nil
}

// KeepErased writes the list of destroyed keys outside the database, beside the
// last checkpoint and beside the backups.
func (h *House) KeepErased(ctx context.Context) error {
	err := h.Archive.KeepErased(ctx, h.Options.ErasedList())
	if dir := h.Options.Backups.Dir; dir != "" {
		err = errors.Join(err, h.Archive.KeepErased(ctx, filepath.Join(dir, archive.ErasedFile)))
	}
	return err
}

// forget erases what has become due, and forgets by what old submissions were known.
func (h *House) forget(ctx context.Context) error {
	err := errors.Join(h.Object.EraseDue(ctx), h.Office.EraseDue(ctx))
	for more := true; more && err == nil; {
		err = h.Store.Do(ctx, store.Background, func(tx *store.Tx) (err error) {
			more, err = act.DropTokens(tx, 500)
			return err
		})
	}
	return err
}

// rotateEvery is how often the key folder is looked at: within that time a
// running server takes part in a rotation.
const rotateEvery = 30 * time.Second

// rotate follows the key folder: keys that were changed there are read again, and
// what lies under former ones is put under the current ones.
func (h *House) rotate(ctx context.Context) {
	every(ctx, rotateEvery, func() {
		fresh, err := h.Vault.Reload()
		if err == nil && fresh {
			_, err = h.Rewrap(ctx)
		}
		if err != nil && ctx.Err() == nil {
			h.Options.Log.Error("keys not rotated", "err", err)
		}
	})
}

// Rewrapped is what a pass over the keys and indexes did.
type Rewrapped struct {
	Keys, Indexes, Twins int
}

// Rewrap puts every data key and seal key under the current master key, and
// every blind index under the current index key, in small commands between those
// of people. Broken off anywhere, it begins again and finds less to do.
func (h *House) Rewrap(ctx context.Context) (done Rewrapped, err error) {
	for _, table := range []string{"data_key", "seal_key"} {
		last, more := int64(0), true
		for more {
			var n int
			err = h.Store.Do(ctx, store.Background, func(tx *store.Tx) (err error) {
				last, n, more, err = h.Vault.Rewrap(tx, table, last)
				return err
			})
			if err != nil {
				return done, err
			}
			done.Keys += n
		}
	}
	if !h.Vault.Rotating() {
		return done, nil
	}
	for _, pass := range []func(*store.Tx, int64) (int64, int, int, bool, error){h.People.Reindex, h.Office.Reindex} {
		last, more := int64(0), true
		for more {
			var n, twins int
			err = h.Store.Do(ctx, store.Background, func(tx *store.Tx) (err error) {
				last, n, twins, more, err = pass(tx, last)
				return err
			})
			if err != nil {
				return done, err
			}
			done.Indexes += n
			done.Twins += twins
		}
	}
	return done, nil
}

// forgetEvery is how often what has become due is erased.
const forgetEvery = time.Hour

func (h *House) forgets(ctx context.Context) {
	// An erasure that was committed just before a kill stands in the list from here on.
	if err := h.KeepErased(ctx); err != nil && ctx.Err() == nil {
		h.Options.Log.Error("list of destroyed keys not written", "err", err)
	}
	every(ctx, forgetEvery, func() {
		if err := h.forget(ctx); err != nil && ctx.Err() == nil {
			h.Options.Log.Error("not erased", "err", err)
		}
	})
}
