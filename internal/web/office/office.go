// Package office is the pages of those who handle cases: reviewers, inspectors,
// deciders, heads, the government's leader and supervisors. The page of a case
// itself is casepage's, which the counter shares.
package office

import (
	"embed"
	"net/http"

	"tongban/internal/record/act"
	"tongban/internal/web/casepage"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
)

//go:embed pages
var files embed.FS

// desk is the office's pages.
type desk struct {
	door  *door.Door
	cases *casepage.Pages
}

// Mount adds the office's pages and the shared page of a case.
func Mount(d *door.Door, mux *door.Mux) error {
	o := &desk{door: d, cases: casepage.New(d)}
	mux.HandleFunc("GET /office", d.Staff(o.home))
	mux.HandleFunc("POST /office/move", d.Staff(o.move))
	mux.HandleFunc("GET /office/find", d.Staff(o.find))
	mux.HandleFunc("POST /office/find", d.Staff(o.find))
	mux.HandleFunc("GET /office/extensions", d.Staff(o.extensions))
	mux.HandleFunc("GET /office/figures", d.Staff(o.figures))
	mux.HandleFunc("GET /office/figures/{table}", d.Staff(o.csv))
	mux.HandleFunc("GET /office/watch", d.Staff(o.watch))
	o.cases.Add(mux, deeds()...)
	if err := o.cases.Mount(mux); err != nil {
		return err
	}
	return d.UI.Add("office", files)
}

// Menu is the left menu of a post.
func Menu(a act.Actor) []ui.Link {
	link := func(name, href string) ui.Link { return ui.Link{Text: ui.M("office.menu." + name), Href: href} }
	adjustments := ui.Link{Text: ui.M("adjustments.menu"), Href: "/manage/adjustments"}
	reform := ui.Link{Text: ui.M("reorganisations.menu"), Href: "/manage/reorganisations"}
	switch a.Post {
	case "leader":
		return []ui.Link{link("extensions", "/office/extensions"), link("figures", "/office/figures"), link("watch", "/office/watch"), link("find", "/office/find"), adjustments, reform}
	case "supervisor":
		return []ui.Link{link("figures", "/office/figures"), link("watch", "/office/watch"), link("find", "/office/find"), reform}
	case "head":
		return []ui.Link{link("work", "/office"), link("extensions", "/office/extensions"), link("find", "/office/find"), adjustments,
			{Text: ui.M("objections.menu"), Href: "/manage/objections"}, {Text: ui.M("manage.running.menu"), Href: "/manage/running"}}
	case "inspector":
		return []ui.Link{link("work", "/office")}
	}
	return []ui.Link{link("work", "/office"), link("find", "/office/find"), adjustments}
}

// home is the first page of a post: the figures of those who watch, the
// extensions of those who approve, the worklist of everybody else.
func (o *desk) home(w http.ResponseWriter, r *http.Request) {
	switch door.Actor(r).Post {
	case "supervisor":
		http.Redirect(w, r, "/office/figures", http.StatusSeeOther)
	case "leader":
		http.Redirect(w, r, "/office/extensions", http.StatusSeeOther)
	default:
		o.worklist(w, r)
	}
}

func (o *desk) render(w http.ResponseWriter, r *http.Request, name, title string, p ui.Page) {
	p.Name, p.Title, p.Shell, p.Wide = "office/"+name, ui.M(title), ui.Staff, true
	if p.Current == "" {
		p.Current = r.URL.Path
	}
	o.door.UI.Render(w, r, 0, p)
}
