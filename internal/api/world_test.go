package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"tongban/internal/api"
	"tongban/internal/demo"
	"tongban/internal/demo/demotest"
	"tongban/internal/house"
	"tongban/internal/record/store"
	"tongban/internal/register/identity"
	"tongban/internal/rules/day"
)

// world is the demonstration county behind the API.
type world struct {
	*testing.T
	h       *house.House
	county  *demo.County
	clock   *demo.Clock
	url     string
	client  *http.Client
	schemas *answers

	mu     *sync.Mutex
	tokens map[string]string
}

// both founds the county on each engine and runs f in it.
func both(t *testing.T, f func(w *world)) {
	t.Helper()
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			f(found(t, e))
		})
	}
}

func found(t *testing.T, e store.Engine) *world {
	t.Helper()
	h, county, clock := demotest.Open(t, e, house.Options{})
	srv := httptest.NewServer(api.Handler(h, api.Options{Version: "test", Cookie: "tb_session"}))
	t.Cleanup(srv.Close)
	w := &world{T: t, h: h, county: county, clock: clock, url: srv.URL, client: srv.Client(), mu: &sync.Mutex{}, tokens: map[string]string{}}
	w.schemas = answersOf(t, srv.URL)
	return w
}

// in runs a part of the test in the same world.
func (w *world) in(name string, f func(w *world)) {
	w.Run(name, func(t *testing.T) {
		w2 := *w
		w2.T = t
		f(&w2)
	})
}

// reply is an answer of the API.
type reply struct {
	w      *world
	call   string
	status int
	header http.Header
	raw    []byte
	body   map[string]any
}

// request is one call.
type request struct {
	method, path string
	token        string
	body         any // JSON, or raw bytes as []byte
	header       map[string]string
}

func (w *world) do(q request) reply {
	w.Helper()
	var content io.Reader
	switch b := q.body.(type) {
	case nil:
	case []byte:
		content = bytes.NewReader(b)
	case io.Reader:
		content = b
	default:
		j, err := json.Marshal(b)
		if err != nil {
			w.Fatal(err)
		}
		content = bytes.NewReader(j)
	}
	path := q.path
	if !strings.HasPrefix(path, "/api") && path != "/openapi.json" {
		path = api.Prefix + path
	}
	r, err := http.NewRequestWithContext(context.Background(), q.method, w.url+path, content)
	if err != nil {
		w.Fatal(err)
	}
	if content != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if q.token != "" {
		r.Header.Set("Authorization", "Bearer "+q.token)
	}
	for k, v := range q.header {
		r.Header.Set(k, v)
	}
	res, err := w.client.Do(r)
	if err != nil {
		w.Fatalf("%s %s: %v", q.method, q.path, err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		w.Fatal(err)
	}
	out := reply{w: w, call: q.method + " " + q.path, status: res.StatusCode, header: res.Header, raw: raw}
	if strings.Contains(res.Header.Get("Content-Type"), "json") {
		if err := json.Unmarshal(raw, &out.body); err != nil {
			w.Fatalf("%s: %v: %s", out.call, err, raw)
		}
		w.schemas.check(w.T, q.method, path, out)
	}
	return out
}

func (w *world) get(who, path string) reply {
	w.Helper()
	return w.do(request{method: http.MethodGet, path: path, token: w.token(who)})
}

func (w *world) post(who, path string, body any) reply {
	w.Helper()
	return w.do(request{method: http.MethodPost, path: path, token: w.token(who), body: body})
}

// ok wants success.
func (r reply) ok() reply {
	r.w.Helper()
	if r.status >= 300 {
		r.w.Fatalf("%s: %d %s", r.call, r.status, r.raw)
	}
	return r
}

// fails wants a problem with this status and code, whole in every part.
func (r reply) fails(status int, code string) reply {
	r.w.Helper()
	if r.status != status || r.body["code"] != code {
		r.w.Fatalf("%s: %d %s, want %d %s", r.call, r.status, r.raw, status, code)
	}
	if ct := r.header.Get("Content-Type"); ct != "application/problem+json" {
		r.w.Errorf("%s: content type %s", r.call, ct)
	}
	for _, k := range []string{"title", "detail"} {
		if s, _ := r.body[k].(string); s == "" || strings.Contains(s, "⟦") {
			r.w.Errorf("%s: %s is %q", r.call, k, s)
		}
	}
	if r.body["type"] != "urn:tongban:error:"+code || r.body["status"] != float64(status) {
		r.w.Errorf("%s: type %v status %v", r.call, r.body["type"], r.body["status"])
	}
	return r
}

func (r reply) num(key string) int64 {
	r.w.Helper()
	n, ok := r.body[key].(float64)
	if !ok {
		r.w.Fatalf("%s: no number %s in %s", r.call, key, r.raw)
	}
	return int64(n)
}

func (r reply) str(key string) string {
	s, _ := r.body[key].(string)
	return s
}

// list is a member that is a list of objects.
func (r reply) list(key string) []map[string]any { return objects(r.body[key]) }

func objects(v any) []map[string]any {
	var out []map[string]any
	list, _ := v.([]any)
	for _, x := range list {
		out = append(out, x.(map[string]any))
	}
	return out
}

// token signs somebody of the county in, once; "" is nobody.
func (w *world) token(who string) string {
	w.Helper()
	if who == "" {
		return ""
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.tokens[who] == "" {
		w.tokens[who] = w.signIn(who)
	}
	return w.tokens[who]
}

func (w *world) signIn(who string) string {
	w.Helper()
	for _, a := range w.county.Accounts() {
		if a.Key != who {
			continue
		}
		r := w.do(request{method: http.MethodPost, path: "/sessions", body: map[string]any{"login": a.Login, "password": a.Password}}).ok()
		if r.str("next") == "second" {
			code, err := identity.TOTPCode(a.TOTP, w.clock.Now())
			if err != nil {
				w.Fatal(err)
			}
			r = w.do(request{method: http.MethodPost, path: "/sessions/second", token: r.str("token"), body: map[string]any{"code": code}}).ok()
		}
		if r.str("next") != "" {
			w.Fatalf("%s still needs %q", who, r.str("next"))
		}
		return r.str("token")
	}
	w.Fatalf("no account %s", who)
	return ""
}

// later lets time pass; sessions end by it.
func (w *world) later(days int) {
	w.clock.Set(w.clock.Now() + day.Instant(days)*24*day.Hour)
	w.mu.Lock()
	clear(w.tokens)
	w.mu.Unlock()
}

// upload sends one file.
func (w *world) upload(who, path, material, name string, content []byte) reply {
	w.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	part, err := m.CreateFormFile("file", name)
	if err != nil {
		w.Fatal(err)
	}
	if _, err := part.Write(content); err != nil {
		w.Fatal(err)
	}
	if err := m.Close(); err != nil {
		w.Fatal(err)
	}
	return w.do(request{method: http.MethodPost, path: path + "?material=" + material, token: w.token(who), body: b.Bytes(),
		header: map[string]string{"Content-Type": m.FormDataContentType()}})
}

// answers checks what comes back against the description.
type answers struct {
	doc      map[string]any
	compiler *jsonschema.Compiler
	mu       sync.Mutex
}

func answersOf(t *testing.T, url string) *answers {
	t.Helper()
	_, _, b := fetch(t, url+"/openapi.json")
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("openapi.json", doc); err != nil {
		t.Fatal(err)
	}
	return &answers{doc: doc.(map[string]any), compiler: c}
}

// compile compiles the schema at a JSON pointer of the description.
func (a *answers) compile(pointer string) (*jsonschema.Schema, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.compiler.Compile("openapi.json#" + pointer)
}

// check finds the operation of a call and compares its answer.
func (a *answers) check(t *testing.T, method, path string, r reply) {
	t.Helper()
	pattern := a.match(method, path)
	if pattern == "" {
		return
	}
	media := strings.ReplaceAll(strings.SplitN(r.header.Get("Content-Type"), ";", 2)[0], "/", "~1")
	pointer := fmt.Sprintf("/paths/%s/%s/responses/%d/content/%s/schema", strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(pattern),
		strings.ToLower(method), r.status, media)
	schema, err := a.compile(pointer)
	if err != nil {
		t.Errorf("%s answered %d, which is not described: %v", r.call, r.status, err)
		return
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(r.raw))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(v); err != nil {
		t.Errorf("%s: the answer is not as described: %v\n%s", r.call, err, r.raw)
	}
}

// match finds the path of the description that a call's path is of.
func (a *answers) match(method, path string) string {
	path, _, _ = strings.Cut(path, "?")
	got := strings.Split(strings.TrimPrefix(path, api.Prefix), "/")
	best := ""
	for pattern, item := range a.doc["paths"].(map[string]any) {
		if item.(map[string]any)[strings.ToLower(method)] == nil {
			continue
		}
		want := strings.Split(pattern, "/")
		fits := len(want) == len(got)
		for i := 0; fits && i < len(want); i++ {
			fits = want[i] == got[i] || strings.HasPrefix(want[i], "{")
		}
		if fits && (best == "" || strings.Count(pattern, "{") < strings.Count(best, "{")) {
			best = pattern
		}
	}
	return best
}
