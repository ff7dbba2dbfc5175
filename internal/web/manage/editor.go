package manage

import (
	"html/template"
	"net/http"
	"strings"

	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/identity"
	"tongban/internal/rules/draw"
	"tongban/internal/rules/flow"
	"tongban/internal/rules/flowtable"
	"tongban/internal/web/ui"
)

// Flows is the list of flows that can be edited.
type Flows struct {
	Filter ui.Filter
	Drafts ui.Table
	Table  ui.Table
	Pager  ui.Pager
}

const pageSize = 25

// flows lists the items with a flow, those that are being edited first.
func (o *desk) flows(w http.ResponseWriter, r *http.Request) {
	q, here := r.URL.Query(), ui.Page{URL: r.URL}
	words := strings.TrimSpace(q.Get("words"))
	data := Flows{
		Filter: ui.Filter{Action: "/manage/flows", Fields: []ui.Field{{Kind: ui.FieldText, Name: "words", Label: ui.M("manage.field.words"), Value: words, Chars: 20}}},
		Drafts: ui.Table{Caption: ui.M("manage.flows.drafts"), Empty: ui.Empty{Text: ui.M("manage.flows.no_drafts")},
			Columns: []ui.Column{{Label: ui.M("manage.col.item")}, {Label: ui.M("manage.col.by")}, {Label: ui.M("manage.col.at")}}},
		Table: ui.Table{Caption: ui.M("manage.flows.all"), Empty: ui.Empty{Text: ui.M("manage.flows.none"), Links: []ui.Link{{Text: ui.M("manage.flows.all"), Href: "/manage/flows"}}},
			Columns: []ui.Column{{Label: ui.M("manage.col.item")}, {Label: ui.M("manage.col.agency")}}},
	}
	if words != "" {
		data.Filter.Chips = []ui.Chip{{Text: ui.Plain(words), Remove: here.With("words", "", "after", "")}}
	}
	if !o.door.Read(w, r, func(tx *store.Tx) error {
		only, err := o.only(tx, r)
		if err != nil {
			return err
		}
		drafts, err := catalog.FlowDrafts(tx, only, 50)
		if err != nil {
			return err
		}
		for _, d := range drafts {
			all, err := o.door.House.Items.Versions(tx, d.Item)
			if err != nil {
				return err
			}
			by, err := o.door.House.People.Name(tx, d.By)
			if err != nil {
				return err
			}
			data.Drafts.Rows = append(data.Drafts.Rows, ui.Row{Cells: []ui.Cell{
				{Text: ui.Plain(all[len(all)-1].Name), Href: "/manage/flows/" + text(d.Item)}, {Text: ui.Plain(by)}, {Text: ui.At(d.At)}}})
		}
		hits, err := catalog.Search(tx, catalog.Query{Words: words, Agency: only, Complete: true, Limit: pageSize, After: q.Get("after")})
		if err != nil {
			return err
		}
		if hits.Next != "" {
			data.Pager.Next = here.With("after", hits.Next)
		}
		for _, h := range hits.List {
			agency, err := o.door.House.People.AgencyName(tx, h.Agency, tx.Today())
			if err != nil {
				return err
			}
			data.Table.Rows = append(data.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: ui.Plain(h.Name), Href: "/manage/flows/" + text(h.Item)}, {Text: ui.Plain(agency)}}})
		}
		return nil
	}) {
		return
	}
	o.render(w, r, "flows", 0, ui.Page{Title: ui.M("manage.flows.title"), Data: data})
}

// Editor is a flow as a table beside its drawing.
type Editor struct {
	*Sheet
	Rows     []Line
	Problems []problem
	Changes  int
	SVG      template.HTML
	File     ui.Field
	Sum      ui.Text
}

// Line is a row of the table as it is shown.
type Line struct {
	flowtable.Row
	ID       string
	Indent   string
	What     ui.Text
	Short    ui.Text // What as it stands in the first column
	Who      ui.Text
	Limit    ui.Text
	Where    ui.Text
	Notes    []ui.Fact
	Problems []ui.Text
	Edit     string
	Add      string
	Up, Down string // the ways onto which it moves
	Remove   string // the act that takes it away, "" for none
}

// Marked is the tone of a row with something wrong.
func (l Line) Marked() string {
	if len(l.Problems) > 0 {
		return string(ui.ToneTodo)
	}
	return ""
}

func (o *desk) editor(w http.ResponseWriter, r *http.Request) {
	if s, ok := o.open(w, r); ok {
		o.show(w, r, s, ui.Page{}, 0)
	}
}

// show draws the editor, with what a page wants to say first.
func (o *desk) show(w http.ResponseWriter, r *http.Request, s *Sheet, p ui.Page, status int) {
	data := Editor{Sheet: s, Problems: s.problems(), Changes: len(s.Differences()), SVG: s.svg(r, true, s.marks()),
		File: ui.Field{Kind: ui.FieldFile, Name: "file", Label: ui.M("manage.field.file"), File: &ui.FileRule{Formats: []string{"bpmn", "xml"}, MaxMB: flow.MaxBytes >> 20}}}
	wrong := map[string][]ui.Text{}
	for _, x := range data.Problems {
		if x.Row != "" {
			wrong[x.Row] = append(wrong[x.Row], x.Text)
		}
	}
	for _, row := range s.table.Rows {
		l := s.line(row)
		l.Problems = wrong[l.ID]
		data.Rows = append(data.Rows, l)
	}
	data.Sum = s.sum()
	for i := range p.Errors {
		if p.Errors[i].Field == "" {
			p.Errors[i].Field = data.File.ID()
			data.File.Error = p.Errors[i].Text
		}
	}
	if p.Notice == nil && s.Stale {
		p.Notice = stale(s)
	}
	p.Title, p.Data, p.Back = ui.M("manage.editor.title"), data, &ui.Link{Text: ui.M("manage.flows.title"), Href: "/manage/flows"}
	o.render(w, r, "editor", status, p)
}

// sum compares the limits of the steps with that of the law.
func (s *Sheet) sum() ui.Text {
	n := 0
	for _, r := range s.table.Steps() {
		if d, unit := days(r.Step.Term); unit == "W" && r.Step.Part != "deliver" && r.Step.Part != "accept" {
			n += d
		}
	}
	if n == 0 || s.v.Terms.Statutory.Days == 0 {
		return nil
	}
	key := "manage.sum.fits"
	if n > s.v.Terms.Statutory.Days {
		key = "manage.sum.over"
	}
	return ui.M(key, "n", n, "law", s.v.Terms.Statutory.Days)
}

func (s *Sheet) line(row flowtable.Row) Line {
	l := Line{Row: row, ID: rowID(row), Indent: strings.Repeat("　", min(row.Depth, 6)), What: row.Line, Short: row.Line, Where: ui.Plain("")}
	id := l.ID
	switch row.Kind {
	case flowtable.RowStep:
		l.Edit, l.Add, l.Remove = s.at("/row", "id", id), s.at("/add", "id", id), "remove"
		l.Up, l.Down = s.table.Neighbours(s.flow, row.Node)
		l.Who, l.Limit = s.who(row.Step), term(row.Step.Term)
		l.Notes = notes(row.Step)
	case flowtable.RowWay:
		l.Edit, l.Add, l.Remove = s.at("/row", "id", id), s.at("/add", "id", id), "cut"
		l.Where = ui.Plain("")
		if row.Way.Condition != "" {
			l.Where = s.env.Phrase(row.Way.Condition)
		}
		if row.Way.Name == "" && row.Way.Condition != "" {
			l.Short = ui.M("terms.holds")
		}
		if row.Way.Otherwise {
			l.Where = ui.M("manage.otherwise")
		}
	case flowtable.RowBranch:
		l.Add, l.Remove = s.at("/add", "id", id), "cut"
	case flowtable.RowEvent:
		if row.Step.Term != "" {
			l.Limit = term(row.Step.Term)
		}
		l.Edit = s.at("/row", "id", id)
		if row.Place != "" || row.Above != "" {
			l.Add = s.at("/add", "id", id)
		}
		if row.Type == flow.KindBoundary || row.Type == flow.KindCatch {
			l.Remove = "remove"
		}
	case flowtable.RowChoice:
		l.Edit, l.Add = s.at("/row", "id", id), s.at("/add", "id", id)
	case flowtable.RowSplit, flowtable.RowJoin:
		l.Add = s.at("/add", "id", id)
	case flowtable.RowOther:
		l.Edit, l.Remove = s.at("/row", "id", id), "remove"
	}
	return l
}

// who does a step: agency, post, how many.
func (s *Sheet) who(x flowtable.Step) ui.Text {
	if x.Action != "" {
		return ui.M("flow.kind." + string(flow.KindService))
	}
	j := ui.Join{Sep: " · "}
	switch name := s.agencies[x.Role]; {
	case name != "":
		j.Texts = append(j.Texts, ui.Plain(name))
	case x.Role != "":
		j.Texts = append(j.Texts, ui.Plain(x.Role))
	}
	if x.Post != "" {
		j.Texts = append(j.Texts, identity.PostLabel(x.Post))
	}
	if x.Officers > 0 {
		j.Texts = append(j.Texts, ui.M("manage.officers", "n", x.Officers))
	}
	return j
}

func term(s string) ui.Text {
	if s == "" {
		return nil
	}
	if m, ok := flow.TermText(s).(ui.Text); ok {
		return m
	}
	return ui.Plain(s)
}

// notes are what a step says beside who and how long.
func notes(x flowtable.Step) []ui.Fact {
	var list []ui.Fact
	if x.About.Special != "" {
		list = append(list, ui.Fact{Label: ui.M("flowtable.col.special"), Value: ui.M("workday.pause." + x.About.Special)})
	}
	for _, f := range []struct{ key, value string }{{"risk", x.About.Risk}, {"guard", x.About.Guard}, {"basis", x.About.Basis}} {
		if f.value != "" {
			list = append(list, ui.Fact{Label: ui.M("flowtable.col." + f.key), Value: ui.Plain(f.value)})
		}
	}
	return list
}

// marks says what differs from the version that the draft began from.
func (s *Sheet) marks() map[string]draw.Mark {
	list := map[string]draw.Mark{}
	for _, x := range s.Differences() {
		switch x.Kind {
		case flowtable.Added:
			list[rowID(*x.Is)] = draw.Added
		case flowtable.Changed, flowtable.Placed:
			list[rowID(*x.Is)] = draw.Changed
		}
	}
	return list
}

func (o *desk) picture(w http.ResponseWriter, r *http.Request) {
	s, ok := o.open(w, r)
	if !ok {
		return
	}
	w.Header().Set("Content-Type", "image/svg+xml; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte(s.svg(r, r.URL.Query().Get("dir") == "down", nil)))
}

// download gives the flow as a BPMN file, to be edited elsewhere.
func (o *desk) download(w http.ResponseWriter, r *http.Request) {
	s, ok := o.open(w, r)
	if !ok {
		return
	}
	w.Header().Set("Content-Type", "application/xml; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="flow-`+text(s.Item)+`.bpmn"`)
	_, _ = w.Write(flow.Write(s.flow))
}
