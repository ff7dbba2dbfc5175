package sheet

import (
	"encoding/xml"
	"strconv"
	"strings"
)

// Rows calls f for every row of a sheet that holds something, with its number
// from 1 and its cells from column A; the cells are f's only until it returns.
// It returns the joined cells, which a workbook tells last. What f returns ends
// the reading.
func (b *Book) Rows(sheet string, f func(n int, cells []Cell) error) (joined []Range, err error) {
	r := rows{b: b}
	err = b.each(b.parts[sheet], func(d *tokens, e xml.StartElement) error {
		switch e.Name.Local {
		case "row":
			return r.row(d, e, f)
		case "mergeCell":
			if m, ok := rangeOf(attr(e, "ref")); ok {
				if joined = append(joined, m); len(joined) > mostMerges {
					return ErrLarge
				}
			}
		}
		return nil
	})
	return joined, err
}

type rows struct {
	b     *Book
	n     int
	cells []Cell
}

// row reads one row.
func (r *rows) row(d *tokens, e xml.StartElement, f func(int, []Cell) error) error {
	r.n++
	if n, err := strconv.Atoi(attr(e, "r")); err == nil && n > 0 {
		r.n = n
	}
	r.cells = r.cells[:0]
	col, some := 0, false
	for {
		t, err := d.d.RawToken()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.EndElement:
			if t.Name.Local != "row" {
				continue
			}
			if some {
				return f(r.n, r.cells)
			}
			return nil
		case xml.StartElement:
			if t.Name.Local != "c" {
				continue
			}
			col++
			if c, _, ok := place(attr(t, "r")); ok {
				col = c
			}
			cell, err := r.cell(d, attr(t, "t"))
			if err != nil {
				return err
			}
			if cell.Kind == Empty && !cell.Formula || col > mostColumns {
				continue
			}
			for len(r.cells) < col {
				r.cells = append(r.cells, Cell{})
			}
			r.cells[col-1], some = cell, true
		}
	}
}

// cell reads one cell up to its end.
func (r *rows) cell(d *tokens, kind string) (c Cell, err error) {
	var value strings.Builder
	var inline string
	in := ""
	for {
		t, err := d.d.RawToken()
		if err != nil {
			return c, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "f":
				c.Formula, in = true, "f"
			case "v":
				in = "v"
			case "is":
				if inline, err = d.text("is"); err != nil {
					return c, err
				}
			}
		case xml.CharData:
			if in == "v" && value.Len()+len(t) <= mostText {
				value.Write(t)
			}
		case xml.EndElement:
			if in = ""; t.Name.Local == "c" {
				c.Kind, c.Text = r.value(kind, value.String(), inline)
				return c, nil
			}
		}
	}
}

func (r *rows) value(kind, v, inline string) (Kind, string) {
	if kind == "inlineStr" {
		v = inline
	}
	if v == "" {
		return Empty, ""
	}
	switch kind {
	case "s":
		if i, err := strconv.Atoi(strings.TrimSpace(v)); err == nil && i >= 0 && i < len(r.b.shared) {
			if r.b.shared[i] == "" {
				return Empty, ""
			}
			return String, r.b.shared[i]
		}
		return Fault, v
	case "inlineStr":
		return String, v
	case "str":
		return String, unescape(v)
	case "b":
		return Bool, v
	case "e":
		return Fault, v
	case "d":
		return String, v
	}
	return Number, strings.TrimSpace(v)
}

// place reads B12 as column 2 and row 12.
func place(ref string) (col, row int, ok bool) {
	i := 0
	for i < len(ref) && i < 4 && ref[i] >= 'A' && ref[i] <= 'Z' {
		col = col*26 + int(ref[i]-'A') + 1
		i++
	}
	row, err := strconv.Atoi(ref[i:])
	return col, row, i > 0 && err == nil && row > 0
}

func rangeOf(ref string) (m Range, ok bool) {
	from, to, _ := strings.Cut(strings.ReplaceAll(ref, "$", ""), ":")
	var ok2 bool
	m.Col, m.Row, ok = place(from)
	m.ToCol, m.ToRow, ok2 = place(to)
	return m, ok && ok2 && m.ToCol >= m.Col && m.ToRow >= m.Row
}

// Letters are those of a column, from 1: A, B, …, Z, AA.
func Letters(col int) string {
	s := ""
	for ; col > 0; col = (col - 1) / 26 {
		s = string(rune('A'+(col-1)%26)) + s
	}
	return s
}
