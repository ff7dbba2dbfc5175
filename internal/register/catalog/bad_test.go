package catalog_test

import (
	"os"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"tongban/internal/register/catalog"
	"tongban/internal/rules/wording"
)

// bad is a change that makes a good item bad: what is replaced, by what, in
// which file the problem is named, and what the sentence says.
type bad struct {
	name, slug, was, now string
	file, says           string
}

var bads = []bad{
	{"an unknown key", "food-workshop", "joint: true", "jointly: true", "item.yaml", "jointly"},
	{"a key twice", "food-workshop", "joint: true", "joint: true\njoint: false", "item.yaml", "写过"},
	{"a number for yes or no", "food-workshop", "joint: true", "joint: 1", "item.yaml", "true 或 false"},
	{"a type without quotes", "food-workshop", `type: "01"`, "type: 01", "item.yaml", "加引号"},
	{"a text for a list", "food-workshop", "channels: [online, window]", "channels: online", "item.yaml", "列表"},
	{"a day that is not", "food-workshop", "from: 2025-01-01", "from: 2025-02-30", "item.yaml", "日期"},
	{"an anchor", "food-workshop", "joint: true", "joint: &j true", "item.yaml", "照写"},
	{"no YAML", "food-workshop", "joint: true", "joint: [true", "item.yaml", "缩进"},
	{"another format", "food-workshop", "tongban-item/1", "tongban-item/9", "item.yaml", "tongban-item/1"},
	{"a wrong code", "food-workshop", `code: "11990124YH0000034J`, `code: "11990124YH0000034K`, "item.yaml", "校验位"},
	{"an unknown type", "food-workshop", `type: "01"`, `type: "77"`, "item.yaml", "77"},
	{"an unknown kind", "food-workshop", "kind: promised", "kind: slow", "item.yaml", "promised"},
	{"an unknown applicant", "food-workshop", "applicants: [person, legal]", "applicants: [person, robot]", "item.yaml", "robot"},
	{"no role", "food-workshop", "env: sthj, ", "", "item.yaml", "env"},
	{"the role of a task gone", "food-workshop", "market: scjg, ", "", "flow.bpmn", "market"},
	{"ended before it began", "food-workshop", "{from: 2025-01-01}", "{from: 2025-01-01, until: 2024-12-31}", "item.yaml", "2025年1月1日"},
	{"a basis without article", "food-workshop", "article: 第七条", `article: ""`, "item.yaml", "article"},
	{"a catch-all material", "food-workshop", "name: 经营场所平面图", "name: 其他材料", "item.yaml", "其他材料"},
	{"a catch-all in brackets", "food-workshop", "name: 经营场所平面图", "name: （其它相关材料）", "item.yaml", "看不出要交什么"},
	{"a catch-all at the end", "food-workshop", "name: 经营场所平面图", "name: 法律规定的其他材料", "item.yaml", "看不出要交什么"},
	{"a material twice", "food-workshop", "key: photo", "key: plan", "item.yaml", "两遍"},
	{"supplied without element", "food-workshop", "    element: licence.identity\n", "", "item.yaml", "数据元"},
	{"supplied by a value", "food-workshop", "element: licence.identity", "element: person.name", "item.yaml", "数据元"},
	{"an unknown source", "food-workshop", "source: self", "source: sky", "item.yaml", "sky"},
	{"an unknown file type", "food-workshop", "formats: [jpg, png, pdf]", "formats: [jpg, exe]", "item.yaml", "exe"},
	{"no why", "food-workshop", "why: 用来和平面图对照，减少上门的次数。", `why: ""`, "item.yaml", "为什么"},
	{"a condition on no field", "food-workshop", `applicant.kind == "legal"'`, `form.nothing == "legal"'`, "item.yaml", "form.nothing"},
	{"a condition that is none", "food-workshop", `applicant.kind == "legal"'`, `applicant.kind =='`, "item.yaml", "条件"},
	{"promised beyond statutory", "food-workshop", "promised:  {days: 20", "promised:  {days: 46", "item.yaml", "46"},
	{"promised in other days", "food-workshop", "promised:  {days: 20, unit: working", "promised:  {days: 20, unit: calendar", "item.yaml", "单位"},
	{"an unknown unit", "food-workshop", "promised:  {days: 20, unit: working", "promised:  {days: 20, unit: moons", "item.yaml", "moons"},
	{"joint beyond 45", "food-workshop", "statutory: {days: 45", "statutory: {days: 46", "item.yaml", "45"},
	{"not joint beyond 20", "food-workshop", "joint: true", "joint: false", "item.yaml", "20"},
	{"a notice after 6 days", "food-workshop", "notice:    {days: 5", "notice:    {days: 6", "item.yaml", "第三十二条"},
	{"delivery after 11 days", "food-workshop", "deliver:   {days: 10", "deliver:   {days: 11", "item.yaml", "第四十四条"},
	{"an extension of 16", "food-workshop", "extension: {days: 15", "extension: {days: 16", "item.yaml", "第四十二条"},
	{"approved by the wrong head", "food-workshop", "approver: leader", "approver: head", "item.yaml", "leader"},
	{"approved by nobody", "food-workshop", ", approver: leader", "", "item.yaml", "approver"},
	{"an extension without article", "food-workshop", "extension: {days: 15, unit: working, article: 行政许可法第四十二条", `extension: {days: 15, unit: working, article: ""`, "item.yaml", "article"},
	{"reminded after the end", "food-workshop", "remind:    {days: 20", "remind:    {days: 30", "item.yaml", "早于"},
	{"a lapse by no article", "food-workshop", `lapse:     {days: 30, unit: calendar, article: "", configured: true}`, `lapse:     {days: 30, unit: calendar, article: "", configured: false}`, "item.yaml", "configured"},
	{"deemed, and no licence", "senior-card", "deemed: false", "deemed: true", "item.yaml", "第三十二条"},
	{"a licence not deemed", "food-workshop", "deemed: true", "deemed: false", "item.yaml", "第三十二条"},
	{"a visit that stops the clock", "food-workshop", "kind: testing", "kind: visit", "item.yaml", "第四十五条"},
	{"a pause by another article", "food-workshop", "role: env, article: 行政许可法第四十五条", "role: env, article: 行政许可法第三十四条", "item.yaml", "第四十五条"},
	{"a pause without basis", "food-workshop", "basis: 示范办法第十一条, days: 10", `basis: "", days: 10`, "item.yaml", "basis"},
	{"one officer", "food-workshop", "role: fire, officers: 2", "role: fire, officers: 1", "item.yaml", "两人"},
	{"officers by two counts", "food-workshop", "role: fire, officers: 2", "role: fire, officers: 3", "flow.bpmn", "3"},
	{"a visit nobody makes", "food-workshop", "role: fire, officers: 2", "role: env, officers: 2", "item.yaml", "env"},
	{"no fee named", "food-workshop", "text: 不收费。水质检测的费用由县财政承担。", `text: ""`, "item.yaml", "收费"},
	{"a fee without basis", "food-workshop", "fees: {charged: false, text: 不收费。水质检测的费用由县财政承担。, basis: 行政许可法第五十八条；示范办法第十一条}", "fees: {charged: true, text: 每件10元}", "item.yaml", "依据"},
	{"a short licence type", "food-workshop", `licence_type: "11990124YH0000034J901"`, `licence_type: "11990124YH0000034J"`, "item.yaml", "21"},
	{"a wrong licence type", "food-workshop", `licence_type: "11990124YH0000034J901"`, `licence_type: "11990124YH0000034K901"`, "item.yaml", "校验位"},
	{"a result from no field", "food-workshop", "value: form.area", "value: form.arena", "item.yaml", "form.arena"},
	{"a result from nowhere", "food-workshop", "value: applicant.name", "value: officer.name", "item.yaml", "officer.name"},
	{"an unknown channel", "food-workshop", "channels: [online, window]", "channels: [online, window, pigeon]", "item.yaml", "pigeon"},
	{"trips not told", "food-workshop", "trips: {online: 0, window: 1}", "trips: {online: 0}", "item.yaml", "window"},
	{"an unknown delivery", "food-workshop", "delivery: [window, courier]", "delivery: [drone]", "item.yaml", "drone"},
	{"a part without class", "food-workshop", "test: handle, ", "", "item.yaml", "检测"},
	{"one class for review and decision", "food-workshop", "review: handle, visit", "review: decide, visit", "item.yaml", "审查和决定要分开"},
	{"no telephone", "food-workshop", "phone: 0999-5550301", `phone: ""`, "item.yaml", "咨询电话"},
	{"nowhere to complain", "food-workshop", `complaint: "12345"`, `complaint: ""`, "item.yaml", "投诉"},
	{"an unknown post", "food-workshop", `tb:post="inspector"`, `tb:post="king"`, "flow.bpmn", "king"},
	{"an unknown part", "food-workshop", `tb:part="test"`, `tb:part="guess"`, "flow.bpmn", "guess"},
	{"nobody accepts", "food-workshop", `tb:part="accept"`, `tb:part="review"`, "item.yaml", "受理"},
	{"a second decision", "food-workshop", `tb:post="inspector" tb:part="visit" tb:officers="2"`, `tb:post="decider" tb:part="decide"`, "flow.bpmn", "只作一次决定"},
	{"an unknown action", "food-workshop", `tb:action="issue"`, `tb:action="dance"`, "flow.bpmn", "dance"},
	{"decided by another body", "food-workshop", `name="决定" tb:role="market"`, `name="决定" tb:role="env"`, "item.yaml", "env"},
	{"a split without default", "food-workshop", ` default="flow_granted_granted_join"`, "", "flow.bpmn", "默认"},
	{"a flow condition on no field", "food-workshop", `decision == "granted"`, `form.nope == "granted"`, "flow.bpmn", "form.nope"},
	{"an XML bomb", "food-workshop", `<bpmn:definitions`, `<!DOCTYPE x [<!ENTITY a "aa">]><bpmn:definitions`, "flow.bpmn", "DOCTYPE"},
	{"a form that is no JSON", "food-workshop", `"type": "object"`, `"type": object`, "form.json", "JSON"},
	{"an unknown form keyword", "food-workshop", `"type": "object"`, `"typo": 1, "type": "object"`, "form.json", "typo"},
}

func TestEachKindOfBadInputIsNamedWithItsPlace(t *testing.T) {
	t.Parallel()
	for _, x := range bads {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			d, problems := written(t, x.slug, x.was, x.now)
			if d != nil || len(problems) == 0 {
				t.Fatal("taken")
			}
			found := false
			for _, p := range problems {
				text := p.Sentence().In(wording.ZH)
				if strings.Contains(text, "⟦") || strings.Contains(text, "{") && !strings.Contains(x.now, "{") {
					t.Errorf("unfinished sentence: %s", text)
				}
				found = found || p.File == x.file && strings.Contains(text, x.says)
			}
			if !found {
				t.Errorf("no problem in %s that says %q:\n%s", x.file, x.says, catalog.Problems(problems))
			}
		})
	}
}

func TestTheLineIsTheLine(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(path.Join(county, "food-workshop", "item.yaml"))
	must(t, err)
	for i, line := range strings.Split(string(b), "\n") {
		was, now := "", ""
		switch {
		case strings.HasPrefix(line, "    max_mb: 10"):
			continue // several of the same
		case strings.HasPrefix(line, "complaint:"):
			was, now = line, "komplaint: x"
		case strings.HasPrefix(line, "    name: 营业执照"):
			was, now = line, "    name: 其他材料"
		case strings.HasPrefix(line, "  deliver:"):
			was, now = line, "  deliver: {days: 99, unit: working, article: x}"
		case strings.Contains(line, "value: form.category"):
			was, now = line, "    - {label: x, value: form.c}"
		default:
			continue
		}
		_, problems := written(t, "food-workshop", was, now)
		if len(problems) == 0 || problems[0].Line != i+1 {
			t.Errorf("%s: line %d, named %v", now, i+1, catalog.Problems(problems))
		}
	}
}

// Another law may set a longer term (行政许可法 42: 法律、法规另有规定的，依照其规定), when
// it stands in the basis and is no invention.
func TestAnotherLawMaySetTheTerm(t *testing.T) {
	t.Parallel()
	longer := []string{"statutory: {days: 45, unit: working, article: 行政许可法第四十二条}", "statutory: {days: 60, unit: working, article: 种子法第三十一条}"}
	if _, problems := written(t, "food-workshop", longer...); len(problems) == 0 {
		t.Error("a law that is not in the basis")
	}
	cited := append(longer, "basis:\n", "basis:\n  - {law: 中华人民共和国种子法, article: 第三十一条}\n")
	if _, problems := written(t, "food-workshop", cited...); len(problems) > 0 {
		t.Error(catalog.Problems(problems))
	}
	invented := append(longer, "basis:\n", "basis:\n  - {law: 中华人民共和国种子法, article: 第三十一条, invented: true}\n")
	if _, problems := written(t, "food-workshop", invented...); len(problems) == 0 {
		t.Error("an invented law set a longer term")
	}
}

func TestAFolderWithoutAFile(t *testing.T) {
	t.Parallel()
	_, problems := catalog.ReadFolder(fstest.MapFS{"x/item.yaml": {Data: []byte("format: tongban-item/1\n")}}, "x")
	if len(problems) != 2 || !strings.Contains(catalog.Problems(problems).Error(), "flow.bpmn") {
		t.Fatal(catalog.Problems(problems))
	}
	_, problems = catalog.ReadFolder(fstest.MapFS{"x/item.yaml": {Data: make([]byte, 5<<20)}, "x/flow.bpmn": {}, "x/form.json": {}}, "x")
	if len(problems) == 0 {
		t.Fatal("a file of 5 MB was taken")
	}
}

// FuzzRead: whatever the three files hold, reading ends with a draft or with problems.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"food-workshop", "senior-card"} {
		var b [3][]byte
		for i, name := range []string{"item.yaml", "flow.bpmn", "form.json"} {
			b[i], _ = os.ReadFile(path.Join(county, s, name))
		}
		f.Add(b[0], b[1], b[2])
	}
	f.Add([]byte("a: &a [*a]"), []byte("<a/>"), []byte("{}"))
	f.Add([]byte("- 1"), []byte(""), []byte("[]"))
	f.Add([]byte("? {x: 1}\n: 2"), []byte(""), []byte("[]"))
	f.Add([]byte("code: !!binary aGk=\n<<: {a: 1}"), []byte(""), []byte("1"))
	f.Fuzz(func(t *testing.T, item, flow, form []byte) {
		d, problems := catalog.Read(item, flow, form)
		if (d == nil) == (len(problems) == 0) {
			t.Fatalf("draft %t, %d problems", d != nil, len(problems))
		}
		for _, p := range problems {
			if p.Msg.In(wording.ZH) == "" {
				t.Fatal("a problem without words")
			}
		}
	})
}
