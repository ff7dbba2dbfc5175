package catalog_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/day"
)

// workbook writes cells into a sheet, row by row, and then lets f change it.
func workbook(t testing.TB, rows [][]any, f func(*excelize.File)) []byte {
	t.Helper()
	x := excelize.NewFile()
	must(t, x.SetSheetName("Sheet1", "事项"))
	for i, r := range rows {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		must(t, err)
		must(t, x.SetSheetRow("事项", cell, &r))
	}
	if f != nil {
		f(x)
	}
	var b bytes.Buffer
	must(t, x.Write(&b))
	return b.Bytes()
}

var head = []any{"事项名称", "事项编码", "事项类型", "主管部门", "别名", "原编码", "起办日期"}

// What people do to a workbook and what is still plain: full-width digits,
// stray blanks, names of types, joined cells, days of every form.
func TestAWorkbookAsPeopleWriteIt(t *testing.T) {
	t.Parallel()
	src := workbook(t, [][]any{
		head,
		{" 养老金领取资格　认证\u200b", "３７０１１７００２０１１", "公共服务", "rsj", "领养老金，养老认证;资格认证", "", "2026年1月5日"},
		{},
		{"甲", "510A-1", 1, "scjg", "", "", 46027},
		{"乙", "510A-2", "确认", nil, "", "", "2026/1/5"},
		{"丙", "510A-3", "01", nil, "", "X-1", "２０２６.１.５"},
	}, func(x *excelize.File) { must(t, x.MergeCell("事项", "D4", "D6")) })
	drafts, problems := catalog.ReadExcel(src)
	if len(problems) > 0 {
		t.Fatal(catalog.Problems(problems))
	}
	if len(drafts) != 4 {
		t.Fatalf("%d entries", len(drafts))
	}
	d := drafts[0]
	if d.Name != "养老金领取资格 认证" || d.Code != "370117002011" || d.Type != "20" || strings.Join(d.Aliases, "|") != "领养老金|养老认证|资格认证" {
		t.Errorf("%+v", d.Item)
	}
	for i, want := range []string{"20", "01", "07", "01"} {
		if x := drafts[i]; x.Type != want || x.InForce.From != day.MustParse("2026-01-05") || i > 0 && x.Agency != "scjg" {
			t.Errorf("%d: %+v", i, x.Item)
		}
	}
	if drafts[3].SourceCode != "X-1" {
		t.Errorf("source code %q", drafts[3].SourceCode)
	}
}

func TestEveryBadCellIsNamed(t *testing.T) {
	t.Parallel()
	src := workbook(t, [][]any{
		head,
		{"甲", "510A-1", "01", "scjg"},
		{"", "510A-2", "01", "scjg"},
		{"乙", "37011700201", "01", "scjg"},
		{"丙", "510A-4", "99", "scjg", "", "", "2026-02-30"},
		{"丁", "510A-1", "01", "scjg"},
		{"戊", 123456789012345678, "01", "scjg"},
		{"己", "510A-7", "01", "scjg"},
		{"庚", "510A-8", "01", "scjg"},
	}, func(x *excelize.File) {
		must(t, x.SetCellFormula("事项", "B8", "=A8&1"))
		must(t, x.MergeCell("事项", "C9", "D9"))
	})
	drafts, problems := catalog.ReadExcel(src)
	if drafts != nil {
		t.Fatal("bad rows were taken")
	}
	all := catalog.Problems(problems).Error()
	for _, want := range []string{
		"第 3 行 A（事项名称）", "第 4 行 B（事项编码）", "第 5 行 C（事项类型）", "2026-02-30", "第 6 行 B（事项编码）", "第 2 行已经写过",
		"第 7 行 B（事项编码）", "B7 是当成数字", "B8 是公式", "C9:D9",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("nothing says %q:\n%s", want, all)
		}
	}
	if strings.Contains(all, "⟦") || len(problems) != 9 {
		t.Errorf("%d problems:\n%s", len(problems), all)
	}
}

func TestAWorkbookThatIsNone(t *testing.T) {
	t.Parallel()
	twoSheets := workbook(t, nil, func(x *excelize.File) {
		must(t, x.SetSheetName("事项", "甲"))
		_, err := x.NewSheet("乙")
		must(t, err)
	})
	for name, c := range map[string]struct {
		src  []byte
		says string
	}{
		"no workbook":     {[]byte("name,code"), "xlsx"},
		"an empty sheet":  {workbook(t, nil, nil), "没有内容"},
		"no code column":  {workbook(t, [][]any{{"事项名称", "事项类型", "主管部门"}}, nil), "事项编码"},
		"a column twice":  {workbook(t, [][]any{{"事项名称", "名称", "事项编码", "事项类型", "主管部门"}}, nil), "写了两次"},
		"an other column": {workbook(t, [][]any{append([]any{"心情"}, head...)}, nil), "心情"},
		"two sheets":      {twoSheets, "甲、乙"},
	} {
		if _, problems := catalog.ReadExcel(c.src); len(problems) == 0 || !strings.Contains(catalog.Problems(problems).Error(), c.says) {
			t.Errorf("%s: %v", name, catalog.Problems(problems))
		}
	}
}

// The list that we write is the list that we read: taking it back changes nothing.
func TestTheListComesBackUnchanged(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		countyRig(t, g)
		var entries []catalog.Entry
		g.read(t, func(tx *store.Tx) (err error) { entries, err = catalog.Entries(tx, tx.Today()); return err })
		var b bytes.Buffer
		must(t, catalog.WriteExcel(&b, entries))
		drafts, problems := catalog.ReadExcel(b.Bytes())
		if len(problems) > 0 {
			t.Fatal(catalog.Problems(problems))
		}
		if out := g.bring(t, drafts...); out.Same != len(entries) || len(entries) != 16+1135 {
			t.Fatalf("%d of %d are the same, %d new, %d proposed", out.Same, len(entries), len(out.New), len(out.Proposed))
		}
		drafts[5].Name += "（改）"
		_, err := catalog.ImportItems(bg, g.r, by(ann), catalog.ImportOptions{Region: region, Try: true}, drafts...)
		if act.KindOf(err) != act.Invalid {
			t.Fatalf("another name from the day of the old one: %v", err)
		}
	})
}

// The template without entries says what belongs into it and reads as empty.
func TestTheTemplate(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	must(t, catalog.WriteExcel(&b, nil))
	x, err := excelize.OpenReader(bytes.NewReader(b.Bytes()))
	must(t, err)
	rows, err := x.GetRows("事项")
	must(t, err)
	if len(rows) != 1 || len(rows[0]) != len(head) {
		t.Fatalf("%v", rows)
	}
	help, err := x.GetRows("填写说明")
	must(t, err)
	if len(help) != len(head) {
		t.Fatalf("%v", help)
	}
	if drafts, problems := catalog.ReadExcel(b.Bytes()); len(drafts)+len(problems) != 0 {
		t.Fatalf("%d entries, %v", len(drafts), catalog.Problems(problems))
	}
}

func TestCSVNamesItsLines(t *testing.T) {
	t.Parallel()
	_, problems := catalog.ReadCSV([]byte("\xef\xbb\xbf名称,编码,类型,部门\n\"多\n行\",510A-1,01,scjg\n乙,,01,scjg\n"))
	if len(problems) != 1 || problems[0].Line != 4 || !strings.Contains(problems[0].Column, "事项编码") {
		t.Fatal(catalog.Problems(problems))
	}
	for _, src := range []string{"", "名称,编码\n", "a\x00b", "\xff\xfe", "名称,编码,类型,部门\n\"甲,1"} {
		if _, problems := catalog.ReadCSV([]byte(src)); len(problems) == 0 {
			t.Errorf("%q was taken", src)
		}
	}
}

// What is exported reads as what was imported, word for word, and imports as no change.
func TestExportAndImportAreInverse(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		drafts := countyRig(t, g)
		g.read(t, func(tx *store.Tx) error {
			for i, d := range drafts[:120] {
				item, err := g.items.ByCode(tx, d.Code)
				if err != nil {
					return err
				}
				v, err := g.items.InForce(tx, item, tx.Today())
				if err != nil {
					return err
				}
				files := catalog.ExportFolder(v)
				if i >= 16 {
					if len(files) != 1 || !bytes.Equal(files["item.yaml"], d.ItemYAML) {
						t.Errorf("%s came back as %q", d.Name, files["item.yaml"])
					}
					continue
				}
				dir := t.TempDir()
				for name, b := range files {
					must(t, os.WriteFile(dir+"/"+name, b, 0o600))
				}
				back, problems := catalog.ReadFolder(os.DirFS(dir), ".")
				if len(problems) > 0 || !bytes.Equal(back.ItemYAML, d.ItemYAML) || !bytes.Equal(back.FlowXML, d.FlowXML) || !bytes.Equal(back.FormJSON, d.FormJSON) {
					t.Errorf("%s came back otherwise: %v", d.Name, catalog.Problems(problems))
				}
			}
			return nil
		})
	})
}

// FuzzReadCSV: any text ends as entries or as problems with words.
func FuzzReadCSV(f *testing.F) {
	f.Add([]byte("name,code,type,agency\n甲,510A-1,01,scjg\n"))
	f.Add([]byte("名称,编码,类型,部门,起办日期\n甲,510A-1,许可,scjg,2026-1-1\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		drafts, problems := catalog.ReadCSV(src)
		if len(drafts) > 0 && len(problems) > 0 {
			t.Fatal("both")
		}
		for _, d := range drafts {
			if d.Name == "" || d.Code == "" || len(d.ItemYAML) == 0 {
				t.Fatalf("%+v", d.Item)
			}
		}
	})
}
