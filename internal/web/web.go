// Package web mounts the pages: the portal for the public, the counter for
// window clerks, the office for those who handle and decide, and the
// administration. It wires; each room has its own pages.
package web

import (
	"net/http"

	"tongban/internal/house"
	"tongban/internal/house/asked"
	"tongban/internal/record/act"
	"tongban/internal/web/adjustments"
	"tongban/internal/web/admin"
	"tongban/internal/web/counter"
	"tongban/internal/web/documents"
	"tongban/internal/web/door"
	"tongban/internal/web/keep"
	"tongban/internal/web/laws"
	"tongban/internal/web/lists"
	"tongban/internal/web/lower"
	"tongban/internal/web/manage"
	"tongban/internal/web/notices"
	"tongban/internal/web/objections"
	"tongban/internal/web/office"
	"tongban/internal/web/portal"
	"tongban/internal/web/reorganisations"
	"tongban/internal/web/ui"
)

// Pages answers the address of every page.
type Pages struct {
	http.Handler
	Routes []string // the patterns that are answered, sorted
}

// Handler makes every page.
func Handler(h *house.House, o door.Options) (*Pages, error) {
	o.Menu = menu
	d, err := door.New(h, o)
	if err != nil {
		return nil, err
	}
	mux := door.NewMux()
	d.Routes(mux)
	for _, mount := range []func(*door.Door, *door.Mux) error{portal.Mount, counter.Mount, office.Mount, admin.Mount, keep.Mount, documents.Mount, laws.Mount, lists.Mount, lower.Mount, manage.Mount, adjustments.Mount, notices.Mount, objections.Mount, reorganisations.Mount} {
		if err := mount(d, mux); err != nil {
			return nil, err
		}
	}
	mux.HandleFunc("GET /home", d.Person(home))
	mux.Handle(ui.AssetPath, ui.Assets())
	mux.Handle("/prefs", ui.PrefsHandler(d.Secure()))
	mux.HandleFunc("/", d.UI.NotFound)
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d.Fail(w, r, act.Refuse("door.cross_origin").Then("door.cross_origin.next"))
	}))
	all := ui.Headers(d.Secure(), d.Recovered(guard.Handler(d.Enter(asked.Routed(mux)))))
	return &Pages{Handler: all, Routes: mux.Routes()}, nil
}

// home leads each person to the page of their work.
func home(w http.ResponseWriter, r *http.Request) {
	a := door.Actor(r)
	to := "/my"
	if a.Who == act.Staff {
		to = "/office"
		switch a.Post {
		case "window":
			to = "/counter"
		case "admin", "catalogue":
			to = "/admin"
		case "manager":
			to = "/manage/flows"
		case "privacy":
			to = "/office/erasures"
		}
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// menu is the left menu of staff, by post, at most seven entries.
func menu(a act.Actor) []ui.Link {
	switch a.Post {
	case "window":
		return counter.Menu()
	case "admin", "catalogue":
		return admin.Menu(a)
	case "manager":
		return manage.Menu()
	case "privacy":
		return keep.Menu()
	}
	return office.Menu(a)
}
