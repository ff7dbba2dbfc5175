package power

import (
	"context"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/rules/gbcode"
)

// Assign assigns officers to powers of their agency, all or none.
func (r *Register) Assign(ctx context.Context, a act.Actor, token string, in []Assignment) ([]int64, error) {
	return act.Run(ctx, r.runner, a, token, CommandAssign, in, func(c *act.Call, in []Assignment) ([]int64, error) {
		if len(in) == 0 {
			return nil, act.Wrong("power.nothing")
		}
		if err := r.people.Lock(c.Tx, lockName); err != nil {
			return nil, err
		}
		ids := make([]int64, 0, len(in))
		for _, s := range in {
			if err := c.Allow(act.Scope{Agency: s.Agency}); err != nil {
				return nil, err
			}
			id, err := r.assign(c, s)
			if err != nil {
				return nil, err
			}
			ids = append(ids, id)
		}
		return ids, nil
	})
}

func (r *Register) assign(c *act.Call, s Assignment) (int64, error) {
	if s.Span.From == 0 {
		s.Span.From = c.Today()
	}
	if s.Span.Until != 0 && s.Span.Until <= s.Span.From {
		return 0, act.Wrong("power.span")
	}
	if s.Power != Every {
		it, err := gbcode.ParseItem(s.Power, nil)
		if err != nil {
			return 0, err
		}
		s.Power = it.Code
	}
	if _, err := r.people.Agency(c.Tx, s.Agency, s.Span.From); err != nil {
		return 0, err
	}
	if _, err := r.people.Person(c.Tx, s.Person); err != nil {
		return 0, err
	}
	var one int
	taken, err := c.Tx.Get([]any{&one}, `select 1 from officer_assignment where home = $1 and person = $2 and agency = $3 and power = $4
		and from_day < $6 and (until_day = 0 or until_day > $5)`, c.Tx.Home(), s.Person, s.Agency, s.Power, s.Span.From, forEver(s.Span.Until))
	if err != nil {
		return 0, err
	}
	if taken {
		return 0, act.Refuse("power.assigned")
	}
	s.ID = c.Tx.NewID()
	c.Tx.Put(`insert into officer_assignment(home, id, person, agency, power, from_day, until_day) values($1, $2, $3, $4, $5, $6, $7)`,
		c.Tx.Home(), s.ID, s.Person, s.Agency, s.Power, s.Span.From, s.Span.Until)
	return s.ID, r.note(c, s.Agency, "power.officer_assigned", s.Span.From,
		map[string]any{"id": s.ID, "person": s.Person, "power": s.Power, "until": s.Span.Until.String()})
}

// Unassign ends an assignment from this moment.
func (r *Register) Unassign(ctx context.Context, a act.Actor, token string, id int64) error {
	_, err := act.Run(ctx, r.runner, a, token, CommandUnassign, id, func(c *act.Call, id int64) (struct{}, error) {
		if err := r.people.Lock(c.Tx, lockName); err != nil {
			return struct{}{}, err
		}
		s, found, err := store.Find(c.Tx, scanAssignment, assignmentSelect+`and id = $2`, c.Tx.Home(), id)
		if err != nil {
			return struct{}{}, err
		}
		if !found {
			return struct{}{}, act.Missing("power.thing.assignment")
		}
		if err := c.Allow(act.Scope{Agency: s.Agency}); err != nil {
			return struct{}{}, err
		}
		until := max(c.Today(), s.Span.From)
		if s.Span.Until != 0 && s.Span.Until <= until {
			return struct{}{}, act.Changed("power.thing.assignment")
		}
		c.Tx.Put(`update officer_assignment set until_day = $3 where home = $1 and id = $2`, c.Tx.Home(), id, until)
		return struct{}{}, r.note(c, s.Agency, "power.officer_unassigned", until, map[string]any{"id": id, "person": s.Person, "power": s.Power})
	})
	return err
}

// note writes an event on the agency's stream of powers.
func (r *Register) note(c *act.Call, agency, kind string, d day.Day, facts map[string]any) error {
	_, err := c.Note(nil, ledger.Event{Stream: "power/" + agency, Kind: kind, Day: d, Facts: facts})
	return err
}
