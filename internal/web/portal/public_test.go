package portal_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"tongban/internal/web/webtest"
)

var (
	heading = regexp.MustCompile(`(?s)<h2[^>]*>(.*?)</h2>\s*(<h2|</main>|<h1)`)
	anyHref = regexp.MustCompile(`(?:href|src|srcset)="(/[^"#]*)`)
)

// crawled bounds a crawl: the catalogue has more than a thousand guides.
const crawled = 120

// Everybody can reach every public page, in both languages and in the elder
// version; each names somebody to ask, none has an empty section or a dead end.
func TestPublicPagesAreWhole(t *testing.T) {
	t.Parallel()
	w := found(t)
	for _, x := range []struct{ name, cookie string }{{"zh", ""}, {"en", "tb_lang=en"}, {"elder", "tb_size=elder"}} {
		seen := map[string]bool{"/": true}
		queue := []string{"/"}
		for len(queue) > 0 && len(seen) < crawled {
			path := queue[0]
			queue = queue[1:]
			page, status, kind := w.fetch(path, x.cookie)
			if status != 200 {
				t.Errorf("%s %s: %d", x.name, path, status)
				continue
			}
			if !strings.HasPrefix(kind, "text/html") {
				continue
			}
			w.whole(x.name, path, page)
			for _, m := range anyHref.FindAllStringSubmatch(page, -1) {
				next := strings.ReplaceAll(m[1], "&amp;", "&")
				if !seen[next] && !strings.HasPrefix(next, "/_") && !strings.HasPrefix(next, "/assets") {
					seen[next] = true
					queue = append(queue, next)
				}
			}
		}
		for _, want := range []string{"/search", "/progress", "/grants", "/check", "/contact", "/feedback", "/privacy", "/accessibility", "/spot-fakes", "/about"} {
			if !seen[want] {
				t.Errorf("%s: nothing leads to %s", x.name, want)
			}
		}
	}
}

func (w *world) fetch(path, cookie string) (page string, status int, kind string) {
	w.T.Helper()
	r, err := http.NewRequest(http.MethodGet, w.Server.URL+path, nil)
	if err != nil {
		w.T.Fatal(err)
	}
	if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		w.T.Fatal(err)
	}
	defer func() { _ = a.Body.Close() }()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		w.T.Fatal(err)
	}
	return string(b), a.StatusCode, a.Header.Get("Content-Type")
}

func (w *world) whole(lang, path, page string) {
	w.T.Helper()
	switch {
	case strings.Contains(page, "⟦"):
		w.T.Errorf("%s %s: a sentence is missing", lang, path)
	case !strings.Contains(page, "12345"):
		w.T.Errorf("%s %s names nobody to ask", lang, path)
	case strings.Count(page, "<h1") != 1:
		w.T.Errorf("%s %s has %d h1", lang, path, strings.Count(page, "<h1"))
	case strings.Contains(page, "其他材料"):
		w.T.Errorf("%s %s asks for 其他材料", lang, path)
	}
	if m := heading.FindStringSubmatch(page); m != nil {
		w.T.Errorf("%s %s: nothing below “%s”", lang, path, m[1])
	}
	if left := regexp.MustCompile(`\{[a-z_]+\}`).FindString(webtest.Text(page)); left != "" {
		w.T.Errorf("%s %s: %s was not filled in", lang, path, left)
	}
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = z.Write([]byte(page))
	_ = z.Close()
	if zipped.Len() > 20<<10 {
		w.T.Errorf("%s %s weighs %d bytes", lang, path, zipped.Len())
	}
}

// A guide that only has a name says what is missing and where to go; it never
// offers to begin.
func TestItemsKnownByNameSayWhereToGo(t *testing.T) {
	t.Parallel()
	w := found(t)
	b := w.browser()
	b.get("/search?agency=jkj").says(200, "只公布了名称")
	b.get(regexp.MustCompile(`/items/\d+`).FindString(b.Page)).says(200, "还没有公布的内容", "现在怎么办", "咨询电话")
	if strings.Contains(b.Page, "/apply/") {
		t.Error("an item known by name offers to apply")
	}
}

// What nobody finds is kept for those who write the catalogue.
func TestSearchWithoutResultsIsHeard(t *testing.T) {
	t.Parallel()
	w := found(t)
	b := w.browser()
	b.get("/search?q=%E5%86%B2%E6%B5%AA%E6%9D%BF").says(200, "没有找到与“冲浪板”相同的事项", "告诉我们你在找什么")
	b.post(nil).says(200, "记下了")
	b.get("/search?q=a&after=nonsense").says(422, "回到第一页")
}
