package file

import (
	"context"
	"fmt"

	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

// framesPerCommit bounds what one commit of an upload writes: 1 MiB.
const framesPerCommit = 16

// database keeps contents in the tables file_blob and file_frame.
type database struct{ s *store.Store }

func (r *database) begin(ctx context.Context) (draft, error) {
	d := &databaseDraft{databaseBlob: databaseBlob{ctx: ctx, s: r.s}}
	err := r.s.Do(ctx, store.Background, func(tx *store.Tx) error {
		d.id = tx.NewID()
		tx.Put(`insert into file_blob(home, id, touched) values($1, $2, $3)`, tx.Home(), d.id, tx.Now())
		return nil
	})
	return d, err
}

func (r *database) open(ctx context.Context, ref string) (blob, error) {
	if ref == "" {
		return nil, missing(ref)
	}
	b := &databaseBlob{ctx: ctx, s: r.s}
	err := r.s.Read(ctx, func(tx *store.Tx) error {
		found, err := tx.Get([]any{&b.id, &b.count},
			`select id, frames from file_blob where home = $1 and ref = $2 order by id desc limit 1`, tx.Home(), ref)
		if err == nil && !found {
			err = missing(ref)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return b, nil
}

// databaseBlob reads frames from the database, each in a short read of its own.
type databaseBlob struct {
	ctx   context.Context // of the request that opened it; the blob does not outlive that
	s     *store.Store
	id    int64
	count int
}

func (b *databaseBlob) frames() int  { return b.count }
func (b *databaseBlob) close() error { return nil }

func (b *databaseBlob) frame(n int) ([]byte, error) {
	var sealed []byte
	err := b.s.Read(b.ctx, func(tx *store.Tx) error {
		found, err := tx.Get([]any{&sealed}, `select sealed from file_frame where home = $1 and blob = $2 and n = $3`, tx.Home(), b.id, n)
		if err == nil && !found {
			err = fmt.Errorf("frame %d of %d: %w", n, b.count, ErrMissing)
		}
		return err
	})
	return sealed, err
}

// databaseDraft commits frames as they come, some at a time.
type databaseDraft struct {
	databaseBlob
	waiting [][]byte // not yet written; the last has number count-1
}

func (d *databaseDraft) add(sealed []byte) error {
	if d.count == 0 {
		d.count = 1
	}
	d.waiting = append(d.waiting, sealed)
	d.count++
	if len(d.waiting) < framesPerCommit {
		return nil
	}
	return d.flush(func(*store.Tx) error { return nil })
}

// flush writes the waiting frames, and what more in the same transaction.
func (d *databaseDraft) flush(more func(tx *store.Tx) error) error {
	err := d.s.Do(d.ctx, store.Background, func(tx *store.Tx) error {
		for i, sealed := range d.waiting {
			tx.Put(`insert into file_frame(home, blob, n, sealed) values($1, $2, $3, $4)`,
				tx.Home(), d.id, d.count-len(d.waiting)+i, sealed)
		}
		return more(tx)
	})
	if err == nil {
		d.waiting = nil
	}
	return err
}

// frame also reads what is not written yet: checks look into a draft.
func (d *databaseDraft) frame(n int) ([]byte, error) {
	if i := n - (d.count - len(d.waiting)); i >= 0 && i < len(d.waiting) {
		return d.waiting[i], nil
	}
	return d.databaseBlob.frame(n)
}

func (d *databaseDraft) finish(head []byte, ref string) error {
	return d.flush(func(tx *store.Tx) error {
		n, err := tx.Exec(`update file_blob set touched = $3 where home = $1 and ref = $2`, tx.Home(), ref, tx.Now())
		if err != nil {
			return err
		}
		if n > 0 { // the same content is there already, and is young again
			putRemoval(tx, d.id)
			return nil
		}
		tx.Put(`insert into file_frame(home, blob, n, sealed) values($1, $2, 0, $3)`, tx.Home(), d.id, head)
		tx.PutOne(missing(ref), `update file_blob set ref = $3, frames = $4, touched = $5 where home = $1 and id = $2`,
			tx.Home(), d.id, ref, d.count, tx.Now())
		return nil
	})
}

func (d *databaseDraft) drop() {
	// Sweeping takes what stays when this fails, so its error says nothing.
	_ = d.s.Do(context.WithoutCancel(d.ctx), store.Background, func(tx *store.Tx) error {
		putRemoval(tx, d.id)
		return nil
	})
}

func putRemoval(tx *store.Tx, id int64) {
	tx.Put(`delete from file_frame where home = $1 and blob = $2`, tx.Home(), id)
	tx.Put(`delete from file_blob where home = $1 and id = $2`, tx.Home(), id)
}

func (r *database) old(ctx context.Context, before day.Instant, visit func([]string) error) error {
	if err := r.clearDrafts(ctx, before); err != nil {
		return err
	}
	for after := int64(0); ; {
		var refs []string
		err := r.s.Read(ctx, func(tx *store.Tx) error {
			return tx.Each(func(row store.Row) error {
				var ref string
				err := row.Scan(&after, &ref)
				refs = append(refs, ref)
				return err
			}, `select id, ref from file_blob where home = $1 and id > $2 and touched < $3 and ref <> '' order by id limit $4`,
				tx.Home(), after, before, sweepBatch)
		})
		if err != nil || len(refs) == 0 {
			return err
		}
		if err := visit(refs); err != nil {
			return err
		}
	}
}

// clearDrafts removes what was left half written, one content a transaction.
func (r *database) clearDrafts(ctx context.Context, before day.Instant) error {
	for more := true; more; {
		err := r.s.Do(ctx, store.Background, func(tx *store.Tx) error {
			var id int64
			found, err := tx.Get([]any{&id}, `select id from file_blob where home = $1 and ref = '' and touched < $2 limit 1`, tx.Home(), before)
			if found {
				putRemoval(tx, id)
			}
			more = found
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *database) remove(ctx context.Context, before day.Instant, refs []string) error {
	for _, ref := range refs {
		err := r.s.Do(ctx, store.Background, func(tx *store.Tx) error {
			ids, err := store.All(tx, scanID, `select id from file_blob where home = $1 and ref = $2 and touched < $3`, tx.Home(), ref, before)
			if err != nil {
				return err
			}
			for _, id := range ids {
				// Asked again in the statement: an upload of the same content may have touched it since.
				n, err := tx.Exec(`delete from file_blob where home = $1 and id = $2 and touched < $3`, tx.Home(), id, before)
				if err != nil {
					return err
				}
				if n == 1 {
					tx.Put(`delete from file_frame where home = $1 and blob = $2`, tx.Home(), id)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func scanID(r store.Row) (id int64, err error) { return id, r.Scan(&id) }
