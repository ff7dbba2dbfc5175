// Package documents is the public catalogue of the papers (文书样式): how all of
// them are headed and numbered, each kind as it stood on any day, with a specimen.
package documents

import (
	"embed"
	"net/http"
	"strconv"

	"tongban/internal/process/paper"
	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
)

//go:embed pages
var pages embed.FS

const here = "/documents"

// desk is the pages of this room.
type desk struct{ *door.Door }

// Mount adds the pages.
func Mount(d *door.Door, mux *door.Mux) error {
	o := &desk{d}
	mux.HandleFunc("GET "+here, o.list)
	mux.HandleFunc("GET "+here+"/{kind}", o.kind)
	mux.HandleFunc("GET "+here+"/{kind}/{version}", o.version)
	return d.UI.Add("documents", pages)
}

// list is all kinds as they stand on a day.
func (o *desk) list(w http.ResponseWriter, r *http.Request) {
	on, field := o.House.Store.Now().Day(), ui.Field{Kind: ui.FieldDay, Name: "on", Label: ui.M("documents.on"), Value: r.URL.Query().Get("on"), Optional: true}
	page := ui.Page{Name: "documents/list", Title: ui.M("documents.title")}
	if field.Value != "" {
		d, err := ui.ParseDay(field.Value, on, field.Label)
		if err != nil {
			field.Error, _ = err.(ui.Text)
			page.Errors = []ui.FieldError{{Field: field.ID(), Text: field.Error}}
		} else {
			on = d
		}
	}
	data := listPage{On: field, Table: ui.Table{Caption: ui.M("documents.title"), HideCaption: true, Columns: columns("name", "word", "sealed", "version", "from"), Empty: ui.Empty{Text: ui.M("documents.none")}}}
	if !o.Read(w, r, func(tx *store.Tx) error {
		kinds, err := paper.Catalogue(tx, on)
		for _, l := range kinds {
			data.Table.Rows = append(data.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: title(l), Href: address(l)}, {Text: word(l)}, {Text: sealed(l)}, {Text: ui.M("documents.n", "n", l.Version)}, {Text: ui.OnDay(l.Span.From)}}})
		}
		return err
	}) {
		return
	}
	page.Data = data
	o.UI.Render(w, r, 0, page)
}

type listPage struct {
	On    ui.Field
	Table ui.Table
}

// kind is the newest version in force of a kind.
func (o *desk) kind(w http.ResponseWriter, r *http.Request) {
	o.show(w, r, func(list []paper.Listed, today day.Day) *paper.Listed {
		for i, l := range list {
			if l.Span.Holds(today) {
				return &list[i]
			}
		}
		return &list[0]
	})
}

// version is one version, whose address never changes: its number, and its agency
// where it is not for all.
func (o *desk) version(w http.ResponseWriter, r *http.Request) {
	n, _ := strconv.Atoi(r.PathValue("version"))
	o.show(w, r, func(list []paper.Listed, _ day.Day) *paper.Listed {
		for i, l := range list {
			if l.Version == n && l.Agency == r.URL.Query().Get("agency") {
				return &list[i]
			}
		}
		return nil
	})
}

// one is the page of a version.
type one struct {
	Facts    []ui.Fact
	Text     string
	Specimen *paper.Preview
	Number   string
	Versions ui.Table
}

func (o *desk) show(w http.ResponseWriter, r *http.Request, choose func([]paper.Listed, day.Day) *paper.Listed) {
	var data one
	var l *paper.Listed
	if !o.Read(w, r, func(tx *store.Tx) error {
		list, err := paper.Versions(tx, r.PathValue("kind"))
		if err != nil {
			return err
		}
		if l = choose(list, tx.Today()); l == nil {
			return act.Missing("paper.thing.template")
		}
		data.Versions = versions(list)
		return o.specimen(tx, *l, &data)
	}) {
		return
	}
	data.Text, data.Facts = l.Text, facts(*l, data.Number)
	o.UI.Render(w, r, 0, ui.Page{Name: "documents/one", Title: title(*l), Data: data, Back: &ui.Link{Text: ui.M("documents.title"), Href: here}})
}

// specimen fills in a paper as it would be written today; an older version and
// the rule itself have none.
func (o *desk) specimen(tx *store.Tx, l paper.Listed, data *one) error {
	if l.Kind == paper.RuleKind || !l.Span.Holds(tx.Today()) {
		return nil
	}
	agency := l.Agency
	if agency == "" {
		all, err := o.House.People.Agencies(tx, tx.Today())
		if err != nil || len(all) == 0 {
			return err
		}
		agency = all[0].Key
	}
	x, err := o.House.Papers.Specimen(tx, l.Kind, agency)
	if err != nil {
		return err
	}
	data.Specimen = &x
	data.Number, err = o.House.Papers.NumberAs(tx, l.Kind, agency)
	return err
}

func facts(l paper.Listed, number string) []ui.Fact {
	list := []ui.Fact{{Label: ui.M("documents.version"), Value: ui.M("documents.n", "n", l.Version)}, {Label: ui.M("documents.from"), Value: ui.OnDay(l.Span.From)}}
	if l.Span.Until != 0 {
		list = append(list, ui.Fact{Label: ui.M("documents.until"), Value: ui.OnDay(l.Span.Until)})
	}
	if l.Number != "" && l.Kind == paper.RuleKind {
		return append(list, ui.Fact{Label: ui.M("documents.rule"), Value: ui.Plain(l.Number)}, ui.Fact{Label: ui.M("documents.rule.how"), Value: ui.M("documents.rule.note")})
	}
	list = append(list, ui.Fact{Label: ui.M("documents.word"), Value: word(l)})
	if number != "" {
		list = append(list, ui.Fact{Label: ui.M("documents.number"), Value: ui.Plain(number)})
	}
	return append(list, ui.Fact{Label: ui.M("documents.sealed"), Value: sealed(l)})
}

func versions(list []paper.Listed) ui.Table {
	t := ui.Table{Caption: ui.M("documents.versions"), HideCaption: true, Columns: columns("version", "from", "until")}
	for _, l := range list {
		row := ui.Row{Cells: []ui.Cell{{Text: ui.M("documents.n", "n", l.Version), Href: address(l) + "/" + strconv.Itoa(l.Version) + own(l)}, {Text: ui.OnDay(l.Span.From)}, {}}}
		if l.Span.Until != 0 {
			row.Cells[2].Text = ui.OnDay(l.Span.Until)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func columns(names ...string) []ui.Column {
	var list []ui.Column
	for _, n := range names {
		list = append(list, ui.Column{Label: ui.M("documents." + n)})
	}
	return list
}

func address(l paper.Listed) string { return here + "/" + l.Kind }

// own is the rest of the address of a template that is not for all agencies.
func own(l paper.Listed) string {
	if l.Agency == "" {
		return ""
	}
	return "?agency=" + l.Agency
}

func title(l paper.Listed) ui.Text { return ui.Both{ZH: l.Title, EN: l.TitleEN} }

// word says how a kind is numbered.
func word(l paper.Listed) ui.Text {
	switch {
	case l.Kind == paper.RuleKind:
		return ui.M("documents.word.rule")
	case l.Word != "":
		return ui.Plain(l.Word)
	}
	return ui.M("documents.word.case")
}

func sealed(l paper.Listed) ui.Text {
	switch {
	case l.Kind == paper.RuleKind:
		return ui.M("documents.sealed.rule")
	case l.Sealed:
		return ui.M("documents.sealed.yes")
	}
	return ui.M("documents.sealed.no")
}
