package drive

import (
	"context"
	"fmt"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/work/casework"
)

// Insiders take cases through the rooms themselves, without HTTP and sessions.
type Insiders struct {
	c                                  *County
	applicants                         []act.Actor
	window, market, fire, env, decider act.Actor
}

// Insiders resolves who acts: every resident with an account, and the nth
// official of each post.
func (c *County) Insiders(ctx context.Context, n int) (*Insiders, error) {
	in := &Insiders{c: c}
	for _, a := range c.Accounts() {
		if a.Agency != "" {
			continue
		}
		x, err := c.Actor(ctx, a.Key)
		if err != nil {
			return nil, err
		}
		in.applicants = append(in.applicants, x)
	}
	for _, p := range []struct {
		agency, post string
		into         *act.Actor
	}{{"spj", "window", &in.window}, {"scjg", "reviewer", &in.market}, {"xfjy", "reviewer", &in.fire}, {"sthj", "reviewer", &in.env}, {"scjg", "decider", &in.decider}} {
		keys := c.Officials(p.agency, p.post)
		var err error
		if *p.into, err = c.ActorIn(ctx, keys[n%len(keys)], p.agency, p.post); err != nil {
			return nil, err
		}
	}
	return in, nil
}

// Apply hands an application in.
func (in *Insiders) Apply(ctx context.Context, worker, n int) (casework.Done, error) {
	a := in.applicants[worker%len(in.applicants)]
	return in.c.House.Office.Apply(ctx, a, "", casework.ApplyIn{Item: in.c.Item, Values: Answers(n), Delivery: casework.ByWindow})
}

// Inside is one act inside.
type Inside struct {
	Name string
	Do   func(ctx context.Context, id int64) (casework.Done, error)
}

// Way is what is done with a case after its application.
func (in *Insiders) Way() []Inside {
	o := in.c.House.Office
	review := func(name string, who act.Actor) Inside {
		return Inside{name, func(ctx context.Context, id int64) (casework.Done, error) {
			t, err := in.c.openTask(ctx, id, "review", who.Agency)
			if err != nil {
				return casework.Done{}, err
			}
			return o.Review(ctx, who, "", casework.ReviewIn{TaskIn: t, Passed: true, Text: "材料符合要求，现场与图纸一致"})
		}}
	}
	return []Inside{
		{"accept", func(ctx context.Context, id int64) (casework.Done, error) {
			return o.Accept(ctx, in.window, "", casework.AcceptIn{Case: id})
		}},
		review("review, market", in.market), review("review, fire", in.fire), review("review, environment, join", in.env),
		{"decide, licence", func(ctx context.Context, id int64) (casework.Done, error) {
			t, err := in.c.openTask(ctx, id, "decide", in.decider.Agency)
			if err != nil {
				return casework.Done{}, err
			}
			return o.Decide(ctx, in.decider, "", casework.DecideIn{TaskIn: t, Verdict: casework.Verdict{Outcome: casework.Granted, Articles: []string{"示范办法第一条"}}})
		}},
		{"deliver", func(ctx context.Context, id int64) (casework.Done, error) {
			return o.Deliver(ctx, in.window, "", casework.DeliverIn{Case: id, Mode: casework.ByWindow})
		}},
	}
}

// Whole takes one case the whole way and sees that it arrived.
func (in *Insiders) Whole(ctx context.Context, worker, n int) error {
	done, err := in.Apply(ctx, worker, n)
	if err != nil {
		return fmt.Errorf("apply: %w", err)
	}
	licence := int64(0)
	for _, s := range in.Way() {
		if done, err = s.Do(ctx, done.Case); err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
		licence = max(licence, done.Extra)
	}
	if done.Status != casework.Concluded || licence == 0 {
		return fmt.Errorf("case %s ended as %s with licence %d", done.Number, done.Status, licence)
	}
	return nil
}

// Look opens a case as the official who decides does; the look is recorded.
func (in *Insiders) Look(ctx context.Context, id int64) error {
	c, err := in.c.House.Office.Look(ctx, in.decider, id, "测量")
	if err == nil && c.Personal == nil {
		err = fmt.Errorf("case %d stayed masked", id)
	}
	return err
}

// openTask finds the open task of an agency, by one small reading.
func (c *County) openTask(ctx context.Context, id int64, part, agency string) (casework.TaskIn, error) {
	in := casework.TaskIn{Case: id}
	err := c.House.Store.Read(ctx, func(tx *store.Tx) error {
		found, err := tx.Get([]any{&in.Task, &in.Seen}, `select id, seen from task where home = $1 and proceeding = $2 and part = $3 and agency = $4 and state = 'open'`,
			tx.Home(), id, part, agency)
		if err == nil && !found {
			err = fmt.Errorf("case %d has no open task %s at %s", id, part, agency)
		}
		return err
	})
	return in, err
}
