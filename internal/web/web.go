// Package web mounts the pages: the portal for the public, the counter for
// window clerks, the office for those who handle and decide, and the
// administration. It wires; each room has its own pages.
package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/skip2/go-qrcode"

	"tongban/internal/house"
	"tongban/internal/record/act"
	"tongban/internal/web/admin"
	"tongban/internal/web/counter"
	"tongban/internal/web/door"
	"tongban/internal/web/office"
	"tongban/internal/web/portal"
	"tongban/internal/web/ui"
)

// maxForm bounds a posted form; uploads have limits of their own.
const maxForm = 1 << 20

// Handler serves every page.
func Handler(h *house.House, o door.Options) (http.Handler, error) {
	o.Menu = menu
	d, err := door.New(h, o)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	d.Routes(mux)
	for _, mount := range []func(*door.Door, *http.ServeMux) error{portal.Mount, counter.Mount, office.Mount, admin.Mount} {
		if err := mount(d, mux); err != nil {
			return nil, err
		}
	}
	mux.HandleFunc("GET /home", d.Person(home))
	mux.HandleFunc("GET /qr", qr)
	mux.Handle(ui.AssetPath, ui.Assets())
	mux.Handle("/prefs", ui.PrefsHandler())
	mux.HandleFunc("/", d.UI.NotFound)
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d.Fail(w, r, act.Refuse("door.cross_origin").Then("door.cross_origin.next"))
	}))
	return ui.Headers(limit(guard.Handler(d.Enter(mux)))), nil
}

// limit bounds what a form may send; a multipart upload is bounded by its reader.
func limit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
			r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		}
		next.ServeHTTP(w, r)
	})
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
	}
	return office.Menu(a)
}

// qr draws a QR code of a short text, for pages: addresses of this site and
// authenticator secrets that the page has shown already.
func qr(w http.ResponseWriter, r *http.Request) {
	text := r.URL.Query().Get("text")
	if u, err := url.Parse(text); err != nil || len(text) > 500 || u.Scheme != "otpauth" && u.Scheme != "https" && u.Scheme != "http" {
		http.NotFound(w, r)
		return
	}
	png, err := qrcode.Encode(text, qrcode.Medium, 480)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(png)
}
