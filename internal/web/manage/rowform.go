package manage

import (
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/register/catalog"
	"tongban/internal/register/identity"
	"tongban/internal/rules/flow"
	"tongban/internal/rules/flowtable"
	"tongban/internal/rules/workday"
	"tongban/internal/web/ui"
)

// RowForm is the page on which a row is changed or added.
type RowForm struct {
	*Sheet
	Row    string
	Act    string // change, steer, add
	Name   ui.Text
	First  []ui.Field // where something is added
	Terms  *Terms     // the condition; nil where none can be
	Open   bool       // the condition of an addition is shown unfolded
	Way    []ui.Field // of the way that the condition opens
	Fields []ui.Field
}

// row shows a row to be changed.
func (o *desk) row(w http.ResponseWriter, r *http.Request) {
	s, ok := o.open(w, r)
	if !ok {
		return
	}
	row := s.table.Row(r.URL.Query().Get("id"))
	if row == nil {
		o.door.Fail(w, r, act.Missing("manage.thing.row"))
		return
	}
	o.rowPage(w, r, s, *row, typedRow{})
}

// addition shows the page on which something is added at a row.
func (o *desk) addition(w http.ResponseWriter, r *http.Request) {
	s, ok := o.open(w, r)
	if !ok {
		return
	}
	row := s.table.Row(r.URL.Query().Get("id"))
	if row == nil || len(ways(*row)) == 0 {
		o.door.Fail(w, r, act.Missing("manage.thing.row"))
		return
	}
	o.rowPage(w, r, s, *row, typedRow{do: "add"})
}

// typedRow is what was typed into the form of a row, and what is wrong with it.
type typedRow struct {
	do     string // add, or "" for what the row itself is changed by
	values url.Values
	terms  *Terms
	wrong  map[string]ui.Text
	notice *ui.Notice
}

// rowPage draws the form of a row, with what was typed.
func (o *desk) rowPage(w http.ResponseWriter, r *http.Request, s *Sheet, row flowtable.Row, typed typedRow) {
	data := RowForm{Sheet: s, Row: rowID(row), Act: typed.do, Name: row.Line, Terms: typed.terms}
	title := ui.M("manage.row.title")
	switch {
	case typed.do == "add":
		title = ui.M("manage.add.title")
		data.First, data.Way = []ui.Field{howField(row)}, wayFields(flowtable.Way{}, false)
		data.Fields = s.stepFields(flowtable.Step{Kind: flow.KindUser})
		how := typed.values.Get("how")
		data.Open = how == flowtable.When || how == flowtable.OnWay
		if data.Terms == nil && slices.ContainsFunc(data.First[0].Options, func(x ui.Option) bool { return x.Value == flowtable.When || x.Value == flowtable.OnWay }) {
			data.Terms = s.termsOf("")
		}
		data.Open = data.Open || data.Terms != nil && (data.Terms.Said != nil || len(typed.values) > 0 && len(data.Terms.rows.Groups) > 0 && len(data.Terms.rows.Groups[0]) > 0)
	case row.Kind == flowtable.RowWay:
		data.Act, data.Way = "steer", wayFields(row.Way, true)
		if data.Terms == nil {
			data.Terms = s.termsOf(row.Way.Condition)
		}
	default:
		data.Act = "change"
		if data.Fields = s.stepFields(row.Step); row.Kind != flowtable.RowStep {
			data.Fields = data.Fields[:1]
			data.Fields[0].Optional = row.Kind != flowtable.RowOther
			if row.Step.Term != "" {
				data.Fields = append(data.Fields, termFields(row.Step.Term)...)
			}
		}
	}
	p := ui.Page{Title: title, Notice: typed.notice, Errors: data.fill(typed), Back: &ui.Link{Text: ui.M("manage.editor.title"), Href: s.at("")}, Data: data}
	status := 0
	if typed.notice != nil {
		status = http.StatusConflict
	}
	o.render(w, r, "row", status, p)
}

// fill puts what was typed into the fields and returns what is wrong, as the page
// has it from above.
func (f *RowForm) fill(typed typedRow) []ui.FieldError {
	wrong := maps.Clone(typed.wrong)
	part := func(fields []ui.Field) (list []ui.FieldError) {
		own := map[string]ui.Text{}
		for _, x := range fields {
			if m, ok := wrong[x.Name]; ok {
				own[x.Name] = m
				delete(wrong, x.Name)
			}
		}
		return ui.Fill(fields, typed.values, own)
	}
	list := part(f.First)
	if f.Terms != nil {
		f.Terms.blame(wrong["condition"])
		delete(wrong, "condition")
		list = append(list, f.Terms.errors()...)
	}
	list = append(append(list, part(f.Way)...), part(f.Fields)...)
	return append(list, ui.Fill(nil, nil, wrong)...)
}

// ways are the places at a row where something can be added.
func ways(row flowtable.Row) []string {
	var list []string
	add := func(ok bool, how ...string) {
		if ok {
			list = append(list, how...)
		}
	}
	switch row.Kind {
	case flowtable.RowStep:
		add(row.Place != "", "after", "when")
		add(row.Above != "", "before")
		add(row.Place != "", "beside")
	case flowtable.RowWay, flowtable.RowBranch:
		add(true, "first", "when")
	case flowtable.RowChoice:
		add(true, "way")
		add(row.Above != "", "before")
	case flowtable.RowSplit:
		add(true, "branch")
		add(row.Above != "", "before")
	case flowtable.RowJoin, flowtable.RowEvent:
		add(row.Place != "", "after", "when")
		add(row.Above != "", "before")
	}
	return list
}

func howField(row flowtable.Row) ui.Field {
	f := ui.Field{Kind: ui.FieldRadios, Name: "how", Label: ui.M("manage.field.how")}
	for _, how := range ways(row) {
		f.Options = append(f.Options, ui.Option{Value: how, Label: ui.M("manage.how." + how)})
	}
	f.Value = f.Options[0].Value
	return f
}

func wayFields(x flowtable.Way, whole bool) []ui.Field {
	list := []ui.Field{{Kind: ui.FieldText, Name: "way", Label: ui.M("manage.field.way"), Hint: ui.M("manage.hint.way"), Value: x.Name, Chars: 20, Optional: true}}
	if whole {
		otherwise := ui.Field{Kind: ui.FieldChecks, Name: "otherwise", Label: ui.M("flowtable.col.otherwise"), Optional: true,
			Options: []ui.Option{{Value: "yes", Label: ui.M("manage.field.otherwise")}}}
		if x.Otherwise {
			otherwise.Values = []string{"yes"}
		}
		list = append(list, otherwise)
	}
	return list
}

func choose(name string, optional bool, chosen string, options ...ui.Option) ui.Field {
	f := ui.Field{Kind: ui.FieldSelect, Name: name, Label: ui.M("flowtable.col." + name), Value: chosen, Optional: optional}
	if optional {
		f.Options = append(f.Options, ui.Option{Label: ui.M("manage.none")})
	}
	f.Options = append(f.Options, options...)
	if chosen != "" && !slices.ContainsFunc(options, func(x ui.Option) bool { return x.Value == chosen }) {
		f.Options = append(f.Options, ui.Option{Value: chosen, Label: ui.Plain(chosen)}) // what another tool wrote stays
	}
	return f
}

// roleName is the agency that has a role; where it has several, each with its key.
func (s *Sheet) roleName(role string) string {
	name := s.agencies[role]
	for other, agency := range s.agencies {
		if other != role && agency == name {
			return name + "（" + role + "）"
		}
	}
	return name
}

// stepFields are the fields of a step; the first is its name.
func (s *Sheet) stepFields(x flowtable.Step) []ui.Field {
	var kinds, roles, posts, parts, special []ui.Option
	for _, k := range flowtable.Kinds() {
		kinds = append(kinds, ui.Option{Value: string(k), Label: ui.M("flow.kind." + string(k))})
	}
	for _, role := range slices.Sorted(maps.Keys(s.agencies)) {
		roles = append(roles, ui.Option{Value: role, Label: ui.Plain(s.roleName(role))})
	}
	for _, post := range catalog.Posts() {
		posts = append(posts, ui.Option{Value: post, Label: identity.PostLabel(post)})
	}
	for _, part := range catalog.Parts() {
		parts = append(parts, ui.Option{Value: part, Label: ui.M("catalog.word.part." + part)})
	}
	for _, p := range workday.Procedures() {
		special = append(special, ui.Option{Value: string(p), Label: ui.M("workday.pause." + string(p))})
	}
	officers := ""
	if x.Officers > 0 {
		officers = strconv.Itoa(x.Officers)
	}
	line := func(name, value string, hint ui.Text) ui.Field {
		return ui.Field{Kind: ui.FieldText, Name: name, Label: ui.M("flowtable.col." + name), Value: value, Hint: hint, Optional: true}
	}
	name := line("name", x.Name, nil)
	name.Optional, name.Chars = false, 20
	list := []ui.Field{name, choose("kind", false, string(x.Kind), kinds...), choose("role", true, x.Role, roles...), choose("post", true, x.Post, posts...),
		choose("part", true, x.Part, parts...), {Kind: ui.FieldNumber, Name: "officers", Label: ui.M("flowtable.col.officers"), Value: officers, Optional: true, Chars: 4}}
	list = append(list, termFields(x.Term)...)
	area := func(name, value string) ui.Field {
		return ui.Field{Kind: ui.FieldArea, Name: name, Label: ui.M("flowtable.col." + name), Value: value, Rows: 2, Optional: true}
	}
	return append(list, choose("special", true, x.About.Special, special...), area("risk", x.About.Risk), area("guard", x.About.Guard),
		line("basis", x.About.Basis, ui.M("manage.hint.basis")), choose("action", true, x.Action, ui.Option{Value: "issue", Label: ui.M("manage.action.issue")}))
}

func termFields(term string) []ui.Field {
	n, unit := days(term)
	number := ""
	if n > 0 {
		number = strconv.Itoa(n)
	}
	if unit == "" {
		unit = "W"
	}
	options := []ui.Option{{Value: "W", Label: ui.M("manage.unit.working")}, {Value: "D", Label: ui.M("manage.unit.calendar")}}
	list := []ui.Field{{Kind: ui.FieldNumber, Name: "days", Label: ui.M("flowtable.col.term"), Value: number, Optional: true, Chars: 4},
		{Kind: ui.FieldRadios, Name: "unit", Label: ui.M("manage.field.unit"), Value: unit, Inline: true, Options: options}}
	if n == 0 && term != "" { // hours, or what cannot be read: kept as it is
		list[1].Value, list[1].Options = term, append(options, ui.Option{Value: term, Label: ui.M("manage.unit.as", "term", term)})
	}
	return list
}

var plainTerm = regexp.MustCompile(`^P([1-9][0-9]{0,3})([WD])$`)

// days reads a limit in days; 0 for none and for hours.
func days(term string) (n int, unit string) {
	if m := plainTerm.FindStringSubmatch(term); m != nil {
		n, _ = strconv.Atoi(m[1])
		return n, m[2]
	}
	return 0, ""
}

// typedStep reads the fields of a step.
func typedStep(r *http.Request) flowtable.Step {
	s := flowtable.Step{Kind: flow.Kind(value(r, "kind")), Name: value(r, "name"), Role: value(r, "role"), Post: value(r, "post"), Part: value(r, "part"), Action: value(r, "action"),
		About: flow.About{Special: value(r, "special"), Risk: lines(value(r, "risk")), Guard: lines(value(r, "guard")), Basis: value(r, "basis")}}
	if v := value(r, "officers"); v != "" {
		n, err := strconv.Atoi(v)
		if s.Officers = n; err != nil {
			s.Officers = -1
		}
	}
	n, unit := value(r, "days"), value(r, "unit")
	switch {
	case unit != "W" && unit != "D" && n == "":
		s.Term = unit
	case n != "":
		if unit != "D" {
			unit = "W"
		}
		s.Term = "P" + strings.TrimLeft(n, "0") + unit
	}
	return s
}

// lines makes one kind of line break of those that browsers send.
func lines(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

func typedWay(r *http.Request, condition string) flowtable.Way {
	return flowtable.Way{Name: value(r, "way"), Condition: condition, Otherwise: value(r, "otherwise") == "yes"}
}
