package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tongban/internal/register/law"
	"tongban/internal/register/received"
	"tongban/internal/work/adjust"
	"tongban/internal/work/casework"
	"tongban/internal/work/change"
	"tongban/internal/work/compare"
	"tongban/internal/work/inspect"
	"tongban/internal/work/publish"
)

// operation is one operation as the description tells it.
type operation struct {
	method, path, id string
	body             any // its example
	command, right   string
	public           bool
}

// operations lists all that the description holds.
func operations(t *testing.T, doc map[string]any) []operation {
	t.Helper()
	var list []operation
	for path, item := range doc["paths"].(map[string]any) {
		for method, x := range item.(map[string]any) {
			op := x.(map[string]any)
			o := operation{method: strings.ToUpper(method), path: path, id: op["operationId"].(string)}
			o.command, _ = op["x-command"].(string)
			o.right, _ = op["x-right"].(string)
			security, ok := op["security"].([]any)
			if !ok {
				t.Errorf("%s says nothing of security", o.id)
			}
			o.public = len(security) == 0
			if b, ok := op["requestBody"].(map[string]any); ok {
				if m, ok := b["content"].(map[string]any)["application/json"].(map[string]any); ok {
					if o.body = m["example"]; o.body == nil {
						t.Errorf("%s has no example", o.id)
					}
				}
			}
			list = append(list, o)
		}
	}
	slices.SortFunc(list, func(a, b operation) int { return strings.Compare(a.id, b.id) })
	return list
}

var inPath = regexp.MustCompile(`\{(\w+)\}`)

// concrete fills the parameters of a path in.
func concrete(path string, with map[string]int64) string {
	return inPath.ReplaceAllStringFunc(path, func(p string) string {
		if n, ok := with[strings.Trim(p, "{}")]; ok {
			return fmt.Sprint(n)
		}
		if p == "{day}" {
			return "2026-03-09"
		}
		return "1"
	})
}

func TestDescriptionHoldsTogether(t *testing.T) {
	t.Parallel()
	srv := bare(t)
	schemas := answersOf(t, srv.URL)
	doc := schemas.doc
	if doc["openapi"] != "3.1.0" {
		t.Errorf("openapi %v", doc["openapi"])
	}
	refsResolve(t, doc, doc, "#")
	tags := map[string]bool{}
	for _, x := range doc["tags"].([]any) {
		tags[x.(map[string]any)["name"].(string)] = true
	}
	seen := map[string]bool{}
	commands := map[string]bool{}
	for _, o := range operations(t, doc) {
		if seen[o.id] {
			t.Errorf("two operations are called %s", o.id)
		}
		seen[o.id], commands[o.command] = true, true
		op := doc["paths"].(map[string]any)[o.path].(map[string]any)[strings.ToLower(o.method)].(map[string]any)
		for _, tag := range op["tags"].([]any) {
			if !tags[tag.(string)] {
				t.Errorf("%s: tag %s is not described", o.id, tag)
			}
		}
		good := false
		for code, r := range op["responses"].(map[string]any) {
			good = good || code < "300"
			if r.(map[string]any)["description"] == "" {
				t.Errorf("%s: %s has no description", o.id, code)
			}
		}
		if !good {
			t.Errorf("%s never succeeds", o.id)
		}
		declared := map[string]bool{}
		for _, p := range asList(op["parameters"]) {
			if p["in"] == "path" {
				declared[p["name"].(string)] = true
			}
		}
		for _, m := range inPath.FindAllStringSubmatch(o.path, -1) {
			if !declared[m[1]] {
				t.Errorf("%s does not declare %s", o.id, m[1])
			}
		}
		if o.body != nil {
			exampleIsValid(t, schemas, o)
		}
	}
	for _, c := range casework.Commands() {
		if machine := c.Right == ""; !machine && c.Name != "case.settle" && c.Name != "case.add_file_for" && !commands[c.Name] {
			t.Errorf("no operation runs %s", c.Name)
		}
	}
	for _, c := range slices.Concat(law.Commands(), adjust.Commands(), change.Commands(), inspect.Commands(), compare.Commands(), publish.Commands(), received.Commands()) {
		// The next version of an item is written by an import of it, or by its flow.
		if c.Name != "item.propose" && !commands[c.Name] {
			t.Errorf("no operation runs %s", c.Name)
		}
	}
}

func asList(v any) []map[string]any { return objects(v) }

func exampleIsValid(t *testing.T, schemas *answers, o operation) {
	t.Helper()
	schema, err := schemas.compile(fmt.Sprintf("/paths/%s/%s/requestBody/content/application~1json/schema",
		strings.NewReplacer("/", "~1", "{", "%7B", "}", "%7D").Replace(o.path), strings.ToLower(o.method)))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(o.body); err != nil {
		t.Errorf("%s: the example is not valid: %v", o.id, err)
	}
}

// refsResolve walks a document and follows every reference in it.
func refsResolve(t *testing.T, doc, v any, at string) {
	t.Helper()
	switch x := v.(type) {
	case map[string]any:
		if ref, ok := x["$ref"].(string); ok {
			var to any = doc
			for _, part := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
				m, _ := to.(map[string]any)
				to = m[part]
			}
			if to == nil {
				t.Errorf("%s: %s leads nowhere", at, ref)
			}
		}
		for k, y := range x {
			refsResolve(t, doc, y, at+"/"+k)
		}
	case []any:
		for i, y := range x {
			refsResolve(t, doc, y, fmt.Sprintf("%s/%d", at, i))
		}
	}
}

func TestDocumentationNeedsNobodyElse(t *testing.T) {
	t.Parallel()
	srv := bare(t)
	doc := answersOf(t, srv.URL).doc
	for _, lang := range []string{"zh", "en"} {
		status, header, page := fetch(t, srv.URL+"/api/docs?lang="+lang)
		if status != http.StatusOK || !strings.HasPrefix(header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Fatalf("%d %v", status, header)
		}
		page = bytes.ReplaceAll(page, []byte("https://yunhe.example/"), nil) // a permanent link in an example
		for _, alien := range []string{"http://", "https://", "//cdn", "<script", "style=", "⟦"} {
			if i := bytes.Index(page, []byte(alien)); i >= 0 {
				t.Errorf("%s: %q in the page: …%s", lang, alien, page[i:min(i+80, len(page))])
			}
		}
		for _, o := range operations(t, doc) {
			if !bytes.Contains(page, []byte(`<article id="`+o.id+`">`)) {
				t.Errorf("%s is not documented", o.id)
			}
		}
		for name := range doc["components"].(map[string]any)["schemas"].(map[string]any) {
			if !bytes.Contains(page, []byte(`id="schema-`+name+`"`)) {
				t.Errorf("schema %s is not documented", name)
			}
		}
	}
	if status, header, _ := fetch(t, srv.URL+"/api/docs.css"); status != http.StatusOK || header.Get("Content-Type") != "text/css; charset=utf-8" {
		t.Errorf("style: %d %v", status, header)
	}
}

func TestNobodySignedInGetsNowhere(t *testing.T) {
	t.Parallel()
	srv := bare(t)
	n := 0
	for _, o := range operations(t, answersOf(t, srv.URL).doc) {
		if o.public {
			continue
		}
		n++
		for _, token := range []string{"", "Bearer " + strings.Repeat("x", 36), "Bearer", "Basic YTpi"} {
			r, err := http.NewRequest(o.method, srv.URL+"/api/v1"+concrete(o.path, nil), jsonOf(t, o.body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", token)
			r.Header.Set("Content-Type", "application/json")
			res, err := srv.Client().Do(r)
			if err != nil {
				t.Fatal(err)
			}
			b, _ := io.ReadAll(res.Body)
			_ = res.Body.Close()
			want := http.StatusUnauthorized
			if o.id == "signOut" && strings.HasPrefix(token, "Bearer x") {
				want = http.StatusNoContent // what is not open is out
			}
			if res.StatusCode != want || want == http.StatusUnauthorized && (res.Header.Get("WWW-Authenticate") != "Bearer" || !bytes.Contains(b, []byte("act.sign_in")) && o.id != "receivePublished") {
				t.Errorf("%s with %q: %d %s", o.id, token, res.StatusCode, b)
			}
		}
	}
	if n < 40 {
		t.Errorf("only %d operations want somebody", n)
	}
}

func jsonOf(t *testing.T, v any) io.Reader {
	t.Helper()
	if v == nil {
		return nil
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(b)
}
