package casework

import (
	"context"

	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/workday"
)

// Waiting is a case whose extension waits for approval.
type Waiting struct {
	Found
	Agency    string
	Extension Extension
}

// waitingMax bounds the extensions that are listed at once.
const waitingMax = 200

// ExtensionsWaiting lists the extensions that this reader, in the post acted
// in, is asked to approve (行政许可法 42): the head those of the agency, the
// leader of the government the joint ones; the cases due first in front.
func (o *Office) ExtensionsWaiting(ctx context.Context, a act.Actor) ([]Waiting, error) {
	var list []Waiting
	err := o.Store.Read(ctx, func(tx *store.Tx) error {
		if err := o.Runner.Rights.Authorise(tx, a, "extension.approve", act.Scope{Agency: a.Agency, Region: o.Region}); err != nil {
			return err
		}
		// The facts of a case are JSON; those of an extension that nobody has
		// settled hold no "settled". The index has the cases that are handled.
		ids, err := store.All(tx, func(r store.Row) (id int64, err error) { return id, r.Scan(&id) },
			`select f.id from proceeding p join casefile f on f.home = p.home and f.id = p.id where p.home = $1 and p.kind = $2 and p.closed = 0
			and p.status = $3 and f.facts like '%"extension":{%' and f.facts not like '%"settled":%' order by p.due, p.id limit $4`, tx.Home(), Kind, Handling, waitingMax)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if list, err = o.addWaiting(tx, a, list, id); err != nil {
				return err
			}
		}
		return nil
	})
	return list, o.Runner.Settle("extensions", err)
}

func (o *Office) addWaiting(tx *store.Tx, a act.Actor, list []Waiting, id int64) ([]Waiting, error) {
	p, err := proceeding.Get(tx, id)
	if err != nil {
		return nil, err
	}
	f, err := getFile(tx, id)
	if err != nil {
		return nil, err
	}
	x := f.Facts.Extension
	if x == nil || x.Settled != 0 {
		return list, nil
	}
	asked := a.Post == "head" && x.Approver == workday.Head && p.Agency == a.Agency || a.Post == "leader" && x.Approver == workday.Leader
	if !asked {
		return list, nil
	}
	return append(list, Waiting{Found: foundOf(p), Agency: p.Agency, Extension: *x}), nil
}
