package security_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"tongban/internal/demo"
	"tongban/internal/register/identity"
	"tongban/internal/rules/day"
	"tongban/internal/web"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
)

// browse signs in through the pages with a cookie that the browser had before,
// and returns the cookie that it has then.
func (w *world) browse(t *testing.T, login, before string) *http.Cookie {
	t.Helper()
	v := url.Values{"login": {login}, "password": {demo.PeoplePassword}}
	a := w.ask(request{method: http.MethodPost, path: "/sign-in", token: before, cookie: true, kind: "application/x-www-form-urlencoded", body: []byte(v.Encode())})
	return sessionCookie(t, a)
}

func sessionCookie(t *testing.T, a answer) *http.Cookie {
	t.Helper()
	r := http.Response{Header: a.header}
	i := slices.IndexFunc(r.Cookies(), func(c *http.Cookie) bool { return c.Name == door.Cookie })
	if i < 0 {
		t.Fatalf("no session: %s", a.short())
	}
	return r.Cookies()[i]
}

// in tells whether a token opens a page of one's own.
func (w *world) isIn(token string) bool {
	return w.ask(request{method: http.MethodGet, path: "/my", token: token, cookie: true}).status == http.StatusOK
}

func TestSessionIsNewAtEverySignIn(t *testing.T) {
	w := at(t)
	planted := strings.Repeat("planted", 5)
	first := w.browse(t, "neighbour", planted)
	if first.Value == planted || len(first.Value) < 30 || w.isIn(planted) || !w.isIn(first.Value) {
		t.Fatalf("planted %q, got %q", planted, first.Value)
	}
	if !first.HttpOnly || first.SameSite != http.SameSiteLaxMode || first.Path != "/" || first.Domain != "" || first.MaxAge > 0 {
		t.Errorf("cookie: %+v", first)
	}
	second := w.browse(t, "neighbour", first.Value)
	if second.Value == first.Value || w.isIn(first.Value) {
		t.Error("the session before goes on after a new sign-in")
	}
	// Somebody else at the same browser does not end up in the former's session.
	third := w.browse(t, "baker", second.Value)
	if a := w.ask(request{method: http.MethodGet, path: "/api/v1/sessions/current", token: third.Value}); w.isIn(second.Value) || !strings.Contains(string(a.body), "云小满") {
		t.Errorf("after another person signed in: %s", a.short())
	}
}

func TestSignOutEndsTheSession(t *testing.T) {
	w := at(t)
	here, there := w.browse(t, "neighbour", ""), w.browse(t, "neighbour", "")
	out := func(token, values string) answer {
		return w.ask(request{method: http.MethodPost, path: "/sign-out", token: token, cookie: true, kind: "application/x-www-form-urlencoded", body: []byte(values)})
	}
	a := out(here.Value, "")
	if c := sessionCookie(t, a); c.MaxAge >= 0 || w.isIn(here.Value) || !w.isIn(there.Value) {
		t.Errorf("cookie %+v; here in %v, there in %v", c, w.isIn(here.Value), w.isIn(there.Value))
	}
	here = w.browse(t, "neighbour", "")
	if out(here.Value, "everywhere=yes"); w.isIn(there.Value) {
		t.Error("signed out everywhere, and still in elsewhere")
	}
	delete(w.tokens, "neighbour")
	token := w.signIn("neighbour")
	if a := w.ask(request{method: http.MethodDelete, path: "/api/v1/sessions/current", token: token}); a.status != http.StatusNoContent {
		t.Errorf("sign out: %s", a.short())
	}
	if a := w.ask(request{method: http.MethodGet, path: "/api/v1/cases", token: token}); a.status != http.StatusUnauthorized {
		t.Errorf("after signing out: %s", a.short())
	}
}

// Between password and one-time code a session opens nothing at all.
func TestHalfASignInOpensNothing(t *testing.T) {
	w := at(t)
	a := w.json("", http.MethodPost, "/sessions", map[string]string{"login": "scjg.decider2", "password": demo.StaffPassword})
	var half struct{ Token, Next string }
	if err := json.Unmarshal(a.body, &half); err != nil || half.Next != string(identity.SecondFactor) {
		t.Fatal(a.short())
	}
	for _, pattern := range w.routes {
		method, path := w.concrete(pattern)
		if pageRules[pattern].open || method != http.MethodGet {
			continue
		}
		if a := w.ask(request{method: method, path: path, token: half.Token, cookie: true}); !a.toSignIn() {
			t.Errorf("%s: %s", pattern, a.short())
		}
	}
	for _, o := range w.operations() {
		if o.public || o.id == "signOut" || o.id == "showSession" || o.id == "signInSecond" {
			continue
		}
		a := w.ask(request{method: o.method, path: "/api/v1" + w.address(o), token: half.Token, kind: "application/json", body: []byte("{}")})
		if a.status != http.StatusUnauthorized {
			t.Errorf("%s: %s", o.id, a.short())
		}
	}
}

func TestSessionsEndByThemselves(t *testing.T) {
	w := at(t)
	for _, x := range []struct {
		who, path     string
		idle, longest day.Instant
	}{
		{"scjg_decider_2", "/office", identity.StaffIdle, identity.StaffLongest},
		{"neighbour", "/my", identity.PublicIdle, identity.PublicLongest},
	} {
		in := func(token string) bool {
			return w.ask(request{method: http.MethodGet, path: x.path, token: token, cookie: true}).status == http.StatusOK
		}
		token := w.signIn(x.who)
		if w.later(x.idle - day.Second); !in(token) {
			t.Errorf("%s: ended too early", x.who)
		}
		if w.later(x.idle + day.Second); in(token) {
			t.Errorf("%s: goes on after %d minutes without a request", x.who, x.idle/day.Minute)
		}
		token = w.signIn(x.who)
		for used := day.Instant(0); used <= x.longest; used += x.idle / 2 {
			w.later(x.idle / 2)
			if ok := in(token); ok != (used+x.idle/2 < x.longest) {
				t.Errorf("%s: in %v after %d minutes of use", x.who, ok, (used+x.idle/2)/day.Minute)
			}
		}
	}
	clear(w.tokens)
}

// Where the public address is HTTPS, cookies travel over TLS only and browsers
// are told never to come without, also when a proxy ends TLS.
func TestSecureBehindAProxy(t *testing.T) {
	w := at(t)
	pages, err := web.Handler(w.h, door.Options{Site: ui.Plain("云禾"), Authority: ui.Plain("云禾县"), Address: "https://yunhe.invalid"})
	if err != nil {
		t.Fatal(err)
	}
	for path, values := range map[string]string{
		"/sign-in": url.Values{"login": {"neighbour"}, "password": {demo.PeoplePassword}}.Encode(), "/prefs": "lang=en&size=elder&density=compact", "/sign-out": "",
	} {
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(values))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		rec := httptest.NewRecorder()
		pages.ServeHTTP(rec, r)
		if rec.Header().Get("Strict-Transport-Security") == "" {
			t.Errorf("%s: no Strict-Transport-Security", path)
		}
		if len(rec.Result().Cookies()) == 0 {
			t.Errorf("%s: %d without a cookie", path, rec.Code)
		}
		for _, c := range rec.Result().Cookies() {
			if !c.Secure || !c.HttpOnly {
				t.Errorf("%s: %+v", path, c)
			}
		}
	}
}
