package identity

import (
	"context"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

// The commands on leave.
var (
	CommandSetLeave = act.Command{Name: "staff.leave", Right: "staff.leave"}
	CommandEndLeave = act.Command{Name: "staff.return", Right: "staff.leave"}
)

// Leave is an official's absence, during which a stand-in acts in their posts.
type Leave struct {
	ID      int64
	Person  int64
	StandIn int64
	Span    day.Span // Until is the first day back and is always known
}

// SetLeave enters a leave. Officials enter their own, the head those of the agency.
func (r *Register) SetLeave(ctx context.Context, a act.Actor, token string, in Leave) (int64, error) {
	return run(ctx, r, a, token, CommandSetLeave, in, func(c *act.Call, in Leave) (int64, error) {
		if err := r.Lock(c.Tx, epochStaff); err != nil {
			return 0, err
		}
		if err := r.allowLeave(c, in.Person); err != nil {
			return 0, err
		}
		if err := r.checkLeave(c, in); err != nil {
			return 0, err
		}
		in.ID = c.Tx.NewID()
		c.Tx.Put(`insert into staff_leave(home, id, person, stand_in, from_day, until_day) values($1, $2, $3, $4, $5, $6)`,
			c.Tx.Home(), in.ID, in.Person, in.StandIn, in.Span.From, in.Span.Until)
		r.Bump(c.Tx, epochStaff)
		_, err := c.Note(nil, ledger.Event{Stream: personStream(in.Person), Kind: "staff.leave_set", Day: in.Span.From,
			Facts: map[string]any{"id": in.ID, "stand_in": in.StandIn, "until": in.Span.Until.String()}})
		return in.ID, err
	})
}

// allowLeave asks for the right over the agencies where the person has a post:
// one of them is enough.
func (r *Register) allowLeave(c *act.Call, person int64) error {
	posts, err := grantsOf(c.Tx, person, c.Today())
	if err != nil {
		return err
	}
	err = c.Allow(act.Scope{Owner: person})
	for _, g := range posts {
		if err == nil {
			break
		}
		if g.Of == 0 {
			err = c.Allow(act.Scope{Owner: person, Agency: g.Agency})
		}
	}
	return err
}

func (r *Register) checkLeave(c *act.Call, in Leave) error {
	if in.Person == in.StandIn {
		return act.Wrong("identity.leave.self")
	}
	if in.Span.From == 0 || in.Span.Until <= in.Span.From || in.Span.Until <= c.Today() {
		return act.Wrong("identity.leave.days")
	}
	var one int
	staff, err := c.Tx.Get([]any{&one}, `select 1 from staff_post where home = $1 and person = $2 and from_day <= $3 and (until_day = 0 or until_day > $3)`,
		c.Tx.Home(), in.StandIn, max(in.Span.From, c.Today()))
	if err != nil {
		return err
	}
	if !staff {
		return act.Wrong("identity.leave.stand_in")
	}
	overlaps, err := c.Tx.Get([]any{&one}, `select 1 from staff_leave where home = $1 and person = $2 and from_day < $4 and until_day > $3`,
		c.Tx.Home(), in.Person, in.Span.From, in.Span.Until)
	if err == nil && overlaps {
		err = act.Refuse("identity.leave.twice")
	}
	return err
}

// EndLeave brings a person back from leave today: the stand-in acts no longer.
func (r *Register) EndLeave(ctx context.Context, a act.Actor, token string, id int64) error {
	_, err := run(ctx, r, a, token, CommandEndLeave, id, func(c *act.Call, id int64) (struct{}, error) {
		if err := r.Lock(c.Tx, epochStaff); err != nil {
			return struct{}{}, err
		}
		l, found, err := store.Find(c.Tx, scanLeave, leaveSelect+`and id = $2`, c.Tx.Home(), id)
		if err != nil {
			return struct{}{}, err
		}
		if !found {
			return struct{}{}, act.Missing("identity.thing.leave")
		}
		if err := r.allowLeave(c, l.Person); err != nil {
			return struct{}{}, err
		}
		until := max(c.Today(), l.Span.From)
		if until >= l.Span.Until {
			return struct{}{}, act.Changed("identity.thing.leave")
		}
		c.Tx.Put(`update staff_leave set until_day = $3 where home = $1 and id = $2`, c.Tx.Home(), id, until)
		r.Bump(c.Tx, epochStaff)
		_, err = c.Note(nil, ledger.Event{Stream: personStream(l.Person), Kind: "staff.leave_ended", Day: until, Facts: map[string]any{"id": id}})
		return struct{}{}, err
	})
	return err
}

const leaveSelect = `select id, person, stand_in, from_day, until_day from staff_leave where home = $1 `

func scanLeave(row store.Row) (l Leave, err error) {
	return l, row.Scan(&l.ID, &l.Person, &l.StandIn, &l.Span.From, &l.Span.Until)
}

// Leaves lists a person's leaves that end after day d.
func (r *Register) Leaves(tx *store.Tx, person int64, d day.Day) ([]Leave, error) {
	return store.All(tx, scanLeave, leaveSelect+`and person = $2 and until_day > $3 order by from_day`, tx.Home(), person, d)
}
