package admin

import (
	"math"
	"net/http"
	"strconv"
	"time"

	"tongban/internal/house"
	"tongban/internal/house/alert"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
	"tongban/internal/web/ui"
)

// Operations is what the page for operators shows: what needs doing first, how
// it stands now, how it went in the last hours, and the list of all checks.
type Operations struct {
	Measured bool // false: this server measures nothing
	Notice   *ui.Notice
	Alerts   ui.Table
	Figures  []ui.Figure
	Minutes  int
	Charts   []ui.Chart
	Work     ui.Table
	Rules    ui.Table
	Live     ui.Live
	Refresh  bool // the page reloads by itself
	Toggle   ui.Link
}

const (
	chartFrom    = 3    // readings before lines are drawn
	chartPoints  = 60   // points of a line at most; each is the mean of its readings
	refreshEvery = "60" // seconds
	agenciesMost = 20
)

// operations is the page for those who keep the platform running. It reads what
// is in memory and asks the database for nothing but the agencies' names.
func (o *desk) operations(w http.ResponseWriter, r *http.Request) {
	data := Operations{Refresh: r.URL.Query().Get("every") != ""}
	data.Live = ui.Live{At: o.door.House.Store.Now(), Href: r.URL.RequestURI()}
	data.Toggle = ui.Link{Text: ui.M("operations.refresh.on"), Href: "/admin/operations?every=" + refreshEvery}
	if data.Refresh {
		w.Header().Set("Refresh", refreshEvery)
		data.Toggle = ui.Link{Text: ui.M("operations.refresh.off"), Href: "/admin/operations"}
	}
	names := map[string]string{}
	if !o.door.Read(w, r, func(tx *store.Tx) error {
		list, err := o.door.House.People.Agencies(tx, tx.Today())
		for _, a := range list {
			names[a.Key] = a.Name
		}
		return err
	}) {
		return
	}
	if m := o.door.House.Options.Metrics; m != nil && !m.History.Last().IsZero() {
		data.Measured, data.Live.At = true, instant(m.History.Last())
		data.fill(m.History, names)
	} else if m != nil {
		data.Notice = &ui.Notice{Kind: ui.Info, Title: ui.M("operations.first")}
	}
	o.render(w, r, "operations", "operations.title", ui.Page{Current: "/admin/operations", Data: data})
}

func (d *Operations) fill(h *alert.History, names map[string]string) {
	on := h.On()
	d.judge(on)
	d.alerts(on, names)
	d.checks(on)
	for _, f := range house.Facts {
		d.figure(f, h.Now(f.Expr))
	}
	d.Minutes = len(h.Over(house.Charts[0].Expr))
	if d.Minutes >= chartFrom {
		for _, c := range house.Charts {
			d.Charts = append(d.Charts, drawn(c, h.Over(c.Expr)))
		}
	}
	d.worklists(h, names)
}

// judge says in one sentence how it stands.
func (d *Operations) judge(on []alert.On) {
	n := map[string]int{}
	for _, x := range on {
		n[level(x)]++
	}
	all := len(alert.Rules())
	if len(on) == 0 {
		d.Notice = &ui.Notice{Kind: ui.Done, Title: ui.M("operations.well"), Body: ui.M("operations.well.lead", "n", all)}
		return
	}
	d.Notice = &ui.Notice{Kind: ui.Todo, Title: ui.M("operations.todo"),
		Body: ui.M("operations.todo.lead", "bad", n["bad"], "warn", n["warn"], "pending", n["pending"], "well", all-len(on))}
	if n["bad"] > 0 {
		d.Notice.Kind = ui.Legal
	}
}

func level(x alert.On) string {
	if x.Pending {
		return "pending"
	}
	return string(x.Rule.Level)
}

var tones = map[string]ui.Tone{"bad": ui.ToneLegal, "warn": ui.ToneTodo, "pending": ui.ToneNow, "well": ui.ToneOK}

func state(level string) *ui.Status {
	return &ui.Status{Tone: tones[level], Text: ui.M("operations.level." + level)}
}

// alerts lists what needs doing, the pressing first.
func (d *Operations) alerts(on []alert.On, names map[string]string) {
	d.Alerts = ui.Table{Caption: ui.M("operations.alerts"), Columns: []ui.Column{{Label: ui.M("operations.col.what")}, {Label: ui.M("operations.col.level")},
		{Label: ui.M("operations.col.since")}, {Label: ui.M("operations.col.why")}, {Label: ui.M("operations.col.do")}}}
	for _, x := range on {
		tone := tones[level(x)]
		if tone == ui.ToneNow {
			tone = ""
		}
		d.Alerts.Rows = append(d.Alerts.Rows, ui.Row{Tone: tone, Cells: []ui.Cell{
			{Text: x.Rule.Title(), Note: where(x.Samples, names)}, {Status: state(level(x))}, {Text: ui.Plain(clock(x.Since))}, {Text: x.Rule.Why()}, {Text: x.Rule.Do()},
		}})
	}
}

const whereMost = 3

// where says which disk, agency or follower a rule is about, the first few.
func where(list []alert.Sample, names map[string]string) ui.Text {
	var parts ui.Join
	parts.Sep = "，"
	for i, x := range list {
		if i == whereMost {
			parts.Texts = append(parts.Texts, ui.M("operations.and_more", "n", len(list)))
			break
		}
		for _, name := range x.Labels {
			if names[name] != "" {
				name = names[name]
			}
			parts.Texts = append(parts.Texts, ui.M("operations.more", "name", name, "value", figureOf(x.Value)))
		}
	}
	if len(parts.Texts) == 0 {
		return nil
	}
	return parts
}

// checks is the whole list, so that "well" says what was looked at.
func (d *Operations) checks(on []alert.On) {
	levels := map[string]string{}
	for _, x := range on {
		levels[x.Rule.Name] = level(x)
	}
	d.Rules = ui.Table{Caption: ui.M("operations.rules"), HideCaption: true, Columns: []ui.Column{{Label: ui.M("operations.col.what")},
		{Label: ui.M("operations.col.level")}, {Label: ui.M("operations.col.why")}}}
	for _, r := range alert.Rules() {
		l := levels[r.Name]
		if l == "" {
			l = "well"
		}
		d.Rules.Rows = append(d.Rules.Rows, ui.Row{Cells: []ui.Cell{{Text: r.Title()}, {Status: state(l)}, {Text: r.Why()}}})
	}
}

func (d *Operations) figure(f house.Chart, got []alert.Sample) {
	if len(got) == 0 {
		return // nothing of it is measured here: no write-ahead log on PostgreSQL
	}
	d.Figures = append(d.Figures, ui.Figure{
		Label: ui.M("operations.fact." + f.Key), Value: ui.Plain(figureOf(got[0].Value * f.Scale)), Note: ui.M("operations.fact." + f.Key + ".note"),
	})
}

// drawn is one line of the last hours with its table.
func drawn(c house.Chart, points []alert.Point) ui.Chart {
	points = thinned(points)
	line := ui.Series{Name: ui.M("operations.chart." + c.Key + ".name")}
	numbers := ui.Table{Caption: ui.M("operations.chart." + c.Key), Plain: true, Columns: []ui.Column{{Label: ui.M("operations.col.time")},
		{Label: ui.M("operations.chart." + c.Key + ".name"), Number: true}}}
	lines := &ui.Lines{}
	last, most, known := 0.0, 0.0, false
	for _, p := range points {
		v := math.NaN()
		if p.Known {
			v = p.Value * c.Scale
			last, most, known = v, math.Max(most, v), true
			numbers.Rows = append(numbers.Rows, ui.Row{Cells: ui.Cells(ui.Plain(clock(p.At)), ui.Plain(figureOf(v)))})
		}
		line.Values = append(line.Values, v)
		lines.Points = append(lines.Points, ui.Plain(clock(p.At)))
	}
	lines.Series, lines.Max = []ui.Series{line}, roundUp(most)
	finding := wording.M("operations.chart."+c.Key+".finding", "now", figureOf(last), "most", figureOf(most))
	if !known {
		finding = wording.M("operations.chart.quiet", "name", wording.M("operations.chart."+c.Key))
	}
	return ui.Chart{
		Finding: finding, Range: ui.M("operations.chart.range", "from", clock(points[0].At), "to", clock(points[len(points)-1].At)),
		AsOf: instant(points[len(points)-1].At), Numbers: numbers, Lines: lines,
	}
}

// thinned makes at most chartPoints points, each the largest of those it stands
// for: a short trouble must not vanish in a mean.
func thinned(list []alert.Point) []alert.Point {
	step := (len(list) + chartPoints - 1) / chartPoints
	if step < 2 {
		return list
	}
	var out []alert.Point
	for i := 0; i < len(list); i += step {
		worst := list[i]
		for _, p := range list[i:min(i+step, len(list))] {
			if p.Known && (!worst.Known || p.Value > worst.Value) {
				worst.Value, worst.Known = p.Value, true
			}
			worst.At = p.At
		}
		out = append(out, worst)
	}
	return out
}

// worklists lists the agencies with open tasks, the most overdue first.
func (d *Operations) worklists(h *alert.History, names map[string]string) {
	d.Work = ui.Table{Caption: ui.M("operations.worklists"), HideCaption: true, Plain: true, Empty: ui.Empty{Text: ui.M("operations.worklists.none")},
		Columns: []ui.Column{{Label: ui.M("operations.col.agency")}, {Label: ui.M("operations.col.open"), Number: true},
			{Label: ui.M("operations.col.overdue"), Number: true}, {Label: ui.M("operations.col.oldest"), Number: true}}}
	for _, row := range house.Worklists(h) {
		if row.Open == 0 || len(d.Work.Rows) == agenciesMost {
			continue
		}
		name := row.Agency
		if names[name] != "" {
			name = names[name]
		}
		d.Work.Rows = append(d.Work.Rows, ui.Row{Cells: ui.Cells(ui.Plain(name), ui.Count(int64(row.Open)), ui.Count(int64(row.Overdue)), ui.Plain(figureOf(row.Days)))})
	}
}

func clock(t time.Time) string { return instant(t).Time().Format("15:04") }

func instant(t time.Time) day.Instant { return day.Instant(t.UnixMicro()) }

// figureOf writes a number with as much precision as its size deserves.
func figureOf(v float64) string {
	switch {
	case v == math.Trunc(v) || math.Abs(v) >= 100:
		return strconv.FormatFloat(math.Round(v), 'f', -1, 64)
	case math.Abs(v) >= 10:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}

// roundUp is the end of an axis: 1, 2, 4 or 8 times a power of ten, so that the
// numbers at its quarters are short.
func roundUp(v float64) float64 {
	if v <= 0 {
		return 4
	}
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, k := range []float64{1, 2, 4, 8} {
		if v <= k*power {
			return k * power
		}
	}
	return 10 * power
}
