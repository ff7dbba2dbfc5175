package publish

import (
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"

	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/register/received"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// Kind is how a version differs.
type Kind string

// The kinds of difference.
const (
	Missing   Kind = "missing"   // it is not there
	Extra     Kind = "extra"     // it is there, and was never published here
	Different Kind = "different" // it says something else there
)

// Kinds lists them.
func Kinds() []Kind { return []Kind{Missing, Extra, Different} }

// Difference is a version that is not the same at the higher portal.
type Difference struct {
	List   string
	Code   string
	N      int
	Kind   Kind
	Name   string
	Fields []Field // of a different one, as far as they were looked at

	there []byte
}

// Field is a column, or a row of a table, that says one thing here and another there.
type Field struct {
	Title string `json:"title"`
	Here  string `json:"here"`
	There string `json:"there"`
}

// DifferencesMost is how many differences are kept of a comparison.
const DifferencesMost = 1000

const (
	pageMost   = 500 // versions of a page here
	heldMost   = 1000
	fieldsMost = 200 // of them whose columns are looked at
	saidEvery  = day.Second
)

// place names a version within its list.
type place struct {
	code string
	n    int
}

// comparison is one under way.
type comparison struct {
	d     *Desk
	ctx   context.Context
	upTo  int64 // the last change, all of which was sent
	said  day.Instant
	done  int
	total int
	f     Figures
	list  []Difference
	names lists.Names
	looks int // differences whose columns were looked at
}

// compare asks the higher portal for the digests of all that it holds, and holds
// them against what was sent.
func (d *Desk) compare(ctx context.Context, s state) error {
	c := &comparison{d: d, ctx: ctx, upTo: s.seq}
	var ours []string
	if err := d.Runner.Store.Read(ctx, func(tx *store.Tx) (err error) {
		if c.names, err = d.Lists.Names(tx, tx.Today()); err != nil {
			return err
		}
		if _, err = tx.Get([]any{&c.total}, `select count(*) from list_version v where v.home = $1 and v.seq <= $2`, tx.Home(), s.seq); err != nil {
			return err
		}
		ours, err = store.All(tx, func(r store.Row) (l string, err error) { return l, r.Scan(&l) }, `select distinct list from list_change where home = $1`, tx.Home())
		return err
	}); err != nil {
		return err
	}
	var there struct {
		Lists []struct {
			List string `json:"list"`
		} `json:"lists"`
	}
	if err := d.call(ctx, "GET", "", nil, nil, &there); err != nil {
		return err
	}
	for _, l := range there.Lists {
		ours = append(ours, l.List)
	}
	slices.Sort(ours)
	for _, list := range slices.Compact(ours) {
		if err := c.through(list); err != nil {
			return err
		}
	}
	return c.keep()
}

// through compares one list.
func (c *comparison) through(list string) error {
	there, err := c.held(list)
	if err != nil {
		return err
	}
	for after := (place{}); ; {
		var page []version
		if err := c.d.Runner.Store.Read(c.ctx, func(tx *store.Tx) (err error) {
			page, err = store.All(tx, scanVersion, versionSQL+` and v.list = $2 and (v.code, v.n) > ($3, $4) order by v.code, v.n limit $5`,
				tx.Home(), list, after.code, after.n, pageMost)
			return err
		}); err != nil {
			return err
		}
		for _, v := range page {
			after = place{v.code, v.n}
			if v.seq > c.upTo {
				continue // it came while this was compared
			}
			h, is := there[after]
			delete(there, after)
			if err := c.one(v, h, is); err != nil {
				return err
			}
		}
		if err := c.say(len(page)); err != nil {
			return err
		}
		if len(page) < pageMost {
			break
		}
	}
	for at, h := range there {
		c.f.Extra++
		digest, _ := hex.DecodeString(h.Digest)
		c.list = append(c.list, Difference{List: list, Code: at.code, N: at.n, Kind: Extra, Name: h.Name, there: digest})
	}
	return nil
}

// held reads what the higher portal holds of a list.
func (c *comparison) held(list string) (map[place]received.Held, error) {
	all := map[place]received.Held{}
	for cursor := ""; ; {
		var page struct {
			Items []received.Held `json:"items"`
			Next  string          `json:"next"`
		}
		q := url.Values{"limit": {strconv.Itoa(heldMost)}}
		if cursor != "" {
			q.Set("cursor", cursor)
		}
		if err := c.d.call(c.ctx, "GET", "/lists/"+url.PathEscape(list)+"/versions", q, nil, &page); err != nil {
			return nil, err
		}
		for _, h := range page.Items {
			all[place{h.Code, h.N}] = h
		}
		if page.Next == "" || page.Next == cursor {
			return all, nil
		}
		cursor = page.Next
	}
}

// one compares a version with what is held of it.
func (c *comparison) one(v version, h received.Held, is bool) error {
	x := Difference{List: v.list, Code: v.code, N: v.n, Name: v.name}
	switch {
	case !is:
		c.f.Missing++
		x.Kind = Missing
	case h.Digest == hex.EncodeToString(v.digest) && h.From == v.from && h.Ended == v.ended:
		c.f.Same++
		return nil
	default:
		c.f.Different++
		x.Kind = Different
		if c.looks++; c.looks <= fieldsMost {
			var err error
			if x.Fields, err = c.fields(v, h); err != nil {
				return err
			}
		}
	}
	if len(c.list) < DifferencesMost {
		c.list = append(c.list, x)
	}
	return nil
}

// fields says column by column how a version differs.
func (c *comparison) fields(v version, h received.Held) ([]Field, error) {
	var there struct {
		Items []struct {
			N       int            `json:"n"`
			Content map[string]any `json:"content"`
		} `json:"items"`
	}
	if err := c.d.call(c.ctx, "GET", "/lists/"+url.PathEscape(v.list)+"/entries/"+url.PathEscape(v.code), nil, nil, &there); err != nil {
		return nil, err
	}
	var content map[string]any
	for _, e := range there.Items {
		if e.N == v.n {
			content = e.Content
		}
	}
	var here map[string]any
	if err := json.Unmarshal([]byte(v.content), &here); err != nil {
		return nil, err
	}
	var out []Field
	if h.From != v.from {
		out = append(out, Field{wording.Text(wording.ZH, "publish.field.from"), wording.Day(wording.ZH, v.from), wording.Day(wording.ZH, h.From)})
	}
	if h.Ended != v.ended {
		out = append(out, Field{wording.Text(wording.ZH, "publish.field.ended"), yes(v.ended), yes(h.Ended)})
	}
	if k, err := lists.KindOf(v.list); err == nil {
		ours, theirs := lists.Entry{Content: received.ContentOf(here)}, lists.Entry{Content: received.ContentOf(content)}
		for _, f := range k.Compare(&theirs, &ours, c.names) {
			out = append(out, Field{f.Title, short(f.After), short(f.Before)})
		}
	}
	if len(out) == 0 { // in what no column of this program shows
		out = append(out, Field{wording.Text(wording.ZH, "publish.field.digest"), hex.EncodeToString(v.digest)[:12], h.Digest[:min(12, len(h.Digest))]})
	}
	return out, nil
}

func yes(b bool) string {
	if b {
		return wording.Text(wording.ZH, "lists.yes")
	}
	return wording.Text(wording.ZH, "lists.no")
}

// say tells the page how far the comparison is, once a second at the most.
func (c *comparison) say(n int) error {
	c.done += n
	now := c.d.now()
	if now < c.said+saidEvery {
		return nil
	}
	c.said = now
	return c.d.Runner.Store.Do(c.ctx, store.Background, func(tx *store.Tx) error {
		tx.Put(`update publish_state set done = $2, total = $3 where home = $1`, tx.Home(), min(c.done, c.total), max(c.total, 1))
		return nil
	})
}

// keep writes what was found in place of what was found before.
func (c *comparison) keep() error {
	slices.SortFunc(c.list, func(a, b Difference) int {
		return cmp.Or(cmp.Compare(a.List, b.List), cmp.Compare(a.Code, b.Code), a.N-b.N)
	})
	rows := make([][]any, 0, min(len(c.list), DifferencesMost))
	return c.d.Runner.Store.Do(c.ctx, store.Background, func(tx *store.Tx) error {
		rows = rows[:0]
		for _, x := range c.list[:min(len(c.list), DifferencesMost)] {
			fields, err := json.Marshal(x.Fields)
			if err != nil {
				return err
			}
			there := x.there
			if there == nil {
				there = []byte{}
			}
			rows = append(rows, []any{tx.Home(), x.List, x.Code, x.N, string(x.Kind), x.Name, there, string(fields)})
		}
		tx.Put(`delete from publish_difference where home = $1`, tx.Home())
		tx.PutRows(`insert into publish_difference(home, list, code, n, kind, name, there, fields)`, rows)
		tx.Put(`update publish_state set fresh = false, wanted = false, done = 0, total = 0, compared_at = $2, same = $3, missing = $4, extra = $5, different = $6,
			tries = 0, why = '', why_args = '{}' where home = $1`, tx.Home(), tx.Now(), c.f.Same, c.f.Missing, c.f.Extra, c.f.Different)
		return nil
	})
}
