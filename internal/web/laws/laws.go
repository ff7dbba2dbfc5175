// Package laws is the pages of the library of laws: the list and the search, a
// law by its articles on a day, an article with its older versions and all that
// rests on it. Officials also see and register the obstacles met on an article.
package laws

import (
	"embed"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/identity"
	"tongban/internal/register/law"
	"tongban/internal/register/lists"
	"tongban/internal/rules/citation"
	"tongban/internal/rules/day"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
)

//go:embed pages
var pages embed.FS

// The lengths of lists on a page.
const (
	lawsOnPage     = 20
	hitsOnPage     = 20
	articlesOnPage = 60
	pointersOnPage = 20
	changesOnPage  = 20
)

// desk draws the pages of this room.
type desk struct{ *door.Door }

// Mount adds the pages of the library.
func Mount(d *door.Door, mux *door.Mux) error {
	if err := d.UI.Add("laws", pages); err != nil {
		return err
	}
	o := &desk{d}
	mux.HandleFunc("GET /laws", o.list)
	mux.HandleFunc("GET /laws/{law}", o.law)
	mux.HandleFunc("GET /laws/{law}/{article}", o.article)
	mux.HandleFunc("GET /office/obstacles", d.Staff(o.obstacles))
	mux.HandleFunc("POST /office/obstacles", d.Staff(o.meet))
	mux.HandleFunc("GET /office/obstacles/{id}", d.Staff(o.obstacle))
	mux.HandleFunc("POST /office/obstacles/{id}/ask", d.Staff(o.ask))
	mux.HandleFunc("POST /office/obstacles/{id}/answer", d.Staff(o.answer))
	o.manage(mux)
	return nil
}

// show renders a page of this room; with faults it is sent back to be mended.
func (o *desk) show(w http.ResponseWriter, r *http.Request, page ui.Page) {
	o.UI.Render(w, r, 0, page)
}

// words is what is looked for, without blanks around it and not too long.
func words(r *http.Request) string {
	q := strings.TrimSpace(r.URL.Query().Get("q"))
	if x := []rune(q); len(x) > law.MaxQuery {
		return string(x[:law.MaxQuery])
	}
	return q
}

// onDay reads the day asked for, today when none is; the field shows it, with
// what is wrong with it.
func (o *desk) onDay(r *http.Request) (day.Day, ui.Field) {
	today := o.House.Store.Now().Day()
	f := ui.Field{Kind: ui.FieldDay, Name: "on", Label: ui.M("laws.on"), Hint: ui.M("laws.on.hint"), Value: r.URL.Query().Get("on"), Optional: true}
	if strings.TrimSpace(f.Value) == "" {
		return today, f
	}
	d, err := ui.ParseDay(f.Value, today, f.Label)
	if err != nil {
		f.Error, _ = err.(ui.Text)
		return today, f
	}
	f.Value = d.String()
	return d, f
}

// dayErrors are the faults of a field for the summary on top.
func dayErrors(f ui.Field) []ui.FieldError {
	if f.Error == nil {
		return nil
	}
	return []ui.FieldError{{Field: f.ID(), Text: f.Error}}
}

// keep is the day for links, "" for today.
func (o *desk) keep(on day.Day) string {
	if on == o.House.Store.Now().Day() {
		return ""
	}
	return "?on=" + on.String()
}

func lawPath(key string) string { return "/laws/" + key }

func articlePath(key string, a citation.Article) string { return "/laws/" + key + "/" + a.Code() }

// Place is the address of a place in the library; "" where it was not found.
func Place(p law.Place) string {
	switch {
	case !p.Found:
		return ""
	case p.Article.N == 0:
		return lawPath(p.Key)
	}
	return articlePath(p.Key, p.Article)
}

// listPage is the list of laws or what a search found.
type listPage struct {
	Search ui.Field
	Filter ui.Filter
	Words  string
	Laws   []lawLine
	Hits   []hitLine
	Pager  ui.Pager
	More   ui.Pager // of the articles
	First  string
	Manage bool // the reader may import
}

type lawLine struct {
	Title, Href string
	Facts       ui.Text
	Invented    bool
}

type hitLine struct {
	Title, Href string
	Pieces      []piece
}

// list is the library: every law by rank, or those that a search finds by name
// and by the words of their articles.
func (o *desk) list(w http.ResponseWriter, r *http.Request) {
	q, kind, here := words(r), r.URL.Query().Get("kind"), ui.Page{URL: r.URL}
	data := listPage{Words: q, Manage: identity.Allows(door.Actor(r).Post, law.CommandImport.Right), Search: ui.Field{Kind: ui.FieldSearch, Name: "q", Label: ui.M("laws.search"), Hint: ui.M("laws.search.hint"), Value: q}}
	kinds := ui.Field{Kind: ui.FieldSelect, Name: "kind", Label: ui.M("laws.kind"), Value: kind, Options: []ui.Option{{Label: ui.M("laws.kind.all")}}}
	for i, k := range law.Kinds {
		kinds.Options = append(kinds.Options, ui.Option{Value: k, Label: kindName(k)})
		if k == kind {
			data.Filter.Chips = []ui.Chip{{Text: kinds.Options[i+1].Label, Remove: here.With("kind", "", "after", "", "from", "")}}
		}
	}
	data.Filter.Action, data.Filter.Fields, data.Filter.Keep = "/laws", []ui.Field{kinds}, map[string]string{"q": q}
	if !o.Read(w, r, func(tx *store.Tx) error { return o.fillList(tx, here, q, kind, &data) }) {
		return
	}
	page := ui.Page{Name: "laws/list", Title: ui.M("laws.title"), Back: &ui.Link{Text: ui.M("ui.home"), Href: "/"}, Data: data}
	if q != "" {
		page.Heading = ui.M("laws.found", "words", q)
		if len(data.Laws)+len(data.Hits) == 0 {
			page.Heading = ui.M("laws.none", "words", q)
		}
	}
	o.show(w, r, page)
}

func (o *desk) fillList(tx *store.Tx, here ui.Page, q, kind string, data *listPage) error {
	v := here.URL.Query()
	if v.Get("in") == "" { // later pages of the articles leave the laws out
		list, next, err := law.List(tx, q, kind, v.Get("after"), lawsOnPage)
		if err != nil {
			return err
		}
		for _, l := range list {
			data.Laws = append(data.Laws, lawLine{Title: l.Title, Href: lawPath(l.Key), Facts: lawFacts(l, tx.Today()), Invented: l.Invented})
		}
		data.Pager = pager(here, "after", len(list), next)
	}
	if v.Get("after") != "" || v.Get("in") != "" {
		data.First = here.With("after", "", "in", "", "from", "")
	}
	if q == "" || kind != "" || v.Get("after") != "" {
		return nil
	}
	hits, next, err := law.Search(tx, law.Query{Words: q, On: tx.Today(), After: v.Get("in"), Limit: hitsOnPage})
	if err != nil {
		return err
	}
	for _, h := range hits {
		data.Hits = append(data.Hits, hitLine{Title: h.Title + " " + h.Article.Article.String(), Href: articlePath(h.Key, h.Article.Article), Pieces: around(h.Text, q)})
	}
	data.More = pager(here, "in", len(hits), next)
	return nil
}

// lawFacts are kind, number and validity in a line.
func lawFacts(l law.Listed, today day.Day) ui.Text {
	j := ui.Join{Sep: " · ", Texts: []ui.Text{kindName(l.Kind), ui.Plain(l.Issuer)}}
	if l.Number != "" {
		j.Texts = append(j.Texts, ui.Plain(l.Number))
	}
	return ui.Join{Sep: " · ", Texts: append(j.Texts, standing(l.Span, today), ui.M("laws.count", "n", l.Articles))}
}

// standing says whether a version holds on a day.
func standing(s day.Span, d day.Day) ui.Text {
	switch {
	case s.From > d:
		return ui.M("laws.standing.not_yet", "day", ui.OnDay(s.From))
	case s.Holds(d) && s.Until == 0:
		return ui.M("laws.standing.holds", "day", ui.OnDay(s.From))
	case s.Holds(d):
		return ui.M("laws.standing.until", "day", ui.OnDay(s.From), "until", ui.OnDay(s.Until))
	}
	return ui.M("laws.standing.ended", "until", ui.OnDay(s.Until))
}

// kindName is the kind of a law, with its name in English.
func kindName(kind string) ui.Text {
	for i, k := range law.Kinds {
		if k == kind {
			return ui.M("laws.kind." + kindKeys[i])
		}
	}
	return ui.Plain(kind)
}

// kindKeys are the kinds of law.Kinds as the catalogue of words has them.
var kindKeys = []string{"statute", "regulation", "party", "ministry", "local", "provincial", "normative"}

// pager leads on by cursor.
func pager(here ui.Page, name string, shown int, next string) ui.Pager {
	from, err := strconv.Atoi(here.URL.Query().Get("from"))
	if err != nil || from < 1 {
		from = 1
	}
	p := ui.Pager{From: from, To: from + shown - 1, Total: -1}
	if next != "" {
		p.Next = here.With(name, next, "from", strconv.Itoa(from+shown))
	}
	return p
}

// subjectPath is where a subject that rests on an article is shown; "" where it
// has no page.
func subjectPath(s law.Subject) string {
	if s.Kind == catalog.LawKind {
		return "/items/" + s.Code
	}
	if _, err := lists.KindOf(s.Kind); err == nil {
		return "/lists/" + s.Kind + "/" + url.PathEscape(s.Code)
	}
	return ""
}
