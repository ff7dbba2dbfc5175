package office

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/identity"
	"tongban/internal/rules/day"
	"tongban/internal/rules/workday"
	"tongban/internal/web/casepage"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
)

// Work is the worklist's page.
type Work struct {
	Views  ui.SubNav
	Filter ui.Filter
	Bulk   ui.Bulk
	Pager  ui.Pager
	Live   ui.Live
}

// views are the ways to look at the worklist, in the order in which they are offered.
var views = []string{"all", "late", "soon", "new", "mine"}

// pageSize is the number of rows on a page of a worklist.
const pageSize = 25

// asked is what the address of a worklist asks for.
type asked struct {
	view, title, part, due, number string
	after                          proceeding.Cursor
	from                           int // number of the first row
	size                           int
	tick                           bool
}

func askedOf(q url.Values) asked {
	a := asked{view: q.Get("v"), title: q.Get("item"), part: q.Get("part"), due: q.Get("due"), number: strings.TrimSpace(q.Get("number")), tick: q.Get("tick") == "page", size: pageSize}
	if a.view == "" {
		a.view = "all"
	}
	if q.Get("size") == "50" {
		a.size = 50
	}
	d, id, _ := strings.Cut(q.Get("after"), ".")
	due, err1 := strconv.Atoi(d)
	n, err2 := strconv.ParseInt(id, 10, 64)
	if err1 == nil && err2 == nil {
		a.after = proceeding.Cursor{Due: day.Day(due), ID: n}
	}
	if a.from, _ = strconv.Atoi(q.Get("from")); a.from < 1 {
		a.from = 1
	}
	return a
}

// Places are the posts whose work a person does today, their own and those of
// colleagues on leave.
func Places(a act.Actor) []proceeding.Place {
	var list []proceeding.Place
	seen := map[proceeding.Place]bool{}
	for _, g := range a.Grants {
		if p := (proceeding.Place{Agency: g.Agency, Post: g.Role}); !seen[p] {
			seen[p] = true
			list = append(list, p)
		}
	}
	return list
}

// view narrows a query to one way of looking at the worklist.
func view(q proceeding.Query, name string, a act.Actor, cal *workday.Calendar, today day.Day) proceeding.Query {
	switch name {
	case "late":
		q.Until = today - 1
	case "soon":
		q.From, q.Until = today, cal.Add(today, casepage.SoonDays).Day
	case "new":
		q.Since = today.Start()
	case "mine":
		q.Given = a.Steads()
	}
	return q
}

// query is the whole question of a page.
func (o *desk) query(a act.Actor, on asked, today day.Day) proceeding.Query {
	q := proceeding.Query{Places: Places(a), Title: on.title, Part: on.part, Number: on.number, After: on.after, Limit: on.size + 1}
	if n, err := strconv.Atoi(on.due); err == nil && n > 0 && n < 1000 {
		q.Until = today + day.Day(n)
	}
	v := view(q, on.view, a, o.door.House.Office.Calendar(), today)
	if q.Until != 0 && (v.Until == 0 || q.Until < v.Until) {
		v.Until = q.Until
	}
	return v
}

func (o *desk) worklist(w http.ResponseWriter, r *http.Request) {
	a, on := door.Actor(r), askedOf(r.URL.Query())
	today := o.door.House.Store.Now().Day()
	page := ui.Page{Current: "/office"}
	data := Work{Views: ui.SubNav{Label: ui.M("office.work.views")}, Live: ui.Live{At: o.door.House.Store.Now(), Href: r.URL.RequestURI()}}
	var rows []proceeding.Row
	var names map[int64]string
	var titles []string
	total := -1
	if !o.door.Read(w, r, func(tx *store.Tx) (err error) {
		if data.Views.Links, total, err = o.counts(tx, a, on, today); err != nil {
			return err
		}
		if rows, err = proceeding.Worklist(tx, o.query(a, on, today)); err != nil {
			return err
		}
		if titles, err = proceeding.Titles(tx, Places(a)); err != nil {
			return err
		}
		names, err = named(tx, o.door.House.People, a, rows)
		return err
	}) {
		return
	}
	data.Pager = o.pager(r, on, rows, total)
	rows = rows[:min(len(rows), on.size)]
	data.Filter = filter(r, on, titles)
	data.Bulk = o.bulk(r, a, on, rows, names, today)
	page.Data = data
	if n := r.URL.Query().Get("moved"); n != "" {
		page.Notice = moved(r.URL.Query())
	}
	o.render(w, r, "work", "office.work.title", page)
}

// counts are the views with how many tasks each holds; total is that of the
// chosen one when nothing else is filtered, -1 when it is not counted.
func (o *desk) counts(tx *store.Tx, a act.Actor, on asked, today day.Day) (links []ui.Link, total int, err error) {
	total = -1
	base := proceeding.Query{Places: Places(a)}
	many := false
	for _, v := range views {
		if v == "new" && many { // no index leads to what is new: in a heap that large it is not looked for unasked
			links = append(links, ui.Link{Text: ui.M("office.view." + v), Href: "/office?v=" + v, Current: on.view == v})
			continue
		}
		n, over, err := proceeding.Count(tx, view(base, v, a, o.door.House.Office.Calendar(), today))
		if err != nil {
			return nil, -1, err
		}
		links = append(links, ui.Link{Text: ui.M("office.view." + v), Href: "/office?v=" + v, HasCount: true, Count: n, Current: on.view == v})
		many = many || v == "all" && over
		if on.view == v && !over && on.title+on.part+on.due+on.number == "" {
			total = n
		}
	}
	return links, total, nil
}

// named are the names of those to whom the tasks are given, and of those in
// whose stead the reader does theirs.
func named(tx *store.Tx, people *identity.Register, a act.Actor, rows []proceeding.Row) (map[int64]string, error) {
	names := map[int64]string{0: ""}
	ids := a.Steads()
	for _, x := range rows {
		ids = append(ids, x.Assignee)
	}
	for _, id := range ids {
		if _, known := names[id]; known {
			continue
		}
		name, err := people.StaffName(tx, id)
		if err != nil {
			return nil, err
		}
		names[id] = name
	}
	return names, nil
}

// parts are the parts of tasks that a worklist can be filtered by.
var parts = []string{"accept", "review", "visit", "test", "decide", "deliver"}

func filter(r *http.Request, on asked, titles []string) ui.Filter {
	here := ui.Page{URL: r.URL}
	all := ui.Option{Value: "", Label: ui.M("office.filter.all")}
	item := ui.Field{Kind: ui.FieldSelect, Name: "item", Label: ui.M("office.filter.item"), Value: on.title, Options: []ui.Option{all}}
	for _, t := range titles {
		item.Options = append(item.Options, ui.Option{Value: t, Label: ui.Plain(t)})
	}
	part := ui.Field{Kind: ui.FieldSelect, Name: "part", Label: ui.M("office.filter.part"), Value: on.part, Options: []ui.Option{all}}
	for _, p := range parts {
		part.Options = append(part.Options, ui.Option{Value: p, Label: ui.M("office.part." + p)})
	}
	due := ui.Field{Kind: ui.FieldSelect, Name: "due", Label: ui.M("office.filter.due"), Value: on.due, Options: []ui.Option{all, option("3", "office.filter.due3"), option("7", "office.filter.due7"), option("30", "office.filter.due30")}}
	f := ui.Filter{Action: "/office", Fields: []ui.Field{item, part, due, {Kind: ui.FieldText, Name: "number", Label: ui.M("office.filter.number"), Value: on.number, Chars: 12}}, Keep: map[string]string{"v": on.view}}
	for name, text := range map[string]ui.Text{"item": ui.Plain(on.title), "number": ui.Plain(on.number)} {
		if ui.Say("zh", text) != "" {
			f.Chips = append(f.Chips, ui.Chip{Text: text, Remove: here.With(name, "", "after", "", "from", "")})
		}
	}
	for _, p := range parts {
		if on.part == p {
			f.Chips = append(f.Chips, ui.Chip{Text: ui.M("office.part." + p), Remove: here.With("part", "", "after", "", "from", "")})
		}
	}
	if on.due != "" {
		f.Chips = append(f.Chips, ui.Chip{Text: ui.M("office.filter.days", "n", on.due), Remove: here.With("due", "", "after", "", "from", "")})
	}
	return f
}

func (o *desk) pager(r *http.Request, on asked, rows []proceeding.Row, total int) ui.Pager {
	here := ui.Page{URL: r.URL}
	n := min(len(rows), on.size)
	p := ui.Pager{From: on.from, To: on.from + n - 1, Total: total}
	if len(rows) > on.size {
		last := rows[on.size-1]
		p.Next = here.With("after", strconv.Itoa(int(last.Due))+"."+strconv.FormatInt(last.ID, 10), "from", strconv.Itoa(on.from+n), "tick", "")
	}
	if on.after != (proceeding.Cursor{}) {
		p.Prev = here.With("after", "", "from", "", "tick", "")
	}
	for _, s := range []int{25, 50} {
		p.Sizes = append(p.Sizes, ui.Link{Text: ui.Count(s), Href: here.With("size", strconv.Itoa(s), "after", "", "from", ""), Current: on.size == s})
	}
	return p
}
