// Package lists is the public pages of the lists: all of them by group, one with
// search and filters on any day, an entry with its versions, what changed between
// two days, downloads and the feed of changes. It holds no rule and changes nothing.
package lists

import (
	"embed"
	"net/http"
	"net/url"
	"strconv"
	"sync"

	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
)

//go:embed pages
var pages embed.FS

// The lengths of lists on a page.
const (
	entriesOnPage     = 20
	differencesOnPage = 15
	actsOnPage        = 20
	versionsOnPage    = 20
	rowsOpen          = 20 // rows of a table before the rest is folded
)

// most is how long what an address asks for may be, in characters.
const most = 80

// desk draws the pages of this room.
type desk struct {
	*door.Door
	overview overview
	counts   counted

	itemCounts counted
	named      named
	books      chan struct{} // workbooks that may be written at once
}

// Mount adds the pages of the lists.
func Mount(d *door.Door, mux *door.Mux) error {
	if err := d.UI.Add("lists", pages); err != nil {
		return err
	}
	o := &desk{Door: d, books: make(chan struct{}, 2)}
	mux.HandleFunc("GET /lists", o.index)
	mux.HandleFunc("GET /lists/changes.atom", o.feed)
	mux.HandleFunc("GET /lists/{kind}", o.kind(o.list))
	mux.HandleFunc("GET /lists/{kind}/changes", o.kind(o.changes))
	mux.HandleFunc("GET /lists/{kind}/changes.atom", o.feed)
	mux.HandleFunc("GET /lists/{kind}/schema.json", o.kind(o.schema))
	for _, f := range formats {
		mux.HandleFunc("GET /lists/{kind}/download."+f.ending, o.kind(func(w http.ResponseWriter, r *http.Request, k *lists.Kind) { o.download(w, r, k, f) }))
	}
	o.items(mux.HandleFunc)
	mux.HandleFunc("GET /lists/{kind}/{code}", o.kind(o.entry))
	mux.HandleFunc("GET /lists/{kind}/{code}/{version}", o.kind(o.version))
	return nil
}

// kind finds the kind of list in the address.
func (o *desk) kind(h func(http.ResponseWriter, *http.Request, *lists.Kind)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		k, err := lists.KindOf(r.PathValue("kind"))
		if err != nil {
			o.UI.NotFound(w, r)
			return
		}
		h(w, r, k)
	}
}

// show renders a page of this room; with faults it is sent back to be mended.
func (o *desk) show(w http.ResponseWriter, r *http.Request, page ui.Page) {
	o.UI.Render(w, r, 0, page)
}

// param is what the address says, in characters that people write and not too long.
func param(r *http.Request, name string) string { return door.Asked(r.URL.Query().Get(name), most) }

// today is the day of the clock.
func (o *desk) today() day.Day { return o.House.Store.Now().Day() }

// dayField reads a day of the address, otherwise when none is asked for; the
// field shows it, with what is wrong with it.
func (o *desk) dayField(r *http.Request, name string, otherwise day.Day) (day.Day, ui.Field) {
	f := ui.Field{Kind: ui.FieldDay, Name: name, Label: ui.M("listed." + name), Value: param(r, name), Optional: true}
	if f.Value == "" {
		return otherwise, f
	}
	d, err := ui.ParseDay(f.Value, o.today(), f.Label)
	if err != nil {
		f.Error, _ = err.(ui.Text)
		return otherwise, f
	}
	f.Value = d.String()
	return d, f
}

// faults are what is wrong with fields, for the summary on top.
func faults(fields ...ui.Field) (list []ui.FieldError) {
	for _, f := range fields {
		if f.Error != nil {
			list = append(list, ui.FieldError{Field: f.ID(), Text: f.Error})
		}
	}
	return list
}

// kindText is the name of a kind of list.
func kindText(k *lists.Kind) ui.Text { return ui.Both{ZH: k.Name, EN: k.NameEN} }

func columnText(c *lists.Column) ui.Text { return ui.Both{ZH: c.Title, EN: c.TitleEN} }

func tableText(t *lists.Table) ui.Text { return ui.Both{ZH: t.Title, EN: t.TitleEN} }

func kindPath(k *lists.Kind) string {
	if k == catalog.ListKind {
		return "/items"
	}
	return "/lists/" + k.Key
}

func entryPath(k *lists.Kind, code string) string { return kindPath(k) + "/" + url.PathEscape(code) }

func versionPath(k *lists.Kind, code string, n int) string {
	return entryPath(k, code) + "/v" + strconv.Itoa(n)
}

// on keeps the day in an address, "" for today.
func (o *desk) on(d day.Day) string {
	if d == o.today() {
		return ""
	}
	return "?on=" + d.String()
}

func orDash(s string) ui.Text {
	if s == "" {
		return ui.Plain("—")
	}
	return ui.Plain(s)
}

// spanText says from when to when something holds.
func spanText(s day.Span) ui.Text {
	if s.Until == 0 {
		return ui.M("listed.span.open", "from", ui.OnDay(s.From))
	}
	return ui.M("listed.span", "from", ui.OnDay(s.From), "until", ui.OnDay(s.Until))
}

// shown is a value of a column in the reader's language.
type shown struct {
	names  lists.Names
	column *lists.Column
	value  any
}

// In writes the value in words.
func (s shown) In(lang wording.Lang) string {
	if s.column.Type == lists.Region {
		code, _ := s.value.(string)
		return s.names.RegionIn(lang, code)
	}
	return s.names.Show(s.column, s.value, lang)
}

// overview remembers how the lists stand while nothing changes.
type overview struct {
	mu  sync.Mutex
	seq int64
	day day.Day
	all map[string]lists.Standing
}

// at tells how the lists stand today.
func (v *overview) at(tx *store.Tx) (map[string]lists.Standing, error) {
	seq, err := lists.Head(tx)
	if err != nil {
		return nil, err
	}
	today := tx.Today()
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.all != nil && v.seq == seq && v.day == today {
		return v.all, nil
	}
	all, err := lists.Overview(tx, today)
	if err == nil {
		v.seq, v.day, v.all = seq, today, all
	}
	return all, err
}

// counted remembers what was counted while nothing changes: of a province's list
// every entry is read for it.
type counted struct {
	mu  sync.Mutex
	seq int64
	day day.Day
	all map[lists.Query][]lists.Counted
}

// countsKept bounds what is remembered: readers look for anything.
const countsKept = 200

// of counts a list's entries by agency and type.
func (v *counted) of(tx *store.Tx, k keeper, q lists.Query) ([]lists.Counted, error) {
	seq, err := k.head(tx)
	if err != nil {
		return nil, err
	}
	q.After, q.Limit, q.Bare = "", 0, true
	today := tx.Today()
	v.mu.Lock()
	if v.seq != seq || v.day != today || len(v.all) >= countsKept {
		v.seq, v.day, v.all = seq, today, map[lists.Query][]lists.Counted{}
	}
	known, there := v.all[q]
	v.mu.Unlock()
	if there {
		return known, nil
	}
	list, err := k.count(tx, q)
	v.mu.Lock()
	defer v.mu.Unlock()
	if err == nil && v.seq == seq && v.day == today {
		v.all[q] = list
	}
	return list, err
}

// named remembers what agencies and regions are called on a day, while none changes.
type named struct {
	mu    sync.Mutex
	epoch int64
	all   map[day.Day]lists.Names
}

// daysNamed bounds the days that are remembered: readers ask for many.
const daysNamed = 50

// names are the names of a day.
func (o *desk) names(tx *store.Tx, d day.Day) (lists.Names, error) {
	epoch, err := o.House.People.Epoch(tx, "place")
	if err != nil {
		return lists.Names{}, err
	}
	v := &o.named
	v.mu.Lock()
	defer v.mu.Unlock()
	if n, known := v.all[d]; known && v.epoch == epoch {
		return n, nil
	}
	n, err := o.House.Lists.Names(tx, d)
	if err != nil {
		return n, err
	}
	if v.epoch != epoch || v.all == nil || len(v.all) >= daysNamed {
		v.epoch, v.all = epoch, map[day.Day]lists.Names{}
	}
	v.all[d] = n
	return n, nil
}
