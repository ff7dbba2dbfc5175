package catalog

import (
	"strings"

	"tongban/internal/register/lists"
	"tongban/internal/rules/gbcode"
	"tongban/internal/rules/wording"
)

// GuideKind is a guide as an entry of a list, so that what changed between two
// versions is told as it is told of a list.
var GuideKind = &lists.Kind{Key: "guide", Name: "办事指南", NameEN: "Guide",
	Columns: []lists.Column{
		text("code", "事项编码", "Code"), text("name", "事项名称", "Service"), text("type", "事项类型", "Type"), text("agency", "主管部门", "Agency"),
		text("situation", "适合的情形", "For whom"), text("summary", "一句话说明", "Summary"), text("facts", "怎么办", "How it is handled"), text("who", "谁可以申请", "Who may apply"), text("fees", "收费", "Fees"),
		text("result", "办理结果", "Result"), text("delivery", "怎么领取", "Delivery"), text("contact", "咨询和投诉", "Contact"),
	},
	Tables: []lists.Table{
		{Key: "conditions", Title: "申请条件", TitleEN: "Conditions", Columns: []lists.Column{text("text", "条件", "Condition")}},
		{Key: "materials", Title: "申请材料", TitleEN: "Materials", Columns: []lists.Column{text("name", "材料", "Material"), text("from", "来源", "Source"), text("needed", "要不要", "Needed"), text("how", "怎么准备", "How"), text("basis", "依据", "Basis")}},
		{Key: "steps", Title: "办理流程", TitleEN: "Steps", Columns: []lists.Column{text("name", "环节", "Step"), text("agency", "谁办", "Agency"), text("term", "多久", "Time"), text("note", "说明", "Note"), text("basis", "依据", "Basis"), text("risk", "风险点", "Risk"), text("guard", "防控", "Guard")}},
		{Key: "limits", Title: "办理期限", TitleEN: "Limits", Columns: []lists.Column{text("name", "期限", "Limit"), text("term", "多久", "Time"), text("article", "依据", "Basis")}},
		{Key: "basis", Title: "依据", TitleEN: "Legal basis", Columns: []lists.Column{text("article", "条款", "Article"), text("text", "原文", "Text")}},
		{Key: "faq", Title: "常见问题", TitleEN: "Questions", Columns: []lists.Column{text("q", "问", "Question"), text("a", "答", "Answer")}},
	}}

func text(key, title, en string) lists.Column {
	return lists.Column{Key: key, Title: title, TitleEN: en, Type: lists.Text}
}

// Differences is what a version tells otherwise than an earlier one, column by
// column and row by row, in Chinese; either may be nil. Agencies are called as
// called says.
func Differences(was, is *Version, called func(agency string) string) []lists.FieldChange {
	entry := func(v *Version) *lists.Entry {
		if v == nil {
			return nil
		}
		e := told(v, called)
		return &e
	}
	return GuideKind.Compare(entry(was), entry(is), lists.Names{})
}

// told is what the guide of a version says, as an entry.
func told(v *Version, called func(string) string) lists.Entry {
	g := guide{v: v, lang: wording.ZH}
	cells := func(pairs ...string) lists.Row {
		r := lists.Row{}
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i+1] != "" {
				r[pairs[i]] = pairs[i+1]
			}
		}
		return r
	}
	words := func(list []string, key string) string {
		var out []string
		for _, x := range list {
			out = append(out, g.say(key+x))
		}
		return strings.Join(out, listed)
	}
	c := lists.Content{Tables: map[string][]lists.Row{}}
	add := func(table string, pairs ...string) { c.Tables[table] = append(c.Tables[table], cells(pairs...)) }
	pairs := []string{"code", v.Code, "name", v.Name, "type", gbcode.TypeName(v.Type).In(wording.ZH), "agency", called(v.Agency), "situation", v.Situation, "summary", v.Summary, "who", words(v.Applicants, "word.who."),
		"delivery", words(v.Delivery, "word.delivery."), "contact", strings.Join([]string{v.Contact.Phone, v.Contact.Address, v.Contact.Hours, v.Complaint}, " ")}
	for _, x := range v.Conditions {
		add("conditions", "text", x)
	}
	for _, x := range v.Materials {
		p, needed := g.paper(x), ""
		if p.Required {
			needed = wording.Text(wording.ZH, "lists.yes")
		}
		add("materials", "name", p.Name, "from", p.From, "needed", needed, "how", strings.Join([]string{p.How, p.By, p.Defer}, " "), "basis", p.Basis)
	}
	for _, x := range v.Basis {
		add("basis", "article", x.Cited(), "text", x.Text)
	}
	for _, x := range v.FAQ {
		add("faq", "q", x.Q, "a", x.A)
	}
	if v.Complete() {
		pairs = append(pairs, "facts", strings.Join(g.facts(), listed), "fees", g.fees())
		if r := g.result(); r != nil {
			pairs = append(pairs, "result", strings.Join([]string{r.Name, r.Valid}, " "))
		}
		for _, x := range g.steps() {
			body := ""
			if x.Agency != "" {
				body = called(x.Agency)
			}
			add("steps", "name", x.Name, "agency", body, "term", x.Term, "note", x.Note, "basis", x.Basis, "risk", x.Risk, "guard", x.Guard)
		}
		for _, x := range g.limits() {
			add("limits", "name", x.Name, "term", x.Term, "article", x.Article)
		}
	}
	c.Columns = cells(pairs...)
	return lists.Entry{List: GuideKind.Key, Code: v.Code, Name: v.Name, N: v.N, Span: v.Span, Content: c}
}
