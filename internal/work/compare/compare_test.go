package compare_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/identity/identitytest"
	"tongban/internal/register/lists"
	"tongban/internal/rules/reconcile"
	"tongban/internal/work/compare"
)

var bg = context.Background()

// rig is a small county with a catalogue and somebody who keeps it.
type rig struct {
	*identitytest.World
	desk     *compare.Desk
	ann, ben act.Actor
}

const catalogue = `事项名称,事项编码,事项类型,实施主体
公共场所卫生许可新办,511A0015500001-990124000000-000-11990124MB00000000-1-00,行政许可,zfb
公共场所卫生许可变更,511A0015500002-990124000000-000-11990124MB00000000-1-00,行政许可,zfb
公共场所卫生许可注销,511A0015500003-990124000000-000-11990124MB00000000-1-00,行政许可,zfb
护士执业变更注册,511A0012600001-990124000000-000-11990124MB00000000-1-00,行政许可,zfb
户外广告设施设置审批,511A0024400001-990124000000-000-11990124MB00000000-1-00,行政许可,zfb
河道采砂许可,511A0190000001-990124000000-000-11990124MB00000000-1-00,行政许可,spj
`

const own = `事项编码,事项名称,事项类型,办理时限
W1,公共场所卫生许可,行政许可,20个工作日
W2,护士执业变更注册,行政许可,10
W3,云禾县户外广告设施设置许可,其他行政权力,即办
W4,公车使用审批,其他,
`

func both(t *testing.T, f func(t *testing.T, r *rig)) {
	t.Helper()
	identitytest.Both(t, func(t *testing.T, w *identitytest.World) {
		r := &rig{World: w, ann: w.As(w.Official("测试甲", "zfb", "catalogue"), "zfb", "catalogue"), ben: w.As(w.Official("测试乙", "zfb", "catalogue"), "zfb", "catalogue")}
		r.desk = &compare.Desk{Runner: w.Runner, People: w.Register, Items: catalog.New(), Region: "990124"}
		drafts, problems := catalog.ReadCSV([]byte(catalogue))
		if len(problems) > 0 {
			t.Fatal(catalog.Problems(problems))
		}
		_, err := catalog.ImportItems(bg, w.Runner, r.ann, catalog.ImportOptions{Region: "990124", From: identitytest.Start.Day()}, drafts...)
		must(t, err)
		f(t, r)
	})
}

func must(t testing.TB, err error) {
	t.Helper()
	if e, ok := err.(*act.Error); ok {
		for _, f := range e.Fields {
			err = fmt.Errorf("%w\n%s", err, f.Msg)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (r *rig) begin(t testing.TB, token, src string) int64 {
	t.Helper()
	id, err := r.desk.Begin(bg, r.ann, token, compare.Sent{Agency: "zfb", File: "own.csv", Src: []byte(src)})
	must(t, err)
	return id
}

func (r *rig) rows(t testing.TB, q compare.Query) (list []compare.Row) {
	t.Helper()
	if q.Limit == 0 {
		q.Limit = 100
	}
	must(t, r.Store.Read(bg, func(tx *store.Tx) (err error) {
		list, err = compare.Page(tx, q)
		return err
	}))
	return list
}

// said writes rows down: relation verdict theirs>ours.
func said(list []compare.Row) string {
	var b strings.Builder
	for _, r := range list {
		var sides [2][]string
		for i, lines := range [2][]compare.Line{r.Theirs, r.Ours} {
			for _, l := range lines {
				sides[i] = append(sides[i], strings.TrimPrefix(l.Code[:min(len(l.Code), 14)], "511A00"))
			}
		}
		fmt.Fprintf(&b, "%s%s %s>%s\n", r.Relation, r.Verdict, strings.Join(sides[0], " "), strings.Join(sides[1], " "))
	}
	return b.String()
}

// A list is compared, decided on, and the next list of the agency obeys.
func TestWhatIsDecidedIsRemembered(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		id := r.begin(t, "k1", own)
		if again := r.begin(t, "k1", own); again != id {
			t.Errorf("the same submission twice: %d, %d", id, again)
		}
		list := r.rows(t, compare.Query{Comparison: id})
		want := "coarser W1>15500001 15500002 15500003\nsame W2>12600001\nrenamed W3>24400001\nonly_theirs W4>\n"
		if got := said(list); got != want {
			t.Fatalf("%s\nwant %s", got, want)
		}
		if got := said(r.rows(t, compare.Query{Comparison: id, Differs: "type"})); got != "renamed W3>24400001\n" {
			t.Errorf("other types: %s", got)
		}
		if got := said(r.rows(t, compare.Query{Comparison: id, After: 2, Limit: 1})); got != "renamed W3>24400001\n" {
			t.Errorf("a page: %s", got)
		}
		decide := func(row compare.Row, v reconcile.Verdict, reason string, without ...string) error {
			_, err := r.desk.Decide(bg, r.ben, "", compare.Decision{Comparison: id, N: row.N, Rev: row.Rev, Verdict: v, Reason: reason, Without: without})
			return err
		}
		for name, err := range map[string]error{
			"no reason":  decide(list[2], reconcile.Rejected, " "),
			"no verdict": decide(list[2], "", ""),
			"long":       decide(list[2], reconcile.Rejected, strings.Repeat("长", 501)),
			"none left":  decide(list[0], reconcile.Confirmed, "", list[0].Ours[0].Code, list[0].Ours[1].Code, list[0].Ours[2].Code),
		} {
			if act.KindOf(err) != act.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
		must(t, decide(list[0], reconcile.Confirmed, "", list[0].Ours[2].Code))
		must(t, decide(list[2], reconcile.Rejected, "县里没有这一项"))
		must(t, decide(list[3], reconcile.Confirmed, "内部事务"))
		agreed, err := r.desk.Agree(bg, r.ann, "", id)
		must(t, err)
		if agreed.Rows != 1 {
			t.Errorf("%d agreed", agreed.Rows)
		}
		next := r.begin(t, "", strings.Replace(own, "公共场所卫生许可", "卫生许可（公共场所）", 1))
		want = "coarserconfirmed W1>15500001 15500002\nsameconfirmed W2>12600001\nonly_theirs W3>\nonly_theirsconfirmed W4>\nonly_ours >15500003\nonly_ours >24400001\n"
		if got := said(r.rows(t, compare.Query{Comparison: next})); got != want {
			t.Errorf("next: %s\nwant %s", got, want)
		}
		// Who thinks otherwise later is obeyed then.
		row := r.rows(t, compare.Query{Comparison: next})[1]
		_, err = r.desk.Decide(bg, r.ann, "", compare.Decision{Comparison: next, N: row.N, Rev: row.Rev, Verdict: reconcile.Rejected, Reason: "看错了"})
		must(t, err)
		if got := said(r.rows(t, compare.Query{Comparison: r.begin(t, "", own), Relation: reconcile.OnlyTheirs})); got != "only_theirs W2>\nonly_theirs W3>\nonly_theirsconfirmed W4>\n" {
			t.Errorf("third: %s", got)
		}
		must(t, r.Store.Read(bg, func(tx *store.Tx) error {
			n, err := compare.Count(tx, id)
			if n.Relations[reconcile.Coarser] != 1 || n.Open[reconcile.Same] != 0 || n.Fields[reconcile.FieldType] != 1 {
				t.Errorf("counts %+v", n)
			}
			recent, err2 := compare.Recent(tx, "", 0, 2)
			if len(recent) != 2 || recent[0].ID <= recent[1].ID || recent[1].Theirs != 4 {
				t.Errorf("recent %+v", recent)
			}
			return firstOf(err, err2)
		}))
	})
}

func firstOf(list ...error) error {
	for _, err := range list {
		if err != nil {
			return err
		}
	}
	return nil
}

func TestTwoDecideOneRow(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		id := r.begin(t, "", own)
		_, err := r.desk.Decide(bg, r.ann, "", compare.Decision{Comparison: id, N: 2, Verdict: reconcile.Confirmed})
		must(t, err)
		_, err = r.desk.Decide(bg, r.ben, "", compare.Decision{Comparison: id, N: 2, Verdict: reconcile.Rejected, Reason: "不是"})
		if act.KindOf(err) != act.Conflict {
			t.Errorf("over another's decision: %v", err)
		}
		if row := r.rows(t, compare.Query{Comparison: id})[1]; row.Verdict != reconcile.Confirmed || row.By != r.ann.Person || row.Rev != 1 {
			t.Errorf("%+v", row)
		}
		for n, want := range map[int]act.Kind{99: act.NotFound, 0: act.NotFound} {
			if _, err = r.desk.Decide(bg, r.ben, "", compare.Decision{Comparison: id, N: n, Verdict: reconcile.Confirmed}); act.KindOf(err) != want {
				t.Errorf("row %d: %v", n, err)
			}
		}
		window := r.As(r.Official("测试丙", "zfb", "window"), "zfb", "window")
		if _, err = r.desk.Decide(bg, window, "", compare.Decision{Comparison: id, N: 1, Verdict: reconcile.Confirmed}); act.KindOf(err) != act.Refused {
			t.Errorf("a window decides: %v", err)
		}
		if _, err = r.desk.Agree(bg, window, "", id); act.KindOf(err) != act.Refused {
			t.Errorf("a window agrees: %v", err)
		}
		if _, err = r.desk.Begin(bg, window, "", compare.Sent{Agency: "zfb", File: "a.csv", Src: []byte(own)}); act.KindOf(err) != act.Refused {
			t.Errorf("a window compares: %v", err)
		}
		if _, err = r.desk.Begin(bg, r.ann, "", compare.Sent{Agency: "nobody", File: "a.csv", Src: []byte(own)}); act.KindOf(err) != act.Invalid {
			t.Errorf("nobody's list: %v", err)
		}
	})
}

// workbook is a sheet with rows; set changes it further.
func workbook(t *testing.T, set func(f *excelize.File), rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	for i, r := range rows {
		must(t, f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &r))
	}
	if set != nil {
		set(f)
	}
	var b bytes.Buffer
	must(t, f.Write(&b))
	return b.Bytes()
}

func TestOwnLists(t *testing.T) {
	t.Parallel()
	head := []any{"事项编码", "事项名称", "办理时限"}
	var many strings.Builder
	many.WriteString("事项编码,事项名称\n")
	for i := range lists.MostRows + 1 {
		fmt.Fprintf(&many, "%d,某\n", i)
	}
	for _, c := range []struct {
		name, file string
		src        []byte
		want       string // of the problems; "" none
	}{
		{"text", "a.csv", []byte(own), ""},
		{"JSON", "a.JSON", []byte(`{"entries": [{"code": "W1", "name": "排水许可", "days": 20, "steps": ["受理", "决定"], "fees": "不收费"}]}`), ""},
		{"a title, wide digits, stray blanks", "a.xlsx", workbook(t, nil, []any{"某局事项清单"}, head, []any{" Ｗ１ ", " 排水许可 ", "２０ 个工作日"}), ""},
		{"no code", "a.csv", []byte("事项编码,事项名称\n,排水许可\n,采砂许可\n"), ""},
		{"no name", "a.csv", []byte("事项编码,事项名称\nW1,（）\n"), "W1"},
		{"twice", "a.csv", []byte("事项编码,事项名称\nW1,甲\nW1,乙\n"), "编码重复"},
		{"days in words", "a.csv", []byte("事项编码,事项名称,办理时限\nW1,甲,很快\n"), "看不懂“很快”"},
		{"a type nobody knows", "a.csv", []byte("事项编码,事项名称,事项类型\nW1,甲,杂项\n"), "不认识“杂项”"},
		{"a long name", "a.csv", []byte("事项编码,事项名称\nW1," + strings.Repeat("长", 301) + "\n"), "301"},
		{"a formula", "a.xlsx", workbook(t, func(f *excelize.File) { must(t, f.SetCellFormula("Sheet1", "B2", "A1")) }, head, []any{"W1", "", "20"}), "B2"},
		{"joined sideways", "a.xlsx", workbook(t, func(f *excelize.File) { must(t, f.MergeCell("Sheet1", "A2", "B2")) }, head, []any{"W1", "甲"}), "A2:B2"},
		{"a column nobody knows", "a.csv", []byte("事项编码,事项名称,心情\nW1,甲,好\n"), "心情"},
		{"no names of columns", "a.csv", []byte("W1,甲\n"), "事项编码"},
		{"nothing", "a.csv", []byte("事项编码,事项名称\n"), "没有事项"},
		{"another file", "a.doc", []byte("x"), "只收"},
		{"not a workbook", "a.xlsx", []byte("x"), "Excel"},
		{"not JSON", "a.json", []byte(`[1`), "entries"},
		{"a million rows", "a.csv", []byte(many.String()), "100000"},
	} {
		list, problems := compare.Read(c.file, bytes.NewReader(c.src), int64(len(c.src)), nil)
		switch {
		case c.want == "" && (len(problems) > 0 || len(list) == 0):
			t.Errorf("%s: %v", c.name, problems)
		case c.want != "" && (len(list) > 0 || !strings.Contains(strings.ReplaceAll(problems.Error(), " ", ""), c.want)):
			t.Errorf("%s: %d lines, %v", c.name, len(list), problems)
		case strings.Contains(problems.Error(), "⟦"):
			t.Errorf("%s: %v", c.name, problems)
		}
	}
	src := workbook(t, nil, []any{"某局事项清单"}, head, []any{" Ｗ１ ", " 排水许可 ", "２０ 个工作日"})
	list, _ := compare.Read("a.xlsx", bytes.NewReader(src), int64(len(src)), nil)
	if len(list) != 1 || list[0].Name != "排水许可" || list[0].Days.Days != 20 {
		t.Errorf("%+v", list)
	}
}

// The result is a file with a line for every line, and runs nothing.
func TestResultsAsAFile(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		id := r.begin(t, "", own+"W5,=HYPERLINK(1),,\n")
		var b bytes.Buffer
		must(t, lists.Export{Kind: compare.Results}.CSV(&b, "", compare.Entries(bg, r.Store, compare.Query{Comparison: id})))
		for _, want := range []string{"对方一项对我们几项", "公共场所卫生许可注销", "类型：对方“其他行政权力”，目录“行政许可”", "'=HYPERLINK", "待确认"} {
			if !strings.Contains(b.String(), want) {
				t.Errorf("no %s in\n%s", want, b.String())
			}
		}
		if n := strings.Count(b.String(), "\n"); n != 8 {
			t.Errorf("%d lines\n%s", n, b.String())
		}
	})
}
