package manage

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tongban/internal/rules/condition"
	"tongban/internal/rules/wording"
	"tongban/internal/web/ui"
)

// Terms is a condition on a form: as groups of rows, each a field of the item's form,
// how it is compared and with what; as text, where rows cannot say it or the reader
// would rather write. Buttons that post add and take away rows; nothing is kept until
// the form is saved.
type Terms struct {
	Mode   string    // rows or text
	Said   ui.Text   // what it says as it stands, nil for nothing
	Text   ui.Field  // of the mode text
	Rule   *ui.Field // how groups belong together, where there are several
	Groups []TermGroup
	More   bool // another group can be begun

	rows condition.Rows
}

// TermGroup is a group of rows with the field by which another is chosen.
type TermGroup struct {
	N    int
	Name ui.Text
	Rows []Term
	Add  ui.Field
}

// Term is one row.
type Term struct {
	N, Group int
	Name     string // of the field: form.area
	Title    ui.Text
	Is       ui.Field
	Value    *ui.Field // nil where nothing is compared with
}

// Bounds of what is edited as rows.
const (
	mostTerms  = 40
	mostGroups = 10
)

// termsOf shows a condition: as rows where they can say it.
func (s *Sheet) termsOf(source string) *Terms {
	rows, ok := condition.RowsOf(source, s.env)
	if strings.TrimSpace(source) == "" && s.v.Form != nil {
		ok = true
	}
	if !ok {
		return s.termText(source)
	}
	return s.termRows(rows)
}

func (s *Sheet) termText(source string) *Terms {
	t := &Terms{Mode: "text", Text: ui.Field{Kind: ui.FieldArea, Name: "condition", Label: ui.M("flowtable.col.condition"), Hint: ui.M("terms.text.hint"), Value: source, Rows: 3, Optional: true}}
	if strings.TrimSpace(source) == "" {
		return t
	}
	m, err := s.env.Say(source)
	if t.Said = m; err != nil {
		t.Said = ui.M("terms.wrong", "why", err)
	}
	return t
}

func (s *Sheet) termRows(rows condition.Rows) *Terms {
	t := &Terms{Mode: "rows", rows: rows}
	if source, err := rows.Source(s.env); err == nil && source != "" {
		t.Said = s.env.Phrase(source)
	}
	groups := rows.Groups
	if len(groups) == 0 {
		groups = [][]condition.Row{nil}
	}
	if len(groups) > 1 {
		t.Rule = &ui.Field{Kind: ui.FieldRadios, Name: "c.rule", Label: ui.M("terms.rule"), Value: "any",
			Options: []ui.Option{{Value: "any", Label: ui.M("terms.rule.any")}, {Value: "all", Label: ui.M("terms.rule.all")}}}
		if rows.All {
			t.Rule.Value = "all"
		}
	}
	n := 0
	for i, g := range groups {
		x := TermGroup{N: i, Add: s.termAdd(i)}
		if len(groups) > 1 {
			x.Name = ui.M("terms.group", "n", i+1)
		}
		for _, r := range g {
			x.Rows = append(x.Rows, s.term(n, i, r))
			n++
		}
		t.Groups = append(t.Groups, x)
	}
	t.More = n > 0 && len(groups) < mostGroups && len(groups[len(groups)-1]) > 0
	return t
}

// termAdd asks what the next row of a group is about: the fields of the form in its
// order, who applies, what was decided.
func (s *Sheet) termAdd(group int) ui.Field {
	f := ui.Field{Kind: ui.FieldSelect, Name: "c.add." + strconv.Itoa(group), Label: ui.M("terms.add"), Optional: true, Options: []ui.Option{{Label: ui.M("terms.choose")}}}
	names := []string{"decision", "applicant.kind"}
	if s.v.Form != nil {
		for _, x := range s.v.Form.Fields {
			names = append(names, "form."+x.Key)
		}
	}
	for _, name := range names {
		if s.env[name].Comparisons() != nil {
			f.Options = append(f.Options, ui.Option{Value: name, Label: s.env.Title(name)})
		}
	}
	return f
}

// term draws a row.
func (s *Sheet) term(n, group int, r condition.Row) Term {
	v, at := s.env[r.Name], "c."+strconv.Itoa(n)
	t := Term{N: n, Group: group, Name: r.Name, Title: s.env.Title(r.Name),
		Is: ui.Field{Kind: ui.FieldSelect, Name: at + ".is", Label: ui.M("terms.is"), Value: string(r.Is)}}
	for _, c := range v.Comparisons() {
		given := c == condition.Known || c == condition.Unknown || c == condition.Unequal && v.Choice()
		if given && !strings.HasPrefix(r.Name, "form.") && c != r.Is {
			continue // it is always there
		}
		t.Is.Options = append(t.Is.Options, ui.Option{Value: string(c), Label: ui.M("terms.is." + class(v) + string(c))})
	}
	value := ui.Field{Kind: ui.FieldText, Name: at + ".value", Label: ui.M("terms.value"), Optional: true, Chars: 20}
	if len(r.Values) > 0 {
		value.Value = r.Values[0]
	}
	switch {
	case v.Kind == condition.YesNo:
		return t
	case v.Choice():
		value.Kind, value.Label, value.Options, value.Values, value.Inline = ui.FieldChecks, ui.M("terms.tick"), labelled(v), r.Values, true
	case v.Kind == condition.List:
		value.Kind, value.Options = ui.FieldSelect, append([]ui.Option{{Label: ui.M("terms.choose")}}, labelled(v)...)
	case v.Kind == condition.Money:
		value.Kind, value.Unit, value.Chars = ui.FieldMoney, ui.M("office.unit.yuan"), 12
		if fen, err := strconv.ParseInt(value.Value, 10, 64); err == nil {
			value.Value = condition.Yuan(fen)
		}
	case v.Kind == condition.Number || v.Kind == condition.Whole:
		value.Kind = ui.FieldNumber
	case v.Kind == condition.Date:
		value.Kind = ui.FieldDay
	}
	t.Value = &value
	return t
}

// class is the prefix of the words in which a kind is compared.
func class(v condition.Var) string {
	switch {
	case v.Choice():
		return "choice."
	case v.Kind == condition.Text:
		return "text."
	case v.Kind == condition.Date:
		return "day."
	}
	return ""
}

// typedTerms reads a condition from a form; nil where it holds none.
func (s *Sheet) typedTerms(q url.Values) *Terms {
	switch q.Get("c.mode") {
	case "text":
		return s.termText(strings.TrimSpace(lines(q.Get("condition"))))
	case "rows":
		return s.termRows(s.typedRows(q))
	}
	return nil
}

// typedRows reads the rows as they stand on the form, finished or not.
func (s *Sheet) typedRows(q url.Values) condition.Rows {
	n, _ := strconv.Atoi(q.Get("c.groups"))
	rows := condition.Rows{All: q.Get("c.rule") == "all", Groups: make([][]condition.Row, min(max(n, 1), mostGroups))}
	for i := range mostTerms {
		at := "c." + strconv.Itoa(i)
		name := q.Get(at + ".name")
		if name == "" {
			break
		}
		group, err := strconv.Atoi(q.Get(at + ".group"))
		if err != nil || group < 0 || group >= len(rows.Groups) {
			break
		}
		r := condition.Row{Name: name, Is: condition.Comparison(q.Get(at + ".is"))}
		if r.Is.Valued() {
			r.Values = s.typedValues(name, q[at+".value"])
		}
		rows.Groups[group] = append(rows.Groups[group], r)
	}
	return rows
}

// typedValues are what was typed as a row keeps it: numbers as they are written in a
// source, money in fen. What cannot be read stays as it is, for the check to name.
func (s *Sheet) typedValues(name string, typed []string) []string {
	key, ok := strings.CutPrefix(name, "form.")
	if !ok || s.v.Form == nil || s.env[name].Choice() || s.env[name].Kind == condition.List {
		return slices.DeleteFunc(typed, func(v string) bool { return v == "" })
	}
	switch v := s.v.Form.FromStrings(map[string][]string{key: typed})[key].(type) {
	case nil:
		return nil
	case int64:
		return []string{strconv.FormatInt(v, 10)}
	case float64:
		return []string{strconv.FormatFloat(v, 'f', -1, 64)}
	case string:
		return []string{v}
	}
	return typed
}

// put does what a button inside the condition asks for: another row or group, one
// less, the other way of writing. What is unfinished stays, but for text.
func (s *Sheet) put(t *Terms, do string, q url.Values) *Terms {
	rows := t.rows
	act, which, _ := strings.Cut(do, ".")
	n, _ := strconv.Atoi(which)
	switch {
	case act == "rows" && t.Mode == "text":
		if again := s.termsOf(t.Text.Value); again.Mode == "rows" {
			return again
		}
		t.Text.Hint = ui.M("terms.text.only")
		return t
	case t.Mode == "text":
		return t
	case act == "text":
		var finished condition.Rows
		finished.All = rows.All
		for _, g := range rows.Groups {
			finished.Groups = append(finished.Groups, slices.DeleteFunc(slices.Clone(g), func(r condition.Row) bool { return r.Check(s.env) != nil }))
		}
		source, _ := finished.Source(s.env) // every row was checked
		return s.termText(source)
	case act == "row" && n >= 0 && n < len(rows.Groups):
		name := q.Get("c.add." + which)
		if c := s.env[name].Comparisons(); len(c) > 0 && len(slices.Concat(rows.Groups...)) < mostTerms {
			rows.Groups[n] = append(rows.Groups[n], condition.Row{Name: name, Is: c[0]})
		}
	case act == "group" && len(rows.Groups) < mostGroups:
		rows.Groups = append(rows.Groups, nil)
	case act == "drop":
		rows.Groups = dropped(rows.Groups, n)
	}
	return s.termRows(rows)
}

// dropped are the groups without the n-th of all rows; a group that was emptied goes.
func dropped(groups [][]condition.Row, n int) [][]condition.Row {
	var list [][]condition.Row
	for _, g := range groups {
		if n >= 0 && n < len(g) {
			if g = slices.Delete(slices.Clone(g), n, n+1); len(g) == 0 {
				n = -1
				continue
			}
			n = -1
		} else {
			n -= len(g)
		}
		list = append(list, g)
	}
	return list
}

// source is the condition that was typed; the rows that are not finished say so at
// their own fields.
func (t *Terms) source(s *Sheet) (source string, wrong bool) {
	if t.Mode == "text" {
		return t.Text.Value, false
	}
	for i := range t.Groups {
		for j := range t.Groups[i].Rows {
			x := &t.Groups[i].Rows[j]
			m, bad := t.rows.Groups[i][j].Check(s.env).(wording.Message)
			switch {
			case !bad:
				continue
			case x.Value == nil || m.Key == "condition.row.comparison" || m.Key == "condition.row.name":
				x.Is.Error = m
			default:
				x.Value.Error = m
			}
			wrong = true
		}
	}
	if wrong {
		return "", true
	}
	source, err := t.rows.Source(s.env)
	return source, err != nil
}

// blame puts an error at the condition as a whole.
func (t *Terms) blame(m ui.Text) {
	switch {
	case m == nil:
	case t.Mode == "text":
		t.Text.Error = m
	default:
		t.Groups[0].Add.Error = m
	}
}

// errors are those at its fields, for the summary of the page.
func (t *Terms) errors() []ui.FieldError {
	list := ui.ErrorsIn(t.Text)
	for _, g := range t.Groups {
		for _, x := range g.Rows {
			list = append(list, ui.ErrorsIn(x.Is)...)
			if x.Value != nil {
				list = append(list, ui.ErrorsIn(*x.Value)...)
			}
		}
		list = append(list, ui.ErrorsIn(g.Add)...)
	}
	return list
}
