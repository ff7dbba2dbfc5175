package identity

import (
	"slices"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/record/vault"
	"tongban/internal/rules/day"
	"tongban/internal/rules/gbcode"
)

// What follows is for commands that change several registers at once and have asked
// for their own right: a reorganisation of agencies.

// ChangeAgencyIn adds an agency, or says what it is from a later day on.
func (r *Register) ChangeAgencyIn(c *act.Call, g Agency) error {
	if err := r.Lock(c.Tx, epochPlace); err != nil {
		return err
	}
	r.Bump(c.Tx, epochPlace)
	return r.addAgency(c, g)
}

// CheckAgency tells what is wrong with what an agency would be: its key, name, region
// or credit code.
func (r *Register) CheckAgency(g Agency) error {
	g.Name, g.NameEN, g.USCC = trimmed(g.Name), trimmed(g.NameEN), gbcode.Normalize(g.USCC)
	return r.agencyFields(g)
}

// EndAgencyIn ends an agency: until is the first day on which it is none. What it was
// stays known.
func (r *Register) EndAgencyIn(c *act.Call, key string, until day.Day) error {
	if err := r.Lock(c.Tx, epochPlace); err != nil {
		return err
	}
	r.Bump(c.Tx, epochPlace)
	c.Tx.PutOne(act.Changed("identity.thing.agency"),
		`update agency set until_day = $3 where home = $1 and key = $2 and from_day < $3 and (until_day = 0 or until_day > $3)`, c.Tx.Home(), key, until)
	_, err := c.Note(nil, ledger.Event{Stream: "agency/" + key, Kind: "agency.ended", Day: until, Facts: map[string]any{"key": key}})
	return err
}

// EverAgency tells whether a key stands or stood for an agency on any day.
func (r *Register) EverAgency(tx *store.Tx, key string) (bool, error) {
	p, err := r.placesNow(tx)
	return err == nil && len(p.agencies[key]) > 0, err
}

// AgencyOver lists everything that a key stood for, oldest first; none when it never
// stood for an agency.
func (r *Register) AgencyOver(tx *store.Tx, key string) ([]Agency, error) {
	p, err := r.placesNow(tx)
	if err != nil {
		return nil, err
	}
	return slices.Clone(p.agencies[key]), nil
}

// FormerAgencies lists the agencies that ended by a day, as they last were, in the
// order of their keys.
func (r *Register) FormerAgencies(tx *store.Tx, d day.Day) (list []Agency, err error) {
	p, err := r.placesNow(tx)
	if err != nil {
		return nil, err
	}
	for _, key := range p.keys {
		rows := p.agencies[key]
		if last := rows[len(rows)-1]; last.Span.Until != 0 && last.Span.Until <= d {
			list = append(list, last)
		}
	}
	return list, nil
}

// LastOf is an agency as it stands on a day, or as it last stood before; a NotFound
// error when it had not begun.
func (r *Register) LastOf(tx *store.Tx, key string, d day.Day) (Agency, error) {
	p, err := r.placesNow(tx)
	if err != nil {
		return Agency{}, err
	}
	rows := p.agencies[key]
	for i := len(rows) - 1; i >= 0; i-- {
		if rows[i].Span.From <= d {
			return rows[i], nil
		}
	}
	return Agency{}, act.Missing("identity.thing.agency")
}

// MovePostIn ends a post on a day and, where to is an agency, gives the same post
// there from that day on. A person who holds it there already keeps the one.
func (r *Register) MovePostIn(c *act.Call, post int64, to string, from day.Day) error {
	if err := r.Lock(c.Tx, epochStaff); err != nil {
		return err
	}
	p, found, err := store.Find(c.Tx, scanPost, postSelect+`and id = $2`, c.Tx.Home(), post)
	if err == nil && !found {
		err = act.Missing("identity.thing.post")
	}
	if err != nil {
		return err
	}
	c.Tx.Put(`update staff_post set until_day = $3 where home = $1 and id = $2`, c.Tx.Home(), p.ID, max(from, p.Span.From))
	r.Bump(c.Tx, epochStaff)
	if _, err := c.Note(nil, ledger.Event{Stream: personStream(p.Person), Kind: "staff.ended", Day: from,
		Facts: map[string]any{"id": p.ID, "agency": p.Agency, "post": p.Post}}); err != nil || to == "" {
		return err
	}
	var one int
	held, err := c.Tx.Get([]any{&one}, `select 1 from staff_post where home = $1 and person = $2 and agency = $3 and post = $4 and (until_day = 0 or until_day > $5)`,
		c.Tx.Home(), p.Person, to, p.Post, from)
	if err != nil || held {
		return err
	}
	next := Post{Person: p.Person, Agency: to, Post: p.Post, Region: p.Region, Span: day.Span{From: max(from, p.Span.From), Until: p.Span.Until}}
	if _, err = r.putPost(c, next); err != nil {
		return err
	}
	return c.Tx.Flush()
}

// SealFromIn gives an agency its seal key from a day on; the one before it ends there.
func (r *Register) SealFromIn(c *act.Call, agency string, from day.Day) error {
	key, err := r.vault.NewSealKey(c.Tx, agency, from)
	if err != nil {
		return err
	}
	return noteSeal(c, key)
}

func noteSeal(c *act.Call, key vault.SealKey) error {
	_, err := c.Note(nil, ledger.Event{Stream: "seal/" + key.Agency, Kind: "seal.key_made", Day: key.Span.From,
		Facts: map[string]any{"agency": key.Agency, "key": key.KeyID, "public": string(key.Public)}})
	return err
}

// EndSealIn ends an agency's seal key: until is the first day on which it seals
// nothing. What it sealed goes on verifying.
func (r *Register) EndSealIn(c *act.Call, agency string, until day.Day) error {
	r.vault.EndSealKey(c.Tx, agency, until)
	_, err := c.Note(nil, ledger.Event{Stream: "seal/" + agency, Kind: "seal.key_ended", Day: until, Facts: map[string]any{"agency": agency}})
	return err
}
