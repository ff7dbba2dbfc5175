package counter

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"tongban/internal/process/proceeding"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/web/casepage"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/casework"
)

// Queue is the page of what waits at the window.
type Queue struct {
	Views  ui.SubNav
	Filter ui.Filter
	Table  ui.Table
	Pager  ui.Pager
	Live   ui.Live
}

const pageSize = 25

// views are the ways to look at the queue.
var views = []string{"all", "accept", "deliver", "late"}

func narrow(q proceeding.Query, v string, today day.Day) proceeding.Query {
	switch v {
	case "accept", "deliver":
		q.Part = v
	case "late":
		q.Until = today - 1
	}
	return q
}

func cursor(s string) proceeding.Cursor {
	d, id, _ := strings.Cut(s, ".")
	due, err1 := strconv.Atoi(d)
	n, err2 := strconv.ParseInt(id, 10, 64)
	if err1 != nil || err2 != nil {
		return proceeding.Cursor{}
	}
	return proceeding.Cursor{Due: day.Day(due), ID: n}
}

// queue lists what the window has to receive and to deliver, due first.
func (o *desk) queue(w http.ResponseWriter, r *http.Request) {
	a, q, now := door.Actor(r), r.URL.Query(), o.door.House.Store.Now()
	at := []proceeding.Place{{Agency: a.Agency, Post: a.Post}}
	v := q.Get("v")
	if v == "" {
		v = "all"
	}
	ask := narrow(proceeding.Query{Places: at, Title: q.Get("item"), Number: strings.TrimSpace(q.Get("number")), After: cursor(q.Get("after")), Limit: pageSize + 1}, v, now.Day())
	if n, err := strconv.Atoi(q.Get("due")); err == nil && n > 0 && ask.Until == 0 {
		ask.Until = now.Day() + day.Day(n)
	}
	data := Queue{Views: ui.SubNav{Label: ui.M("counter.queue.views")}, Live: ui.Live{At: now, Href: r.URL.RequestURI()}}
	var rows []proceeding.Row
	var titles []string
	if !o.door.Read(w, r, func(tx *store.Tx) (err error) {
		for _, x := range views {
			n, _, err := proceeding.Count(tx, narrow(proceeding.Query{Places: at}, x, now.Day()))
			if err != nil {
				return err
			}
			data.Views.Links = append(data.Views.Links, ui.Link{Text: ui.M("counter.view." + x), Href: "/counter?v=" + x, HasCount: true, Count: n, Current: x == v})
		}
		if titles, err = proceeding.Titles(tx, at); err != nil {
			return err
		}
		rows, err = proceeding.Worklist(tx, ask)
		return err
	}) {
		return
	}
	data.Pager = pager(r, rows)
	data.Filter = filter(r, titles)
	data.Table = o.table(r, rows[:min(len(rows), pageSize)], now.Day())
	page := ui.Page{Current: "/counter", Data: data}
	o.render(w, r, "queue", "counter.queue.title", page)
}

func pager(r *http.Request, rows []proceeding.Row) ui.Pager {
	here := ui.Page{URL: r.URL}
	from, _ := strconv.Atoi(r.URL.Query().Get("from"))
	from = max(from, 1)
	p := ui.Pager{From: from, To: from + min(len(rows), pageSize) - 1, Total: -1}
	if len(rows) > pageSize {
		last := rows[pageSize-1]
		p.Next = here.With("after", strconv.Itoa(int(last.Due))+"."+strconv.FormatInt(last.ID, 10), "from", strconv.Itoa(from+pageSize))
	}
	if from > 1 {
		p.Prev = here.With("after", "", "from", "")
	}
	return p
}

func filter(r *http.Request, titles []string) ui.Filter {
	q, here := r.URL.Query(), ui.Page{URL: r.URL}
	item := ui.Field{Kind: ui.FieldSelect, Name: "item", Label: ui.M("office.filter.item"), Value: q.Get("item"), Options: []ui.Option{{Label: ui.M("office.filter.all")}}}
	for _, t := range titles {
		item.Options = append(item.Options, ui.Option{Value: t, Label: ui.Plain(t)})
	}
	due := ui.Field{Kind: ui.FieldSelect, Name: "due", Label: ui.M("office.filter.due"), Value: q.Get("due"), Options: []ui.Option{
		{Label: ui.M("office.filter.all")}, {Value: "3", Label: ui.M("office.filter.due3")}, {Value: "7", Label: ui.M("office.filter.due7")}}}
	f := ui.Filter{Action: "/counter", Keep: map[string]string{"v": q.Get("v")}, Fields: []ui.Field{item, due,
		{Kind: ui.FieldText, Name: "number", Label: ui.M("office.filter.number"), Value: q.Get("number"), Chars: 12}}}
	for _, name := range []string{"item", "number", "due"} {
		if v := strings.TrimSpace(q.Get(name)); v != "" {
			text := ui.Text(ui.Plain(v))
			if name == "due" {
				text = ui.M("office.filter.days", "n", v)
			}
			f.Chips = append(f.Chips, ui.Chip{Text: text, Remove: here.With(name, "", "after", "", "from", "")})
		}
	}
	return f
}

func (o *desk) table(r *http.Request, rows []proceeding.Row, today day.Day) ui.Table {
	t := ui.Table{Caption: ui.M("counter.queue.title"), HideCaption: true, Empty: ui.Empty{Text: ui.M("counter.queue.none"), Links: []ui.Link{{Text: ui.M("counter.menu.intake"), Href: "/counter/intake"}}},
		Columns: []ui.Column{{Label: ui.M("office.col.case")}, {Label: ui.M("office.col.item")}, {Label: ui.M("counter.col.todo")}, {Label: ui.M("office.col.due"), Sorted: ui.Ascending}, {Label: ui.M("counter.col.opened")}, {Label: ui.M("office.col.status")}}}
	if on := (url.Values{"item": r.URL.Query()["item"], "number": r.URL.Query()["number"], "due": r.URL.Query()["due"]}); on.Get("item")+on.Get("number")+on.Get("due") != "" {
		t.Empty = ui.Empty{Text: ui.M("office.work.none_here"), Links: []ui.Link{{Text: ui.M("office.work.unfilter"), Href: "/counter"}}}
	}
	for _, x := range rows {
		id := strconv.FormatInt(x.Proceeding, 10)
		row := ui.Row{ID: id}
		due := ui.Cell{Due: casepage.Due(o.door.House.Office.Calendar(), today, x.Due, nil)}
		due.Due.Short = true
		if x.Status == casework.Correcting {
			due = ui.Cell{Text: ui.M("counter.queue.waits")}
		} else if x.Due < today {
			row.Tone = ui.ToneLegal
		} else if due.Due.Left <= 1 {
			row.Tone = ui.ToneTodo
		}
		status := casepage.Status(x.Status)
		row.Cells = []ui.Cell{{Text: ui.Plain(x.Label), Href: casepage.From(r, x.Proceeding, id), Note: casepage.Short(x.Number)}, {Text: ui.Plain(x.Title)},
			{Text: ui.Plain(x.Name)}, due, {Text: ui.At(x.Opened)}, {Status: &status}}
		t.Rows = append(t.Rows, row)
	}
	return t
}
