package lists

import (
	"tongban/internal/rules/wording"
)

// FileRow is a row of a file of a kind whose entries another register keeps, its cells
// settled as the columns of the kind take them.
type FileRow struct {
	Cells Row
	Op    Op
	Base  int // number of the version that it was made from; 0 does not ask

	k  *Kind
	b  *Batch
	ch *Change
}

// FileRows settles the rows of a file, each code once, and hands them to take one by
// one as long as nothing is wrong: with problems, what was taken is no answer. A row is
// take's until it returns, and the batch lets it go, so that of a province's file not
// all forms of all rows are held. Agencies stay as they were typed: who keeps the
// entries knows what they are called.
func (b *Batch) FileRows(k *Kind, take func(*FileRow)) Problems {
	problems := b.Problems
	first := make(map[string]int, len(b.Changes))
	for i := range b.Changes {
		ch := &b.Changes[i]
		x := &checker{k: k, b: b, ch: ch, code: codeKey(k, *ch)}
		l := FileRow{Cells: x.row("", k.Columns, ch.Content.Columns, ch.at.line), Op: ch.Op, Base: ch.Base, k: k, b: b, ch: ch}
		if code := l.Cells.Text("code"); code != "" {
			if at, twice := first[code]; twice {
				x.wrong("", ch.at.line, "code", wording.M("lists.change.twice", "code", code, "first", at))
			}
			first[code] = ch.at.line.n
		}
		if problems = append(problems, x.problems...); len(problems) == 0 {
			take(&l)
		}
		*ch = Change{}
	}
	return problems
}

// Says tells whether the line says something of a column, be it that it is empty:
// a column that a file does not have stays as it is.
func (l *FileRow) Says(key string) bool {
	if _, given := l.ch.Content.Columns[key]; given {
		return true
	}
	return l.b.sheets[""].letters[key] != ""
}

// Wrong is a problem with a column of the line; key "" is the whole line.
func (l *FileRow) Wrong(key string, msg wording.Message) Problem {
	x := &checker{k: l.k, b: l.b, ch: l.ch, code: l.Cells.Text("code")}
	x.wrong("", line{n: l.ch.at.line.n}, key, msg)
	return x.problems[0]
}
