package condition

import (
	"slices"
	"strconv"
	"strings"

	"github.com/expr-lang/expr/ast"

	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// Say is a condition as a sentence for people who do not know its language: names by
// their titles, options by their labels, money in yuan. The error is that of Compile.
func (e Env) Say(source string) (wording.Message, error) {
	if _, err := Compile(source, e); err != nil {
		return wording.Message{}, err
	}
	tree, _, err := parse(source, e) // Compile has rewritten its own
	if err != nil {
		return wording.Message{}, err
	}
	return sayer{e}.truth(tree.Node), nil
}

// Phrase is Say; a condition that is not in order stands for itself.
func (e Env) Phrase(source string) wording.Message {
	m, err := e.Say(source)
	if err != nil {
		return wording.M("condition.say.source", "source", source)
	}
	return m
}

// Title is what a name is called; the name itself where nobody has called it anything.
func (e Env) Title(path string) wording.Message {
	if v, ok := e.lookup(path); ok && !v.Title.IsZero() {
		return v.Title
	}
	return wording.M("condition.say.source", "source", path)
}

// Called is a title as it stands in a sentence: those of the form in quotation marks.
func (e Env) Called(path string) wording.Message {
	if !strings.HasPrefix(path, "form.") {
		return e.Title(path)
	}
	return wording.M("condition.say.quoted", "a", e.Title(path))
}

// Label is what an option of a choice is called.
func (v Var) Label(option string) wording.Message {
	for _, l := range v.Labels {
		if l.Value == option {
			return l.Text
		}
	}
	return wording.M("condition.say.source", "source", option)
}

// Yuan writes an amount in fen as yuan: 120000 → "1200", 1250 → "12.50".
func Yuan(fen int64) string {
	sign := ""
	if fen < 0 {
		sign, fen = "-", -fen
	}
	s := sign + strconv.FormatInt(fen/100, 10)
	if cents := fen % 100; cents != 0 {
		s += "." + strconv.FormatInt(cents/10, 10) + strconv.FormatInt(cents%10, 10)
	}
	return s
}

// sayer puts a parsed condition that is in order into words.
type sayer struct{ env Env }

func told(key string, pairs ...any) wording.Message { return wording.M("condition.say."+key, pairs...) }

// truth says a node that is asked for yes or no.
func (s sayer) truth(n ast.Node) wording.Message {
	switch n := n.(type) {
	case *ast.BoolNode:
		return told(strconv.FormatBool(n.Value))
	case *ast.UnaryNode:
		return s.not(n.Node)
	case *ast.BinaryNode:
		switch n.Operator {
		case "and", "&&":
			return told("and", "a", s.inside(n.Left, isOr), "b", s.inside(n.Right, isOr))
		case "or", "||":
			if isAnd(n.Left) || isAnd(n.Right) {
				return told("or_apart", "a", s.truth(n.Left), "b", s.truth(n.Right))
			}
			return told("or", "a", s.truth(n.Left), "b", s.truth(n.Right))
		}
		return s.comparison(n)
	case *ast.ConditionalNode:
		return told("either", "c", s.truth(n.Cond), "a", s.truth(n.Exp1), "b", s.truth(n.Exp2))
	case *ast.CallNode:
		return told("has", "a", s.value(n.Arguments[0], nil))
	}
	return told("yes", "a", s.value(n, nil))
}

func isOr(n ast.Node) bool  { return joins(n, "or", "||") }
func isAnd(n ast.Node) bool { return joins(n, "and", "&&") }

func joins(n ast.Node, operators ...string) bool {
	b, ok := n.(*ast.BinaryNode)
	return ok && slices.Contains(operators, b.Operator)
}

// inside puts into brackets what binds less than what stands around it.
func (s sayer) inside(n ast.Node, less func(ast.Node) bool) wording.Message {
	if less(n) {
		return told("brackets", "a", s.truth(n))
	}
	return s.truth(n)
}

func (s sayer) not(n ast.Node) wording.Message {
	switch n := n.(type) {
	case *ast.CallNode:
		return told("has_not", "a", s.value(n.Arguments[0], nil))
	case *ast.MemberNode, *ast.IdentifierNode:
		return told("yes_not", "a", s.value(n, nil))
	case *ast.BinaryNode:
		if n.Operator == "in" {
			return s.among(n, "_not")
		}
	}
	return told("not", "a", s.truth(n))
}

// comparisonKeys are the words of comparisons; days and texts have their own.
var comparisonKeys = map[string]string{"==": "eq", "!=": "ne", ">": "gt", ">=": "ge", "<": "lt", "<=": "le", "contains": "contains", "startsWith": "starts", "endsWith": "ends"}

func (s sayer) comparison(n *ast.BinaryNode) wording.Message {
	if n.Operator == "in" {
		return s.among(n, "")
	}
	left, right := s.varOf(n.Left), s.varOf(n.Right)
	key := comparisonKeys[n.Operator]
	if b, ok := n.Right.(*ast.BoolNode); ok && (key == "eq" || key == "ne") {
		return told(map[bool]string{true: "yes", false: "no"}[b.Value == (key == "eq")], "a", s.value(n.Left, nil))
	}
	path := pathOf(n.Left)
	switch {
	case left.Kind == Date || right.Kind == Date:
		key = "day_" + key
	case key == "ne" && path != "" && !strings.HasPrefix(path, "form."):
		key = "is_not" // it is always there
	case key != "eq" && key != "ne":
	case figure(left.Kind) || figure(right.Kind) || isNumber(n.Left) || isNumber(n.Right):
		key = "number_" + key
	}
	return told(key, "a", s.value(n.Left, right), "b", s.value(n.Right, left))
}

func figure(k Kind) bool { return k == Number || k == Whole || k == Money }

func isNumber(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.IntegerNode, *ast.FloatNode, *ast.BuiltinNode:
		return true
	case *ast.UnaryNode:
		return n.Operator == "-" || n.Operator == "+"
	case *ast.BinaryNode:
		return slices.Contains(arithmetic, n.Operator)
	}
	return false
}

// among says whether something is one of several, or a list holds it.
func (s sayer) among(n *ast.BinaryNode, not string) wording.Message {
	list, ok := n.Right.(*ast.ArrayNode)
	if !ok {
		return told("includes"+not, "a", s.value(n.Right, nil), "b", s.value(n.Left, s.varOf(n.Right)))
	}
	of := s.varOf(n.Left)
	all := make(several, len(list.Nodes))
	for i, x := range list.Nodes {
		all[i] = s.value(x, of)
	}
	if len(all) == 1 {
		return told(map[string]string{"": "eq", "_not": "is_not"}[not], "a", s.value(n.Left, nil), "b", all[0])
	}
	return told("among"+not, "a", s.value(n.Left, nil), "b", all)
}

// several are values in a row.
type several []wording.Message

// In writes them with the mark that the language puts between.
func (l several) In(lang wording.Lang) string {
	words := make([]string, len(l))
	for i, m := range l {
		words[i] = m.In(lang)
	}
	return strings.Join(words, wording.Text(lang, "condition.say.comma"))
}

// varOf is the declaration that a value is read by: of a name, or of a sum in which
// money stands. Nil for none.
func (s sayer) varOf(n ast.Node) *Var {
	if v, ok := s.env.lookup(pathOf(n)); ok {
		return &v
	}
	switch n := n.(type) {
	case *ast.BinaryNode:
		l, r := s.varOf(n.Left), s.varOf(n.Right)
		switch {
		case l.Kind == Money && r.Kind == Money && n.Operator == "/":
			return &Var{Kind: Number}
		case l.Kind == Money || r.Kind == Money:
			return &Var{Kind: Money}
		}
	case *ast.UnaryNode:
		return s.varOf(n.Node)
	case *ast.BuiltinNode:
		for _, a := range n.Arguments {
			if v := s.varOf(a); v.Kind == Money {
				return v
			}
		}
	case *ast.ConditionalNode:
		return s.varOf(n.Exp1)
	}
	return &Var{}
}

// value says a value; literals as those beside them are declared.
func (s sayer) value(n ast.Node, beside *Var) wording.Message {
	if beside == nil {
		beside = &Var{}
	}
	if path := pathOf(n); path != "" {
		return s.env.Called(path)
	}
	switch n := n.(type) {
	case *ast.IntegerNode:
		return figures(float64(n.Value), beside)
	case *ast.FloatNode:
		return figures(n.Value, beside)
	case *ast.StringNode:
		if d, err := day.Parse(n.Value); err == nil && beside.Kind == Date {
			return told("day", "a", d)
		}
		return told("quoted", "a", beside.Label(n.Value))
	case *ast.BoolNode:
		return told("word_" + strconv.FormatBool(n.Value))
	case *ast.UnaryNode:
		if n.Operator == "+" {
			return s.value(n.Node, beside)
		}
		return told("minus", "a", s.value(n.Node, beside))
	case *ast.BinaryNode:
		return s.sum(n)
	case *ast.BuiltinNode:
		return s.function(n)
	case *ast.ConditionalNode:
		return told("either_value", "c", s.truth(n.Cond), "a", s.value(n.Exp1, beside), "b", s.value(n.Exp2, beside))
	case *ast.ArrayNode:
		all := make(several, len(n.Nodes))
		for i, x := range n.Nodes {
			all[i] = s.value(x, beside)
		}
		return told("list", "a", all)
	}
	return told("source", "source", n.String())
}

func figures(f float64, beside *Var) wording.Message {
	if beside.Kind == Money {
		return told("yuan", "a", strconv.FormatFloat(f/100, 'f', -1, 64))
	}
	return told("source", "source", strconv.FormatFloat(f, 'f', -1, 64))
}

var sums = map[string]string{"+": "plus", "-": "less", "*": "times", "/": "by", "%": "rest"}

// sum says arithmetic. A number that multiplies money is a number.
func (s sayer) sum(n *ast.BinaryNode) wording.Message {
	left, right := s.varOf(n.Left), s.varOf(n.Right)
	if n.Operator == "*" || n.Operator == "/" {
		left, right = nil, nil
	}
	side := func(x ast.Node, beside *Var) wording.Message {
		if _, nested := x.(*ast.BinaryNode); nested {
			return told("brackets", "a", s.value(x, beside))
		}
		return s.value(x, beside)
	}
	return told(sums[n.Operator], "a", side(n.Left, right), "b", side(n.Right, left))
}

func (s sayer) function(n *ast.BuiltinNode) wording.Message {
	beside := s.varOf(n)
	all := make(several, len(n.Arguments))
	for i, x := range n.Arguments {
		all[i] = s.value(x, beside)
	}
	key := n.Name
	if key == "len" && len(n.Arguments) == 1 && s.varOf(n.Arguments[0]).Kind == List {
		key = "count"
	}
	return told(key, "a", all)
}
