package catalog

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"tongban/internal/register/lists"
	"tongban/internal/rules/gbcode"
	"tongban/internal/rules/wording"
)

// maxRows bounds a list of items: a province has some 200,000.
const maxRows = 250_000

// ListKind is the list of items (政务服务事项目录) as a kind of list: an item by its
// name, without telling how it is handled. It is read and written as every list is.
// What stands on it the catalogue keeps.
var ListKind = &lists.Kind{Key: "item", Name: "政务服务事项目录", NameEN: "Service items", Most: maxRows,
	About: "可以向政府申办的事项，由谁办，从哪天起办。", AboutEN: "What can be applied for, from which agency, and since when.",
	Source: "GB/T 39046 政务服务平台基础数据规范",
	Columns: []lists.Column{
		{Key: "code", Title: "事项编码", TitleEN: "Code", Type: lists.Item, Required: true, Also: []string{"编码", "实施编码", "事项代码"}, Help: "照原件写，31 位实施编码或本地编码"},
		{Key: "name", Title: "事项名称", TitleEN: "Service", Type: lists.Text, Required: true, Max: maxName, Also: []string{"名称", "事项"}, Help: "和事项目录里的写法一样"},
		{Key: "type", Title: "事项类型", TitleEN: "Type", Type: lists.Choice, Required: true, Choices: itemTypes(), Also: []string{"类型"}},
		{Key: "agency", Title: "主管部门", TitleEN: "Agency", Type: lists.Agency, Required: true, Also: []string{"部门", "实施主体", "责任部门"}},
		{Key: "from", Title: "起办日期", TitleEN: "From", Type: lists.Day, Also: []string{"生效日期", "开始日期"}, Help: "新事项从哪天起办，空着是当天"},
		{Key: "aliases", Title: "别名", TitleEN: "Other names", Type: lists.Text, Max: 4000, Help: "老百姓平常的叫法，用顿号隔开"},
		{Key: "source_code", Title: "原编码", TitleEN: "Code in the source", Type: lists.Code, Also: []string{"sourcecode", "来源编码"}, Help: "在原来的清单里另有编码的写"},
	}}

// itemTypes are the types of GB/T 39046, with what people call them for short.
func itemTypes() (list []lists.Option) {
	for _, key := range wording.Keys(wording.ZH) {
		t, ok := strings.CutPrefix(key, "gbcode.item_type.")
		if !ok || t == "other" {
			continue
		}
		name := gbcode.TypeName(t)
		o := lists.Option{Key: t, Title: name.In(wording.ZH), TitleEN: name.In(wording.EN)}
		o.Also = []string{t + o.Title}
		if short, is := strings.CutPrefix(o.Title, "行政"); is {
			o.Also = append(o.Also, short, t+short)
		}
		list = append(list, o)
	}
	slices.SortFunc(list, func(a, b lists.Option) int { return strings.Compare(a.Key, b.Key) })
	return list
}

// ReadList reads a list of items known by name from a file, by the ending of its
// name: .xlsx, .csv, .json. It returns either all entries or everything that is
// wrong with them; ok is false for a file of another kind.
func ReadList(name string, src []byte) (drafts []*Draft, problems []Problem, ok bool) {
	var b lists.Batch
	switch strings.ToLower(path.Ext(name)) {
	case ".xlsx":
		b = lists.ReadExcel(ListKind, bytes.NewReader(src), int64(len(src)))
	case ".csv":
		b = lists.ReadCSV(ListKind, "", bytes.NewReader(src))
	case ".json":
		b = lists.ReadJSON(ListKind, bytes.NewReader(src))
	default:
		return nil, nil, false
	}
	drafts = make([]*Draft, 0, len(b.Changes))
	wrong := b.FileRows(ListKind, func(r *lists.FileRow) { drafts = append(drafts, entryOf(r)) })
	for _, p := range wrong {
		problems = append(problems, asProblem(p))
	}
	if len(problems) > 0 {
		return nil, problems, true
	}
	return drafts, nil, true
}

// IsList tells by its name whether a file can be a list of items.
func IsList(name string) bool {
	return slices.Contains([]string{".xlsx", ".csv", ".json"}, strings.ToLower(path.Ext(name)))
}

// ReadExcel reads a list of items from a workbook.
func ReadExcel(src []byte) ([]*Draft, []Problem) {
	drafts, problems, _ := ReadList("x.xlsx", src)
	return drafts, problems
}

// ReadCSV reads a list of items from text.
func ReadCSV(src []byte) ([]*Draft, []Problem) {
	drafts, problems, _ := ReadList("x.csv", src)
	return drafts, problems
}

func asProblem(p lists.Problem) Problem {
	return Problem{File: p.Sheet, Line: p.Row, Column: p.Column, Msg: p.Msg}
}
