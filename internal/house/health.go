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
	if h.leaving.Load() {
		return errLeaving
	}
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

var errLeaving = errors.New("the server is about to stop")

// Leave makes Ready say that the house will be closed soon, so that whoever
// spreads the work sends no more; everything else goes on.
func (h *House) Leave() { h.leaving.Store(true) }
