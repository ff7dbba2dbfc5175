package lists

import (
	"strconv"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/rules/wording"
)

// Problem is one thing that is wrong with a batch: where it stands, what is
// wrong, and what is allowed there.
type Problem struct {
	Sheet    string // sheet of the workbook, or the file; "" when nobody wrote a file
	Row      int    // row from 1 as the reader's program counts; 0 where none is meant
	Column   string // B（权力名称）, or the column's title; "" for the whole row
	Code     string // of the entry, where it is known
	Msg      wording.Message
	Conflict bool // somebody else changed the entry since it was read
}

// Sentence is the problem with its place, for one line of a report.
func (p Problem) Sentence() wording.Message {
	pairs := []any{"sheet", p.Sheet, "row", p.Row, "column", p.Column, "code", p.Code, "what", p.Msg}
	switch {
	case p.Row > 0 && p.Column != "":
		return wording.M("lists.place.cell", pairs...)
	case p.Row > 0:
		return wording.M("lists.place.row", pairs...)
	case p.Sheet != "":
		return wording.M("lists.place.sheet", pairs...)
	case p.Code != "" && p.Column != "":
		return wording.M("lists.place.column", pairs...)
	case p.Code != "":
		return wording.M("lists.place.entry", pairs...)
	}
	return p.Msg
}

// Problems are all that is wrong with a batch.
type Problems []Problem

// In lists the problems in a language, one per line.
func (p Problems) In(lang wording.Lang) string {
	lines := make([]string, len(p))
	for i, x := range p {
		lines[i] = x.Sentence().In(lang)
	}
	return strings.Join(lines, "\n")
}

// Error lists the problems in Chinese, one per line.
func (p Problems) Error() string { return p.In(wording.ZH) }

// mostProblems bounds how many problems one answer names: who has more than that
// did something else than fill in a cell wrongly.
const mostProblems = 500

// AsError makes the one error of a batch, with a field for each problem: a
// Conflict when somebody else's change is among them, else Invalid. No problem
// is nil.
func (p Problems) AsError() error {
	if len(p) == 0 {
		return nil
	}
	shown := p[:min(len(p), mostProblems)]
	fields := make([]act.Field, len(shown))
	conflict := false
	for i, x := range shown {
		fields[i] = act.Field{Name: "problem." + strconv.Itoa(i), Msg: x.Sentence()}
		conflict = conflict || x.Conflict
	}
	e := act.Wrong("lists.problems", "n", len(p))
	e.Fields = fields
	if conflict {
		e.Kind = act.Conflict
	}
	return e
}
