// Package counter is the pages of the window: the queue, taking in what people
// bring, and the acts of receiving. It holds no rule; what may be done is asked
// in the command.
package counter

import (
	"embed"
	"net/http"

	"tongban/internal/web/casepage"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
)

//go:embed pages
var files embed.FS

// desk is the counter's pages.
type desk struct {
	door  *door.Door
	cases *casepage.Pages
}

// Mount adds the counter's pages. The page of a case itself is the office's.
func Mount(d *door.Door, mux *door.Mux) error {
	o := &desk{door: d, cases: casepage.New(d)}
	handle := func(pattern string, h http.HandlerFunc) { mux.HandleFunc(pattern, d.Staff(h)) }
	handle("GET /counter", o.queue)
	handle("GET /counter/find", o.find)
	handle("POST /counter/find", o.find)
	handle("GET /counter/intake", o.intake)
	handle("POST /counter/intake/who", o.who)
	handle("POST /counter/intake/register", o.register)
	handle("POST /counter/intake/agent", o.agent)
	handle("POST /counter/intake/start", o.start)
	handle("GET /counter/draft/{id}", o.draft)
	mux.Upload("POST /counter/draft/{id}", d.Staff(o.fill))
	handle("GET /counter/case/{id}/receipt", o.receipt)
	mux.Upload("POST /counter/case/{id}/scan", d.Staff(o.scan))
	o.cases.Add(mux, deeds()...)
	return d.UI.Add("counter", files)
}

// Menu is the left menu of a window clerk.
func Menu() []ui.Link {
	return []ui.Link{
		{Text: ui.M("counter.menu.queue"), Href: "/counter"},
		{Text: ui.M("counter.menu.intake"), Href: "/counter/intake"},
		{Text: ui.M("counter.menu.find"), Href: "/counter/find"},
	}
}

func (o *desk) find(w http.ResponseWriter, r *http.Request) { o.cases.Find(w, r, "/counter/find") }

func (o *desk) render(w http.ResponseWriter, r *http.Request, name, title string, p ui.Page) {
	p.Name, p.Title, p.Shell, p.Wide = "counter/"+name, ui.M(title), ui.Staff, true
	if p.Current == "" {
		p.Current = "/counter/intake"
	}
	o.door.UI.Render(w, r, 0, p)
}
