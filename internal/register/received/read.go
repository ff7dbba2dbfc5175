package received

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// Entry is a version of an entry as it is held.
type Entry struct {
	List   string
	Code   string
	N      int
	From   day.Day
	Ended  bool
	Region string // where it holds
	Link   string // permanent address at its source
	Digest string // of what is held, in hex: taken anew, not remembered
	Names  map[string]string
	At     day.Instant // when it came

	Content lists.Content
}

// Held is a version that is held, as it is told to whoever compares: by the digest
// of what is held.
type Held struct {
	Code   string  `json:"code"`
	Name   string  `json:"name"`
	N      int     `json:"n"`
	From   day.Day `json:"from"`
	Ended  bool    `json:"ended"`
	Digest string  `json:"digest"`
}

// Held tells the entry to whoever compares.
func (e *Entry) Held() Held { return Held{e.Code, e.Name(), e.N, e.From, e.Ended, e.Digest} }

// Name is what the entry is called.
func (e *Entry) Name() string { return e.Content.Columns.Text("name") }

// Agency is what the body is called in whose hands the entry is; "" where it is
// in nobody's.
func (e *Entry) Agency() string { return e.called(e.Content.Columns.Text("agency")) }

func (e *Entry) called(key string) string {
	if name := e.Names[key]; name != "" {
		return name
	}
	return key
}

// Show writes a value of a column in words.
func (e *Entry) Show(c *lists.Column, v any, lang wording.Lang) string {
	if key, ok := v.(string); ok && c.Type == lists.Agency {
		return e.called(key)
	}
	return lists.Names{}.Show(c, v, lang)
}

// Listed is how much of a list is held.
type Listed struct {
	List     string
	Versions int
	Entries  int // that hold on the day asked for
}

// Lists tells which lists of a body are held, and how long they are on a day.
func Lists(tx *store.Tx, region string, on day.Day) ([]Listed, error) {
	return store.All(tx, func(r store.Row) (l Listed, err error) { return l, r.Scan(&l.List, &l.Versions, &l.Entries) },
		`select v.list, count(*), sum(case when `+holding("$3")+` then 1 else 0 end) from received_entry v where v.home = $1 and v.region = $2 group by v.list order by v.list`,
		tx.Home(), region, on)
}

// holding is the condition that a version is the one that holds on a day.
func holding(on string) string {
	return `not v.ended and v.from_day <= ` + on + ` and not exists (select 1 from received_entry w where w.home = v.home and w.region = v.region
		and w.list = v.list and w.code = v.code and w.n > v.n and w.from_day <= ` + on + `)`
}

// Query asks for the entries of a list that hold on a day.
type Query struct {
	Region string // of the body
	List   string
	On     day.Day
	Text   string // in the name, or the whole code; "" for all
	After  string // code of the entry before the first; "" begins
	Limit  int
}

// Page lists entries by code. The next page begins after the last one's code.
func Page(tx *store.Tx, q Query) ([]Entry, error) {
	where, args := q.where(tx)
	args = append(args, q.After, q.Limit)
	n := len(args)
	return store.All(tx, scanEntry, entrySQL+where+` and v.code > $`+strconv.Itoa(n-1)+` order by v.code limit $`+strconv.Itoa(n), args...)
}

// Count counts the entries that a query selects, whatever its page.
func Count(tx *store.Tx, q Query) (n int, err error) {
	where, args := q.where(tx)
	_, err = tx.Get([]any{&n}, `select count(*) from received_entry v`+where, args...)
	return n, err
}

func (q Query) where(tx *store.Tx) (string, []any) {
	where, args := ` where v.home = $1 and v.region = $2 and v.list = $3 and `+holding("$4"), []any{tx.Home(), q.Region, q.List, q.On}
	if q.Text = strings.TrimSpace(q.Text); q.Text != "" {
		where += ` and (v.name like $5 escape '\' or v.code = $6)`
		args = append(args, "%"+likeEscape(q.Text)+"%", q.Text)
	}
	return where, args
}

var likeEscape = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace

// VersionsOf lists all versions of an entry, the oldest first; a NotFound error
// when there is none.
func VersionsOf(tx *store.Tx, region, list, code string) ([]Entry, error) {
	all, err := store.All(tx, scanEntry, entrySQL+` where v.home = $1 and v.region = $2 and v.list = $3 and v.code = $4 order by v.n`, tx.Home(), region, list, code)
	if err == nil && len(all) == 0 {
		err = act.Missing("lists.thing.entry")
	}
	return all, err
}

// Place is a place in a list of versions.
type Place struct {
	Code string `json:"c"`
	N    int    `json:"n"`
}

// Versions lists every version that is held of a list, by code and number: up to
// limit behind a place.
func Versions(tx *store.Tx, region, list string, after Place, limit int) ([]Entry, error) {
	return store.All(tx, scanEntry, entrySQL+` where v.home = $1 and v.region = $2 and v.list = $3 and (v.code, v.n) > ($4, $5) order by v.code, v.n limit $6`,
		tx.Home(), region, list, after.Code, after.N, limit)
}

const entrySQL = `select v.list, v.code, v.n, v.from_day, v.ended, v.holds, v.link, v.names, v.content, v.at from received_entry v`

// scanEntry reads what is held as it is: what nobody can read any more is shown
// empty, and its digest tells.
func scanEntry(r store.Row) (e Entry, err error) {
	var names, content string
	if err = r.Scan(&e.List, &e.Code, &e.N, &e.From, &e.Ended, &e.Region, &e.Link, &names, &content, &e.At); err != nil {
		return e, err
	}
	sum := sha256.Sum256([]byte(content))
	e.Digest = hex.EncodeToString(sum[:])
	_ = json.Unmarshal([]byte(names), &e.Names) // else keys stand for names
	var all map[string]any
	d := json.NewDecoder(bytes.NewReader([]byte(content)))
	d.UseNumber()
	_ = d.Decode(&all)
	e.Content = ContentOf(all)
	return e, nil
}

// ContentOf reads a content as it stands in JSON: columns and tables beside each other.
func ContentOf(all map[string]any) lists.Content {
	c := lists.Content{Columns: lists.Row{}, Tables: map[string][]lists.Row{}}
	for key, v := range all {
		rows, isTable := v.([]any)
		if !isTable {
			c.Columns[key] = whole(v)
			continue
		}
		for _, x := range rows {
			cells, _ := x.(map[string]any)
			row := lists.Row{}
			for k, v := range cells {
				row[k] = whole(v)
			}
			c.Tables[key] = append(c.Tables[key], row)
		}
	}
	return c
}

// whole makes a number of JSON one of a list.
func whole(v any) any {
	switch n := v.(type) {
	case json.Number:
		i, _ := n.Int64()
		return i
	case float64:
		return int64(n)
	}
	return v
}
