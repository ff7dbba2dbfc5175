package lists_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
	"tongban/internal/web/laws"
	listpages "tongban/internal/web/lists"
	"tongban/internal/web/portal"
	"tongban/internal/web/webtest"
)

// world is the county with lists that changed on two days.
type world struct {
	*webtest.World
	first, second day.Day
	editor        act.Actor
}

// The codes of the entries that the tests bring.
const (
	foodCode  = "TBT0100-01"
	fineCode  = "TBT0200-02"
	townCode  = "TBT0900-03"
	feeCode   = "TBT30-01"
	hostile   = "=HYPERLINK(\"http://x.invalid\",\"点我\")<script>alert(1)</script>"
	firstPage = 20
)

func found(t *testing.T, seed uint64) *world {
	t.Helper()
	w := &world{World: webtest.Found(t, seed, nil, listpages.Mount, portal.Mount, laws.Mount)}
	var err error
	w.editor, err = w.County.Actor(t.Context(), "zfb_catalogue_1")
	must(t, err)
	w.first = w.Clock.Now().Day()
	w.change(t, lists.Batch{List: "power", Document: "云政发〔2026〕3号", Reason: "清单公布", Changes: []lists.Change{
		{Content: w.food()}, {Content: power(fineCode, hostile, "处罚", "xfjy")}, {Content: power("TBT0300-03", "以后取消的一项", "检查", "scjg")},
	}})
	w.change(t, lists.Batch{List: "township_power", Document: "云政发〔2026〕4号", Reason: "乡镇清单公布", Changes: []lists.Change{{Content: town(w.County.Towns[0])}}})
	w.change(t, lists.Batch{List: "hall", Document: "云政发〔2026〕5号", Reason: "进驻清单公布", Region: "990124", Changes: []lists.Change{{Content: w.out()}}})
	w.Clock.Set(w.Clock.Now() + 40*24*3600*day.Second)
	w.second = w.Clock.Now().Day()
	food := w.food()
	food.Columns["name"], food.Columns["hotline"] = "食品作坊经营许可（改名）", "12345"
	food.Tables["duties"][0]["text"] = "一次告知要补的全部材料"
	w.change(t, lists.Batch{List: "power", Document: "云政发〔2026〕9号", Reason: "法规修改", Changes: []lists.Change{
		{Content: food}, {Op: lists.End, Code: "TBT0300-03"}, {Content: power("TBT0400-04", "新增的一项", "奖励", "scjg")},
	}})
	return w
}

func must(t testing.TB, err error) {
	t.Helper()
	if e, ok := err.(*act.Error); ok {
		for _, f := range e.Fields {
			t.Log(f.Msg)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) change(t *testing.T, b lists.Batch) {
	t.Helper()
	a := w.editor
	if b.List == "fee_admin" {
		a = act.Machine()
	}
	_, err := w.House.Lists.Change(t.Context(), a, "", b)
	must(t, err)
}

// food is the power behind an item that is handled here.
func (w *world) food() lists.Content {
	c := power(foodCode, "食品作坊经营许可", "许可", "scjg")
	c.Columns["item"] = w.County.Items["food-workshop"].Code
	c.Tables["basis"] = []lists.Row{{"article": "《行政许可法》第三十二条第一款", "text": "行政机关对申请人提出的行政许可申请"}, {"article": "《没有的法》第九十九条"}}
	c.Tables["risks"] = []lists.Row{{"step": "受理", "text": "超范围要材料", "grade": "高", "guard": "只按清单要"}}
	return c
}

func power(code, name, kind, agency string) lists.Content {
	return lists.Content{Columns: lists.Row{"code": code, "name": name, "type": "行政" + kind, "agency": agency}, Tables: map[string][]lists.Row{
		"basis":      {{"article": "《行政许可法》第三十二条"}},
		"duties":     {{"step": "受理", "text": "公示应当提交的材料", "article": "《行政许可法》第三十条"}, {"step": "决定", "text": "说明理由"}},
		"situations": {{"text": "不在办公场所公示的", "article": "《行政许可法》第七十二条"}},
	}}
}

func town(region string) lists.Content {
	c := power(townCode, "乡镇的一项权力", "检查", "")
	delete(c.Columns, "agency")
	c.Columns["region"] = region
	return c
}

// out is an item that is not at the hall, with the reason.
func (w *world) out() lists.Content {
	return lists.Content{Columns: lists.Row{"code": w.County.Items["food-workshop"].Code, "name": "食品作坊经营许可", "agency": "scjg", "type": "未进驻", "reason": "涉及现场核查，暂不进驻"}}
}

// TestLists reads the lists of one county, in the order in which they change.
func TestLists(t *testing.T) {
	t.Parallel()
	w := found(t, 81)
	for _, x := range []struct {
		name string
		test func(*testing.T, *world)
	}{
		{"lists are read on any day", listsAreReadOnAnyDay},
		{"an entry leads on and keeps its versions", anEntryLeadsOnAndKeepsItsVersions},
		{"what changed stands side by side", whatChangedStandsSideBySide},
		{"pages hold each entry once", pagesHoldEachEntryOnce},
		{"nonsense in an address", nonsenseInAnAddress},
		{"pages are whole", pagesAreWhole},
		{"files are what was asked for", filesAreWhatWasAskedFor},
		{"files are as their schema says", filesAreAsTheirSchemaSays},
		{"items are a list too", itemsAreAListToo},
		{"the feed has every change once", theFeedHasEveryChangeOnce},
	} {
		t.Run(x.name, func(t *testing.T) {
			w.T = t
			x.test(t, w)
		})
	}
}

// The lists are read, searched and cut without script, on any day.
func listsAreReadOnAnyDay(t *testing.T, w *world) {
	b := w.Anybody()
	b.Get("/").Follow("清单公开").Is(200).Says("部门权责清单", "乡镇权责清单", "行政事业性收费目录清单", "最近调整")
	b.Get("/lists/power?q=食品作坊").Is(200).Says("食品作坊经营许可（改名）", foodCode, "市场监督管理局")
	b.Get("/lists/power?q="+foodCode+"&on="+w.first.String()).Is(200).Says("食品作坊经营许可", "下面是")
	if strings.Contains(b.Text(), "改名") {
		t.Error("the list of the first day knows the second")
	}
	b.Get("/lists/power?q=" + foodCode + "&on=" + (w.first - 1).String()).Is(200).Says("没有符合条件的")
	b.Get("/lists/power?q=TBT0300-03").Is(200).Says("没有符合条件的")
	b.Get("/lists/power?agency=xfjy&type=02&q="+fineCode).Is(200).Says("消防救援大队", "行政处罚", "已筛选 2 项")
	if strings.Contains(b.Page, "<script>alert") {
		t.Error("a name comes back as markup")
	}
	b.Get("/lists/township_power?q=" + townCode + "&region=" + w.County.Towns[0]).Is(200).Says("乡镇的一项权力")
	b.Get("/lists/hall?type=out&q=食品作坊").Is(200).Says("未进驻", "涉及现场核查，暂不进驻")
}

// An entry shows its tables, leads to articles, to the item and to its flow, and
// keeps each version under its own address.
func anEntryLeadsOnAndKeepsItsVersions(t *testing.T, w *world) {
	b := w.Anybody()
	item := fmt.Sprintf("/items/%d", w.County.Items["food-workshop"].ID)
	b.Get("/lists/power/"+foodCode).Is(200).Says("食品作坊经营许可（改名）", "设定依据", "责任事项", "追责情形", "廉政风险点", "超范围要材料", "第2版", "云政发〔2026〕9号", "与第1版的不同",
		"公示应当提交的材料", "一次告知要补的全部材料", "《没有的法》第九十九条")
	for _, href := range []string{"/laws/administrative-licensing/32", "/laws/administrative-licensing/72", item, item + "/flow.svg", "/lists/power/" + foodCode + "/v1"} {
		if !strings.Contains(b.Page, `href="`+href+`"`) {
			t.Errorf("the entry does not lead to %s", href)
		}
	}
	for _, part := range []string{"<del", "<ins"} {
		if !strings.Contains(b.Page, part) {
			t.Errorf("what differs is not marked with %s>", part)
		}
	}
	b.Get("/lists/power/"+foodCode+"/v1").Is(200).Says("食品作坊经营许可", "第1版", "公示应当提交的材料")
	if strings.Contains(b.Title(), "改名") {
		t.Error("version 1 has the new name")
	}
	b.Get("/lists/power/" + foodCode + "?on=" + w.first.String()).Is(200)
	if strings.Contains(b.Title(), "改名") {
		t.Error("the entry of the first day has the new name")
	}
	b.Get("/lists/power/TBT0300-03").Is(200).Says("起已从清单上取消", "第2版")
	b.Get("/lists/power/TBT0400-04?on=" + w.first.String()).Is(200).Says("起才在清单上")
}

// What changed between two days stands side by side.
func whatChangedStandsSideBySide(t *testing.T, w *world) {
	b := w.Anybody()
	path := fmt.Sprintf("/lists/power/changes?from=%s&to=%s", w.first, w.second)
	b.Get(path).Is(200).Says("新增的一项", "以后取消的一项", "食品作坊经营许可（改名）", "新增", "变更", "取消", "云政发〔2026〕9号", "法规修改", "新增1条")
	row := regexp.MustCompile(`(?s)<del[^>]*>食品作坊经营许可</del>.*<ins[^>]*>食品作坊经营许可（改名）</ins>`)
	if !row.MatchString(b.Page) {
		t.Error("the old and the new name do not stand side by side")
	}
	if strings.Contains(webtest.Text(b.Page), "说明理由") {
		t.Error("a row that did not change is shown")
	}
	b.Get(fmt.Sprintf("/lists/power/changes?from=%s&to=%s", w.second, w.second)).Is(200).Says("没有不同")
	b.Get(fmt.Sprintf("/lists/power/changes?from=%s&to=%s", w.second, w.first)).Is(422).Says("开始的日子要在")
}

// Long lists are read page by page, each entry once.
func pagesHoldEachEntryOnce(t *testing.T, w *world) {
	b := lists.Batch{List: "power", Document: "云政发〔2026〕10号", Reason: "补充"}
	for i := range 2*firstPage + 5 {
		b.Changes = append(b.Changes, lists.Change{Content: power(fmt.Sprintf("ZPAGE-%03d", i), fmt.Sprintf("翻页用的权力%d", i), "检查", "scjg")})
	}
	w.change(t, b)
	seen := map[string]int{}
	r := w.Anybody().Get("/lists/power?q=翻页用")
	for page := 1; ; page++ {
		for _, m := range regexp.MustCompile(`/lists/power/(ZPAGE-\d+)"`).FindAllStringSubmatch(r.Page, -1) {
			seen[m[1]]++
		}
		if !strings.Contains(r.Page, `rel="next"`) {
			if page != 3 {
				t.Errorf("%d pages", page)
			}
			break
		}
		r = r.Open(`/lists/power\?[^"]*after=[^"]*`).Is(200)
	}
	if len(seen) != len(b.Changes) {
		t.Errorf("%d of %d entries seen", len(seen), len(b.Changes))
	}
	for code, n := range seen {
		if n != 1 {
			t.Errorf("%s seen %d times", code, n)
		}
	}
}

// What nobody could mean is not found or is asked again; it is never a fault.
func nonsenseInAnAddress(t *testing.T, w *world) {
	long := strings.Repeat("%E9%95%BF", 3000)
	for path, status := range map[string]int{
		"/lists/nothing": 404, "/lists/nothing/x": 404, "/lists/nothing/changes": 404, "/lists/nothing/changes.atom": 404, "/lists/nothing/download.csv": 404,
		"/lists/power/NONE-1": 404, "/lists/power/" + foodCode + "/v9": 404, "/lists/power/" + foodCode + "/v01": 404, "/lists/power/" + foodCode + "/1": 404,
		"/lists/power/%00": 404, "/lists/power/%FF%FE": 404, "/lists/power/" + long: 404, "/lists/power/download.pdf": 404,
		"/lists/power?on=2026-02-30": 422, "/lists/power?on=gestern": 422, "/lists/power/" + foodCode + "?on=x": 422,
		"/lists/power/changes?from=2026-13-01": 422, "/lists/power/changes?to=nie": 422, "/lists/power/download.csv?on=nie": 422,
		"/lists/power/download.csv?part=none": 404, "/lists/power/download.json?part=duties": 404,
		"/lists/power?agency=none&type=zz&region=%27": 200, "/lists/power?after=" + long + "&q=" + long: 200, "/lists/power?after=%00%FF&from=-5": 200,
		"/lists/power?from=99999999999999999999": 200, "/lists/power/changes?before=-1&after=%00": 200, "/lists/changes.atom?before=x": 200,
		"/lists/power?on=9999-12-31": 200, "/lists/power?on=1949-10-01": 200,
	} {
		if got := w.Anybody().Get(path).Status; got != status {
			t.Errorf("%.60s: %d, want %d", path, got, status)
		}
	}
	r, err := http.Post(w.Server.URL+"/lists/power", "text/plain", nil)
	must(t, err)
	_ = r.Body.Close()
	if r.StatusCode != http.StatusMethodNotAllowed && r.StatusCode != http.StatusNotFound {
		t.Errorf("POST: %d", r.StatusCode)
	}
}

// Every page speaks English and has the elder version; none is heavy.
func pagesAreWhole(t *testing.T, w *world) {
	for _, path := range []string{"/lists", "/lists/power", "/lists/power?q=none", "/lists/fee_fund", "/lists/power/" + foodCode, "/lists/power/" + foodCode + "/v1", "/lists/power/changes", "/lists/hall"} {
		en := w.Anybody().Get(withLang(path)).Is(200)
		if strings.Count(en.Page, "<h1") != 1 || !strings.Contains(en.Page, `<html lang="en"`) || !strings.Contains(en.Page, "12345") {
			t.Errorf("%s is not whole in English", path)
		}
		if m := regexp.MustCompile(`(?s)<h2[^>]*>(.*?)</h2>\s*(<h2|</main>|<h1)`).FindStringSubmatch(en.Page); m != nil {
			t.Errorf("%s: nothing below %q", path, m[1])
		}
		if left := regexp.MustCompile(`\{[a-z_]+\}`).FindString(en.Text()); left != "" {
			t.Errorf("%s: %s was not filled in", path, left)
		}
	}
	en := w.Anybody().Get("/lists?lang=en").Page
	for _, k := range lists.Kinds() {
		if !strings.Contains(en, k.NameEN) {
			t.Errorf("%s has no English name on the page", k.Key)
		}
	}
	r, err := http.NewRequest(http.MethodGet, w.Server.URL+"/lists/power", nil)
	must(t, err)
	r.AddCookie(&http.Cookie{Name: "tb_size", Value: "elder"})
	elder := w.Anybody()
	elder.Take(elder.Client.Do(r)) //nolint:bodyclose // Take closes it
	if !strings.Contains(elder.Page, "size-elder") {
		t.Error("no elder version")
	}
}

func withLang(path string) string {
	if strings.Contains(path, "?") {
		return path + "&lang=en"
	}
	return path + "?lang=en"
}
