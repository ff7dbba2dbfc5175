package law

import (
	"context"
	"strconv"
	"strings"

	"tongban/internal/record/store"
	"tongban/internal/rules/citation"
	"tongban/internal/rules/gram"
)

// fewFound is up to how many articles that hold the words are read by themselves
// and put in order. Of more, the library is gone through in its own order: a page
// of them comes soon.
const fewFound = 20_000

// small makes capital Latin letters small ones, and changes nothing else: both
// engines agree on them.
func small(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}, s)
}

// factLaw is the token by which a search is narrowed to one law.
func factLaw(law int64) string { return gram.Fact("l", strconv.FormatInt(law, 10)) }

// index puts the articles of a version into the index of words; whoever calls it
// puts the version into law_gram_version.
func index(tx *store.Tx, law, version int64, articles []Article) {
	places, words := make([][]any, len(articles)), make([][]any, len(articles))
	for i, a := range articles {
		id, tokens := tx.NewID(), append(gram.Run(small(a.Text)), factLaw(law))
		places[i] = []any{tx.Home(), id, version, a.N, a.Sub}
		if tx.Engine() == store.SQLite {
			words[i] = []any{id, strings.Join(tokens, " ")}
		} else {
			words[i] = []any{tx.Home(), id, gram.Set(tokens)}
		}
	}
	if tx.Engine() == store.SQLite {
		tx.PutRows(`insert into law_gram(rowid, tokens)`, words)
	} else {
		tx.PutRows(`insert into law_gram(home, place, tokens)`, words)
	}
	tx.PutRows(`insert into law_gram_place(home, id, version, number, sub)`, places)
}

const indexedSQL = `insert into law_gram_version(home, version) values($1, $2) on conflict do nothing`

// indexed tells whether every version is in the index of words: one that came
// before the index, or that an older program wrote beside this one, is not.
func indexed(tx *store.Tx) (bool, error) {
	var has, all int
	_, err := tx.Get([]any{&has, &all}, `select (select count(*) from law_gram_version where home = $1), (select count(*) from law_version where home = $1)`, tx.Home())
	return has == all, err
}

// IndexWords brings the versions into the index of words that are not in it yet,
// one at a time. Searches are right without it, and slower.
func (r *Register) IndexWords(ctx context.Context) error {
	for {
		complete := false
		if err := r.runner.Store.Read(ctx, func(tx *store.Tx) (err error) {
			complete, err = indexed(tx)
			return err
		}); err != nil || complete {
			return err
		}
		done := false
		if err := r.runner.Store.Do(ctx, store.Background, func(tx *store.Tx) (err error) {
			done, err = indexOne(tx)
			return err
		}); err != nil || done {
			return err
		}
	}
}

// indexOne brings one version into the index; done says that none was missing.
func indexOne(tx *store.Tx) (done bool, err error) {
	var version, law int64
	found, err := tx.Get([]any{&version, &law}, `select v.id, v.law from law_version v where v.home = $1 and not exists
		(select 1 from law_gram_version g where g.home = v.home and g.version = v.id) order by v.id limit 1`, tx.Home())
	if err != nil || !found {
		return !found, err
	}
	// Another server may be at it: who puts the version in first brings in its articles.
	n, err := tx.Exec(indexedSQL, tx.Home(), version)
	if err != nil || n == 0 {
		return false, err
	}
	articles, err := Articles(tx, version, citation.Article{}, maxArticles)
	if err == nil {
		index(tx, law, version, articles)
	}
	return false, err
}

// search is a Query as it becomes a statement.
type search struct {
	Query
	args []any
}

func (s *search) arg(v any) string {
	s.args = append(s.args, v)
	return "$" + strconv.Itoa(len(s.args))
}

// from is the middle of the statement: the tables, and that articles of laws in
// force hold the words.
func (s *search) from(tx *store.Tx) (string, error) {
	few, err := s.few(tx)
	if err != nil {
		return "", err
	}
	home, on := s.arg(tx.Home()), s.arg(s.On)
	tables := ` from law l join law_version v on v.home = l.home and v.law = l.id join law_article a on a.home = v.home and a.version = v.id`
	if few {
		// Both are kept to it that the index is asked first.
		join, places := ` cross join `, s.holds(tx)
		if tx.Engine() == store.Postgres {
			join, places = ` join `, `with m as materialized (`+places+`) select place from m`
		}
		tables = ` from (` + places + `) m` + join + `law_gram_place p on p.home = ` + home + ` and p.id = m.place` + join +
			`law_article a on a.home = p.home and a.version = p.version and a.number = p.number and a.sub = p.sub` + join +
			`law_version v on v.home = p.home and v.id = p.version` + join + `law l on l.home = v.home and l.id = v.law`
	}
	body := `a.body` // SQLite takes small and capital Latin letters for the same
	if tx.Engine() == store.Postgres {
		body = `lower(a.body)`
	}
	text := tables + ` where l.home = ` + home + ` and v.from_day <= ` + on + ` and (v.until_day = 0 or v.until_day > ` + on + `) and ` + body +
		` like ` + s.arg("%"+like(s.Words)+"%") + ` escape '\'`
	if s.Law != 0 {
		text += ` and l.id = ` + s.arg(s.Law)
	}
	return text, nil
}

// few tells whether to go by the index: it misses nothing, and finds few enough.
func (s *search) few(tx *store.Tx) (bool, error) {
	complete, err := indexed(tx)
	if err != nil || !complete {
		return false, err
	}
	if err := tx.PlanAnew(); err != nil {
		return false, err
	}
	probe, n := search{Query: s.Query}, 0
	hold := probe.holds(tx)
	_, err = tx.Get([]any{&n}, `select count(*) from (`+hold+` limit `+probe.arg(fewFound+1)+`) x`, probe.args...)
	return n <= fewFound, err
}

// holds selects the places of articles that hold the words, by the index. An
// engine that knows sets finds too much: what is found is looked at again.
func (s *search) holds(tx *store.Tx) string {
	phrase, facts := gram.Phrase(s.Words), []string(nil)
	if s.Law != 0 {
		facts = append(facts, factLaw(s.Law))
	}
	if tx.Engine() == store.SQLite {
		return `select g.rowid as place from law_gram g where g.law_gram match ` + s.arg(gram.All(phrase, facts...))
	}
	return `select g.place from law_gram g where g.home = ` + s.arg(tx.Home()) + ` and g.tokens @> ` + s.arg(append(facts, phrase...))
}
