// Package objections is the pages of objections to the public lists: the form that
// anybody fills in, what was answered about an entry, how one's own stands, and the
// desk of those who answer, with what is overdue.
package objections

import (
	"embed"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/object"
)

//go:embed pages
var pages embed.FS

const (
	here   = "/objections"
	office = "/manage/objections"

	onPage  = 25
	onEntry = 5 // answers shown on the page of an entry
)

// desk is the pages of this room.
type desk struct{ *door.Door }

// Mount adds the pages.
func Mount(d *door.Door, mux *door.Mux) error {
	o := &desk{d}
	mux.HandleFunc("GET "+here, o.published)
	mux.HandleFunc("GET "+here+"/new", o.form)
	mux.HandleFunc("POST "+here+"/new", o.file)
	mux.HandleFunc("GET "+office, d.Staff(o.list))
	mux.HandleFunc("GET "+office+"/{id}", d.Staff(o.one))
	mux.HandleFunc("POST "+office+"/{id}/answer", d.Staff(o.answer))
	mux.HandleFunc("POST "+office+"/{id}/who", d.Staff(o.who))
	return d.UI.Add("objections", pages)
}

// subject is what is objected to.
type subject struct {
	List, Code string
	Name       string
	Kind       ui.Text // of the list
	Href       string  // its page
}

// about finds what an address names; a NotFound error when it is on no list.
func (o *desk) about(tx *store.Tx, list, code string) (s subject, err error) {
	s = subject{List: list, Code: code}
	if list == object.OnItems {
		item, err := o.House.Items.ByCode(tx, code)
		if err != nil {
			return s, err
		}
		all, err := o.House.Items.Versions(tx, item)
		if err != nil {
			return s, err
		}
		s.Name, s.Kind, s.Href = all[len(all)-1].Name, ui.M("objections.guide"), "/items/"+strconv.FormatInt(item, 10)
		return s, nil
	}
	k, err := lists.KindOf(list)
	if err != nil {
		return s, err
	}
	e, err := lists.EntryOn(tx, list, code, lists.Stand{})
	s.Name, s.Kind, s.Href = e.Name, ui.Both{ZH: k.Name, EN: k.NameEN}, "/lists/"+list+"/"+url.PathEscape(code)
	return s, err
}

// to is an address of this room about an entry.
func to(path, list, code string) string {
	return here + path + "?" + url.Values{"list": {list}, "code": {code}}.Encode()
}

// Told is what the page of an entry shows of the objections to it.
type Told struct {
	Table ui.Table
	Links []ui.Link
}

// Tell reads what the page of an entry shows: the latest answers, and where to object.
func Tell(tx *store.Tx, list, code string) (Told, error) {
	some, err := object.Published(tx, list, code, 0, onEntry+1)
	t := Told{Table: answers(some[:min(len(some), onEntry)]), Links: []ui.Link{{Text: ui.M("objections.new"), Href: to("/new", list, code)}}}
	if len(some) > onEntry {
		t.Links = append(t.Links, ui.Link{Text: ui.M("objections.all"), Href: to("", list, code)})
	}
	return t, err
}

// answers lists objections with what was answered, without who made them.
func answers(list []object.Objection) ui.Table {
	t := ui.Table{Caption: ui.M("objections.answers"), Empty: ui.Empty{Text: ui.M("objections.none")}, Columns: columns("filed", "objection", "outcome", "answer")}
	for i := range list {
		x := &list[i]
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: ui.OnDay(x.Filed.Day())}, {Text: ui.Plain(x.Shown)}, {Text: outcome(x), Note: mending(x)},
			{Text: ui.Plain(x.Answer), Note: ui.Join{Sep: " ", Texts: []ui.Text{ui.M("objections.by." + x.Level), ui.OnDay(x.AnsweredAt.Day())}}}}})
	}
	return t
}

func outcome(x *object.Objection) ui.Text { return ui.M("object.outcome." + x.Outcome) }

// mending names what mends, nil where nothing does.
func mending(x *object.Objection) ui.Text {
	switch {
	case x.Document != "":
		return ui.M("objections.mends.document", "document", x.Document)
	case x.Mending != 0:
		return ui.M("objections.mends.version", "n", x.Mending)
	}
	return nil
}

func columns(names ...string) (list []ui.Column) {
	for _, n := range names {
		list = append(list, ui.Column{Label: ui.M("objections.col." + n)})
	}
	return list
}

// Answers is where the answers about an entry are read.
func Answers(list, code string) string { return to("", list, code) }

func value(r *http.Request, name string) string { return strings.TrimSpace(r.PostFormValue(name)) }

func number(r *http.Request) int64 { n, _ := strconv.ParseInt(r.PathValue("id"), 10, 64); return n }

func text(n int64) string { return strconv.FormatInt(n, 10) }
