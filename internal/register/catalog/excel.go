package catalog

import (
	"bytes"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// maxUnpacked bounds what a workbook may unpack to.
const maxUnpacked = 64 << 20

// The sheet that holds the list, and the one that says how to fill it in.
const (
	listSheet = "事项"
	helpSheet = "填写说明"
)

// ReadExcel reads a list of items known by name from a workbook: its sheet 事项,
// or its only sheet. Cells that were joined downwards count for each of their
// rows; formulas, errors and cells joined sideways are refused, each named. It
// returns either all entries or everything that is wrong.
func ReadExcel(src []byte) ([]*Draft, []Problem) {
	f, err := excelize.OpenReader(bytes.NewReader(src), excelize.Options{UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxUnpacked, RawCellValue: true})
	if err != nil {
		return nil, []Problem{{File: "Excel", Msg: wording.M("catalog.list.workbook")}}
	}
	defer func() { _ = f.Close() }()
	sheet := listSheet
	if i, err := f.GetSheetIndex(listSheet); err != nil || i < 0 {
		if f.SheetCount != 1 {
			return nil, []Problem{{File: "Excel", Msg: wording.M("catalog.list.sheet", "want", listSheet, "got", strings.Join(f.GetSheetList(), "、"))}}
		}
		sheet = f.GetSheetName(0)
	}
	rows, err := f.GetRows(sheet)
	if err != nil {
		return nil, []Problem{{File: sheet, Msg: wording.M("catalog.list.workbook")}}
	}
	if len(rows) > maxRows {
		return nil, []Problem{{File: sheet, Msg: wording.M("catalog.list.many", "max", maxRows)}}
	}
	t := &table{sheet: sheet, rows: rows}
	b := book{f: f, sheet: sheet, t: t}
	if err := b.joined(); err != nil {
		return nil, []Problem{{File: sheet, Msg: wording.M("catalog.list.workbook")}}
	}
	b.special()
	return t.read()
}

// book looks at what a cell is beyond its text.
type book struct {
	f     *excelize.File
	sheet string
	t     *table
}

// joined gives each row of cells joined downwards their value and refuses cells
// joined sideways.
func (b *book) joined() error {
	list, err := b.f.GetMergeCells(b.sheet)
	if err != nil {
		return err
	}
	for _, m := range list {
		c1, r1, err1 := excelize.CellNameToCoordinates(m.GetStartAxis())
		c2, r2, err2 := excelize.CellNameToCoordinates(m.GetEndAxis())
		if err1 != nil || err2 != nil || r1 > len(b.t.rows) {
			continue
		}
		r2 = min(r2, len(b.t.rows))
		for r := r1; r <= r2; r++ {
			for c := c1; c <= c2 && c <= c1+len(columns); c++ {
				if c1 != c2 {
					b.t.refuse(r-1, c-1, "catalog.list.joined", "cells", m.GetStartAxis()+":"+m.GetEndAxis())
					continue
				}
				b.t.set(r-1, c-1, m.GetCellValue())
			}
		}
	}
	return nil
}

func (t *table) set(row, col int, v string) {
	for len(t.rows[row]) <= col {
		t.rows[row] = append(t.rows[row], "")
	}
	t.rows[row][col] = v
}

// special refuses formulas and errors, and turns numbers that are days into days.
func (b *book) special() {
	for i, r := range b.t.rows {
		for j, v := range r {
			if j > 50 {
				break
			}
			cell, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err != nil {
				continue
			}
			if formula, err := b.f.GetCellFormula(b.sheet, cell); err == nil && formula != "" {
				b.t.refuse(i, j, "catalog.list.formula", "cell", cell)
				continue
			}
			if v == "" {
				continue
			}
			kind, err := b.f.GetCellType(b.sheet, cell)
			switch {
			case err != nil:
			case kind == excelize.CellTypeError:
				b.t.refuse(i, j, "catalog.list.error", "cell", cell, "got", v)
			case kind == excelize.CellTypeUnset || kind == excelize.CellTypeNumber || kind == excelize.CellTypeDate:
				b.number(i, j, cell, v)
			}
		}
	}
}

// number turns a number into what a person sees in the cell: a day in the
// column of days, and no long code that the program has already rounded.
func (b *book) number(i, j int, cell, v string) {
	n, err := strconv.ParseFloat(v, 64)
	if err != nil {
		return
	}
	if i > 0 && j < len(b.t.rows[0]) {
		if k, ok := headOf(b.t.rows[0][j]); ok && columns[k].key == "from" {
			if n > 20000 && n < 80000 { // days since 30 December 1899: 1954 to 2119
				b.t.rows[i][j] = (day.Day(int32(n)) + day.Of(1899, 12, 30)).String()
			}
			return
		}
	}
	if strings.ContainsAny(v, "eE") || n >= 1e15 {
		b.t.refuse(i, j, "catalog.list.number", "cell", cell)
	}
}

// Entry is a line of a list of items.
type Entry struct {
	Name, Code, Type, Agency string // Agency by name or key
	Aliases                  []string
	SourceCode               string
	From                     day.Day
}

// WriteExcel writes a list of items as a workbook that ReadExcel reads; without
// entries it is the template to fill in.
func WriteExcel(w io.Writer, entries []Entry) error {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	if err := f.SetSheetName(f.GetSheetName(0), listSheet); err != nil {
		return err
	}
	if err := writeList(f, entries); err != nil {
		return err
	}
	if err := writeHelp(f); err != nil {
		return err
	}
	_, err := f.WriteTo(w)
	return err
}

func writeList(f *excelize.File, entries []Entry) error {
	// Everything is text: a code that looks like a number must not become one.
	text, err := f.NewStyle(&excelize.Style{NumFmt: 49})
	if err != nil {
		return err
	}
	s, err := f.NewStreamWriter(listSheet)
	if err != nil {
		return err
	}
	for i, width := range []float64{48, 40, 14, 28, 30, 40, 14} {
		if err := s.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	for i := range columns {
		if err := s.SetColStyle(i+1, i+1, text); err != nil {
			return err
		}
	}
	head := make([]any, len(columns))
	for i, c := range columns {
		head[i] = excelize.Cell{StyleID: text, Value: wording.Text(wording.ZH, "catalog.column."+c.key)}
	}
	if err := s.SetRow("A1", head); err != nil {
		return err
	}
	for i, e := range entries {
		cells := make([]any, len(columns))
		for j, v := range []string{e.Name, e.Code, e.Type, e.Agency, strings.Join(e.Aliases, "、"), e.SourceCode, e.From.String()} {
			cells[j] = excelize.Cell{StyleID: text, Value: v}
		}
		if err := s.SetRow("A"+strconv.Itoa(i+2), cells); err != nil {
			return err
		}
	}
	return s.Flush()
}

func writeHelp(f *excelize.File) error {
	if _, err := f.NewSheet(helpSheet); err != nil {
		return err
	}
	if err := f.SetColWidth(helpSheet, "A", "B", 40); err != nil {
		return err
	}
	for i, c := range columns {
		n := strconv.Itoa(i + 1)
		if err := f.SetCellStr(helpSheet, "A"+n, wording.Text(wording.ZH, "catalog.column."+c.key)); err != nil {
			return err
		}
		if err := f.SetCellStr(helpSheet, "B"+n, wording.Text(wording.ZH, "catalog.column.help."+c.key, "types", typeList())); err != nil {
			return err
		}
	}
	return nil
}
