package catalog

import (
	"strings"

	"tongban/internal/rules/wording"
)

// Problem is one thing that is wrong with a file that somebody wrote: where it
// stands, what is wrong, and what is allowed there.
type Problem struct {
	File   string          // item.yaml, or the sheet of a workbook
	Line   int             // line or row, from 1; 0 where it is not known
	Column string          // of a table: B（事项编码）; "" for the whole row
	Msg    wording.Message // what is wrong and what is allowed

	meanwhile bool // somebody else changed the item since it was read, or is about to
}

// Sentence is the problem with its place, for one line of a report.
func (p Problem) Sentence() wording.Message {
	pairs := []any{"file", p.File, "line", p.Line, "column", p.Column, "what", p.Msg}
	switch {
	case p.Column != "":
		return wording.M("catalog.place.cell", pairs...)
	case p.Line > 0:
		return wording.M("catalog.place.line", pairs...)
	case p.File != "":
		return wording.M("catalog.place.file", pairs...)
	}
	return p.Msg
}

// In is the problem with its place, in a language.
func (p Problem) In(lang wording.Lang) string { return p.Sentence().In(lang) }

// Problems are all that is wrong with what was handed in.
type Problems []Problem

// In lists the problems in a language, one per line.
func (p Problems) In(lang wording.Lang) string {
	lines := make([]string, len(p))
	for i, x := range p {
		lines[i] = x.In(lang)
	}
	return strings.Join(lines, "\n")
}

// Error lists the problems in Chinese, one per line.
func (p Problems) Error() string { return p.In(wording.ZH) }
