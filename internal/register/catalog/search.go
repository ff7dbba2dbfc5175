package catalog

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/rules/gbcode"
	"tongban/internal/rules/wording"
)

// Bounds of a search.
const (
	maxWords    = 6  // words between blanks; more are left out
	maxWord     = 60 // characters of one word
	defaultPage = 20
	maxPage     = 200
	countedTo   = 500 // a search that finds more says "more than"
)

// Query is what somebody is looking for. Empty words list everything.
type Query struct {
	Words    string
	Who      string // person, legal, agency; "" for all
	Agency   string // key; "" for all
	Online   bool   // only what can be applied for online here
	Complete bool   // only what can be applied for here
	On       day.Day
	Limit    int    // of one page; 0 is 20
	After    string // cursor of the page before
}

// Hit is an item that was found.
type Hit struct {
	Item, Version    int64
	Code, Name, Type string
	Agency           string
	Applicants       []string
	Online, Complete bool
	Why              wording.Message // why it is found when its name does not show it
}

// Hits is a page of what was found, the closest first.
type Hits struct {
	List []Hit
	Next string // cursor of the next page, "" when there is none
}

// pass is one rank of a search: a way to find, and what an earlier rank has
// already shown.
type pass int

// The ranks, the closest first; each shows complete items first.
const (
	passCode     pass = iota // the code itself
	passExact                // the name itself
	passPrefix               // the name begins so
	passAlias                // another name of it
	passContains             // somewhere in the name
	passEnd
)

// cursor is a place between two hits.
type cursor struct {
	pass     pass
	complete bool
	name     string // last name, where the rank goes by name
	id       int64  // last version
}

// Search finds items in force on a day. It takes single characters, names with
// brackets, and parts of names; several words all have to be there.
func Search(tx *store.Tx, q Query) (Hits, error) {
	at, err := readCursor(q.After)
	if err != nil {
		return Hits{}, err
	}
	if q.On == 0 {
		q.On = tx.Today()
	}
	if q.Limit <= 0 {
		q.Limit = defaultPage
	}
	q.Limit = min(q.Limit, maxPage)
	s := newSearch(q)
	if err := tx.PlanAnew(); err != nil {
		return Hits{}, err
	}
	var out Hits
	for ; at.pass < passEnd; at = at.next() {
		if !s.takes(at) {
			continue
		}
		rows, err := s.run(tx, at, q.Limit+1-len(out.List))
		if err != nil {
			return Hits{}, err
		}
		for _, r := range rows {
			if len(out.List) == q.Limit {
				return out, nil
			}
			out.List = append(out.List, s.hit(r))
			at.id, at.name = r.Version, r.key
			out.Next = at.String()
		}
	}
	out.Next = ""
	return out, nil
}

// next is the beginning of the rank that follows.
func (c cursor) next() cursor {
	if c.complete {
		return cursor{pass: c.pass}
	}
	return cursor{pass: c.pass + 1, complete: true}
}

// String writes the cursor for an address.
func (c cursor) String() string {
	return base64.RawURLEncoding.EncodeToString([]byte(fmt.Sprintf("%d %t %d %s", c.pass, c.complete, c.id, c.name)))
}

func readCursor(s string) (c cursor, err error) {
	if s == "" {
		return cursor{complete: true}, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err == nil {
		p := strings.SplitN(string(b), " ", 4)
		if len(p) != 4 || !utf8.ValidString(p[3]) {
			err = errors.New("cursor of another form")
		} else {
			_, err = fmt.Sscanf(strings.Join(p[:3], " "), "%d %t %d", &c.pass, &c.complete, &c.id)
			c.name = p[3]
		}
	}
	if err != nil || c.pass < 0 || c.pass >= passEnd {
		return cursor{}, act.Wrong("catalog.search.cursor")
	}
	return c, nil
}

// search is a query made ready.
type search struct {
	q     Query
	code  string
	words []string // folded, with their punctuation
	whole string   // all of it as one, folded
	key   string   // the same without punctuation: place in the order of names
}

func newSearch(q Query) *search {
	s := &search{q: q}
	for _, w := range strings.Fields(strings.ReplaceAll(q.Words, "\u3000", " ")) {
		f := fold(w, true)
		if r := []rune(f); len(r) > maxWord {
			f = string(r[:maxWord])
		}
		if f != "" && len(s.words) < maxWords {
			s.words = append(s.words, f)
		}
	}
	s.whole = strings.Join(s.words, "")
	s.key = fold(s.whole, false)
	if c := gbcode.Normalize(q.Words); len(c) >= 6 && len(c) == utf8.RuneCountInString(c) && strings.ContainsAny(c, "0123456789") {
		s.code = c
	}
	return s
}

// takes tells whether a rank can find anything.
func (s *search) takes(at cursor) bool {
	if s.q.Complete || s.q.Online {
		if !at.complete {
			return false
		}
	}
	switch at.pass {
	case passCode:
		return s.code != ""
	case passExact, passPrefix:
		return s.key != ""
	case passAlias:
		return len(s.words) > 0
	}
	return true
}

type found struct {
	Hit
	key, aliases, applicants string
}

func scanFound(r store.Row) (f found, err error) {
	err = r.Scan(&f.Item, &f.Version, &f.Code, &f.Name, &f.Type, &f.Agency, &f.applicants, &f.Online, &f.Complete, &f.aliases, &f.key)
	return f, err
}

// hit says why it was found when the name does not show it.
func (s *search) hit(f found) Hit {
	h := f.Hit
	h.Applicants = strings.Fields(f.applicants)
	if len(s.words) == 0 {
		return h
	}
	name := lined(forms(f.Name))
	var why []string
	for _, w := range s.words {
		if strings.Contains(name, w) {
			continue
		}
		for a := range strings.Lines(f.aliases) {
			a = strings.TrimSuffix(a, "\n")
			if strings.Contains(lined(forms(a)), w) {
				why = append(why, "“"+a+"”")
				break
			}
		}
	}
	switch {
	case len(why) > 0:
		h.Why = wording.M("catalog.search.alias", "aliases", strings.Join(why, "、"))
	case s.code != "" && strings.EqualFold(f.Code, s.code):
		h.Why = wording.M("catalog.search.code", "code", f.Code)
	}
	return h
}
