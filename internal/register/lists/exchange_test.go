package lists_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/rules/wording"
)

func kind(t testing.TB, key string) *lists.Kind {
	t.Helper()
	k, err := lists.KindOf(key)
	must(t, err)
	return k
}

// workbook writes cells into sheets, row by row, and then lets f change it.
func workbook(t testing.TB, sheets map[string][][]any, f func(*excelize.File)) []byte {
	t.Helper()
	x := excelize.NewFile()
	for name, rows := range sheets {
		_, err := x.NewSheet(name)
		must(t, err)
		for i, r := range rows {
			must(t, x.SetSheetRow(name, fmt.Sprintf("A%d", i+1), &r))
		}
	}
	must(t, x.DeleteSheet("Sheet1"))
	if f != nil {
		f(x)
	}
	var b bytes.Buffer
	must(t, x.Write(&b))
	return b.Bytes()
}

func readExcel(t testing.TB, k *lists.Kind, src []byte) lists.Batch {
	t.Helper()
	return ordering(lists.ReadExcel(k, bytes.NewReader(src), int64(len(src))))
}

// ordering gives a batch that was read what its reader's caller knows.
func ordering(b lists.Batch) lists.Batch {
	b.Document, b.Reason = "云政发〔2026〕3号", "清单首次公布"
	return b
}

// export writes a list in a way.
func (r *rig) export(t testing.TB, list string, write func(x lists.Export, all iter.Seq2[lists.Entry, error], w *bytes.Buffer) error) []byte {
	t.Helper()
	x := lists.Export{Kind: kind(t, list)}
	r.read(t, func(tx *store.Tx) (err error) { x.Names, err = r.lists.Names(tx, today); return err })
	var b bytes.Buffer
	must(t, write(x, lists.All(bg, r.Store, lists.Query{List: list}), &b))
	return b.Bytes()
}

func asExcel(x lists.Export, all iter.Seq2[lists.Entry, error], w *bytes.Buffer) error {
	return x.Excel(w, all)
}

func asJSON(x lists.Export, all iter.Seq2[lists.Entry, error], w *bytes.Buffer) error {
	return x.JSON(w, lists.Stand{Day: today, Seq: 1}, all)
}

func asCSV(part string) func(lists.Export, iter.Seq2[lists.Entry, error], *bytes.Buffer) error {
	return func(x lists.Export, all iter.Seq2[lists.Entry, error], w *bytes.Buffer) error {
		return x.CSV(w, part, all)
	}
}

// nasty are words that files and spreadsheets do something with.
var nasty = []string{"=1+1", "+86", "-", "@SUM(A1)", "'引号", "''双", "'=x", "＝全角", "a,b", `"引"`, "两\n行", "_x000D_", "_x0041_b", "  两头  ", "\t制表", "<b>&amp;", "😀", "𠮷野家", "１２３",
	"0012", "1e9", "2026-1-1", "是", "true", "\u200b零宽", "甲\u3000乙", "C:\\x", "{n}", "%s", "null", "\u2028"}

func words(rnd *rand.Rand) string {
	var b strings.Builder
	for range 1 + rnd.IntN(3) {
		b.WriteString(nasty[rnd.IntN(len(nasty))])
	}
	if strings.TrimSpace(strings.Trim(b.String(), "\u2028\u200b")) == "" {
		return "字"
	}
	return b.String()
}

// What is written as workbook, text or JSON and read back says the same, to the
// last character, whatever was typed.
func TestWhatIsExportedComesBackUnchanged(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		rnd := rand.New(rand.NewPCG(1, 7))
		var changes []lists.Change
		for i := range 80 {
			c := power(fmt.Sprintf("P-%03d", i), words(rnd), []string{"scjg", "云禾县行政审批局", "县政府办"}[i%3], rnd.IntN(4)+1)
			c.Columns["note"], c.Columns["item"] = words(rnd), "510A-1"
			for range rnd.IntN(3) {
				c.Tables["risks"] = append(c.Tables["risks"], lists.Row{"step": words(rnd), "text": words(rnd), "grade": "high", "guard": words(rnd)})
			}
			changes = append(changes, put(c))
		}
		r.change(t, batch("power", changes...))
		k := kind(t, "power")
		same := func(how string, b lists.Batch, n int) {
			t.Helper()
			plan, err := r.lists.Preview(bg, r.editor, ordering(b))
			must(t, says(err))
			if len(plan.Problems) > 0 || plan.Same != n || plan.Seq != 0 {
				t.Errorf("%s: %+v\n%s", how, plan.Done, plan.Problems)
				for _, d := range plan.Differences[:min(3, len(plan.Differences))] {
					t.Errorf("%s: %q", d.Code, d.Fields)
				}
			}
		}
		book := r.export(t, "power", asExcel)
		same("workbook", readExcel(t, k, book), 80)
		whole := readExcel(t, k, book)
		whole.Whole = true
		same("the whole list", whole, 80)
		same("JSON", lists.ReadJSON(k, bytes.NewReader(r.export(t, "power", asJSON))), 80)
		same("text", lists.ReadCSV(k, "", bytes.NewReader(r.export(t, "power", asCSV("")))), 80)
		same("text of a table", lists.ReadCSV(k, "duties", bytes.NewReader(r.export(t, "power", asCSV("duties")))), 80)
	})
}

var inspectionHead = []any{"抽查编码", "抽查事项", "类别", "抽查部门", "抽查对象", "抽查内容", "抽查依据", "抽查方式", "比例（%）", "每年最多次数", "部门联合"}

// What people do to a workbook and is still plain: a title above, full-width
// digits, stray blanks, cells joined downwards, numbers as text, another order
// of the columns, an empty sheet.
func TestAWorkbookAsPeopleWriteIt(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		src := workbook(t, map[string][][]any{"清单": {
			{"云禾县随机抽查事项清单（2026年）"},
			inspectionHead,
			{" Ｓ-００１ ", "食品经营检查\u200b", "一般检查", "县市场监管局", "食品经营者", "许可证", "《食品安全法》第一百一十条", "现场检查", "５", "２ ", "是"},
			{},
			{"S-002", "特种设备检查", "key", nil, "使用单位", "登记", "《特种设备安全法》第五十七条", "书面检查", "10.0", 1, true},
			{"S-003", "价格检查", "重点检查", nil, "经营者", "标价", "《价格法》第三十三条", "网络监测", 3, 1, nil},
		}, "Sheet3": {}}, func(x *excelize.File) {
			must(t, x.MergeCell("清单", "A1", "K1"))
			must(t, x.MergeCell("清单", "D3", "D6"))
		})
		b := readExcel(t, kind(t, "inspection"), src)
		if done := r.change(t, b); done.Added != 3 {
			t.Fatalf("%+v", done)
		}
		e, _ := r.on(t, "inspection", "S-001", lists.Stand{})
		c := e.Content.Columns
		if e.Name != "食品经营检查" || e.Agency != "scjg" || c["ratio"] != int64(5) || c["times"] != int64(2) || c["joint"] != true || c["type"] != "ordinary" {
			t.Errorf("%+v", c)
		}
		for _, code := range []string{"S-002", "S-003"} {
			if e, _ := r.on(t, "inspection", code, lists.Stand{}); e.Agency != "scjg" || e.Content.Columns["type"] != "key" {
				t.Errorf("%+v", e.Content.Columns)
			}
		}
		days := workbook(t, map[string][][]any{"清单": {
			{"事项编码", "事项名称", "跑几次", "办理部门", "做不到的原因", "计划做到的日期"},
			{"510A-1", "甲", "还做不到", "scjg", "要现场勘验", 46112}, {"510A-2", "乙", "还做不到", "scjg", "要现场勘验", "2026年3月31日"},
			{"510A-3", "丙", "还做不到", "scjg", "要现场勘验", "２０２６.３.３１"}, {"510A-4", "丁", "还做不到", "scjg", "要现场勘验", "20260331"},
		}}, nil)
		r.change(t, readExcel(t, kind(t, "once"), days))
		for i := range 4 {
			if e, _ := r.on(t, "once", fmt.Sprintf("510A-%d", i+1), lists.Stand{}); e.Content.Columns["day"] != "2026-03-31" {
				t.Errorf("%+v", e.Content.Columns)
			}
		}
	})
}

// Every bad cell is named with sheet, row, column, what is wrong and what is allowed.
func TestEveryBadCellIsNamed(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		good := []any{"S-001", "食品经营检查", "一般检查", "scjg", "食品经营者", "许可证", "《食品安全法》第一百一十条", "现场检查", 5, 2, "是"}
		with := func(col int, v any) []any {
			row := append([]any{}, good...)
			row[0], row[col] = fmt.Sprintf("S-%03d", col+100), v
			return row
		}
		last := with(9, 2)
		last[0] = "S-200"
		src := workbook(t, map[string][][]any{"清单": {inspectionHead, good, good, with(1, ""), with(2, "特别检查"), with(3, "不知道局"), with(8, "很多"), with(9, 13), with(10, "可能"), with(4, "x"), with(5, "y"), last}},
			func(x *excelize.File) {
				must(t, x.SetCellFormula("清单", "E10", "=A8&1"))
				must(t, x.MergeCell("清单", "F11", "G11"))
				must(t, x.SetCellValue("清单", "A12", 123456789012345678))
			})
		plan, err := r.lists.Preview(bg, r.editor, readExcel(t, kind(t, "inspection"), src))
		must(t, err)
		all := plan.Problems.Error()
		for _, want := range []string{
			"“清单”第 3 行 A（抽查编码）：编码 S-001 在第 2 行已经写过", "“清单”第 4 行 B（抽查事项）：这一格要填", "“清单”第 5 行 C（类别）：没有“特别检查”这一种。可以写的有：一般检查、重点检查",
			"第 6 行 D（抽查部门）：没有叫“不知道局”的部门", "第 7 行 I（比例（%））：“很多”不是整数", "第 8 行 J（每年最多次数）：要在 1 到 12 之间，现在是 13", "第 9 行 K（部门联合）：“可能”看不出是或否",
			"第 10 行 E（抽查对象）：E10 是公式", "第 11 行 F（抽查内容）：F11:G11 是左右合并", "第 12 行 A（抽查编码）：A12 是当成数字",
		} {
			if !strings.Contains(all, want) {
				t.Errorf("nothing says %q", want)
			}
		}
		if len(plan.Problems) != 11 || strings.Contains(all, "⟦") {
			t.Errorf("%d problems:\n%s", len(plan.Problems), all)
		}
		if _, err := r.lists.Change(bg, r.editor, "", readExcel(t, kind(t, "inspection"), src)); err == nil {
			t.Error("it was applied")
		}
	})
}

// Files that are none, or lack what is needed.
func TestFilesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	k := kind(t, "power")
	head := []any{"权力编码", "权力名称", "权力类型", "实施机关"}
	for name, c := range map[string]struct{ src, says string }{
		"no workbook":       {"name,code", "xlsx"},
		"no head":           {string(workbook(t, map[string][][]any{"清单": {{"甲", "乙"}}}, nil)), "前 10 行里没有列名"},
		"a column too few":  {string(workbook(t, map[string][][]any{"清单": {head[:3]}}, nil)), "缺“实施机关”"},
		"a column twice":    {string(workbook(t, map[string][][]any{"清单": {append(head, "Name")}}, nil)), "写了两次"},
		"an other column":   {string(workbook(t, map[string][][]any{"清单": {append(head, "心情")}}, nil)), "没有“心情”这一列"},
		"an other sheet":    {string(workbook(t, map[string][][]any{"清单": {head}, "责任": {{"甲"}}}, nil)), "用不上这张工作表"},
		"a row of nobody":   {string(workbook(t, map[string][][]any{"清单": {head}, "责任事项": {{"所属编码", "环节", "责任"}, {"A-1", "受理", "甲"}}}, nil)), "所属编码 A-1 在“清单”那张表里没有"},
		"a row without one": {string(workbook(t, map[string][][]any{"清单": {head}, "责任事项": {{"所属编码", "环节", "责任"}, {"", "受理", "甲"}}}, nil)), "没有写所属编码"},
		"cut off":           {string(workbook(t, map[string][][]any{"清单": {head}}, nil)[:900]), "xlsx"},
	} {
		b := readExcel(t, k, []byte(c.src))
		if all := b.Problems.Error(); !strings.Contains(all, c.says) || strings.Contains(all, "⟦") {
			t.Errorf("%s: %s", name, all)
		}
	}
	for name, c := range map[string]struct{ src, says string }{
		"no head":    {"甲,乙\n", "没有列名"},
		"a nul":      {"a\x00b", "读不出文字"},
		"no writing": {"\xff\xff\xff", "读不出文字"},
		"a quote":    {"权力编码,权力名称,权力类型,实施机关\n\"甲", "引号"},
	} {
		if all := lists.ReadCSV(k, "", strings.NewReader(c.src)).Problems.Error(); !strings.Contains(all, c.says) {
			t.Errorf("CSV, %s: %s", name, all)
		}
	}
	for _, src := range []string{"", "[]", "{", `{"format":"x"}`, `{"list":"once"}`, `{"entries":{}}`, `{"entries":[1]}`, "\x00"} {
		if all := lists.ReadJSON(k, strings.NewReader(src)).Problems.Error(); !strings.Contains(all, "tongban-list/1") {
			t.Errorf("JSON %q: %s", src, all)
		}
	}
}

// The country's spreadsheets save text in GB18030; others with a mark, or as UTF-16.
func TestTextInEveryWriting(t *testing.T) {
	t.Parallel()
	k := kind(t, "once")
	const src = "事项编码,事项名称,跑几次,办理部门\n510A-1,某事𠮷,不用跑,scjg\n"
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(src)
	must(t, err)
	wide := "\xff\xfe"
	for _, u := range utf16(src) {
		wide += string([]byte{byte(u), byte(u >> 8)})
	}
	for name, text := range map[string]string{"plain": src, "marked": "\ufeff" + src, "GB18030": gb, "UTF-16": wide, "carriage returns": strings.ReplaceAll(src, "\n", "\r\n")} {
		b := lists.ReadCSV(k, "", strings.NewReader(text))
		if len(b.Problems) > 0 || len(b.Changes) != 1 || b.Changes[0].Content.Columns.Text("name") != "某事𠮷" {
			t.Errorf("%s: %+v", name, b)
		}
	}
}

// A list of a million rows, uploaded by mistake, is refused with a sentence
// and without filling the memory.
func TestAMillionRowsByMistake(t *testing.T) {
	k := kind(t, "power")
	book := millionRows(t)
	long := "权力编码,权力名称,权力类型,实施机关\n" + strings.Repeat("A-1,某许可,行政许可,scjg\n", 1_000_000)
	for name, read := range map[string]func() lists.Batch{
		"workbook": func() lists.Batch { return readExcel(t, k, book) },
		"text":     func() lists.Batch { return lists.ReadCSV(k, "", strings.NewReader(long)) },
		"JSON":     func() lists.Batch { return lists.ReadJSON(k, &endless{head: `{"entries":[`, row: `{"code":"A-1"},`}) },
	} {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		b := read()
		runtime.ReadMemStats(&after)
		if all := b.Problems.Error(); len(b.Changes) != 0 || !strings.Contains(all, "超过 100000 行") {
			t.Errorf("%s: %d changes, %s", name, len(b.Changes), all)
		}
		t.Logf("%s: %d MB allocated", name, (after.TotalAlloc-before.TotalAlloc)>>20)
		if after.TotalAlloc-before.TotalAlloc > 512<<20 {
			t.Errorf("%s took %d MB", name, (after.TotalAlloc-before.TotalAlloc)>>20)
		}
	}
	if all := lists.ReadCSV(k, "", &endless{head: "", row: "x,"}).Problems.Error(); !strings.Contains(all, "超过 64 MB") {
		t.Error(all)
	}
}

// millionRows is a workbook of a million rows, put together by hand.
func millionRows(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	file := func(name string, parts ...string) {
		w, err := z.Create(name)
		must(t, err)
		for _, s := range parts {
			_, err := io.WriteString(w, s)
			must(t, err)
		}
	}
	const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	file("_rels/.rels", `<Relationships><Relationship Id="r1" Type="`+office+`/officeDocument" Target="xl/workbook.xml"/></Relationships>`)
	file("xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="r1" Type="`+office+`/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`)
	file("xl/workbook.xml", `<workbook><sheets><sheet name="清单" sheetId="1" r:id="r1"/></sheets></workbook>`)
	row := func(cells ...string) string {
		return `<row><c t="inlineStr"><is><t>` + strings.Join(cells, `</t></is></c><c t="inlineStr"><is><t>`) + `</t></is></c></row>`
	}
	thousand := strings.Repeat(`<row><c><v>1</v></c></row>`, 1000)
	parts := []string{`<worksheet><sheetData>`, row("权力编码", "权力名称", "权力类型", "实施机关")}
	for range 1000 {
		parts = append(parts, thousand)
	}
	file("xl/worksheets/sheet1.xml", append(parts, `</sheetData></worksheet>`)...)
	must(t, z.Close())
	return b.Bytes()
}

// endless is a text that never ends.
type endless struct{ head, row string }

func (e *endless) Read(p []byte) (int, error) {
	if e.head != "" {
		n := copy(p, e.head)
		e.head = e.head[n:]
		return n, nil
	}
	n := 0
	for n+len(e.row) <= len(p) {
		n += copy(p[n:], e.row)
	}
	if n == 0 {
		e.head = e.row
		return e.Read(p)
	}
	return n, nil
}

// Nothing that a spreadsheet might run begins a cell of an export.
func TestExportsRunNothing(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		c := power("P-1", "=HYPERLINK(1)", "scjg", 1)
		c.Tables["duties"][0]["text"] = "@SUM(A1)"
		r.change(t, batch("power", put(c)))
		for part, want := range map[string]string{"": ",'=HYPERLINK(1),", "duties": ",'@SUM(A1)"} {
			if text := string(r.export(t, "power", asCSV(part))); !strings.Contains(text, want) {
				t.Errorf("%q", text)
			}
		}
		x, err := excelize.OpenReader(bytes.NewReader(r.export(t, "power", asExcel)))
		must(t, err)
		if v, _ := x.GetCellValue("清单", "B2"); v != "'=HYPERLINK(1)" {
			t.Errorf("%q", v)
		}
	})
}

// The schema of every kind is one, and takes what the export writes.
func TestSchema(t *testing.T) {
	t.Parallel()
	for _, k := range lists.Kinds() {
		compile(t, k)
	}
	both(t, func(t *testing.T, r *rig) {
		r.change(t, batch("power", put(power("P-1", "甲", "scjg", 2))))
		s := compile(t, kind(t, "power"))
		src := r.export(t, "power", asJSON)
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(src))
		must(t, err)
		must(t, s.Validate(v))
		v, err = jsonschema.UnmarshalJSON(strings.NewReader(strings.Replace(string(src), `"01"`, `"99"`, 1)))
		must(t, err)
		if s.Validate(v) == nil {
			t.Error("a type that there is not was taken")
		}
	})
}

func compile(t *testing.T, k *lists.Kind) *jsonschema.Schema {
	t.Helper()
	src, err := k.Schema()
	must(t, err)
	var v any
	must(t, json.Unmarshal(src, &v))
	c := jsonschema.NewCompiler()
	must(t, c.AddResource("list.json", v))
	s, err := c.Compile("list.json")
	must(t, err)
	return s
}

// The template says what belongs into every column, and reads as nothing.
func TestTemplates(t *testing.T) {
	t.Parallel()
	for _, k := range lists.Kinds() {
		var b bytes.Buffer
		must(t, lists.Export{Kind: k}.Excel(&b, nil))
		x, err := excelize.OpenReader(bytes.NewReader(b.Bytes()))
		must(t, err)
		help, err := x.GetRows("填写说明")
		must(t, err)
		if len(help) < len(k.Columns) || strings.Contains(fmt.Sprint(help), "⟦") || strings.Contains(fmt.Sprint(help), "{") {
			t.Errorf("%s: %v", k.Key, help)
		}
		if got := readExcel(t, k, b.Bytes()); len(got.Problems)+len(got.Changes) != 0 {
			t.Errorf("%s: %v", k.Key, got.Problems)
		}
		b.Reset()
		must(t, lists.Export{Kind: k, Lang: wording.EN}.CSV(&b, "", func(func(lists.Entry, error) bool) {}))
		if head := b.String(); !strings.Contains(head, k.Columns[0].TitleEN) || !strings.HasSuffix(head, "What to do,Version\r\n") {
			t.Errorf("%s: %s", k.Key, head)
		}
	}
}

// A list goes out row by row: what is in the memory does not grow with it.
func TestExportsStream(t *testing.T) {
	t.Parallel()
	k := kind(t, "power")
	e := lists.Entry{List: "power", Code: "P-1", Content: power("P-1", "甲", "scjg", 3), N: 1}
	for _, write := range []func(iter.Seq2[lists.Entry, error], *counting) error{
		func(all iter.Seq2[lists.Entry, error], w *counting) error {
			return lists.Export{Kind: k}.CSV(w, "duties", all)
		},
		func(all iter.Seq2[lists.Entry, error], w *counting) error {
			return lists.Export{Kind: k}.JSON(w, lists.Stand{}, all)
		},
	} {
		w := &counting{}
		half := 0
		must(t, write(func(yield func(lists.Entry, error) bool) {
			for i := range 10_000 {
				if i == 5000 {
					half = w.n
				}
				if !yield(e, nil) {
					return
				}
			}
		}, w))
		if w.n/2-half > 128<<10 {
			t.Errorf("%d bytes, %d of them before the second half", w.n, half)
		}
	}
	want := context.Canceled
	broken := func(yield func(lists.Entry, error) bool) { yield(lists.Entry{}, want) }
	for _, err := range []error{lists.Export{Kind: k}.CSV(&counting{}, "", broken), lists.Export{Kind: k}.JSON(&counting{}, lists.Stand{}, broken), lists.Export{Kind: k}.Excel(&counting{}, broken)} {
		if err != want {
			t.Error(err)
		}
	}
}

type counting struct{ n int }

func (c *counting) Write(p []byte) (int, error) { c.n += len(p); return len(p), nil }

func utf16(s string) (list []uint16) {
	for _, r := range s {
		if r < 0x10000 {
			list = append(list, uint16(r))
		} else {
			r -= 0x10000
			list = append(list, uint16(0xd800+r>>10), uint16(0xdc00+r&0x3ff))
		}
	}
	return list
}
