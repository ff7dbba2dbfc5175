package manage

import (
	"html/template"
	"net/http"
	"strconv"

	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/identity"
	"tongban/internal/rules/draw"
	"tongban/internal/rules/flow"
	"tongban/internal/rules/flowtable"
	"tongban/internal/rules/wording"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
)

// Compare shows what differs between two versions of a flow, side by side.
type Compare struct {
	Name     string
	Base     int
	Proposal *catalog.Proposal
	Whole    bool // the reader publishes
	Table    ui.Table
	Was, Is  template.HTML
}

// compare sets the draft, or a proposal, beside the version that it began from.
func (o *desk) compare(w http.ResponseWriter, r *http.Request) {
	var s *Sheet
	data := Compare{}
	if !o.door.Read(w, r, func(tx *store.Tx) (err error) {
		if s, err = o.read(tx, r, number(r)); err != nil {
			return err
		}
		if id, _ := strconv.ParseInt(r.URL.Query().Get("proposal"), 10, 64); id != 0 {
			err = s.Propose(tx, o.door.House.Items, id)
			s.fill()
			data.Proposal = s.Proposal
		}
		return err
	}) {
		return
	}
	data.Name, data.Base, data.Whole = s.Name, s.base.N, s.Whole
	list := s.Differences()
	data.Table = s.differences(list)
	old, is := map[string]draw.Mark{}, map[string]draw.Mark{}
	for _, x := range list {
		switch x.Kind {
		case flowtable.Added:
			is[rowID(*x.Is)] = draw.Added
		case flowtable.Removed:
			old[rowID(*x.Was)] = draw.Removed
		default:
			is[rowID(*x.Is)], old[rowID(*x.Was)] = draw.Changed, draw.Changed
		}
	}
	picture := func(d *flow.Definition, id string, marks map[string]draw.Mark) template.HTML {
		return template.HTML(draw.SVG(d, draw.Options{Lang: door.Lang(r), Name: s.Name, ID: id, Marks: marks, Phrase: s.env.Phrase})) //nolint:gosec // drawn by us
	}
	data.Was, data.Is = picture(s.base.Flow, "was", old), picture(s.flow, "is", is)
	o.render(w, r, "compare", 0, ui.Page{Title: ui.M("manage.compare.title"), Data: data, Back: &ui.Link{Text: ui.M("manage.editor.title"), Href: s.at("")}})
}

// differences is the table of what differs: what was on the left, what is on the right.
func (s *Sheet) differences(list []flowtable.Difference) ui.Table {
	t := ui.Table{Caption: ui.M("manage.compare.table", "n", len(list), "base", s.base.N), Empty: ui.Empty{Text: ui.M("manage.compare.same", "base", s.base.N)},
		Columns: []ui.Column{{Label: ui.M("manage.col.row")}, {Label: ui.M("manage.col.change")}, {Label: ui.M("manage.col.was", "base", s.base.N)}, {Label: ui.M("manage.col.is")}}}
	tones := map[flowtable.ChangeKind]ui.Tone{flowtable.Added: ui.ToneOK, flowtable.Removed: ui.ToneOff, flowtable.Changed: ui.ToneNow, flowtable.Placed: ui.ToneNow}
	for _, x := range list {
		row := x.Is
		if row == nil {
			row = x.Was
		}
		cells := []ui.Cell{{Text: row.Line}, {Status: &ui.Status{Tone: tones[x.Kind], Text: ui.M("manage.change." + string(x.Kind))}}, {Text: ui.Plain("—")}, {Text: ui.Plain("—")}}
		if x.Was != nil {
			cells[2].Text = s.said(*x.Was, x.Fields)
		}
		if x.Is != nil {
			cells[3].Text = s.said(*x.Is, x.Fields)
		}
		t.Rows = append(t.Rows, ui.Row{ID: rowID(*row), Cells: cells})
	}
	return t
}

// said is what a row says in the columns that differ; in all that are filled,
// where the whole row is new or gone.
func (s *Sheet) said(r flowtable.Row, fields []string) ui.Text {
	whole := len(fields) == 0
	if whole {
		fields = []string{"role", "post", "term", "condition", "special", "risk", "basis"}
	}
	j := ui.Join{Sep: "；"}
	for _, f := range fields {
		v := s.column(r, f)
		if whole && (v == nil || v == ui.Text(ui.Plain("—"))) {
			continue
		}
		if v == nil {
			v = ui.M("manage.none")
		}
		j.Texts = append(j.Texts, ui.Join{Texts: []ui.Text{ui.M("flowtable.col." + f), ui.Plain("："), v}})
	}
	if len(j.Texts) == 0 {
		return r.Line
	}
	return j
}

// column is what a row says in a column, nil for nothing.
func (s *Sheet) column(r flowtable.Row, name string) ui.Text {
	x := r.Step
	plain := map[string]string{"name": x.Name + r.Way.Name, "part": "", "action": x.Action, "risk": x.About.Risk, "guard": x.About.Guard, "basis": x.About.Basis, "condition": r.Way.Condition}
	switch {
	case name == "condition" && r.Way.Condition != "":
		return s.env.Phrase(r.Way.Condition)
	case name == "action" && x.Action == "issue":
		return ui.M("manage.action.issue")
	case name == "kind" && r.Type != "":
		return r.Type.Text()
	case name == "role" && x.Role != "":
		if agency := s.agencies[x.Role]; agency != "" {
			return ui.Plain(agency)
		}
		return ui.Plain(x.Role)
	case name == "post" && x.Post != "":
		return identity.PostLabel(x.Post)
	case name == "part" && wording.Has(wording.ZH, "catalog.word.part."+x.Part):
		return ui.M("catalog.word.part." + x.Part)
	case name == "officers" && x.Officers > 0:
		return ui.M("manage.officers", "n", x.Officers)
	case name == "term" && x.Term != "":
		return term(x.Term)
	case name == "special" && wording.Has(wording.ZH, "workday.pause."+x.About.Special):
		return ui.M("workday.pause." + x.About.Special)
	case name == "otherwise" && r.Way.Otherwise:
		return ui.M("manage.otherwise")
	}
	if v := plain[name]; v != "" {
		return ui.Plain(v)
	}
	return nil
}
