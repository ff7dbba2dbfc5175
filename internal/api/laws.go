package api

import (
	"context"
	"net/http"
	"net/url"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/law"
	"tongban/internal/rules/citation"
	"tongban/internal/rules/day"
)

// LawLine is a law with the version that holds, or else the newest.
type LawLine struct {
	Key      string  `json:"key" example:"administrative-licensing"`
	Title    string  `json:"title" example:"中华人民共和国行政许可法"`
	Kind     string  `json:"kind" example:"法律"`
	Issuer   string  `json:"issuer"`
	Number   string  `json:"number,omitempty"`
	From     day.Day `json:"from"`
	Until    day.Day `json:"until,omitempty"`
	Articles int     `json:"articles"`
	Invented bool    `json:"invented"`
}

// lawVersion is the text of a law from one day to another, without its articles.
type lawVersion struct {
	LawLine
	Adopted   day.Day  `json:"adopted,omitempty"`
	Published day.Day  `json:"published,omitempty"`
	Source    string   `json:"source"`
	Note      string   `json:"note,omitempty"`
	History   []string `json:"history,omitempty"`
	Excerpt   bool     `json:"excerpt"`
}

// lawView is a law with all its versions, the newest first.
type lawView struct {
	Key      string       `json:"key"`
	Title    string       `json:"title"`
	Kind     string       `json:"kind"`
	Versions []lawVersion `json:"versions"`
}

// LawArticle is an article in the version of a day; its lines are paragraphs,
// items and points.
type LawArticle struct {
	Law   string   `json:"law" example:"administrative-licensing"`
	Code  string   `json:"code" example:"32"`
	Title string   `json:"title" example:"第三十二条"`
	Under []string `json:"under,omitempty"`
	Text  string   `json:"text"`
}

// articleView is an article on a day, with its neighbours, its words in other
// versions and how it was interpreted.
type articleView struct {
	LawArticle
	From            day.Day          `json:"from"`
	Until           day.Day          `json:"until,omitempty"`
	Holds           bool             `json:"holds"`
	Before          string           `json:"before,omitempty"`
	Behind          string           `json:"behind,omitempty"`
	Others          []otherText      `json:"others"`
	Interpretations []interpretation `json:"interpretations"`
}

// otherText is an article in another version; "" where that has none.
type otherText struct {
	From  day.Day `json:"from"`
	Until day.Day `json:"until,omitempty"`
	Text  string  `json:"text"`
}

type interpretation struct {
	Change int64   `json:"change"`
	On     day.Day `json:"on"`
	Number string  `json:"number"`
	Words  string  `json:"words"`
}

// restingView is something that rests on an article, and what of it.
type restingView struct {
	Kind string `json:"kind" example:"power"`
	Code string `json:"code" example:"PL-01-001"`
	Name string `json:"name"`
	Part string `json:"part,omitempty" enum:"basis,material,fee,limit,special,step,duty"`
}

// citationView is what something cites, and where the library has it.
type citationView struct {
	Part    string `json:"part" enum:"basis,material,fee,limit,special,step,duty"`
	Words   string `json:"words" example:"《行政许可法》第三十二条"`
	Law     string `json:"law,omitempty"`
	Article string `json:"article,omitempty"`
	Found   bool   `json:"found"`
}

// TheLaw names a law, and the day on which it is read.
type TheLaw struct {
	Law string `path:"law" maxLength:"60" example:"administrative-licensing"`
	On  string `query:"on" format:"date" example:"2026-05-01"`
}

type lawsIn struct {
	Paged
	Q    string `query:"q" maxLength:"40" example:"许可"`
	Kind string `query:"kind" maxLength:"20" example:"法律"`
}

type lawWordsIn struct {
	Paged
	Q   string `query:"q" required:"true" minLength:"1" maxLength:"40" example:"听证"`
	Law string `query:"law" maxLength:"60" example:"administrative-licensing"`
	On  string `query:"on" format:"date" example:"2026-05-01"`
}

type articlesIn struct {
	TheLaw
	Paged
}

type articleIn struct {
	TheLaw
	Article string `path:"article" maxLength:"12" example:"32"`
}

type restingIn struct {
	TheLaw
	Paged
	Article string `query:"article" maxLength:"12" example:"32"`
}

type citedIn struct {
	Paged
	Kind string `query:"kind" required:"true" maxLength:"40" example:"power"`
	Code string `query:"code" required:"true" maxLength:"80" example:"PL-01-001"`
	On   string `query:"on" format:"date" example:"2026-05-01"`
}

// laws adds what everybody reads in the library of laws.
func laws(s *server) {
	get := func(id, path string) spec {
		return spec{id: id, method: http.MethodGet, path: path, tag: "law", access: public}
	}
	words := get("searchArticles", "/articles")
	words.errors = []int{http.StatusNotFound}
	on(s, get("listLaws", "/laws"), s.listLaws)
	on(s, words, s.searchArticles)
	on(s, get("showLaw", "/laws/{law}"), s.showLaw)
	on(s, get("listArticles", "/laws/{law}/articles"), s.listArticles)
	on(s, get("showArticle", "/laws/{law}/articles/{article}"), s.showArticle)
	on(s, get("listResting", "/laws/{law}/subjects"), s.listResting)
	on(s, get("listCited", "/citations"), s.listCited)
	lawChanges(s)
	obstacles(s)
}

func (s *server) listLaws(ctx context.Context, _ *visit, in *lawsIn) (*pageOut[LawLine], error) {
	out := &pageOut[LawLine]{Body: pageOf[LawLine]{Items: []LawLine{}}}
	after := ""
	if err := place(in.Cursor, &after); err != nil {
		return nil, err
	}
	err := s.read(ctx, func(tx *store.Tx) error {
		list, cursor, err := law.List(tx, store.Text(in.Q), store.Text(in.Kind), store.Text(after), in.Limit)
		for _, x := range list {
			out.Body.Items = append(out.Body.Items, LawLine{x.Key, x.Title, x.Kind, x.Issuer, x.Number, x.Span.From, x.Span.Until, x.Articles, x.Invented})
		}
		if cursor != "" {
			out.Body.Next = mark(cursor)
		}
		return err
	})
	out.Link = next("/laws", url.Values{"q": {in.Q}, "kind": {in.Kind}}, in.Limit, out.Body.Next)
	return out, err
}

func (s *server) searchArticles(ctx context.Context, _ *visit, in *lawWordsIn) (*pageOut[LawArticle], error) {
	out := &pageOut[LawArticle]{Body: pageOf[LawArticle]{Items: []LawArticle{}}}
	q := law.Query{Words: store.Text(in.Q), Limit: in.Limit}
	if err := place(in.Cursor, &q.After); err != nil {
		return nil, err
	}
	err := s.read(ctx, func(tx *store.Tx) (err error) {
		if q.On, err = theDay(tx, in.On); err != nil {
			return err
		}
		if in.Law != "" {
			l, err := law.ByKey(tx, store.Text(in.Law))
			if err != nil {
				return err
			}
			q.Law = l.ID
		}
		hits, cursor, err := law.Search(tx, q)
		for _, h := range hits {
			out.Body.Items = append(out.Body.Items, articleOf(h.Key, h.Article))
		}
		if cursor != "" {
			out.Body.Next = mark(cursor)
		}
		return err
	})
	out.Link = next("/articles", url.Values{"q": {in.Q}, "law": {in.Law}, "on": {in.On}}, in.Limit, out.Body.Next)
	return out, err
}

func articleOf(key string, a law.Article) LawArticle {
	return LawArticle{Law: key, Code: a.Code(), Title: a.Article.String(), Under: a.Under, Text: a.Text}
}

func (s *server) showLaw(ctx context.Context, _ *visit, in *struct {
	Law string `path:"law" maxLength:"60" example:"administrative-licensing"`
}) (*bodyOf[lawView], error) {
	out := &bodyOf[lawView]{lawView{Versions: []lawVersion{}}}
	err := s.read(ctx, func(tx *store.Tx) error {
		l, err := law.ByKey(tx, store.Text(in.Law))
		if err != nil {
			return err
		}
		out.Body.Key, out.Body.Title, out.Body.Kind = l.Key, l.Title, l.Kind
		all, err := law.Versions(tx, l.ID)
		for _, v := range all {
			out.Body.Versions = append(out.Body.Versions, lawVersion{
				LawLine{l.Key, v.Title, v.Kind, v.Issuer, v.Number, v.Span.From, v.Span.Until, v.Count, v.Invented}, v.Adopted, v.Published, v.Source, v.Note, v.History, v.Excerpt})
		}
		return err
	})
	return out, err
}

// read finds a law and its versions, and which of them holds on the day asked for.
func (in *TheLaw) read(tx *store.Tx) (l law.Law, all []law.Version, on day.Day, err error) {
	if on, err = theDay(tx, in.On); err != nil {
		return l, nil, 0, err
	}
	if l, err = law.ByKey(tx, store.Text(in.Law)); err != nil {
		return l, nil, 0, err
	}
	all, err = law.Versions(tx, l.ID)
	return l, all, on, err
}

// version is the version of the day; none is said as a law that is not there.
func (in *TheLaw) version(tx *store.Tx) (l law.Law, v law.Version, err error) {
	l, all, on, err := in.read(tx)
	if err != nil {
		return l, v, err
	}
	v, holds := law.On(all, on)
	if !holds {
		return l, v, act.Missing("law.thing.law")
	}
	return l, v, nil
}

// numbered reads the number of an article.
func numbered(code string) (citation.Article, error) {
	a, ok := citation.ParseCode(code)
	if !ok {
		return a, act.Missing("law.thing.article")
	}
	return a, nil
}

func (s *server) listArticles(ctx context.Context, _ *visit, in *articlesIn) (*pageOut[LawArticle], error) {
	code, list := "", []LawArticle(nil)
	if err := place(in.Cursor, &code); err != nil {
		return nil, err
	}
	after, _ := citation.ParseCode(code)
	err := s.read(ctx, func(tx *store.Tx) error {
		l, v, err := in.version(tx)
		if err != nil {
			return err
		}
		found, err := law.Articles(tx, v.ID, after, in.Limit+1)
		for _, a := range found {
			list = append(list, articleOf(l.Key, a))
		}
		return err
	})
	return page("/laws/"+url.PathEscape(in.Law)+"/articles", url.Values{"on": {in.On}}, in.Paged, list, func(a LawArticle) any { return a.Code }), err
}

// interpretationsShown is how many interpretations an article comes with.
const interpretationsShown = 50

func (s *server) showArticle(ctx context.Context, _ *visit, in *articleIn) (*bodyOf[articleView], error) {
	out := &bodyOf[articleView]{articleView{Others: []otherText{}, Interpretations: []interpretation{}}}
	n, err := numbered(in.Article)
	if err != nil {
		return nil, err
	}
	err = s.read(ctx, func(tx *store.Tx) error {
		l, all, day, err := in.read(tx)
		if err != nil {
			return err
		}
		if err := out.Body.texts(tx, l, all, n, day); err != nil {
			return err
		}
		list, err := law.Interpretations(tx, l.ID, n, interpretationsShown)
		for _, x := range list {
			out.Body.Interpretations = append(out.Body.Interpretations, interpretation{x.ID, x.On, x.Number, x.Words})
		}
		return err
	})
	return out, err
}

// texts reads an article in the version of the day, else in the newest that has
// it, and then in the others.
func (a *articleView) texts(tx *store.Tx, l law.Law, all []law.Version, n citation.Article, on day.Day) error {
	shown := -1
	texts := make([]law.Article, len(all))
	for i, v := range all {
		x, err := law.ArticleOf(tx, v.ID, n)
		if act.KindOf(err) == act.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		if texts[i] = x; shown < 0 || v.Span.Holds(on) {
			shown = i
		}
	}
	if shown < 0 {
		return act.Missing("law.thing.article")
	}
	v := all[shown]
	a.LawArticle, a.From, a.Until, a.Holds = articleOf(l.Key, texts[shown]), v.Span.From, v.Span.Until, v.Span.Holds(on)
	for i, v := range all {
		if i != shown {
			a.Others = append(a.Others, otherText{v.Span.From, v.Span.Until, texts[i].Text})
		}
	}
	before, behind, err := law.Beside(tx, v.ID, n)
	if before.N != 0 {
		a.Before = before.Code()
	}
	if behind.N != 0 {
		a.Behind = behind.Code()
	}
	return err
}

func (s *server) listResting(ctx context.Context, _ *visit, in *restingIn) (*pageOut[restingView], error) {
	var after law.Cursor
	if err := place(in.Cursor, &after); err != nil {
		return nil, err
	}
	var n citation.Article // none is the law as a whole
	if in.Article != "" {
		var err error
		if n, err = numbered(in.Article); err != nil {
			return nil, err
		}
	}
	var list []restingView
	err := s.read(ctx, func(tx *store.Tx) error {
		l, _, on, err := in.read(tx)
		if err != nil {
			return err
		}
		after.Kind, after.Code, after.Part = store.Text(after.Kind), store.Text(after.Code), law.Part(store.Text(string(after.Part)))
		found, err := law.Touching(tx, l.ID, n, on, after, in.Limit+1)
		for _, p := range found {
			list = append(list, restingView{p.Kind, p.Code, p.Label, string(p.Part)})
		}
		return err
	})
	return page("/laws/"+url.PathEscape(in.Law)+"/subjects", url.Values{"article": {in.Article}, "on": {in.On}}, in.Paged, list,
		func(r restingView) any { return law.Cursor{Kind: r.Kind, Code: r.Code, Part: law.Part(r.Part)} }), err
}

func (s *server) listCited(ctx context.Context, _ *visit, in *citedIn) (*pageOut[citationView], error) {
	var list []citationView
	err := s.read(ctx, func(tx *store.Tx) error {
		on, err := theDay(tx, in.On)
		if err != nil {
			return err
		}
		places, err := law.PlacesOf(tx, store.Text(in.Kind), store.Text(in.Code), on)
		for _, p := range places {
			c := citationView{Part: string(p.Part), Words: p.Words, Law: p.Key, Found: p.Found}
			if p.Article.N != 0 {
				c.Article = p.Article.Code()
			}
			list = append(list, c)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return pageFrom("/citations", url.Values{"kind": {in.Kind}, "code": {in.Code}, "on": {in.On}}, in.Paged, list)
}
