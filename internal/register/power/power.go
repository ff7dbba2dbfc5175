// Package power says which agency holds which power on a day, and which of its
// officers are assigned to it. It is asked at the moment of decision (Held) and
// never remembers an answer: a power withdrawn this morning is gone this morning.
//
// It decides nothing else: whether a power should be handed down is a procedure
// of the floor above, which ends in the commands here.
package power

import (
	"context"
	"fmt"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/identity"
	"tongban/internal/rules/day"
	"tongban/internal/rules/gbcode"
)

// The commands of this room.
var (
	CommandGive     = act.Command{Name: "power.give", Right: "power.give"}
	CommandWithdraw = act.Command{Name: "power.withdraw", Right: "power.withdraw"}
	CommandAssign   = act.Command{Name: "power.assign", Right: "power.assign"}
	CommandUnassign = act.Command{Name: "power.unassign", Right: "power.assign"}
)

// Commands lists the commands of this room.
func Commands() []act.Command {
	return []act.Command{CommandGive, CommandWithdraw, CommandAssign, CommandUnassign}
}

// Kind is how an agency comes to a power.
type Kind string

// The kinds.
const (
	Own       Kind = "own"       // by the list of powers (权责清单)
	Delegated Kind = "delegated" // 放权: another agency handed it down
	Agreement Kind = "agreement" // 赋权协议
)

// Every stands for all powers of the agency in an assignment.
const Every = "*"

// lockName names the epoch row that makes changes of powers follow each other.
const lockName = "power"

// Register keeps powers and assignments.
type Register struct {
	runner *act.Runner
	people *identity.Register
}

// New makes a register of powers.
func New(runner *act.Runner, people *identity.Register) *Register {
	return &Register{runner: runner, people: people}
}

// Holding is a power in the hands of an agency.
type Holding struct {
	ID        int64
	Power     string // implementation code, base code, or the code of the list
	Agency    string
	Kind      Kind
	Giver     string // agency it comes from, "" when Own
	Basis     string // article or number of the document
	Span      day.Span
	Withdrawn day.Instant // 0 while it was not
	Reason    string
}

// holds tells whether the holding is in force on day d.
func (h Holding) holds(d day.Day) bool { return h.Span.Holds(d) }

// Assignment is an officer assigned to a power of an agency, or to Every.
type Assignment struct {
	ID     int64
	Person int64
	Agency string
	Power  string
	Span   day.Span
}

// Give puts powers into the hands of agencies, all or none. What an agency holds
// already in that time is refused.
func (r *Register) Give(ctx context.Context, a act.Actor, token string, in []Holding) ([]int64, error) {
	return act.Run(ctx, r.runner, a, token, CommandGive, in, func(c *act.Call, in []Holding) ([]int64, error) {
		if len(in) == 0 {
			return nil, act.Wrong("power.nothing")
		}
		if err := r.people.Lock(c.Tx, lockName); err != nil {
			return nil, err
		}
		ids := make([]int64, 0, len(in))
		for _, h := range in {
			if err := c.Allow(act.Scope{Agency: h.Agency}); err != nil {
				return nil, err
			}
			id, err := r.give(c, h)
			if err != nil {
				return nil, err
			}
			ids = append(ids, id)
		}
		return ids, nil
	})
}

func (r *Register) give(c *act.Call, h Holding) (int64, error) {
	h, err := r.checked(c, h)
	if err != nil {
		return 0, err
	}
	// Withdrawn holdings ended with their withdrawal; an overlap is with one that lives.
	var one int
	taken, err := c.Tx.Get([]any{&one}, `select 1 from power_holding where home = $1 and power = $2 and agency = $3
		and from_day < $5 and (until_day = 0 or until_day > $4)`, c.Tx.Home(), h.Power, h.Agency, h.Span.From, forEver(h.Span.Until))
	if err != nil {
		return 0, err
	}
	if taken {
		return 0, act.Refuse("power.twice", "power", h.Power, "agency", r.name(c.Tx, h.Agency))
	}
	h.ID = c.Tx.NewID()
	c.Tx.Put(`insert into power_holding(home, id, power, agency, kind, giver, basis, from_day, until_day, withdrawn, reason)
		values($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, '')`, c.Tx.Home(), h.ID, h.Power, h.Agency, string(h.Kind), h.Giver, h.Basis, h.Span.From, h.Span.Until)
	return h.ID, r.note(c, h.Agency, "power.given", h.Span.From, map[string]any{"id": h.ID, "power": h.Power, "kind": h.Kind,
		"giver": h.Giver, "basis": h.Basis, "until": h.Span.Until.String()})
}

// forEver turns "without end" into a day behind all days.
func forEver(until day.Day) day.Day {
	if until == 0 {
		return 1<<31 - 1
	}
	return until
}

func (r *Register) checked(c *act.Call, h Holding) (Holding, error) {
	if h.Span.From == 0 {
		h.Span.From = c.Today()
	}
	if h.Span.Until != 0 && h.Span.Until <= h.Span.From {
		return h, act.Wrong("power.span")
	}
	it, err := gbcode.ParseItem(h.Power, nil)
	if err != nil {
		return h, err
	}
	h.Power = it.Code
	if _, err := r.people.Agency(c.Tx, h.Agency, h.Span.From); err != nil {
		return h, err
	}
	switch h.Kind {
	case "", Own:
		h.Kind, h.Giver = Own, ""
	case Delegated, Agreement:
		if h.Giver == "" || h.Giver == h.Agency {
			return h, act.Wrong("power.giver")
		}
		if _, err := r.people.Agency(c.Tx, h.Giver, h.Span.From); err != nil {
			return h, err
		}
	default:
		return h, fmt.Errorf("kind of power %q", h.Kind)
	}
	return h, nil
}

// Withdrawal takes a power back, from this moment when Until is 0 or past, else
// from that day on.
type Withdrawal struct {
	Holding int64
	Until   day.Day
	Reason  string
}

// Withdraw takes a power from an agency: a decision made after it is refused.
func (r *Register) Withdraw(ctx context.Context, a act.Actor, token string, in Withdrawal) error {
	_, err := act.Run(ctx, r.runner, a, token, CommandWithdraw, in, func(c *act.Call, in Withdrawal) (struct{}, error) {
		return struct{}{}, r.withdraw(c, in, func(h Holding) error { return c.Allow(act.Scope{Agency: h.Agency}) })
	})
	return err
}

func (r *Register) withdraw(c *act.Call, in Withdrawal, allow func(Holding) error) error {
	if err := r.people.Lock(c.Tx, lockName); err != nil {
		return err
	}
	h, found, err := store.Find(c.Tx, scanHolding, holdingSelect+`and id = $2`, c.Tx.Home(), in.Holding)
	if err != nil {
		return err
	}
	if !found {
		return act.Missing("power.thing.holding")
	}
	if err := allow(h); err != nil {
		return err
	}
	until := max(in.Until, c.Today(), h.Span.From)
	if h.Withdrawn != 0 || h.Span.Until != 0 && h.Span.Until <= until {
		return act.Changed("power.thing.holding")
	}
	c.Tx.Put(`update power_holding set until_day = $3, withdrawn = $4, reason = $5 where home = $1 and id = $2`, c.Tx.Home(), h.ID, until, c.Now(), in.Reason)
	return r.note(c, h.Agency, "power.withdrawn", until, map[string]any{"id": h.ID, "power": h.Power, "reason": in.Reason})
}
