package manage

import (
	"net/http"
	"strconv"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/web/casepage"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/casework"
)

// runningAt is where the cases are that run under an earlier version of their item.
const runningAt = "/manage/running"

// mountRunning adds the pages of cases on earlier versions. They ask by themselves:
// the head of an agency, who does not manage items, reads its own.
func mountRunning(o *desk, mux *door.Mux) {
	for pattern, h := range map[string]http.HandlerFunc{
		"GET " + runningAt:            o.behind,
		"GET " + runningAt + "/{id}":  o.running,
		"POST " + runningAt + "/{id}": o.orderMoves,
		"GET /manage/moves/{id}":      o.moves,
	} {
		mux.HandleFunc(pattern, o.door.Staff(h))
	}
}

// Behind is the items of which cases run under an earlier version.
type Behind struct {
	Table ui.Table
	Next  string
}

func (o *desk) behind(w http.ResponseWriter, r *http.Request) {
	after, _ := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64)
	list, err := o.door.House.Office.Behind(r.Context(), door.Actor(r), after, pageSize+1)
	if err != nil {
		o.door.Fail(w, r, err)
		return
	}
	data := Behind{Table: ui.Table{Caption: ui.M("manage.running.items"), HideCaption: true, Empty: ui.Empty{Text: ui.M("manage.running.items.none")},
		Columns: []ui.Column{{Label: ui.M("manage.col.item")}, {Label: ui.M("manage.col.agency")}, {Label: ui.M("manage.running.in_force")}, {Label: ui.M("manage.running.open"), Number: true}}}}
	if len(list) > pageSize {
		list = list[:pageSize]
		data.Next = runningAt + "?after=" + text(list[pageSize-1].Item)
	}
	if !o.door.Read(w, r, func(tx *store.Tx) error {
		names, err := o.names(tx)
		for _, b := range list {
			data.Table.Rows = append(data.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: ui.Plain(b.Name), Href: runningAt + "/" + text(b.Item)}, {Text: ui.Plain(nameOf(names, b.Agency))},
				{Text: ui.M("manage.running.n", "n", b.N)}, {Text: ui.Count(b.Open)}}})
		}
		return err
	}) {
		return
	}
	o.render(w, r, "behind", 0, ui.Page{Title: ui.M("manage.running.title"), Data: data})
}

// names are the agencies' names by key.
func (o *desk) names(tx *store.Tx) (map[string]string, error) {
	all, err := o.door.House.People.Agencies(tx, tx.Today())
	names := map[string]string{}
	for _, a := range all {
		names[a.Key] = a.Short
	}
	return names, err
}

// Running is the cases of an item that run under an earlier version, and the form by
// which they are moved.
type Running struct {
	*casework.Earlier
	Action  string // of the form: the page as it is filtered
	Agency  string
	Targets []ui.Link // other versions that they could be moved to
	Counts  ui.Table
	Chosen  ui.Text // the version whose cases alone are shown
	Whole   string  // address of all of them
	Table   ui.Table
	Next    string
	Orders  ui.Table
	Can     bool // the reader may order moves
	Fields  []ui.Field
}

func (o *desk) running(w http.ResponseWriter, r *http.Request) { o.runningWith(w, r, nil) }

// runningWith shows the cases, with what is wrong with an order that was given.
func (o *desk) runningWith(w http.ResponseWriter, r *http.Request, wrong error) {
	q, here := r.URL.Query(), ui.Page{URL: r.URL}
	n := func(name string) int64 { v, _ := strconv.ParseInt(q.Get(name), 10, 64); return v }
	a := door.Actor(r)
	x, err := o.door.House.Office.Earlier(r.Context(), a, casework.EarlierQuery{Item: number(r), To: n("to"), Version: n("version"), After: n("after"), Limit: pageSize + 1})
	if err != nil {
		o.door.Fail(w, r, err)
		return
	}
	d := Running{Earlier: x, Action: here.Here(),
		Fields: []ui.Field{{Kind: ui.FieldText, Name: "article", Label: ui.M("office.field.article"), Hint: ui.M("manage.running.article")},
			{Kind: ui.FieldArea, Name: "reason", Label: ui.M("office.field.reason"), Rows: 3}}}
	if len(x.Cases) > pageSize {
		x.Cases = x.Cases[:pageSize]
		d.Next = here.With("after", text(x.Cases[pageSize-1].ID))
	}
	if !o.door.Read(w, r, func(tx *store.Tx) error {
		names, err := o.names(tx)
		if err != nil {
			return err
		}
		d.Agency = nameOf(names, x.Agency)
		d.Can = x.To != nil && o.door.House.Runner.Rights.Authorise(tx, a, "case.move", act.Scope{Agency: a.Agency, Region: o.door.House.Office.Region}) == nil
		d.versions(here, n("version"))
		d.cases(names, r.PostForm["case"])
		only, err := o.door.House.Office.Overseen(tx, a)
		if err != nil {
			return err
		}
		orders, err := casework.MovesOf(tx, x.Item, only, pageSize)
		d.Orders = ordersTable(orders, names)
		return err
	}) {
		return
	}
	p := ui.Page{Title: ui.M("manage.running.title"), Data: d, Back: &ui.Link{Text: ui.M("manage.running.title"), Href: runningAt}}
	if wrong != nil {
		list, _ := door.Wrong(wrong)
		p.Errors = ui.Fill(d.Fields, r.PostForm, list)
	}
	o.render(w, r, "running", 0, p)
}

// versions are how many cases run under which version, and where they could be moved.
func (d *Running) versions(here ui.Page, chosen int64) {
	d.Counts = ui.Table{Caption: ui.M("manage.running.versions"), Plain: true, Columns: []ui.Column{{Label: ui.M("manage.running.version")}, {Label: ui.M("manage.running.since")},
		{Label: ui.M("manage.running.open"), Number: true}}}
	for _, v := range d.Versions {
		c := ui.Cell{Text: ui.M("manage.running.n", "n", v.N)}
		if d.To != nil && v.ID == d.To.ID {
			c.Note = ui.M("manage.running.current")
		} else {
			c.Href = here.With("version", text(v.ID), "after", "")
		}
		if v.ID == chosen {
			d.Chosen, d.Whole = c.Text, here.With("version", "", "after", "")
		}
		d.Counts.Rows = append(d.Counts.Rows, ui.Row{Cells: []ui.Cell{c, {Text: ui.OnDay(v.Span.From)}, {Text: ui.Count(v.Open)}}})
	}
	for _, v := range d.Earlier.Targets {
		if d.To != nil && v.ID != d.To.ID {
			d.Targets = append(d.Targets, ui.Link{Text: ui.M("manage.running.target", "name", v.Name, "n", v.N), Href: here.With("to", text(v.ID), "after", "")})
		}
	}
}

// cases are a page of them, each with what moving it would change or why it cannot be.
func (d *Running) cases(names map[string]string, ticked []string) {
	d.Table = ui.Table{Caption: ui.M("manage.running.cases"), HideCaption: true, Empty: ui.Empty{Text: ui.M("manage.running.none")}, Columns: []ui.Column{{Label: ui.M("office.col.case")},
		{Label: ui.M("manage.running.version")}, {Label: ui.M("office.version.at")}, {Label: ui.M("office.version.due")}, {Label: ui.M("manage.running.would")}}}
	if d.Can {
		d.Table.Select = "case"
	}
	tick := map[string]bool{}
	for _, id := range ticked {
		tick[id] = true
	}
	for _, c := range d.Cases {
		row := ui.Row{ID: text(c.ID), Ticked: tick[text(c.ID)]}
		head := ui.Cell{Text: ui.Plain(c.Number)}
		if c.Label != "" {
			head.Href, head.Note = casepage.Address(c.ID, "version"), ui.Plain(c.Label)
		}
		at := ui.Join{Sep: "、"}
		for _, s := range c.At {
			at.Texts = append(at.Texts, ui.Plain(s))
		}
		row.Cells = []ui.Cell{head, {Text: ui.M("manage.running.n", "n", c.From.N)}, {Text: at, Note: ui.M("office.status." + c.Status)}, {Text: ui.OnDay(c.Due)}, would(c, names)}
		d.Table.Rows = append(d.Table.Rows, row)
	}
}

// would says what moving a case would change, or why it cannot be.
func would(c casework.EarlierCase, names map[string]string) ui.Cell {
	note := ui.Join{Sep: "；"}
	switch {
	case len(c.Why) > 0:
		for _, w := range c.Why {
			note.Texts = append(note.Texts, w)
		}
		return ui.Cell{Status: &ui.Status{Tone: ui.ToneTodo, Text: ui.M("manage.running.not")}, Note: note}
	case c.Move == nil:
		return ui.Cell{Text: ui.M("manage.running.nowhere")}
	}
	for _, f := range casepage.MoveFacts(c.Move, func(key string) string { return nameOf(names, key) }) {
		note.Texts = append(note.Texts, ui.Join{Sep: "：", Texts: []ui.Text{f.Label, f.Value}})
	}
	return ui.Cell{Status: &ui.Status{Tone: ui.ToneOK, Text: ui.M("manage.running.can")}, Note: note}
}

// orderMoves orders that the ticked cases be moved, or all that are shown.
func (o *desk) orderMoves(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		o.door.Fail(w, r, act.Wrong("office.form.broken"))
		return
	}
	q := r.URL.Query()
	n := func(s string) int64 { v, _ := strconv.ParseInt(s, 10, 64); return v }
	in := casework.MovesIn{Item: number(r), To: n(q.Get("to")), Article: value(r, "article"), Reason: value(r, "reason")}
	if value(r, "act") == "all" {
		in.All, in.Version = true, n(q.Get("version"))
	} else {
		for _, id := range r.PostForm["case"] {
			in.Cases = append(in.Cases, n(id))
		}
	}
	id, err := o.door.House.Office.OrderMoves(r.Context(), door.Actor(r), door.Key(r), in)
	switch {
	case act.KindOf(err) == act.Invalid:
		o.runningWith(w, r, err)
	case err != nil:
		o.door.Fail(w, r, err)
	default:
		o.door.House.Jobs.Wake()
		door.Done(w, r, "/manage/moves/"+text(id)+"?follow=1")
	}
}

// ordersTable lists orders to move cases.
func ordersTable(list []casework.MoveOrder, names map[string]string) ui.Table {
	t := ui.Table{Caption: ui.M("manage.moves.orders"), Columns: []ui.Column{{Label: ui.M("manage.moves.at")}, {Label: ui.M("manage.moves.by")}, {Label: ui.M("office.field.article")},
		{Label: ui.M("manage.moves.moved"), Number: true}, {Label: ui.M("manage.moves.refused"), Number: true}, {Label: ui.M("manage.moves.state")}}}
	for _, x := range list {
		by := ui.Text(ui.Plain(nameOf(names, x.Agency)))
		if x.Adjustment != 0 {
			by = ui.Plain(x.Document)
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: ui.At(x.Ordered), Href: "/manage/moves/" + text(x.ID)}, {Text: by}, {Text: ui.Plain(x.Article)},
			{Text: ui.Count(x.Moved)}, {Text: ui.Count(x.Refused)}, {Status: movesStatus(x)}}})
	}
	return t
}

var movesTones = map[string]ui.Tone{casework.MovesWaiting: ui.ToneOff, casework.MovesRunning: ui.ToneNow, casework.MovesDone: ui.ToneDone}

func movesStatus(x casework.MoveOrder) *ui.Status {
	return &ui.Status{Tone: movesTones[x.State], Text: ui.M("manage.moves.state." + x.State)}
}

// Moves is an order to move cases, how far it is, and what became of each.
type Moves struct {
	casework.MoveOrder
	Facts   []ui.Fact
	Going   bool // it is being carried out
	Toggle  ui.Link
	Filters []ui.Link
	Table   ui.Table
	Next    string
}

func (o *desk) moves(w http.ResponseWriter, r *http.Request) {
	q, here := r.URL.Query(), ui.Page{URL: r.URL}
	after, _ := strconv.ParseInt(q.Get("after"), 10, 64)
	var d Moves
	var p ui.Page
	if !o.door.Read(w, r, func(tx *store.Tx) error {
		only, err := o.door.House.Office.Overseen(tx, door.Actor(r))
		if err != nil {
			return err
		}
		if d.MoveOrder, err = casework.MovesByID(tx, number(r)); err == nil && only != "" && d.MoveOrder.Agency != only && d.Adjustment == 0 {
			err = act.Missing("casework.thing.moves")
		}
		if err != nil {
			return err
		}
		if err := o.movesFacts(tx, &d); err != nil {
			return err
		}
		p.Back = &ui.Link{Text: ui.M("manage.running.title"), Href: runningAt + "/" + text(d.Item)}
		list, err := casework.MoveLines(tx, d.ID, q.Get("state"), only, after, pageSize+1)
		if len(list) > pageSize {
			list = list[:pageSize]
			d.Next = here.With("after", text(list[pageSize-1].Case))
		}
		d.lines(list, only != "")
		return err
	}) {
		return
	}
	d.Going = d.State == casework.MovesRunning
	follows := d.Going && q.Get("follow") != ""
	d.Toggle = ui.Link{Text: ui.M("inspect.page.going.follow"), Href: here.With("follow", "1")}
	if follows {
		d.Toggle = ui.Link{Text: ui.M("inspect.page.going.stay"), Href: here.With("follow", "")}
		w.Header().Set("Refresh", goingEvery)
	}
	for _, s := range []string{"", casework.LineMoved, casework.LineRefused} {
		l := ui.Link{Text: ui.M("manage.moves.line.all"), Href: here.With("state", s, "after", ""), Current: q.Get("state") == s, HasCount: true, Count: d.Total}
		switch s {
		case casework.LineMoved:
			l.Text, l.Count = ui.M("manage.moves.line."+s), d.Moved
		case casework.LineRefused:
			l.Text, l.Count = ui.M("manage.moves.line."+s), d.Refused
		}
		d.Filters = append(d.Filters, l)
	}
	p.Title, p.Data = ui.M("manage.moves.title"), d
	o.render(w, r, "moves", 0, p)
}

func (o *desk) movesFacts(tx *store.Tx, d *Moves) error {
	all, err := o.door.House.Items.Versions(tx, d.Item)
	if err != nil {
		return err
	}
	name := all[len(all)-1].Name
	who, err := o.door.House.People.StaffName(tx, d.By)
	if err != nil {
		return err
	}
	names, err := o.names(tx)
	if err != nil {
		return err
	}
	add := func(key string, value ui.Text) {
		d.Facts = append(d.Facts, ui.Fact{Label: ui.M("manage.moves." + key), Value: value})
	}
	add("item", ui.Plain(name))
	if d.To != 0 {
		to, err := o.door.House.Items.ByID(tx, d.To)
		if err != nil {
			return err
		}
		add("to", ui.M("manage.running.target", "name", to.Name, "n", to.N))
	}
	d.Facts = append(d.Facts, ui.Fact{Label: ui.M("office.field.article"), Value: ui.Plain(d.Article)}, ui.Fact{Label: ui.M("office.field.reason"), Value: ui.Plain(d.Reason)})
	if d.Adjustment != 0 {
		add("document", ui.Plain(d.Document))
		add("decider", ui.Plain(who))
	} else {
		add("by", ui.Join{Sep: " · ", Texts: []ui.Text{ui.Plain(nameOf(names, d.Agency)), ui.Plain(who)}})
	}
	add("from", ui.OnDay(d.From))
	d.Facts = append(d.Facts, ui.Fact{Label: ui.M("manage.moves.state"), Status: movesStatus(d.MoveOrder)})
	return nil
}

// lines are what became of each case; those of the reader's agency lead to it.
func (d *Moves) lines(list []casework.MoveLine, theirs bool) {
	tones := map[string]ui.Tone{casework.LineWaiting: ui.ToneOff, casework.LineMoved: ui.ToneOK, casework.LineRefused: ui.ToneTodo}
	d.Table = ui.Table{Caption: ui.M("manage.moves.lines"), HideCaption: true, Empty: ui.Empty{Text: ui.M("manage.moves.none")},
		Columns: []ui.Column{{Label: ui.M("office.col.case")}, {Label: ui.M("manage.moves.became")}, {Label: ui.M("office.version.wrong")}}}
	for _, l := range list {
		c := ui.Cell{Text: ui.Plain(l.Number)}
		if theirs {
			c.Href = casepage.Address(l.Case, "")
		}
		d.Table.Rows = append(d.Table.Rows, ui.Row{ID: text(l.Case), Cells: []ui.Cell{c, {Status: &ui.Status{Tone: tones[l.State], Text: ui.M("manage.moves.line." + l.State)}}, {Text: ui.Plain(l.Why)}}})
	}
}
