package law

import (
	"strings"

	"tongban/internal/record/store"
	"tongban/internal/rules/citation"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// Subject is something that rests on articles: an item, a power, an entry of a
// list. The room that owns it gives its kind and its code there.
type Subject struct {
	Kind  string `json:"kind"`  // "item", "power" …
	Code  string `json:"code"`  // within the kind
	Label string `json:"label"` // its name
}

// Cite is a citation as it was written, and what of the subject rests on it.
type Cite struct {
	Part  Part
	Words string
}

// Part is what of a subject rests on an article.
type Part string

// The parts.
const (
	Basis    Part = "basis"
	Material Part = "material"
	Fee      Part = "fee"
	Limit    Part = "limit"
	Special  Part = "special" // a special procedure
	Step     Part = "step"    // of the flow
	Duty     Part = "duty"
)

// Parts lists the parts in the order in which pages show them.
var Parts = []Part{Basis, Material, Fee, Limit, Special, Step, Duty}

// Label names the part for people.
func (p Part) Label() wording.Message { return wording.M("law.part." + string(p)) }

// Point says what a subject rests on in a span of days. It takes the place of
// what was said for the subject from the first of these days on; none ends it.
// The room that owns the subject calls it in its own transaction.
func Point(tx *store.Tx, s Subject, span day.Span, cites []Cite) error {
	tx.Put(`update law_pointer set until_day = $4 where home = $1 and kind = $2 and code = $3 and from_day < $4 and (until_day = 0 or until_day > $4)`,
		tx.Home(), s.Kind, s.Code, span.From)
	tx.Put(`delete from law_pointer where home = $1 and kind = $2 and code = $3 and from_day >= $4`, tx.Home(), s.Kind, s.Code, span.From)
	return PointNew(tx, s, span, cites)
}

// PointNew is Point for a subject of which nothing was said before.
func PointNew(tx *store.Tx, s Subject, span day.Span, cites []Cite) error {
	var rows [][]any
	for _, cite := range cites {
		found := citation.Parse(cite.Words)
		if len(found) == 0 {
			law, err := named(tx, citation.Key(cite.Words))
			if err != nil {
				return err
			}
			if law != 0 {
				found = []citation.Citation{{Law: strings.TrimSpace(cite.Words)}}
			}
		}
		for _, c := range found {
			name := citation.Key(c.Law)
			law, err := named(tx, name)
			if err != nil {
				return err
			}
			rows = append(rows, []any{tx.Home(), tx.NewID(), s.Kind, s.Code, s.Label, string(cite.Part), cite.Words, name, law, c.Article.N, c.Article.Sub,
				c.Paragraph, c.Item, span.From, span.Until})
		}
	}
	tx.PutRows(`insert into law_pointer(home, id, kind, code, label, part, words, name, law, number, sub, paragraph, item, from_day, until_day)`, rows)
	return nil
}

// nameKey is what a name is remembered under in a transaction.
type nameKey string

// named is the law that a name stands for, 0 while the library has none.
func named(tx *store.Tx, name string) (int64, error) {
	return store.Once(tx, nameKey(name), func() (law int64, err error) {
		_, err = tx.Get([]any{&law}, `select law from law_name where home = $1 and name = $2`, tx.Home(), name)
		return law, err
	})
}

// Pointer is a subject that rests on an article.
type Pointer struct {
	Subject
	Part Part
}

// Cursor is a place in a list of pointers; the zero value is its beginning.
type Cursor struct {
	Kind, Code string
	Part       Part
}

// Touching lists up to limit subjects that rest on an article on a day, behind
// one, each part once. The article zero asks for those that cite the law as a whole.
func Touching(tx *store.Tx, law int64, a citation.Article, on day.Day, after Cursor, limit int) ([]Pointer, error) {
	return store.All(tx, func(r store.Row) (p Pointer, err error) {
		return p, r.Scan(&p.Kind, &p.Code, &p.Label, &p.Part)
	}, `select kind, code, max(label), part from law_pointer where home = $1 and law = $2 and number = $3 and sub = $4
		and from_day <= $5 and (until_day = 0 or until_day > $5) and (kind, code, part) > ($6, $7, $8)
		group by kind, code, part order by kind, code, part limit $9`,
		tx.Home(), law, a.N, a.Sub, on, after.Kind, after.Code, string(after.Part), limit)
}

// TouchedArticles counts, for each article of a law, the subjects that rest on it
// on a day; the article zero is the law as a whole.
func TouchedArticles(tx *store.Tx, law int64, on day.Day) (map[citation.Article]int, error) {
	counts := map[citation.Article]int{}
	return counts, tx.Each(func(r store.Row) error {
		var a citation.Article
		var n int
		err := r.Scan(&a.N, &a.Sub, &n)
		counts[a] = n
		return err
	}, `select number, sub, count(*) from (select distinct number, sub, kind, code from law_pointer where home = $1 and law = $2
		and from_day <= $3 and (until_day = 0 or until_day > $3)) s group by number, sub`, tx.Home(), law, on)
}

// touched are the pointers that a change touches, of those that hold on its day
// or begin later.
const touched = ` from law_change x join law_pointer p on p.home = x.home and p.law = x.law and (p.until_day = 0 or p.until_day > x.on_day)
	where x.home = $1 and x.id = $2 and (x.whole or p.number = 0 or exists
	(select 1 from law_changed t where t.home = x.home and t.change = x.id and t.number = p.number and t.sub = p.sub))`

// TouchedBy lists up to limit subjects that a change touches, behind one, each
// once: those that rest on the articles that changed or on the law as a whole.
func TouchedBy(tx *store.Tx, change int64, after Subject, limit int) ([]Subject, error) {
	return store.All(tx, func(r store.Row) (s Subject, err error) {
		return s, r.Scan(&s.Kind, &s.Code, &s.Label)
	}, `select p.kind, p.code, max(p.label)`+touched+` and (p.kind, p.code) > ($3, $4) group by p.kind, p.code order by p.kind, p.code limit $5`,
		tx.Home(), change, after.Kind, after.Code, limit)
}

func touchedCount(tx *store.Tx, change int64) (n int, err error) {
	_, err = tx.Get([]any{&n}, `select count(*) from (select distinct p.kind, p.code`+touched+`) s`, tx.Home(), change)
	return n, err
}

// Unresolved lists up to limit subjects whose citations name a law that the
// library lacks, or an article that no version on the day has, behind one.
func Unresolved(tx *store.Tx, on day.Day, after Cursor, limit int) ([]Place, error) {
	return store.All(tx, scanPlace, placeSelect+`where p.home = $1 and p.from_day <= $2 and (p.until_day = 0 or p.until_day > $2)
		and (p.law = 0 or v.id is null or p.number > 0 and a.number is null)
		and (p.kind, p.code, p.part) > ($3, $4, $5) order by p.kind, p.code, p.part limit $6`,
		tx.Home(), on, after.Kind, after.Code, string(after.Part), limit)
}

// Place is what a subject cites and where it is found on a day.
type Place struct {
	Subject
	Part    Part
	Words   string // the citation as it was written
	Law     int64  // 0 where the library lacks it
	Key     string
	Article citation.Article
	Found   bool // the version of the day has the article
}

const placeSelect = `select p.kind, p.code, p.label, p.part, p.words, p.law, coalesce(l.key, ''), p.number, p.sub,
	case when v.id is not null and (p.number = 0 or a.number is not null) then 1 else 0 end from law_pointer p
	left join law l on l.home = p.home and l.id = p.law
	left join law_version v on v.home = p.home and v.law = p.law and v.from_day <= $2 and (v.until_day = 0 or v.until_day > $2)
	left join law_article a on a.home = p.home and a.version = v.id and a.number = p.number and a.sub = p.sub `

func scanPlace(r store.Row) (p Place, err error) {
	var found int
	err = r.Scan(&p.Kind, &p.Code, &p.Label, &p.Part, &p.Words, &p.Law, &p.Key, &p.Article.N, &p.Article.Sub, &found)
	p.Found = found == 1
	return p, err
}

// PlacesOf lists what a subject cites on a day, in the order in which it was said.
func PlacesOf(tx *store.Tx, kind, code string, on day.Day) ([]Place, error) {
	return store.All(tx, scanPlace, placeSelect+`where p.home = $1 and p.kind = $3 and p.code = $4 and p.from_day <= $2 and (p.until_day = 0 or p.until_day > $2)
		order by p.id`, tx.Home(), on, kind, code)
}
