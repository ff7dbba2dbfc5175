package security_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// listed checks the table of pages against the routes.
func (w *world) listed(t *testing.T) {
	t.Helper()
	for _, r := range w.routes {
		if _, ok := pageRules[r]; !ok {
			t.Errorf("who may use %s? tests/security/pages_table_test.go does not say", r)
		}
	}
	for r := range pageRules {
		if !slices.Contains(w.routes, r) {
			t.Errorf("%s is in the table and is no route", r)
		}
	}
}

// tryPages tries those routes as those kinds that pick wants.
func (w *world) tryPages(t *testing.T, pick func(method string, want outcome) bool) {
	t.Helper()
	for n, pattern := range w.routes {
		r := pageRules[pattern]
		method, path := w.concrete(pattern)
		wrong := misses{}
		for _, k := range kinds {
			want := r.expect(k)
			if !pick(method, want) || !r.worth(k, n) || r.open && k.key != "" && k.key != "baker" && k.key != "scjg_decider_1" || pattern == "POST /sign-out" && k.key != "" {
				continue
			}
			a := w.try(k, method, path, want)
			if !r.meets(k, method, a) && !notPages[pattern] {
				wrong.add(k, a, want)
			}
			if k.post == "" && !k.owner && strings.Contains(string(a.body), "云小满") {
				t.Errorf("%s tells %s the applicant's name", pattern, k)
			}
		}
		wrong.report(t, pattern)
	}
}

// notPages are answered with 404 or 405 to everybody: there is only what lies below.
var notPages = map[string]bool{"/": true, "/assets/": true, "/prefs": true}

// misses are the kinds that did not get what they must, by what they got.
type misses map[string][]string

func (m misses) add(k kind, a answer, want outcome) {
	what := fmt.Sprintf("%d, not %s", a.status, want)
	if len(m[what]) == 0 {
		m[what] = []string{a.short()}
	}
	m[what] = append(m[what], k.String())
}

func (m misses) report(t *testing.T, route string) {
	t.Helper()
	for what, list := range m {
		t.Errorf("%s: %s: %s\n\t%s", route, what, strings.Join(list[1:], ", "), list[0])
	}
}

// try uses a page as a browser does. Who has no business there sends a whole
// form, so that nothing but the right is missing; who has sends one that lacks
// most, so that little is done.
func (w *world) try(k kind, method, path string, want outcome) answer {
	if method == http.MethodGet {
		return w.page(k.key, path)
	}
	if strings.Contains(path, "/file/") && !strings.Contains(path, "remove") || strings.HasSuffix(path, "/scan") || strings.HasPrefix(path, "/counter/draft") || strings.HasPrefix(path, "/admin/import") || strings.HasSuffix(path, "/upload") && strings.HasPrefix(path, "/manage/") {
		kind, body := multipartOf("file", "plan.png", picture(4, 4))
		return w.ask(request{method: method, path: path, who: k.key, cookie: true, kind: kind, body: body})
	}
	values := url.Values{"post": {"0"}, "agency": {"scjg"}, "person": {strconv.FormatInt(w.in.official, 10)}, "item": {strconv.FormatInt(w.in.item, 10)}, "law": {"administrative-licensing"}, "article": {"32"}}
	if want != through {
		for _, name := range []string{"opinion", "findings", "reason", "question", "result", "text", "basis", "articles", "words", "body"} {
			values.Set(name, "试一试")
		}
		for name, v := range map[string]string{"passed": "yes", "number": "99012419880907308X", "day": "2026-04-01", "from": "2026-04-01", "days": "5", "to": "sthj",
			"subject": strconv.FormatInt(w.in.person, 10), "year": "2027", "post": "admin", "outcome": "granted", "mode": "window", "field": "premises_address", "value": "别处"} {
			values.Set(name, v)
		}
	}
	return w.form(k.key, path, values.Encode())
}

// concrete is a route with the things of the trials in its address.
func (w *world) concrete(pattern string) (method, path string) {
	method, path, ok := strings.Cut(pattern, " ")
	if !ok {
		method, path = http.MethodGet, pattern
	}
	return method, parameter.ReplaceAllStringFunc(strings.TrimSuffix(path, "{$}"), func(p string) string {
		return w.value(path, strings.Trim(p, "{}"))
	})
}

// value is what stands for a parameter of an address.
func (w *world) value(path, name string) string {
	in := w.in
	n := int64(1)
	switch {
	case name == "code" && strings.HasPrefix(path, "/lists/"):
		return listedCode
	case strings.HasPrefix(path, "/documents/"):
		return map[string]string{"kind": "acceptance", "version": "1"}[name]
	case name == "id" && strings.HasPrefix(path, "/items/"), name == "id" && strings.HasPrefix(path, "/admin/items/"), name == "id" && strings.HasPrefix(path, "/manage/flows/"), name == "item":
		n = in.item
	case name == "id" && strings.Contains(path, "/draft/"):
		n = in.draft
	case name == "id" && strings.HasPrefix(path, "/files/"), name == "file" && strings.Contains(path, "/remove/"):
		n = in.file
	case name == "file":
		n = in.filed
	case name == "id" && strings.HasPrefix(path, "/my/") && strings.Contains(path, "paper"):
		n = in.granted
	case name == "id" && (strings.Contains(path, "/task/") || strings.Contains(path, "/answer/") || strings.Contains(path, "/extension")):
		n = in.running
	case name == "id" && strings.HasPrefix(path, "/admin/staff/"):
		n = in.official
	case name == "id" && strings.HasPrefix(path, "/admin/powers/"):
		n = in.power
	case name == "id" && strings.HasPrefix(path, "/admin/officers/"):
		n = in.assigned
	case name == "id" && strings.HasPrefix(path, "/admin/"):
		n = 1
	case name == "id" && strings.Contains(path, "/licences/"), name == "licence":
		n = in.licence
	case name == "id":
		n = in.received
	case name == "task":
		n = in.task
	case name == "person":
		n = in.person
	case name == "inquiry":
		n = in.inquiry
	case name == "paper":
		n = in.paper
	default:
		return map[string]string{"code": in.code, "material": "plan", "group": "premises", "table": "bodies.csv", "token": "none", "finding": "none", "day": "2026-03-09", "request": "1", "n": "1", "comparison": "1", "objection": "1", "kind": "power", "version": "v1", "law": "administrative-licensing", "agency": "scjg", "region": "990124101", "list": "power", "reorganisation": "1", "article": "32"}[name]
	}
	return strconv.FormatInt(n, 10)
}
