package manage

import (
	"net/http"
	"net/url"
	"strconv"

	"tongban/internal/record/store"
	"tongban/internal/rules/reconcile"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/compare"
)

// Matched is a comparison: its totals and its rows.
type Matched struct {
	compare.Comparison
	Agency string
	Chart  ui.Chart
	Agreed int // open rows that may be confirmed at once
	Filter ui.Filter
	Table  ui.Table
	Next   string
}

// show lists the rows of a comparison.
func (m *matching) show(w http.ResponseWriter, r *http.Request) {
	q, here := r.URL.Query(), ui.Page{URL: r.URL}
	after, _ := strconv.Atoi(q.Get("after"))
	ask := compare.Query{Comparison: number(r), Relation: reconcile.Relation(q.Get("relation")), Differs: q.Get("differs"), Verdict: q.Get("verdict"), After: after, Limit: pageSize}
	var data Matched
	var rows []compare.Row
	if !m.door.Read(w, r, func(tx *store.Tx) (err error) {
		if data.Comparison, err = m.compared(tx, r); err != nil {
			return err
		}
		if data.Agency, err = m.door.House.People.AgencyName(tx, data.Comparison.Agency, tx.Today()); err != nil {
			return err
		}
		counts, err := compare.Count(tx, data.ID)
		if err != nil {
			return err
		}
		data.Agreed, data.Chart = counts.Agreed, totals(counts)
		data.Chart.AsOf = tx.Now()
		rows, err = compare.Page(tx, ask)
		return err
	}) {
		return
	}
	data.Filter, data.Table = matchFilter(ask, here), matchTable(rows)
	if len(rows) == ask.Limit {
		data.Next = here.With("after", strconv.Itoa(rows[len(rows)-1].N), "done", "")
	}
	m.render(w, r, "matched", 0, ui.Page{Title: ui.M("manage.match.result"), Data: data, Back: &ui.Link{Text: ui.M("manage.match.title"), Href: "/manage/compare"}})
}

// totals is the small picture of how many rows there are of each kind, decided and open.
func totals(n compare.Counts) ui.Chart {
	bars := &ui.Bars{Series: []ui.Text{ui.M("manage.match.decided"), ui.M("compare.verdict.open")}}
	table := ui.Table{Caption: ui.M("manage.match.totals"), HideCaption: true, Plain: true, Columns: []ui.Column{{Label: ui.M("manage.match.col.relation")},
		{Label: ui.M("manage.match.decided"), Number: true}, {Label: ui.M("compare.verdict.open"), Number: true}}}
	open, all := 0, 0
	for _, rel := range reconcile.Relations() {
		o, total := n.Open[rel], n.Relations[rel]
		open, all = open+o, all+total
		bars.Items = append(bars.Items, ui.Bar{Label: rel.Name(), Values: []float64{float64(total - o), float64(o)}, Shown: ui.Count(total)})
		table.Rows = append(table.Rows, ui.Row{Cells: ui.Cells(rel.Name(), ui.Count(total-o), ui.Count(o))})
	}
	return ui.Chart{Finding: ui.M("manage.match.finding", "all", all, "open", open), Numbers: table, Bars: bars}
}

// matchFilter is the form by which rows are chosen.
func matchFilter(q compare.Query, here ui.Page) ui.Filter {
	among := func(name, value string, label ui.Text, options ...ui.Option) ui.Field {
		return ui.Field{Kind: ui.FieldSelect, Name: name, Label: label, Value: value, Options: append([]ui.Option{{Value: "", Label: ui.M("manage.match.all")}}, options...)}
	}
	var relations, fields, verdicts []ui.Option
	for _, rel := range reconcile.Relations() {
		relations = append(relations, ui.Option{Value: string(rel), Label: rel.Name()})
	}
	fields = append(fields, ui.Option{Value: "nothing", Label: ui.M("manage.match.nothing")})
	for _, f := range reconcile.Fields() {
		fields = append(fields, ui.Option{Value: string(f), Label: f.Name()})
	}
	for _, v := range []string{"open", "confirmed", "rejected"} {
		verdicts = append(verdicts, ui.Option{Value: v, Label: ui.M("compare.verdict." + v)})
	}
	f := ui.Filter{Action: "/manage/compare/" + text(q.Comparison), Fields: []ui.Field{among("relation", string(q.Relation), ui.M("manage.match.col.relation"), relations...),
		among("differs", q.Differs, ui.M("manage.match.col.differs"), fields...), among("verdict", q.Verdict, ui.M("manage.match.col.verdict"), verdicts...)}}
	for _, x := range f.Fields {
		for _, o := range x.Options {
			if o.Value != "" && o.Value == x.Value {
				f.Chips = append(f.Chips, ui.Chip{Text: o.Label, Remove: here.With(x.Name, "", "after", "", "done", "")})
			}
		}
	}
	return f
}

var verdictTones = map[reconcile.Verdict]ui.Tone{reconcile.Open: ui.ToneNow, reconcile.Confirmed: ui.ToneOK, reconcile.Rejected: ui.ToneOff}

// matchTable sets both sides of every row beside each other.
func matchTable(rows []compare.Row) ui.Table {
	t := ui.Table{Caption: ui.M("manage.match.rows"), Empty: ui.Empty{Text: ui.M("manage.match.empty")}, Columns: []ui.Column{{Label: ui.M("manage.match.col.n")},
		{Label: ui.M("manage.match.theirs")}, {Label: ui.M("manage.match.ours")}, {Label: ui.M("manage.match.col.relation")}, {Label: ui.M("manage.match.col.why")}, {Label: ui.M("manage.match.col.verdict")}}}
	for i := range rows {
		x := &rows[i]
		differs := ui.Join{Sep: "、"}
		seen := map[reconcile.Field]bool{}
		for _, d := range x.Differences {
			if !seen[d.Field] {
				seen[d.Field] = true
				differs.Texts = append(differs.Texts, d.Field.Name())
			}
		}
		relation := ui.Cell{Text: x.Relation.Name()}
		if len(differs.Texts) > 0 {
			relation.Note = ui.Join{Texts: []ui.Text{ui.M("manage.match.col.differs"), ui.Plain("："), differs}}
		}
		why := ui.Join{Sep: "；"}
		for _, s := range x.Why {
			why.Texts = append(why.Texts, s)
		}
		t.Rows = append(t.Rows, ui.Row{ID: strconv.Itoa(x.N), Cells: []ui.Cell{{Text: ui.M("manage.match.look", "n", x.N), Href: rowAt(x)}, {Text: names(x.Theirs)}, {Text: names(x.Ours)}, relation,
			{Text: why, Note: ui.M("manage.match.score", "percent", x.Score/10)}, {Status: &ui.Status{Tone: verdictTones[x.Verdict], Text: ui.M("compare.verdict." + compare.VerdictKey(x.Verdict))}}}})
	}
	return t
}

func rowAt(x *compare.Row) string {
	return "/manage/compare/" + text(x.Comparison) + "/row/" + strconv.Itoa(x.N)
}

// names lists lines by code and name.
func names(lines []compare.Line) ui.Text {
	if len(lines) == 0 {
		return ui.Plain("—")
	}
	j := ui.Join{Sep: "；"}
	for _, l := range lines {
		if !l.Dropped {
			j.Texts = append(j.Texts, ui.Plain(l.Name))
		}
	}
	return j
}

// agree confirms all rows in which both sides say the same.
func (m *matching) agree(w http.ResponseWriter, r *http.Request) {
	if _, err := m.compare.Agree(r.Context(), door.Actor(r), door.Key(r), number(r)); err != nil {
		m.door.Fail(w, r, err)
		return
	}
	door.Done(w, r, "/manage/compare/"+text(number(r))+"?"+url.Values{"done": {"agreed"}}.Encode())
}
