package laws_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/register/law"
	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
	"tongban/internal/web/laws"
	"tongban/internal/web/office"
	"tongban/internal/web/portal"
	"tongban/internal/web/ui"
	"tongban/internal/web/webtest"
)

func found(t *testing.T, seed uint64) *webtest.World {
	t.Helper()
	return webtest.Found(t, seed, func(a act.Actor) []ui.Link { return office.Menu(a) }, laws.Mount, portal.Mount, office.Mount)
}

// From a guide one comes to the article it rests on, and from there back.
func TestAGuideLeadsToItsArticlesAndBack(t *testing.T) {
	t.Parallel()
	w := found(t, 71)
	item := fmt.Sprintf("/items/%d", w.County.Items["food-workshop"].ID)
	b := w.Anybody()
	guide := b.Get(item).Page
	for _, href := range []string{"/laws/yunhe-food-workshops/7", "/laws/administrative-licensing/42"} {
		if !strings.Contains(guide, `href="`+href) {
			t.Errorf("the guide does not lead to %s", href)
		}
		if page := b.Get(href).Page; !strings.Contains(page, `href="`+item+`"`) {
			t.Errorf("%s does not lead back to the guide", href)
		}
	}
	page := b.Get("/laws/administrative-licensing/32").Page
	for _, want := range []string{"行政机关对申请人提出的行政许可申请", "　（四）申请材料不齐全", "第四章 行政许可的实施程序", "/laws/administrative-licensing/33"} {
		if !strings.Contains(page, want) {
			t.Errorf("article 32 does not show %q", want)
		}
	}
}

func TestTheLibraryIsReadWithoutScript(t *testing.T) {
	t.Parallel()
	w := found(t, 72)
	b := w.Anybody()
	for path, wants := range map[string][]string{
		"/laws":         {"中华人民共和国行政许可法", "示范用，虚构", "after="},
		"/laws?q=行政许可法": {"名称里有这些字", "中华人民共和国行政许可法"},
		"/laws?q=一次告知申请人需要补正的全部内容":                     {"<mark>一次告知申请人需要补正的全部内容</mark>", "/laws/administrative-licensing/32"},
		"/laws?q=没有哪一条这样写":                             {"没有找到含有"},
		"/laws?kind=法律":                                {"电子签名法"},
		"/laws/administrative-licensing":               {"第一章 总则", "项以这一条为依据", "after=60", "2019年4月23日"},
		"/laws/administrative-licensing?after=60":      {"第六十一条", "第八十三条", "回到第一页"},
		"/laws/administrative-licensing?q=补正":          {"第三十二条", "<mark>补正</mark>"},
		"/laws/administrative-licensing?on=2010-01-01": {"还没有生效", "下面是2019年4月23日起施行的文本"},
		"/laws/yunhe-food-workshops":                   {"虚构的规定", "只收录了其中一部分"},
		"/laws?q=<script>":                             {"&lt;script&gt;"},
	} {
		page := b.Get(path).Page
		for _, want := range wants {
			if !strings.Contains(page, want) {
				t.Errorf("%s does not show %q", path, want)
			}
		}
		if strings.Contains(page, "laws.") && regexp.MustCompile(`>laws\.[a-z]`).MatchString(page) {
			t.Errorf("%s shows a key of the catalogue", path)
		}
	}
	for path, status := range map[string]int{"/laws/none": 404, "/laws/administrative-licensing/84": 404, "/laws/administrative-licensing/x": 404,
		"/laws/administrative-licensing/1?on=2026-02-30": 422, "/laws/administrative-licensing?on=gestern": 422,
		"/laws?after=x.y.z&in=nonsense&from=-1": 200, "/laws/administrative-licensing/32?after=a.b": 200} {
		if got := b.Get(path).Status; got != status {
			t.Errorf("%s: %d, want %d", path, got, status)
		}
	}
}

// A law with two versions shows what differs, in the words of both days.
func TestAnArticleShowsWhatDiffersBetweenVersions(t *testing.T) {
	t.Parallel()
	w := found(t, 73)
	text := func(from, second string) string {
		return "# 云禾县糕点办法（示范，虚构）\n\n简码：bakery\n类别：规范性文件\n制定机关：云禾县人民政府\n施行：" + from + "\n虚构：是\n来源：为示范编写\n\n---\n\n第一条 不变。\n\n" + second
	}
	_, err := w.House.Laws.Import(context.Background(), act.Machine(), "", []law.File{
		{Name: "a.md", Text: []byte(text("2025-01-01", "第二条 应当在五日内告知。"))},
		{Name: "b.md", Text: []byte(text("2026-03-01", "第二条 应当在三日内一次告知。\n\n第三条 新的。"))}})
	if err != nil {
		t.Fatal(err)
	}
	b := w.Anybody()
	now := b.Get("/laws/bakery/2").Page
	was := b.Get("/laws/bakery/2?on=2025-06-01").Page
	if !strings.Contains(now, "<p>应当在三日内一次告知。</p>") || !strings.Contains(now, "应当在<del>五</del><ins>三</ins>日内<ins>一次</ins>告知。") {
		t.Errorf("today's page: %s", now)
	}
	if !strings.Contains(was, "<p>应当在五日内告知。</p>") || !strings.Contains(was, "2026年3月1日起不再适用") {
		t.Errorf("the page of 2025: %s", was)
	}
	if p := b.Get("/laws/bakery/3?on=2025-06-01").Page; !strings.Contains(p, "这个版本里没有这一条") {
		t.Errorf("article 3 in 2025: %s", p)
	}
	if p := b.Get("/laws/bakery/1").Page; !strings.Contains(p, "与上面的文字相同") {
		t.Errorf("article 1: %s", p)
	}
}

// An official registers an obstacle, the head asks upward and records the
// answer; the public sees none of it.
func TestAnObstacleIsMetAskedAndAnswered(t *testing.T) {
	t.Parallel()
	w := found(t, 74)
	const article = "/laws/administrative-licensing/32"
	reviewer := w.Official("scjg_reviewer_1")
	reviewer.Get(article).Fill("/office/obstacles", "words", "“当场”从哪一刻算起不清楚", "case", "")
	if !strings.Contains(reviewer.Get(article).Page, "从哪一刻算起不清楚") {
		t.Fatalf("not on the article's page: %s", reviewer.Page)
	}
	if strings.Contains(w.Anybody().Get(article).Page, "从哪一刻算起") {
		t.Error("the public sees the obstacle")
	}
	if b := reviewer.Get(article).Fill("/office/obstacles", "words", " "); b.Status != 422 || !strings.Contains(b.Page, "填写内容") {
		t.Errorf("an obstacle without words: %d", b.Status)
	}
	at := regexp.MustCompile(`/office/obstacles/\d+`).FindString(reviewer.Get("/office/obstacles").Page)
	if at == "" {
		t.Fatal("the list does not show it")
	}
	head := w.Official("scjg_head_1")
	if b := head.Get(at).Fill(at+"/ask", "body", ""); b.Status != 422 {
		t.Errorf("asked nobody: %d", b.Status)
	}
	head.Get(at).Fill(at+"/ask", "body", "市市场监督管理局", "number", "云市监〔2026〕2号")
	head.Get(at).Fill(at+"/answer", "words", "从递交时算起。", "number", "市监函〔2026〕8号")
	if p := head.Get("/office/obstacles?state=answered").Page; !strings.Contains(p, "从递交时算起。") {
		t.Errorf("the answer is not listed: %s", p)
	}
	w.Clock.Set(w.Clock.Now() + day.Minute)
	if b := w.Resident("xiaoman").Get("/office/obstacles"); b.Status == 200 && strings.Contains(b.Page, "递交时算起") {
		t.Error("a resident sees the list")
	}
}

// The manager imports a law, is told each bad line, records its repeal and sees
// what it touches.
func TestTheManagerKeepsTheLibrary(t *testing.T) {
	t.Parallel()
	w := found(t, 75)
	b := w.Official("zfb_catalogue_1")
	if !strings.Contains(b.Get("/laws").Page, `href="/admin/laws"`) || strings.Contains(w.Anybody().Get("/laws").Page, "/admin/laws") {
		t.Error("the way to the manager's page")
	}
	file := "# 云禾县糕点办法（示范，虚构）\n\n简码：bakery\n类别：规范性文件\n制定机关：云禾县人民政府\n施行：2026-01-01\n虚构：是\n来源：为示范编写\n\n---\n\n第一条 一。\n\n第二条 二。\n"
	if b.Get("/admin/laws").Upload("/admin/laws", map[string][]byte{"file=a.md": []byte(strings.Replace(file, "第二条", "第四条", 1))}); b.Status != 422 || !strings.Contains(b.Page, "a.md 第 14 行：这里是第四条，应当是第二条") {
		t.Errorf("a bad file: %d %s", b.Status, b.Text())
	}
	if b.Get("/admin/laws").Upload("/admin/laws", map[string][]byte{"file=a.md": []byte(file)}); !strings.Contains(b.Page, "已导入：新增 1 部") {
		t.Errorf("a good file: %s", b.Text())
	}
	if b.Get("/admin/laws").Fill("/admin/laws/repeal", "repeal_cite", "《没有这部法》", "repeal_number", "云府发〔2026〕9号", "repeal_from", "2026-05-01"); b.Status != 422 || !strings.Contains(b.Page, "法规库里没有找到") {
		t.Errorf("an unknown law: %d", b.Status)
	}
	baked := lists.Content{Columns: lists.Row{"code": "P-CAKE", "name": "糕点许可", "type": "行政许可", "agency": "scjg"}, Tables: map[string][]lists.Row{
		"basis": {{"article": "《云禾县糕点办法（示范，虚构）》第一条"}}, "duties": {{"step": "受理", "text": "受理"}}, "situations": {{"text": "不受理"}}}}
	if _, err := w.House.Lists.Change(t.Context(), act.Machine(), "", lists.Batch{List: "power", Document: "云政发〔2026〕3号", Reason: "公布", Changes: []lists.Change{{Content: baked}}}); err != nil {
		t.Fatal(err)
	}
	if err := w.House.Lists.PointEntries(t.Context()); err != nil {
		t.Fatal(err)
	}
	if p := w.Anybody().Get("/laws/bakery/1").Page; !strings.Contains(p, "<h3>部门权责清单</h3>") || !strings.Contains(p, `href="/lists/power/P-CAKE"`) {
		t.Errorf("the article does not lead to the power: %s", p)
	}
	if p := w.Anybody().Get("/laws/bakery/2").Page; strings.Contains(p, "/lists/power/") {
		t.Error("the power rests on another article too")
	}
	b.Get("/admin/laws").Fill("/admin/laws/interpret", "interpret_cite", "《云禾县糕点办法（示范，虚构）》第一条", "interpret_number", "云府函〔2026〕2号", "interpret_from", "2026-05-01", "interpret_words", "就是一。")
	if !strings.Contains(b.Page, `href="/lists/power/P-CAKE"`) || !strings.Contains(b.Page, "部门权责清单") {
		t.Errorf("the change does not name the power: %s %s", b.At, b.Text())
	}
	b.Get("/admin/laws").Fill("/admin/laws/interpret", "interpret_cite", "示范办法第七条", "interpret_number", "云府函〔2026〕1号", "interpret_from", "2026-05-01", "interpret_words", "小规模指五十平方米以下。")
	if !strings.HasPrefix(b.At, "/admin/laws/changes/") || !strings.Contains(b.Page, "食品作坊经营许可（示范）") {
		t.Errorf("the interpretation touches: %s %s", b.At, b.Text())
	}
	if p := w.Anybody().Get("/laws/yunhe-food-workshops/7").Page; !strings.Contains(p, "小规模指五十平方米以下。") {
		t.Error("the public does not see the interpretation")
	}
	b.Get("/admin/laws").Fill("/admin/laws/repeal", "repeal_cite", "云禾县城市道路管理办法（示范，虚构）", "repeal_number", "云府发〔2026〕9号", "repeal_from", "2026-05-01")
	if !strings.Contains(b.Page, "临时占用城市道路许可（示范）") {
		t.Errorf("the repeal touches: %s %s", b.At, b.Text())
	}
	if r := w.Official("scjg_reviewer_1").Get("/admin/laws"); r.Status != 403 {
		t.Errorf("a reviewer opens the manager's page: %d", r.Status)
	}
}
