package sheet_test

import (
	"bytes"
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"tongban/internal/register/lists/sheet"
)

// filled is a workbook with two sheets, of which the first has the rows.
func filled(t rapid.TB, rows [][]string) []byte {
	x := excelize.NewFile()
	text, err := x.NewStyle(&excelize.Style{NumFmt: 49})
	if err == nil {
		_, err = x.NewSheet("另一张")
	}
	if err == nil {
		err = x.SetCellStr("另一张", "A1", "照旧")
	}
	var form, out bytes.Buffer
	if err == nil {
		err = x.Write(&form)
	}
	if err != nil {
		t.Fatal(err)
	}
	w, err := sheet.Fill(form.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}()
	for _, r := range rows {
		if err := w.Row("Sheet1", text, r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Send(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// What is written into cells is read back as it was, by ourselves and by others.
func TestWhatIsWrittenIsRead(t *testing.T) {
	t.Parallel()
	cell := rapid.OneOf(rapid.StringMatching(`[甲 &<>"'=_xX0-9A-F\n\t;]{0,12}`), rapid.SampledFrom([]string{"", "_x0041_", "_x0041_x0042_", "_x_x0041_", "__x005F_", " 前后 ", "_x005F_x0041_", "]]>", "&amp;", "𠮷"}))
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(rapid.SliceOfN(cell, 1, 4), 1, 5).Draw(t, "rows")
		src := filled(t, rows)
		b, err := sheet.Open(bytes.NewReader(src), int64(len(src)))
		if err != nil {
			t.Fatal(err)
		}
		got := make([][]string, len(rows))
		if _, err := b.Rows("Sheet1", func(n int, cells []sheet.Cell) error {
			for _, c := range cells {
				got[n-1] = append(got[n-1], c.Text)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		other, err := excelize.OpenReader(bytes.NewReader(src))
		if err != nil {
			t.Fatal(err)
		}
		if v, _ := other.GetCellValue("另一张", "A1"); v != "照旧" {
			t.Fatalf("another sheet says %q", v)
		}
		for i, r := range rows {
			for j, want := range r {
				is := ""
				if j < len(got[i]) {
					is = got[i][j]
				}
				if is != want {
					t.Fatalf("%q is read as %q", want, is)
				}
				theirs, err := other.GetCellValue("Sheet1", sheet.Letters(j+1)+strconv.Itoa(i+1))
				if err != nil || !strings.Contains(want, "_x") && theirs != want {
					t.Fatalf("%q is read by others as %q: %v", want, theirs, err)
				}
			}
		}
	})
}

// A sheet of many rows goes through a file, and nothing of it is left.
func TestManyRowsAreNotHeld(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	var rows [][]string
	for i := range 30_000 {
		rows = append(rows, []string{strconv.Itoa(i * 7919 % 1_000_003), strconv.Itoa(i * 104729 % 999_983), "行"})
	}
	src := filled(t, rows)
	b := open(t, src)
	n := 0
	_, err := b.Rows("Sheet1", func(row int, cells []sheet.Cell) error {
		if n++; row != n || cells[0].Text != rows[n-1][0] || cells[1].Text != rows[n-1][1] {
			t.Fatalf("row %d: %v, want %v", row, cells, rows[n-1])
		}
		return nil
	})
	must(t, err)
	if n != len(rows) || len(src) < 400<<10 {
		t.Errorf("%d rows in %d bytes", n, len(src))
	}
	left, err := os.ReadDir(dir)
	must(t, err)
	if len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// A book that has no such sheet, or whose sheet has rows, is not filled.
func TestWhatCannotBeFilled(t *testing.T) {
	t.Parallel()
	if _, err := sheet.Fill([]byte("PK")); !errors.Is(err, sheet.ErrNotWorkbook) {
		t.Error(err)
	}
	w, err := sheet.Fill(filled(t, [][]string{{"甲"}}))
	must(t, err)
	for _, name := range []string{"没有", "Sheet1"} {
		if err := w.Row(name, 0, []string{"乙"}); !errors.Is(err, sheet.ErrNotWorkbook) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
