package alert

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Expr is an expression: the part of PromQL that the rules and the charts need.
//
//	sum(rate(name{label="value", other!~"a|b"}[5m])) / sum(…) > 0.01
//	histogram_quantile(0.95, sum by (le) (rate(name_bucket[5m]))) > 1
//	name{label="value"} == 0
type Expr struct {
	text string
	root node
}

// String is the expression as it was written.
func (e *Expr) String() string { return e.text }

// Names are the metrics that the expression reads.
func (e *Expr) Names() []string {
	var list []string
	walk(e.root, func(n node) {
		if s, ok := n.(*selector); ok {
			list = append(list, s.name)
		}
	})
	slices.Sort(list)
	return slices.Compact(list)
}

// node is a part of an expression.
type node interface {
	eval(at moment) []Sample
}

type (
	number   float64
	selector struct {
		name     string
		matchers []matcher
		span     time.Duration // 0: the value now
	}
	matcher struct {
		label string
		not   bool
		re    *regexp.Regexp
	}
	call struct { // rate, increase
		name string
		of   *selector
	}
	fold struct { // sum, min, max
		name string
		by   []string
		of   node
	}
	quantile struct {
		q  float64
		of node
	}
	binary struct {
		op          string
		left, right node
	}
)

func walk(n node, f func(node)) {
	f(n)
	switch x := n.(type) {
	case *call:
		walk(x.of, f)
	case *fold:
		walk(x.of, f)
	case *quantile:
		walk(x.of, f)
	case *binary:
		walk(x.left, f)
		walk(x.right, f)
	}
}

var token = regexp.MustCompile(`^\s*(\d+(?:\.\d+)?[smhd]|\d+(?:\.\d+)?(?:e\d+)?|[a-zA-Z_:][a-zA-Z0-9_:]*|"[^"\\]*"|==|!=|>=|<=|=~|!~|[(){}\[\],=<>*/+-])`)

type parser struct {
	rest  string
	word  string // the one that is read now, "" at the end
	fault error
}

// Parse reads an expression.
func Parse(text string) (*Expr, error) {
	p := &parser{rest: text}
	p.next()
	root := p.comparison()
	if p.fault == nil && p.word != "" {
		p.fail("end")
	}
	if p.fault != nil {
		return nil, fmt.Errorf("expression %q: %w", text, p.fault)
	}
	return &Expr{text, root}, nil
}

// Must is Parse for expressions that stand in the program.
func Must(text string) *Expr {
	e, err := Parse(text)
	if err != nil {
		panic(err)
	}
	return e
}

func (p *parser) next() {
	p.word = ""
	if strings.TrimSpace(p.rest) == "" {
		return
	}
	m := token.FindStringSubmatch(p.rest)
	if m == nil {
		p.fail("a word")
		return
	}
	p.word, p.rest = m[1], p.rest[len(m[0]):]
}

func (p *parser) fail(want string) {
	if p.fault == nil {
		p.fault = fmt.Errorf("%s expected before %q", want, p.word+p.rest)
	}
	p.word, p.rest = "", ""
}

func (p *parser) take(words ...string) (string, bool) {
	w := p.word
	if w == "" || !slices.Contains(words, w) {
		return "", false
	}
	p.next()
	return w, true
}

func (p *parser) want(word string) {
	if _, ok := p.take(word); !ok {
		p.fail(word)
	}
}

func (p *parser) chain(below func() node, ops ...string) node {
	left := below()
	for {
		op, ok := p.take(ops...)
		if !ok {
			return left
		}
		left = &binary{op, left, below()}
	}
}

func (p *parser) comparison() node { return p.chain(p.sum, "==", "!=", ">", "<", ">=", "<=") }
func (p *parser) sum() node        { return p.chain(p.product, "+", "-") }
func (p *parser) product() node    { return p.chain(p.single, "*", "/") }

func (p *parser) single() node {
	w := p.word
	switch {
	case w == "(":
		p.next()
		n := p.comparison()
		p.want(")")
		return n
	case w == "":
		p.fail("an expression")
		return number(0)
	case w[0] >= '0' && w[0] <= '9':
		return p.number()
	case w == "rate" || w == "increase":
		p.next()
		p.want("(")
		s := p.selector()
		if s.span == 0 {
			p.fail("a span")
		}
		p.want(")")
		return &call{w, s}
	case w == "sum" || w == "min" || w == "max":
		return p.fold()
	case w == "histogram_quantile":
		p.next()
		p.want("(")
		q := p.number()
		p.want(",")
		n := p.comparison()
		p.want(")")
		return &quantile{float64(q), n}
	}
	s := p.selector()
	if s.span != 0 {
		p.fail("rate or increase")
	}
	return s
}

func (p *parser) number() number {
	v, err := strconv.ParseFloat(p.word, 64)
	if err != nil {
		p.fail("a number")
	}
	p.next()
	return number(v)
}

func (p *parser) fold() node {
	f := &fold{name: p.word}
	p.next()
	if _, ok := p.take("by"); ok {
		p.want("(")
		for p.word != ")" && p.fault == nil {
			f.by = append(f.by, p.word)
			p.next()
			if _, ok := p.take(","); !ok {
				break
			}
		}
		p.want(")")
	}
	p.want("(")
	f.of = p.comparison()
	p.want(")")
	return f
}

var metricName = regexp.MustCompile(`^[a-zA-Z_:][a-zA-Z0-9_:]*$`)

func (p *parser) selector() *selector {
	s := &selector{name: p.word}
	if !metricName.MatchString(s.name) {
		p.fail("the name of a metric")
	}
	p.next()
	if _, ok := p.take("{"); ok {
		for p.word != "}" && p.fault == nil {
			s.matchers = append(s.matchers, p.matcher())
			if _, ok := p.take(","); !ok {
				break
			}
		}
		p.want("}")
	}
	if _, ok := p.take("["); ok {
		var err error
		if s.span, err = time.ParseDuration(p.word); err != nil || s.span <= 0 {
			p.fail("a span")
		}
		p.next()
		p.want("]")
	}
	return s
}

func (p *parser) matcher() matcher {
	m := matcher{label: p.word}
	p.next()
	op, ok := p.take("=", "!=", "=~", "!~")
	if !ok || len(p.word) < 2 || p.word[0] != '"' {
		p.fail("a label's value")
		return m
	}
	text := strings.Trim(p.word, `"`)
	p.next()
	if op == "=" || op == "!=" {
		text = regexp.QuoteMeta(text)
	}
	m.not = strings.HasPrefix(op, "!")
	re, err := regexp.Compile("^(?:" + text + ")$")
	if err != nil {
		p.fail("a pattern")
	}
	m.re = re
	return m
}
