package power

import (
	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

// GiveIn is Give for one power inside another command, which has asked for its own right.
func (r *Register) GiveIn(c *act.Call, h Holding) (int64, error) {
	if err := r.people.Lock(c.Tx, lockName); err != nil {
		return 0, err
	}
	return r.give(c, h)
}

// WithdrawIn is Withdraw inside another command, which has asked for its own right.
func (r *Register) WithdrawIn(c *act.Call, in Withdrawal) error {
	return r.withdraw(c, in, func(Holding) error { return nil })
}

// AssignIn is Assign for one officer inside another command, which has asked for its
// own right.
func (r *Register) AssignIn(c *act.Call, s Assignment) (int64, error) {
	if err := r.people.Lock(c.Tx, lockName); err != nil {
		return 0, err
	}
	return r.assign(c, s)
}

// UnassignIn ends an officer's assignment from a day on, inside another command.
func (r *Register) UnassignIn(c *act.Call, s Assignment, until day.Day) error {
	if err := r.people.Lock(c.Tx, lockName); err != nil {
		return err
	}
	c.Tx.Put(`update officer_assignment set until_day = $3 where home = $1 and id = $2`, c.Tx.Home(), s.ID, max(until, s.Span.From))
	return r.note(c, s.Agency, "power.officer_unassigned", until, map[string]any{"id": s.ID, "person": s.Person, "power": s.Power})
}

// GivenBy lists the holdings in force on a day that come from an agency.
func (r *Register) GivenBy(tx *store.Tx, giver string, d day.Day) ([]Holding, error) {
	return store.All(tx, scanHolding, holdingSelect+`and giver = $2 and from_day <= $3 and (until_day = 0 or until_day > $3) order by power, id`, tx.Home(), giver, d)
}
