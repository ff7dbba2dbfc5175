package compare

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"tongban/internal/register/identity"
	"tongban/internal/register/lists"
	"tongban/internal/rules/gbcode"
	"tongban/internal/rules/reconcile"
	"tongban/internal/rules/wording"
	"tongban/internal/rules/workday"
)

// The lengths of what a line may say, in characters.
const (
	mostCode = 100
	mostName = 300
	mostCell = 4000
)

// Own is what an agency's own list looks like as a file: everything is text, and
// only the code's column and the name must be there. Systems that number nothing
// leave the code empty.
var Own = &lists.Kind{Key: "own_items", Name: "自有事项清单", NameEN: "Items of an own system", Columns: []lists.Column{
	{Key: "code", Title: "事项编码", TitleEN: "Code", Type: lists.Text, Max: mostCode},
	{Key: "name", Title: "事项名称", TitleEN: "Name", Type: lists.Text, Required: true, Max: mostName},
	{Key: "type", Title: "事项类型", TitleEN: "Type", Type: lists.Text, Max: 100},
	{Key: "agency", Title: "实施主体", TitleEN: "Agency", Type: lists.Text, Max: 200},
	{Key: "parent", Title: "上级事项编码", TitleEN: "Part of", Type: lists.Text, Max: mostCode},
	{Key: "base", Title: "基本编码", TitleEN: "Base code", Type: lists.Text, Max: mostCode},
	{Key: "steps", Title: "办理环节", TitleEN: "Steps", Type: lists.Text, Max: mostCell},
	{Key: "days", Title: "办理时限", TitleEN: "Days", Type: lists.Text, Max: 100},
	{Key: "fees", Title: "收费", TitleEN: "Fees", Type: lists.Text, Max: mostCell},
	{Key: "materials", Title: "申请材料", TitleEN: "Materials", Type: lists.Text, Max: mostCell},
}}

// Read reads an own list from a file by the ending of its name: .xlsx, .csv, .json.
// It returns either all lines or everything that is wrong with them.
func Read(name string, src io.ReaderAt, size int64, agencies []identity.Agency) ([]Line, lists.Problems) {
	var b lists.Batch
	switch lower := strings.ToLower(name); {
	case strings.HasSuffix(lower, ".csv"):
		b = lists.ReadCSV(Own, "", io.NewSectionReader(src, 0, size))
	case strings.HasSuffix(lower, ".json"):
		b = lists.ReadJSON(Own, io.NewSectionReader(src, 0, size))
	case strings.HasSuffix(lower, ".xlsx"):
		b = lists.ReadExcel(Own, src, size)
	default:
		return nil, lists.Problems{{Msg: wording.M("compare.file.kind")}}
	}
	if len(b.Problems) > 0 {
		return nil, b.Problems
	}
	return linesOf(b, agencies)
}

// linesOf makes lines of what was read.
func linesOf(b lists.Batch, agencies []identity.Agency) ([]Line, lists.Problems) {
	r := reader{agencies: map[string]string{}, seen: map[string]int{}}
	for _, a := range agencies {
		r.agencies[a.Key], r.agencies[a.Name], r.agencies[a.Short] = a.Key, a.Key, a.Key
	}
	list := make([]Line, 0, len(b.Changes))
	for i, ch := range b.Changes {
		list = append(list, r.line(i+1, ch.Content.Columns))
	}
	if len(list) == 0 && len(r.problems) == 0 {
		r.problems = lists.Problems{{Msg: wording.M("compare.file.empty")}}
	}
	if len(r.problems) > 0 {
		return nil, r.problems
	}
	return list, nil
}

// reader makes lines of rows.
type reader struct {
	agencies map[string]string
	seen     map[string]int
	problems lists.Problems
}

// line reads one row; what it calls itself is how its problems are found: its
// code, or its number among the filled rows.
func (r *reader) line(n int, row lists.Row) Line {
	cell := map[string]string{}
	called := textOf(row["code"])
	if called == "" {
		called = wording.Text(wording.ZH, "compare.file.row", "n", n)
	}
	wrong := func(column, key string, pairs ...any) {
		r.problems = append(r.problems, lists.Problem{Code: called, Column: Own.Column(column).Title, Msg: wording.M(key, pairs...)})
	}
	for _, c := range Own.Columns {
		s := textOf(row[c.Key])
		if got := utf8.RuneCountInString(s); int64(got) > c.Max {
			wrong(c.Key, "compare.file.long", "max", c.Max, "got", got)
			s = ""
		}
		cell[c.Key] = s
	}
	l := Line{Code: cell["code"], Name: cell["name"], Parent: cell["parent"], Base: cell["base"], Agency: cell["agency"]}
	if reconcile.Fold(l.Name) == "" {
		wrong("name", "compare.file.name")
	}
	if first := r.seen[l.Code]; l.Code != "" && first > 0 {
		wrong("code", "compare.file.twice", "first", first, "n", n)
	}
	r.seen[l.Code] = n
	if key, known := r.agencies[l.Agency]; known {
		l.Agency = key
	}
	var ok bool
	if l.Type, ok = typeOf(cell["type"]); !ok {
		wrong("type", "compare.file.type", "got", cell["type"])
	}
	if l.Days, ok = termOf(cell["days"]); !ok {
		wrong("days", "compare.file.days", "got", cell["days"])
	}
	l.Steps, l.Materials = parted(cell["steps"]), parted(cell["materials"])
	if l.Fees = parted(cell["fees"]); len(l.Fees) == 1 && free[l.Fees[0]] {
		l.Fees = []string{}
	}
	if len(l.Materials) == 1 && (l.Materials[0] == "无" || l.Materials[0] == "不需要") {
		l.Materials = []string{}
	}
	return l
}

// free are ways to say that nothing is charged.
var free = map[string]bool{"不收费": true, "免费": true, "无": true, "否": true, "0": true, "不收取费用": true, "无收费": true}

// textOf is a cell as text; a list, as programs send it, has one line for each.
func textOf(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return strings.TrimSpace(strings.ToValidUTF8(v, ""))
	case bool:
		return map[bool]string{true: "是", false: "否"}[v]
	case json.Number:
		return v.String()
	case []any:
		parts := make([]string, len(v))
		for i, x := range v {
			parts[i] = textOf(x)
		}
		return strings.Join(parts, "\n")
	}
	return strings.TrimSpace(fmt.Sprint(v))
}

var between = regexp.MustCompile(`[、；;\n\r→]|->|－>`)

// parted reads what a cell lists; nil when it says nothing.
func parted(s string) (list []string) {
	for _, part := range between.Split(s, -1) {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

// types are the types of items by name and code.
var types = func() map[string]string {
	m := map[string]string{"": ""}
	for _, code := range []string{"01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "20"} {
		m[code] = code
		m[gbcode.TypeName(code).In(wording.ZH)] = code
	}
	for name, code := range map[string]string{"许可": "01", "处罚": "02", "强制": "03", "征收": "04", "给付": "05", "检查": "06", "确认": "07", "奖励": "08", "裁决": "09",
		"其他": "10", "其他权力": "10", "其他行政权力": "10", "其他类": "10", "公共服务": "20", "行政审批": "01", "1": "01", "5": "05", "7": "07", "8": "08", "9": "09"} {
		m[name] = code
	}
	return m
}()

func typeOf(s string) (string, bool) {
	code, ok := types[s]
	return code, ok
}

var term = regexp.MustCompile(`^([0-9０-９]{1,4})\s*个?(工作日|日历日|自然日|日|天)?(内|以内)?$`)

// termOf reads a limit as people write it: 20, 20个工作日, 30日. Days without a word
// are working days (行政许可法第八十二条).
func termOf(s string) (workday.Term, bool) {
	if s == "" || s == "无" || s == "即办" || s == "当场办结" || s == "即时办结" {
		return workday.Term{}, true
	}
	m := term.FindStringSubmatch(s)
	if m == nil {
		return workday.Term{}, false
	}
	n, err := strconv.Atoi(strings.Map(func(r rune) rune {
		if r >= '０' && r <= '９' {
			return r - '０' + '0'
		}
		return r
	}, m[1]))
	t := workday.Term{Days: n, Unit: workday.WorkingDays}
	if m[2] == "日历日" || m[2] == "自然日" {
		t.Unit = workday.CalendarDays
	}
	return t, err == nil
}
