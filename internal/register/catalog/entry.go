package catalog

import (
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"tongban/internal/rules/day"
	"tongban/internal/rules/gbcode"
	"tongban/internal/rules/wording"
)

// An entry of a list names an item without telling how it is handled: name,
// code, type, agency and, where the list has them, aliases, the code in the
// source and the day from which it holds.

// column is a column of a list.
type column struct {
	key   string   // stable; catalog.column.<key> is its head
	heads []string // what else a head may be, folded
	must  bool
}

var columns = []column{
	{"name", []string{"name", "事项名称", "名称", "事项"}, true},
	{"code", []string{"code", "事项编码", "编码", "实施编码", "事项代码"}, true},
	{"type", []string{"type", "事项类型", "类型"}, true},
	{"agency", []string{"agency", "主管部门", "部门", "实施主体", "责任部门"}, true},
	{"aliases", []string{"aliases", "别名"}, false},
	{"source_code", []string{"source_code", "sourcecode", "原编码", "来源编码"}, false},
	{"from", []string{"from", "起办日期", "生效日期", "开始日期"}, false},
}

// label is the name of a column for people, with its letter: B（事项编码）.
func (c column) label(letter string) string {
	return letter + "（" + wording.Text(wording.ZH, "catalog.column."+c.key) + "）"
}

// headOf finds the column that a head names.
func headOf(head string) (int, bool) {
	h := fold(head, true)
	i := slices.IndexFunc(columns, func(c column) bool { return slices.Contains(c.heads, h) })
	return i, i >= 0
}

// row is a row of a list, its cells by column key, as they were typed.
type row struct {
	sheet   string
	line    int
	cells   map[string]string
	letters map[string]string // column key → letter
}

func (r row) problem(key, message string, pairs ...any) Problem {
	i := slices.IndexFunc(columns, func(c column) bool { return c.key == key })
	return Problem{File: r.sheet, Line: r.line, Column: columns[i].label(r.letters[key]), Msg: wording.M(message, pairs...)}
}

// draft makes an entry of a row, or says what is wrong with each cell.
func (r row) draft() (*Draft, []Problem) {
	var wrong []Problem
	d := &Draft{Item: Item{Format: Format, Name: tidy(r.cells["name"]), Agency: tidy(r.cells["agency"])}}
	for _, c := range columns {
		if c.must && tidy(r.cells[c.key]) == "" {
			wrong = append(wrong, r.problem(c.key, "catalog.list.empty"))
		}
	}
	if n := len([]rune(d.Name)); n > maxName {
		wrong = append(wrong, r.problem("name", "catalog.list.long", "max", maxName, "got", n))
	}
	if s := r.cells["code"]; tidy(s) != "" {
		it, err := gbcode.ParseItem(s, nil)
		if err != nil {
			wrong = append(wrong, r.problem("code", "catalog.list.code", "why", asMessage(err)))
		}
		d.Code = it.Code
	}
	var ok bool
	if s := tidy(r.cells["type"]); s != "" {
		if d.Type, ok = typeOf(s); !ok {
			wrong = append(wrong, r.problem("type", "catalog.check.type", "got", s, "known", typeList()))
		}
	}
	if s := tidy(r.cells["from"]); s != "" {
		if d.InForce.From, ok = dayOf(s); !ok {
			wrong = append(wrong, r.problem("from", "catalog.list.day", "got", s))
		}
	}
	d.Aliases = split(r.cells["aliases"])
	if s := gbcode.Normalize(r.cells["source_code"]); s != d.Code {
		d.SourceCode = s
	}
	i := slices.IndexFunc(columns, func(c column) bool { return c.key == "agency" })
	d.from = Problem{File: r.sheet, Line: r.line, Column: columns[i].label(r.letters["agency"])}
	d.write()
	return d, wrong
}

// write writes the entry as an item.yaml of its own.
func (d *Draft) write() {
	if !d.NameOnly() {
		return
	}
	b, err := yaml.MarshalWithOptions(d.Item, yaml.OmitEmpty())
	if err != nil {
		panic(err) // texts and days only
	}
	d.ItemYAML = b
}

// readEntry reads an entry back from its item.yaml.
func readEntry(written []byte) (*Draft, error) {
	d := &Draft{ItemYAML: written}
	return d, yaml.Unmarshal(written, &d.Item)
}

// tidy takes off blanks at the ends and characters that are not seen, makes
// runs of blanks one, and leaves everything else as it was typed.
func tidy(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\u200b' || r == '\ufeff' || r == '\u2060':
			return -1
		case r < 0x20 || r == 0x3000 || r == 0xa0:
			return ' '
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// split reads a list within a cell.
func split(s string) []string {
	var out []string
	for _, f := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("、，,；;|\n", r) }) {
		if f = tidy(f); f != "" && !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}

// typeOf reads a type of GB/T 39046: its digits, also where a workbook took the
// zero for a number's, or its name, also without 行政.
func typeOf(s string) (string, bool) {
	s = fold(s, true)
	if len(s) == 1 && s >= "1" && s <= "9" {
		s = "0" + s
	}
	if knownType(s) {
		return s, true
	}
	for _, k := range wording.Keys(wording.ZH) {
		t, ok := strings.CutPrefix(k, "gbcode.item_type.")
		name := fold(wording.Text(wording.ZH, k), true)
		if ok && t != "other" && (s == name || "行政"+s == name || s == t+name) {
			return t, true
		}
	}
	return "", false
}

// dayOf reads a day as people write it: 2026-01-31, 2026/1/31, 2026.1.31,
// 20260131, 2026年1月31日, full-width digits too.
func dayOf(s string) (day.Day, bool) {
	s = strings.NewReplacer("年", "-", "月", "-", "日", "", "/", "-", ".", "-").Replace(fold(s, true))
	if len(s) == 8 && !strings.Contains(s, "-") {
		s = s[:4] + "-" + s[4:6] + "-" + s[6:]
	}
	p := strings.Split(s, "-")
	if len(p) != 3 || len(p[0]) != 4 {
		return 0, false
	}
	for i := 1; i < 3; i++ {
		if len(p[i]) == 1 {
			p[i] = "0" + p[i]
		}
	}
	d, err := day.Parse(strings.Join(p, "-"))
	return d, err == nil
}
