package lists

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strconv"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

// Entry is a version of an entry of a list.
type Entry struct {
	ID     int64 // of the entry through all its versions
	List   string
	Code   string
	Name   string
	Agency string // key; "" where the list has none
	Region string // where it holds
	Type   string // key of a choice; "" where the list has none
	N      int    // number of the version, from 1
	Span   day.Span
	Ended  bool  // takes the entry off the list; the content is what it was
	Seq    int64 // the change that made it
	Parts  []int // rows of the kind's tables, in their order
	Digest []byte

	Content Content // empty in a Bare query
}

// Stand says which state of a list is meant: the one of a day, as it was known
// after a change.
type Stand struct {
	Day day.Day // 0 is today
	Seq int64   // 0 is now; else only changes up to this one count
}

// Query asks for entries of a list.
type Query struct {
	List   string
	At     Stand
	Agency string // key, "" for all
	Region string // code prefix, "" for all
	Type   string // key of a choice, "" for all
	Text   string // in the name, or the code as a whole; "" for all
	After  string // code after which the page begins, "" for the first page
	Limit  int    // 0 is 50; at most MaxPage
	Bare   bool   // leave Content out
}

// MaxPage bounds a page.
const MaxPage = 500

// Page returns entries of a list by code. The next page begins after the last
// entry's code; a page with fewer than Limit entries is the last one.
func Page(tx *store.Tx, q Query) ([]Entry, error) {
	k, err := KindOf(q.List)
	if err != nil {
		return nil, err
	}
	if q.At.Day == 0 {
		q.At.Day = tx.Today()
	}
	return q.page(tx, k, fewFound)
}

// Each goes through all entries that a query finds, page by page in one transaction.
func Each(tx *store.Tx, q Query, f func(Entry)) error {
	for q.Limit = MaxPage; ; {
		page, err := Page(tx, q)
		if err != nil {
			return err
		}
		for _, e := range page {
			f(e)
		}
		if len(page) < MaxPage {
			return nil
		}
		q.After = page[len(page)-1].Code
	}
}

// page reads a page; words that more than few versions hold are sifted.
func (q Query) page(tx *store.Tx, k *Kind, few int) ([]Entry, error) {
	if q.Limit <= 0 {
		q.Limit = 50
	}
	q.Limit = min(q.Limit, MaxPage)
	f, err := q.filter(tx, few)
	if err != nil {
		return nil, err
	}
	f.and(`v.code > %s`, q.After)
	read := func(f *filter) ([]Entry, error) {
		sql, args := q.sql(f)
		return store.All(tx, scan(k, q.Bare), sql, args...)
	}
	if f.common != "" {
		return q.sift(tx, f, few/5, read)
	}
	return read(f)
}

// sql is the statement that reads a page of what a filter selects.
func (q Query) sql(f *filter) (string, []any) {
	args := append(slices.Clone(f.args), q.Limit)
	return q.columns() + f.text() + ` order by v.code limit $` + strconv.Itoa(len(args)), args
}

// All goes through a list by code, in pages read one after the other, so that a
// reader who is slow holds up nothing and no list fills the memory. What
// changes meanwhile is not seen: the state is that of the beginning.
func All(ctx context.Context, s *store.Store, q Query) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		q.Limit = MaxPage
		for {
			var page []Entry
			err := s.Read(ctx, func(tx *store.Tx) (err error) {
				if err = q.settle(tx); err == nil {
					page, err = Page(tx, q)
				}
				return err
			})
			if err != nil {
				yield(Entry{}, err)
				return
			}
			for _, e := range page {
				if !yield(e, nil) {
					return
				}
			}
			if len(page) < MaxPage {
				return
			}
			q.After = page[len(page)-1].Code
		}
	}
}

// settle names the state that is meant by today and now.
func (q *Query) settle(tx *store.Tx) error {
	if q.At.Day == 0 {
		q.At.Day = tx.Today()
	}
	if q.At.Seq == 0 {
		var err error
		if q.At.Seq, err = Head(tx); err != nil {
			return err
		}
		if q.At.Seq == 0 {
			q.At.Seq = -1 // nothing was ever changed, and what comes now is not seen
		}
	}
	return nil
}

// EntryOn returns an entry as it stands on a list; a NotFound error when its
// code is not on the list then.
func EntryOn(tx *store.Tx, list, code string, at Stand) (Entry, error) {
	k, err := KindOf(list)
	if err != nil {
		return Entry{}, err
	}
	if at.Day == 0 {
		at.Day = tx.Today()
	}
	q := Query{List: list, At: at}
	f, err := q.filter(tx, everything)
	if err != nil {
		return Entry{}, err
	}
	f.and(`v.code = %s`, code)
	e, found, err := store.Find(tx, scan(k, false), q.columns()+f.text(), f.args...)
	if err == nil && !found {
		err = act.Missing("lists.thing.entry")
	}
	return e, err
}

// Versions returns every version of an entry, oldest first, those that took it
// off the list and those that have yet to begin included.
func Versions(tx *store.Tx, list, code string) ([]Entry, error) {
	k, err := KindOf(list)
	if err != nil {
		return nil, err
	}
	all, err := store.All(tx, scan(k, false), entryColumns+`, v.content from list_version v where v.home = $1 and v.list = $2 and v.code = $3 order by v.n`,
		tx.Home(), list, code)
	if err == nil && len(all) == 0 {
		err = act.Missing("lists.thing.entry")
	}
	return all, err
}

// Counted is how much stands on a list, for one agency and type.
type Counted struct {
	Agency  string
	Type    string
	Entries int
	Parts   []int // rows of the kind's tables, in their order
}

// Count counts a list's entries and the rows below them by agency and type.
func Count(tx *store.Tx, q Query) ([]Counted, error) {
	k, err := KindOf(q.List)
	if err != nil {
		return nil, err
	}
	if q.At.Day == 0 {
		q.At.Day = tx.Today()
	}
	f, err := q.filter(tx, everything)
	if err != nil {
		return nil, err
	}
	return store.All(tx, func(r store.Row) (c Counted, err error) {
		var p [maxTables]int
		err = r.Scan(&c.Agency, &c.Type, &c.Entries, &p[0], &p[1], &p[2], &p[3], &p[4], &p[5])
		c.Parts = p[:len(k.Tables)]
		return c, err
	}, countSQL(f), f.args...)
}

// countSQL is the statement that counts what a filter selects.
func countSQL(f *filter) string {
	return `select v.agency, v.type, count(*), sum(v.part1), sum(v.part2), sum(v.part3), sum(v.part4), sum(v.part5), sum(v.part6)` + f.text() +
		` group by v.agency, v.type order by v.agency, v.type`
}

// Total adds up what Count counted.
func Total(list []Counted) (t Counted) {
	for _, c := range list {
		t.Entries += c.Entries
		if t.Parts == nil {
			t.Parts = make([]int, len(c.Parts))
		}
		for i, n := range c.Parts {
			t.Parts[i] += n
		}
	}
	return t
}

const entryColumns = `select v.entry, v.list, v.code, v.name, v.agency, v.region, v.type, v.n, v.from_day, v.until_day, v.ended, v.seq,
	v.part1, v.part2, v.part3, v.part4, v.part5, v.part6, v.digest`

func (q Query) columns() string {
	if q.Bare {
		return entryColumns + `, ''`
	}
	return entryColumns + `, v.content`
}

func scan(k *Kind, bare bool) func(store.Row) (Entry, error) {
	return func(r store.Row) (e Entry, err error) {
		var p [maxTables]int
		var text string
		err = r.Scan(&e.ID, &e.List, &e.Code, &e.Name, &e.Agency, &e.Region, &e.Type, &e.N, &e.Span.From, &e.Span.Until, &e.Ended, &e.Seq,
			&p[0], &p[1], &p[2], &p[3], &p[4], &p[5], &e.Digest, &text)
		e.Parts = p[:len(k.Tables)]
		if err == nil && !bare {
			e.Content, err = k.content(text)
		}
		return e, err
	}
}

// filter is the part of a statement behind its columns.
type filter struct {
	from   string // tables, "" for the versions alone
	where  []string
	args   []any
	common string // words, folded, that are too common to be looked up, "" where none are
}

func (f *filter) arg(v any) string {
	f.args = append(f.args, v)
	return "$" + strconv.Itoa(len(f.args))
}

// and adds a condition in which %s stands for the argument.
func (f *filter) and(condition string, v any) {
	f.where = append(f.where, strings.ReplaceAll(condition, "%s", f.arg(v)))
}

func (f *filter) text() string {
	return ` from ` + cmp.Or(f.from, `list_version v`) + ` where ` + strings.Join(f.where, ` and `)
}

// filter selects the versions that make up the state. Now, the day that ends a
// version is asked; as of a change, whether a later version was known that had
// begun: that also tells what stood before something was dated back. few is as find
// takes it.
func (q Query) filter(tx *store.Tx, few int) (*filter, error) {
	f := &filter{}
	f.and(`v.home = %s`, tx.Home())
	f.and(`v.list = %s`, q.List)
	f.where = append(f.where, `not v.ended`)
	f.and(`+v.from_day <= %s`, q.At.Day) // the signs keep SQLite to the index in the order of the codes
	today := "$" + strconv.Itoa(len(f.args))
	if q.At.Seq == 0 {
		f.where = append(f.where, `(v.until_day = 0 or v.until_day > `+today+`)`)
	} else {
		f.and(`+v.seq <= %s and not exists (select 1 from list_version w where w.home = v.home and w.entry = v.entry
			and w.n > v.n and +w.from_day <= `+today+` and +w.seq <= %s)`, q.At.Seq)
	}
	if q.Agency != "" {
		f.and(`v.agency = %s`, q.Agency)
	}
	if q.Region != "" {
		f.and(`substr(v.region, 1, `+strconv.Itoa(len(q.Region))+`) = %s`, q.Region)
	}
	if q.Type != "" {
		f.and(`v.type = %s`, q.Type)
	}
	if strings.TrimSpace(q.Text) == "" {
		return f, nil
	}
	return f, f.find(tx, q, few)
}

var likeEscape = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace
