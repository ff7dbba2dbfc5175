package office_test

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"tongban/internal/demo"
	"tongban/internal/house"
	"tongban/internal/record/act"
	"tongban/internal/register/identity"
	"tongban/internal/rules/day"
	"tongban/internal/web/admin"
	"tongban/internal/web/counter"
	"tongban/internal/web/door"
	"tongban/internal/web/office"
	"tongban/internal/web/ui"
)

// world is a founded county behind a server of the rooms' pages.
type world struct {
	t      *testing.T
	h      *house.House
	c      *demo.County
	clock  *demo.Clock
	server *httptest.Server
}

func found(t *testing.T) *world {
	t.Helper()
	clock := demo.NewClock(demo.Start)
	h, err := house.Open(t.Context(), house.Options{Dir: t.TempDir(), Region: demo.Region, Remedies: demo.Remedies(), Clock: clock.Now, Rand: demo.Randomness(7),
		Sample: true, NoSync: true, Hash: identity.Argon{MemoryKiB: 64, Passes: 1, Lanes: 1}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	c, err := demo.Found(t.Context(), h, nil)
	if err != nil {
		t.Fatal(err)
	}
	d, err := door.New(h, door.Options{Site: ui.Plain("云禾"), Authority: ui.Plain("云禾县"), Menu: func(a act.Actor) []ui.Link {
		switch a.Post {
		case "window":
			return counter.Menu()
		case "admin", "catalogue":
			return admin.Menu(a)
		}
		return office.Menu(a)
	}})
	if err != nil {
		t.Fatal(err)
	}
	mux := door.NewMux()
	d.Routes(mux)
	for _, mount := range []func(*door.Door, *door.Mux) error{counter.Mount, office.Mount, admin.Mount} {
		if err := mount(d, mux); err != nil {
			t.Fatal(err)
		}
	}
	mux.HandleFunc("GET /home", func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte("home")) })
	w := &world{t: t, h: h, c: c, clock: clock, server: httptest.NewServer(ui.Headers(false, d.Enter(mux)))}
	t.Cleanup(w.server.Close)
	return w
}

// browser is somebody without script: it follows links and posts the forms of
// the page it was given.
type browser struct {
	w      *world
	client *http.Client
	name   string
	page   string
	at     string
	status int
}

var codes sync.Mutex

// signIn signs an official in with password and one-time code. The clock goes
// on by a minute first, because a code works once.
func (w *world) signIn(key string) *browser {
	w.t.Helper()
	var account demo.Account
	for _, a := range w.c.Accounts() {
		if a.Key == key {
			account = a
		}
	}
	if account.Login == "" {
		w.t.Fatalf("no account %s", key)
	}
	codes.Lock()
	defer codes.Unlock()
	w.clock.Set(w.clock.Now() + day.Minute)
	jar := &jar{}
	b := &browser{w: w, name: key, client: &http.Client{Jar: jar}}
	b.post("/sign-in", url.Values{"login": {account.Login}, "password": {account.Password}})
	if account.TOTP != "" {
		code, err := identity.TOTPCode(account.TOTP, w.clock.Now())
		if err != nil {
			w.t.Fatal(err)
		}
		b.post("/sign-in/code", url.Values{"code": {code}})
	}
	return b
}

// jar keeps one cookie each of a name, whatever its path.
type jar struct {
	mu   sync.Mutex
	kept map[string]string
}

func (j *jar) SetCookies(_ *url.URL, list []*http.Cookie) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.kept == nil {
		j.kept = map[string]string{}
	}
	for _, c := range list {
		j.kept[c.Name] = c.Value
	}
}

func (j *jar) Cookies(*url.URL) (list []*http.Cookie) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for n, v := range j.kept {
		list = append(list, &http.Cookie{Name: n, Value: v})
	}
	return list
}

func (b *browser) take(r *http.Response, err error) {
	b.w.t.Helper()
	if err != nil {
		b.w.t.Fatal(err)
	}
	defer func() { _ = r.Body.Close() }()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		b.w.t.Fatal(err)
	}
	b.page, b.status, b.at = string(text), r.StatusCode, r.Request.URL.RequestURI()
	if r.StatusCode >= 500 {
		b.w.t.Fatalf("%s at %s: %d\n%s", b.name, b.at, r.StatusCode, b.text())
	}
}

func (b *browser) get(path string) *browser {
	b.w.t.Helper()
	b.take(b.client.Get(b.w.server.URL + path))
	return b
}

func (b *browser) post(path string, v url.Values) *browser {
	b.w.t.Helper()
	b.take(b.client.PostForm(b.w.server.URL+path, v))
	return b
}

var (
	formTag   = regexp.MustCompile(`(?s)<form[^>]*method="post"[^>]*action="([^"]*)"[^>]*>(.*?)</form>`)
	inputTag  = regexp.MustCompile(`<input[^>]*>`)
	areaTag   = regexp.MustCompile(`(?s)<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>`)
	selectTag = regexp.MustCompile(`(?s)<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>`)
	chosenTag = regexp.MustCompile(`<option value="([^"]*)" selected`)
	attr      = func(name string) *regexp.Regexp { return regexp.MustCompile(`\b` + name + `="([^"]*)"`) }
	attrs     = map[string]*regexp.Regexp{"name": attr("name"), "value": attr("value"), "type": attr("type")}
	tags      = regexp.MustCompile(`(?s)<[^>]*>`)
)

func attribute(tag, name string) string {
	if m := attrs[name].FindStringSubmatch(tag); m != nil {
		return html.UnescapeString(m[1])
	}
	return ""
}

// form reads the values that a form on the page would post as it stands.
func (b *browser) form(action string) (string, url.Values) {
	b.w.t.Helper()
	for _, m := range formTag.FindAllStringSubmatch(b.page, -1) {
		if !strings.Contains(m[1], action) {
			continue
		}
		v := url.Values{}
		for _, tag := range inputTag.FindAllString(m[2], -1) {
			name, kind := attribute(tag, "name"), attribute(tag, "type")
			if name == "" || kind == "file" || (kind == "radio" || kind == "checkbox") && !strings.Contains(tag, " checked") {
				continue
			}
			v.Add(name, attribute(tag, "value"))
		}
		for _, a := range areaTag.FindAllStringSubmatch(m[2], -1) {
			v.Add(a[1], html.UnescapeString(a[2]))
		}
		for _, s := range selectTag.FindAllStringSubmatch(m[2], -1) {
			if c := chosenTag.FindStringSubmatch(s[2]); c != nil {
				v.Add(s[1], html.UnescapeString(c[1]))
			}
		}
		return html.UnescapeString(m[1]), v
	}
	b.w.t.Fatalf("%s at %s (%d): no form for %s\n%s", b.name, b.at, b.status, action, b.text())
	return "", nil
}

// fill posts the form with this action, with some values of one's own; a value
// may be a list.
func (b *browser) fill(action string, pairs ...any) *browser {
	b.w.t.Helper()
	to, v := b.form(action)
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Del(pairs[i].(string))
		switch x := pairs[i+1].(type) {
		case []string:
			v[pairs[i].(string)] = x
		default:
			v.Set(pairs[i].(string), fmt.Sprint(x))
		}
	}
	return b.post(to, v)
}

// upload posts the form with this action as a browser does that carries files.
func (b *browser) upload(action string, files map[string][]byte, pairs ...any) *browser {
	b.w.t.Helper()
	to, v := b.form(action)
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i].(string), fmt.Sprint(pairs[i+1]))
	}
	var body bytes.Buffer
	mw := multipart.NewWriter(&body)
	for k, list := range v {
		for _, x := range list {
			_ = mw.WriteField(k, x)
		}
	}
	for name, content := range files {
		input, file, _ := strings.Cut(name, "=")
		part, err := mw.CreateFormFile(input, file)
		if err != nil {
			b.w.t.Fatal(err)
		}
		_, _ = part.Write(content)
	}
	_ = mw.Close()
	req, err := http.NewRequestWithContext(b.w.t.Context(), http.MethodPost, b.w.server.URL+to, &body)
	if err != nil {
		b.w.t.Fatal(err)
	}
	req.Header.Set("Content-Type", mw.FormDataContentType())
	b.take(b.client.Do(req))
	return b
}

// text is what the page says, without its tags.
func (b *browser) text() string {
	s := b.page
	if i := strings.Index(s, "<main"); i >= 0 {
		s = s[i:]
	}
	return strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(s, " "))), " ")
}

// says wants the page to say something.
func (b *browser) says(list ...string) *browser {
	b.w.t.Helper()
	for _, s := range list {
		if !strings.Contains(strings.ReplaceAll(b.text(), " ", ""), strings.ReplaceAll(s, " ", "")) {
			b.w.t.Fatalf("%s at %s (%d) does not say %q:\n%s", b.name, b.at, b.status, s, b.text())
		}
	}
	return b
}

func (b *browser) is(status int) *browser {
	b.w.t.Helper()
	if b.status != status {
		b.w.t.Fatalf("%s at %s: %d, not %d\n%s", b.name, b.at, b.status, status, b.text())
	}
	return b
}

// link follows the first link on the page whose address matches.
func (b *browser) link(pattern string) *browser {
	b.w.t.Helper()
	m := regexp.MustCompile(`href="(` + pattern + `)"`).FindStringSubmatch(b.page)
	if m == nil {
		b.w.t.Fatalf("%s at %s (%d): no link %s\n%s", b.name, b.at, b.status, pattern, b.text())
	}
	return b.get(html.UnescapeString(m[1]))
}
