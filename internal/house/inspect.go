package house

import (
	"context"

	"tongban/internal/record/vault"
)

// Inspect opens store and ledger of a house to look at them, beside a running
// server or without one. It makes no keys, migrates nothing and opens no log;
// only Store, Vault and Ledger are there. Close ends it.
func Inspect(ctx context.Context, o Options) (*House, error) {
	o.fill()
	keys, err := vault.LoadKeys(o.Keys)
	if err != nil {
		return nil, err
	}
	h := &House{Options: o, Vault: vault.New(keys, o.Rand)}
	if err := h.openLedger(ctx); err != nil {
		return nil, err
	}
	h.Ledger.Look(h.Store)
	return h, nil
}

// Places fills in where things lie that the options leave open.
func (o Options) Places() Options {
	o.fill()
	return o
}
