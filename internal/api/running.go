package api

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/day"
	"tongban/internal/work/casework"
)

// behindLine is an item of which cases run under an earlier version.
type behindLine struct {
	Item   int64  `json:"item"`
	Name   string `json:"name"`
	Agency string `json:"agency"`
	N      int    `json:"n"`
	Open   int    `json:"open"`
}

// runningUnder is a version with how many cases run under it.
type runningUnder struct {
	Version int64   `json:"version"`
	N       int     `json:"n"`
	Name    string  `json:"name"`
	From    day.Day `json:"from"`
	Open    int     `json:"open"`
}

// runningView is how many cases of an item run under which version, and to which they
// could be moved.
type runningView struct {
	Item     int64          `json:"item"`
	Name     string         `json:"name"`
	Agency   string         `json:"agency"`
	To       int64          `json:"to,omitempty"`
	Open     int            `json:"open"`
	Versions []runningUnder `json:"versions"`
	Targets  []runningUnder `json:"targets"`
}

// runningCase is a case that runs under an earlier version, with what moving it would
// change. It holds nothing that identifies a person.
type runningCase struct {
	Case     int64     `json:"case"`
	Number   string    `json:"number"`
	Label    string    `json:"label,omitempty"`
	Agency   string    `json:"agency"`
	Status   string    `json:"status"`
	Steps    []string  `json:"steps"`
	Received day.Day   `json:"received"`
	Due      day.Day   `json:"due,omitempty"`
	Version  int64     `json:"version"`
	N        int       `json:"n"`
	Possible bool      `json:"possible"`
	Why      []string  `json:"why,omitempty"`
	Plan     *movePlan `json:"plan,omitempty"`
}

// TheRunning names the item whose cases they are.
type TheRunning struct {
	Item int64 `path:"item" example:"17"`
}

type runningIn struct {
	TheRunning
	To int64 `query:"to" minimum:"0" example:"0"`
}

type runningCasesIn struct {
	TheRunning
	Paged
	To      int64 `query:"to" minimum:"0" example:"0"`
	Version int64 `query:"version" minimum:"0" example:"0"`
}

type movesBody struct {
	To      int64   `json:"to,omitempty" minimum:"0" example:"0"`
	Cases   []int64 `json:"cases,omitempty" maxItems:"200" example:"[1001,1002]"`
	All     bool    `json:"all,omitempty" example:"false"`
	Version int64   `json:"version,omitempty" minimum:"0" example:"0"`
	Article string  `json:"article" maxLength:"2000" example:"示范办法第二十条"`
	Reason  string  `json:"reason" maxLength:"2000" example:"新版本少一步，申请人早拿到结果"`
}

type movesIn struct {
	Keyed
	TheRunning
	Body movesBody
}

// TheMoves names an order to move cases.
type TheMoves struct {
	Moves int64 `path:"moves" example:"1001"`
}

type movedIn struct {
	TheMoves
	Paged
	State string `query:"state" enum:"waiting,moved,refused" example:"refused"`
}

// movesView is an order to move cases, and how far it is.
type movesView struct {
	ID         int64   `json:"id"`
	Item       int64   `json:"item"`
	To         int64   `json:"to,omitempty"`
	Article    string  `json:"article"`
	Reason     string  `json:"reason"`
	By         string  `json:"by"`
	Agency     string  `json:"agency,omitempty"`
	Adjustment int64   `json:"adjustment,omitempty"`
	Document   string  `json:"document,omitempty"`
	From       day.Day `json:"from"`
	State      string  `json:"state" enum:"waiting,running,done"`
	Total      int     `json:"total"`
	Moved      int     `json:"moved"`
	Refused    int     `json:"refused"`
}

// movedLine is what became of a case of an order.
type movedLine struct {
	Case   int64  `json:"case"`
	Number string `json:"number"`
	Agency string `json:"agency"`
	State  string `json:"state" enum:"waiting,moved,refused"`
	Why    string `json:"why,omitempty"`
	At     string `json:"at,omitempty"`
}

// runs adds the cases that run under earlier versions of their item, and moving them.
func runs(s *server) {
	get := func(id, path string) spec {
		return spec{id: id, method: http.MethodGet, path: path, tag: "work", access: staff}
	}
	on(s, get("listBehind", "/running"), s.listBehind)
	on(s, get("showRunning", "/running/{item}"), s.showRunning)
	on(s, get("listRunning", "/running/{item}/cases"), s.listRunning)
	on(s, spec{id: "orderMoves", method: http.MethodPost, path: "/running/{item}/moves", tag: "work", access: staff, command: "case.order_moves",
		example: movesBody{Cases: []int64{1001, 1002}, Article: "示范办法第二十条", Reason: "新版本少一步，申请人早拿到结果"}}, s.orderMoves)
	on(s, get("showMoves", "/moves/{moves}"), s.showMoves)
	on(s, get("listMoved", "/moves/{moves}/cases"), s.listMoved)
}

func (s *server) listBehind(ctx context.Context, v *visit, in *Paged) (*pageOut[behindLine], error) {
	after, list := int64(0), []behindLine(nil)
	if err := place(in.Cursor, &after); err != nil {
		return nil, err
	}
	all, err := s.h.Office.Behind(ctx, v.actor, after, in.Limit+1)
	for _, b := range all {
		list = append(list, behindLine(b))
	}
	return page("/running", nil, *in, list, func(b behindLine) any { return b.Item }), err
}

func runningUnderOf(v *catalog.Version, open int) runningUnder {
	return runningUnder{v.ID, v.N, v.Name, v.Span.From, open}
}

func (s *server) showRunning(ctx context.Context, v *visit, in *runningIn) (*bodyOf[runningView], error) {
	x, err := s.h.Office.Earlier(ctx, v.actor, casework.EarlierQuery{Item: in.Item, To: in.To})
	if err != nil {
		return nil, err
	}
	out := runningView{Item: x.Item, Name: x.Name, Agency: x.Agency, Open: x.Open, Versions: []runningUnder{}, Targets: []runningUnder{}}
	if x.To != nil {
		out.To = x.To.ID
	}
	open := map[int64]int{}
	for _, o := range x.Versions {
		open[o.ID] = o.Open
		out.Versions = append(out.Versions, runningUnderOf(o.Version, o.Open))
	}
	for _, t := range x.Targets {
		out.Targets = append(out.Targets, runningUnderOf(t, open[t.ID]))
	}
	return &bodyOf[runningView]{out}, nil
}

func (s *server) listRunning(ctx context.Context, v *visit, in *runningCasesIn) (*pageOut[runningCase], error) {
	q := casework.EarlierQuery{Item: in.Item, To: in.To, Version: in.Version, Limit: in.Limit + 1}
	if err := place(in.Cursor, &q.After); err != nil {
		return nil, err
	}
	x, err := s.h.Office.Earlier(ctx, v.actor, q)
	if err != nil {
		return nil, err
	}
	var list []runningCase
	for _, c := range x.Cases {
		r := runningCase{Case: c.ID, Number: c.Number, Label: c.Label, Agency: c.Agency, Status: c.Status, Steps: append([]string{}, c.At...), Received: c.Received, Due: c.Due,
			Version: c.From.ID, N: c.From.N, Possible: c.Move != nil}
		for _, w := range c.Why {
			r.Why = append(r.Why, w.In(v.lang))
		}
		if c.Move != nil {
			p := moveView(c.Move, v)
			r.Plan = &p
		}
		list = append(list, r)
	}
	return page(fmt.Sprintf("/running/%d/cases", in.Item), url.Values{"to": {number(in.To)}, "version": {number(in.Version)}}, in.Paged, list,
		func(c runningCase) any { return c.Case }), nil
}

// number is a number as a query has it; "" for 0.
func number(n int64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

func (s *server) orderMoves(ctx context.Context, v *visit, in *movesIn) (*echoedBody[movesView], error) {
	b := in.Body
	id, err := s.h.Office.OrderMoves(ctx, v.actor, in.Key, casework.MovesIn{Item: in.Item, To: b.To, Cases: b.Cases, All: b.All, Version: b.Version, Article: b.Article, Reason: b.Reason})
	if err != nil {
		return nil, err
	}
	s.h.Jobs.Wake()
	out := &echoedBody[movesView]{Echoed: Echoed(in.Keyed)}
	err = s.read(ctx, func(tx *store.Tx) (err error) {
		out.Body, _, err = s.movesFor(tx, v, id)
		return err
	})
	return out, err
}

// movesFor is an order for a reader, and the agency whose cases of it they see.
func (s *server) movesFor(tx *store.Tx, v *visit, id int64) (out movesView, only string, err error) {
	if only, err = s.h.Office.Overseen(tx, v.actor); err != nil {
		return out, only, err
	}
	x, err := casework.MovesByID(tx, id)
	if err == nil && only != "" && x.Agency != only && x.Adjustment == 0 {
		err = act.Missing("casework.thing.moves")
	}
	if err != nil {
		return out, only, err
	}
	out, err = s.movesView(tx, x)
	return out, only, err
}

func (s *server) movesView(tx *store.Tx, x casework.MoveOrder) (movesView, error) {
	by, err := s.official(tx, x.By)
	return movesView{x.ID, x.Item, x.To, x.Article, x.Reason, by, x.Agency, x.Adjustment, x.Document, x.From, x.State, x.Total, x.Moved, x.Refused}, err
}

func (s *server) showMoves(ctx context.Context, v *visit, in *TheMoves) (*bodyOf[movesView], error) {
	out := &bodyOf[movesView]{}
	return out, s.read(ctx, func(tx *store.Tx) (err error) {
		out.Body, _, err = s.movesFor(tx, v, in.Moves)
		return err
	})
}

func (s *server) listMoved(ctx context.Context, v *visit, in *movedIn) (*pageOut[movedLine], error) {
	after, list := int64(0), []movedLine(nil)
	if err := place(in.Cursor, &after); err != nil {
		return nil, err
	}
	err := s.read(ctx, func(tx *store.Tx) error {
		_, only, err := s.movesFor(tx, v, in.Moves)
		if err != nil {
			return err
		}
		all, err := casework.MoveLines(tx, in.Moves, in.State, only, after, in.Limit+1)
		for _, l := range all {
			list = append(list, movedLine{l.Case, l.Number, l.Agency, l.State, l.Why, moment(l.At)})
		}
		return err
	})
	return page(fmt.Sprintf("/moves/%d/cases", in.Moves), url.Values{"state": {in.State}}, in.Paged, list, func(l movedLine) any { return l.Case }), err
}
