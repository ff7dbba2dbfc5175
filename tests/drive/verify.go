package drive

import (
	"context"
	"fmt"

	"tongban/internal/house"
	"tongban/internal/record/store"
	"tongban/internal/work/casework"
)

// Verify checks the whole record as "tongban verify" does: numbers without a
// gap, the tree, the signatures, the values, and every case against the last act
// on it.
func Verify(ctx context.Context, h *house.House) error {
	for h.Store.Engine() == store.Postgres {
		if n, err := h.Ledger.Number(ctx, 10_000); err != nil || n == 0 {
			if err != nil {
				return err
			}
			break
		}
	}
	r, err := h.Ledger.Verify(ctx, casework.StateDigest)
	if err != nil {
		return err
	}
	if len(r.Findings) > 0 || r.Events == 0 {
		return fmt.Errorf("the record does not verify: %d acts, %d states, %v", r.Events, r.States, r.Findings)
	}
	return nil
}
