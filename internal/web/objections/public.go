package objections

import (
	"net/http"
	"strconv"

	"tongban/internal/record/store"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/object"
)

// Form is the page on which somebody objects.
type Form struct {
	About  subject
	Fields []ui.Field
	Lead   ui.Text
	Kept   ui.Text
}

func formFields() []ui.Field {
	field := func(kind ui.FieldKind, name string, optional bool) ui.Field {
		return ui.Field{Kind: kind, Name: name, Label: ui.M("objections.field." + name), Hint: ui.M("objections.hint." + name), Optional: optional}
	}
	return []ui.Field{field(ui.FieldArea, "words", false), field(ui.FieldText, "name", true), field(ui.FieldText, "contact", true)}
}

func (o *desk) form(w http.ResponseWriter, r *http.Request) {
	o.formWith(w, r, r.URL.Query().Get("list"), r.URL.Query().Get("code"), formFields(), nil)
}

func (o *desk) formWith(w http.ResponseWriter, r *http.Request, list, code string, fields []ui.Field, wrong []ui.FieldError) {
	t := object.Terms()
	data := Form{Fields: fields, Lead: ui.M("objections.lead", "answer", t.Answer.Term, "second", t.Second.Term), Kept: ui.M("objections.kept", "term", t.Keep.Term)}
	if !o.Read(w, r, func(tx *store.Tx) (err error) {
		data.About, err = o.about(tx, list, code)
		return err
	}) {
		return
	}
	o.UI.Render(w, r, 0, ui.Page{Name: "objections/new", Title: ui.M("objections.new"), Robots: "noindex", Data: data, Errors: wrong,
		Back: &ui.Link{Text: ui.Plain(data.About.Name), Href: data.About.Href}})
}

// file takes an objection and shows its number with the query code: they stand in
// no address.
func (o *desk) file(w http.ResponseWriter, r *http.Request) {
	in := object.New{List: value(r, "list"), Code: value(r, "code"), Source: door.Source(r),
		Said: object.Said{Words: value(r, "words"), Name: value(r, "name"), Contact: value(r, "contact")}}
	done, err := o.House.Object.File(r.Context(), door.Actor(r), door.Key(r), in)
	if wrong, ok := door.Wrong(err); ok {
		fields := formFields()
		o.formWith(w, r, in.List, in.Code, fields, ui.Fill(fields, r.PostForm, wrong))
		return
	}
	if err != nil {
		o.Fail(w, r, err)
		return
	}
	out := &ui.Receipt{Title: ui.M("objections.filed"), Number: done.Number, QueryCode: done.Code, Promise: []ui.Text{ui.M("objections.promise", "day", ui.Long(done.Until))},
		Next:  []ui.Text{ui.M("objections.next.code"), ui.M("objections.next.second"), ui.M("objections.next.public")},
		Links: []ui.Link{{Text: ui.M("objections.look"), Href: "/progress"}}}
	o.UI.Render(w, r, 0, ui.Page{Name: "objections/filed", Title: ui.M("objections.filed"), OwnHeading: true, Robots: "noindex", Data: out})
}

// Published is the answers about an entry.
type Published struct {
	About subject
	Table ui.Table
	New   string
	Next  string
}

func (o *desk) published(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	before, _ := strconv.ParseInt(q.Get("before"), 10, 64)
	var data Published
	if !o.Read(w, r, func(tx *store.Tx) (err error) {
		if data.About, err = o.about(tx, q.Get("list"), q.Get("code")); err != nil {
			return err
		}
		list, err := object.Published(tx, data.About.List, data.About.Code, before, onPage)
		data.Table, data.New = answers(list), to("/new", data.About.List, data.About.Code)
		if len(list) == onPage {
			data.Next = ui.Page{URL: r.URL}.With("before", text(list[onPage-1].ID))
		}
		return err
	}) {
		return
	}
	o.UI.Render(w, r, 0, ui.Page{Name: "objections/published", Title: ui.M("objections.answers"), Data: data, Back: &ui.Link{Text: ui.Plain(data.About.Name), Href: data.About.Href}})
}

// Progress is the page on which somebody with number and query code sees how their
// objection stands.
func Progress(tx *store.Tx, x *object.Objection) ui.Page {
	state := x.StateOn(tx.Today())
	facts := []ui.Fact{{Label: ui.M("ui.receipt.number"), Value: ui.Plain(x.Number), Number: true}, {Label: ui.M("objections.col.entry"), Value: ui.Plain(x.Name)},
		{Label: ui.M("objections.col.filed"), Value: ui.OnDay(x.Filed.Day())}, {Label: ui.M("objections.col.state"), Value: ui.M("object.state." + string(state))}}
	if state != object.Answered {
		facts = append(facts, ui.Fact{Label: ui.M("objections.col.due"), Value: ui.OnDay(x.Due(tx.Today()))})
	} else {
		facts = append(facts, ui.Fact{Label: ui.M("objections.col.outcome"), Value: outcome(x)}, ui.Fact{Label: ui.M("objections.col.answer"), Value: ui.Plain(x.Answer)},
			ui.Fact{Label: ui.M("objections.col.answered"), Value: ui.Join{Sep: " ", Texts: []ui.Text{ui.M("objections.by." + x.Level), ui.OnDay(x.AnsweredAt.Day())}}})
		if m := mending(x); m != nil {
			facts = append(facts, ui.Fact{Label: ui.M("objections.col.mends"), Value: m})
		}
	}
	return ui.Page{Name: "objections/progress", Title: ui.M("objections.one"), Robots: "noindex", Data: facts, Back: &ui.Link{Text: ui.M("objections.look"), Href: "/progress"}}
}
