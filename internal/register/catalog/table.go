package catalog

import (
	"slices"
	"strings"
	"unicode/utf8"

	"tongban/internal/rules/wording"
)

// table is a sheet or a CSV file: its rows, the first of which names the columns.
type table struct {
	sheet string
	rows  [][]string
	lines []int               // line of each row in the file; nil: rows from 1
	wrong map[[2]int]struct { // cells, by row and column from 0, that cannot be taken as they are
		key   string
		pairs []any
	}
}

func validText(b []byte) bool { return utf8.Valid(b) && !slices.Contains(b, 0) }

func (t *table) line(i int) int {
	if t.lines == nil {
		return i + 1
	}
	return t.lines[i]
}

// refuse notes that a cell cannot be taken as it is.
func (t *table) refuse(row, col int, key string, pairs ...any) {
	if t.wrong == nil {
		t.wrong = map[[2]int]struct {
			key   string
			pairs []any
		}{}
	}
	t.wrong[[2]int{row, col}] = struct {
		key   string
		pairs []any
	}{key, pairs}
}

// read makes entries of all rows, or names everything that is wrong with them.
func (t *table) read() ([]*Draft, []Problem) {
	first := slices.IndexFunc(t.rows, func(r []string) bool { return strings.TrimSpace(strings.Join(r, "")) != "" })
	if first < 0 {
		return nil, []Problem{{File: t.sheet, Msg: wording.M("catalog.list.nothing")}}
	}
	at, letters, problems := t.heads(first)
	if len(problems) > 0 {
		return nil, problems
	}
	var drafts []*Draft
	seen := map[string]int{}
	for i := first + 1; i < len(t.rows); i++ {
		if tidy(strings.Join(t.rows[i], "")) == "" {
			continue
		}
		r := row{sheet: t.sheet, line: t.line(i), cells: map[string]string{}, letters: letters}
		refused := t.cells(r, i, at)
		d, wrong := r.draft()
		// A cell that cannot be taken is not also called empty.
		wrong = slices.DeleteFunc(wrong, func(p Problem) bool {
			return slices.ContainsFunc(refused, func(q Problem) bool { return q.Column == p.Column })
		})
		problems = append(append(problems, refused...), wrong...)
		if before, twice := seen[d.Code]; twice && d.Code != "" {
			problems = append(problems, r.problem("code", "catalog.list.twice", "code", d.Code, "first", before))
		}
		seen[d.Code] = r.line
		drafts = append(drafts, d)
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return drafts, nil
}

// cells takes the cells of row i and names those that cannot be taken.
func (t *table) cells(r row, i int, at map[string]int) (refused []Problem) {
	for _, c := range columns {
		col, ok := at[c.key]
		if !ok {
			continue
		}
		if w, bad := t.wrong[[2]int{i, col}]; bad {
			refused = append(refused, r.problem(c.key, w.key, w.pairs...))
			continue
		}
		if col < len(t.rows[i]) {
			r.cells[c.key] = t.rows[i][col]
		}
	}
	return refused
}

// heads finds the columns by the names in the first row.
func (t *table) heads(first int) (at map[string]int, letters map[string]string, problems []Problem) {
	at, letters = map[string]int{}, map[string]string{}
	var known []string
	for _, c := range columns {
		known = append(known, c.heads[1])
	}
	for col, head := range t.rows[first] {
		if tidy(head) == "" {
			continue
		}
		i, ok := headOf(head)
		if !ok {
			problems = append(problems, Problem{File: t.sheet, Line: t.line(first), Column: letterOf(col),
				Msg: wording.M("catalog.list.head", "got", tidy(head), "known", strings.Join(known, "、"))})
			continue
		}
		if _, twice := at[columns[i].key]; twice {
			problems = append(problems, Problem{File: t.sheet, Line: t.line(first), Column: letterOf(col),
				Msg: wording.M("catalog.list.head_twice", "got", tidy(head))})
		}
		at[columns[i].key], letters[columns[i].key] = col, letterOf(col)
	}
	for _, c := range columns {
		if _, ok := at[c.key]; c.must && !ok {
			problems = append(problems, Problem{File: t.sheet, Line: t.line(first),
				Msg: wording.M("catalog.list.head_missing", "name", wording.M("catalog.column."+c.key))})
		}
	}
	return at, letters, problems
}

// letterOf is the letter of a column, from 0: A, B, …, Z, AA.
func letterOf(col int) string {
	s := ""
	for col++; col > 0; col = (col - 1) / 26 {
		s = string(rune('A'+(col-1)%26)) + s
	}
	return s
}
