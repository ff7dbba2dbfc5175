// Package condition is the one language of conditions in forms, materials and
// flows: `form.area > 50 and applicant.kind == "legal"`. It is a small part of
// expr-lang: comparisons, and, or, not, in, arithmetic, contains, startsWith,
// endsWith, c ? a : b, and the functions has, len, abs, min, max, floor, ceil,
// round. A condition is checked against the declared names and their types
// before it is taken, and it can neither loop nor reach anything outside its
// values, so that it always gives the same answer in bounded time.
//
// A value that is not there (a field not yet answered, or hidden) makes every
// comparison in which it stands false, != too; has(form.x) tells whether it is
// there. `not` turns the answer round like any other: not (form.area > 50)
// holds while no area is known. Money is a whole number of fen, a day is a
// text YYYY-MM-DD, so that <, == and > compare days.
package condition

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/checker"
	"github.com/expr-lang/expr/compiler"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/optimizer"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/types"
	"github.com/expr-lang/expr/vm"

	"tongban/internal/rules/wording"
)

// Bounds of a condition.
const (
	MaxLength = 1000  // characters of the source
	maxNodes  = 200   // parts of the parsed source
	maxMemory = 1_000 // elements that one evaluation may allocate
)

// Kind is the kind of a value.
type Kind int

// The kinds of values. Any is for flows whose form is not known while they are
// checked; comparisons with it are checked when they run.
const (
	Any    Kind = iota
	Text        // string
	Number      // any number
	Whole       // whole number
	Money       // whole number of fen
	YesNo       // bool
	Date        // day.Day or text YYYY-MM-DD
	List        // list of texts
)

// Var declares one name.
type Var struct {
	Kind    Kind
	Options []string        // of a choice: comparing it with another text is a fault
	Title   wording.Message // what people call it
	Labels  []Label         // what people call the values of a choice
}

// Label is what people call a value.
type Label struct {
	Value string
	Text  wording.Message
}

// Env declares the names that a condition may use, by their path: "decision",
// "form.area". A path has one dot at most. "form.*" admits every name in form.
type Env map[string]Var

// Case is the environment of everything that belongs to a case: the fields of
// its form under form., decision, and applicant.kind ("person", "legal",
// "agency"). Without fields every form.x is admitted.
func Case(fields map[string]Var) Env {
	env := Env{
		"decision":       {Kind: Text, Title: wording.M("condition.word.decision"), Labels: labels("granted", "refused", "returned")},
		"applicant.kind": {Kind: Text, Options: []string{"person", "legal", "agency"}, Title: wording.M("condition.word.applicant"), Labels: labels("person", "legal", "agency")},
	}
	if fields == nil {
		env["form.*"] = Var{}
	}
	for k, v := range fields {
		env["form."+k] = v
	}
	return env
}

func labels(values ...string) []Label {
	list := make([]Label, len(values))
	for i, v := range values {
		list[i] = Label{v, wording.M("condition.word." + v)}
	}
	return list
}

// Program is a condition that was found in order. It is immutable: any number
// of goroutines may ask it at once.
type Program struct {
	source string
	code   *vm.Program
	refs   []ref
}

// ref is a name that a condition uses.
type ref struct {
	path string // form.area
	head string // form
	tail string // area, or "" for a name without a dot
	v    Var
}

// Source is the condition as it was written.
func (p *Program) Source() string { return p.source }

// Refs lists the names that the condition uses, each once, in order of first use.
func (p *Program) Refs() []string {
	out := make([]string, len(p.refs))
	for i, r := range p.refs {
		out[i] = r.path
	}
	return out
}

// Compile checks a condition against the names of env. The error is a
// wording.Message; where there is a place, its argument "at" is the place of
// the character in the source, from 1.
func Compile(source string, env Env) (*Program, error) {
	if strings.TrimSpace(source) == "" {
		return nil, wording.M("condition.empty")
	}
	if n := utf8.RuneCountInString(source); n > MaxLength {
		return nil, wording.M("condition.long", "got", n, "max", MaxLength)
	}
	tree, cfg, err := parse(source, env)
	if err != nil {
		return nil, syntaxFault(err, source)
	}
	r := &reader{env: env, source: source}
	root := r.truth(tree.Node)
	if !r.fault.IsZero() {
		return nil, r.fault
	}
	tree.Node = root
	if _, err := new(checker.Checker).Check(tree, cfg); err != nil {
		return nil, typeFault(err, source)
	}
	if err := optimizer.Optimize(&tree.Node, cfg); err != nil {
		return nil, typeFault(err, source)
	}
	code, err := compiler.Compile(tree, cfg)
	if err != nil {
		return nil, typeFault(err, source)
	}
	return &Program{source: source, code: code, refs: r.refs}, nil
}

// parse reads a source with the bounds of the language.
func parse(source string, env Env) (*parser.Tree, *conf.Config, error) {
	cfg := conf.New(env.shape())
	cfg.MaxNodes = maxNodes
	cfg.DisableIfOperator = true
	cfg.Expect, cfg.ExpectAny = reflect.Bool, false
	tree, err := parser.ParseWithConfig(source, cfg)
	return tree, cfg, err
}

// shape tells expr-lang the types of the names.
func (e Env) shape() types.Map {
	shape := types.Map{}
	for path, v := range e {
		head, tail, dotted := strings.Cut(path, ".")
		if !dotted {
			shape[head] = v.Kind.exprType()
			continue
		}
		group, ok := shape[head].(types.Map)
		if !ok {
			group = types.Map{}
			shape[head] = group
		}
		if tail == "*" {
			tail = types.Extra
		}
		group[tail] = v.Kind.exprType()
	}
	return shape
}

func (k Kind) exprType() types.Type {
	switch k {
	case Text, Date:
		return types.String
	case Number:
		return types.Float64
	case Whole, Money:
		return types.Int
	case YesNo:
		return types.Bool
	case List:
		return types.Array(types.String)
	}
	return types.Any
}

// lookup finds the declaration of a path.
func (e Env) lookup(path string) (Var, bool) {
	if v, ok := e[path]; ok {
		return v, true
	}
	head, _, dotted := strings.Cut(path, ".")
	if !dotted {
		return Var{}, false
	}
	v, ok := e[head+".*"]
	return v, ok
}

// names lists what may be used, with what it is called, for a person who used
// something else.
func (e Env) names() several {
	var list several
	for _, path := range slices.Sorted(maps.Keys(e)) {
		if len(list) == 30 {
			return append(list, told("source", "source", "…"))
		}
		if e[path].Title.IsZero() {
			list = append(list, told("source", "source", path))
		} else {
			list = append(list, told("name", "name", path, "title", e[path].Title))
		}
	}
	return list
}

// syntaxFault says where a source could not be read.
func syntaxFault(err error, source string) wording.Message {
	at, near := place(err, source)
	if strings.Contains(err.Error(), "exceeds maximum allowed nodes") {
		return wording.M("condition.complex", "max", maxNodes)
	}
	if near == "" {
		return wording.M("condition.unfinished", "at", at)
	}
	return wording.M("condition.syntax", "at", at, "near", near)
}

// typeFault says where the types of a source do not fit.
func typeFault(err error, source string) wording.Message {
	if fe, ok := err.(*file.Error); !ok || fe == nil {
		return wording.M("condition.result")
	}
	at, near := place(err, source)
	return wording.M("condition.types", "at", at, "near", near)
}

// place returns the character, from 1, at which an error stands, and the text there.
func place(err error, source string) (int, string) {
	from := 0
	if fe, ok := err.(*file.Error); ok {
		from = fe.From
	}
	return from + 1, snippet(source, from)
}

func snippet(source string, from int) string {
	r := []rune(source)
	from = min(max(from, 0), len(r))
	return string(r[from:min(from+12, len(r))])
}

// start is the character, from 0, at which a node begins; expr-lang places a
// member at its last name.
func start(n ast.Node) int {
	if m, ok := n.(*ast.MemberNode); ok {
		return start(m.Node)
	}
	return n.Location().From
}
