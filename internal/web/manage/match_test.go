package manage_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/web/admin"
	"tongban/internal/web/manage"
	"tongban/internal/web/ui"
	"tongban/internal/web/webtest"
)

const ownList = `事项编码,事项名称,事项类型,办理时限,办理环节
W1,食品作坊经营许可（示范）,其他行政权力,99个工作日,受理、决定
W2,砍伐城市树木审批,,,
W3,值班轮换安排,其他,,
`

// The way of a list, without script: handed in with a fault, mended, looked
// through, decided on, downloaded, and remembered.
func TestAnOwnListIsCompared(t *testing.T) {
	t.Parallel()
	w := webtest.Found(t, 55, func(a act.Actor) []ui.Link { return admin.Menu(a) }, manage.Mount, admin.Mount)
	m := w.Official("zfb_catalogue_1")
	holds(t, m.Get("/manage/flows").Follow("事项比对"), 200, "还没有比对过")
	send := func(src string) {
		m.Get("/manage/compare").Upload("/manage/compare", map[string][]byte{"file=own.csv": []byte(src)}, "agency", "scjg")
	}
	send("")
	holds(t, m, 422, "先选一个文件")
	send(strings.Replace(ownList, "99个工作日", "很久", 1))
	holds(t, m, 422, "有 1 处要改", "W1", "看不懂“很久”")
	send(ownList)
	holds(t, m, 200, "比对完成", "3 项", "待确认", "食品作坊经营许可（示范）", "值班轮换安排", "目录里没有")
	at := m.At[:strings.Index(m.At, "?")]

	holds(t, m.Get(at+"?differs=days"), 200, "食品作坊经营许可（示范）")
	if strings.Contains(m.Text(), "值班轮换安排") {
		t.Error("the filter lets everything through")
	}
	holds(t, m.Get(at+"?relation=only_theirs&verdict=open"), 200, "值班轮换安排")
	holds(t, m.Get(at+"?relation=no&differs=%25&verdict=x&after=-7"), 200, "没有这样的行")

	row := at + "/row/1"
	holds(t, m.Get(row), 200, "99个工作日", "受理、决定", "名称一样", "是不是一回事")
	other := w.Official("zfb_catalogue_2").Get(row)
	holds(t, m.Fill(row, "verdict", "rejected", "reason", ""), 422, "写一下为什么")
	holds(t, m.Fill(row, "verdict", "rejected", "reason", "旧系统里的另一项"), 200, "已保存", "旧系统里的另一项")
	holds(t, other.Fill(row, "verdict", "confirmed", "reason", "我看是"), 409, "别人刚处理了", "我看是")
	holds(t, other.Fill(row), 200, "已保存")
	holds(t, m.Get(at+"/row/3").Fill(at+"/row/3", "verdict", "confirmed"), 200, "已保存")

	holds(t, m.Get(at+"/download?as=csv"), 200)
	if !strings.Contains(m.Page, "值班轮换安排") || !strings.Contains(m.Page, "已确认") || m.Header.Get("Content-Type") != "text/csv; charset=utf-8" {
		t.Errorf("the download: %.300s", m.Page)
	}
	for _, path := range []string{at + "/download", "/manage/compare/template"} {
		if m.Get(path); m.Status != http.StatusOK || !strings.HasPrefix(m.Page, "PK") {
			t.Errorf("%s: %d", path, m.Status)
		}
	}
	send(ownList)
	holds(t, m.Get(m.At+"&verdict=confirmed"), 200, "值班轮换安排", "食品作坊经营许可（示范）")
	holds(t, m.Get("/manage/compare"), 200, "own.csv")
}

func TestWhoMayCompare(t *testing.T) {
	t.Parallel()
	w := webtest.Found(t, 56, func(a act.Actor) []ui.Link { return admin.Menu(a) }, manage.Mount, admin.Mount)
	b := w.Official("spj_window_1")
	for _, path := range []string{"", "/template", "/1", "/1/download", "/1/row/1"} {
		if b.Get("/manage/compare"+path).Status != http.StatusForbidden {
			t.Errorf("%s: %d", path, b.Status)
		}
	}
	for _, path := range []string{"/1/row/1", "/1/agree"} {
		if b.Post("/manage/compare"+path, url.Values{"verdict": {"confirmed"}}).Status != http.StatusForbidden {
			t.Errorf("%s: %d", path, b.Status)
		}
	}
	m := w.Official("zfb_catalogue_1")
	for _, path := range []string{"/9", "/x", "/9/download", "/9/row/1", "/9/row/-1"} {
		if m.Get("/manage/compare"+path).Status != http.StatusNotFound {
			t.Errorf("%s: %d", path, m.Status)
		}
	}
}
