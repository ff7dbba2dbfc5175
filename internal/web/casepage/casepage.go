// Package casepage is the page of a case as officials see it: identity bar, sub
// pages with addresses of their own, and the form of every act on a case. The
// counter and the office share it. It holds no rule: what a reader may see or
// do is asked in the command, and a button is only a guess at its answer.
package casepage

import (
	"context"
	"embed"
	"net/http"
	"net/url"
	"strconv"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/identity"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/casework"
)

//go:embed pages
var files embed.FS

// Pages are the pages of a case.
type Pages struct{ door *door.Door }

// New makes the pages of a case, for a room that links to them.
func New(d *door.Door) *Pages { return &Pages{d} }

// Mount adds the templates and the reading pages; the office does it, once.
func (p *Pages) Mount(mux *door.Mux) error {
	for path, h := range map[string]http.HandlerFunc{
		"":           p.overview,
		"/materials": p.materials,
		"/findings":  p.findings,
		"/papers":    p.papers,
		"/timeline":  p.timeline,
		"/flow":      p.flow,
		"/flow.svg":  p.picture,
	} {
		mux.HandleFunc("GET /office/case/{id}"+path, p.door.Staff(h))
	}
	mux.HandleFunc("GET /office/paper/{paper}", p.door.Staff(p.paper))
	mux.HandleFunc("GET /office/paper/{paper}/pdf", p.door.Staff(p.paperPDF))
	mux.HandleFunc("GET /office/file/{file}", p.door.Staff(p.download))
	mux.HandleFunc("GET /office/file/{file}/picture", p.door.Staff(p.preview))
	return p.door.UI.Add("case", files)
}

// Address is the address of a case, or of one of its pages.
func Address(id int64, page string) string {
	at := "/office/case/" + strconv.FormatInt(id, 10)
	if page != "" {
		at += "/" + page
	}
	return at
}

// Number reads a number from the address; 0 when it is none, which nothing has.
func Number(r *http.Request, name string) int64 {
	n, _ := strconv.ParseInt(r.PathValue(name), 10, 64)
	return n
}

// Reader is the actor as they may read a case: in the post acted in or, since a
// worklist shows the work of all posts of a person, in another of them. The
// case is masked; no look is recorded, for nothing personal is shown.
func (p *Pages) Reader(ctx context.Context, a act.Actor, id int64) (act.Actor, *casework.Case, error) {
	c, err := p.door.House.Office.Glance(ctx, a, id)
	if act.KindOf(err) != act.Refused {
		return a, c, err
	}
	for _, g := range a.Grants {
		other, ok := identity.Acting(a, g.Role, g.Agency)
		if !ok {
			continue
		}
		if c, err := p.door.House.Office.Glance(ctx, other, id); err == nil {
			return other, c, nil
		}
	}
	return a, nil, err
}

// glance reads a case masked; ok is false when the answer has been written.
func (p *Pages) glance(w http.ResponseWriter, r *http.Request) (act.Actor, *casework.Case, bool) {
	a, c, err := p.Reader(r.Context(), door.Actor(r), Number(r, "id"))
	if err != nil {
		p.door.Fail(w, r, err)
	}
	return a, c, err == nil
}

// look reads a case with what identifies people, after the look was recorded
// under the part that the reader plays on it.
func (p *Pages) look(w http.ResponseWriter, r *http.Request) (act.Actor, *casework.Case, bool) {
	a, c, ok := p.glance(w, r)
	if !ok {
		return a, nil, false
	}
	why := Why(c, a)
	if purpose := r.URL.Query().Get("purpose"); c.Facts.Restricted != nil && purpose != "" {
		why = purpose
	}
	c, err := p.door.House.Office.Look(r.Context(), a, c.ID, why)
	if err != nil {
		p.door.Fail(w, r, err)
	}
	return a, c, err == nil
}

// Why is the purpose of a look, as its owner reads it: the part that the reader
// plays on the case, else their post.
func Why(c *casework.Case, a act.Actor) string {
	for _, t := range c.Tasks {
		if Mine(t, a) {
			return t.Name
		}
	}
	return identity.PostLabel(a.Post).In("zh")
}

// sub is one of the pages of a case.
type sub struct{ page, title string }

var subs = []sub{
	{"", "overview"}, {"materials", "materials"}, {"findings", "findings"}, {"papers", "papers"}, {"timeline", "timeline"}, {"flow", "flow"},
}

// View is what every page of a case stands on.
type View struct {
	Bar  ui.IdentityBar
	Nav  ui.SubNav
	Case *casework.Case
	Part any // of the page itself
}

// view heads a page of a case.
func (p *Pages) view(c *casework.Case, a act.Actor, page string) View {
	v := View{Bar: p.bar(c, a), Case: c, Nav: ui.SubNav{Label: ui.M("office.case.nav")}}
	counts := map[string]int{"materials": len(c.Facts.Materials), "papers": len(c.Papers), "findings": done(c) + len(c.Asked)}
	for _, s := range subs {
		l := ui.Link{Text: ui.M("office.case." + s.title), Href: Address(c.ID, s.page), Current: s.page == page}
		l.Count, l.HasCount = counts[s.page], counts[s.page] > 0
		v.Nav.Links = append(v.Nav.Links, l)
	}
	return v
}

func done(c *casework.Case) int {
	n := 0
	for _, t := range c.Tasks {
		if t.State == "done" && findable[t.Part] {
			n++
		}
	}
	return n
}

var findable = map[string]bool{"review": true, "visit": true, "test": true, "decide": true}

// render shows a page of a case. Its title names what it is, never whom it is about.
func (p *Pages) render(w http.ResponseWriter, r *http.Request, name, title string, v View) {
	page := ui.Page{Name: "case/" + name, Title: ui.M(title), Shell: ui.Staff, OwnHeading: true, Wide: true, Data: v, Current: current(r), Back: p.back(r)}
	if done := r.URL.Query().Get("done"); done != "" && Known(done) {
		page.Notice = &ui.Notice{Kind: ui.Done, Title: ui.M("office.done." + done)}
	}
	p.door.UI.Render(w, r, http.StatusOK, page)
}

// current is the entry of the menu that a reader's case pages belong to.
func current(r *http.Request) string {
	if door.Actor(r).Post == "window" {
		return "/counter"
	}
	return "/office"
}

// back leads to the row of the list from which the case was opened.
func (p *Pages) back(r *http.Request) *ui.Link {
	return &ui.Link{Text: ui.M("office.case.back"), Href: door.Local(r.URL.Query().Get("back"), current(r))}
}

// From is the address of a case that leads back to a row of the list at which
// the request was.
func From(r *http.Request, id int64, row string) string {
	return Address(id, "") + "?back=" + url.QueryEscape(r.URL.RequestURI()+"#row-"+row)
}

// Names gives the names of officials, for pages that choose among them.
func (p *Pages) Names(ctx context.Context, ids []int64) (map[int64]string, error) {
	names := map[int64]string{}
	err := p.door.House.Store.Read(ctx, func(tx *store.Tx) (err error) {
		for _, id := range ids {
			if names[id], err = p.door.House.People.Name(tx, id); err != nil {
				return err
			}
		}
		return nil
	})
	return names, err
}
