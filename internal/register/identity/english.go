package identity

import (
	"context"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
)

// CommandNameAgencies says what agencies are called in English.
var CommandNameAgencies = act.Command{Name: "agency.name", Right: "agency.manage"}

// EnglishName is what an agency is called in English; "" takes the name away.
type EnglishName struct {
	Agency string `json:"agency"`
	NameEN string `json:"name_en"`
}

// NameAgencies writes what agencies are called in English under the names that they have
// today, all or nothing. A translation changes nothing of what they are, and holds at
// once. Errors are fields that are wrong, an agency that is none, or a refusal.
func (r *Register) NameAgencies(ctx context.Context, a act.Actor, token string, in []EnglishName) error {
	_, err := run(ctx, r, a, token, CommandNameAgencies, in, func(c *act.Call, in []EnglishName) (struct{}, error) {
		if len(in) == 0 {
			return struct{}{}, act.Wrong("identity.nothing")
		}
		if err := r.Lock(c.Tx, epochPlace); err != nil {
			return struct{}{}, err
		}
		for _, x := range in {
			if err := r.nameAgency(c, x); err != nil {
				return struct{}{}, err
			}
		}
		r.Bump(c.Tx, epochPlace)
		return struct{}{}, nil
	})
	return err
}

func (r *Register) nameAgency(c *act.Call, x EnglishName) error {
	g, err := r.Agency(c.Tx, x.Agency, c.Today())
	if err != nil {
		return err
	}
	if err := c.Allow(act.Scope{Region: g.Region}); err != nil {
		return err
	}
	x.NameEN = trimmed(x.NameEN)
	if err := act.WrongFields("identity.fields", englishField(x.NameEN)); err != nil || x.NameEN == g.NameEN {
		return err
	}
	c.Tx.PutOne(act.Changed("identity.thing.agency"), `update agency set name_en = $4 where home = $1 and key = $2 and from_day = $3`, c.Tx.Home(), g.Key, g.Span.From, x.NameEN)
	_, err = c.Note(nil, ledger.Event{Stream: "agency/" + g.Key, Kind: "agency.named", Facts: map[string]any{"key": g.Key, "name": g.Name, "name_en": x.NameEN}})
	return err
}
