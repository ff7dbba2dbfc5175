package casework

import (
	"context"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
)

// Glance reads a case masked for those who may look at it. Nothing that
// identifies a person is opened, so no look is recorded: lists, timelines and
// the forms of acts stand on it.
func (o *Office) Glance(ctx context.Context, a act.Actor, id int64) (*Case, error) {
	return o.masked(ctx, a, id, "glance")
}

// masked reads a case for those who may look at it, with nothing opened.
func (o *Office) masked(ctx context.Context, a act.Actor, id int64, as string) (*Case, error) {
	var c *Case
	err := o.Store.Read(ctx, func(tx *store.Tx) (err error) {
		if c, err = o.Show(tx, id); err != nil {
			return err
		}
		if c.Asked, err = inquiries(tx, id); err != nil {
			return err
		}
		return o.mayLook(tx, a, c)
	})
	if err != nil {
		return nil, o.Runner.Settle(as, err)
	}
	return c, nil
}
