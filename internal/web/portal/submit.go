package portal

import (
	"errors"
	"net/http"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/casework"
)

type answersData struct {
	Action   string
	Groups   []answerGroup
	Supplied ui.Text
	Fee      ui.Text
	True     ui.Field
	Terms    ui.Text
	Saved    ui.Text
}

type answerGroup struct {
	Title ui.Text
	List  ui.SummaryList
}

// answersPage shows everything once more before it is submitted (ui.md 2.5).
func (p *portal) answersPage(w http.ResponseWriter, r *http.Request, a act.Actor) {
	if d, ok := p.open(w, r, a); ok {
		p.showAnswers(w, r, d, nil)
	}
}

func (p *portal) showAnswers(w http.ResponseWriter, r *http.Request, d *draft, errs []ui.FieldError) {
	data := answersData{Action: d.href("check"), Groups: d.answers(), Saved: d.saved()}
	if names := d.supplied(); len(names) > 0 {
		data.Supplied = ui.M("portal.check_answers.supplied", "names", strings.Join(names, say(r, "portal.comma")))
	}
	if f := d.Version.Fees; f.Charged {
		data.Fee = ui.M("portal.check_answers.fee", "fee", f.Text)
	}
	data.Terms = ui.M("portal.check_answers.law")
	data.True = ui.Field{Kind: ui.FieldChecks, Name: "true", Label: ui.M("portal.check_answers.confirm"),
		Options: []ui.Option{{Value: "yes", Label: ui.M("portal.check_answers.true")}}}
	page := ui.Page{Name: "portal/answers", Title: ui.M("portal.check_answers.title"), Back: &ui.Link{Href: "/draft/" + id(d.ID)}}
	if errs != nil {
		for i := range errs {
			if errs[i].Field == data.True.ID() {
				data.True.Error = errs[i].Text
			}
		}
		page.Errors, page.Data = errs, data
		p.wrong(w, r, page)
		return
	}
	page.Data = data
	p.show(w, r, page)
}

// answers are the draft's answers by group, with links to change what was
// typed; what is known is shown with its source.
func (d *draft) answers() []answerGroup {
	groups := []answerGroup{{ui.M("portal.check_answers.applicant"), ui.SummaryList{Rows: []ui.SummaryRow{{Key: ui.M("portal.check_answers.applicant"), Value: ui.Plain(d.Label)}}}}}
	visible := d.Version.Form.Visible(d.Values, d.setting)
	for _, g := range d.Version.Form.Groups {
		out := answerGroup{Title: g.Name()}
		for _, x := range d.Version.Form.InGroup(g.Key) {
			if !visible[x.Key] {
				continue
			}
			row := ui.SummaryRow{Key: x.Label(), Value: ui.Plain(shown(x, d.Values[x.Key], true))}
			if k, locked := d.Prefilled.Locked[x.Key]; locked {
				row.Source = from(k.Source)
			} else {
				row.Change = &ui.Link{Href: d.href("form/"+g.Key) + "#f-" + x.Key}
				if s := casework.Display(x, d.Values[x.Key]); s == "" {
					row.Value = ui.M("portal.check_answers.none")
				}
			}
			out.List.Rows = append(out.List.Rows, row)
		}
		if len(out.List.Rows) > 0 {
			groups = append(groups, out)
		}
	}
	return append(groups, d.papers())
}

// papers are the materials and how the result is wanted.
func (d *draft) papers() answerGroup {
	out := answerGroup{Title: ui.M("portal.check_answers.materials")}
	for _, m := range d.Materials {
		row := ui.SummaryRow{Key: ui.Plain(m.Name)}
		change := &ui.Link{Href: d.href("file/" + m.Key)}
		switch {
		case m.State == casework.MaterialSupplied:
			row.Value, row.Source, change = ui.M("portal.material.supplied"), from(ui.Plain(m.Source)), nil
		case len(m.Files) > 0:
			row.Value = ui.M("portal.check_answers.files", "n", len(m.Files))
		case m.State == casework.MaterialMissing:
			row.Value, row.Status = ui.M("portal.check_answers.none"), &ui.Status{Tone: ui.ToneTodo, Text: ui.M("portal.check_answers.needed")}
		default:
			row.Value = ui.M("casework.material." + m.State)
		}
		row.Change = change
		out.List.Rows = append(out.List.Rows, row)
	}
	if len(d.Version.Delivery) > 0 {
		row := ui.SummaryRow{Key: ui.M("portal.delivery.title"), Value: ui.M("portal.check_answers.none"), Change: &ui.Link{Href: d.href("delivery")}}
		if way := d.Secret.Delivery; way != "" {
			row.Value = ui.M("portal.delivery." + way)
			if d.Secret.Address != "" {
				row.More = []ui.Text{ui.Plain(d.Secret.Address)}
			}
		}
		out.List.Rows = append(out.List.Rows, row)
	}
	return out
}

func (d *draft) supplied() []string {
	var names []string
	for _, m := range d.Materials {
		if m.State == casework.MaterialSupplied {
			names = append(names, m.Name)
		}
	}
	return names
}

// submit hands the draft in. The same press twice, or in two tabs, is one case:
// the second finds the draft submitted and is led to it.
func (p *portal) submit(w http.ResponseWriter, r *http.Request, a act.Actor) {
	d, ok := p.open(w, r, a)
	if !ok {
		return
	}
	if r.PostFormValue("true") != "yes" {
		p.showAnswers(w, r, d, []ui.FieldError{{Field: "f-true", Text: ui.M("portal.check_answers.tick")}})
		return
	}
	done, err := p.House.Office.Apply(r.Context(), a, door.Key(r), casework.ApplyIn{Draft: d.ID})
	if err == nil {
		door.Done(w, r, "/my/"+id(done.Case))
		return
	}
	var e *act.Error
	switch {
	case act.KindOf(err) == act.Conflict:
		door.Done(w, r, "/my/"+id(d.ID)+"?was=submitted")
	case errors.As(err, &e) && e.Kind == act.Invalid && len(e.Fields) > 0:
		p.showAnswers(w, r, d, d.lacking(e.Fields))
	default:
		p.Fail(w, r, err)
	}
}

// lacking leads from each fault to the page where it is mended.
func (d *draft) lacking(fields []act.Field) []ui.FieldError {
	var list []ui.FieldError
	for _, f := range fields {
		list = append(list, ui.FieldError{Text: f.Msg})
	}
	return list
}
