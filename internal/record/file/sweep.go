package file

import (
	"context"

	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

// sweepAge is how long an unreferenced content stays, much longer than its
// command may take to come (validFor).
const sweepAge = 24 * day.Hour

// Sweep removes the contents that no attachment refers to and that nobody
// touched for a day, and uploads that were broken off. It returns how many
// contents it removed. Run it once a day.
func (s *Shelf) Sweep(ctx context.Context) (removed int, err error) {
	before := s.store.Now() - sweepAge
	err = s.rack.old(ctx, before, func(refs []string) error {
		unused, err := s.unused(ctx, refs)
		if err != nil {
			return err
		}
		removed += len(unused)
		return s.rack.remove(ctx, before, unused)
	})
	return removed, err
}

func (s *Shelf) unused(ctx context.Context, refs []string) (unused []string, err error) {
	err = s.store.Read(ctx, func(tx *store.Tx) error {
		for _, ref := range refs {
			var one int
			found, err := tx.Get([]any{&one}, `select 1 from attachment where home = $1 and ref = $2 limit 1`, tx.Home(), ref)
			if err != nil {
				return err
			}
			if !found {
				unused = append(unused, ref)
			}
		}
		return nil
	})
	return unused, err
}
