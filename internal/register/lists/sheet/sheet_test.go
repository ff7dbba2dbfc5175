package sheet_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"tongban/internal/register/lists/sheet"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func open(t testing.TB, src []byte) *sheet.Book {
	t.Helper()
	b, err := sheet.Open(bytes.NewReader(src), int64(len(src)))
	must(t, err)
	return b
}

// What another program writes is read as it was meant: shared and inline
// strings, numbers, yes and no, formulas, errors, gaps, joined cells.
func TestWhatIsInTheCells(t *testing.T) {
	t.Parallel()
	x := excelize.NewFile()
	for cell, v := range map[string]any{"A1": "甲", "C1": 1.5, "D1": true, "A4": "_x005F_x0041_", "B4": " 乙 ", "C4": "两\n行", "AB4": 12345678901234567} {
		must(t, x.SetCellValue("Sheet1", cell, v))
	}
	must(t, x.SetCellRichText("Sheet1", "E1", []excelize.RichTextRun{{Text: "粗"}, {Text: "细"}}))
	must(t, x.SetCellFormula("Sheet1", "F1", "=A1&1"))
	must(t, x.MergeCell("Sheet1", "A6", "B8"))
	_, err := x.NewSheet("第二张")
	must(t, err)
	var buf bytes.Buffer
	must(t, x.Write(&buf))
	b := open(t, buf.Bytes())
	if got := strings.Join(b.Sheets(), "|"); got != "Sheet1|第二张" || b.Date1904 {
		t.Error(got)
	}
	rows := map[int][]sheet.Cell{}
	joined, err := b.Rows("Sheet1", func(n int, cells []sheet.Cell) error {
		rows[n] = append([]sheet.Cell{}, cells...)
		return nil
	})
	must(t, err)
	want := []sheet.Cell{{Kind: sheet.String, Text: "甲"}, {}, {Kind: sheet.Number, Text: "1.5"}, {Kind: sheet.Bool, Text: "1"}, {Kind: sheet.String, Text: "粗细"}, {Formula: true}}
	for i, c := range want {
		if rows[1][i] != c {
			t.Errorf("%s1: %+v, want %+v", sheet.Letters(i+1), rows[1][i], c)
		}
	}
	if r := rows[4]; len(r) != 28 || r[0].Text != "_x0041_" || r[1].Text != " 乙 " || r[2].Text != "两\n行" || r[27].Text != "12345678901234567" {
		t.Errorf("%+v", r)
	}
	if len(joined) != 1 || joined[0].String() != "A6:B8" {
		t.Errorf("%+v", joined)
	}
	stop := errors.New("enough")
	if _, err := b.Rows("Sheet1", func(int, []sheet.Cell) error { return stop }); !errors.Is(err, stop) {
		t.Error(err)
	}
}

// handmade puts a workbook together from the XML of its sheet and strings.
func handmade(t testing.TB, body, shared string) []byte {
	t.Helper()
	const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range map[string]string{
		"_rels/.rels": `<Relationships><Relationship Id="r" Type="` + office + `/officeDocument" Target="/xl/workbook.xml"/></Relationships>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Type="` + office + `/worksheet" Target="/xl/worksheets/s.xml"/>
			<Relationship Id="r2" Type="` + office + `/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
		"xl/workbook.xml":      `<x:workbook xmlns:x="y"><x:workbookPr date1904="1"/><x:sheets><x:sheet name="甲" r:id="r1"/></x:sheets></x:workbook>`,
		"xl/worksheets/s.xml":  body,
		"xl/sharedStrings.xml": shared,
	} {
		w, err := z.Create(name)
		must(t, err)
		_, err = io.WriteString(w, text)
		must(t, err)
	}
	must(t, z.Close())
	return b.Bytes()
}

// What other programs leave out or add: prefixes, no references, how words are
// pronounced, escaped characters, strings that there are not.
func TestWhatOtherProgramsWrite(t *testing.T) {
	t.Parallel()
	b := open(t, handmade(t, `<x:worksheet xmlns:x="y"><x:sheetData><x:row><x:c t="s"><x:v>0</x:v></x:c><x:c t="s"><x:v>7</x:v></x:c><x:c t="str"><x:f>A1</x:f><x:v>a_x000D_b</x:v></x:c></x:row>
		<x:row/><x:row><x:c><x:v> 5 </x:v></x:c></x:row></x:sheetData></x:worksheet>`,
		`<sst><si><r><t>东</t></r><r><t>京</t></r><rPh sb="0" eb="1"><t>とう</t></rPh></si></sst>`))
	var got []string
	_, err := b.Rows("甲", func(n int, cells []sheet.Cell) error {
		for _, c := range cells {
			got = append(got, string(rune('0'+n))+string(rune('0'+int(c.Kind)))+c.Text)
		}
		return nil
	})
	if all := strings.Join(got, "|"); err != nil || all != "11东京|147|11a\rb|325" || !b.Date1904 {
		t.Errorf("%q %v", all, err)
	}
}

// What is no workbook is called so; what unpacks to too much is not unpacked.
func TestWhatIsNoWorkbook(t *testing.T) {
	t.Parallel()
	for name, src := range map[string][]byte{"nothing": nil, "text": []byte("a,b"), "an empty archive": []byte("PK\x05\x06" + strings.Repeat("\x00", 18))} {
		if _, err := sheet.Open(bytes.NewReader(src), int64(len(src))); !errors.Is(err, sheet.ErrNotWorkbook) {
			t.Errorf("%s: %v", name, err)
		}
	}
	none := func(int, []sheet.Cell) error { return nil }
	if _, err := open(t, handmade(t, `<worksheet><sheetData><row><c>`, `<sst/>`)).Rows("甲", none); !errors.Is(err, sheet.ErrNotWorkbook) {
		t.Error(err)
	}
	if _, err := open(t, handmade(t, `<worksheet/>`, `<sst/>`)).Rows("乙", none); !errors.Is(err, sheet.ErrNotWorkbook) {
		t.Error(err)
	}
	bomb := handmade(t, `<worksheet/>`, `<sst>`+strings.Repeat(`<si><t>`+strings.Repeat("a", 60<<10)+`</t></si>`, 1200)+`</sst>`)
	if _, err := sheet.Open(bytes.NewReader(bomb), int64(len(bomb))); !errors.Is(err, sheet.ErrLarge) {
		t.Errorf("%d bytes that unpack to 72 MB: %v", len(bomb), err)
	}
}

// Letters and places agree with one another.
func TestLetters(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{1: "A", 26: "Z", 27: "AA", 702: "ZZ", 703: "AAA"} {
		if got := sheet.Letters(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}
