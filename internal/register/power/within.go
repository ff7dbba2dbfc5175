package power

import (
	"tongban/internal/record/act"
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
