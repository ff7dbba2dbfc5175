package lists

import (
	"context"
	"slices"
	"strings"

	"tongban/internal/record/store"
	"tongban/internal/rules/gram"
)

// fewFound is up to how many versions that hold the words are read by themselves
// and put in order. Of more, the list is gone through in its own order: a page of
// them comes soon, but where they stand together further on.
const fewFound = 20_000

// everything is more than any.
const everything = -1

// tokensOf is everything under which a version is found.
func tokensOf(list, agency, typ, key string) []string {
	return append(gram.Run(key), facts(list, agency, typ)...)
}

// facts are the tokens by which a search is narrowed.
func facts(list, agency, typ string) []string {
	out := []string{gram.Fact("l", list)}
	if agency != "" {
		out = append(out, gram.Fact("a", agency))
	}
	if typ != "" {
		out = append(out, gram.Fact("t", typ))
	}
	return out
}

// indexRow is the row of the index for a version.
func indexRow(tx *store.Tx, version int64, tokens []string) []any {
	if tx.Engine() == store.SQLite {
		return []any{version, strings.Join(tokens, " ")}
	}
	return []any{tx.Home(), version, gram.Set(tokens)}
}

// putIndex puts rows of the index and how far it goes with them.
func putIndex(tx *store.Tx, rows [][]any, seq int64, code string) {
	if tx.Engine() == store.SQLite {
		tx.PutRows(`insert into list_gram(rowid, tokens)`, rows)
	} else {
		tx.PutRows(`insert into list_gram(home, version, tokens)`, rows)
	}
	tx.Put(`insert into list_gram_mark(home, seq, code) values($1, $2, $3)
		on conflict (home) do update set seq = excluded.seq, code = excluded.code`, tx.Home(), seq, code)
}

// marked names the table that says how far something goes that follows from the
// versions, in the order of changes and codes.
type marked string

// wordMark is how far the index of words goes.
const wordMark marked = "list_gram_mark"

// mark is a place among the versions; the zero value is before all.
type mark struct {
	seq  int64
	code string
}

// reached says how far it goes, and whether nothing is missing in it: a version
// of before there was such a thing, or one that an older program wrote beside this one.
func (t marked) reached(tx *store.Tx) (m mark, complete bool, err error) {
	if _, err = tx.Get([]any{&m.seq, &m.code}, `select seq, code from `+string(t)+` where home = $1`, tx.Home()); err != nil {
		return m, false, err
	}
	var next int64
	missing, err := tx.Get([]any{&next}, `select seq from list_version where home = $1 and (seq, code) > ($2, $3) order by seq, code limit 1`,
		tx.Home(), m.seq, m.code)
	return m, !missing, err
}

// indexBatch is how many versions IndexWords takes at a time.
const indexBatch = 2000

// IndexWords brings versions into the index of words that are not in it yet, in
// small transactions, until none is missing. Searches are right without it, and
// slower.
func (r *Register) IndexWords(ctx context.Context) error { return r.fill(ctx, wordMark, indexMore) }

// fill takes the next versions in small transactions until none is missing.
func (r *Register) fill(ctx context.Context, t marked, more func(*store.Tx) error) error {
	for {
		complete := false
		if err := r.runner.Store.Read(ctx, func(tx *store.Tx) (err error) {
			_, complete, err = t.reached(tx)
			return err
		}); err != nil || complete {
			return err
		}
		if err := r.runner.Store.Do(ctx, store.Background, func(tx *store.Tx) error {
			if err := r.people.Lock(tx, lockName); err != nil {
				return err
			}
			return more(tx)
		}); err != nil {
			return err
		}
	}
}

// indexMore brings the next versions into the index; the caller holds the lock.
func indexMore(tx *store.Tx) error {
	m, _, err := wordMark.reached(tx)
	if err != nil {
		return err
	}
	var rows [][]any
	if err := tx.Each(func(row store.Row) error {
		var id int64
		var list, agency, typ, key string
		var ended bool
		if err := row.Scan(&id, &list, &m.code, &agency, &typ, &key, &ended, &m.seq); err != nil {
			return err
		}
		if !ended {
			rows = append(rows, indexRow(tx, id, tokensOf(list, agency, typ, key)))
		}
		return nil
	}, `select id, list, code, agency, type, name_key, ended, seq from list_version where home = $1 and (seq, code) > ($2, $3) order by seq, code limit $4`,
		tx.Home(), m.seq, m.code, indexBatch); err != nil {
		return err
	}
	if m.seq > 0 {
		putIndex(tx, rows, m.seq, m.code)
	}
	return nil
}

// find narrows to the versions that hold the words, which are in force or not, where
// they are up to few; everything says that every one of them will be read, not a page.
func (f *filter) find(tx *store.Tx, q Query, few int) error {
	text := strings.TrimSpace(q.Text)
	code, key := f.arg(text), nameKey(text)
	if key == "" { // signs alone are in no name
		f.where = append(f.where, `v.code = `+code)
		return nil
	}
	f.and(`(v.code = `+code+` or v.name_key like %s escape '\')`, "%"+likeEscape(key)+"%")
	_, complete, err := wordMark.reached(tx)
	if err != nil || !complete {
		return err
	}
	if err := tx.PlanAnew(); err != nil {
		return err
	}
	if few != everything {
		var n int
		probe := &filter{}
		hold := probe.holds(tx, q, key)
		if _, err := tx.Get([]any{&n}, `select count(*) from (`+hold+` limit `+probe.arg(few+1)+`) x`, probe.args...); err != nil {
			return err
		}
		if n > few {
			f.common = key
			return nil
		}
	}
	f.gather(tx, q, key)
	return nil
}

// gather has the versions that hold the words found first, and put in order then.
func (f *filter) gather(tx *store.Tx, q Query, key string) {
	found := f.holds(tx, q, key) + ` union select w.id from list_version w where w.home = $1 and w.list = $2 and w.code = ` + f.arg(strings.TrimSpace(q.Text))
	// Both are kept to it that the index is asked first.
	if tx.Engine() == store.SQLite {
		f.from = `(` + found + `) m cross join list_version v on v.id = m.id`
	} else {
		f.from = `(with m as materialized (` + found + `) select id from m) m join list_version v on v.id = m.id`
	}
}

// sift reads a page of words that many versions hold. Most stand within a step. If
// not, those that hold the words are gathered: on SQLite only to be met in the order
// of the list, which its index has, so that no other version is read.
func (q Query) sift(tx *store.Tx, f *filter, step int, read func(*filter) ([]Entry, error)) ([]Entry, error) {
	var upto string
	more, err := tx.Get([]any{&upto}, `select code from list_version where home = $1 and list = $2 and code > $3 order by code limit 1 offset $4`,
		tx.Home(), q.List, q.After, step)
	if err != nil {
		return nil, err
	}
	near := *f
	near.args, near.where = slices.Clone(f.args), slices.Clone(f.where)
	if more {
		near.and(`v.code <= %s`, upto)
	}
	page, err := read(&near)
	if err != nil || !more || len(page) == q.Limit {
		return page, err
	}
	if tx.Engine() == store.SQLite {
		f.where = append(f.where, `(+v.id in (`+f.holds(tx, q, f.common)+`) or v.code = `+f.arg(strings.TrimSpace(q.Text))+`)`)
	} else {
		f.gather(tx, q, f.common)
	}
	return read(f)
}

// holds selects the versions that hold the words, by the index. An engine that
// knows sets finds too much: what is found is looked at again.
func (f *filter) holds(tx *store.Tx, q Query, key string) string {
	phrase, facts := gram.Phrase(key), facts(q.List, q.Agency, q.Type)
	if tx.Engine() == store.SQLite {
		return `select g.rowid as id from list_gram g where g.list_gram match ` + f.arg(gram.All(phrase, facts...))
	}
	return `select g.version as id from list_gram g where g.home = ` + f.arg(tx.Home()) + ` and g.tokens @> ` + f.arg(append(facts, phrase...))
}
