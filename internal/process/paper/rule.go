package paper

import (
	"strings"
	"text/template"

	"github.com/goccy/go-yaml"

	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// RuleKind is the kind under which the one rule of all papers is kept, in versions
// with days in force like a template.
const RuleKind = "rule"

// Rule is how every paper is headed and numbered (文书规范): 业务名称 and 字号.
type Rule struct {
	Kind    string `yaml:"kind"` // RuleKind
	Title   string `yaml:"title"`
	TitleEN string `yaml:"title_en"`
	Number  string `yaml:"number"`  // {short} the agency's word, {word} the kind's, {year}, {n}
	Heading string `yaml:"heading"` // text/template over Facts, above each paper's own text

	id   int64
	text *template.Template
}

// ParseRule reads a rule and checks it as a whole: a number must tell apart two
// papers of different agencies, kinds, years or places in the row.
func ParseRule(file []byte) (*Rule, error) {
	r := &Rule{}
	if err := yaml.UnmarshalWithOptions(file, r, yaml.Strict()); err != nil {
		return nil, wording.M("paper.template.file", "why", yaml.FormatError(err, false, false))
	}
	if r.Kind != RuleKind || r.Title == "" {
		return nil, wording.M("paper.template.empty", "kind", r.Kind)
	}
	need := map[string]bool{"{short}": true, "{word}": true, "{year}": true, "{n}": true}
	for _, b := range braced.FindAllString(r.Number, -1) {
		if !need[b] { // unknown, or twice
			return nil, wording.M("paper.rule.number", "rule", r.Number)
		}
		delete(need, b)
	}
	if len(need) > 0 || strings.Contains(r.Number, "{year}{n}") || strings.Contains(r.Number, "{n}{year}") {
		return nil, wording.M("paper.rule.number", "rule", r.Number)
	}
	var err error
	r.text, err = textOf(RuleKind, r.Heading)
	return r, err
}

// isRule tells whether a file is the rule and not a template.
func isRule(file []byte) bool {
	var x struct {
		Kind string `yaml:"kind"`
	}
	return yaml.Unmarshal(file, &x) == nil && x.Kind == RuleKind
}

// words are the words that the kinds in force from a day on have in their
// numbers, and whether there is a rule of all papers on that day.
func words(tx *store.Tx, from day.Day) (byWord map[string]string, ruled bool, err error) {
	byWord = map[string]string{}
	err = tx.Each(func(r store.Row) error {
		var kind, text string
		if err := r.Scan(&kind, &text); err != nil {
			return err
		}
		if kind == RuleKind {
			ruled = true
			return nil
		}
		t, err := ParseTemplate([]byte(text))
		if err == nil && t.Word != "" {
			byWord[t.Word] = kind
		}
		return err
	}, `select kind, yaml from paper_template where home = $1 and (until_day = 0 or until_day > $2)`, tx.Home(), from)
	return byWord, ruled, err
}
