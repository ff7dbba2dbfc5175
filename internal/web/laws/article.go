package laws

import (
	"net/http"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/law"
	"tongban/internal/rules/citation"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
)

// articlePage is an article on a day.
type articlePage struct {
	Key      string
	Code     string
	Law      string
	Version  law.Version
	Title    string
	Under    []string
	Lines    []line
	Missing  bool // this version has no such article
	On       ui.Field
	Standing ui.Text
	Words    []interpretation
	Older    []olderText
	Pointers []restingGroup
	Pager    ui.Pager
	First    string
	Beside   []ui.Link
	Staff    bool
	Obstacle ui.Table
	Meet     []ui.Field
}

// restingGroup is what of one kind rests on the article.
type restingGroup struct {
	Sort  ui.Text
	Links []ui.Link
}

// versionsCompared bounds the versions whose words a page compares; the others
// are a link.
const versionsCompared = 6

// interpretation is how the article was interpreted.
type interpretation struct {
	On     day.Day
	Number string
	Text   string
}

// olderText is the article in another version and what differs there.
type olderText struct {
	Span    ui.Text
	Href    string
	Missing bool
	Same    bool
	Pieces  []piece
}

// article shows an article on a day: its words, what differs in other versions,
// and what rests on it.
func (o *desk) article(w http.ResponseWriter, r *http.Request) {
	o.articleWith(w, r, r.PathValue("law"), r.PathValue("article"), nil, nil)
}

// articleWith is the page with a form that has to be mended.
func (o *desk) articleWith(w http.ResponseWriter, r *http.Request, key, number string, fields []ui.Field, wrong []ui.FieldError) {
	n, ok := citation.ParseCode(number)
	if !ok {
		o.UI.NotFound(w, r)
		return
	}
	on, field := o.onDay(r)
	data := articlePage{Key: key, Code: n.Code(), Title: n.String(), On: field, Staff: door.Actor(r).Who == act.Staff, Meet: fields}
	if !o.Read(w, r, func(tx *store.Tx) error { return o.fillArticle(tx, r, n, on, &data) }) {
		return
	}
	if data.Meet == nil {
		data.Meet = meetFields()
	}
	o.show(w, r, ui.Page{Name: "laws/article", Title: ui.Plain(data.Law + " " + data.Title), Errors: append(dayErrors(data.On), wrong...), Data: data,
		Back: &ui.Link{Text: ui.Plain(data.Law), Href: lawPath(data.Key) + o.keep(on)}})
}

func (o *desk) fillArticle(tx *store.Tx, r *http.Request, n citation.Article, on day.Day, d *articlePage) error {
	l, err := law.ByKey(tx, d.Key)
	if err != nil {
		return err
	}
	all, err := law.Versions(tx, l.ID)
	if err != nil {
		return err
	}
	d.Version, _ = shown(all, on)
	d.Law, d.Standing = d.Version.Title, standing(d.Version.Span, on)
	a, err := d.texts(tx, all, n)
	if err != nil {
		return err
	}
	d.Under, d.Lines = a.Under, linesOf(a.Text)
	list, err := law.Interpretations(tx, l.ID, n, changesOnPage)
	if err != nil {
		return err
	}
	for _, x := range list {
		d.Words = append(d.Words, interpretation{x.On, x.Number, x.Words})
	}
	if err := d.beside(tx, n, o.keep(on)); err != nil {
		return err
	}
	if d.Staff {
		if err := o.obstaclesOn(tx, l.ID, n, d); err != nil {
			return err
		}
	}
	return d.pointers(tx, ui.Page{URL: r.URL}, door.Lang(r), l.ID, n, on)
}

// texts reads the article in every version and compares them with the one shown.
// An article that no version has is not found.
func (d *articlePage) texts(tx *store.Tx, all []law.Version, n citation.Article) (now law.Article, err error) {
	found := false
	was := make([]law.Article, len(all))
	for i, v := range all {
		was[i], err = law.ArticleOf(tx, v.ID, n)
		switch {
		case act.KindOf(err) == act.NotFound:
		case err != nil:
			return now, err
		default:
			found = true
		}
		if v.ID == d.Version.ID {
			now, d.Missing = was[i], err != nil
		}
	}
	if !found {
		return now, err
	}
	compared := 0
	for i, v := range all {
		if v.ID == d.Version.ID {
			continue
		}
		x := olderText{Span: standing(v.Span, tx.Today()), Href: articlePath(d.Key, n) + "?on=" + v.Span.From.String(), Missing: was[i].Text == "", Same: was[i].Text == now.Text}
		if !x.Missing && !x.Same && compared < versionsCompared {
			compared++
			old, young := was[i].Text, now.Text
			if v.Span.From > d.Version.Span.From {
				old, young = young, old
			}
			x.Pieces = difference(old, young)
		}
		d.Older = append(d.Older, x)
	}
	return now, nil
}

func (d *articlePage) beside(tx *store.Tx, n citation.Article, keep string) error {
	before, behind, err := law.Beside(tx, d.Version.ID, n)
	for _, a := range []citation.Article{before, behind} {
		if a.N != 0 {
			d.Beside = append(d.Beside, ui.Link{Text: ui.Plain(a.String()), Href: articlePath(d.Key, a) + keep})
		}
	}
	return err
}

// pointers lists the subjects that rest on the article by their kinds, each with its parts.
func (d *articlePage) pointers(tx *store.Tx, here ui.Page, lang wording.Lang, id int64, n citation.Article, on day.Day) error {
	var after law.Cursor
	cursor := here.URL.Query().Get("after")
	if p := strings.SplitN(cursor, ".", 3); len(p) == 3 {
		after = law.Cursor{Kind: p[0], Part: law.Part(p[1]), Code: p[2]}
		d.First = here.With("after", "", "from", "")
	}
	list, err := law.Touching(tx, id, n, on, after, pointersOnPage+1)
	if err != nil {
		return err
	}
	next := ""
	if len(list) > pointersOnPage {
		list = list[:pointersOnPage]
		last := list[pointersOnPage-1]
		next = strings.Join([]string{last.Kind, string(last.Part), last.Code}, ".")
	}
	for i, p := range list {
		if i == 0 || p.Kind != list[i-1].Kind {
			d.Pointers = append(d.Pointers, restingGroup{Sort: sortOf(p.Kind, lang)})
		}
		g := &d.Pointers[len(d.Pointers)-1]
		g.Links = append(g.Links, ui.Link{Text: ui.Plain(p.Label), Href: subjectPath(p.Subject), Note: p.Part.Label()})
	}
	d.Pager = pager(here, "after", len(list), next)
	return nil
}
