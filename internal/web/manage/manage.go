// Package manage is the work of those who manage the catalogue: the flow of an
// item is read, tried, changed and compared as a table beside its drawing.
//
// A draft of a flow lies on the server, one for an item: every edit is a form that
// names the revision it was made on. Nothing here takes effect: what is handed in
// is published by another person (internal/web/admin).
package manage

import (
	"embed"
	"net/http"
	"strconv"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/change"
)

//go:embed pages
var files embed.FS

// desk is the pages of those who manage the catalogue.
type desk struct {
	door   *door.Door
	change *change.Desk
}

// Mount adds the pages.
func Mount(d *door.Door, mux *door.Mux) error {
	o := &desk{door: d, change: d.House.Changes}
	for pattern, h := range map[string]http.HandlerFunc{
		"GET /manage/flows":               o.flows,
		"GET /manage/flows/{id}":          o.editor,
		"POST /manage/flows/{id}":         o.edit,
		"GET /manage/flows/{id}/row":      o.row,
		"GET /manage/flows/{id}/add":      o.addition,
		"GET /manage/flows/{id}/flow.svg": o.picture,
		"GET /manage/flows/{id}/bpmn":     o.download,
		"GET /manage/flows/{id}/compare":  o.compare,
		"GET /manage/flows/{id}/try":      o.try,
		"GET /manage/flows/{id}/hand-in":  o.handInPage,
		"POST /manage/flows/{id}/hand-in": o.handIn,
		"POST /manage/flows/{id}/drop":    o.drop,
	} {
		mux.HandleFunc(pattern, d.Staff(o.may(h)))
	}
	mux.Upload("POST /manage/flows/{id}/upload", d.Staff(o.may(o.upload)))
	mountMatching(o, mux)
	mountHall(o, mux)
	mountChecking(o, mux)
	mountHigher(o, mux)
	mountRunning(o, mux)
	return d.UI.Add("manage", files)
}

// may asks for the right to propose, of the reader's agency or of the whole area,
// before a page is read: commands ask by themselves, pages that only show must.
func (o *desk) may(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if o.door.Read(w, r, func(tx *store.Tx) error { return o.theirs(tx, r, door.Actor(r).Agency) }) {
			h(w, r)
		}
	}
}

// theirs refuses a reader who does not manage what is an agency's.
func (o *desk) theirs(tx *store.Tx, r *http.Request, agency string) error {
	return o.door.House.Runner.Rights.Authorise(tx, door.Actor(r), "item.propose", act.Scope{Agency: agency, Region: o.door.House.Office.Region})
}

// only is the agency that a reader manages, "" for one who manages the whole area.
func (o *desk) only(tx *store.Tx, r *http.Request) (agency string, err error) {
	switch err = o.theirs(tx, r, ""); {
	case act.KindOf(err) == act.Refused:
		return door.Actor(r).Agency, nil
	case err != nil:
		return "", err
	}
	return "", nil
}

// render draws a page.
func (o *desk) render(w http.ResponseWriter, r *http.Request, name string, status int, p ui.Page) {
	p.Name, p.Shell, p.Wide, p.Current = "manage/"+name, ui.Staff, true, menuOf(r)
	if done := r.URL.Query().Get("done"); p.Notice == nil && notices[done] != "" {
		p.Notice = &ui.Notice{Kind: ui.Done, Title: ui.M(notices[done])}
	}
	o.door.UI.Render(w, r, status, p)
}

// Menu is the part of the left menu about the catalogue: of those who manage the
// whole of it and of those who manage an agency's part.
func Menu() []ui.Link {
	link := func(word, href string) ui.Link { return ui.Link{Text: ui.M(word), Href: href} }
	return []ui.Link{link("manage.menu.flows", "/manage/flows"), link("adjustments.menu", "/manage/adjustments"), link("manage.menu.checkup", "/manage/checkup"),
		link("manage.menu.compare", "/manage/compare"), link("manage.menu.hall", "/manage/hall"), link("objections.menu", "/manage/objections")}
}

// menuOf is the entry of the menu to which a page belongs: /manage/ and a word. Cases
// on earlier versions have one of their own in the menu of heads.
func menuOf(r *http.Request) string {
	word, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/manage/"), "/")
	if at := "/manage/" + word; at != runningAt && word != "moves" {
		return at
	}
	if door.Actor(r).Post == "head" {
		return runningAt
	}
	return "/manage/flows"
}

// notices are the names that the address of a page may say was done, with what is
// then said.
var notices = map[string]string{
	"saved": "manage.done.saved", "handed": "manage.done.handed", "dropped": "manage.done.dropped", "uploaded": "manage.done.uploaded",
	"begun": "manage.match.done.begun", "decided": "manage.match.done.decided", "agreed": "manage.match.done.agreed",
	"higher_compare": "publish.page.done.compare", "higher_again": "publish.page.done.again", "lower_ended": "publish.lower.done.ended",
	"accepted": "inspect.page.done.accepted", "reopened": "inspect.page.done.reopened",
}

func number(r *http.Request) int64 {
	n, _ := strconv.ParseInt(r.PathValue("id"), 10, 64)
	return n
}

func text(n int64) string { return strconv.FormatInt(n, 10) }

func value(r *http.Request, name string) string { return strings.TrimSpace(r.PostFormValue(name)) }
