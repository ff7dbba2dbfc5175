package casework

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/record/job"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

var orderMoves = act.Command{Name: "case.order_moves", Right: moveCase.Right}

// The states of an order to move cases.
const (
	MovesWaiting = "waiting" // for its day, or for the job
	MovesRunning = "running"
	MovesDone    = "done"
)

// What became of a case of an order.
const (
	LineWaiting = "waiting"
	LineMoved   = "moved"
	LineRefused = "refused"
)

// MovesMost is how many cases may be named in one order.
const MovesMost = 200

// MoveOrder is an order that cases be moved to another version: each by a command of
// its own, all on one article.
type MoveOrder struct {
	ID         int64
	Item       int64
	To         int64 // version; 0 is the one of the item in force when it begins
	Article    string
	Reason     string
	By         int64 // who ordered it, in a post of an agency
	Agency     string
	Post       string
	Adjustment int64 // of the catalogue, that it follows from; 0 for none
	Document   string
	From       day.Day // on which it begins
	State      string
	Ordered    day.Instant
	Ended      day.Instant
	Total      int // cases; 0 as long as the day of an adjustment has not come
	Moved      int
	Refused    int
}

// Done is how many cases of the order were gone through.
func (x MoveOrder) Done() int { return x.Moved + x.Refused }

// note adds to the facts of a move the document that ordered it.
func (x *MoveOrder) note(facts map[string]any) {
	if x == nil {
		return
	}
	facts["order"] = x.ID
	if x.Adjustment != 0 {
		facts["adjustment"], facts["document"], facts["ordered_by"] = x.Adjustment, x.Document, x.By
	}
}

// MovesIn orders moves.
type MovesIn struct {
	Item    int64   `json:"item"`
	To      int64   `json:"to,omitempty"`      // version; 0 is the one of the item in force
	Cases   []int64 `json:"cases,omitempty"`   // at most MovesMost
	All     bool    `json:"all,omitempty"`     // instead: all of the agency that run under another version
	Version int64   `json:"version,omitempty"` // with All: only those that run under this one
	Article string  `json:"article"`           // on which all of them rest
	Reason  string  `json:"reason"`
}

// OrderMoves orders that running cases of the actor's agency be moved, and returns
// the order's number. A job moves them one by one: what cannot be moved keeps none of
// the others waiting and is named with the reason.
func (o *Office) OrderMoves(ctx context.Context, a act.Actor, token string, in MovesIn) (int64, error) {
	in.Cases = slices.Compact(slices.Sorted(slices.Values(in.Cases)))
	return act.Run(ctx, o.Runner, a, token, orderMoves, in, func(c *act.Call, in MovesIn) (int64, error) {
		if err := c.Allow(act.Scope{Agency: c.Actor.Agency, Region: o.Region}); err != nil {
			return 0, err
		}
		if err := wantText("article", in.Article, "reason", in.Reason); err != nil {
			return 0, err
		}
		targets, err := o.targetsOf(c.Tx, in.Item)
		if err != nil {
			return 0, err
		}
		to, err := chosen(targets, in.To)
		if err != nil {
			return 0, err
		}
		if err := to.MaySay(c.Tx, c.Today(), catalog.Said{Field: "reason", Words: in.Reason}); err != nil {
			return 0, err
		}
		cases, err := o.named(c, in, to.ID)
		if err != nil {
			return 0, err
		}
		x := MoveOrder{ID: c.Tx.NewID(), Item: in.Item, To: to.ID, Article: strings.TrimSpace(in.Article), Reason: strings.TrimSpace(in.Reason), By: c.Actor.Person,
			Agency: c.Actor.Agency, Post: c.Actor.Post, From: c.Today(), State: MovesRunning, Ordered: c.Now()}
		x.put(c.Tx)
		x.lines(c.Tx, cases)
		_, err = c.Note(nil, ledger.Event{Stream: fmt.Sprintf("moves/%d", x.ID), Kind: "case.moves_ordered", Day: x.From,
			Facts: map[string]any{"item": x.Item, "version": x.To, "article": x.Article, "cases": len(cases)}, Rules: []ledger.Rule{{Article: x.Article}}})
		return x.ID, err
	})
}

// named are the cases that an order is about: each runs, or ran, at the actor's agency.
func (o *Office) named(c *act.Call, in MovesIn, to int64) ([]int64, error) {
	list := in.Cases
	if in.All {
		var err error
		if list, err = proceeding.RunningIDs(c.Tx, proceeding.OfItem{Kind: Kind, Item: in.Item, Agency: c.Actor.Agency, Version: in.Version, Not: to}); err != nil {
			return nil, err
		}
	} else if len(list) > MovesMost {
		return nil, act.Wrong("casework.moves.many", "max", MovesMost, "got", len(list))
	}
	if len(list) == 0 {
		return nil, act.Wrong("casework.moves.none")
	}
	for _, id := range in.Cases {
		p, err := proceeding.Get(c.Tx, id)
		if err == nil && (p.Item != in.Item || p.Agency != c.Actor.Agency || p.Kind != Kind) {
			err = act.Missing("proceeding.case")
		}
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// PlannedMoves are moves that follow from an adjustment of the catalogue.
type PlannedMoves struct {
	Item       int64
	From       day.Day // on which the item's new version takes effect
	Article    string
	Reason     string
	By         int64 // who decided the adjustment
	Adjustment int64
	Document   string
}

// PlanMoves orders that from a day on all cases of an item which run under an earlier
// version be moved to the one that is then in force. It is called inside the command
// that carries the decision out, which has asked for its own right; each move is the
// platform's act by the decider's order.
func PlanMoves(c *act.Call, in PlannedMoves) {
	x := MoveOrder{ID: c.Tx.NewID(), Item: in.Item, Article: in.Article, Reason: in.Reason, By: in.By, Adjustment: in.Adjustment, Document: in.Document, From: in.From,
		State: MovesWaiting, Ordered: c.Now()}
	x.put(c.Tx)
}

// put writes a new order with the job that carries it out.
func (x *MoveOrder) put(tx *store.Tx) {
	tx.Put(`insert into move_order(home, id, item, to_version, article, reason, ordered_by, agency, post, adjustment, document, from_day, state, ordered, ended)
		values($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0)`, tx.Home(), x.ID, x.Item, x.To, x.Article, x.Reason, x.By, x.Agency, x.Post, x.Adjustment,
		x.Document, x.From, x.State, x.Ordered)
	job.Add(tx, job.Job{Kind: JobMoves, Key: fmt.Sprint(x.ID), RunAt: max(tx.Now(), x.From.Start()), Args: job.Args(movesArgs{x.ID})})
}

// lines writes the cases of an order.
func (x *MoveOrder) lines(tx *store.Tx, cases []int64) {
	rows := make([][]any, len(cases))
	for i, id := range cases {
		rows[i] = []any{tx.Home(), x.ID, id, LineWaiting, "", day.Instant(0)}
	}
	tx.PutRows(`insert into move_line(home, moves, matter, state, why, at)`, rows)
}

const orderColumns = `id, item, to_version, article, reason, ordered_by, agency, post, adjustment, document, from_day, state, ordered, ended`

const orderSelect = `select ` + orderColumns + `, (select count(*) from move_line l where l.home = o.home and l.moves = o.id),
	(select count(*) from move_line l where l.home = o.home and l.moves = o.id and l.state = 'moved'),
	(select count(*) from move_line l where l.home = o.home and l.moves = o.id and l.state = 'refused') from move_order o where home = $1 and `

func scanOrder(r store.Row) (x MoveOrder, err error) {
	return x, r.Scan(&x.ID, &x.Item, &x.To, &x.Article, &x.Reason, &x.By, &x.Agency, &x.Post, &x.Adjustment, &x.Document, &x.From, &x.State, &x.Ordered, &x.Ended,
		&x.Total, &x.Moved, &x.Refused)
}

// MovesByID reads an order.
func MovesByID(tx *store.Tx, id int64) (MoveOrder, error) {
	x, found, err := store.Find(tx, scanOrder, orderSelect+`id = $2`, tx.Home(), id)
	if err == nil && !found {
		err = act.Missing("casework.thing.moves")
	}
	return x, err
}

// MovesFor lists the orders that follow from an adjustment, by their items.
func MovesFor(tx *store.Tx, adjustment int64) ([]MoveOrder, error) {
	return store.All(tx, scanOrder, orderSelect+`adjustment = $2 and adjustment > 0 order by item, id`, tx.Home(), adjustment)
}

// MovesOf lists the orders about an item, the newest first, at most limit; those of
// one agency and of adjustments, or of all for "".
func MovesOf(tx *store.Tx, item int64, agency string, limit int) ([]MoveOrder, error) {
	return store.All(tx, scanOrder, orderSelect+`item = $2 and ($3 = '' or agency = $3 or adjustment > 0) order by id desc limit $4`, tx.Home(), item, agency, limit)
}

// MoveLine is what became of a case of an order; it names nobody.
type MoveLine struct {
	Case   int64
	Number string
	Agency string
	State  string
	Why    string // why it was refused
	At     day.Instant
}

// MoveLines lists the cases of an order by their ids, behind one, at most limit: in
// one state ("" in any) and at one agency ("" at any).
func MoveLines(tx *store.Tx, order int64, state, agency string, after int64, limit int) ([]MoveLine, error) {
	return store.All(tx, func(r store.Row) (l MoveLine, err error) {
		return l, r.Scan(&l.Case, &l.Number, &l.Agency, &l.State, &l.Why, &l.At)
	}, `select l.matter, p.number, p.agency, l.state, l.why, l.at from move_line l join proceeding p on p.home = l.home and p.id = l.matter
		where l.home = $1 and l.moves = $2 and ($3 = '' or l.state = $3) and ($4 = '' or p.agency = $4) and l.matter > $5 order by l.matter limit $6`,
		tx.Home(), order, state, agency, after, limit)
}

// sentence is a refusal as it is kept.
func sentence(err error) string {
	if e, ok := err.(*act.Error); ok {
		return e.Msg.In(wording.ZH)
	}
	return err.Error()
}
