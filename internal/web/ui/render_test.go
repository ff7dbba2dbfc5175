package ui_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
	"tongban/internal/web/ui"
)

func newRenderer(t *testing.T, log io.Writer, pages fstest.MapFS) *ui.Renderer {
	t.Helper()
	n := 0
	r, err := ui.New(ui.Options{
		Site: ui.Both{ZH: "云禾县政务服务网", EN: "Yunhe County Services"}, Authority: ui.Plain("云禾县人民政府"),
		Clock:  func() day.Instant { return day.Of(2026, 11, 24).Start() },
		NewKey: func() string { n++; return "key-" + strconv.Itoa(n) },
		Log:    slog.New(slog.NewTextHandler(log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Add("room", pages); err != nil {
		t.Fatal(err)
	}
	return r
}

func get(t *testing.T, h http.Handler, path string, cookies ...string) *http.Response {
	t.Helper()
	req := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i+1 < len(cookies); i += 2 {
		req.AddCookie(&http.Cookie{Name: cookies[i], Value: cookies[i+1]})
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	return w.Result()
}

func text(t *testing.T, res *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

type broken struct{}

func (broken) Boom() (string, error) { return "", errors.New("secret reason") }

func TestNoHalfPage(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	r := newRenderer(t, &log, fstest.MapFS{"x.html": {Data: []byte(`<p>first half</p>{{.Data.Boom}}<p>second half</p>`)}})
	h := http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.Render(w, req, http.StatusOK, ui.Page{Name: "room/x", Title: ui.Plain("标题"), Data: broken{}})
	})
	res := get(t, h, "/x")
	page := text(t, res)
	if res.StatusCode != http.StatusInternalServerError || strings.Contains(page, "first half") || strings.Contains(page, "secret") {
		t.Errorf("%d\n%s", res.StatusCode, page)
	}
	id := regexp.MustCompile(`id=(key-\d+)`).FindStringSubmatch(log.String())
	if id == nil || !strings.Contains(page, id[1]) || !strings.Contains(log.String(), "secret reason") || !strings.HasSuffix(strings.TrimSpace(page), "</html>") {
		t.Errorf("log %q, page %s", log.String(), page)
	}
}

func TestTemplatesAreAddedBeforeTheFirstPage(t *testing.T) {
	t.Parallel()
	r := newRenderer(t, io.Discard, fstest.MapFS{"deep/x.html": {Data: []byte(`{{t "ui.yes"}}`)}})
	if err := r.Add("room", fstest.MapFS{"x.html": {}}); err == nil {
		t.Error("a template was taken twice")
	}
	if err := r.Add("other", fstest.MapFS{"y.html": {Data: []byte(`{{if}}`)}}); err == nil {
		t.Error("a broken template was taken")
	}
	get(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.Render(w, req, 200, ui.Page{Name: "room/x", Title: ui.Plain("x")})
	}), "/")
	if err := r.Add("late", fstest.MapFS{"z.html": {}}); err == nil {
		t.Error("a template was taken after the first page")
	}
}

func TestPageTakesLanguageSizeAndTitle(t *testing.T) {
	t.Parallel()
	r := newRenderer(t, io.Discard, fstest.MapFS{"x.html": {Data: []byte(`<form method="post">{{key}}{{key}}</form>{{say .Data}} {{.With "page" "2" "lang" ""}}`)}})
	h := http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.Render(w, req, 200, ui.Page{Name: "room/x", Title: ui.M("ui.home"), Errors: []ui.FieldError{{Field: "f-a", Text: ui.Plain("填 <姓名>")}},
			Data: day.Of(2026, 12, 8)})
	})
	res := get(t, h, "/x?lang=en&q=a", "tb_size", "elder")
	page := text(t, res)
	for _, want := range []string{`<html lang="en" class="public size-elder">`, `<title>Error: Home – Yunhe County Services</title>`, "8 December 2026",
		`href="#f-a">填 &lt;姓名&gt;</a>`, "/x?page=2&amp;q=a", `value="key-1"`, `value="key-2"`} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in\n%s", want, page)
		}
	}
	page = text(t, get(t, h, "/x", "tb_size", "<script>", "tb_lang", "xx"))
	if !strings.Contains(page, `<html lang="zh-CN" class="public size-standard">`) || !strings.Contains(page, "<title>有错误：首页") {
		t.Error("a wrong cookie was believed")
	}
}

func TestSignedInPagesAreNotIndexedOrStored(t *testing.T) {
	t.Parallel()
	r := newRenderer(t, io.Discard, fstest.MapFS{"x.html": {Data: []byte(`x`)}})
	res := get(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.Render(w, req, 200, ui.Page{Name: "room/x", Title: ui.Plain("我的"), Person: &ui.Person{Name: "云小禾", SignOut: "/signout"}})
	}), "/")
	page := text(t, res)
	if res.Header.Get("Cache-Control") != "no-store" || !strings.Contains(page, `content="noindex"`) {
		t.Error(res.Header, page)
	}
	if title := regexp.MustCompile(`<title>.*</title>`).FindString(page); strings.Contains(title, "云小禾") {
		t.Error("a name in the title")
	}
}

func TestCompressedPageIsTheSamePage(t *testing.T) {
	t.Parallel()
	r := newRenderer(t, io.Discard, fstest.MapFS{})
	req := httptest.NewRequest(http.MethodGet, "/_ui/desk", nil)
	req.Header.Set("Accept-Encoding", "br, gzip;q=0.8")
	w := httptest.NewRecorder()
	ui.Guide(r).ServeHTTP(w, req)
	if w.Header().Get("Content-Encoding") != "gzip" {
		t.Fatal("not compressed")
	}
	z, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil || !bytes.HasSuffix(bytes.TrimSpace(b), []byte("</html>")) {
		t.Error(err)
	}
}

var guidePaths = strings.Fields("/ /home /search /search?state=empty /form /form?state=error /ask /check /records /licence /licence?state=void /confirm /desk /desk?state=empty /desk?state=error /case /counter /figures /wall /kiosk")

// Every page of the guide, in both languages: all words found, ids unique,
// every input named, nothing inline, every POST form keyed or a preference.
func TestGuide(t *testing.T) {
	t.Parallel()
	r := newRenderer(t, io.Discard, fstest.MapFS{})
	guide := ui.Guide(r)
	for _, path := range guidePaths {
		for _, lang := range []string{"zh", "en"} {
			res := get(t, guide, ui.GuidePath+strings.TrimSuffix(path, "/"), "tb_lang", lang)
			page := text(t, res)
			if strings.Contains(path, "form?state=error") != (res.StatusCode == http.StatusUnprocessableEntity) {
				t.Errorf("%s: %d", path, res.StatusCode)
			}
			checkPage(t, path+" "+lang, page)
		}
	}
}

func checkPage(t *testing.T, name, page string) {
	t.Helper()
	for _, bad := range []string{"⟦", "ZgotmplZ", "<nil>", "%!", "{{", " style=", " onclick=", "<style"} {
		if strings.Contains(page, bad) {
			t.Errorf("%s contains %q", name, bad)
		}
	}
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if ids[m[1]] {
			t.Errorf("%s: id %s twice", name, m[1])
		}
		ids[m[1]] = true
	}
	for _, m := range regexp.MustCompile(` (?:for|aria-describedby|aria-labelledby)="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		for _, id := range strings.Fields(m[1]) {
			if !ids[id] {
				t.Errorf("%s: nothing has id %s", name, id)
			}
		}
	}
	for _, form := range regexp.MustCompile(`(?s)<form[^>]*method="post".*?</form>`).FindAllString(page, -1) {
		if !strings.Contains(form, `name="idempotency_key"`) && !strings.Contains(form, `action="/prefs"`) {
			t.Errorf("%s: a form without a key: %.80s", name, form)
		}
	}
	if n := strings.Count(page, "<h1"); n != 1 {
		t.Errorf("%s: %d h1", name, n)
	}
}

// Both languages have the same keys, and every key that a template names exists.
func TestWording(t *testing.T) {
	t.Parallel()
	for _, k := range wording.Keys(wording.ZH) {
		if strings.HasPrefix(k, "ui.") && !wording.Has(wording.EN, k) {
			t.Errorf("%s has no English", k)
		}
	}
}

func TestFill(t *testing.T) {
	t.Parallel()
	fields := []ui.Field{{Kind: ui.FieldText, Name: "name", Value: "old"}, {Kind: ui.FieldDate, Name: "day", Value: "2026-01-02"},
		{Kind: ui.FieldChecks, Name: "box"}, {Kind: ui.FieldPassword, Name: "pass"}}
	typed := url.Values{"name": {"new"}, "day_y": {"2026"}, "day_m": {"2"}, "day_d": {"30"}, "box": {"a", "b"}, "pass": {"secret"}}
	list := ui.Fill(fields, typed, map[string]ui.Text{"day": ui.Plain("没有这天"), "other": ui.Plain("别处"), "name": nil})
	if len(list) != 2 || list[0].Field != "f-day" || list[1].Field != "" {
		t.Errorf("%+v", list)
	}
	if fields[0].Value != "new" || fields[1].DatePart(2) != "30" || len(fields[2].Values) != 2 || fields[3].Value != "" {
		t.Errorf("%+v", fields)
	}
	if fresh := (ui.Field{Kind: ui.FieldDate, Value: "2026-01-02"}); fresh.DatePart(0) != "2026" || fresh.DatePart(1) != "1" {
		t.Error("a stored day is not split")
	}
}

// A moment of another year says so, and a session that ends tomorrow says tomorrow's date.
func TestMomentsTellTheDayAndTheYear(t *testing.T) {
	t.Parallel()
	r := newRenderer(t, io.Discard, fstest.MapFS{"x.html": {Data: []byte(`{{template "timeline" .Data}}`)}})
	today := day.Of(2026, 11, 24).Start()
	list := ui.Timeline{Events: []ui.Event{{At: today - 1*day.Hour, Title: ui.Plain("a")}, {At: day.Of(2025, 12, 30).Start() + 9*day.Hour, Title: ui.Plain("b")}}}
	for _, c := range []struct {
		expires day.Instant
		want    string
	}{{today + 5*day.Hour, "登录保持到 05:00"}, {today + 29*day.Hour, "登录保持到 11月25日 05:00"}} {
		h := http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			r.Render(w, req, 200, ui.Page{Name: "room/x", Title: ui.Plain("x"), Data: list, Expires: c.expires, Person: &ui.Person{Name: "x", SignOut: "/x"}})
		})
		page := text(t, get(t, h, "/"))
		for _, want := range []string{c.want, "<time>11月23日 23:00</time>", "<time>2025年12月30日 09:00</time>"} {
			if !strings.Contains(page, want) {
				t.Errorf("the page does not say %q:\n%s", want, page)
			}
		}
	}
}
