// Package reorganisations is the pages of reorganisations of agencies: writing what
// each agency becomes and who gets what it has, seeing before what it would do,
// deciding, and explaining afterwards what went where by which document; and, for
// everybody, who answers for an agency that is gone.
package reorganisations

import (
	"embed"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/reorganise"
)

//go:embed pages
var pages embed.FS

const (
	here = "/manage/reorganisations"

	onPage     = 25 // acts
	rowsOnPage = 50 // things
	faultsShow = 30
)

// desk is the pages of this room.
type desk struct {
	*door.Door
	reform *reorganise.Desk
}

// Mount adds the pages.
func Mount(d *door.Door, mux *door.Mux) error {
	o := &desk{d, d.House.Reform}
	look, draft := reorganise.Look, reorganise.CommandDraft.Right
	for _, x := range []struct {
		pattern, right string
		h              http.HandlerFunc
	}{
		{"GET " + here, look, o.list},
		{"GET " + here + "/new", draft, o.newPage},
		{"POST " + here + "/new", draft, o.begin},
		{"GET " + here + "/{id}", look, o.one},
		{"POST " + here + "/{id}", draft, o.edit},
		{"GET " + here + "/{id}/agencies/{agency}", draft, o.assignPage},
		{"POST " + here + "/{id}/agencies/{agency}", draft, o.assign},
		{"GET " + here + "/{id}/moves", look, o.moved},
		{"POST " + here + "/{id}/decide", reorganise.CommandDecide.Right, o.decide},
	} {
		mux.HandleFunc(x.pattern, d.Staff(o.may(x.right, x.h)))
	}
	mux.HandleFunc("GET /agencies", o.agencies)
	mux.HandleFunc("GET /agencies/{agency}", o.agency)
	return d.UI.Add("reorganisations", pages)
}

func (o *desk) scope(r *http.Request) act.Scope {
	return act.Scope{Agency: door.Actor(r).Agency, Region: o.House.Office.Region}
}

// may asks for a right over the whole area before a page is read: commands ask by
// themselves, pages that only show must.
func (o *desk) may(right string, h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if o.Read(w, r, func(tx *store.Tx) error {
			return o.House.Runner.Rights.Authorise(tx, door.Actor(r), right, o.scope(r))
		}) {
			h(w, r)
		}
	}
}

// allowed tells whether the reader has a command's right.
func (o *desk) allowed(tx *store.Tx, r *http.Request, c act.Command) bool {
	return o.House.Runner.Rights.Authorise(tx, door.Actor(r), c.Right, o.scope(r)) == nil
}

// render draws a page of officials.
func (o *desk) render(w http.ResponseWriter, r *http.Request, name string, p ui.Page) {
	p.Name, p.Shell, p.Wide, p.Current = "reorganisations/"+name, ui.Staff, true, here
	if done := r.URL.Query().Get("done"); p.Notice == nil && notices[done] {
		p.Notice = &ui.Notice{Kind: ui.Done, Title: ui.M("reorganisations.done." + done)}
	}
	o.UI.Render(w, r, 0, p)
}

// notices are the names that the address of a page may say was done.
var notices = map[string]bool{"saved": true, "sent": true, "decided": true, "dropped": true, "carried": true}

func number(r *http.Request) int64 { n, _ := strconv.ParseInt(r.PathValue("id"), 10, 64); return n }

func value(r *http.Request, name string) string { return strings.TrimSpace(r.PostFormValue(name)) }

// at is the act as the posted form saw it.
func at(r *http.Request) reorganise.At {
	rev, _ := strconv.Atoi(value(r, "rev"))
	return reorganise.At{ID: number(r), Rev: rev}
}

func address(id int64) string { return here + "/" + strconv.FormatInt(id, 10) }

func with(path string, pairs ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

func field(kind ui.FieldKind, name string, optional bool) ui.Field {
	return ui.Field{Kind: kind, Name: name, Label: ui.M("reorganisations.field." + name), Optional: optional}
}

func columns(names ...string) (list []ui.Column) {
	for _, n := range names {
		list = append(list, ui.Column{Label: ui.M("reorganisations.col." + n)})
	}
	return list
}

// tones are how a stage stands out in a list.
var tones = map[string]ui.Tone{reorganise.Draft: ui.ToneTodo, reorganise.Decided: ui.ToneNow, reorganise.Done: ui.ToneDone, reorganise.Refused: ui.ToneOff, reorganise.Dropped: ui.ToneOff}

func stage(s string) ui.Status {
	return ui.Status{Tone: tones[s], Text: ui.M("reorganise.stage." + s)}
}

// names are what the agencies of an act are called: as they are on a day or last
// were, and the new ones as the act calls them.
type names struct {
	o     *desk
	tx    *store.Tx
	on    day.Day
	begun map[string]string
}

func (o *desk) names(tx *store.Tx, on day.Day, agencies []reorganise.Agency) names {
	n := names{o, tx, on, map[string]string{}}
	for _, g := range agencies {
		if g.Fate == reorganise.Begin {
			n.begun[g.Key] = g.Name
		}
	}
	return n
}

func (n names) of(key string) ui.Text {
	if key == reorganise.Nobody {
		return ui.M("reorganisations.nobody")
	}
	if name := n.begun[key]; name != "" {
		return ui.Plain(name)
	}
	g, err := n.o.House.People.LastOf(n.tx, key, n.on)
	if err != nil {
		return ui.Plain(key)
	}
	return called(g)
}
