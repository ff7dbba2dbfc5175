package reorganise

import (
	"context"
	"strings"

	"tongban/internal/record/act"
)

// lockName makes decisions and the carrying out of acts follow each other.
const lockName = "reorganise"

// decideIn is the input of Decide.
type decideIn struct {
	At
	Approve bool
	Reason  string
}

// Decide approves an act or refuses it, by somebody else than who wrote it. One that
// leaves anything unassigned cannot be approved: each is named. Another decided act on
// one of its agencies is a Conflict.
func (d *Desk) Decide(ctx context.Context, a act.Actor, token string, at At, approve bool, reason string) error {
	in := decideIn{at, approve, strings.TrimSpace(reason)}
	_, err := act.Run(ctx, d.Runner, a, token, CommandDecide, in, func(c *act.Call, in decideIn) (struct{}, error) {
		x, err := hold(c, in.At, Draft)
		if err != nil {
			return struct{}{}, err
		}
		if x.By == c.Actor.Person {
			return struct{}{}, act.Refuse("reorganise.same_person").Then("reorganise.same_person.next").Recorded()
		}
		if n := len([]rune(in.Reason)); n > maxWords || n == 0 && !in.Approve {
			return struct{}{}, act.Wrong("reorganise.reason", "max", maxWords)
		}
		stage := Refused
		if in.Approve {
			stage = Decided
			if err := d.approvable(c, x); err != nil {
				return struct{}{}, err
			}
		}
		c.Tx.PutOne(act.Changed("reorganise.thing.act"), `update reorganisation set stage = $3, decided_by = $4, decided_at = $5, decision = $6
			where home = $1 and id = $2 and stage = $7 and rev = $8`, c.Tx.Home(), x.ID, stage, c.Actor.Person, c.Now(), in.Reason, Draft, x.Rev)
		return struct{}{}, x.note(c, "decided", map[string]any{"approved": in.Approve, "reason": in.Reason, "from": x.From.String()})
	})
	return err
}

func (d *Desk) approvable(c *act.Call, x Act) error {
	if x.From < c.Today() {
		return act.Refuse("reorganise.past", "day", x.From).Then("reorganise.past.next")
	}
	if err := d.People.Lock(c.Tx, lockName); err != nil {
		return err
	}
	e, err := d.effect(c.Tx, x, x.From)
	if err != nil {
		return err
	}
	return e.wrong()
}

// mostFaults bounds the faults that an error tells of.
const mostFaults = 100

// wrong is the error of an act that cannot be carried out; nil when it can.
func (e *Effect) wrong() error {
	if len(e.Rivals) > 0 {
		err := act.Changed("reorganise.thing.agency")
		for _, r := range e.Rivals {
			err.Fields = append(err.Fields, act.Field{Name: "agencies", Msg: r.Rival()})
		}
		return err
	}
	var fields []act.Field
	for _, m := range e.Faults[:min(len(e.Faults), mostFaults)] {
		fields = append(fields, act.Field{Name: "moves", Msg: m})
	}
	return act.WrongFields("reorganise.not_ready", fields)
}
