package condition

import (
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"

	"tongban/internal/rules/wording"
)

// reader walks a parsed condition, refuses what the language does not have and
// gives missing values their meaning. It keeps the first fault and goes on
// harmlessly after it.
type reader struct {
	env    Env
	source string
	refs   []ref
	fault  wording.Message
}

var (
	comparisons = []string{"==", "!=", "<", "<=", ">", ">=", "in", "contains", "startsWith", "endsWith"}
	connectives = []string{"and", "&&", "or", "||"}
	arithmetic  = []string{"+", "-", "*", "/", "%"}
	functions   = []string{"len", "abs", "min", "max", "floor", "ceil", "round"}
)

func (r *reader) refuse(n ast.Node, key string, pairs ...any) {
	if r.fault.IsZero() {
		r.fault = wording.M(key, append(pairs, "at", start(n)+1, "near", snippet(r.source, start(n)))...)
	}
}

// truth rewrites a node that stands where yes or no is asked for, so that a
// value that is not there counts as "not yes".
func (r *reader) truth(n ast.Node) ast.Node {
	switch n := n.(type) {
	case *ast.UnaryNode:
		if n.Operator == "not" || n.Operator == "!" {
			n.Node = r.truth(n.Node)
			return n
		}
	case *ast.BinaryNode:
		switch {
		case slices.Contains(connectives, n.Operator):
			n.Left, n.Right = r.truth(n.Left), r.truth(n.Right)
			return n
		case slices.Contains(comparisons, n.Operator):
			used := r.value(n.Right, r.value(n.Left, nil))
			r.options(n)
			return guarded(n, used)
		}
	case *ast.ConditionalNode:
		n.Cond, n.Exp1, n.Exp2 = r.truth(n.Cond), r.truth(n.Exp1), r.truth(n.Exp2)
		return n
	case *ast.CallNode:
		return r.has(n)
	case *ast.MemberNode, *ast.IdentifierNode:
		used := r.value(n, nil)
		if v, ok := r.env.lookup(pathOf(n)); ok && v.Kind != YesNo && v.Kind != Any {
			r.refuse(n, "condition.result")
		}
		return guarded(n, used)
	case *ast.BoolNode:
		return n
	}
	r.value(n, nil)
	return n
}

// value checks a node that stands where a value is asked for and adds the
// names in it to used.
func (r *reader) value(n ast.Node, used []ast.Node) []ast.Node {
	switch n := n.(type) {
	case *ast.IntegerNode, *ast.FloatNode, *ast.StringNode, *ast.BoolNode:
	case *ast.IdentifierNode:
		return r.name(n, n.Value, used)
	case *ast.MemberNode:
		head, ok := n.Node.(*ast.IdentifierNode)
		tail, named := n.Property.(*ast.StringNode)
		if !ok || !named || n.Optional {
			r.refuse(n, "condition.construct")
			break
		}
		return r.name(n, head.Value+"."+tail.Value, used)
	case *ast.UnaryNode:
		if n.Operator != "-" && n.Operator != "+" {
			r.refuse(n, "condition.construct")
		}
		return r.value(n.Node, used)
	case *ast.BinaryNode:
		if !slices.Contains(arithmetic, n.Operator) {
			r.refuse(n, "condition.construct")
		}
		return r.value(n.Right, r.value(n.Left, used))
	case *ast.ConditionalNode:
		n.Cond = r.truth(n.Cond)
		return r.value(n.Exp2, r.value(n.Exp1, used))
	case *ast.ArrayNode:
		for _, e := range n.Nodes {
			used = r.value(e, used)
		}
	case *ast.BuiltinNode:
		if !slices.Contains(functions, n.Name) {
			r.refuse(n, "condition.function", "name", n.Name, "functions", "has、"+strings.Join(functions, "、"))
		}
		for _, a := range n.Arguments {
			used = r.value(a, used)
		}
	default:
		r.refuse(n, "condition.construct")
	}
	return used
}

func (r *reader) name(n ast.Node, path string, used []ast.Node) []ast.Node {
	v, ok := r.env.lookup(path)
	if !ok {
		r.refuse(n, "condition.name", "name", path, "names", r.env.names())
		return used
	}
	if !slices.ContainsFunc(r.refs, func(x ref) bool { return x.path == path }) {
		head, tail, _ := strings.Cut(path, ".")
		r.refs = append(r.refs, ref{path: path, head: head, tail: tail, v: v})
	}
	return append(used, n)
}

// has turns has(x) into a test that x is there.
func (r *reader) has(n *ast.CallNode) ast.Node {
	callee, ok := n.Callee.(*ast.IdentifierNode)
	if !ok {
		r.refuse(n, "condition.construct")
		return n
	}
	if callee.Value != "has" || len(n.Arguments) != 1 {
		r.refuse(n, "condition.function", "name", callee.Value, "functions", "has、"+strings.Join(functions, "、"))
		return n
	}
	used := r.value(n.Arguments[0], nil)
	if len(used) != 1 || used[0] != n.Arguments[0] {
		r.refuse(n, "condition.construct")
		return n
	}
	return present(used[0])
}

// options refuses a comparison of a choice with a text that is none of its options.
func (r *reader) options(n *ast.BinaryNode) {
	if n.Operator != "==" && n.Operator != "!=" && n.Operator != "in" {
		return
	}
	for _, side := range [][2]ast.Node{{n.Left, n.Right}, {n.Right, n.Left}} {
		path := pathOf(side[0])
		v, ok := r.env.lookup(path)
		if path == "" || !ok || v.Options == nil {
			continue
		}
		others := []ast.Node{side[1]}
		if list, ok := side[1].(*ast.ArrayNode); ok {
			others = list.Nodes
		}
		for _, o := range others {
			if s, ok := o.(*ast.StringNode); ok && !slices.Contains(v.Options, s.Value) {
				r.refuse(o, "condition.option", "name", path, "got", s.Value, "options", strings.Join(v.Options, "、"))
			}
		}
	}
}

func pathOf(n ast.Node) string {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		return n.Value
	case *ast.MemberNode:
		head, ok := n.Node.(*ast.IdentifierNode)
		tail, named := n.Property.(*ast.StringNode)
		if ok && named {
			return head.Value + "." + tail.Value
		}
	}
	return ""
}

// guarded puts before n that every name used in it is there.
func guarded(n ast.Node, used []ast.Node) ast.Node {
	for _, u := range slices.Backward(used) {
		and := &ast.BinaryNode{Operator: "&&", Left: present(u), Right: n}
		and.SetLocation(n.Location())
		n = and
	}
	return n
}

func present(n ast.Node) ast.Node {
	nothing := &ast.NilNode{}
	nothing.SetLocation(n.Location())
	test := &ast.BinaryNode{Operator: "!=", Left: n, Right: nothing}
	test.SetLocation(n.Location())
	return test
}
