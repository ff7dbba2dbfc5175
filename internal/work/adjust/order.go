package adjust

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
	"tongban/internal/rules/workday"
)

// Order is a batch of a higher level: its document, and until when each body below
// says whether it follows.
type Order struct {
	ID       int64
	Document string
	Issuer   string
	Title    string
	Items    int     // entries that it has
	Decreed  day.Day // day of the document
	Received day.Day
	Until    day.Day // last day of the limit
}

// NewOrder is a batch about to be registered.
type NewOrder struct {
	Document string
	Issuer   string
	Title    string
	Items    int
	Decreed  day.Day
	Days     int      // limit in working days
	Agencies []string // bodies below that are asked; none: every agency of the area
}

// mostDays bounds the limit of a task, in working days.
const mostDays = 250

func (o *NewOrder) settle(today day.Day) error {
	o.Document, o.Issuer, o.Title = strings.TrimSpace(o.Document), strings.TrimSpace(o.Issuer), strings.TrimSpace(o.Title)
	var wrong []act.Field
	add := func(name, key string, pairs ...any) {
		wrong = append(wrong, act.Field{Name: name, Msg: wording.M(key, pairs...)})
	}
	for name, s := range map[string]string{"document": o.Document, "issuer": o.Issuer, "title": o.Title} {
		if n := len([]rune(s)); n == 0 || n > maxDocument {
			add(name, "adjust.order."+name, "max", maxDocument)
		}
	}
	if o.Items < 1 || o.Items > mostEntries {
		add("items", "adjust.order.items", "max", mostEntries)
	}
	if o.Decreed == 0 || o.Decreed > today {
		add("decreed", "adjust.order.decreed")
	}
	if o.Days < 1 || o.Days > mostDays {
		add("days", "adjust.order.days", "max", mostDays)
	}
	slices.SortFunc(wrong, func(a, b act.Field) int { return strings.Compare(a.Name, b.Name) })
	return act.WrongFields("adjust.wrong", wrong)
}

func orderStream(id int64) string { return "adjustment-order/" + strconv.FormatInt(id, 10) }

// Order registers a batch of a higher level and opens a task for every body below,
// to be answered within a limit of working days.
func (d *Desk) Order(ctx context.Context, a act.Actor, token string, in NewOrder) (int64, error) {
	return act.Run(ctx, d.Runner, a, token, CommandOrder, in, func(c *act.Call, in NewOrder) (int64, error) {
		if err := c.Allow(act.Scope{Region: d.Region}); err != nil {
			return 0, err
		}
		if err := in.settle(c.Today()); err != nil {
			return 0, err
		}
		all, err := d.People.Agencies(c.Tx, c.Today())
		if err != nil {
			return 0, err
		}
		var rows [][]any
		id := c.Tx.NewID()
		for _, body := range all {
			if (len(in.Agencies) == 0 || slices.Contains(in.Agencies, body.Key)) && strings.HasPrefix(body.Region, d.Region) {
				rows = append(rows, []any{c.Tx.Home(), id, body.Key, "", "", 0, 0, 0})
			}
		}
		if len(rows) == 0 || len(in.Agencies) > len(rows) {
			return 0, act.WrongFields("adjust.wrong", []act.Field{{Name: "agencies", Msg: wording.M("adjust.order.agencies")}})
		}
		until := d.until(c.Today(), workday.Term{Days: in.Days, Unit: workday.WorkingDays})
		c.Tx.PutOne(act.Refuse("adjust.order.twice", "document", in.Document), `insert into adjustment_order(home, id, document, issuer, title, items, decreed, received, until, region, person, at)
			values($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict do nothing`,
			c.Tx.Home(), id, in.Document, in.Issuer, in.Title, in.Items, in.Decreed, c.Today(), until, d.Region, c.Actor.Person, c.Now())
		c.Tx.PutRows(`insert into adjustment_task(home, ordered, agency, answer, reason, person, at, listed)`, rows)
		_, err = c.Note(nil, ledger.Event{Stream: orderStream(id), Kind: "adjust.ordered", Day: in.Decreed,
			Facts: map[string]any{"document": in.Document, "issuer": in.Issuer, "title": in.Title, "items": in.Items, "bodies": len(rows), "until": until.String()}})
		return id, err
	})
}

// What a body below answers.
const (
	Follow        = "follow"
	NotApplicable = "not_applicable"
)

// Settle answers the task of a body below: it follows the batch, or it does not
// apply there and why. An answer that came is not changed.
func (d *Desk) Settle(ctx context.Context, a act.Actor, token string, order int64, agency, answer, reason string) error {
	in := answerIn{ID: order, Agency: agency, Answer: answer, Reason: strings.TrimSpace(reason)}
	_, err := act.Run(ctx, d.Runner, a, token, CommandFollow, in, func(c *act.Call, in answerIn) (struct{}, error) {
		if err := c.Allow(act.Scope{Agency: in.Agency}); err != nil {
			return struct{}{}, err
		}
		if in.Answer != Follow && in.Answer != NotApplicable {
			return struct{}{}, act.WrongFields("adjust.wrong", []act.Field{{Name: "answer", Msg: wording.M("adjust.order.answer")}})
		}
		if in.Answer == NotApplicable || in.Reason != "" {
			if err := said(in.Reason); err != nil {
				return struct{}{}, err
			}
		}
		c.Tx.PutOne(act.Missing("adjust.thing.task"), `update adjustment_task set answer = $4, reason = $5, person = $6, at = $7
			where home = $1 and ordered = $2 and agency = $3 and answer = ''`, c.Tx.Home(), in.ID, in.Agency, in.Answer, in.Reason, c.Actor.Person, c.Now())
		_, err := c.Note(nil, ledger.Event{Stream: orderStream(in.ID), Kind: "adjust.followed", Day: c.Today(),
			Facts: map[string]any{"agency": in.Agency, "answer": in.Answer, "reason": in.Reason}})
		return struct{}{}, err
	})
	return err
}

const orderSelect = `select id, document, issuer, title, items, decreed, received, until from adjustment_order where home = $1 `

func scanOrder(r store.Row) (o Order, err error) {
	return o, r.Scan(&o.ID, &o.Document, &o.Issuer, &o.Title, &o.Items, &o.Decreed, &o.Received, &o.Until)
}

// OrderByID returns a batch of a higher level.
func OrderByID(tx *store.Tx, id int64) (Order, error) {
	o, found, err := store.Find(tx, scanOrder, orderSelect+`and id = $2`, tx.Home(), id)
	if err == nil && !found {
		err = act.Missing("adjust.thing.order")
	}
	return o, err
}

// Orders lists up to limit batches of higher levels, the latest first, behind the
// one with the id before; 0 begins.
func Orders(tx *store.Tx, before int64, limit int) ([]Order, error) {
	return store.All(tx, scanOrder, orderSelect+`and ($2 = 0 or (received, decreed, id) < (select b.received, b.decreed, b.id from adjustment_order b
		where b.home = $1 and b.id = $2)) order by received desc, decreed desc, id desc limit $3`, tx.Home(), before, limit)
}

// Task is what a body below does about a batch.
type Task struct {
	Agency string
	Answer string // '', follow, not_applicable
	Reason string
	At     day.Instant
	Listed day.Day // from which the lists say so, 0 not yet
	Days   int     // from the decree to that day, or to today while it is open; 0 where it does not apply
	Late   bool    // not answered within the limit
}

// Tasks lists what the bodies below do about a batch, by agency.
func Tasks(tx *store.Tx, o Order) ([]Task, error) {
	return store.All(tx, func(r store.Row) (t Task, err error) {
		if err := r.Scan(&t.Agency, &t.Answer, &t.Reason, &t.At, &t.Listed); err != nil {
			return t, err
		}
		switch {
		case t.Listed != 0:
			t.Days = int(t.Listed - o.Decreed)
		case t.Answer != NotApplicable:
			t.Days = int(tx.Today() - o.Decreed)
		}
		answered := tx.Today()
		if t.At != 0 {
			answered = t.At.Day()
		}
		t.Late = answered > o.Until
		return t, nil
	}, `select agency, answer, reason, at, listed from adjustment_task where home = $1 and ordered = $2 order by agency`, tx.Home(), o.ID)
}
