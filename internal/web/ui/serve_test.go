package ui_test

import (
	"math"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"tongban/internal/web/ui"
)

func TestAssets(t *testing.T) {
	t.Parallel()
	limits := map[string]int{"app.css": 20 << 10, "app.js": 10 << 10, "mark.svg": 2 << 10}
	for name, limit := range limits {
		req := httptest.NewRequest(http.MethodGet, ui.AssetURL(name), nil)
		req.Header.Set("Accept-Encoding", "gzip")
		w := httptest.NewRecorder()
		ui.Assets().ServeHTTP(w, req)
		if w.Code != 200 || w.Body.Len() > limit || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") || w.Header().Get("Content-Encoding") != "gzip" {
			t.Errorf("%s: %d, %d bytes, %v", name, w.Code, w.Body.Len(), w.Header())
		}
		t.Logf("%s: %d bytes over the wire", name, w.Body.Len())
	}
	for _, path := range []string{"/assets/app.css", "/assets/app.000000000000.css", "/assets/../ui.go", "/assets/"} {
		if res := get(t, ui.Assets(), path); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
	css := text(t, get(t, ui.Assets(), ui.AssetURL("app.css")))
	if strings.Contains(css, "/*") || strings.Contains(css, "@import") || strings.Contains(css, "http:") && !strings.Contains(css, "www.w3.org") {
		t.Error("the style sheet was not squeezed or fetches something")
	}
	if strings.Count(css, "{") != strings.Count(css, "}") {
		t.Error("braces do not match")
	}
	for _, used := range regexp.MustCompile(`var\((--[a-z0-9-]+)`).FindAllStringSubmatch(css, -1) {
		if !strings.Contains(css, used[1]+":") {
			t.Errorf("token %s is used and not defined", used[1])
		}
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	h := ui.Headers(false, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	res := get(t, h, "/")
	policy := res.Header.Get("Content-Security-Policy")
	if res.StatusCode != http.StatusTeapot || strings.Contains(policy, "unsafe") || !strings.Contains(policy, "frame-ancestors 'none'") ||
		res.Header.Get("X-Content-Type-Options") != "nosniff" || res.Header.Get("Referrer-Policy") == "" || res.Header.Get("Permissions-Policy") == "" {
		t.Error(res.Header)
	}
	if res.Header.Get("Strict-Transport-Security") != "" {
		t.Error("HSTS over plain HTTP")
	}
}

func TestPrefs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ form, cookie, back string }{
		{"size=elder&back=/my%3Fpage%3D2", "tb_size=elder", "/my?page=2"},
		{"lang=en&back=/x", "tb_lang=en", "/x"},
		{"density=compact&back=/x", "tb_density=compact", "/x"},
		{"size=huge&back=/x", "", "/x"},
		{"size=elder&back=//evil.example", "tb_size=elder", "/"},
		{"size=elder&back=https://evil.example", "tb_size=elder", "/"},
		{"size=elder&back=/%5Cevil.example", "tb_size=elder", "/"},
		{"size=elder&back=/%09/evil.example", "tb_size=elder", "/"},
	} {
		req := httptest.NewRequest(http.MethodPost, "/prefs", strings.NewReader(c.form))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		ui.PrefsHandler(false).ServeHTTP(w, req)
		cookie, _, _ := strings.Cut(w.Header().Get("Set-Cookie"), ";")
		if w.Code != http.StatusSeeOther || cookie != c.cookie || w.Header().Get("Location") != c.back {
			t.Errorf("%s: %d %q %q", c.form, w.Code, cookie, w.Header().Get("Location"))
		}
	}
	if res := get(t, ui.PrefsHandler(false), "/prefs?size=elder"); res.StatusCode != http.StatusMethodNotAllowed || res.Header.Get("Set-Cookie") != "" {
		t.Error("a link changed a preference")
	}
}

func chart(t *testing.T, c ui.Chart) string {
	t.Helper()
	r := newRenderer(t, &strings.Builder{}, fstest.MapFS{"c.html": {Data: []byte(`{{template "chart" .Data}}`)}})
	return text(t, get(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.Render(w, req, 200, ui.Page{Name: "room/c", Title: ui.Plain("图"), Data: c})
	}), "/"))
}

func TestChartsEscapeAndScale(t *testing.T) {
	t.Parallel()
	page := chart(t, ui.Chart{Finding: ui.Plain(`<b>"超期"`), Bars: &ui.Bars{Items: []ui.Bar{
		{Label: ui.Plain("<script>"), Values: []float64{4}, Shown: ui.Plain("4 件")}, {Label: ui.Plain("半"), Values: []float64{2}, Shown: ui.Plain("2 件")}}}})
	for _, want := range []string{"<title>&lt;b&gt;&#34;超期&#34;</title>", "&lt;script&gt;</text>", `width="72%"`, `width="36%"`} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s in\n%s", want, page)
		}
	}
	page = chart(t, ui.Chart{Finding: ui.Plain("线"), Lines: &ui.Lines{Points: []ui.Text{ui.Plain("一"), ui.Plain("二"), ui.Plain("三")}, Max: 100,
		Series: []ui.Series{{Name: ui.Plain("甲"), Values: []float64{0, math.NaN(), 100}}}}})
	if !strings.Contains(page, `d="M0 100M100 0"`) {
		t.Errorf("a gap is not a gap:\n%s", page)
	}
	if empty := chart(t, ui.Chart{Finding: ui.Plain("空"), Bars: &ui.Bars{}}); strings.Contains(empty, "NaN") {
		t.Error("an empty chart divides by nothing")
	}
}

func TestHeatHidesFewPersons(t *testing.T) {
	t.Parallel()
	h := ui.NewHeat(ui.Plain("取号"), []ui.Text{ui.Plain("9时")}, []ui.Text{ui.Plain("周一"), ui.Plain("周二"), ui.Plain("周三"), ui.Plain("周四")}, [][]int{{100}, {4}, {0}, {21}}, 5)
	got := [4]ui.Mark{h.Bands[0].Marks[0], h.Bands[1].Marks[0], h.Bands[2].Marks[0], h.Bands[3].Marks[0]}
	want := [4]ui.Mark{{Value: 100, Level: 5}, {Hidden: true}, {}, {Value: 21, Level: 2}}
	if got != want {
		t.Errorf("%+v", got)
	}
	if page := chart(t, ui.Chart{Finding: ui.Plain("热"), Heat: h}); !strings.Contains(page, ">少</td>") {
		t.Error("the hidden cell does not say so")
	}
}

func TestEveryIconOfAToneExists(t *testing.T) {
	t.Parallel()
	for _, tone := range []ui.Tone{ui.ToneOK, ui.ToneNow, ui.ToneTodo, ui.ToneLegal, ui.ToneOff} {
		if _, err := ui.Icon(ui.Status{Tone: tone}.Icon()); err != nil {
			t.Error(err)
		}
	}
	if _, err := ui.Icon("nonsense"); err == nil {
		t.Error("an unknown icon was drawn")
	}
}
