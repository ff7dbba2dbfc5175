package demo

import (
	"fmt"
	"io/fs"
	"sync"

	"github.com/goccy/go-yaml"

	"tongban/internal/rules/day"
)

// yearBook is year.yaml: what a year in the county is like.
type yearBook struct {
	Format string    `yaml:"format"`
	Leave  []absence `yaml:"leave"`
	Items  []*script `yaml:"items"`
	Texts  texts     `yaml:"texts"`
}

// absence is an official's leave; Until is the first day back.
type absence struct {
	Staff   string  `yaml:"staff"`
	StandIn string  `yaml:"stand_in"`
	From    day.Day `yaml:"from"`
	Until   day.Day `yaml:"until"`
}

// script tells how the applications for one item go.
type script struct {
	Slug    string            `yaml:"slug"`
	Weight  int               `yaml:"weight"`
	Window  int               `yaml:"window"` // of 100, at the window
	Legal   int               `yaml:"legal"`  // of 100, by firms
	Elder   bool              `yaml:"elder"`  // applicants are past sixty
	Answers map[string]answer `yaml:"answers"`
	Stages  [][]work          `yaml:"stages"`
	Decide  []int             `yaml:"decide"` // working days, from and to
	Returns bool              `yaml:"returns"`
	Ask     *question         `yaml:"ask"`
	Refuse  ground            `yaml:"refuse"`
	Amend   slip              `yaml:"amend"`
}

// answer says what people write in one field: one of a list, a number in a
// range, a day so many days from the application, or something of a resident.
type answer struct {
	OneOf    []string `yaml:"one_of"`
	From     int      `yaml:"from"`
	To       int      `yaml:"to"`
	Step     int      `yaml:"step"`
	Days     []int    `yaml:"days"`
	Resident string   `yaml:"resident"` // name, phone, idno
}

// work is a step after acceptance.
type work struct {
	Node string `yaml:"node"`
	Days []int  `yaml:"days"` // working days until it is done
	Test []int  `yaml:"test"` // of them, the special procedure that stops the clock
	When *when  `yaml:"when"`
}

// when is the condition under which the flow comes to a step.
type when struct {
	Field string `yaml:"field"`
	Is    string `yaml:"is"`
	Over  int    `yaml:"over"`
}

// holds tells whether the step comes for these answers.
func (w *when) holds(values map[string]any) bool {
	if w == nil {
		return true
	}
	if n, ok := values[w.Field].(int); ok {
		return n > w.Over
	}
	return values[w.Field] == w.Is
}

type question struct {
	To       string `yaml:"to"`
	Question string `yaml:"question"`
	Answer   string `yaml:"answer"`
}

type ground struct {
	Why     string `yaml:"why"`
	Article string `yaml:"article"`
	Where   string `yaml:"where"`
}

type slip struct {
	Field  string   `yaml:"field"`
	Values []string `yaml:"values"`
}

type fault struct {
	What string `yaml:"what"`
	How  string `yaml:"how"`
}

// texts are what officials and applicants write.
type texts struct {
	Wrong       []fault  `yaml:"wrong"`
	WrongField  fault    `yaml:"wrong_field"`
	Passed      []string `yaml:"passed"`
	Failed      []string `yaml:"failed"`
	Visited     []string `yaml:"visited"`
	VisitFailed []string `yaml:"visit_failed"`
	TestReason  []string `yaml:"test_reason"`
	TestResult  []string `yaml:"test_result"`
	SendBack    []string `yaml:"send_back"`
	Returned    []string `yaml:"returned"`
	Extension   []string `yaml:"extension"`
	Declined    []string `yaml:"extension_declined"`
	NotAccepted []ground `yaml:"not_accepted"`
	Withdrawn   []string `yaml:"withdrawn"`
	Amend       []string `yaml:"amend"`
	WhyLook     []string `yaml:"why_look"`
}

const yearFormat = "tongban-year/1"

// readYear reads year.yaml, once.
var readYear = sync.OnceValues(func() (*yearBook, error) {
	src, err := fs.ReadFile(content(), "year.yaml")
	if err != nil {
		return nil, err
	}
	y := &yearBook{}
	if err := yaml.UnmarshalWithOptions(src, y, yaml.DisallowUnknownField()); err != nil {
		return nil, fmt.Errorf("year.yaml: %w", err)
	}
	if y.Format != yearFormat {
		return nil, fmt.Errorf("year.yaml: format %q, want %q", y.Format, yearFormat)
	}
	return y, nil
})
