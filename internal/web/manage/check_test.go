package manage_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/rules/checkup"
	"tongban/internal/web/admin"
	"tongban/internal/web/laws"
	"tongban/internal/web/manage"
	"tongban/internal/web/ui"
	"tongban/internal/web/webtest"
)

// powers puts licences on the list of powers that no item exercises.
func powers(t *testing.T, w *webtest.World, names ...string) {
	t.Helper()
	editor, err := w.County.Actor(t.Context(), "zfb_catalogue_2")
	if err != nil {
		t.Fatal(err)
	}
	b := lists.Batch{List: "power", Document: "云政发〔2026〕1号", Reason: "首次公布", From: w.Clock.Now().Day(), Region: "990124"}
	for i, name := range names {
		b.Changes = append(b.Changes, lists.Change{Content: lists.Content{Columns: lists.Row{"code": "QL-" + string(rune('A'+i)), "name": name, "type": "01", "agency": "sthj"},
			Tables: map[string][]lists.Row{"basis": {{"article": "《行政许可法》第十二条"}}, "duties": {{"step": "受理", "text": "依法受理"}}, "situations": {{"text": "不依法受理的"}}}}})
	}
	if _, err := w.House.Lists.Change(t.Context(), editor, "", b); err != nil {
		t.Fatal(err)
	}
}

var findingAt = regexp.MustCompile(`/manage/checkup/[0-9a-f]{24}`)

// shows wants the page to have markup.
func shows(t *testing.T, b *webtest.Browser, list ...string) {
	t.Helper()
	for _, s := range list {
		if !strings.Contains(b.Page, s) {
			t.Errorf("%s lacks %s", b.At, s)
		}
	}
}

// checked has the ordered check run.
func checked(t *testing.T, w *webtest.World) {
	t.Helper()
	if n, err := w.House.Jobs.RunDue(t.Context(), w.Clock.Now()); err != nil || n != 1 {
		t.Fatalf("%d jobs: %v", n, err)
	}
}

// The catalogue is checked, a finding is read, accepted and taken back, all
// without script.
func TestTheCatalogueIsChecked(t *testing.T) {
	t.Parallel()
	w := webtest.Found(t, 57, func(a act.Actor) []ui.Link { return admin.Menu(a) }, manage.Mount, admin.Mount, laws.Mount)
	powers(t, w, "排污口设置审批", "放射源转让审批")
	m := w.Official("zfb_catalogue_1")
	holds(t, m.Get("/manage/flows").Follow("清单体检"), 200, "还没有体检过")
	holds(t, m.Fill("/manage/checkup"), 200, "正在体检", "正在读清单", "不要自动更新")
	if m.Header.Get("Refresh") == "" || strings.Contains(m.Page, "还没有体检过") || strings.Contains(m.Page, `action="/manage/checkup"`) {
		t.Error("the page of a check that goes on does not follow it, or begins another")
	}
	if holds(t, m.Follow("不要自动更新"), 200, "自动更新，看到查完"); m.Header.Get("Refresh") != "" {
		t.Error("the page follows who did not ask for it")
	}
	checked(t, w)
	holds(t, m.Get("/manage/checkup"), 200, "2 项权力", "现有错误", "最近 1 次体检", "按规则", "待整改", "看数字表", "不分规则")
	shows(t, m, `<svg class="draw"`)

	// The rule leads to its findings, the filters narrow and never break.
	holds(t, m.Get("/manage/checkup?rule=power_unused&severity=warning&agency=sthj"), 200, "放射源转让审批", "排污口设置审批")
	if n := len(findingAt.FindAllString(m.Page, -1)); n != 2 {
		t.Errorf("%d findings of the rule", n)
	}
	at := findingAt.FindString(m.Page)
	for _, q := range []string{"agency=none", "severity=x&rule=%27", "state=x", "after=x", "state=accepted", "state=mended"} {
		holds(t, m.Get("/manage/checkup?"+q), 200, "没有这样的问题")
	}
	holds(t, m.Get("/manage/checkup").Follow("不分规则"), 200, "下一页", "最早发现", "轻重")
	first := findingAt.FindAllString(m.Page, -1)
	holds(t, m.Follow("下一页"), 200, "发现的问题")
	if second := findingAt.FindAllString(m.Page, -1); len(first) == 0 || len(second) == 0 || first[len(first)-1] == second[0] {
		t.Errorf("the second page begins with the last of the first: %v", second)
	}

	holds(t, m.Get(at), 200, "怎么改", "《优化营商环境条例》第三十五条", "县生态环境局")
	shows(t, m, `href="/lists/power/QL-A"`)
	other := w.Official("zfb_catalogue_2").Get(at)
	holds(t, m.Fill(at+"/accept", "reason", " "), 422, "写一下为什么")
	holds(t, m.Fill(at+"/accept", "reason", "并入排污许可一起办"), 200, "已认可，不再计数", "并入排污许可一起办")
	holds(t, other.Fill(at+"/accept", "reason", "我也看过"), 409, "别人刚处理了")
	holds(t, m.Get("/manage/checkup?state=accepted"), 200, "并入排污许可一起办", "排污口设置审批")
	holds(t, m.Get(at).Fill(at+"/reopen"), 200, "已撤回认可", "待整改")

	// What breaks the law has no form, and a form made by hand is refused.
	m.Get("/manage/checkup?severity=error")
	broken := findingAt.FindString(m.Page)
	if m.Get(broken); strings.Contains(m.Page, broken+"/accept") {
		t.Error("an error can be accepted")
	}
	if m.Post(broken+"/accept", url.Values{"reason": {"算了"}, "rev": {"0"}}).Status != http.StatusUnprocessableEntity && m.Status != http.StatusForbidden {
		t.Errorf("an error accepted by hand: %d", m.Status)
	}
}

// A circle of proofs is drawn, and told as a list beside it.
func TestACircleIsDrawn(t *testing.T) {
	t.Parallel()
	w := webtest.Found(t, 58, func(a act.Actor) []ui.Link { return admin.Menu(a) }, manage.Mount, admin.Mount)
	powers(t, w, "排污口设置审批")
	m := w.Official("zfb_catalogue_1")
	holds(t, m.Get("/manage/checkup").Fill("/manage/checkup"), 200, "正在体检")
	checked(t, w)
	m.Get("/manage/checkup?state=open")
	at := findingAt.FindString(m.Page)
	circle := checkup.Plain{ID: at[len("/manage/checkup/"):], Rule: "proof_circle", Severity: checkup.Error, Subject: checkup.Subject{Kind: checkup.OfDocument, Code: "居住证明", Name: "居住证明"},
		Article: "行政许可法第三十一条", Message: "要居住证明得先有用工证明", Ring: []checkup.Subject{{Kind: checkup.OfDocument, Code: "居住证明", Name: "居住证明"}, {Kind: checkup.OfDocument, Code: "用工证明", Name: "用工<证明>"}}}
	body, err := json.Marshal(circle)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.House.Store.Do(t.Context(), store.People, func(tx *store.Tx) error {
		tx.Put(`update checkup_finding set body = $3 where home = $1 and id = $2`, tx.Home(), circle.ID, string(body))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	holds(t, m.Get(at), 200, "循环里的每一项", "《行政许可法》第三十一条")
	shows(t, m, `class="ring"`, "ring-arrow", "用工&lt;证明&gt;", `href="/laws/administrative-licensing/31"`)
}

func TestWhoMayCheck(t *testing.T) {
	t.Parallel()
	w := webtest.Found(t, 59, func(a act.Actor) []ui.Link { return admin.Menu(a) }, manage.Mount, admin.Mount)
	for name, b := range map[string]*webtest.Browser{"window": w.Official("spj_window_1"), "nobody": w.Anybody()} {
		for _, path := range []string{"", "/none"} {
			if b.Get("/manage/checkup" + path); b.Status == http.StatusOK && strings.Contains(b.Page, "清单体检") {
				t.Errorf("%s reads %s", name, path)
			}
		}
	}
	b := w.Official("spj_window_1")
	for _, path := range []string{"", "/none/accept", "/none/reopen"} {
		if b.Post("/manage/checkup"+path, url.Values{"reason": {"可以"}}).Status != http.StatusForbidden {
			t.Errorf("%s: %d", path, b.Status)
		}
	}
	m := w.Official("zfb_catalogue_1")
	if m.Get("/manage/checkup/none").Status != http.StatusNotFound {
		t.Errorf("a finding that nobody found: %d", m.Status)
	}
}
