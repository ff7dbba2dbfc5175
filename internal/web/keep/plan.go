package keep

import (
	"net/http"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/casework"
)

// planData is a plan as a page.
type planData struct {
	State  []ui.Fact
	Gone   []ui.Text // what would be erased at once
	Cases  ui.Table
	Stays  []ui.Text // what stays for good, and why
	Ask    *ui.Confirm
	Use    *ui.Confirm
	Settle *ui.Confirm
	Reason string
}

// planOf writes a plan for people.
func planOf(p *casework.Plan) planData {
	d := planData{Cases: ui.Table{Caption: ui.M("keep.cases"), HideCaption: true, Empty: ui.Empty{Text: ui.M("keep.cases.none")},
		Columns: []ui.Column{{Label: ui.M("keep.col.case")}, {Label: ui.M("keep.col.what")}, {Label: ui.M("keep.col.why")}}}}
	switch {
	case p.Erased != 0:
		d.State = append(d.State, ui.Fact{Label: ui.M("keep.state"), Value: ui.M("keep.state.erased", "day", ui.Long(p.Erased))})
	case p.Restricted != 0:
		d.State = append(d.State, ui.Fact{Label: ui.M("keep.state"), Value: ui.M("keep.state.restricted", "day", ui.Long(p.Restricted))})
	default:
		d.State = append(d.State, ui.Fact{Label: ui.M("keep.state"), Value: ui.M("keep.state.used")})
	}
	if e := p.Open; e != nil {
		d.State = append(d.State, ui.Fact{Label: ui.M("keep.request"), Value: ui.M("keep.request."+e.State, "day", ui.Long(e.Asked.Day()))})
	} else if e := p.Last; e != nil {
		d.State = append(d.State, ui.Fact{Label: ui.M("keep.request"), Value: ui.M("keep.request."+e.State, "day", ui.Long(e.Asked.Day()))})
	}
	if p.Own() {
		d.Gone = append(d.Gone, ui.M("keep.gone.own"), ui.M("keep.gone.drafts", "n", p.Drafts), ui.M("keep.gone.inbox"))
	} else if p.Erased == 0 {
		d.Gone = append(d.Gone, ui.M("keep.gone.later"))
	}
	for _, c := range p.Cases {
		d.Cases.Rows = append(d.Cases.Rows, ui.Row{Cells: caseCells(c)})
	}
	d.Stays = []ui.Text{ui.M("keep.stays.record"), ui.M("keep.stays.grant"), ui.M("keep.stays.others"), ui.M("keep.stays.backups")}
	return d
}

func caseCells(c casework.OfCase) []ui.Cell {
	cells := []ui.Cell{{Text: ui.Plain(c.Title), Note: ui.Plain(c.Number)}}
	switch {
	case c.Erased != nil:
		return append(cells, ui.Cell{Text: ui.M("keep.case.erased", "day", ui.Long(c.Erased.Day))}, ui.Cell{Text: ui.Plain(c.Erased.Article)})
	case c.Other:
		return append(cells, ui.Cell{Text: ui.M("keep.case.other")}, ui.Cell{Text: ui.M("keep.case.other.why")})
	case c.Stay.Why == casework.StaysRunning:
		return append(cells, ui.Cell{Text: ui.M("keep.case.running")}, ui.Cell{Text: ui.M("keep.case.running.why")})
	case c.Stay.Why == casework.StaysLicence:
		return append(cells, ui.Cell{Text: ui.M("keep.case.licence")}, ui.Cell{Text: ui.M("keep.case.licence.why")})
	case c.Stay.Why == casework.StaysKept:
		why := ui.Cell{Text: ui.Plain(c.Stay.Rule.Source)}
		if !c.Stay.Rule.Verified {
			why.Note = ui.M("keep.unverified")
		}
		return append(cells, ui.Cell{Text: ui.M("keep.case.kept", "day", ui.Long(c.Stay.Until))}, why)
	}
	return append(cells, ui.Cell{Text: ui.M("keep.case.now")}, ui.Cell{Text: ui.M("keep.case.now.why")})
}

// grounds offers what a request may rest on.
func grounds(keys ...string) ui.Field {
	f := ui.Field{Kind: ui.FieldRadios, Name: "ground", Label: ui.M("keep.ground")}
	for _, k := range keys {
		f.Options = append(f.Options, ui.Option{Value: k, Label: ui.M("keep.ground." + k)})
	}
	return f
}

// mine is what is kept of the reader.
func (k *room) mine(w http.ResponseWriter, r *http.Request) { k.showMine(w, r, nil) }

func (k *room) showMine(w http.ResponseWriter, r *http.Request, wrong map[string]ui.Text) {
	a := oneself(r)
	p, err := k.House.Office.PlanErasure(r.Context(), a, a.Person, 0)
	if err != nil {
		k.Fail(w, r, err)
		return
	}
	d := planOf(p)
	if p.Last != nil && p.Last.State == casework.ErasureRefused {
		if !k.Read(w, r, func(tx *store.Tx) (err error) {
			d.Reason, err = k.House.Office.Reason(tx, *p.Last)
			return err
		}) {
			return
		}
	}
	page := ui.Page{Name: "keep/plan", Title: ui.M("keep.title"), Wide: true, Back: &ui.Link{Text: ui.M("portal.my.title"), Href: "/my"}}
	if p.Open == nil && !p.Post && p.Erased == 0 {
		d.Ask = &ui.Confirm{Action: "/my/data", Back: "/my", Yes: ui.M("keep.ask"), Legal: ui.M("keep.ask.law"), Fields: []ui.Field{grounds("closed", "asked", "unlawful")}}
		d.Use = &ui.Confirm{Action: "/my/data/use", Back: "/my", Yes: ui.M("keep.use.stop"), Legal: ui.M("keep.use.law"), Hidden: map[string]string{"stop": "1"}}
		if p.Restricted != 0 {
			d.Use = &ui.Confirm{Action: "/my/data/use", Back: "/my", Yes: ui.M("keep.use.go_on"), Legal: ui.M("keep.use.law"), Hidden: map[string]string{"stop": ""}}
		}
	}
	k.show(w, r, page, d, wrong)
}

// show renders a plan; wrong is what a sent form lacks.
func (k *room) show(w http.ResponseWriter, r *http.Request, page ui.Page, d planData, wrong map[string]ui.Text) {
	status := http.StatusOK
	if wrong != nil {
		if form := d.Ask; form != nil {
			page.Errors = ui.Fill(form.Fields, r.PostForm, wrong)
		} else if form := d.Settle; form != nil {
			page.Errors = ui.Fill(form.Fields, r.PostForm, wrong)
		}
		status = http.StatusUnprocessableEntity
	}
	page.Data = d
	k.UI.Render(w, r, status, page)
}

// asked answers a request that was sent.
func (k *room) asked(w http.ResponseWriter, r *http.Request, a act.Actor, person int64, back string, again func(map[string]ui.Text)) {
	in := casework.AskErasureIn{Person: person, Ground: r.PostFormValue("ground")}
	_, err := k.House.Office.AskErasure(r.Context(), a, door.Key(r), in)
	if wrong, ok := door.Wrong(err); ok {
		if m, alone := wrong[""]; alone {
			wrong = map[string]ui.Text{"ground": m}
		}
		again(wrong)
		return
	}
	if err != nil {
		k.Fail(w, r, err)
		return
	}
	door.Done(w, r, back)
}

func (k *room) ask(w http.ResponseWriter, r *http.Request) {
	a := oneself(r)
	k.asked(w, r, a, a.Person, "/my/data", func(wrong map[string]ui.Text) { k.showMine(w, r, wrong) })
}

// use stops the use of the reader's data, or allows it again.
func (k *room) use(w http.ResponseWriter, r *http.Request) {
	a := oneself(r)
	set := k.House.People.Release
	if r.PostFormValue("stop") != "" {
		set = k.House.People.Restrict
	}
	if err := set(r.Context(), a, door.Key(r), a.Person); err != nil {
		k.Fail(w, r, err)
		return
	}
	door.Done(w, r, "/my/data")
}

// theirs is what is kept of the person before the clerk.
func (k *room) theirs(w http.ResponseWriter, r *http.Request) { k.showTheirs(w, r, nil) }

func (k *room) showTheirs(w http.ResponseWriter, r *http.Request, wrong map[string]ui.Text) {
	person := number(r, "person")
	p, err := k.House.Office.PlanErasure(r.Context(), door.Actor(r), person, 0)
	if err != nil {
		k.Fail(w, r, err)
		return
	}
	d := planOf(p)
	at := "/counter/data/" + id(person)
	if p.Open == nil && !p.Post && p.Erased == 0 {
		list := []string{"closed", "asked", "unlawful"}
		if door.Actor(r).Post == "privacy" {
			list = []string{"achieved", "expired", "unlawful"}
		}
		d.Ask = &ui.Confirm{Action: at, Back: "/counter/intake?subject=" + id(person), Yes: ui.M("keep.ask"), Legal: ui.M("keep.ask.law"), Fields: []ui.Field{grounds(list...)}}
	}
	k.show(w, r, ui.Page{Name: "keep/plan", Title: ui.M("keep.title.theirs"), Shell: ui.Staff, Wide: true, Current: "/counter/intake"}, d, wrong)
}

func (k *room) askFor(w http.ResponseWriter, r *http.Request) {
	person := number(r, "person")
	k.asked(w, r, door.Actor(r), person, "/counter/data/"+id(person), func(wrong map[string]ui.Text) { k.showTheirs(w, r, wrong) })
}
