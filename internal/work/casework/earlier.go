package casework

import (
	"context"
	"errors"
	"slices"

	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// EarlierQuery asks for the cases of an item that run under another version than the
// one they could be moved to.
type EarlierQuery struct {
	Item    int64
	To      int64 // version that they could be moved to; 0 is the one in force
	Version int64 // only those that run under this one; 0 under any
	After   int64 // case, the last of the page before
	Limit   int
}

// Earlier are the cases of an item that run under another version than the one they
// could be moved to, with what that would mean for each.
type Earlier struct {
	Item     int64
	Name     string
	Agency   string // that answers for the item
	To       *catalog.Version
	Targets  []*catalog.Version // among which To was chosen; none when the item is gone
	Versions []OnVersion        // the newest first
	Open     int                // cases that do not run under To
	Cases    []EarlierCase      // a page of them
}

// OnVersion is how many cases run under a version.
type OnVersion struct {
	*catalog.Version
	Open int
}

// EarlierCase is one of them. It holds nothing that identifies a person; Label is ""
// for readers who may not look at the case.
type EarlierCase struct {
	ID       int64
	Number   string
	Label    string
	Agency   string
	Status   string
	At       []string // names of the steps where it stands
	Received day.Day
	Due      day.Day
	From     *catalog.Version
	Move     *Move             // what would change; nil when it cannot be moved, or nowhere to
	Why      []wording.Message // it cannot
}

// Earlier reads the cases of an item that run under an earlier version: of all
// agencies for those who manage the catalogue, of their own for its head and for
// those who manage its part.
func (o *Office) Earlier(ctx context.Context, a act.Actor, q EarlierQuery) (*Earlier, error) {
	x := &Earlier{Item: q.Item}
	err := o.Store.Read(ctx, func(tx *store.Tx) error {
		agency, err := o.Overseen(tx, a)
		if err != nil {
			return err
		}
		all, err := o.Items.Versions(tx, q.Item)
		if err != nil {
			return err
		}
		last := all[len(all)-1]
		x.Name, x.Agency = last.Name, last.Agency
		if x.Targets, err = o.targetsOf(tx, q.Item); err != nil {
			return err
		}
		if len(x.Targets) > 0 || q.To != 0 {
			if x.To, err = chosen(x.Targets, q.To); err != nil {
				return err
			}
		}
		counts, err := proceeding.RunningUnder(tx, Kind, q.Item, agency)
		if err != nil {
			return err
		}
		for _, v := range slices.Backward(all) {
			n := counts[v.ID]
			if n == 0 {
				continue
			}
			x.Versions = append(x.Versions, OnVersion{v, n})
			if x.To == nil || v.ID != x.To.ID {
				x.Open += n
			}
		}
		return o.earlierCases(tx, a, agency, x, q)
	})
	return x, o.Runner.SettleFor(ctx, "earlier", err)
}

// Overseen is the agency whose running cases a reader may count: "" for those who
// manage the catalogue of the area; others are refused.
func (o *Office) Overseen(tx *store.Tx, a act.Actor) (string, error) {
	var err error
	for _, over := range []struct{ right, agency string }{{"item.propose", ""}, {moveCase.Right, a.Agency}, {"item.propose", a.Agency}} {
		if err = o.Runner.Rights.Authorise(tx, a, over.right, act.Scope{Agency: over.agency, Region: o.Region}); act.KindOf(err) != act.Refused {
			return over.agency, err
		}
	}
	return "", err
}

// chosen is the version that was asked for among those that cases may be moved to; 0
// is the first.
func chosen(targets []*catalog.Version, id int64) (*catalog.Version, error) {
	for _, v := range targets {
		if id == 0 || v.ID == id {
			return v, nil
		}
	}
	return nil, act.Wrong("casework.move.not_in_force")
}

func (o *Office) earlierCases(tx *store.Tx, a act.Actor, agency string, x *Earlier, q EarlierQuery) error {
	ask := proceeding.OfItem{Kind: Kind, Item: q.Item, Agency: agency, Version: q.Version, After: q.After, Limit: q.Limit}
	if x.To != nil {
		ask.Not = x.To.ID
	}
	list, err := proceeding.RunningOf(tx, ask)
	if err != nil {
		return err
	}
	looks := map[string]bool{}
	for _, p := range list {
		if _, asked := looks[p.Agency]; !asked {
			err := o.Runner.Rights.Authorise(tx, a, "case.look", act.Scope{Agency: p.Agency, Region: p.Region})
			if looks[p.Agency] = err == nil; err != nil && act.KindOf(err) != act.Refused {
				return err
			}
		}
		m, err := o.readingOf(tx, a, p)
		if err != nil {
			return err
		}
		c := EarlierCase{ID: p.ID, Number: p.Number, Agency: p.Agency, Status: p.Status, Received: p.Received, Due: p.Due, From: m.v}
		if looks[p.Agency] {
			c.Label = p.Label
		}
		for _, t := range p.State.Tokens {
			if n := m.v.Flow.Node(t.Node); n != nil && n.Activity() {
				c.At = append(c.At, n.Label())
			}
		}
		if x.To != nil {
			if c.Move, c.Why, err = m.foresee(x.To); err != nil {
				return err
			}
		}
		x.Cases = append(x.Cases, c)
	}
	return nil
}

// foresee is what moving a case would mean, or why it cannot be.
func (m *matter) foresee(to *catalog.Version) (*Move, []wording.Message, error) {
	x, err := m.planMove(to)
	var e *act.Error
	switch {
	case errors.As(err, &e) && e.Kind == act.Refused:
		return nil, []wording.Message{e.Msg}, nil
	case err != nil:
		return nil, nil, err
	case len(x.Wrong) > 0:
		return nil, x.Wrong, nil
	}
	return x, nil, nil
}

// BehindItem is an item of which cases run under an earlier version.
type BehindItem struct {
	Item   int64
	Name   string
	Agency string
	N      int // of the version in force
	Open   int // cases under earlier ones
}

// Behind lists the items of which cases run under an earlier version, by their
// numbers, as far as the reader may count them; at most limit behind an item.
func (o *Office) Behind(ctx context.Context, a act.Actor, after int64, limit int) ([]BehindItem, error) {
	var list []BehindItem
	err := o.Store.Read(ctx, func(tx *store.Tx) error {
		agency, err := o.Overseen(tx, a)
		if err != nil {
			return err
		}
		found, err := proceeding.BehindOf(tx, Kind, agency, after, limit)
		for _, b := range found {
			v, err := o.Items.InForce(tx, b.Item, tx.Today())
			if err != nil {
				return err
			}
			list = append(list, BehindItem{b.Item, v.Name, v.Agency, v.N, b.Open})
		}
		return err
	})
	return list, o.Runner.SettleFor(ctx, "behind", err)
}
