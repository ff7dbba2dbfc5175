package security_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"tongban/internal/api"
	"tongban/internal/demo"
)

// planted are headers with which a browser sends what another site's page told it to.
var planted = []map[string]string{
	{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.invalid"},
	{"Sec-Fetch-Site": "same-site", "Origin": "https://other.yunhe.invalid"},
	{"Origin": "https://evil.invalid"},
	{"Origin": "null"},
	{"Sec-Fetch-Site": "cross-site"},
}

// Nothing that another site's page makes a browser send is carried out, though
// the browser adds the cookie.
func TestOtherSitesCannotPost(t *testing.T) {
	w := at(t)
	before := w.stocks(t)
	for _, pattern := range w.routes {
		method, path := w.concrete(pattern)
		if method == http.MethodGet && pattern != "/prefs" {
			continue
		}
		who := "scjg_decider_1"
		if pageRules[pattern].self {
			who = "baker"
		}
		for _, h := range planted {
			a := w.ask(request{method: http.MethodPost, path: path, who: who, cookie: true, kind: "application/x-www-form-urlencoded", body: []byte("reason=x"), header: h})
			if a.status != http.StatusForbidden || a.header.Get("Set-Cookie") != "" {
				t.Errorf("%s with %v: %s", pattern, h, a.short())
			}
		}
	}
	for _, o := range w.operations() {
		if o.method == http.MethodGet || o.public {
			continue
		}
		for _, h := range planted {
			for _, kind := range []string{"application/json", "text/plain"} {
				body, _ := json.Marshal(o.example)
				a := w.ask(request{method: o.method, path: api.Prefix + w.address(o), who: "scjg_decider_1", cookie: true, kind: kind, body: body, header: h})
				if a.status != http.StatusForbidden || a.code() != "api.cross_origin" {
					t.Errorf("%s with %v: %s", o.id, h, a.short())
				}
			}
		}
	}
	same(t, "what other sites sent", before, w.stocks(t))
}

// Nothing that the browser can be told to fetch tells another site anything:
// there is no CORS, and no answer may be framed or embedded.
func TestHeadersOnEveryAnswer(t *testing.T) {
	w := at(t)
	w.eachAnswer(func(what string, personal bool, a answer) {
		h := a.header
		csp := h.Get("Content-Security-Policy")
		switch {
		case a.status == 0:
			t.Errorf("%s: %s", what, a.body)
		case !strings.Contains(csp, "default-src") || strings.Contains(csp, "unsafe") || strings.Contains(csp, "*"):
			t.Errorf("%s: CSP %q", what, csp)
		case !strings.Contains(csp, "frame-ancestors 'none'") && !strings.Contains(csp, "sandbox"), h.Get("X-Frame-Options") != "DENY":
			t.Errorf("%s: can be framed: %q %q", what, csp, h.Get("X-Frame-Options"))
		case h.Get("X-Content-Type-Options") != "nosniff", !strings.Contains("same-origin no-referrer", h.Get("Referrer-Policy")), h.Get("Cross-Origin-Resource-Policy") != "same-origin":
			t.Errorf("%s: %v", what, h)
		case personal && !strings.Contains(h.Get("Cache-Control"), "no-store"):
			t.Errorf("%s: Cache-Control %q", what, h.Get("Cache-Control"))
		case len(a.body) > 0 && h.Get("Content-Type") == "":
			t.Errorf("%s: no Content-Type", what)
		}
		for name := range h {
			if strings.HasPrefix(name, "Access-Control-") || name == "Server" || name == "X-Powered-By" {
				t.Errorf("%s: %s: %s", what, name, h.Get(name))
			}
		}
	})
}

// eachAnswer asks for every page and every reading operation, and for what goes
// wrong, as somebody from another origin would.
func (w *world) eachAnswer(see func(what string, personal bool, a answer)) {
	foreign := map[string]string{"Origin": "https://evil.invalid", "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
	for _, pattern := range w.routes {
		method, path := w.concrete(pattern)
		r := pageRules[pattern]
		if method != http.MethodGet || pattern == "/assets/" || pattern == "/prefs" {
			continue
		}
		who := map[bool]string{true: "baker", false: "scjg_decider_1"}[r.self || r.open]
		see("GET "+path, !r.open, w.ask(request{method: method, path: path, who: who, cookie: true, header: foreign}))
		if r.open || long {
			see("GET "+path+" as nobody", false, w.ask(request{method: method, path: path, header: foreign}))
			see("OPTIONS "+path, false, w.ask(request{method: http.MethodOptions, path: path, header: foreign}))
		}
	}
	for _, o := range w.operations() {
		path := api.Prefix + w.address(o)
		see("OPTIONS "+path, false, w.ask(request{method: http.MethodOptions, path: path, header: foreign}))
		if o.method == http.MethodGet {
			see("GET "+path, !o.public, w.ask(request{method: o.method, path: path, who: "baker", header: foreign}))
		}
	}
	for path, status := range map[string]int{"/none": 404, "/api/v1/none": 404, "/openapi.json": 200, "/api/docs": 200, "/assets/none": 404, "/my/0": 404, "/my/%zz": 400, "/draft/x": 404} {
		a := w.page("baker", path)
		if a.status != status {
			a.body, a.status = []byte("want another status: "+a.short()), 0
		}
		if status != http.StatusBadRequest { // answered before any handler: nothing of ours is in it
			see("GET "+path, false, a)
		}
	}
}

// away are addresses that lead off this site, in every way that browsers read.
var away = []string{
	"https://evil.invalid/", "//evil.invalid", "/\\evil.invalid", "\\\\evil.invalid", "/\t/evil.invalid", "/\n/evil.invalid", "javascript:alert(1)", "data:text/html,x",
	"https:evil.invalid", "///evil.invalid", "/%09/evil.invalid", "evil.invalid", "/my\r\nSet-Cookie: tb_session=planted", "http:/evil.invalid", "/\u2028/evil.invalid", " //evil.invalid",
}

func TestNoOpenRedirect(t *testing.T) {
	w := at(t)
	forms := map[string]url.Values{
		"/sign-in": {"login": {"neighbour"}, "password": {demo.PeoplePassword}},
		"/prefs":   {"lang": {"zh"}},
	}
	for _, to := range away {
		for path, v := range forms {
			v.Set("back", to)
			for _, a := range []answer{w.form("", path, v.Encode()), w.form("", path+"?back="+url.QueryEscape(to), v.Encode())} {
				if at := a.header.Get("Location"); a.status != http.StatusSeeOther || leaves(at) || len(a.header["Set-Cookie"]) != 1 {
					t.Errorf("%s with %q leads to %q: %s", path, to, at, a.short())
				}
			}
		}
		for _, path := range []string{"/sign-in", "/sign-up", "/sign-in/code", "/password", "/office/case/" + w.value("", "id")} {
			a := w.page("scjg_decider_1", path+"?back="+url.QueryEscape(to))
			for _, attribute := range []string{"href", "action", "value", "src"} {
				if leaves(to) && strings.Contains(string(a.body), attribute+`="`+to) {
					t.Errorf("%s with %q keeps it as %s", path, to, attribute)
				}
			}
		}
		if at := w.page("", "/check?code="+url.QueryEscape(to)).header.Get("Location"); at != "" && leaves(at) {
			t.Errorf("a code %q leads to %q", to, at)
		}
	}
}

// leaves tells whether a browser that follows an address leaves the site.
func leaves(at string) bool {
	u, err := url.Parse(at)
	return err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(at, "/") || strings.HasPrefix(at, "//") || strings.ContainsAny(at, "\\\r\n\t")
}

// The name by which a request calls the server is in no answer and no redirect.
func TestHostHeaderIsNotBelieved(t *testing.T) {
	w := at(t)
	for _, pattern := range w.routes {
		method, path := w.concrete(pattern)
		if method != http.MethodGet || !long && !pageRules[pattern].open && !pageRules[pattern].self {
			continue
		}
		a := w.ask(request{method: method, path: path, who: "baker", cookie: true, header: map[string]string{"Host": "evil.invalid", "X-Forwarded-Host": "evil.invalid", "X-Forwarded-For": "203.0.113.9",
			"Forwarded": "host=evil.invalid"}})
		if strings.Contains(string(a.body), "evil.invalid") || strings.Contains(a.header.Get("Location"), "evil") {
			t.Errorf("%s repeats the Host header", pattern)
		}
	}
}
