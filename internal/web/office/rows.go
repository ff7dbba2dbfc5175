package office

import (
	"net/http"
	"strconv"

	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/register/identity"
	"tongban/internal/rules/day"
	"tongban/internal/web/casepage"
	"tongban/internal/web/ui"
	"tongban/internal/work/casework"
)

// bulk is the table of a worklist, whose rows can be moved together. Nothing is
// ever decided together.
func (o *desk) bulk(r *http.Request, a act.Actor, on asked, rows []proceeding.Row, names map[int64]string, today day.Day) ui.Bulk {
	here := ui.Page{URL: r.URL}
	t := ui.Table{Caption: ui.M("office.work.title"), HideCaption: true, Select: "task", Empty: ui.Empty{Text: ui.M("office.work.none")},
		Columns: []ui.Column{{Label: ui.M("office.col.case")}, {Label: ui.M("office.col.item")}, {Label: ui.M("office.col.due"), Sorted: ui.Ascending},
			{Label: ui.M("office.col.limit")}, {Label: ui.M("office.col.step")}, {Label: ui.M("office.col.who")}, {Label: ui.M("office.col.status")}}}
	if len(on.title+on.part+on.due+on.number) > 0 || on.view != "all" {
		t.Empty = ui.Empty{Text: ui.M("office.work.none_here"), Links: []ui.Link{{Text: ui.M("office.work.unfilter"), Href: "/office"}}}
	}
	for _, x := range rows {
		t.Rows = append(t.Rows, o.row(r, a, x, names, today, on.tick))
	}
	b := ui.Bulk{Action: "/office/move", Table: t, TickPage: here.With("tick", "page"),
		Buttons: []ui.Button{{Text: ui.M("office.bulk.claim"), Name: "act", Value: "claim"}, {Text: ui.M("office.bulk.hand"), Name: "act", Value: "hand"}, {Text: ui.M("office.bulk.release"), Name: "act", Value: "release"}}}
	if on.tick {
		b.Ticked = len(rows)
	}
	if r.URL.Query().Get("none") != "" {
		b.Error = ui.M("office.bulk.none")
	}
	return b
}

func (o *desk) row(r *http.Request, a act.Actor, x proceeding.Row, names map[int64]string, today day.Day, tick bool) ui.Row {
	cal := o.door.House.Office.Calendar()
	due := casepage.Due(cal, today, x.Due, nil)
	due.Short = true
	row := ui.Row{ID: strconv.FormatInt(x.Proceeding, 10) + "." + strconv.FormatInt(x.ID, 10), Ticked: tick}
	switch {
	case x.Due < today:
		row.Tone = ui.ToneLegal
	case due.Left <= casepage.SoonDays:
		row.Tone = ui.ToneTodo
	}
	limit := ui.Cell{Text: ui.M("office.none")}
	if x.Statutory != 0 && x.Status == casework.Handling {
		limit.Text = ui.Plain(ui.DateShort(x.Statutory))
		if x.PromisedDue != 0 {
			limit.Text = ui.Plain(ui.DateShort(x.Statutory) + " / " + ui.DateShort(x.PromisedDue))
		}
	}
	who := ui.Cell{Text: ui.M("office.task.nobody")}
	switch {
	case x.Assignee == a.Person:
		who.Text = ui.M("office.task.me")
	case x.Assignee != 0:
		who.Text = ui.Plain(names[x.Assignee])
	}
	step := ui.Cell{Text: ui.Plain(x.Name)}
	if acting, ok := identity.ActingOn(a, x.Post, x.Agency, x.Assignee); ok && acting.StandsFor != 0 {
		step.Note = ui.M("office.task.stand_in", "name", names[acting.StandsFor])
	}
	status := casepage.Status(x.Status)
	row.Cells = []ui.Cell{{Text: ui.Plain(x.Label), Href: casepage.From(r, x.Proceeding, row.ID), Note: casepage.Short(x.Number)}, {Text: ui.Plain(x.Title)}, {Due: due}, limit, step, who, {Status: &status}}
	return row
}
