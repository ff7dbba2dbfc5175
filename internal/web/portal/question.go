package portal

import (
	"net/http"

	"tongban/internal/record/act"
	"tongban/internal/rules/form"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/casework"
)

type questionData struct {
	Action string
	Place  ui.Text
	Help   ui.Text
	Known  ui.SummaryList // of this group, not asked
	Fields []ui.Field
	Saved  ui.Text
}

// question is one page of the form: a question, or a group that belongs together.
func (p *portal) questionPage(w http.ResponseWriter, r *http.Request, a act.Actor) {
	if d, ok := p.open(w, r, a); ok {
		p.showQuestion(w, r, d, r.PathValue("group"), nil)
	}
}

func (p *portal) showQuestion(w http.ResponseWriter, r *http.Request, d *draft, group string, wrong map[string]ui.Text) {
	asked := d.asked(group)
	if len(asked) == 0 {
		door.Done(w, r, d.next())
		return
	}
	key := "form/" + group
	data := questionData{Action: d.href(key), Place: d.place(key), Saved: d.saved()}
	var title ui.Text
	for _, g := range d.Version.Form.Groups {
		if g.Key == group {
			title = g.Name()
			if g.Help != "" {
				data.Help = ui.Both{ZH: g.Help, EN: g.HelpEN}
			}
		}
	}
	for _, x := range asked {
		value, source := d.answer(x)
		f := fieldOf(x, value)
		f.Source = source
		data.Fields = append(data.Fields, f)
	}
	for _, x := range d.Version.Form.InGroup(group) {
		if k, locked := d.Prefilled.Locked[x.Key]; locked {
			data.Known.Rows = append(data.Known.Rows, ui.SummaryRow{Key: x.Label(), Value: ui.Plain(shown(x, k.Value, true)), Source: from(k.Source)})
		}
	}
	page := ui.Page{Name: "portal/question", Title: title, Back: d.before(key)}
	if len(asked) == 1 && len(data.Known.Rows) == 0 {
		data.Fields[0].Heading, page.OwnHeading = true, true
	}
	if len(wrong) > 0 {
		page.Errors = ui.Fill(data.Fields, r.PostForm, wrong)
		page.Data = data
		p.wrong(w, r, page)
		return
	}
	page.Data = data
	p.show(w, r, page)
}

// answer is what was typed, or what is offered from what is known.
func (d *draft) answer(x *form.Field) (any, ui.Text) {
	if v, typed := d.Secret.Form[x.Key]; typed {
		return v, nil
	}
	if k, offered := d.Prefilled.Offered[x.Key]; offered {
		return k.Value, ui.M("portal.offered", "source", k.Source)
	}
	return nil, nil
}

// question keeps what was typed, whatever it is, and then says what is wrong with it.
func (p *portal) question(w http.ResponseWriter, r *http.Request, a act.Actor) {
	d, ok := p.open(w, r, a)
	if !ok {
		return
	}
	group := r.PathValue("group")
	asked := d.asked(group)
	if err := r.ParseForm(); err != nil {
		p.Fail(w, r, act.Wrong("portal.form_unread"))
		return
	}
	values := answersOf(d.Version.Form, asked, r.PostForm)
	if _, err := p.House.Office.SaveDraft(r.Context(), a, door.Key(r), casework.DraftIn{Draft: d.ID, Values: values}); err != nil {
		p.Fail(w, r, err)
		return
	}
	if d, ok = p.open(w, r, a); !ok {
		return
	}
	if r.PostForm.Get("act") == "keep" {
		door.Done(w, r, "/draft/"+id(d.ID))
		return
	}
	// An answer may have opened further questions on this very page: they are
	// asked next, not called wrong.
	now := d.asked(group)
	if wrong := wrongIn(d.Outcome, both(asked, now)); len(wrong) > 0 {
		p.showQuestion(w, r, d, group, wrong)
		return
	}
	if more := opened(asked, now); len(more) > 0 && len(wrongIn(d.Outcome, more)) > 0 {
		door.Done(w, r, d.href("form/"+group)+"#f-"+more[0].Key)
		return
	}
	if r.URL.Query().Get("then") == "check" && d.next() == d.href("check") {
		door.Done(w, r, d.href("check"))
		return
	}
	door.Done(w, r, d.after("form/"+group))
}

// both are the fields that were asked and still are.
func both(was, now []*form.Field) []*form.Field {
	var list []*form.Field
	for _, x := range now {
		if has(was, x) {
			list = append(list, x)
		}
	}
	return list
}

// opened are the fields that are asked now and were not before.
func opened(was, now []*form.Field) []*form.Field {
	var list []*form.Field
	for _, x := range now {
		if !has(was, x) {
			list = append(list, x)
		}
	}
	return list
}

func has(list []*form.Field, x *form.Field) bool {
	for _, y := range list {
		if y.Key == x.Key {
			return true
		}
	}
	return false
}
