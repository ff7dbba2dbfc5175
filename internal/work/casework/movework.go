package casework

import (
	"context"
	"errors"

	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/record/job"
	"tongban/internal/record/store"
)

// JobMoves names the jobs that carry orders to move cases out: see WorkMoves.
const JobMoves = "casework.moves"

type movesArgs struct {
	Order int64 `json:"order"`
}

const (
	movePortion  = 100 // cases whose ids are read at once
	portionsMost = 50  // in one turn of the job; the rest in the next
)

// WorkMoves is the handler of the jobs that carry orders out. Each case is moved, or
// its refusal noted, in a transaction that also takes its line off what waits: a job
// that was killed and runs again moves none twice and leaves none out.
func (o *Office) WorkMoves(ctx context.Context, j job.Job) error {
	var in movesArgs
	if err := j.Decode(&in); err != nil {
		return err
	}
	x, err := o.beginMoves(ctx, in.Order)
	if err != nil || x.State == MovesDone {
		return err
	}
	a, denied := o.movingFor(ctx, x)
	if denied != nil && act.KindOf(denied) != act.Refused {
		return denied
	}
	var failed error
	after := int64(0)
	for range portionsMost {
		var list []MoveLine
		if err := o.Store.Read(ctx, func(tx *store.Tx) (err error) {
			list, err = MoveLines(tx, x.ID, LineWaiting, "", after, movePortion)
			return err
		}); err != nil {
			return err
		}
		if len(list) == 0 {
			return errors.Join(failed, o.endMoves(ctx, x))
		}
		for _, l := range list {
			if ctx.Err() != nil { // the lease ends
				return job.Again(o.Store.Now())
			}
			after = l.Case
			failed = errors.Join(failed, o.moveLine(ctx, a, &x, l.Case, denied))
		}
	}
	return job.Again(o.Store.Now())
}

// beginMoves reads an order. One that waited for its day gets its cases now: all that
// run under an earlier version.
func (o *Office) beginMoves(ctx context.Context, id int64) (x MoveOrder, err error) {
	err = o.Store.Do(ctx, store.Background, func(tx *store.Tx) error {
		if x, err = MovesByID(tx, id); err != nil || x.State != MovesWaiting {
			return err
		}
		to, err := o.Items.InForce(tx, x.Item, tx.Today())
		switch {
		case err == nil:
			x.To = to.ID
		case act.KindOf(err) != act.Refused:
			return err
		}
		cases, err := proceeding.RunningIDs(tx, proceeding.OfItem{Kind: Kind, Item: x.Item, Not: x.To})
		if err != nil {
			return err
		}
		x.lines(tx, cases)
		x.State, x.Total = MovesRunning, len(cases)
		tx.PutOne(act.Changed("casework.thing.moves"), `update move_order set state = $3, to_version = $4 where home = $1 and id = $2 and state = $5`,
			tx.Home(), x.ID, x.State, x.To, MovesWaiting)
		return nil
	})
	if act.KindOf(err) == act.Conflict { // another job was first
		err = o.Store.Read(ctx, func(tx *store.Tx) error { x, err = MovesByID(tx, id); return err })
	}
	return x, err
}

// movingFor is who moves the cases of an order: the one who ordered it, in the post
// held then, or the platform by the order of an adjustment's decider.
func (o *Office) movingFor(ctx context.Context, x MoveOrder) (a act.Actor, err error) {
	if x.Adjustment != 0 {
		return act.Machine(), nil
	}
	err = o.Store.Read(ctx, func(tx *store.Tx) error {
		a, err = o.People.ActorOf(tx, x.By, x.Agency, x.Post)
		return err
	})
	return a, err
}

// moveLine moves one case of an order, or notes why it is refused. What is left for
// another turn is an error.
func (o *Office) moveLine(ctx context.Context, a act.Actor, x *MoveOrder, id int64, denied error) error {
	err := denied
	if err == nil {
		in := MoveIn{Case: id, To: x.To, Article: x.Article, Reason: x.Reason}
		_, err = act.Run(ctx, o.Runner, a, "", moveCase, in, func(c *act.Call, in MoveIn) (Done, error) {
			x.line(c.Tx, in.Case, LineMoved, "")
			return o.moveIn(c, in, x)
		})
	}
	switch act.KindOf(err) {
	case "":
		return nil
	case act.Unavailable, act.Internal:
		return err
	}
	told := o.Store.Do(ctx, store.Background, func(tx *store.Tx) error {
		x.line(tx, id, LineRefused, sentence(err))
		return nil
	})
	if act.KindOf(told) == act.Conflict { // another job was at it
		return nil
	}
	return told
}

// line says what became of a case; it is a Conflict when that was said before.
func (x *MoveOrder) line(tx *store.Tx, id int64, state, why string) {
	tx.PutOne(act.Changed("casework.thing.moves"), `update move_line set state = $4, why = $5, at = $6 where home = $1 and moves = $2 and matter = $3 and state = $7`,
		tx.Home(), x.ID, id, state, why, tx.Now(), LineWaiting)
}

// endMoves closes an order of which nothing waits any more.
func (o *Office) endMoves(ctx context.Context, x MoveOrder) error {
	return o.Store.Do(ctx, store.Background, func(tx *store.Tx) error {
		tx.Put(`update move_order set state = $3, ended = $4 where home = $1 and id = $2 and state = $5
			and not exists(select 1 from move_line l where l.home = move_order.home and l.moves = move_order.id and l.state = $6)`,
			tx.Home(), x.ID, MovesDone, tx.Now(), MovesRunning, LineWaiting)
		return nil
	})
}
