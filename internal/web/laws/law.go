package laws

import (
	"net/http"
	"strconv"
	"strings"

	"tongban/internal/record/store"
	"tongban/internal/register/law"
	"tongban/internal/rules/citation"
	"tongban/internal/rules/day"
	"tongban/internal/web/ui"
)

// lawPage is a law on a day.
type lawPage struct {
	Key      string
	Version  law.Version
	Facts    []ui.Fact
	On       ui.Field
	Search   ui.Field
	Words    string
	Contents []contentsLine
	Articles []articleBlock
	Hits     []hitLine
	Pager    ui.Pager
	First    string
	Versions []ui.Link
	Changes  ui.Table
	Whole    int // subjects that cite the law as a whole
}

type contentsLine struct {
	Text  string
	Href  string
	Depth int
	Last  bool // the innermost heading, which leads to articles
	Range string
}

// articleBlock is an article in the text of a law.
type articleBlock struct {
	Anchor, Title, Href string
	Headings            []string // that begin here
	Lines               []line
	Touched             int
}

// line is a line of an article with the class of its depth.
type line struct {
	Class string
	Text  string
}

// law shows a law on a day: what it is, its contents, its articles.
func (o *desk) law(w http.ResponseWriter, r *http.Request) {
	on, field := o.onDay(r)
	here := ui.Page{URL: r.URL}
	data := lawPage{Key: r.PathValue("law"), On: field, Words: words(r),
		Search: ui.Field{Kind: ui.FieldSearch, Name: "q", Label: ui.M("laws.inside"), Value: words(r), Optional: true}}
	var l law.Law
	var holds bool
	if !o.Read(w, r, func(tx *store.Tx) (err error) {
		if l, err = law.ByKey(tx, data.Key); err != nil {
			return err
		}
		all, err := law.Versions(tx, l.ID)
		if err != nil {
			return err
		}
		data.Version, holds = shown(all, on)
		data.facts(on)
		data.versions(all)
		if err := data.changes(tx, l.ID); err != nil {
			return err
		}
		return o.fillLaw(tx, here, l, on, &data)
	}) {
		return
	}
	page := ui.Page{Name: "laws/law", Title: ui.Plain(data.Version.Title), Errors: dayErrors(data.On), Data: data,
		Back: &ui.Link{Text: ui.M("laws.title"), Href: "/laws"}}
	if !holds {
		page.Notice = &ui.Notice{Kind: ui.Info, Title: standing(data.Version.Span, on), Body: ui.M("laws.shown", "day", ui.OnDay(data.Version.Span.From))}
	}
	o.show(w, r, page)
}

// shown is the version of the day; where none holds, the one nearest to it.
func shown(all []law.Version, on day.Day) (v law.Version, holds bool) {
	if v, ok := law.On(all, on); ok {
		return v, true
	}
	for _, v := range all {
		if v.Span.From <= on {
			return v, false
		}
	}
	return all[len(all)-1], false
}

func (d *lawPage) facts(on day.Day) {
	v := d.Version
	add := func(key string, t ui.Text) { d.Facts = append(d.Facts, ui.Fact{Label: ui.M(key), Value: t}) }
	add("laws.kind", kindName(v.Kind))
	add("laws.issuer", ui.Plain(v.Issuer))
	if v.Number != "" {
		add("laws.number", ui.Plain(v.Number))
	}
	if v.Adopted != 0 {
		add("laws.adopted", ui.OnDay(v.Adopted))
	}
	if v.Published != 0 {
		add("laws.published", ui.OnDay(v.Published))
	}
	add("laws.standing", standing(v.Span, on))
	add("laws.source", ui.Plain(v.Source))
}

func (d *lawPage) versions(all []law.Version) {
	for _, v := range all {
		d.Versions = append(d.Versions, ui.Link{Text: ui.OnDay(v.Span.From), Href: lawPath(d.Key) + "?on=" + v.Span.From.String(), Current: v.ID == d.Version.ID,
			Note: ui.Plain(v.Number)})
	}
}

func (d *lawPage) changes(tx *store.Tx, id int64) error {
	list, err := law.Changes(tx, id, changesOnPage)
	d.Changes = ui.Table{Caption: ui.M("laws.changes"), HideCaption: true,
		Columns: []ui.Column{{Label: ui.M("laws.change.day")}, {Label: ui.M("laws.change.what")}, {Label: ui.M("laws.number")}, {Label: ui.M("laws.change.words")}}}
	for _, x := range list {
		d.Changes.Rows = append(d.Changes.Rows, ui.Row{Cells: ui.Cells(ui.OnDay(x.On), x.Kind.Label(), orDash(x.Number), orDash(x.Words))})
	}
	return err
}

func orDash(s string) ui.Text {
	if s == "" {
		return ui.Plain("—")
	}
	return ui.Plain(s)
}

func (o *desk) fillLaw(tx *store.Tx, here ui.Page, l law.Law, on day.Day, d *lawPage) error {
	counts, err := law.TouchedArticles(tx, l.ID, on)
	if err != nil {
		return err
	}
	d.Whole = counts[citation.Article{}]
	v := here.URL.Query()
	if d.Words != "" {
		hits, next, err := law.Search(tx, law.Query{Words: d.Words, Law: l.ID, On: on, After: v.Get("after"), Limit: hitsOnPage})
		for _, h := range hits {
			d.Hits = append(d.Hits, hitLine{Title: h.Article.Article.String(), Href: articlePath(d.Key, h.Article.Article) + o.keep(on), Pieces: around(h.Text, d.Words)})
		}
		d.Pager = pager(here, "after", len(hits), next)
		return err
	}
	after, _ := citation.ParseCode(v.Get("after"))
	list, err := law.Articles(tx, d.Version.ID, after, articlesOnPage+1)
	if err != nil {
		return err
	}
	next := ""
	if len(list) > articlesOnPage {
		list = list[:articlesOnPage]
		next = list[articlesOnPage-1].Code()
	}
	d.Pager = pager(here, "after", len(list), next)
	if after.N != 0 {
		d.First = here.With("after", "", "from", "")
	}
	d.blocks(list, counts, o.keep(on))
	contents, err := law.ContentsOf(tx, d.Version.ID)
	if err == nil {
		d.contents(contents, list, here)
	}
	return err
}

func (d *lawPage) blocks(list []law.Article, counts map[citation.Article]int, keep string) {
	var under []string
	for _, a := range list {
		b := articleBlock{Anchor: "a" + a.Code(), Title: a.String(), Href: articlePath(d.Key, a.Article) + keep, Lines: linesOf(a.Text), Touched: counts[a.Article]}
		for i, h := range a.Under {
			if i >= len(under) || under[i] != h {
				b.Headings, under = append(b.Headings, a.Under[i:]...), nil
				break
			}
		}
		under = a.Under
		d.Articles = append(d.Articles, b)
	}
}

// linesOf are the lines of an article: paragraphs, and below them items and points.
func linesOf(text string) []line {
	var list []line
	for _, l := range law.Lines(text) {
		x := line{Text: l.Text}
		switch {
		case l.Point > 0:
			x.Class = "　　"
		case l.Item > 0:
			x.Class = "　"
		}
		list = append(list, x)
	}
	return list
}

// contents are the headings with links: on this page to the article, else to the
// page that has it.
func (d *lawPage) contents(all []law.Contents, list []law.Article, here ui.Page) {
	var under []string
	for _, c := range all {
		href := "#a" + c.First.Code()
		if len(list) == 0 || c.First.Before(list[0].Article) || list[len(list)-1].Before(c.First) {
			before := citation.Article{N: c.First.N - 1, Sub: 9999}
			href = here.With("after", code(before), "from", strconv.Itoa(c.First.N)) + href
		}
		for i, h := range c.Under {
			if i < len(under) && under[i] == h {
				continue
			}
			x := contentsLine{Text: h, Depth: i, Last: i == len(c.Under)-1}
			if x.Last {
				x.Href, x.Range = href, rangeOf(c)
			}
			d.Contents = append(d.Contents, x)
			under = nil
		}
		under = c.Under
	}
}

// code is the cursor before an article; "" before the first.
func code(a citation.Article) string {
	if a.N == 0 {
		return ""
	}
	return a.Code()
}

func rangeOf(c law.Contents) string {
	if c.First == c.Last {
		return c.First.String()
	}
	return c.First.String() + "–" + c.Last.String()
}

// Indent is the space before a heading of the contents.
func (c contentsLine) Indent() string { return strings.Repeat("　", c.Depth) }
