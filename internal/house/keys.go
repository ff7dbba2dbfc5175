package house

import (
	"context"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/record/vault"
)

// RotateLog makes new keys for the log and says so in the log: the act names the
// new public keys, and the checkpoint that covers it is signed with the old ones,
// so that who trusts those can go on with these. Servers sign with the new keys
// from their next start.
func (h *House) RotateLog(ctx context.Context) (vault.LogSigner, error) {
	if _, err := vault.RotateLog(h.Options.Keys, h.Store.Now()); err != nil {
		return vault.LogSigner{}, err
	}
	keys, err := vault.LoadKeys(h.Options.Keys)
	if err != nil {
		return vault.LogSigner{}, err
	}
	fresh, err := vault.New(keys, nil).LogSigner(h.Options.Origin)
	if err != nil {
		return vault.LogSigner{}, err
	}
	if _, err := act.Run(ctx, h.Runner, act.Machine(), "", commandLogKey, 0, func(c *act.Call, _ int) (int64, error) {
		if err := c.Allow(act.Scope{}); err != nil {
			return 0, err
		}
		return c.Note(nil, ledger.Event{Stream: "log/keys", Kind: "log.key_changed", Facts: map[string]any{
			"ed25519": fresh.Ed25519Key, "sm2": fresh.SM2Key, "before_ed25519": h.LogKeys.Ed25519Key, "before_sm2": h.LogKeys.SM2Key}})
	}); err != nil {
		return fresh, err
	}
	if h.Store.Engine() == store.Postgres {
		if _, err := h.Ledger.Number(ctx, 1000); err != nil {
			return fresh, err
		}
	}
	_, err = h.Ledger.Sign(ctx)
	return fresh, err
}

// commandLogKey notes the change of the log's keys; only a shell on the server
// runs it.
var commandLogKey = act.Command{Name: "log.change_key"}

// Under counts the keys that still lie under other master keys than the current one.
func (h *House) Under(ctx context.Context) (under map[string]int64, err error) {
	err = h.Store.Read(ctx, func(tx *store.Tx) (err error) {
		under, err = h.Vault.Under(tx)
		return err
	})
	return under, err
}
