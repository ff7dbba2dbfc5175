package catalog_test

import (
	"bytes"
	"errors"
	"iter"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/identity"
	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
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
		"an empty sheet":  {workbook(t, nil, nil), "事项编码"},
		"no code column":  {workbook(t, [][]any{{"事项名称", "事项类型", "主管部门"}}, nil), "事项编码"},
		"a column twice":  {workbook(t, [][]any{{"事项名称", "名称", "事项编码", "事项类型", "主管部门"}}, nil), "写了两次"},
		"an other column": {workbook(t, [][]any{append([]any{"心情"}, head...)}, nil), "心情"},
		"two sheets":      {twoSheets, "没有内容"},
	} {
		if _, problems := catalog.ReadExcel(c.src); len(problems) == 0 || !strings.Contains(catalog.Problems(problems).Error(), c.says) {
			t.Errorf("%s: %v", name, catalog.Problems(problems))
		}
	}
}

// taken is a list of items as it is taken away in a form.
func taken(t testing.TB, g *rig, form string, rows iter.Seq2[lists.Entry, error]) []byte {
	t.Helper()
	people := identity.New(g.s, g.r, g.Vault, identity.Options{Hash: identity.Argon{MemoryKiB: 64, Passes: 1, Lanes: 1}})
	var names lists.Names
	g.read(t, func(tx *store.Tx) (err error) { names, err = lists.New(g.r, people).Names(tx, tx.Today()); return err })
	x := lists.Export{Kind: catalog.ListKind, Names: names}
	var b bytes.Buffer
	switch form {
	case "csv":
		must(t, x.CSV(&b, "", rows))
	case "xlsx":
		must(t, x.Excel(&b, rows))
	default:
		must(t, x.JSON(&b, lists.Stand{}, rows))
	}
	return b.Bytes()
}

// The list that we write is the list that we read: taking it back changes nothing,
// and a cell that somebody changed is the one thing that changes.
func TestTheListComesBackUnchanged(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		drafts := countyRig(t, g)
		more, problems := catalog.ReadCSV([]byte("编码,名称,类型,部门,别名,原编码\n" + // what a list may say beside the names
			"510X-1,=甲,10,scjg,'=1+1、甲 乙,\n510X-2,乙,05,gaj,,src-7\n510X-3,\"丙\n丙\",20,swj,丙丙,SRC-8\n510X-4,-丁,09,sfj,-丁,\n"))
		if len(problems) > 0 {
			t.Fatal(catalog.Problems(problems))
		}
		g.bring(t, more...)
		try := func(drafts []*catalog.Draft) (catalog.Imported, error) {
			return catalog.ImportItems(bg, g.r, by(ann), catalog.ImportOptions{Region: region, Try: true}, drafts...)
		}
		for _, form := range []string{"csv", "xlsx", "json"} {
			src := taken(t, g, form, catalog.ListedAll(bg, g.s, lists.Query{}))
			back, problems, ok := catalog.ReadList("items."+form, src)
			if !ok || len(problems) > 0 {
				t.Fatal(form, catalog.Problems(problems))
			}
			out, err := try(back)
			must(t, err)
			if out.Same != 16+1135+4 || len(out.New)+len(out.Proposed) != 0 {
				t.Fatalf("%s: %d are the same, %d new, %d proposed", form, out.Same, len(out.New), len(out.Proposed))
			}
			// One cell: the name of an item that is known by name.
			name := drafts[20].Name
			if form == "csv" {
				changed := bytes.Replace(src, []byte("\r\n"+drafts[20].Code+","+name), []byte("\r\n"+drafts[20].Code+","+name+"（改）"), 1)
				if back, problems, _ = catalog.ReadList("items.csv", changed); len(problems) > 0 {
					t.Fatal(catalog.Problems(problems))
				}
			} else {
				i := slices.IndexFunc(back, func(d *catalog.Draft) bool { return d.Code == drafts[20].Code })
				back[i].Name += "（改）"
			}
			out, err = try(back)
			must(t, err)
			if len(out.Proposed) != 1 || out.Proposed[0].Code != drafts[20].Code || out.Same != 16+1135+3 || len(out.New) != 0 {
				t.Fatalf("%s: one cell changed, %+v", form, out.Proposed)
			}
			if c := out.Changed; len(c) != 1 || len(c[0].Fields) != 1 || c[0].Fields[0].Key != "name" || c[0].Fields[0].Before != name || c[0].Fields[0].After != name+"（改）" {
				t.Fatalf("%s: one cell is told as %+v", form, c)
			}
		}
	})
}

// A row that was made from an older version undoes nothing that was done since, and
// whoever wants to is told.
func TestARowOfAnOlderVersion(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		const head = "事项编码,事项名称,事项类型,主管部门,别名,操作,版本\n"
		read := func(lines string) []*catalog.Draft {
			t.Helper()
			d, problems := catalog.ReadCSV([]byte(head + lines))
			if len(problems) > 0 {
				t.Fatal(catalog.Problems(problems))
			}
			return d
		}
		first := g.bring(t, read("510A-1,甲,01,scjg,老名,,\n")...).New[0]
		short, problems := catalog.ReadCSV([]byte("编码,名称,类型,部门\n510A-1,甲二,许可,scjg\n"))
		if len(problems) > 0 {
			t.Fatal(catalog.Problems(problems))
		}
		proposed := g.bring(t, short...).Proposed[0].Version
		_, err := g.publish(ben, proposed)
		must(t, err)
		g.read(t, func(tx *store.Tx) error {
			v, err := g.items.InForce(tx, first.Item, tx.Today())
			if err == nil && (v.N != 2 || v.Name != "甲二" || len(v.Aliases) != 1) {
				t.Errorf("a column that the file does not have was emptied: %+v", v.Written)
			}
			return err
		})
		for _, c := range []struct{ line, says string }{
			{"510A-1,甲,01,scjg,老名,,1\n", ""},
			{"510A-1,甲三,01,scjg,老名,,1\n", "第 1 版"},
			{"510A-1,甲三,01,scjg,老名,新增,\n", "已有编码"},
			{"510A-1,甲三,01,scjg,老名,取消,\n", "不能用文件取消"},
			{"510A-9,乙,01,scjg,,变更,\n", "没有编码"},
			{"510A-9,乙,01,scjg,,,3\n", "没有编码"},
		} {
			out, err := catalog.ImportItems(bg, g.r, by(ann), catalog.ImportOptions{Region: region, Try: true}, read(c.line)...)
			if c.says == "" {
				if must(t, err); out.Same != 1 {
					t.Errorf("%s: %+v", c.line, out)
				}
				continue
			}
			var e *act.Error
			if !errors.As(err, &e) || len(e.Fields) != 1 || !strings.Contains(e.Fields[0].Msg.In(wording.ZH), c.says) {
				t.Errorf("%s: %v", c.line, err)
			}
		}
	})
}

// The template without entries says what belongs into it and reads as empty.
func TestTheTemplate(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		src := taken(t, g, "xlsx", nil)
		x, err := excelize.OpenReader(bytes.NewReader(src))
		must(t, err)
		rows, err := x.GetRows("清单")
		must(t, err)
		if len(rows) != 1 || len(rows[0]) != len(head)+2 {
			t.Fatalf("%v", rows)
		}
		if drafts, problems := catalog.ReadExcel(src); len(drafts)+len(problems) != 0 {
			t.Fatalf("%d entries, %v", len(drafts), catalog.Problems(problems))
		}
	})
}

// A title above the names of the columns, and the writing in which the country's
// spreadsheets save text, are read as the lists read them.
func TestATitleAndTheWritingOfTheCountry(t *testing.T) {
	t.Parallel()
	const text = "云禾县政务服务事项,,,\n,,,\n编码,名称,类型,部门\n510A-１,养犬登记,行政确认,公安局\n"
	gb, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(text))
	must(t, err)
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(text))
	must(t, err)
	book := workbook(t, [][]any{{"云禾县政务服务事项"}, {}, {"编码", "名称", "类型", "部门"}, {"510A-１", "养犬登记", "行政确认", "公安局"}}, func(x *excelize.File) { must(t, x.MergeCell("事项", "A1", "D1")) })
	for name, src := range map[string][]byte{"gb.csv": gb, "utf16.csv": utf16, "plain.csv": []byte(text), "a.xlsx": book} {
		drafts, problems, _ := catalog.ReadList(name, src)
		if len(problems) > 0 || len(drafts) != 1 || drafts[0].Name != "养犬登记" || drafts[0].Code != "510A-1" || drafts[0].Type != "07" {
			t.Errorf("%s: %v", name, catalog.Problems(problems))
		}
	}
	_, problems := catalog.ReadCSV([]byte("编码,名称,类型,部门,心情\n510A-1,甲,01,scjg,好\n"))
	if all := catalog.Problems(problems).Error(); !strings.Contains(all, "事项编码、事项名称") || strings.Contains(all, "source") || strings.Contains(all, "_") {
		t.Errorf("an unknown column: %s", all)
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
