// Package lower is the public pages of what lower bodies published on their lists
// and sent here (下级清单). It holds no rule and changes nothing.
package lower

import (
	"embed"
	"net/http"
	"net/url"
	"strconv"

	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/register/received"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
)

//go:embed pages
var pages embed.FS

const (
	entriesOnPage = 30
	askedMost     = 200 // characters of what an address asks for
)

// desk draws the pages of this room.
type desk struct{ *door.Door }

// Mount adds the pages.
func Mount(d *door.Door, mux *door.Mux) error {
	o := &desk{d}
	mux.HandleFunc("GET /lower", o.bodies)
	mux.HandleFunc("GET /lower/{region}", o.body)
	mux.HandleFunc("GET /lower/{region}/{list}", o.list)
	mux.HandleFunc("GET /lower/{region}/{list}/{code}", o.entry)
	return d.UI.Add("lower", pages)
}

// part is what an address names, in characters that a text has.
func part(r *http.Request, name string) string { return door.Asked(r.PathValue(name), askedMost) }

// tablePage is a page that is a table, with what leads on.
type tablePage struct {
	Lead  ui.Text
	Table ui.Table
}

func (o *desk) show(w http.ResponseWriter, r *http.Request, name string, p ui.Page) {
	p.Name, p.Wide = "lower/"+name, true
	o.UI.Render(w, r, 0, p)
}

func (o *desk) bodies(w http.ResponseWriter, r *http.Request) {
	data := tablePage{Lead: ui.M("lower.lead"), Table: ui.Table{Caption: ui.M("lower.bodies"), HideCaption: true, Empty: ui.Empty{Text: ui.M("lower.none")},
		Columns: []ui.Column{{Label: ui.M("lower.bodies")}, {Label: ui.M("lower.entry.received")}}}}
	if !o.Read(w, r, func(tx *store.Tx) error {
		all, err := received.Bodies(tx)
		for _, b := range all {
			data.Table.Rows = append(data.Table.Rows, ui.Row{ID: b.Region, Cells: []ui.Cell{
				{Text: ui.Plain(b.Name), Href: "/lower/" + b.Region, Note: ui.M("lower.region", "region", b.Region)}, {Text: last(b)}}})
		}
		return err
	}) {
		return
	}
	o.show(w, r, "table", ui.Page{Title: ui.M("lower.title"), Data: data, Back: &ui.Link{Text: ui.M("listed.title"), Href: "/lists"}})
}

// last says when something last came from a body.
func last(b received.Body) ui.Text {
	if b.Received == 0 {
		return ui.M("lower.received.never")
	}
	return ui.At(b.Received)
}

// named is the name of a list: its key where this program does not know it.
func named(list string) ui.Text {
	if k, err := lists.KindOf(list); err == nil {
		return ui.Both{ZH: k.Name, EN: k.NameEN}
	}
	return ui.Plain(list)
}

func (o *desk) body(w http.ResponseWriter, r *http.Request) {
	data := tablePage{Table: ui.Table{Caption: ui.M("lower.lists"), HideCaption: true, Empty: ui.Empty{Text: ui.M("lower.received.never")},
		Columns: []ui.Column{{Label: ui.M("lower.col.list")}, {Label: ui.M("lower.col.count"), Number: true}}}}
	var b received.Body
	if !o.Read(w, r, func(tx *store.Tx) (err error) {
		if b, err = received.BodyOf(tx, part(r, "region")); err != nil {
			return err
		}
		all, err := received.Lists(tx, b.Region, tx.Today())
		for _, l := range all {
			data.Table.Rows = append(data.Table.Rows, ui.Row{ID: l.List, Cells: []ui.Cell{{Text: named(l.List), Href: at(b.Region, l.List)}, {Text: ui.Count(l.Entries)}}})
		}
		return err
	}) {
		return
	}
	data.Lead = ui.Join{Sep: " · ", Texts: []ui.Text{ui.M("lower.region", "region", b.Region), ui.M("lower.received", "at", last(b))}}
	o.show(w, r, "table", ui.Page{Title: ui.Plain(b.Name), Data: data, Back: &ui.Link{Text: ui.M("lower.title"), Href: "/lower"}})
}

// at is the address of a list, or of an entry.
func at(region string, parts ...string) string {
	address := "/lower/" + region
	for _, p := range parts {
		address += "/" + url.PathEscape(p)
	}
	return address
}

// listPage is one list of a body.
type listPage struct {
	Lead   ui.Text
	Action string
	Search ui.Field
	Table  ui.Table
	Pager  ui.Pager
	First  string
	Data   []ui.Link
}

func (o *desk) list(w http.ResponseWriter, r *http.Request) {
	q, here := r.URL.Query(), ui.Page{URL: r.URL}
	ask := received.Query{Region: part(r, "region"), List: part(r, "list"), Text: door.Asked(q.Get("q"), askedMost), After: door.Asked(q.Get("after"), askedMost), Limit: entriesOnPage + 1}
	data := listPage{Action: at(ask.Region, ask.List), Search: ui.Field{Kind: ui.FieldSearch, Name: "q", Label: ui.M("lower.search"), Hint: ui.M("lower.search.hint"), Value: ask.Text, Optional: true},
		Data: []ui.Link{{Text: ui.M("lower.data.api"), Href: "/api/v1/lower/" + url.PathEscape(ask.Region) + "/lists/" + url.PathEscape(ask.List) + "/entries"}},
		Table: ui.Table{Caption: named(ask.List), HideCaption: true, Empty: ui.Empty{Text: ui.M("lower.empty")},
			Columns: []ui.Column{{Label: ui.M("lower.col.name")}, {Label: ui.M("lower.col.code")}, {Label: ui.M("lower.col.agency")}, {Label: ui.M("lower.col.from")}}}}
	var b received.Body
	if !o.Read(w, r, func(tx *store.Tx) (err error) {
		if b, err = received.BodyOf(tx, ask.Region); err != nil {
			return err
		}
		ask.On = tx.Today()
		total, err := received.Count(tx, ask)
		if err != nil {
			return err
		}
		list, err := received.Page(tx, ask)
		data.fill(here, ask, list, total)
		return err
	}) {
		return
	}
	data.Lead = ui.M("lower.lead")
	o.show(w, r, "list", ui.Page{Title: ui.M("lower.of", "body", b.Name, "list", named(ask.List)), Data: data, Back: &ui.Link{Text: ui.Plain(b.Name), Href: at(b.Region)}})
}

func (d *listPage) fill(here ui.Page, ask received.Query, list []received.Entry, total int) {
	from, err := strconv.Atoi(here.URL.Query().Get("from"))
	if err != nil || from < 1 || from > total {
		from = 1
	}
	next := ""
	if len(list) > entriesOnPage {
		list = list[:entriesOnPage]
		next = here.With("after", list[entriesOnPage-1].Code, "from", strconv.Itoa(from+entriesOnPage))
	}
	d.Pager = ui.Pager{From: from, To: from + len(list) - 1, Total: total, Next: next}
	if ask.After != "" {
		d.First = here.With("after", "", "from", "")
	}
	for i := range list {
		e := &list[i]
		d.Table.Rows = append(d.Table.Rows, ui.Row{ID: strconv.Itoa(i), Cells: []ui.Cell{{Text: ui.Plain(e.Name()), Href: at(ask.Region, ask.List, e.Code)}, {Text: ui.Plain(e.Code)},
			{Text: ui.Plain(e.Agency())}, {Text: ui.OnDay(e.From)}}})
	}
}
