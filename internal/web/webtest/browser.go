package webtest

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
)

// Browser is somebody who reads pages, follows their links and posts their forms.
type Browser struct {
	World  *World
	Client *http.Client
	Name   string
	Page   string // as it came
	At     string // its path and query
	Status int
	Header http.Header
}

// jar keeps one cookie of a name, whatever its path.
type jar struct {
	mu   sync.Mutex
	kept map[string]string
}

// SetCookies keeps what an answer sets.
func (j *jar) SetCookies(_ *url.URL, list []*http.Cookie) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.kept == nil {
		j.kept = map[string]string{}
	}
	for _, c := range list {
		if j.kept[c.Name] = c.Value; c.MaxAge < 0 {
			delete(j.kept, c.Name)
		}
	}
}

// Cookies are all that is kept.
func (j *jar) Cookies(*url.URL) (list []*http.Cookie) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for n, v := range j.kept {
		list = append(list, &http.Cookie{Name: n, Value: v})
	}
	return list
}

// Take reads an answer. A fault of the server, or a sentence that is not in the
// catalogue, is a fault of the test.
func (b *Browser) Take(r *http.Response, err error) *Browser {
	t := b.World.T
	t.Helper()
	must(t, err)
	defer func() { _ = r.Body.Close() }()
	text, err := io.ReadAll(r.Body)
	must(t, err)
	b.Page, b.Status, b.At, b.Header = string(text), r.StatusCode, r.Request.URL.RequestURI(), r.Header
	if r.StatusCode >= http.StatusInternalServerError {
		t.Fatalf("%s at %s: %d\n%s", b.Name, b.At, r.StatusCode, b.Text())
	}
	if strings.Contains(b.Page, "⟦") {
		t.Errorf("%s: a sentence is missing: %s", b.At, regexp.MustCompile(`⟦[^⟧]*`).FindString(b.Page))
	}
	return b
}

// Get opens an address.
func (b *Browser) Get(path string) *Browser {
	b.World.T.Helper()
	return b.Take(b.Client.Get(b.World.Server.URL + path))
}

// Post sends values to an address, whatever the page offers.
func (b *Browser) Post(path string, v url.Values) *Browser {
	b.World.T.Helper()
	return b.Take(b.Client.PostForm(b.World.Server.URL+path, v))
}

var (
	mainPart  = regexp.MustCompile(`(?s)<main.*</main>`)
	postForm  = regexp.MustCompile(`(?s)<form[^>]*method="post"[^>]*action="([^"]*)"[^>]*>(.*?)</form>`)
	inputTag  = regexp.MustCompile(`<input[^>]*>`)
	areaTag   = regexp.MustCompile(`(?s)<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>`)
	selectTag = regexp.MustCompile(`(?s)<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>`)
	chosenTag = regexp.MustCompile(`<option value="([^"]*)" selected`)
	linkTag   = regexp.MustCompile(`(?s)<a [^>]*href="([^"]*)"[^>]*>(.*?)</a>`)
	anyTag    = regexp.MustCompile(`(?s)<[^>]*>`)
)

// Attribute reads an attribute of a tag.
func Attribute(tag, name string) string {
	m := regexp.MustCompile(`\s` + name + `="([^"]*)"`).FindStringSubmatch(tag)
	if m == nil {
		return ""
	}
	return html.UnescapeString(m[1])
}

// Inputs are the input tags of the page.
func (b *Browser) Inputs() []string { return inputTag.FindAllString(b.Page, -1) }

// between is the part of a page between its bars.
func between(page string) string {
	if s := mainPart.FindString(page); s != "" {
		return s
	}
	return page
}

// Form is the first form of the page whose address holds this, with what it
// would post as it stands.
func (b *Browser) Form(action string) (string, url.Values) {
	b.World.T.Helper()
	for _, m := range postForm.FindAllStringSubmatch(between(b.Page), -1) {
		if strings.Contains(m[1], action) {
			return html.UnescapeString(m[1]), values(m[2])
		}
	}
	b.World.T.Fatalf("%s at %s (%d): no form for %s\n%s", b.Name, b.At, b.Status, action, b.Text())
	return "", nil
}

// values are what the fields of a form hold.
func values(form string) url.Values {
	v := url.Values{}
	for _, tag := range inputTag.FindAllString(form, -1) {
		name, kind := Attribute(tag, "name"), Attribute(tag, "type")
		if name == "" || kind == "file" || (kind == "radio" || kind == "checkbox") && !strings.Contains(tag, " checked") {
			continue
		}
		v.Add(name, Attribute(tag, "value"))
	}
	for _, a := range areaTag.FindAllStringSubmatch(form, -1) {
		v.Add(a[1], html.UnescapeString(a[2]))
	}
	for _, s := range selectTag.FindAllStringSubmatch(form, -1) {
		if c := chosenTag.FindStringSubmatch(s[2]); c != nil {
			v.Add(s[1], html.UnescapeString(c[1]))
		}
	}
	return v
}

// change puts pairs of name and value, or list of values, into a form.
func change(v url.Values, pairs []any) url.Values {
	for i := 0; i+1 < len(pairs); i += 2 {
		name := pairs[i].(string)
		if list, ok := pairs[i+1].([]string); ok {
			v[name] = list
			continue
		}
		v.Set(name, fmt.Sprint(pairs[i+1]))
	}
	return v
}

// Fill posts the form with this address, with some values of one's own.
func (b *Browser) Fill(action string, pairs ...any) *Browser {
	b.World.T.Helper()
	to, v := b.Form(action)
	return b.Post(to, change(v, pairs))
}

// Upload posts the form with this address with files, each named "input=file name".
func (b *Browser) Upload(action string, files map[string][]byte, pairs ...any) *Browser {
	t := b.World.T
	t.Helper()
	to, v := b.Form(action)
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for k, list := range change(v, pairs) {
		for _, x := range list {
			must(t, m.WriteField(k, x))
		}
	}
	for name, content := range files {
		input, file, _ := strings.Cut(name, "=")
		part, err := m.CreateFormFile(input, file)
		must(t, err)
		_, err = part.Write(content)
		must(t, err)
	}
	must(t, m.Close())
	return b.Take(b.Client.Post(b.World.Server.URL+to, m.FormDataContentType(), &body))
}

// Open follows the first link whose address matches.
func (b *Browser) Open(pattern string) *Browser {
	b.World.T.Helper()
	m := regexp.MustCompile(`href="(` + pattern + `)"`).FindStringSubmatch(b.Page)
	if m == nil {
		b.World.T.Fatalf("%s at %s (%d): no link %s\n%s", b.Name, b.At, b.Status, pattern, b.Text())
	}
	return b.Get(html.UnescapeString(m[1]))
}

// Link is the address of the first link whose text holds this.
func (b *Browser) Link(text string) string {
	b.World.T.Helper()
	for _, m := range linkTag.FindAllStringSubmatch(b.Page, -1) {
		if strings.Contains(plain(m[2]), text) {
			return html.UnescapeString(m[1])
		}
	}
	b.World.T.Fatalf("%s at %s has no link %q:\n%s", b.Name, b.At, text, b.Text())
	return ""
}

// Follow follows the first link whose text holds this.
func (b *Browser) Follow(text string) *Browser { b.World.T.Helper(); return b.Get(b.Link(text)) }

func plain(s string) string {
	return strings.Join(strings.Fields(html.UnescapeString(anyTag.ReplaceAllString(s, " "))), " ")
}

// Text is what a page says between its bars.
func Text(page string) string { return plain(between(page)) }

// Text is what the page says between its bars.
func (b *Browser) Text() string { return Text(b.Page) }

// Title is the page's title with its tag.
func (b *Browser) Title() string {
	return regexp.MustCompile(`<title>(.*?)</title>`).FindString(b.Page)
}

// Is wants the answer to have a status.
func (b *Browser) Is(status int) *Browser {
	b.World.T.Helper()
	if b.Status != status {
		b.World.T.Fatalf("%s at %s: %d, not %d\n%s", b.Name, b.At, b.Status, status, b.Text())
	}
	return b
}

// Says wants the page to say things; blanks do not count.
func (b *Browser) Says(list ...string) *Browser {
	b.World.T.Helper()
	text := strings.ReplaceAll(b.Text(), " ", "")
	for _, s := range list {
		if !strings.Contains(text, strings.ReplaceAll(s, " ", "")) {
			b.World.T.Errorf("%s at %s (%d) does not say %q:\n%s", b.Name, b.At, b.Status, s, b.Text())
		}
	}
	return b
}
