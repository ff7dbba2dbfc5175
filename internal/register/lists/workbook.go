package lists

import (
	"io"
	"iter"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"tongban/internal/record/act"
	"tongban/internal/register/lists/sheet"
	"tongban/internal/rules/wording"
)

// mostSheetRows is how many rows a sheet can have.
const mostSheetRows = 1_048_576

// Excel writes a list as a workbook that ReadExcel reads back: a sheet for the
// entries, one for each table, and one that says how to fill them in. Without
// entries it is the template. Rows are packed as they come; a list that has more rows
// than a sheet can hold is refused with a sentence that names CSV, before anything is
// written.
func (x Export) Excel(w io.Writer, entries iter.Seq2[Entry, error]) (err error) {
	form, style, err := x.form()
	if err != nil {
		return err
	}
	out, err := sheet.Fill(form)
	if err != nil {
		return err
	}
	defer func() {
		if shut := out.Close(); err == nil {
			err = shut
		}
	}()
	sheets := []*outSheet{{part: "", name: listSheet}}
	for _, t := range x.Kind.Tables {
		sheets = append(sheets, &outSheet{part: t.Key, name: t.Title})
	}
	for _, s := range sheets {
		s.out, s.style = out, style
		if err := s.write([][]string{x.heads(s.part)}); err != nil {
			return err
		}
	}
	if entries != nil {
		for e, err := range entries {
			if err != nil {
				return err
			}
			for _, s := range sheets {
				if err := s.write(x.lines(s.part, e)); err != nil {
					return err
				}
			}
		}
	}
	return out.Send(w)
}

// form is the workbook without its rows, and the style of their cells.
func (x Export) form() (form []byte, style int, err error) {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	// Everything is text: a code that looks like a number must not become one.
	style, err = f.NewStyle(&excelize.Style{NumFmt: 49, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}})
	if err != nil {
		return nil, 0, err
	}
	if err := f.SetSheetName(f.GetSheetName(0), listSheet); err != nil {
		return nil, 0, err
	}
	if err := x.columns(f, "", listSheet, style); err != nil {
		return nil, 0, err
	}
	for _, t := range x.Kind.Tables {
		if _, err := f.NewSheet(t.Title); err != nil {
			return nil, 0, err
		}
		if err := x.columns(f, t.Key, t.Title, style); err != nil {
			return nil, 0, err
		}
	}
	if err := x.help(f); err != nil {
		return nil, 0, err
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		return nil, 0, err
	}
	return b.Bytes(), style, nil
}

// columns gives the columns of a sheet their widths, and keeps their names in sight.
func (x Export) columns(f *excelize.File, part, name string, style int) error {
	for i, c := range x.Kind.layout(part) {
		width := 16.0
		if c.Type == Text && (c.Max == 0 || c.Max > 100) {
			width = 40
		}
		at := sheet.Letters(i + 1)
		if err := f.SetColWidth(name, at, at, width); err != nil {
			return err
		}
		if err := f.SetColStyle(name, at, style); err != nil {
			return err
		}
	}
	return f.SetPanes(name, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
}

// outSheet is a sheet that is being written.
type outSheet struct {
	part, name string
	out        *sheet.Writer
	row        int
	style      int
}

func (s *outSheet) write(lines [][]string) error {
	for _, line := range lines {
		if s.row++; s.row > mostSheetRows {
			return act.Refuse("lists.export.rows", "max", mostSheetRows)
		}
		if err := s.out.Row(s.name, s.style, line); err != nil {
			return err
		}
	}
	return nil
}

// help writes the sheet that says what belongs into each column.
func (x Export) help(f *excelize.File) error {
	if _, err := f.NewSheet(helpSheet); err != nil {
		return err
	}
	if err := f.SetColWidth(helpSheet, "A", "D", 32); err != nil {
		return err
	}
	row := 0
	line := func(cells ...string) error {
		row++
		return f.SetSheetRow(helpSheet, "A"+strconv.Itoa(row), &cells)
	}
	if err := line(wording.Text(x.lang(), "lists.help.how")); err != nil {
		return err
	}
	for _, part := range append([]Table{{Title: listSheet}}, x.Kind.Tables...) {
		for _, c := range x.Kind.layout(part.Key) {
			if err := line(part.Title, c.Label(x.lang()), x.mustFill(part.Key, c), x.allowed(c)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (x Export) mustFill(part string, c Column) string {
	switch {
	case c.Required || c.Key == columnOwner:
		return wording.Text(x.lang(), "lists.help.required")
	case c.When.Column != "":
		for _, other := range x.Kind.columns(part) {
			if other.Key == c.When.Column {
				return wording.Text(x.lang(), "lists.help.when", "other", other.Label(x.lang()))
			}
		}
	}
	return wording.Text(x.lang(), "lists.help.optional")
}

// allowed says what a column takes.
func (x Export) allowed(c Column) string {
	key := "lists.help." + string(c.Type)
	switch c.Key {
	case columnOp, columnVersion, columnOwner:
		key = "lists.help" + strings.Replace(c.Key, "_", ".", 1)
	}
	var known []string
	for _, o := range c.Choices {
		known = append(known, o.Label(x.lang()))
	}
	most := c.Max
	if most == 0 {
		most = mostText
	}
	s := wording.Text(x.lang(), key, "known", strings.Join(known, "、"), "max", most)
	if c.Help != "" {
		s += " " + c.Help
	}
	return s
}
