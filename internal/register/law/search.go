package law

import (
	"fmt"
	"slices"

	"tongban/internal/record/store"
	"tongban/internal/rules/citation"
	"tongban/internal/rules/day"
)

// Query is what is looked for in the articles in force on a day.
type Query struct {
	Words string // 1 to MaxQuery characters
	Law   int64  // in this law only, 0 for all
	On    day.Day
	After string // cursor
	Limit int
}

// MaxQuery bounds the words of a search, in characters.
const MaxQuery = 40

// Hit is an article that holds the words.
type Hit struct {
	Law
	Article
}

// Search finds the articles in force that hold the words as they stand, by the
// law's kind and name; capital Latin letters are small ones. cursor leads on; ""
// is the end.
func Search(tx *store.Tx, q Query) (list []Hit, cursor string, err error) {
	words := []rune(q.Words)
	if len(words) == 0 {
		return nil, "", nil
	}
	q.Words = small(string(words[:min(len(words), MaxQuery)]))
	var rank, key string
	var at citation.Article
	if _, err := fmt.Sscanf(q.After, "%d-%d-%1s.%s", &at.N, &at.Sub, &rank, &key); err != nil {
		rank, key, at = "", "", citation.Article{}
	}
	type found struct {
		Hit
		rank int
	}
	sql, args, err := q.page(tx, slices.Index(rankNames, rank), key, at)
	if err != nil {
		return nil, "", err
	}
	hits, err := store.All(tx, func(r store.Row) (x found, err error) {
		err = r.Scan(&x.ID, &x.Key, &x.Title, &x.Kind, &x.rank, &x.N, &x.Sub, &x.Text)
		return x, err
	}, sql, args...)
	for i, x := range hits {
		if i == q.Limit {
			last := hits[i-1]
			cursor = fmt.Sprintf("%d-%d-%s.%s", last.N, last.Sub, rankNames[last.rank], last.Key)
			break
		}
		list = append(list, x.Hit)
	}
	return list, cursor, err
}

// page is the statement that reads a page behind an article of a law.
func (q Query) page(tx *store.Tx, rank int, key string, at citation.Article) (sql string, args []any, err error) {
	s := search{Query: q}
	from, err := s.from(tx)
	return `select l.id, l.key, l.title, l.kind, l.rank, a.number, a.sub, a.body` + from +
		` and (l.rank, l.key, a.number, a.sub) > (` + s.arg(rank) + `, ` + s.arg(key) + `, ` + s.arg(at.N) + `, ` + s.arg(at.Sub) + `)
		order by l.rank, l.key, a.number, a.sub limit ` + s.arg(q.Limit+1), s.args, err
}
