package manage

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/gbcode"
	"tongban/internal/rules/reconcile"
	"tongban/internal/rules/wording"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/compare"
)

// MatchRow is a row of a comparison with both sides in full.
type MatchRow struct {
	compare.Row
	At     string
	Said   []ui.Text // reasons
	Sides  ui.Table
	Fields []ui.Field
	By     string
	Next   string // the next row that nobody decided
}

// row shows a row and asks for a decision.
func (m *matching) row(w http.ResponseWriter, r *http.Request) { m.rowWith(w, r, nil, nil, nil) }

func (m *matching) rowWith(w http.ResponseWriter, r *http.Request, typed url.Values, wrong map[string]ui.Text, notice *ui.Notice) {
	n, _ := strconv.Atoi(r.PathValue("n"))
	var data MatchRow
	agencies := map[string]string{}
	if !m.door.Read(w, r, func(tx *store.Tx) (err error) {
		if _, err = m.compared(tx, r); err != nil {
			return err
		}
		if data.Row, err = compare.RowOf(tx, number(r), n); err != nil {
			return err
		}
		bodies, err := m.door.House.People.Agencies(tx, tx.Today())
		if err != nil {
			return err
		}
		for _, a := range bodies {
			agencies[a.Key] = a.Short
		}
		if data.Row.By != 0 {
			if data.By, err = m.door.House.People.Name(tx, data.Row.By); err != nil {
				return err
			}
		}
		open, err := compare.Page(tx, compare.Query{Comparison: number(r), Verdict: "open", After: n, Limit: 1})
		if len(open) > 0 {
			data.Next = rowAt(&open[0])
		}
		return err
	}) {
		return
	}
	for _, s := range data.Why {
		data.Said = append(data.Said, s)
	}
	data.At, data.Sides = rowAt(&data.Row), sides(&data.Row, agencies)
	data.Fields = decisionFields(&data.Row)
	p := ui.Page{Title: ui.M("manage.match.row", "n", n), Notice: notice, Back: &ui.Link{Text: ui.M("manage.match.result"), Href: "/manage/compare/" + text(number(r))}}
	status := 0
	if notice != nil {
		status = http.StatusConflict
	}
	if typed != nil {
		p.Errors = ui.Fill(data.Fields, typed, wrong)
	}
	p.Data = data
	m.render(w, r, "matchrow", status, p)
}

// decisionFields ask whether the lines belong together.
func decisionFields(x *compare.Row) []ui.Field {
	yes, no := ui.M("manage.match.yes"), ui.M("manage.match.no")
	if len(x.Theirs) == 0 || len(x.Ours) == 0 {
		yes, no = ui.M("manage.match.yes_alone"), ui.M("manage.match.no_alone")
	}
	fields := []ui.Field{{Kind: ui.FieldRadios, Name: "verdict", Label: ui.M("manage.match.ask"), Value: string(x.Verdict),
		Options: []ui.Option{{Value: string(reconcile.Confirmed), Label: yes}, {Value: string(reconcile.Rejected), Label: no}}}}
	many := x.Ours
	if len(x.Theirs) > 1 {
		many = x.Theirs
	}
	if len(many) > 1 {
		f := ui.Field{Kind: ui.FieldChecks, Name: "without", Label: ui.M("manage.match.without"), Optional: true}
		for i := range many {
			key := many[i].Entry().Key()
			f.Options = append(f.Options, ui.Option{Value: key, Label: ui.Plain(many[i].Name)})
			if many[i].Dropped {
				f.Values = append(f.Values, key)
			}
		}
		fields = append(fields, f)
	}
	return append(fields, ui.Field{Kind: ui.FieldArea, Name: "reason", Label: ui.M("manage.match.reason"), Hint: ui.M("manage.match.reason.hint"), Value: x.Reason, Rows: 3, Optional: true})
}

// sides sets the lines of both lists beside each other, what they say in rows.
func sides(x *compare.Row, agencies map[string]string) ui.Table {
	t := ui.Table{Caption: ui.M("manage.match.sides"), Columns: []ui.Column{{Label: ui.M("manage.match.col.element")}}}
	lines := append(append([]compare.Line{}, x.Theirs...), x.Ours...)
	for i := range lines {
		label := ui.M("manage.match.theirs")
		if i >= len(x.Theirs) {
			label = ui.M("manage.match.ours")
		}
		t.Columns = append(t.Columns, ui.Column{Label: label})
	}
	list := func(l []string, none string) string {
		if l != nil && len(l) == 0 {
			return none
		}
		return strings.Join(l, "、")
	}
	differs := map[reconcile.Field]bool{}
	for _, d := range x.Differences {
		differs[d.Field] = true
	}
	add := func(label ui.Text, f reconcile.Field, say func(l *compare.Line) string) {
		row := ui.Row{Cells: []ui.Cell{{Text: label}}}
		if differs[f] {
			row.Cells[0].Status = &ui.Status{Tone: ui.ToneTodo, Text: ui.M("manage.match.different")}
		}
		for i := range lines {
			s := say(&lines[i])
			if s == "" {
				s = "—"
			}
			row.Cells = append(row.Cells, ui.Cell{Text: ui.Plain(s)})
		}
		t.Rows = append(t.Rows, row)
	}
	add(reconcile.FieldName.Name(), reconcile.FieldName, func(l *compare.Line) string { return l.Name })
	add(ui.M("manage.match.code"), "", func(l *compare.Line) string { return l.Code })
	add(reconcile.FieldType.Name(), reconcile.FieldType, func(l *compare.Line) string {
		if l.Type == "" {
			return ""
		}
		return gbcode.TypeName(l.Type).In(wording.ZH)
	})
	add(reconcile.FieldAgency.Name(), reconcile.FieldAgency, func(l *compare.Line) string {
		if name := agencies[l.Agency]; name != "" {
			return name
		}
		return l.Agency
	})
	add(reconcile.FieldDays.Name(), reconcile.FieldDays, func(l *compare.Line) string {
		if l.Days.IsZero() {
			return ""
		}
		return l.Days.In(wording.ZH)
	})
	none := wording.Text(wording.ZH, "manage.none")
	add(reconcile.FieldSteps.Name(), reconcile.FieldSteps, func(l *compare.Line) string { return list(l.Steps, none) })
	add(reconcile.FieldFees.Name(), reconcile.FieldFees, func(l *compare.Line) string { return list(l.Fees, wording.Text(wording.ZH, "manage.match.free")) })
	add(reconcile.FieldMaterials.Name(), reconcile.FieldMaterials, func(l *compare.Line) string { return list(l.Materials, none) })
	return t
}

// decide takes a decision on a row.
func (m *matching) decide(w http.ResponseWriter, r *http.Request) {
	n, _ := strconv.Atoi(r.PathValue("n"))
	rev, _ := strconv.Atoi(value(r, "rev"))
	_, err := m.compare.Decide(r.Context(), door.Actor(r), door.Key(r), compare.Decision{Comparison: number(r), N: n, Rev: rev,
		Verdict: reconcile.Verdict(value(r, "verdict")), Reason: value(r, "reason"), Without: r.PostForm["without"]})
	switch {
	case err == nil:
		to := "/manage/compare/" + text(number(r)) + "/row/" + strconv.Itoa(n) + "?done=decided"
		door.Done(w, r, to)
	case act.KindOf(err) == act.Conflict:
		m.rowWith(w, r, r.PostForm, nil, &ui.Notice{Kind: ui.Todo, Urgent: true, Title: ui.M("manage.match.conflict"), Body: ui.M("manage.match.conflict.next")})
	default:
		wrong, ok := door.Wrong(err)
		if !ok {
			m.door.Fail(w, r, err)
			return
		}
		m.rowWith(w, r, r.PostForm, wrong, nil)
	}
}
