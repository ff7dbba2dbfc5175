package identity

import (
	"context"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/vault"
	"tongban/internal/rules/day"
)

// CommandSealKey makes an agency's seal key.
var CommandSealKey = act.Command{Name: "seal.make_key", Right: "agency.manage"}

// SealFrom asks for a seal key of an agency, in force from a day on.
type SealFrom struct {
	Agency string
	From   day.Day // 0 is tomorrow: what was sealed today stays under one key
}

// MakeSealKey gives an agency a new seal key. The one before it seals until the
// day before; what it has sealed goes on verifying, because its public half and
// its days stay.
func (r *Register) MakeSealKey(ctx context.Context, a act.Actor, token string, in SealFrom) (string, error) {
	return run(ctx, r, a, token, CommandSealKey, in, func(c *act.Call, in SealFrom) (string, error) {
		if in.From == 0 {
			in.From = c.Today() + 1
		}
		g, err := r.Agency(c.Tx, in.Agency, in.From)
		if err != nil {
			return "", err
		}
		if err := c.Allow(act.Scope{Agency: g.Key, Region: g.Region}); err != nil {
			return "", err
		}
		var key vault.SealKey
		if key, err = r.vault.NewSealKey(c.Tx, g.Key, in.From); err != nil {
			return "", err
		}
		_, err = c.Note(nil, ledger.Event{Stream: "seal/" + g.Key, Kind: "seal.key_made", Day: in.From,
			Facts: map[string]any{"agency": g.Key, "key": key.KeyID, "public": string(key.Public)}})
		return key.KeyID, err
	})
}
