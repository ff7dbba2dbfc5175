package law

import (
	"slices"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/citation"
	"tongban/internal/rules/day"
)

const lawColumns = `id, key, title, kind`

func scanLaw(r store.Row) (l Law, err error) {
	return l, r.Scan(&l.ID, &l.Key, &l.Title, &l.Kind)
}

// ByKey returns the law with this short name.
func ByKey(tx *store.Tx, key string) (Law, error) {
	l, found, err := store.Find(tx, scanLaw, `select `+lawColumns+` from law where home = $1 and key = $2`, tx.Home(), key)
	if err == nil && !found {
		err = act.Missing("law.thing.law")
	}
	return l, err
}

// ByID returns a law.
func ByID(tx *store.Tx, id int64) (Law, error) {
	l, found, err := store.Find(tx, scanLaw, `select `+lawColumns+` from law where home = $1 and id = $2`, tx.Home(), id)
	if err == nil && !found {
		err = act.Missing("law.thing.law")
	}
	return l, err
}

const versionColumns = `id, law, title, kind, issuer, number, adopted, published, from_day, until_day, source, note, history, excerpt, invented, articles`

func scanVersion(r store.Row) (v Version, err error) {
	var history string
	err = r.Scan(&v.ID, &v.Law, &v.Title, &v.Kind, &v.Issuer, &v.Number, &v.Adopted, &v.Published, &v.Span.From, &v.Span.Until,
		&v.Source, &v.Note, &history, &v.Excerpt, &v.Invented, &v.Count)
	v.From, v.Until = v.Span.From, v.Span.Until
	if history != "" {
		v.History = strings.Split(history, "\n")
	}
	return v, err
}

// Versions lists the versions of a law, the newest first; a law has at least one.
func Versions(tx *store.Tx, law int64) ([]Version, error) {
	list, err := store.All(tx, scanVersion, `select `+versionColumns+` from law_version where home = $1 and law = $2 order by from_day desc`, tx.Home(), law)
	if err == nil && len(list) == 0 {
		err = act.Missing("law.thing.law")
	}
	return list, err
}

// On finds among the versions the one in force on a day; ok is false when none is.
func On(versions []Version, d day.Day) (v Version, ok bool) {
	i := slices.IndexFunc(versions, func(v Version) bool { return v.Span.Holds(d) })
	if i < 0 {
		return v, false
	}
	return versions[i], true
}

func scanArticle(r store.Row) (a Article, err error) {
	var under string
	err = r.Scan(&a.N, &a.Sub, &under, &a.Text)
	if under != "" {
		a.Under = strings.Split(under, "\n")
	}
	return a, err
}

const articleSelect = `select number, sub, under, body from law_article where home = $1 and version = $2 `

// Articles lists up to limit articles of a version behind one, in order.
func Articles(tx *store.Tx, version int64, after citation.Article, limit int) ([]Article, error) {
	return store.All(tx, scanArticle, articleSelect+`and (number, sub) > ($3, $4) order by number, sub limit $5`, tx.Home(), version, after.N, after.Sub, limit)
}

// ArticleOf returns one article of a version; a NotFound error says that this
// version has none with the number.
func ArticleOf(tx *store.Tx, version int64, a citation.Article) (Article, error) {
	x, found, err := store.Find(tx, scanArticle, articleSelect+`and number = $3 and sub = $4`, tx.Home(), version, a.N, a.Sub)
	if err == nil && !found {
		err = act.Missing("law.thing.article")
	}
	return x, err
}

// Beside are the articles before and behind one; the zero value where there is none.
func Beside(tx *store.Tx, version int64, a citation.Article) (before, behind citation.Article, err error) {
	if _, err = tx.Get([]any{&before.N, &before.Sub}, `select number, sub from law_article where home = $1 and version = $2 and (number, sub) < ($3, $4)
		order by number desc, sub desc limit 1`, tx.Home(), version, a.N, a.Sub); err != nil {
		return before, behind, err
	}
	_, err = tx.Get([]any{&behind.N, &behind.Sub}, `select number, sub from law_article where home = $1 and version = $2 and (number, sub) > ($3, $4)
		order by number, sub limit 1`, tx.Home(), version, a.N, a.Sub)
	return before, behind, err
}

// Contents are the headings of a version, each with the first article below it.
type Contents struct {
	Under []string
	First citation.Article
	Last  citation.Article
}

// ContentsOf lists the headings of a version in order, each innermost one once.
func ContentsOf(tx *store.Tx, version int64) (list []Contents, err error) {
	err = tx.Each(func(r store.Row) error {
		var under string
		var a citation.Article
		if err := r.Scan(&a.N, &a.Sub, &under); err != nil {
			return err
		}
		if n := len(list); n > 0 && strings.Join(list[n-1].Under, "\n") == under {
			list[n-1].Last = a
			return nil
		}
		x := Contents{First: a, Last: a}
		if under != "" {
			x.Under = strings.Split(under, "\n")
		}
		list = append(list, x)
		return nil
	}, `select number, sub, under from law_article where home = $1 and version = $2 order by number, sub`, tx.Home(), version)
	return list, err
}

// Listed is a law as lists show it, with the version that holds on the day or,
// where none does, the newest.
type Listed struct {
	Law
	Issuer   string
	Number   string
	Span     day.Span
	Articles int
	Invented bool
	rank     int
}

// List lists up to limit laws behind one, by kind and short name, those whose
// name holds the words; kind "" is all kinds. cursor leads on; "" is the end.
func List(tx *store.Tx, words, kind, after string, limit int) (list []Listed, cursor string, err error) {
	rank, key := -1, ""
	if r, k, ok := strings.Cut(after, "."); ok {
		rank, key = slices.Index(rankNames, r), k
	}
	list, err = store.All(tx, func(r store.Row) (x Listed, err error) {
		return x, r.Scan(&x.ID, &x.Key, &x.Title, &x.Kind, &x.rank, &x.Issuer, &x.Number, &x.Span.From, &x.Span.Until, &x.Articles, &x.Invented)
	}, `select l.id, l.key, l.title, l.kind, l.rank, v.issuer, v.number, v.from_day, v.until_day, v.articles, v.invented
		from law l join law_version v on v.home = l.home and v.law = l.id and v.from_day =
			(select coalesce(max(case when x.from_day <= $6 then x.from_day end), min(x.from_day)) from law_version x where x.home = l.home and x.law = l.id)
		where l.home = $1 and (l.rank, l.key) > ($2, $3) and (l.kind = $4 or $4 = '') and l.words like $5 escape '\' order by l.rank, l.key limit $7`,
		tx.Home(), rank, key, kind, "%"+like(fold(words))+"%", tx.Today(), limit+1)
	if err == nil && len(list) > limit {
		list = list[:limit]
		last := list[limit-1]
		cursor = rankNames[last.rank] + "." + last.Key
	}
	return list, cursor, err
}

// rankNames write the rank of a kind in a cursor.
var rankNames = []string{"a", "b", "c", "d", "e", "f", "g"}

// fold gives words the form in which names are compared.
func fold(s string) string {
	return strings.ToLower(strings.NewReplacer("(", "（", ")", "）", " ", "", "\u3000", "", "《", "", "》", "").Replace(s))
}

// like escapes what means something in a pattern.
func like(s string) string { return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s) }
