package house

import (
	"context"
	"errors"
	"fmt"

	"tongban/internal/record/store"
)

// Ready tells whether commands can be stored and read back now; the error says
// why not, for the operator.
func (h *House) Ready(ctx context.Context) error {
	if h.readOnly != nil {
		return h.readOnly
	}
	if why := h.Store.Broken(); why != "" {
		return errors.New(why)
	}
	return h.Store.Read(ctx, func(tx *store.Tx) error {
		if _, _, err := h.Ledger.Sizes(tx); err != nil {
			return fmt.Errorf("ledger: %w", err)
		}
		return nil
	})
}
