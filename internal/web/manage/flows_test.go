package manage_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/flow"
	"tongban/internal/web/admin"
	"tongban/internal/web/manage"
	"tongban/internal/web/ui"
	"tongban/internal/web/webtest"
)

// TestFlows are the stories of the flow editor, one after the other in one county,
// each about an item of its own.
func TestFlows(t *testing.T) {
	t.Parallel()
	w := webtest.Found(t, 54, func(a act.Actor) []ui.Link { return admin.Menu(a) }, manage.Mount, admin.Mount)
	for name, story := range map[string]struct {
		item string
		tell func(*testing.T, *webtest.World, string)
	}{"changed": {"食品作坊", changed}, "two managers": {"占道", twoManagers}, "refused": {"林木", refused}, "in words": {"临时救助", inWords}, "bad input": {"种子", badInput}} {
		var item int64
		if err := w.House.Store.Read(t.Context(), func(tx *store.Tx) error {
			hits, err := catalog.Search(tx, catalog.Query{Words: story.item, Complete: true})
			if err == nil && len(hits.List) > 0 {
				item = hits.List[0].Item
			}
			return err
		}); err != nil || item == 0 {
			t.Fatalf("no item %s: %v", story.item, err)
		}
		t.Run(name, func(t *testing.T) { story.tell(t, w, "/manage/flows/"+strconv.FormatInt(item, 10)) })
	}
}

func holds(t *testing.T, b *webtest.Browser, status int, wants ...string) {
	t.Helper()
	b.Is(status).Says(wants...)
}

// The way of a change, without script: read, change, add, move, try, compare,
// hand in; a second person sees what differs and publishes; the public reads it.
func changed(t *testing.T, w *webtest.World, at string) {
	t.Helper()
	m := w.Official("zfb_catalogue_1")
	holds(t, m.Get("/manage/flows?words=食品作坊"), 200, "食品作坊经营许可")
	holds(t, m.Get(at), 200, "提交申请", "受理", "市场监管审查", "5 个工作日", "没有要改的地方", "决定是“准予”")
	if !strings.Contains(m.Page, `<a href="#row-accept">`) || strings.Contains(m.Page, "<style") {
		t.Error("the drawing does not lead to the rows")
	}
	m.Get(at).Fill(at, "act", "tidy").Is(200)
	holds(t, m.Post(at+"/hand-in", url.Values{"rev": {"1"}, "from": {(w.Clock.Now().Day() + 5).String()}, "reason": {"重画"}}), 422, "没有不同，不用送审")
	m.Get(at).Fill(at + "/drop").Is(200)
	m.Get(at+"/row?id=market_review").Fill(at, "days", "3", "risk", "自由裁量过大", "guard", "两人会签", "basis", "示范办法第八条", "act", "change")
	holds(t, m, 200, "草稿", "存过 1 次", "自由裁量过大", "两人会签", "3 个工作日", "1 处不同")
	m.Get(at+"/add?id=accept").Fill(at, "how", "when", "way", "面积大不大", "name", "专家看图", "role", "market", "post", "reviewer", "part", "review", "days", "2", "act", "add")
	holds(t, m, 422, "还没有条件")
	m.Fill(at, "c.add.0", "form.area", "put", "row.0")
	holds(t, m, 200, "场所面积（平方米）", "大于或等于")
	m.Fill(at, "c.0.value", "很大", "act", "add")
	holds(t, m, 422, "“场所面积（平方米）”要和数比")
	m.Fill(at, "c.0.value", "100", "act", "add")
	holds(t, m, 200, "专家看图", "面积大不大", "“场所面积（平方米）”大于 100", "没有要改的地方")
	holds(t, m.Get(at+"/try"), 200, "受理", "还剩 5 个工作日", "法定 45 个工作日", "还剩 45 个工作日")
	holds(t, m.Get(at+"/try?t=0.0.&token=1&days=2"), 200, "条件：“场所面积（平方米）”大于 100")
	pressed := "/try?t=0.0.&t=1.2.&give=1&g.form.area="
	holds(t, m.Get(at+pressed+"很大"), 422, "场所面积（平方米）要填数字")
	holds(t, m.Get(at+pressed+"101"), 200, "轮到“专家看图”")
	if !strings.Contains(m.At, "form.area%3D101") {
		t.Errorf("the address does not carry the value: %s", m.At)
	}
	m.Get(at + pressed + "60")
	if holds(t, m, 200, "轮到“市场监管审查”"); strings.Contains(m.Text(), "轮到“专家看图”") {
		t.Error("60 is not more than 100")
	}
	holds(t, m.Get(at+pressed), 200, "轮到“市场监管审查”")

	m.Get(at)
	action, form := m.Form(at)
	form.Set("row", "step_1")
	form.Set("act", "down")
	m.Post(action, form)
	holds(t, m, 200, "存过 3 次")

	holds(t, m.Get(at+"/compare"), 200, "新增", "改动", "风险点：自由裁量过大", "限时：3 个工作日", "限时：没有")
	if strings.Count(m.Page, "is-added") == 0 || strings.Count(m.Page, "is-changed") < 2 {
		t.Error("nothing is marked")
	}
	holds(t, m.Get(at+"/hand-in"), 200, "另一个人")
	m.Fill(at+"/hand-in", "from", "", "reason", "")
	holds(t, m, 422, "写一个日子")
	m.Fill(at+"/hand-in", "from", "2099-01-04", "reason", "")
	holds(t, m, 422)
	m.Fill(at+"/hand-in", "from", "2099-01-04", "reason", "把风险点写清楚")
	holds(t, m, 200, "把风险点写清楚")
	compare := m.Link("流程对比")
	holds(t, w.Official("zfb_catalogue_2").Get(compare), 200, "把风险点写清楚", "自由裁量过大")
}

func twoManagers(t *testing.T, w *webtest.World, at string) {
	t.Helper()
	a, b := w.Official("zfb_catalogue_1"), w.Official("zfb_catalogue_2")
	a.Get(at + "/row?id=accept")
	b.Get(at + "/row?id=accept")
	holds(t, a.Fill(at, "name", "收件受理", "act", "change"), 200, "收件受理")
	b.Fill(at, "name", "窗口受理", "risk", "我写的", "act", "change")
	holds(t, b, 409, "改了这份流程", "没有盖掉", "我写的")
	holds(t, a.Get(at), 200, "收件受理", "存过 1 次")
	holds(t, b.Fill(at, "act", "change"), 200, "窗口受理", "我写的", "存过 2 次")
	// A press on a row that the other has taken out says so and writes nothing.
	action, form := a.Form(at)
	form.Set("row", "water_test")
	form.Set("act", "remove")
	holds(t, a.Post(action, form), 409, "改了这份流程")
	action, form = a.Form(at)
	form.Set("row", "no_such")
	form.Set("act", "remove")
	holds(t, a.Post(action, form), 422, "这一行已经不在了")
	holds(t, a.Get(at).Fill(at+"/drop"), 200, "草稿已放弃", "现在没有草稿")
}

func refused(t *testing.T, w *webtest.World, at string) {
	t.Helper()
	for _, path := range []string{"", "/row?id=accept", "/add?id=accept", "/compare", "/try", "/hand-in", "/bpmn", "/flow.svg"} {
		if w.Anybody().Get(at + path); !strings.HasPrefix(w.Anybody().Get(at+path).At, "/sign-in") {
			t.Errorf("%s is open", path)
		}
	}
	for _, who := range []string{"spj_window_1", "zfb_admin_1"} {
		b := w.Official(who)
		for _, path := range []string{"", "/row?id=accept", "/compare", "/try", "/hand-in", "/bpmn"} {
			if b.Get(at+path).Status != http.StatusForbidden {
				t.Errorf("%s at %s: %d", who, path, b.Status)
			}
		}
		if b.Post(at, url.Values{"act": {"remove"}, "row": {"water_test"}, "rev": {"0"}}).Status != http.StatusForbidden {
			t.Errorf("%s removes: %d", who, b.Status)
		}
	}
}

func badInput(t *testing.T, w *webtest.World, at string) {
	t.Helper()
	m := w.Official("zfb_catalogue_1").Get(at)
	whole := m.Get(at + "/bpmn").Page
	if d, err := flow.Parse([]byte(whole)); err != nil || !flow.Check(d, nil).OK || m.Header.Get("Content-Type") != "application/xml; charset=utf-8" {
		t.Fatalf("the download: %v", err)
	}
	bomb := `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>` + whole[strings.Index(whole, "<bpmn:definitions"):]
	for name, c := range map[string]struct {
		file string
		want string
	}{
		"broken":   {whole[:len(whole)/2], "不合 XML"},
		"empty":    {"", "没有内容"},
		"a bomb":   {bomb, "DOCTYPE"},
		"deep":     {strings.Repeat("<a>", 200) + strings.Repeat("</a>", 200), "嵌套"},
		"no flow":  {"<html/>", "不是 BPMN"},
		"50 MB":    {string(bytes.Repeat([]byte(" "), 50<<20)), "超过 2 MB"},
		"a binary": {"\x89PNG\r\n\x1a\n\x00\xff", ""},
	} {
		if m.Get(at).Upload(at+"/upload", map[string][]byte{"file=" + name + ".bpmn": []byte(c.file)}); m.Status != http.StatusUnprocessableEntity || !strings.Contains(m.Text(), c.want) {
			t.Errorf("%s: %d\n%s", name, m.Status, m.Text())
		}
	}
	holds(t, m.Get(at), 200, "现在没有草稿")
	circle := strings.Replace(whole, `sourceRef="decide" targetRef="granted"`, `sourceRef="decide" targetRef="granted_join"`, 1)
	circle = strings.Replace(circle, `sourceRef="granted_join" targetRef="deliver"`, `sourceRef="granted_join" targetRef="granted"`, 1)
	m.Get(at).Upload(at+"/upload", map[string][]byte{"file=circle.bpmn": []byte(circle)})
	holds(t, m, 200, "已换进草稿", "绕成一圈", "走不到")
	holds(t, m.Get(at+"/try"), 422, "走不通")
	m.Get(at+"/hand-in").Fill(at+"/hand-in", "from", "2099-01-04", "reason", "绕一圈")
	holds(t, m, 422, "绕成一圈")
	for _, f := range [][]string{{"name", ""}, {"officers", "很多"}, {"days", "七"}, {"days", "99999"}, {"special", "lunch"}, {"risk", strings.Repeat("长", 600)}, {"kind", "startEvent"}} {
		m.Get(at+"/row?id=accept").Fill(at, f[0], f[1], "act", "change")
		if m.Status != http.StatusUnprocessableEntity || !strings.Contains(m.Page, "errors-h") {
			t.Errorf("%s %.10s: %d", f[0], f[1], m.Status)
		}
	}
	for _, path := range []string{"/row?id=none", "/add?id=", "/compare?proposal=77"} {
		if m.Get(at+path).Status != http.StatusNotFound {
			t.Errorf("%s: %d", path, m.Status)
		}
	}
	holds(t, m.Get(at+"/try?t=9.9.&t=x&token=99&days=-1"), 422)
}
