package admin

import (
	"net/http"
	"net/url"

	"tongban/internal/record/store"
	"tongban/internal/register/identity"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
)

// Agencies is the page on which agencies get their English names.
type Agencies struct {
	Table  ui.Table
	Fields []ui.Field
}

func (o *desk) agencyNames(w http.ResponseWriter, r *http.Request) { o.showAgencies(w, r, nil, nil) }

func (o *desk) showAgencies(w http.ResponseWriter, r *http.Request, typed url.Values, wrong map[string]ui.Text) {
	which := ui.Field{Kind: ui.FieldSelect, Name: "agency", Label: ui.M("admin.agencies.which"), Value: r.URL.Query().Get("agency"), Options: []ui.Option{{Label: ui.M("admin.agencies.choose")}}}
	data := Agencies{Table: ui.Table{Caption: ui.M("admin.agencies.table"), Columns: []ui.Column{{Label: ui.M("admin.agencies.name")}, {Label: ui.M("admin.agencies.english")}}}}
	if !o.door.Read(w, r, func(tx *store.Tx) error {
		list, err := o.door.House.People.Agencies(tx, tx.Today())
		for _, g := range list {
			which.Options = append(which.Options, ui.Option{Value: g.Key, Label: ui.Plain(g.Name)})
			english := ui.Text(ui.M("admin.agencies.none"))
			if g.NameEN != "" {
				english = ui.Plain(g.NameEN)
			}
			data.Table.Rows = append(data.Table.Rows, ui.Row{ID: g.Key, Cells: []ui.Cell{{Text: ui.Plain(g.Name), Href: "/agencies/" + g.Key}, {Text: english}}})
		}
		return err
	}) {
		return
	}
	data.Fields = []ui.Field{which, {Kind: ui.FieldText, Name: "name_en", Label: ui.M("admin.agencies.english"), Hint: ui.M("admin.agencies.hint"), Optional: true, Chars: 40}}
	page := ui.Page{}
	if typed != nil {
		page.Errors = ui.Fill(data.Fields, typed, wrong)
	}
	page.Data = data
	o.render(w, r, "agencies", "admin.agencies.title", page)
}

// nameAgency writes what an agency is called in English.
func (o *desk) nameAgency(w http.ResponseWriter, r *http.Request) {
	in := identity.EnglishName{Agency: r.PostFormValue("agency"), NameEN: r.PostFormValue("name_en")}
	if in.Agency == "" {
		o.showAgencies(w, r, r.PostForm, map[string]ui.Text{"agency": ui.M("admin.agencies.choose")})
		return
	}
	err := o.door.House.People.NameAgencies(r.Context(), door.Actor(r), door.Key(r), []identity.EnglishName{in})
	if wrong, ok := door.Wrong(err); err != nil && ok {
		o.showAgencies(w, r, r.PostForm, wrong)
		return
	}
	o.done(w, r, err, "/admin/agencies?done=agency_named")
}
