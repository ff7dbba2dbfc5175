package portal_test

import (
	"bytes"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"tongban/internal/demo"
	"tongban/internal/house"
	"tongban/internal/register/identity"
	"tongban/internal/web/door"
	"tongban/internal/web/portal"
	"tongban/internal/web/ui"
)

// world is the founded county behind the pages of the portal.
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
	h, err := house.Open(t.Context(), house.Options{Dir: t.TempDir(), Region: demo.Region, Remedies: demo.Remedies(), Clock: clock.Now, Rand: demo.Randomness(11),
		Sample: true, NoSync: true, Hash: identity.Argon{MemoryKiB: 64, Passes: 1, Lanes: 1}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	c, err := demo.Found(t.Context(), h, nil)
	if err != nil {
		t.Fatal(err)
	}
	d, err := door.New(h, door.Options{Site: ui.Plain("云禾"), Authority: ui.Plain("云禾县")})
	if err != nil {
		t.Fatal(err)
	}
	mux := door.NewMux()
	d.Routes(mux)
	if err := portal.Mount(d, mux); err != nil {
		t.Fatal(err)
	}
	mux.HandleFunc("/", d.UI.NotFound)
	w := &world{t: t, h: h, c: c, clock: clock, server: httptest.NewServer(ui.Headers(false, d.Enter(mux)))}
	t.Cleanup(w.server.Close)
	return w
}

// browser is somebody without script: it follows links and posts forms.
type browser struct {
	w      *world
	client *http.Client
	page   string
	at     string // path and query of the page
	status int
	header http.Header
}

func (w *world) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return &browser{w: w, client: &http.Client{Jar: jar}}
}

// resident is a browser of somebody who is signed in.
func (w *world) resident(login string) *browser {
	w.t.Helper()
	b := w.browser()
	b.get("/sign-in").post(url.Values{"login": {login}, "password": {demo.PeoplePassword}})
	return b
}

func (b *browser) take(r *http.Response, err error) *browser {
	b.w.t.Helper()
	if err != nil {
		b.w.t.Fatal(err)
	}
	defer func() { _ = r.Body.Close() }()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		b.w.t.Fatal(err)
	}
	b.page, b.status, b.at, b.header = string(text), r.StatusCode, r.Request.URL.RequestURI(), r.Header
	if r.StatusCode >= 500 {
		b.w.t.Fatalf("%s: %d\n%s", b.at, r.StatusCode, b.text())
	}
	if strings.Contains(b.page, "⟦") {
		b.w.t.Errorf("%s: a sentence is missing: %s", b.at, regexp.MustCompile(`⟦[^⟧]*`).FindString(b.page))
	}
	return b
}

func (b *browser) get(path string) *browser {
	b.w.t.Helper()
	return b.take(b.client.Get(b.w.server.URL + path))
}

var (
	mainPart = regexp.MustCompile(`(?s)<main.*</main>`)
	postForm = regexp.MustCompile(`(?s)<form[^>]*method="post"[^>]*action="([^"]*)"[^>]*>(.*?)</form>`)
	inputTag = regexp.MustCompile(`<input[^>]*>`)
	anyTag   = regexp.MustCompile(`(?s)<[^>]*>`)
	linkTag  = regexp.MustCompile(`(?s)<a [^>]*href="([^"]*)"[^>]*>(.*?)</a>`)
)

func attribute(tag, name string) string {
	m := regexp.MustCompile(`\s` + name + `="([^"]*)"`).FindStringSubmatch(tag)
	if m == nil {
		return ""
	}
	return html.UnescapeString(m[1])
}

// form is the first form to be posted on the page, as it stands.
func (b *browser) form() (action string, v url.Values) {
	b.w.t.Helper()
	m := postForm.FindStringSubmatch(mainPart.FindString(b.page))
	if m == nil {
		b.w.t.Fatalf("%s (%d) has no form:\n%s", b.at, b.status, b.text())
	}
	v = url.Values{}
	for _, tag := range inputTag.FindAllString(m[2], -1) {
		name, kind := attribute(tag, "name"), attribute(tag, "type")
		if name == "" || kind == "file" || (kind == "radio" || kind == "checkbox") && !strings.Contains(tag, " checked") {
			continue
		}
		v.Add(name, attribute(tag, "value"))
	}
	return html.UnescapeString(m[1]), v
}

// post sends the page's form with these answers changed.
func (b *browser) post(change url.Values) *browser {
	b.w.t.Helper()
	action, v := b.form()
	for k, list := range change {
		v[k] = list
	}
	return b.take(b.client.PostForm(b.w.server.URL+action, v))
}

// upload sends one file by the page's form.
func (b *browser) upload(name string, content []byte) *browser {
	b.w.t.Helper()
	action, v := b.form()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for k := range v {
		_ = m.WriteField(k, v.Get(k))
	}
	part, err := m.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write(content)
	}
	if err != nil {
		b.w.t.Fatal(err)
	}
	_ = m.Close()
	return b.take(b.client.Post(b.w.server.URL+action, m.FormDataContentType(), &body))
}

// link is the address of the first link of the page whose text holds this.
func (b *browser) link(text string) string {
	b.w.t.Helper()
	for _, m := range linkTag.FindAllStringSubmatch(b.page, -1) {
		if strings.Contains(plain(m[2]), text) {
			return html.UnescapeString(m[1])
		}
	}
	b.w.t.Fatalf("%s has no link %q:\n%s", b.at, text, b.text())
	return ""
}

func (b *browser) follow(text string) *browser { b.w.t.Helper(); return b.get(b.link(text)) }

func plain(s string) string {
	return strings.Join(strings.Fields(html.UnescapeString(anyTag.ReplaceAllString(s, " "))), " ")
}

// text is what main says.
func (b *browser) text() string { return plain(mainPart.FindString(b.page)) }

// says wants the page to have this status and to hold these texts.
func (b *browser) says(status int, texts ...string) *browser {
	b.w.t.Helper()
	if b.status != status {
		b.w.t.Fatalf("%s: %d, want %d:\n%s", b.at, b.status, status, b.text())
	}
	for _, s := range texts {
		if !strings.Contains(b.text(), s) {
			b.w.t.Errorf("%s does not say %q:\n%s", b.at, s, b.text())
		}
	}
	return b
}

func (b *browser) title() string {
	return regexp.MustCompile(`<title>(.*?)</title>`).FindString(b.page)
}
