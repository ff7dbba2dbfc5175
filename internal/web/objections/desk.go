package objections

import (
	"net/http"
	"strconv"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/object"
)

// may refuses a reader who answers nothing of an agency's; "" is the whole area.
func (o *desk) may(tx *store.Tx, r *http.Request, agency string) error {
	return o.House.Runner.Rights.Authorise(tx, door.Actor(r), object.CommandAnswer.Right, act.Scope{Agency: agency, Region: o.House.Object.Region})
}

// only is the agency whose objections a reader sees, "" for all of the area.
func (o *desk) only(tx *store.Tx, r *http.Request) (string, error) {
	own := door.Actor(r).Agency
	switch err := o.may(tx, r, ""); {
	case act.KindOf(err) == act.Refused:
		return own, o.may(tx, r, own)
	default:
		return "", err
	}
}

// List is the objections, with how many there are and are overdue.
type List struct {
	Counts ui.Table
	Filter ui.Filter
	Table  ui.Table
	Next   string
}

var tones = map[object.State]ui.Tone{object.Open: ui.ToneNow, object.Overdue: ui.ToneLegal, object.Answered: ui.ToneDone}

func (o *desk) list(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	before, _ := strconv.ParseInt(q.Get("before"), 10, 64)
	ask := object.Query{State: object.State(q.Get("state")), Agency: q.Get("agency"), Before: before, Limit: onPage}
	var data List
	if !o.Read(w, r, func(tx *store.Tx) error {
		only, err := o.only(tx, r)
		if err != nil {
			return err
		}
		if only != "" {
			ask.Agency = only
		}
		counts, err := object.Count(tx, only)
		if err != nil {
			return err
		}
		names, err := o.names(tx)
		if err != nil {
			return err
		}
		data.Counts, data.Filter = countsTable(counts, names), filter(ask)
		page, err := object.Page(tx, ask)
		data.Table = ui.Table{Caption: ui.M("objections.list"), Empty: ui.Empty{Text: ui.M("objections.list.none")}, Columns: columns("entry", "agency", "filed", "due", "state")}
		for i := range page {
			x := &page[i]
			state := x.StateOn(tx.Today())
			data.Table.Rows = append(data.Table.Rows, ui.Row{ID: text(x.ID), Cells: []ui.Cell{{Text: ui.Plain(x.Name), Href: office + "/" + text(x.ID), Note: ui.Plain(x.Number)},
				{Text: names[x.Agency]}, {Text: ui.OnDay(x.Filed.Day())}, {Text: ui.OnDay(x.Due(tx.Today()))}, {Status: &ui.Status{Tone: tones[state], Text: ui.M("object.state." + string(state))}}}})
		}
		if len(page) == onPage {
			data.Next = ui.Page{URL: r.URL}.With("before", text(page[onPage-1].ID), "done", "")
		}
		return err
	}) {
		return
	}
	p := ui.Page{Name: "objections/list", Title: ui.M("objections.menu"), Shell: ui.Staff, Wide: true, Current: office, Data: data}
	if q.Get("done") == "answered" {
		p.Notice = &ui.Notice{Kind: ui.Done, Title: ui.M("objections.done.answered")}
	}
	o.UI.Render(w, r, 0, p)
}

// names are the names of the agencies by key; the county's own for "".
func (o *desk) names(tx *store.Tx) (map[string]ui.Text, error) {
	names := map[string]ui.Text{"": ui.M("objections.county")}
	all, err := o.House.People.Agencies(tx, tx.Today())
	for _, a := range all {
		names[a.Key] = ui.Plain(a.Name)
	}
	return names, err
}

func countsTable(counts []object.Counts, names map[string]ui.Text) ui.Table {
	t := ui.Table{Caption: ui.M("objections.counts"), Empty: ui.Empty{Text: ui.M("objections.list.none")}, Columns: columns("agency", "open", "overdue", "mended", "kept", "late")}
	for i := 1; i < len(t.Columns); i++ {
		t.Columns[i].Number = true
	}
	for _, c := range counts {
		t.Rows = append(t.Rows, ui.Row{ID: c.Agency, Cells: []ui.Cell{{Text: names[c.Agency]}, {Text: ui.Count(c.Open)}, {Text: ui.Count(c.Overdue), Href: office + "?state=overdue&agency=" + c.Agency},
			{Text: ui.Count(c.Mended)}, {Text: ui.Count(c.Kept)}, {Text: ui.Count(c.Late)}}})
	}
	return t
}

func filter(q object.Query) ui.Filter {
	f := ui.Field{Kind: ui.FieldSelect, Name: "state", Label: ui.M("objections.col.state"), Value: string(q.State), Options: []ui.Option{{Label: ui.M("objections.state.all")}}}
	for _, s := range object.States() {
		f.Options = append(f.Options, ui.Option{Value: string(s), Label: ui.M("object.state." + string(s))})
	}
	return ui.Filter{Action: office, Fields: []ui.Field{f}}
}

// One is an objection for those who answer it.
type One struct {
	object.Objection
	At     string
	Words  string
	Gone   ui.Text // in place of Words, once they were destroyed
	Facts  []ui.Fact
	Fields []ui.Field // nil where the reader does not answer it now
	Who    []ui.Fact  // once it was asked for
	Link   ui.Link
}

func answerFields(words string) []ui.Field {
	radios := ui.Field{Kind: ui.FieldRadios, Name: "outcome", Label: ui.M("objections.field.outcome"), Inline: true}
	for _, x := range object.Outcomes {
		radios.Options = append(radios.Options, ui.Option{Value: x, Label: ui.M("object.outcome." + x)})
	}
	return []ui.Field{radios,
		{Kind: ui.FieldText, Name: "document", Label: ui.M("objections.field.document"), Hint: ui.M("objections.hint.document"), Optional: true},
		{Kind: ui.FieldArea, Name: "reason", Label: ui.M("objections.field.reason"), Hint: ui.M("objections.hint.reason"), Rows: 4},
		{Kind: ui.FieldArea, Name: "shown", Label: ui.M("objections.field.shown"), Hint: ui.M("objections.hint.shown"), Value: words, Rows: 4}}
}

func (o *desk) one(w http.ResponseWriter, r *http.Request) { o.oneWith(w, r, nil, nil) }

// oneWith shows an objection again, with what has to be mended, or who made it.
func (o *desk) oneWith(w http.ResponseWriter, r *http.Request, wrong map[string]ui.Text, who []ui.Fact) {
	d := One{Who: who, At: office + "/" + text(number(r))}
	if !o.Read(w, r, func(tx *store.Tx) (err error) {
		if _, err = o.only(tx, r); err != nil {
			return err // who answers nothing is not told either what there is
		}
		if d.Objection, err = object.ByID(tx, number(r)); err != nil {
			return err
		}
		if err = o.may(tx, r, d.Agency); err != nil {
			return err
		}
		return o.fill(tx, r, &d)
	}) {
		return
	}
	p := ui.Page{Name: "objections/answer", Title: ui.Plain(d.Name), Shell: ui.Staff, Wide: true, Current: office, Back: &ui.Link{Text: ui.M("objections.menu"), Href: office}}
	if wrong != nil {
		p.Errors = ui.Fill(d.Fields, r.PostForm, wrong)
	}
	p.Data = d
	o.UI.Render(w, r, 0, p)
}

func (o *desk) fill(tx *store.Tx, r *http.Request, d *One) error {
	names, err := o.names(tx)
	if err != nil {
		return err
	}
	today := tx.Today()
	state := d.StateOn(today)
	add := func(key string, value ui.Text) {
		d.Facts = append(d.Facts, ui.Fact{Label: ui.M("objections.col." + key), Value: value})
	}
	add("number", ui.Plain(d.Number))
	add("agency", names[d.Agency])
	add("filed", ui.OnDay(d.Filed.Day()))
	add("state", ui.M("object.state."+string(state)))
	if state == object.Answered {
		add("outcome", outcome(&d.Objection))
		if m := mending(&d.Objection); m != nil {
			add("mends", m)
		}
		add("shown", ui.Plain(d.Shown))
		add("answer", ui.Plain(d.Answer))
		by, err := o.House.People.StaffName(tx, d.AnsweredBy)
		if err != nil {
			return err
		}
		add("answered", ui.Join{Sep: " ", Texts: []ui.Text{ui.M("objections.by." + d.Level), ui.Plain(by), ui.At(d.AnsweredAt)}})
	} else {
		add("due", ui.OnDay(d.Due(today)))
	}
	if s, err := o.about(tx, d.List, d.Code); err == nil {
		d.Link = ui.Link{Text: ui.M("objections.entry"), Href: s.Href}
	}
	if d.Words, err = o.House.Object.Words(tx, &d.Objection); err != nil {
		return err
	}
	d.Gone = ui.M("objections.erased", "day", ui.OnDay(d.Erased.Day()))
	whole := o.may(tx, r, "") == nil
	if state == object.Open && door.Actor(r).Agency == d.Agency || state == object.Overdue && whole {
		d.Fields = answerFields(d.Words)
	}
	return nil
}

func (o *desk) answer(w http.ResponseWriter, r *http.Request) {
	err := o.House.Object.Answer(r.Context(), door.Actor(r), door.Key(r), object.Reply{ID: number(r), Outcome: value(r, "outcome"), Document: value(r, "document"),
		Reason: value(r, "reason"), Shown: value(r, "shown")})
	if wrong, ok := door.Wrong(err); ok {
		o.oneWith(w, r, wrong, nil)
		return
	}
	if err != nil {
		o.Fail(w, r, err)
		return
	}
	door.Done(w, r, office+"?done=answered")
}

// who opens the name and the contact; that it was opened is recorded.
func (o *desk) who(w http.ResponseWriter, r *http.Request) {
	said, err := o.House.Object.Read(r.Context(), door.Actor(r), door.Key(r), number(r))
	if err != nil {
		o.Fail(w, r, err)
		return
	}
	fact := func(key, value string) ui.Fact {
		if value == "" {
			return ui.Fact{Label: ui.M("objections.field." + key), Value: ui.M("objections.unsaid")}
		}
		return ui.Fact{Label: ui.M("objections.field." + key), Value: ui.Plain(value)}
	}
	o.oneWith(w, r, nil, []ui.Fact{fact("name", said.Name), fact("contact", said.Contact)})
}
