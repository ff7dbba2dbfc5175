package lists

import (
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"tongban/internal/register/lists/sheet"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// Workbooks count days from the day before 1900 (and believe in 29 February of
// that year), or from 1904.
var (
	dayZero     = day.Of(1899, 12, 30)
	dayZero1904 = day.Of(1904, 1, 1)
)

func dayCount(n float64) day.Day { return day.Day(int32(n)) }

// The names of the sheets beside the tables.
const (
	listSheet = "清单"
	helpSheet = "填写说明"
)

// What ends the reading of a sheet: too many rows, or none that names the columns.
var (
	errRows   = errors.New("too many rows")
	errNoHead = errors.New("no names of columns")
)

// ReadExcel reads a batch from a workbook: its sheet 清单 or its only sheet, and
// a sheet for each table by the table's title. A sheet that is not there leaves
// those tables as they are. Cells joined downwards count for each of their
// rows; formulas, errors and cells joined sideways are refused, each named. What
// could not be read is in the batch's Problems; document, day and reason are
// the caller's to set. More than MostRows rows are refused without being read.
func ReadExcel(k *Kind, src io.ReaderAt, size int64) Batch {
	b, err := sheet.Open(src, size)
	if err != nil {
		return refused(k, "Excel", fileFault(k, err))
	}
	grids, problems := sheetsOf(k, b)
	x := excelReader{k: k, book: b}
	for _, g := range grids {
		if err := x.read(g); err != nil {
			return refused(k, g.name, fileFault(k, err))
		}
	}
	out := assemble(k, grids)
	out.Problems = slices.Concat(problems, x.problems, out.Problems)
	return out
}

// refused is a batch of a file that cannot be read at all.
func refused(k *Kind, file string, msg wording.Message) Batch {
	return Batch{List: k.Key, Problems: Problems{{Sheet: file, Msg: msg}}}
}

func fileFault(k *Kind, err error) wording.Message {
	switch {
	case errors.Is(err, errRows), errors.Is(err, sheet.ErrLarge):
		return wording.M("lists.file.many", "max", k.most())
	}
	return wording.M("lists.file.workbook")
}

// sheetsOf finds the sheets of the list and its tables.
func sheetsOf(k *Kind, b *sheet.Book) (grids []*grid, problems Problems) {
	known := []string{listSheet}
	for _, t := range k.Tables {
		known = append(known, t.Title)
	}
	for _, name := range b.Sheets() {
		part, ok := "", headKey(name) == headKey(listSheet) || headKey(name) == headKey(k.Name) || len(b.Sheets()) == 1
		for _, t := range k.Tables {
			if headKey(name) == headKey(t.Title) {
				part, ok = t.Key, true
			}
		}
		switch {
		case headKey(name) == headKey(helpSheet):
		case !ok:
			if empty(b, name) {
				continue
			}
			problems = append(problems, Problem{Sheet: name, Msg: wording.M("lists.file.sheet", "known", strings.Join(known, "、"))})
		case slices.ContainsFunc(grids, func(g *grid) bool { return g.part == part }):
			problems = append(problems, Problem{Sheet: name, Msg: wording.M("lists.file.sheet_twice")})
		default:
			grids = append(grids, &grid{k: k, part: part, name: name})
		}
	}
	if len(grids) == 0 && len(problems) == 0 {
		problems = append(problems, Problem{Sheet: "Excel", Msg: wording.M("lists.file.nothing")})
	}
	return grids, problems
}

// empty tells whether nothing stands on a sheet.
func empty(b *sheet.Book, name string) bool {
	_, err := b.Rows(name, func(int, []sheet.Cell) error { return errRows })
	return err == nil
}

// excelReader reads the sheets of one workbook.
type excelReader struct {
	k        *Kind
	book     *sheet.Book
	rows     int
	problems Problems
}

func (x *excelReader) read(g *grid) error {
	joined, err := x.book.Rows(g.name, func(n int, cells []sheet.Cell) error {
		if x.rows++; x.rows > x.k.most() {
			return errRows
		}
		if g.heads == nil {
			if n > headRows {
				return errNoHead
			}
			text := make([]string, len(cells))
			for i, c := range cells {
				text[i] = c.Text
			}
			g.row(n, text)
			return nil
		}
		x.row(g, n, cells)
		return nil
	})
	if err != nil && !errors.Is(err, errNoHead) {
		return err
	}
	if g.done() {
		x.joined(g, joined)
	}
	return nil
}

// row takes a row and looks at what its cells are beyond their text.
func (x *excelReader) row(g *grid, n int, cells []sheet.Cell) {
	r := gridRow{n: n, cells: make([]string, len(cells))}
	some := false
	for i, c := range cells {
		if _, named := g.heads[i]; !named {
			continue
		}
		if c.Formula {
			g.lose(&r, i, "lists.cell.formula", "cell", sheet.Letters(i+1)+strconv.Itoa(n))
			some = true
			continue
		}
		switch c.Kind {
		case sheet.Fault:
			g.lose(&r, i, "lists.cell.fault", "cell", sheet.Letters(i+1)+strconv.Itoa(n), "got", short(c.Text))
		case sheet.Bool:
			r.cells[i] = map[bool]string{true: "是", false: "否"}[c.Text == "1"]
		case sheet.Number:
			r.cells[i] = x.number(g, &r, i, c.Text)
		default:
			r.cells[i] = c.Text
		}
		some = some || tidy(r.cells[i]) != "" || c.Kind == sheet.Fault
	}
	if some {
		g.rows = append(g.rows, r)
	}
}

// number is a number as a person sees it in the cell: a day in a column of days,
// no long code that the program has rounded already.
func (x *excelReader) number(g *grid, r *gridRow, col int, text string) string {
	var kind Type
	for _, c := range g.k.columns(g.part) {
		if c.Key == g.heads[col] {
			kind = c.Type
		}
	}
	f, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil:
		return text
	case kind == Day:
		if s, ok := serial(text, x.book.Date1904); ok {
			return s
		}
		return text
	case f >= 1e15 || f <= -1e15:
		g.lose(r, col, "lists.cell.number", "cell", sheet.Letters(col+1)+strconv.Itoa(r.n))
		return ""
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// joined gives each row of cells joined downwards their value, and refuses cells
// joined sideways.
func (x *excelReader) joined(g *grid, list []sheet.Range) {
	for _, m := range list {
		if m.ToRow <= g.head {
			continue
		}
		from, _ := slices.BinarySearchFunc(g.rows, m.Row, func(r gridRow, n int) int { return r.n - n })
		value := ""
		for i := from; i < len(g.rows) && g.rows[i].n <= m.ToRow; i++ {
			r := &g.rows[i]
			if m.Col != m.ToCol {
				for c := m.Col; c <= m.ToCol && c <= m.Col+len(g.heads); c++ {
					g.lose(r, c-1, "lists.cell.joined", "cells", m.String())
				}
				continue
			}
			for len(r.cells) < m.Col {
				r.cells = append(r.cells, "")
			}
			if r.n == m.Row {
				value = r.cells[m.Col-1]
			}
			r.cells[m.Col-1] = value
		}
	}
}
