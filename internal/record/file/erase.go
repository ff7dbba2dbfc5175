package file

import (
	"context"

	"tongban/internal/record/store"
)

// EraseIn takes all attachments away from an owner whose data key is destroyed in
// the same command, and returns the addresses of their contents, to be taken off
// the shelf once that is committed.
func (s *Shelf) EraseIn(tx *store.Tx, owner Owner) ([]string, error) {
	refs, err := store.All(tx, func(r store.Row) (ref string, err error) { return ref, r.Scan(&ref) },
		`select distinct ref from attachment where home = $1 and owner_kind = $2 and owner = $3 order by ref`, tx.Home(), owner.Kind, owner.ID)
	if err == nil && len(refs) > 0 {
		tx.Put(`delete from attachment where home = $1 and owner_kind = $2 and owner = $3`, tx.Home(), owner.Kind, owner.ID)
	}
	return refs, err
}

// TakeOff takes contents off the shelf at once that no attachment refers to,
// whatever their age. What it leaves when it is broken off is swept within a day.
func (s *Shelf) TakeOff(ctx context.Context, refs []string) error {
	for len(refs) > 0 {
		n := min(len(refs), sweepBatch)
		unused, err := s.unused(ctx, refs[:n])
		if err != nil {
			return err
		}
		if err := s.rack.remove(ctx, 1<<62, unused); err != nil {
			return err
		}
		refs = refs[n:]
	}
	return nil
}
