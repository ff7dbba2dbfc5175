package paper

import (
	"bytes"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"text/template"
	"text/template/parse"

	"github.com/goccy/go-yaml"

	"tongban/internal/rules/wording"
)

// Template is a paper's template as it is written in its file.
type Template struct {
	Kind    string `yaml:"kind"`
	Title   string `yaml:"title"`
	TitleEN string `yaml:"title_en"`
	// Word is the kind's word in the 字号, which the rule of all papers makes up.
	Word string `yaml:"word"`
	// Number stands in place of Word: {case}, the number of the case, for a paper
	// without one of its own; or, from before there was a rule of all papers, a
	// whole one of {short}, {year} and {n}.
	Number string `yaml:"number"`
	Sealed bool   `yaml:"sealed"`
	Body   string `yaml:"body"` // text/template over Facts

	id   int64
	text *template.Template
}

var (
	kindForm  = regexp.MustCompile(`^[a-z][a-z0-9-]{1,39}$`)
	braced    = regexp.MustCompile(`\{[^}]*\}`)
	wordForm  = regexp.MustCompile(`^\p{Han}{1,6}$`)
	textBytes = 64 << 10 // of a written paper: more is a fault of the facts
)

// ParseTemplate reads a template and checks it as a whole: an unknown key, a
// rule of numbers that would give two papers one number, a body that asks for a
// fact that there is not, on whichever branch. Its errors are messages.
func ParseTemplate(file []byte) (*Template, error) {
	t := &Template{}
	if err := yaml.UnmarshalWithOptions(file, t, yaml.Strict()); err != nil {
		return nil, wording.M("paper.template.file", "why", yaml.FormatError(err, false, false))
	}
	if !kindForm.MatchString(t.Kind) {
		return nil, wording.M("paper.template.kind", "kind", t.Kind)
	}
	if t.Title == "" || strings.TrimSpace(t.Body) == "" {
		return nil, wording.M("paper.template.empty", "kind", t.Kind)
	}
	if t.Kind == RuleKind {
		return nil, wording.M("paper.template.kind", "kind", t.Kind)
	}
	if err := t.checkNumber(); err != nil {
		return nil, err
	}
	var err error
	t.text, err = textOf(t.Kind, t.Body)
	return t, err
}

// checkNumber wants a word for the rule of all papers, or the number of the case,
// or a whole rule of the template's own.
func (t *Template) checkNumber() error {
	if t.Word != "" {
		if t.Number != "" || !wordForm.MatchString(t.Word) {
			return wording.M("paper.template.word_form", "kind", t.Kind, "word", t.Word)
		}
		return nil
	}
	for _, b := range braced.FindAllString(t.Number, -1) {
		if b != "{short}" && b != "{year}" && b != "{n}" && b != "{case}" {
			return wording.M("paper.template.number", "kind", t.Kind, "rule", t.Number)
		}
	}
	full := strings.Contains(t.Number, "{n}") && strings.Contains(t.Number, "{year}") && strings.Contains(t.Number, "{short}")
	if full == strings.Contains(t.Number, "{case}") {
		return wording.M("paper.template.number", "kind", t.Kind, "rule", t.Number)
	}
	return nil
}

// textOf reads a text over facts and checks it as a whole.
func textOf(kind, body string) (*template.Template, error) {
	text, err := template.New(kind).Option("missingkey=error").Parse(body)
	if err != nil {
		return nil, wording.M("paper.template.body", "kind", kind, "why", strings.TrimPrefix(err.Error(), "template: "))
	}
	if len(text.Templates()) != 1 {
		return nil, wording.M("paper.template.word", "kind", kind, "word", "define")
	}
	return text, checkBody(kind, text.Root)
}

// counted tells whether the papers of this kind have a running number. One that
// bears the number of its case needs no counter, for which all papers of an
// agency would wait on one another.
func (t *Template) counted() bool { return t.Word != "" || strings.Contains(t.Number, "{n}") }

// number writes the paper's number, by the rule of all papers where the template
// leaves it to that.
func (t *Template) number(r *Rule, short, matter string, year int, n int64) string {
	form := t.Number
	if t.Word != "" {
		form = r.Number
	}
	return strings.NewReplacer("{short}", short, "{word}", t.Word, "{year}", strconv.Itoa(year), "{n}", strconv.FormatInt(n, 10), "{case}", matter).Replace(form)
}

// render fills the template, under the heading of all papers.
func (t *Template) render(r *Rule, f Facts) (string, error) {
	var b bytes.Buffer
	out := &bounded{&b, textBytes}
	if r != nil {
		if err := r.text.Execute(out, f); err != nil {
			return "", fmt.Errorf("heading of paper %s: %w", t.Kind, err)
		}
		if b.Len() > 0 {
			b.WriteString("\n\n")
		}
	}
	if err := t.text.Execute(out, f); err != nil {
		return "", fmt.Errorf("paper %s: %w", t.Kind, err)
	}
	return strings.TrimSpace(b.String()) + "\n", nil
}

// bounded refuses to write more than is left.
type bounded struct {
	w    io.Writer
	left int
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.left -= len(p); b.left < 0 {
		return 0, wording.M("paper.too_long")
	}
	return b.w.Write(p)
}

// checkBody walks a template with the types of the facts in hand. It knows the
// few constructs that papers need and refuses all others by name.
func checkBody(kind string, body *parse.ListNode) error {
	w := walker{kind}
	return w.list(body, reflect.TypeFor[Facts]())
}

type walker struct{ kind string }

func (w walker) refuse(n parse.Node) error {
	return wording.M("paper.template.word", "kind", w.kind, "word", n.String())
}

func (w walker) list(list *parse.ListNode, dot reflect.Type) error {
	if list == nil {
		return nil
	}
	for _, n := range list.Nodes {
		if err := w.node(n, dot); err != nil {
			return err
		}
	}
	return nil
}

func (w walker) node(n parse.Node, dot reflect.Type) error {
	switch n := n.(type) {
	case *parse.TextNode, *parse.CommentNode:
		return nil
	case *parse.ActionNode:
		t, err := w.pipe(n.Pipe, dot)
		if err == nil && t.Kind() != reflect.String && t.Kind() != reflect.Int {
			err = w.refuse(n)
		}
		return err
	case *parse.IfNode:
		return w.branch(&n.BranchNode, dot, func(reflect.Type) (reflect.Type, error) { return dot, nil })
	case *parse.WithNode:
		return w.branch(&n.BranchNode, dot, func(t reflect.Type) (reflect.Type, error) { return t, nil })
	case *parse.RangeNode:
		return w.branch(&n.BranchNode, dot, func(t reflect.Type) (reflect.Type, error) {
			if t.Kind() != reflect.Slice {
				return nil, w.refuse(n.Pipe)
			}
			return t.Elem(), nil
		})
	}
	return w.refuse(n)
}

// branch checks what is asked and both ways on; inside says what the dot is on
// the first of them.
func (w walker) branch(n *parse.BranchNode, dot reflect.Type, inside func(reflect.Type) (reflect.Type, error)) error {
	t, err := w.pipe(n.Pipe, dot)
	if err != nil {
		return err
	}
	in, err := inside(t)
	if err != nil {
		return err
	}
	if err := w.list(n.List, in); err != nil {
		return err
	}
	return w.list(n.ElseList, dot)
}

func (w walker) pipe(p *parse.PipeNode, dot reflect.Type) (reflect.Type, error) {
	if len(p.Decl) > 0 || len(p.Cmds) != 1 {
		return nil, w.refuse(p)
	}
	args := p.Cmds[0].Args
	if name, ok := args[0].(*parse.IdentifierNode); ok {
		return w.call(name, args[1:], dot)
	}
	if len(args) != 1 {
		return nil, w.refuse(p)
	}
	return w.operand(args[0], dot)
}

// call checks one of the words that a template may use on its facts.
func (w walker) call(name *parse.IdentifierNode, args []parse.Node, dot reflect.Type) (reflect.Type, error) {
	var result reflect.Type
	for _, a := range args {
		t, err := w.operand(a, dot)
		if err != nil {
			return nil, err
		}
		result = t
	}
	switch {
	case name.Ident == "len" && len(args) == 1 && (result.Kind() == reflect.Slice || result.Kind() == reflect.String):
		return reflect.TypeFor[int](), nil
	case name.Ident == "not" && len(args) == 1, (name.Ident == "and" || name.Ident == "or") && len(args) > 0:
		return reflect.TypeFor[bool](), nil
	case (name.Ident == "eq" || name.Ident == "ne") && len(args) == 2 && result.Kind() == reflect.String:
		return reflect.TypeFor[bool](), nil
	}
	return nil, w.refuse(name)
}

// operand is a fact, the dot itself, a quoted text, or one of these in brackets.
func (w walker) operand(n parse.Node, dot reflect.Type) (reflect.Type, error) {
	switch n := n.(type) {
	case *parse.DotNode:
		return dot, nil
	case *parse.StringNode:
		return reflect.TypeFor[string](), nil
	case *parse.PipeNode:
		return w.pipe(n, dot)
	case *parse.FieldNode:
		if dot.Kind() == reflect.Struct && len(n.Ident) == 1 {
			if f, ok := dot.FieldByName(n.Ident[0]); ok {
				return f.Type, nil
			}
		}
		return nil, wording.M("paper.template.fact", "kind", w.kind, "fact", n.String())
	}
	return nil, w.refuse(n)
}
