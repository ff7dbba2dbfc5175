package office

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"tongban/internal/record/store"
	"tongban/internal/rules/wording"
	"tongban/internal/web/casepage"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/casework"
	"tongban/internal/work/object"
)

// extensions lists the extensions that wait for this reader's approval.
func (o *desk) extensions(w http.ResponseWriter, r *http.Request) {
	list, err := o.door.House.Office.ExtensionsWaiting(r.Context(), door.Actor(r))
	if err != nil {
		o.door.Fail(w, r, err)
		return
	}
	cal, today := o.door.House.Office.Calendar(), o.door.House.Store.Now().Day()
	t := ui.Table{Caption: ui.M("office.extensions.title"), HideCaption: true, Empty: ui.Empty{Text: ui.M("office.extensions.none")},
		Columns: []ui.Column{{Label: ui.M("office.col.case")}, {Label: ui.M("office.col.item")}, {Label: ui.M("office.due.statutory")}, {Label: ui.M("office.extensions.days")}, {Label: ui.M("office.extend.article")}, {Label: ui.M("office.extensions.asked")}}}
	for _, x := range list {
		id := strconv.FormatInt(x.ID, 10)
		t.Rows = append(t.Rows, ui.Row{ID: id, Cells: []ui.Cell{{Text: ui.Plain(x.Label), Href: casepage.Address(x.ID, "extension/settle"), Note: ui.Plain(x.Number)}, {Text: ui.Plain(x.Title)},
			{Due: casepage.Due(cal, today, x.Due, nil)}, {Text: ui.WorkingDays(x.Extension.Days)}, {Text: ui.Plain(x.Extension.Article)}, {Text: ui.OnDay(x.Extension.Asked)}}})
	}
	o.render(w, r, "extensions", "office.extensions.title", ui.Page{Data: t})
}

// Watch is the dashboard's page.
type Watch struct {
	Live    ui.Live
	Figures []ui.Figure
	Charts  []ui.Chart
	More    bool
}

// statuses are those of running cases, in the order of a case's way.
var statuses = []string{casework.Received, casework.Correcting, casework.Handling, casework.Delivering}

func (o *desk) figures(w http.ResponseWriter, r *http.Request) {
	f, err := o.door.House.Office.Figures(r.Context(), door.Actor(r))
	if err != nil {
		o.door.Fail(w, r, err)
		return
	}
	now := o.door.House.Store.Now()
	data := Watch{Live: ui.Live{At: now, Href: r.URL.Path}, More: f.More, Figures: []ui.Figure{
		{Label: ui.M("office.figures.overdue"), Value: ui.Count(f.Overdue), Href: "/office/watch?only=overdue", Tone: red(f.Overdue)},
		{Label: ui.M("office.figures.soon"), Value: ui.Count(f.Soon), Href: "/office/watch?only=soon", Tone: amber(f.Soon)},
		{Label: ui.M("office.figures.paused"), Value: ui.Count(f.Paused), Href: "/office/watch?only=paused"},
	}}
	unanswered, ok := o.objections(w, r)
	if !ok {
		return
	}
	data.Figures = append(data.Figures, unanswered)
	for _, s := range statuses {
		data.Figures = append(data.Figures, ui.Figure{Label: ui.M("office.status." + s), Value: ui.Count(f.ByStatus[s]), Href: "/office/watch?status=" + s})
	}
	data.Figures = append(data.Figures,
		ui.Figure{Label: ui.M("office.figures.ontime"), Value: share(f.OnTime, f.Decided), Note: ui.M("office.figures.of", "n", f.OnTime, "of", f.Decided)},
		ui.Figure{Label: ui.M("office.figures.median"), Value: median(f), Note: ui.M("office.figures.since", "day", ui.OnDay(f.Since))})
	data.Charts = charts(f)
	for i := range data.Charts {
		data.Charts[i].AsOf, data.Charts[i].Source = now, ui.M("office.figures.source")
	}
	o.render(w, r, "figures", "office.figures.title", ui.Page{Current: "/office/figures", Data: data})
}

// objections is how many objections to the lists the agencies have not answered in
// time, by agency: those who watch see it, the county answers.
func (o *desk) objections(w http.ResponseWriter, r *http.Request) (f ui.Figure, ok bool) {
	n, late := 0, []ui.Text{}
	ok = o.door.Read(w, r, func(tx *store.Tx) error {
		counts, err := object.Count(tx, "")
		for _, c := range counts {
			if c.Overdue == 0 || err != nil {
				continue
			}
			name := ui.Text(ui.M("objections.county"))
			if c.Agency != "" {
				var agency string
				agency, err = o.door.House.People.AgencyName(tx, c.Agency, tx.Today())
				name = ui.Plain(agency)
			}
			n += c.Overdue
			late = append(late, ui.Join{Sep: " ", Texts: []ui.Text{name, ui.Count(c.Overdue)}})
		}
		return err
	})
	f = ui.Figure{Label: ui.M("office.figures.objections"), Value: ui.Count(n), Tone: red(n)}
	if n > 0 {
		f.Note = ui.Join{Sep: " · ", Texts: late}
	}
	return f, ok
}

// median is the number of working days, a dash of nothing.
func median(f *casework.Figures) ui.Text {
	if f.Decided == 0 {
		return ui.M("office.none")
	}
	return ui.Count(f.Median)
}

func red(n int) ui.Tone {
	if n > 0 {
		return ui.ToneLegal
	}
	return ""
}

func amber(n int) ui.Tone {
	if n > 0 {
		return ui.ToneTodo
	}
	return ""
}

// share is a percentage with one digit, a dash of nothing.
func share(n, of int) ui.Text {
	if of == 0 {
		return ui.M("office.none")
	}
	return ui.Plain(fmt.Sprintf("%.1f%%", 100*float64(n)/float64(of)))
}

// bodiesShown bounds the bars of a chart.
const bodiesShown = 10

func charts(f *casework.Figures) []ui.Chart {
	var list []ui.Chart
	if len(f.Bodies) > 0 {
		list = append(list, bodies(f))
	}
	if len(f.Weeks) > 1 {
		list = append(list, weeks(f))
	}
	return list
}

// bodies is who has how much work, and how much of it is overdue.
func bodies(f *casework.Figures) ui.Chart {
	c := ui.Chart{Finding: ui.M("office.chart.bodies.none"), Range: ui.M("office.chart.bodies.range", "n", len(f.Cases)), CSV: "/office/figures/bodies.csv",
		Definition: ui.M("office.chart.bodies.what"), Bars: &ui.Bars{Series: []ui.Text{ui.M("office.chart.intime"), ui.M("office.chart.overdue")}},
		Numbers: ui.Table{Caption: ui.M("office.chart.bodies"), HideCaption: true, Plain: true, Columns: []ui.Column{{Label: ui.M("office.papers.agency")}, {Label: ui.M("office.chart.running"), Number: true}, {Label: ui.M("office.chart.overdue"), Number: true}}}}
	if f.Overdue > 0 {
		c.Finding = ui.M("office.chart.bodies.late", "n", f.Overdue, "name", f.Bodies[0].Name)
	}
	for i, b := range f.Bodies {
		if i < bodiesShown {
			c.Bars.Items = append(c.Bars.Items, ui.Bar{Label: ui.Plain(b.Name), Values: []float64{float64(b.Running - b.Overdue), float64(b.Overdue)}, Shown: ui.M("office.chart.cases", "n", b.Running)})
		}
		c.Numbers.Rows = append(c.Numbers.Rows, ui.Row{Cells: ui.Cells(ui.Plain(b.Name), ui.Count(b.Running), ui.Count(b.Overdue))})
	}
	return c
}

// weeks is the share decided in time, week by week.
func weeks(f *casework.Figures) ui.Chart {
	c := ui.Chart{Finding: ui.M("office.chart.weeks", "share", share(f.OnTime, f.Decided)), Range: ui.M("office.figures.since", "day", ui.OnDay(f.Since)), CSV: "/office/figures/weeks.csv",
		Definition: ui.M("office.chart.weeks.what"), Lines: &ui.Lines{Max: 100, Suffix: "%", Series: []ui.Series{{Name: ui.M("office.figures.ontime")}}},
		Numbers: ui.Table{Caption: ui.M("office.figures.ontime"), HideCaption: true, Plain: true, Columns: []ui.Column{{Label: ui.M("office.chart.week")}, {Label: ui.M("office.chart.decided"), Number: true}, {Label: ui.M("office.figures.ontime"), Number: true}}}}
	for _, w := range f.Weeks {
		c.Lines.Points = append(c.Lines.Points, ui.Plain(ui.DateShort(w.From)))
		c.Lines.Series[0].Values = append(c.Lines.Series[0].Values, 100*float64(w.OnTime)/float64(w.Decided))
		c.Numbers.Rows = append(c.Numbers.Rows, ui.Row{Cells: ui.Cells(ui.OnDay(w.From), ui.Count(w.Decided), share(w.OnTime, w.Decided))})
	}
	return c
}

// csv gives a chart's table as a file: the same numbers.
func (o *desk) csv(w http.ResponseWriter, r *http.Request) {
	f, err := o.door.House.Office.Figures(r.Context(), door.Actor(r))
	if err != nil {
		o.door.Fail(w, r, err)
		return
	}
	c := bodies(f)
	switch r.PathValue("table") {
	case "bodies.csv":
	case "weeks.csv":
		c = weeks(f)
	default:
		o.door.UI.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	_, _ = w.Write([]byte("\ufeff"))
	out := csv.NewWriter(w)
	var head []string
	for _, col := range c.Numbers.Columns {
		head = append(head, ui.Say(wording.ZH, col.Label))
	}
	_ = out.Write(head)
	for _, row := range c.Numbers.Rows {
		var line []string
		for _, cell := range row.Cells {
			line = append(line, inert(ui.Say(wording.ZH, cell.Text)))
		}
		_ = out.Write(line)
	}
	out.Flush()
}

// inert keeps spreadsheets from taking a cell for a formula: what begins like
// one gets a quote before it, which they show as text.
func inert(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(cell)[0]) {
		return "'" + cell
	}
	return cell
}

// List is a list of running cases behind a figure.
type List struct {
	Views ui.SubNav
	Table ui.Table
	Pager ui.Pager
}

// watch lists the running cases behind a figure, read-only.
func (o *desk) watch(w http.ResponseWriter, r *http.Request) {
	f, err := o.door.House.Office.Figures(r.Context(), door.Actor(r))
	if err != nil {
		o.door.Fail(w, r, err)
		return
	}
	only, status := r.URL.Query().Get("only"), r.URL.Query().Get("status")
	rows := slices.DeleteFunc(slices.Clone(f.Cases), func(x casework.Watched) bool {
		return status != "" && x.Status != status || only == "overdue" && !x.Overdue || only == "soon" && !x.Soon || only == "paused" && !x.Paused
	})
	data := List{Views: watchViews(f, only, status), Table: o.watchTable(r, f, rows)}
	from, _ := strconv.Atoi(r.URL.Query().Get("from"))
	from = max(0, min(from, len(rows)-1))
	here := ui.Page{URL: r.URL}
	data.Pager = ui.Pager{From: from + 1, To: min(from+pageSize, len(rows)), Total: len(rows)}
	if from+pageSize < len(rows) {
		data.Pager.Next = here.With("from", strconv.Itoa(from+pageSize))
	}
	if from > 0 {
		data.Pager.Prev = here.With("from", strconv.Itoa(max(0, from-pageSize)))
	}
	data.Table.Rows = data.Table.Rows[min(from, len(data.Table.Rows)):min(from+pageSize, len(data.Table.Rows))]
	o.render(w, r, "watch", "office.watch.title", ui.Page{Current: "/office/watch", Data: data})
}

func watchViews(f *casework.Figures, only, status string) ui.SubNav {
	nav := ui.SubNav{Label: ui.M("office.work.views")}
	add := func(text ui.Text, n int, query string, current bool) {
		nav.Links = append(nav.Links, ui.Link{Text: text, Href: "/office/watch" + query, HasCount: true, Count: n, Current: current})
	}
	add(ui.M("office.view.running"), len(f.Cases), "", only+status == "")
	add(ui.M("office.figures.overdue"), f.Overdue, "?only=overdue", only == "overdue")
	add(ui.M("office.figures.soon"), f.Soon, "?only=soon", only == "soon")
	add(ui.M("office.figures.paused"), f.Paused, "?only=paused", only == "paused")
	for _, s := range statuses {
		add(ui.M("office.status."+s), f.ByStatus[s], "?status="+s, status == s)
	}
	return nav
}

func (o *desk) watchTable(r *http.Request, f *casework.Figures, rows []casework.Watched) ui.Table {
	names := map[string]string{}
	for _, b := range f.Bodies {
		names[b.Agency] = b.Name
	}
	cal, today := o.door.House.Office.Calendar(), o.door.House.Store.Now().Day()
	t := ui.Table{Caption: ui.M("office.watch.title"), HideCaption: true, Empty: ui.Empty{Text: ui.M("office.watch.none")},
		Columns: []ui.Column{{Label: ui.M("office.col.case")}, {Label: ui.M("office.col.item")}, {Label: ui.M("office.papers.agency")}, {Label: ui.M("office.col.received")}, {Label: ui.M("office.col.due")}, {Label: ui.M("office.col.used"), Number: true}, {Label: ui.M("office.col.status")}}}
	for _, x := range rows {
		id, status := strconv.FormatInt(x.ID, 10), casepage.Status(x.Status)
		row := ui.Row{ID: id, Cells: []ui.Cell{{Text: ui.Plain(x.Label), Href: casepage.From(r, x.ID, id), Note: casepage.Short(x.Number)}, {Text: ui.Plain(x.Title)}, {Text: ui.Plain(names[x.Agency])},
			{Text: ui.OnDay(x.Received)}, {Text: ui.M("office.none")}, {Text: ui.Count(x.Used)}, {Status: &status}}}
		if x.Due != 0 {
			d := casepage.Due(cal, today, x.Due, nil)
			d.Short = true
			if x.Paused {
				d.Stopped = ui.M("office.due.stands")
			}
			row.Cells[4] = ui.Cell{Due: d}
		}
		switch {
		case x.Overdue:
			row.Tone = ui.ToneLegal
		case x.Soon:
			row.Tone = ui.ToneTodo
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
