// Package admin is a small administration: the catalogue with its proposals and
// powers, the calendar, staff with posts, accounts and leave, and how the
// system stands.
package admin

import (
	"embed"
	"net/http"
	"strconv"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/web/door"
	"tongban/internal/web/manage"
	"tongban/internal/web/ui"
	"tongban/internal/work/change"
)

//go:embed pages
var files embed.FS

// desk is the administration's pages.
type desk struct {
	door   *door.Door
	change *change.Desk
}

// Mount adds the administration's pages.
func Mount(d *door.Door, mux *door.Mux) error {
	o := &desk{door: d, change: d.House.Changes}
	for pattern, h := range map[string]http.HandlerFunc{
		"GET /admin":                       o.home,
		"GET /admin/items":                 o.may("item.import", o.items),
		"GET /admin/items/{id}":            o.may("item.import", o.item),
		"POST /admin/items/{id}/end":       o.may("item.withdraw", o.end),
		"GET /admin/import":                o.may("item.import", o.importPage),
		"GET /admin/proposals":             o.may("item.publish", o.proposals),
		"POST /admin/proposals/{id}":       o.settle,
		"GET /admin/powers":                o.may("power.give", o.powers),
		"POST /admin/powers/give":          o.give,
		"POST /admin/powers/{id}/withdraw": o.withdraw,
		"POST /admin/officers":             o.assign,
		"POST /admin/officers/{id}/end":    o.unassign,
		"GET /admin/calendar":              o.may("calendar.import", o.calendar),
		"POST /admin/calendar":             o.may("calendar.import", o.importYear),
		"GET /admin/agencies":              o.may("agency.manage", o.agencyNames),
		"POST /admin/agencies":             o.may("agency.manage", o.nameAgency),
		"GET /admin/staff":                 o.may("staff.grant", o.staff),
		"POST /admin/staff":                o.lookUp,
		"GET /admin/staff/{id}":            o.may("staff.grant", o.official),
		"POST /admin/staff/{id}/grant":     o.grant,
		"POST /admin/staff/{id}/end":       o.endPost,
		"POST /admin/staff/{id}/account":   o.account,
		"POST /admin/staff/{id}/leave":     o.leave,
		"POST /admin/staff/{id}/return":    o.back,
		"GET /admin/operations":            o.may("calendar.import", o.operations),
		"GET /admin/system":                o.may("calendar.import", o.system),
	} {
		mux.HandleFunc(pattern, d.Staff(h))
	}
	mux.Upload("POST /admin/import", d.Staff(o.may("item.import", o.preview)))
	mux.Upload("POST /admin/import/apply", d.Staff(o.may("item.import", o.apply)))
	return d.UI.Add("admin", files)
}

// Menu is the left menu of a post.
func Menu(a act.Actor) []ui.Link {
	link := func(name, href string) ui.Link { return ui.Link{Text: ui.M("admin.menu." + name), Href: href} }
	if a.Post == "catalogue" {
		return append([]ui.Link{link("items", "/admin/items")}, manage.Menu()...)
	}
	return []ui.Link{link("staff", "/admin/staff"), link("calendar", "/admin/calendar"), link("agencies", "/admin/agencies"),
		{Text: ui.M("operations.menu"), Href: "/admin/operations"}, link("system", "/admin/system")}
}

func (o *desk) home(w http.ResponseWriter, r *http.Request) {
	to := "/admin/staff"
	if door.Actor(r).Post == "catalogue" {
		to = "/admin/items"
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// may asks for a right over the whole area before a page is read: commands ask
// by themselves, pages that only show must.
func (o *desk) may(right string, h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		a := door.Actor(r)
		ok := o.door.Read(w, r, func(tx *store.Tx) error {
			return o.door.House.Runner.Rights.Authorise(tx, a, right, act.Scope{Agency: a.Agency, Region: o.door.House.Office.Region})
		})
		if ok {
			h(w, r)
		}
	}
}

func (o *desk) render(w http.ResponseWriter, r *http.Request, name, title string, p ui.Page) {
	p.Name, p.Title, p.Shell, p.Wide = "admin/"+name, ui.M(title), ui.Staff, true
	if p.Current == "" {
		p.Current = r.URL.Path
		if door.Actor(r).Post == "catalogue" {
			p.Current = "/admin/items" // leads to the others
		}
	}
	if done := r.URL.Query().Get("done"); p.Notice == nil && done != "" && notices[done] {
		p.Notice = &ui.Notice{Kind: ui.Done, Title: ui.M("admin.done." + done)}
	}
	o.door.UI.Render(w, r, 0, p)
}

// notices are the names that the address of a page may say was done.
var notices = map[string]bool{
	"given": true, "withdrawn": true, "assigned": true, "unassigned": true, "granted": true, "ended": true, "leave": true, "returned": true,
	"published": true, "dropped": true, "proposed": true, "imported": true, "year": true, "known": true, "agency_named": true,
}

func number(r *http.Request, name string) int64 {
	n, _ := strconv.ParseInt(r.PathValue(name), 10, 64)
	return n
}

func value(r *http.Request, name string) string { return strings.TrimSpace(r.PostFormValue(name)) }

func valueInt(r *http.Request, name string) int64 {
	n, _ := strconv.ParseInt(value(r, name), 10, 64)
	return n
}

// done sends the reader on, or shows what a command refused as a page.
func (o *desk) done(w http.ResponseWriter, r *http.Request, err error, to string) {
	if err != nil {
		o.door.Fail(w, r, err)
		return
	}
	door.Done(w, r, to)
}

// agencies are the agencies of the area, as choices.
func (o *desk) agencies(tx *store.Tx, chosen string) (ui.Field, error) {
	f := ui.Field{Kind: ui.FieldSelect, Name: "agency", Label: ui.M("admin.field.agency"), Value: chosen}
	list, err := o.door.House.People.Agencies(tx, tx.Today())
	for _, a := range list {
		f.Options = append(f.Options, ui.Option{Value: a.Key, Label: ui.Plain(a.Name)})
	}
	return f, err
}

// chosenAgency is the agency that a page is about: the one asked for, else the
// reader's own.
func chosenAgency(r *http.Request) string {
	if a := r.URL.Query().Get("agency"); a != "" {
		return a
	}
	return door.Actor(r).Agency
}

func field(kind ui.FieldKind, name string, optional bool) ui.Field {
	return ui.Field{Kind: kind, Name: name, Label: ui.M("admin.field." + name), Optional: optional}
}
