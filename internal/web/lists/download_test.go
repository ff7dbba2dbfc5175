package lists_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"tongban/internal/register/lists"
)

// fetched is an answer as a program gets it.
type fetched struct {
	status int
	header http.Header
	body   []byte
}

func (w *world) fetch(t *testing.T, path string, header ...string) fetched {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, w.Server.URL+path, nil)
	must(t, err)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	a, err := http.DefaultClient.Do(r)
	must(t, err)
	defer func() { _ = a.Body.Close() }()
	b, err := io.ReadAll(a.Body)
	must(t, err)
	return fetched{a.StatusCode, a.Header, b}
}

// What is taken away is the part that was asked for, under a name in Chinese,
// runs nothing, and is not sent twice to who has it.
func filesAreWhatWasAskedFor(t *testing.T, w *world) {
	t.Helper()
	const part = "?agency=xfjy&q=" + fineCode
	f := w.fetch(t, "/lists/power/download.csv"+part)
	_, params, err := mime.ParseMediaType(f.header.Get("Content-Disposition"))
	must(t, err)
	if want := "部门权责清单-云禾县消防救援大队-" + w.second.String() + ".csv"; params["filename"] != want {
		t.Errorf("the file is called %q, not %q", params["filename"], want)
	}
	rows := table(t, f.body)
	if len(rows) != 2 || rows[1][0] != fineCode || !slices.Contains(rows[0], "权力名称") {
		t.Fatalf("%q", rows)
	}
	for _, cell := range rows[1] {
		if cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) {
			t.Errorf("a spreadsheet would run %q", cell)
		}
	}
	tag := f.header.Get("ETag")
	if again := w.fetch(t, "/lists/power/download.csv"+part, "If-None-Match", tag); again.status != http.StatusNotModified || len(again.body) != 0 {
		t.Errorf("who has the file gets %d and %d bytes", again.status, len(again.body))
	}
	if other := w.fetch(t, "/lists/power/download.csv?q="+foodCode, "If-None-Match", tag); other.status != 200 {
		t.Errorf("another part: %d", other.status)
	}
	if rows := table(t, w.fetch(t, "/lists/power/download.csv?part=duties&q="+foodCode).body); len(rows) != 3 || rows[1][0] != foodCode {
		t.Errorf("duties: %q", rows)
	}
	if rows := table(t, w.fetch(t, "/lists/power/download.csv?q="+foodCode+"&on="+w.first.String()).body); rows[1][1] != "食品作坊经营许可" {
		t.Errorf("on the first day: %q", rows)
	}
	en := table(t, w.fetch(t, "/lists/power/download.csv?lang=en&q="+fineCode).body)
	if !slices.Contains(en[0], "Name") || !slices.Contains(en[1], "Penalty") {
		t.Errorf("in English: %q", en)
	}
}

func table(t *testing.T, b []byte) [][]string {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b, []byte("\ufeff")))).ReadAll()
	must(t, err)
	return rows
}

// JSON is as its schema says, and a workbook is read back as it was.
func filesAreAsTheirSchemaSays(t *testing.T, w *world) {
	t.Helper()
	f := w.fetch(t, "/lists/power/download.json?q="+foodCode)
	if !strings.Contains(f.header.Get("Link"), "/lists/power/schema.json") {
		t.Errorf("link %q", f.header.Get("Link"))
	}
	s, err := jsonschema.UnmarshalJSON(bytes.NewReader(w.fetch(t, "/lists/power/schema.json").body))
	must(t, err)
	c := jsonschema.NewCompiler()
	must(t, c.AddResource("mem:power", s))
	schema, err := c.Compile("mem:power")
	must(t, err)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(f.body))
	must(t, err)
	must(t, schema.Validate(doc))
	var read struct {
		Entries []struct {
			Code   string
			Duties []map[string]string
		}
	}
	must(t, json.Unmarshal(f.body, &read))
	if len(read.Entries) != 1 || read.Entries[0].Code != foodCode || len(read.Entries[0].Duties) != 2 {
		t.Errorf("%s", f.body)
	}
	k, err := lists.KindOf("power")
	must(t, err)
	book := w.fetch(t, "/lists/power/download.xlsx?q="+foodCode)
	b := lists.ReadExcel(k, bytes.NewReader(book.body), int64(len(book.body)))
	if len(b.Problems) > 0 || len(b.Changes) != 1 || len(b.Changes[0].Content.Tables["duties"]) != 2 {
		t.Errorf("the workbook is read as %+v", b)
	}
}

// atom is what a reader of feeds takes from one.
type atom struct {
	XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
	ID      string   `xml:"id"`
	Title   string   `xml:"title"`
	Updated string   `xml:"updated"`
	Author  string   `xml:"author>name"`
	Links   []struct {
		Rel  string `xml:"rel,attr"`
		Href string `xml:"href,attr"`
	} `xml:"link"`
	Entries []struct {
		ID      string `xml:"id"`
		Title   string `xml:"title"`
		Updated string `xml:"updated"`
		Summary string `xml:"summary"`
		Link    struct {
			Href string `xml:"href,attr"`
		} `xml:"link"`
	} `xml:"entry"`
}

func (w *world) atom(t *testing.T, path string) (f atom) {
	t.Helper()
	a := w.fetch(t, path)
	if a.status != 200 || !strings.HasPrefix(a.header.Get("Content-Type"), "application/atom+xml") {
		t.Fatalf("%s: %d %s", path, a.status, a.header.Get("Content-Type"))
	}
	must(t, xml.Unmarshal(a.body, &f))
	if f.ID == "" || f.Title == "" || f.Author == "" {
		t.Errorf("%s lacks what every feed has: %+v", path, f)
	}
	for _, e := range append([]string{f.Updated}, stamps(f)...) {
		if _, err := time.Parse(time.RFC3339, e); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	return f
}

func stamps(f atom) (list []string) {
	for _, e := range f.Entries {
		list = append(list, e.Updated)
	}
	return list
}

func (f atom) link(rel string) string {
	for _, l := range f.Links {
		if l.Rel == rel {
			return l.Href
		}
	}
	return ""
}

// The feed has every change once, page after page, with ids that stay.
func theFeedHasEveryChangeOnce(t *testing.T, w *world) {
	t.Helper()
	first := w.atom(t, "/lists/power/changes.atom")
	if first.Entries[0].Link.Href == "" || !strings.Contains(first.Entries[0].Summary+first.Entries[1].Summary, "云政发〔2026〕9号") {
		t.Errorf("%+v", first.Entries)
	}
	if page := w.fetch(t, first.Entries[0].Link.Href); page.status != 200 {
		t.Errorf("an entry leads to %d", page.status)
	}
	for n := range 60 {
		c := power(foodCode, "食品作坊经营许可", "许可", "scjg")
		c.Columns["hotline"] = time.Duration(n).String()
		w.change(t, lists.Batch{List: "power", Document: "云政发〔2026〕20号", Reason: "逐次修改", Changes: []lists.Change{{Content: c}}})
	}
	seen := map[string]int{}
	pages := 0
	for path := "/lists/power/changes.atom"; path != ""; pages++ {
		f := w.atom(t, path)
		if f.ID != first.ID || f.link("first") != "/lists/power/changes.atom" || f.link("self") != path {
			t.Errorf("%s: id %s, links %v", path, f.ID, f.Links)
		}
		for _, e := range f.Entries {
			seen[e.ID]++
		}
		path = f.link("next")
	}
	for _, e := range first.Entries {
		if seen[e.ID] != 1 {
			t.Errorf("%s was seen %d times later", e.ID, seen[e.ID])
		}
	}
	if pages != 2 || len(seen) < 62 {
		t.Errorf("%d changes on %d pages", len(seen), pages)
	}
	all := w.fetch(t, "/lists/changes.atom")
	if again := w.fetch(t, "/lists/changes.atom", "If-None-Match", all.header.Get("ETag")); again.status != http.StatusNotModified {
		t.Errorf("who has the feed gets %d", again.status)
	}
}
