package portal_test

import (
	"net/http"
	"strings"
	"testing"

	"tongban/internal/web/webtest"
)

// A guide leads to each of its versions, at an address of its own that stays, also
// when the item is not offered any more; the version then says so.
func TestAGuideHasItsVersions(t *testing.T) {
	t.Parallel()
	w := found(t)
	guide := w.browser().get("/search?q=林木采伐许可").Link("林木采伐许可")
	at := func(path string, want int) string {
		t.Helper()
		page, status, _ := w.fetch(path, "")
		if status != want {
			t.Errorf("%s: %d, want %d", path, status, want)
		}
		return page
	}
	if page := at(guide, 200); !strings.Contains(page, `href="`+guide+`/v1"`) || !strings.Contains(page, `href="/laws/`) {
		t.Error("no address of the version, or no article")
	}
	if now := at(guide+"/v1", 200); strings.Contains(now, "今天用的不是它") || !strings.Contains(now, "开始办理") {
		t.Error("the version of today")
	}
	if page := at(guide+"?on=昨天", 422); !strings.Contains(page, "看哪一天的指南") {
		t.Error("a day that is none")
	}
	at(guide+"?on=2001-01-01", 403)
	for _, bad := range []string{"/v0", "/v2", "/1", "/v01", "/flow.svg?v=v2"} {
		at(guide+bad, 404)
	}
	w.ended("林木采伐许可", strings.TrimPrefix(guide, "/items/"))
	at(guide, 403)
	past := at(guide+"/v1", 200)
	a, err := http.Get(w.Server.URL + guide + "/v1")
	if err != nil {
		t.Fatal(err)
	}
	_ = a.Body.Close()
	if links := strings.Join(a.Header.Values("Link"), ","); !strings.Contains(links, "<"+guide+`/v1>; rel="canonical"`) {
		t.Errorf("its address for programs: %q", links)
	}
	if !strings.Contains(past, "今天用的不是它") || strings.Contains(past, `href="/apply/`) {
		t.Error("the version of an item that is gone")
	}
	at(webtest.Attribute(past[strings.Index(past, "<img"):], "src"), 200)
	at(guide+"/flow.bpmn?v=v1", 200)
}
