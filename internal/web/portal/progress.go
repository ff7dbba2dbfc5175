package portal

import (
	"net/http"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/web/door"
	"tongban/internal/web/objections"
	"tongban/internal/web/ui"
	"tongban/internal/work/object"
)

type progressData struct{ Fields []ui.Field }

func progressFields() []ui.Field {
	return []ui.Field{
		{Kind: ui.FieldText, Name: "number", Label: ui.M("ui.receipt.number"), Hint: ui.M("portal.progress.number"), Chars: 20, Autocomplete: "off"},
		{Kind: ui.FieldText, Name: "code", Label: ui.M("ui.receipt.code"), Hint: ui.M("portal.progress.code"), Chars: 12, Autocomplete: "off"},
	}
}

func (p *portal) progressForm(w http.ResponseWriter, r *http.Request) {
	p.show(w, r, ui.Page{Name: "portal/progress", Title: ui.M("portal.progress.title"), Back: &ui.Link{Text: ui.M("ui.home"), Href: "/"}, Data: progressData{progressFields()}})
}

// progress shows how a case stands to whoever has its number and query code.
// Both are posted, so that they stand in no address and no log.
func (p *portal) progress(w http.ResponseWriter, r *http.Request) {
	source, now := door.Source(r), p.House.Store.Now()
	if err := p.guesses.allow(source, now); err != nil {
		p.Fail(w, r, err)
		return
	}
	number, code := r.PostFormValue("number"), r.PostFormValue("code")
	wrong := map[string]ui.Text{}
	if number == "" {
		wrong["number"] = ui.M("portal.progress.number.empty")
	}
	if code == "" {
		wrong["code"] = ui.M("portal.progress.code.empty")
	}
	if len(wrong) > 0 {
		p.progressAgain(w, r, wrong)
		return
	}
	if object.IsNumber(number) {
		p.objection(w, r, number, code)
		return
	}
	c, err := p.House.Office.Progress(r.Context(), number, code)
	if act.KindOf(err) == act.NotFound {
		p.guesses.wrong(source, now)
		p.progressAgain(w, r, map[string]ui.Text{"code": ui.M("portal.progress.none")})
		return
	}
	if err != nil {
		p.Fail(w, r, err)
		return
	}
	data := p.caseOf(c)
	data.Public = true
	for i := range data.Timeline.Events {
		e, l := &data.Timeline.Events[i], c.Timeline[i]
		e.Links = nil
		if !l.System && l.Agency != "" {
			e.Who = ui.Plain(l.Agency)
		} else if l.Agency == "" && !l.System {
			e.Who = ui.M("portal.case.applicant")
		}
	}
	p.show(w, r, ui.Page{Name: "portal/casepublic", Title: ui.M("portal.progress.title"), OwnHeading: true, Robots: "noindex",
		Back: &ui.Link{Text: ui.M("portal.progress.another"), Href: "/progress"}, Data: data})
}

// objection shows how an objection to a list stands, as progress does a case.
func (p *portal) objection(w http.ResponseWriter, r *http.Request, number, code string) {
	x, err := p.House.Object.Progress(r.Context(), number, code)
	if act.KindOf(err) == act.NotFound {
		p.guesses.wrong(door.Source(r), p.House.Store.Now())
		p.progressAgain(w, r, map[string]ui.Text{"code": ui.M("portal.progress.none")})
		return
	}
	if err != nil {
		p.Fail(w, r, err)
		return
	}
	var page ui.Page
	if p.Read(w, r, func(tx *store.Tx) error { page = objections.Progress(tx, &x); return nil }) {
		p.show(w, r, page)
	}
}

func (p *portal) progressAgain(w http.ResponseWriter, r *http.Request, wrong map[string]ui.Text) {
	data := progressData{progressFields()}
	page := ui.Page{Name: "portal/progress", Title: ui.M("portal.progress.title"), Back: &ui.Link{Text: ui.M("ui.home"), Href: "/"}}
	page.Errors = ui.Fill(data.Fields, r.PostForm, wrong)
	page.Data = data
	p.wrong(w, r, page)
}
