package condition

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/expr-lang/expr/ast"

	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// Comparison is what a row says of its name.
type Comparison string

// The comparisons of rows. All but NotAmong, Excludes, NotYes and Unknown are false
// of a name that has no value.
const (
	Equal    Comparison = "eq"
	Unequal  Comparison = "ne"
	More     Comparison = "gt"
	AtLeast  Comparison = "ge"
	Less     Comparison = "lt"
	AtMost   Comparison = "le"
	Among    Comparison = "among" // is one of the values
	NotAmong Comparison = "among_not"
	Contains Comparison = "contains"
	Starts   Comparison = "starts"
	Ends     Comparison = "ends"
	Includes Comparison = "includes" // a list holds the value
	Excludes Comparison = "includes_not"
	Yes      Comparison = "yes"
	No       Comparison = "no"
	NotYes   Comparison = "yes_not"
	Known    Comparison = "has"
	Unknown  Comparison = "has_not"
)

// operators are the comparisons of two sides, with that of the sides exchanged.
var operators = []struct {
	is      Comparison
	sign    string
	flipped Comparison
}{{Equal, "==", Equal}, {Unequal, "!=", Unequal}, {More, ">", Less}, {AtLeast, ">=", AtMost}, {Less, "<", More}, {AtMost, "<=", AtLeast},
	{Contains, "contains", ""}, {Starts, "startsWith", ""}, {Ends, "endsWith", ""}}

// Row is one comparison of a name: form.area, more than, 50. Values are numbers as
// they are written in a source (money in fen), days as YYYY-MM-DD, texts and options
// as they are.
type Row struct {
	Name   string
	Is     Comparison
	Values []string
}

// Rows are a condition as groups of rows. It holds when one group holds, and a group
// when all of its rows do; where All is set, when all groups hold, and a group when
// one of its rows does.
type Rows struct {
	All    bool
	Groups [][]Row
}

// Choice tells whether a name has values to choose from.
func (v Var) Choice() bool { return v.Kind == Text && len(v.Labels) > 0 }

// Comparisons are those that a row can make of a name, none for one whose kind is
// not known.
func (v Var) Comparisons() []Comparison {
	switch {
	case v.Choice():
		return []Comparison{Among, NotAmong, Unequal, Known, Unknown}
	case figure(v.Kind) || v.Kind == Date:
		return []Comparison{More, AtLeast, Less, AtMost, Equal, Unequal, Known, Unknown}
	case v.Kind == Text:
		return []Comparison{Equal, Unequal, Contains, Starts, Ends, Known, Unknown}
	case v.Kind == YesNo:
		return []Comparison{Yes, No, NotYes, Known, Unknown}
	case v.Kind == List:
		return []Comparison{Includes, Excludes, Known, Unknown}
	}
	return nil
}

// Valued tells whether the comparison needs a value.
func (c Comparison) Valued() bool {
	return !slices.Contains([]Comparison{Yes, No, NotYes, Known, Unknown}, c)
}

// RowsOf reads a condition as rows that mean the same; false for one that is not in
// order, or says what rows cannot.
func RowsOf(source string, env Env) (Rows, bool) {
	if _, err := Compile(source, env); err != nil {
		return Rows{}, false
	}
	tree, _, err := parse(source, env)
	if err != nil {
		return Rows{}, false
	}
	outer, inner := isOr, isAnd
	rows := Rows{}
	if top := parts(tree.Node, isAnd, nil); len(top) > 1 && slices.ContainsFunc(top, isOr) {
		rows.All, outer, inner = true, isAnd, isOr
	}
	for _, part := range parts(tree.Node, outer, nil) {
		var group []Row
		for _, n := range parts(part, inner, nil) {
			row, ok := env.row(n)
			if !ok {
				return Rows{}, false
			}
			group = append(group, row)
		}
		rows.Groups = append(rows.Groups, group)
	}
	return rows, true
}

// parts are what a connective joins, in order.
func parts(n ast.Node, joined func(ast.Node) bool, list []ast.Node) []ast.Node {
	if b, ok := n.(*ast.BinaryNode); ok && joined(n) {
		return parts(b.Right, joined, parts(b.Left, joined, list))
	}
	return append(list, n)
}

// row reads one comparison.
func (e Env) row(n ast.Node) (Row, bool) {
	not := false
	if u, ok := n.(*ast.UnaryNode); ok && (u.Operator == "not" || u.Operator == "!") {
		n, not = u.Node, true
	}
	if path := pathOf(n); path != "" {
		v, _ := e.lookup(path)
		return Row{Name: path, Is: map[bool]Comparison{false: Yes, true: NotYes}[not]}, v.Kind == YesNo
	}
	switch n := n.(type) {
	case *ast.CallNode:
		path := pathOf(n.Arguments[0])
		v, _ := e.lookup(path)
		return Row{Name: path, Is: map[bool]Comparison{false: Known, true: Unknown}[not]}, v.Comparisons() != nil
	case *ast.BinaryNode:
		if n.Operator == "in" {
			return e.rowAmong(n, not)
		}
		if !not {
			return e.rowOf(n)
		}
	}
	return Row{}, false
}

func (e Env) rowAmong(n *ast.BinaryNode, not bool) (Row, bool) {
	list, ok := n.Right.(*ast.ArrayNode)
	if !ok {
		path, one := pathOf(n.Right), pathOf(n.Left)
		v, _ := e.lookup(path)
		text, literal := n.Left.(*ast.StringNode)
		if path == "" || one != "" || v.Kind != List || !literal {
			return Row{}, false
		}
		return Row{Name: path, Is: map[bool]Comparison{false: Includes, true: Excludes}[not], Values: []string{text.Value}}, true
	}
	row := Row{Name: pathOf(n.Left), Is: map[bool]Comparison{false: Among, true: NotAmong}[not]}
	v, _ := e.lookup(row.Name)
	if row.Name == "" || !v.Choice() || len(list.Nodes) == 0 {
		return Row{}, false
	}
	for _, x := range list.Nodes {
		text, ok := x.(*ast.StringNode)
		if !ok {
			return Row{}, false
		}
		row.Values = append(row.Values, text.Value)
	}
	return row, true
}

func (e Env) rowOf(n *ast.BinaryNode) (Row, bool) {
	left, right, flipped := n.Left, n.Right, false
	if pathOf(left) == "" {
		left, right, flipped = right, left, true
	}
	row := Row{Name: pathOf(left)}
	v, ok := e.lookup(row.Name)
	for _, o := range operators {
		if o.sign == n.Operator {
			row.Is = map[bool]Comparison{false: o.is, true: o.flipped}[flipped]
		}
	}
	if row.Name == "" || !ok || row.Is == "" {
		return Row{}, false
	}
	if b, yes := right.(*ast.BoolNode); yes && v.Kind == YesNo && (row.Is == Equal || row.Is == Unequal) {
		return Row{Name: row.Name, Is: map[bool]Comparison{true: Yes, false: No}[b.Value == (row.Is == Equal)]}, true
	}
	if v.Choice() && row.Is == Equal {
		row.Is = Among
	}
	value, ok := v.literal(right)
	row.Values = []string{value}
	return row, ok && slices.Contains(v.Comparisons(), row.Is)
}

// literal is a literal as a row keeps it; false for one that is not of the kind.
func (v Var) literal(n ast.Node) (string, bool) {
	sign := 1.0
	if u, ok := n.(*ast.UnaryNode); ok && u.Operator == "-" {
		n, sign = u.Node, -1
	}
	switch n := n.(type) {
	case *ast.IntegerNode:
		return strconv.FormatInt(int64(sign)*int64(n.Value), 10), figure(v.Kind)
	case *ast.FloatNode:
		return strconv.FormatFloat(sign*n.Value, 'f', -1, 64), v.Kind == Number || v.Kind == Whole
	case *ast.StringNode:
		if v.Kind == Date {
			d, err := day.Parse(n.Value)
			return n.Value, err == nil && d.String() == n.Value
		}
		return n.Value, sign == 1 && v.Kind == Text
	}
	return "", false
}

// Source writes the rows as a condition. The error, a wording.Message, names the first
// row that is not finished.
func (r Rows) Source(env Env) (string, error) {
	outer, inner := " or ", " and "
	if r.All {
		outer, inner = inner, outer
	}
	var groups []string
	for _, g := range r.Groups {
		var list []string
		for _, row := range g {
			s, err := row.source(env)
			if err != nil {
				return "", err
			}
			list = append(list, s)
		}
		if len(list) > 0 {
			groups = append(groups, strings.Join(list, inner))
		}
	}
	if len(groups) < 2 {
		return strings.Join(groups, ""), nil
	}
	for i, g := range groups {
		if strings.Contains(g, inner) {
			groups[i] = "(" + g + ")"
		}
	}
	return strings.Join(groups, outer), nil
}

func (r Row) source(env Env) (string, error) {
	if err := r.Check(env); err != nil {
		return "", err
	}
	switch r.Is {
	case Known:
		return "has(" + r.Name + ")", nil
	case Unknown:
		return "not has(" + r.Name + ")", nil
	case Yes:
		return r.Name + " == true", nil
	case No:
		return r.Name + " == false", nil
	case NotYes:
		return "not " + r.Name, nil
	case Includes:
		return strconv.Quote(r.Values[0]) + " in " + r.Name, nil
	case Excludes:
		return strconv.Quote(r.Values[0]) + " not in " + r.Name, nil
	case Among, NotAmong:
		if r.Is == Among && len(r.Values) == 1 {
			return r.Name + " == " + strconv.Quote(r.Values[0]), nil
		}
		quoted := make([]string, len(r.Values))
		for i, v := range r.Values {
			quoted[i] = strconv.Quote(v)
		}
		return r.Name + map[Comparison]string{Among: " in [", NotAmong: " not in ["}[r.Is] + strings.Join(quoted, ", ") + "]", nil
	}
	v, _ := env.lookup(r.Name)
	value := r.Values[0]
	if !figure(v.Kind) {
		value = strconv.Quote(value)
	}
	for _, o := range operators {
		if o.is == r.Is {
			return r.Name + " " + o.sign + " " + value, nil
		}
	}
	return "", wording.M("condition.row.comparison", "name", env.Called(r.Name))
}

// Check finds what a row lacks. The error is a wording.Message.
func (r Row) Check(env Env) error {
	v, ok := env.lookup(r.Name)
	say := func(key string) error { return wording.M("condition.row."+key, "name", env.Called(r.Name)) }
	switch {
	case !ok || v.Comparisons() == nil:
		return say("name")
	case !slices.Contains(v.Comparisons(), r.Is):
		return say("comparison")
	case !r.Is.Valued():
		return nil
	case (r.Is == Among || r.Is == NotAmong) && len(r.Values) > 0:
	case v.Choice() && len(r.Values) == 0, v.Kind == List && len(r.Values) != 1:
		return say("pick")
	case v.Choice() && len(r.Values) > 1:
		return say("pick_one")
	case len(r.Values) != 1 || r.Values[0] == "":
		return say("value")
	}
	for _, x := range r.Values {
		if !v.takes(x) {
			return say("kind." + map[bool]string{true: "pick", false: v.Kind.word()}[v.Choice() || v.Kind == List])
		}
	}
	return nil
}

// word names the kind of a value in the sentences about rows.
func (k Kind) word() string {
	switch k {
	case Number:
		return "number"
	case Whole:
		return "number"
	case Money:
		return "money"
	case Date:
		return "day"
	}
	return "text"
}

// takes tells whether a value is one of the kind.
func (v Var) takes(x string) bool {
	switch {
	case v.Kind == Money:
		n, err := strconv.ParseInt(x, 10, 64)
		return err == nil && strconv.FormatInt(n, 10) == x && n <= 1<<53 && n >= -1<<53
	case figure(v.Kind):
		f, err := strconv.ParseFloat(x, 64)
		return err == nil && !math.IsInf(f, 0) && strconv.FormatFloat(f, 'f', -1, 64) == x
	case v.Kind == Date:
		d, err := day.Parse(x)
		return err == nil && d.String() == x
	case v.Options != nil:
		return slices.Contains(v.Options, x)
	}
	return true
}
