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
// law's kind and name. cursor leads on; "" is the end. It reads the texts
// themselves: a library of some thousand laws needs no index for it.
func Search(tx *store.Tx, q Query) (list []Hit, cursor string, err error) {
	words := []rune(q.Words)
	if len(words) == 0 {
		return nil, "", nil
	}
	words = words[:min(len(words), MaxQuery)]
	var rank, key string
	var at citation.Article
	if _, err := fmt.Sscanf(q.After, "%d-%d-%1s.%s", &at.N, &at.Sub, &rank, &key); err != nil {
		rank, key, at = "", "", citation.Article{}
	}
	type found struct {
		Hit
		rank int
	}
	hits, err := store.All(tx, func(r store.Row) (x found, err error) {
		err = r.Scan(&x.ID, &x.Key, &x.Title, &x.Kind, &x.rank, &x.N, &x.Sub, &x.Text)
		return x, err
	}, `select l.id, l.key, l.title, l.kind, l.rank, a.number, a.sub, a.body from law l
		join law_version v on v.home = l.home and v.law = l.id and v.from_day <= $2 and (v.until_day = 0 or v.until_day > $2)
		join law_article a on a.home = v.home and a.version = v.id
		where l.home = $1 and (l.rank, l.key, a.number, a.sub) > ($3, $4, $5, $6) and a.body like $7 escape '\' and (l.id = $8 or $8 = 0)
		order by l.rank, l.key, a.number, a.sub limit $9`,
		tx.Home(), q.On, slices.Index(rankNames, rank), key, at.N, at.Sub, "%"+like(string(words))+"%", q.Law, q.Limit+1)
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
