// Package compare sets an agency's own list of items beside the catalogue
// (事项比对): the list comes in as a workbook, text or JSON, rules/reconcile
// matches it, a person confirms or rejects row by row, and what was decided is
// remembered for the next list of the same agency.
//
// It changes nothing in the catalogue: what a comparison shows to be wrong is
// mended by an adjustment.
package compare

import (
	"encoding/json"
	"strconv"

	"tongban/internal/record/act"
	"tongban/internal/register/catalog"
	"tongban/internal/register/identity"
	"tongban/internal/rules/day"
	"tongban/internal/rules/reconcile"
	"tongban/internal/rules/wording"
	"tongban/internal/rules/workday"
)

// The commands of this room.
var (
	CommandBegin  = act.Command{Name: "compare.begin", Right: "item.propose"}
	CommandDecide = act.Command{Name: "compare.decide", Right: "item.propose"}
	CommandAgree  = act.Command{Name: "compare.agree", Right: "item.propose"}
)

// Commands lists the commands of this room.
func Commands() []act.Command { return []act.Command{CommandBegin, CommandDecide, CommandAgree} }

// Desk compares lists.
type Desk struct {
	Runner *act.Runner
	People *identity.Register
	Items  *catalog.Catalog
	Region string // area whose catalogue it is
}

// Line is a line of either list, as it is shown and kept.
type Line struct {
	Code      string       `json:"code"`
	Base      string       `json:"base,omitempty"`
	Name      string       `json:"name"`
	Type      string       `json:"type,omitempty"`
	Agency    string       `json:"agency,omitempty"` // key, or the name where no agency has it
	Parent    string       `json:"parent,omitempty"`
	Steps     []string     `json:"steps,omitzero"`
	Days      workday.Term `json:"days,omitzero"`
	Fees      []string     `json:"fees,omitzero"`
	Materials []string     `json:"materials,omitzero"`
	Dropped   bool         `json:"dropped,omitempty"` // a person said that it does not belong here
}

// Entry is the line as the matcher takes it.
func (l *Line) Entry() reconcile.Entry {
	return reconcile.Entry{Code: l.Code, Base: l.Base, Name: l.Name, Type: l.Type, Agency: l.Agency, Parent: l.Parent, Steps: l.Steps, Days: l.Days, Fees: l.Fees, Materials: l.Materials}
}

// Comparison is one list compared.
type Comparison struct {
	ID     int64
	Agency string
	Region string
	File   string
	Digest []byte
	On     day.Day // the catalogue of this day
	Theirs int     // lines
	Ours   int     // items
	Found  int     // rows
	Whole  bool
	By     int64
	At     day.Instant
}

// Row is a row of a comparison.
type Row struct {
	Comparison int64
	N          int
	Relation   reconcile.Relation
	Score      int // 0 to 1000
	Rev        int
	Verdict    reconcile.Verdict
	Reason     string
	By         int64
	At         day.Instant
	Body
}

// Body is what a row says.
type Body struct {
	Theirs      []Line   `json:"theirs,omitempty"`
	Ours        []Line   `json:"ours,omitempty"`
	Why         []Saying `json:"why,omitempty"`
	Differences []Apart  `json:"differences,omitempty"`
}

// Saying is a sentence of the catalogue of words as it is kept: what it names is text.
type Saying struct {
	Key  string            `json:"key"`
	Args map[string]string `json:"args,omitempty"`
}

// In renders the sentence.
func (s Saying) In(lang wording.Lang) string {
	m := wording.Message{Key: s.Key, Args: map[string]any{}}
	for k, v := range s.Args {
		m.Args[k] = v
	}
	return m.In(lang)
}

func sayingOf(m wording.Message) Saying {
	s := Saying{Key: m.Key}
	for k, v := range m.Args {
		if s.Args == nil {
			s.Args = map[string]string{}
		}
		switch v := v.(type) {
		case int:
			s.Args[k] = strconv.Itoa(v)
		case string:
			s.Args[k] = v
		}
	}
	return s
}

// Apart is what a line of theirs and one of ours say differently.
type Apart struct {
	Field  reconcile.Field `json:"field"`
	Theirs string          `json:"theirs"`
	Ours   string          `json:"ours"`
	More   []string        `json:"more,omitempty"`
	Less   []string        `json:"less,omitempty"`
}

func (b *Body) text() (string, error) {
	text, err := json.Marshal(b)
	return string(text), err
}
