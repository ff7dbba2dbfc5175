package security_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"tongban/internal/api"
)

// hostileValues are words that are meant to be run, read as something else, or
// too much. None may be more than a wrong value.
var hostileValues = []string{
	"' or '1'='1", `"; drop table person; --`, "1) union select login, password from account --", "%' or 1=1 --", "\\", "%", "_", "*", "\"a\" OR b NEAR c", "a AND (",
	"-1", "0", "99999999999999999999999999", "9223372036854775807", "-9223372036854775808", "1e400", "NaN", "0x10", "１２", "1.5",
	"<script>alert(1)</script>", `" onmouseover="alert(1)`, "{{.}}", "${7*7}", "javascript:alert(1)",
	"\xff\xfe", "\x00", "a\x00b", "\r\nSet-Cookie: tb_session=planted", "\u202e\u2066", "../../../../etc/passwd", "..%2f..%2fetc", "2026-13-45", "0000-00-00", "9999-12-31",
	strings.Repeat("长", 5000), strings.Repeat("(", 2000), strings.Repeat("9", 3000),
}

// sound wants an answer that is not a fault of ours and runs nothing.
func sound(t *testing.T, what string, a answer) {
	t.Helper()
	body := string(a.body)
	switch {
	case a.status == 0 || a.status >= 500:
		t.Errorf("%s: %s", what, a.short())
	case strings.Contains(body, "<script>alert") || strings.Contains(body, `" onmouseover="alert`) || strings.Contains(body, `href="javascript:`) || strings.Contains(body, `src="javascript:`) || strings.Contains(body, `action="javascript:`):
		if strings.Contains(a.header.Get("Content-Type"), "html") {
			t.Errorf("%s: what was sent comes back as markup: %s", what, a.short())
		}
	case !compressed(a) && (strings.Contains(body, "SQLITE") || strings.Contains(body, "syntax error") || strings.Contains(body, "pq:") || strings.Contains(body, "goroutine ")):
		t.Errorf("%s tells what is inside: %s", what, a.short())
	}
	for _, c := range a.header.Values("Set-Cookie") {
		if strings.Contains(c, "planted") {
			t.Errorf("%s sets a cookie: %s", what, c)
		}
	}
}

// compressed tells whether an answer is a file, in whose packed bytes any short
// word may stand by chance.
func compressed(a answer) bool {
	kind := a.header.Get("Content-Type")
	return kind == "application/pdf" || kind == "application/zip" || strings.HasPrefix(kind, "application/vnd.openxmlformats")
}

// some takes every value in a long run, and otherwise a few that differ from
// route to route.
func some(n int) []string {
	if long {
		return hostileValues
	}
	var list []string
	for i := n % 15; i < len(hostileValues); i += 15 {
		list = append(list, hostileValues[i])
	}
	return list
}

// pageQueries are the query parameters that pages read.
var pageQueries = []string{"q", "back", "code", "from", "page", "only", "status", "sort", "item", "agency", "kind", "lang", "done", "before", "person", "subject", "agent", "purpose", "group", "sent", "saved", "on", "type", "region", "after", "to", "part"}

// Every parameter in every address, and every query of every page and operation.
func TestHostileAddresses(t *testing.T) {
	w := at(t)
	before := w.stocks(t)
	for n, pattern := range w.routes {
		method, path := w.concrete(pattern)
		who := "scjg_decider_1"
		if pageRules[pattern].self || pageRules[pattern].began {
			who = "baker"
		}
		for i, v := range some(n) {
			source := map[string]string{sourceHeader: "198.51.100." + string(rune('0'+i%10)) + string(rune('0'+n%10))}
			_, raw, _ := strings.Cut(" "+pattern, "/")
			filled := parameter.ReplaceAllString("/"+strings.TrimSuffix(raw, "{$}"), url.PathEscape(v))
			if strings.Contains(pattern, "{") {
				sound(t, method+" "+pattern+" with "+shorten(v), w.ask(request{method: method, path: filled, who: who, cookie: true, header: source}))
			}
			if method == http.MethodGet {
				q := url.Values{}
				for _, name := range pageQueries {
					q.Set(name, v)
				}
				if u := path + "?" + q.Encode(); len(u) < 30_000 {
					sound(t, pattern+" asked for "+shorten(v), w.ask(request{method: method, path: u, who: who, cookie: true, header: source}))
				}
			}
		}
	}
	for n, o := range w.operations() {
		for _, v := range some(n) {
			filled := parameter.ReplaceAllString(api.Prefix+o.path, url.PathEscape(v))
			q := url.Values{}
			for _, name := range o.query {
				q.Set(name, v)
			}
			for _, path := range []string{filled, filled + "?" + q.Encode(), api.Prefix + strings.SplitN(w.address(o), "?", 2)[0] + "?" + q.Encode()} {
				if o.method == http.MethodGet && len(path) < 30_000 {
					sound(t, o.id+" with "+shorten(v), w.ask(request{method: o.method, path: path, who: "baker", header: map[string]string{sourceHeader: "203.0.113." + string(rune('0'+n%10))}}))
				}
			}
		}
	}
	same(t, "hostile addresses", before, w.stocks(t))
}

func shorten(s string) string {
	if len(s) > 40 {
		return s[:40] + "…"
	}
	return s
}

// hostileBodies are bodies that no client writes.
func hostileBodies() map[string]string {
	return map[string]string{
		"nothing": "", "no JSON": "{", "null": "null", "a list": "[]", "a text": `"x"`, "a number": "1", "true": "true", "empty": "{}", "twice": "{}{}",
		"deep lists": strings.Repeat("[", 200_000), "deep objects": strings.Repeat(`{"values":`, 100_000), "closed deep": `{"values":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + "}",
		"no UTF-8": "{\"reason\":\"\xff\xfe\"}", "half a surrogate": `{"reason":"\ud800"}`, "a NUL": `{"reason":"\u0000"}`, "more than a megabyte": `{"reason":"` + strings.Repeat("x", 2<<20) + `"}`,
		"keys twice": `{"item":1,"item":2,"item":{}}`, "prototype": `{"__proto__":{"admin":true},"constructor":{"prototype":{}}}`,
	}
}

// Every operation with bodies that no client writes, and with each value of its
// example replaced by what it is not.
func TestHostileBodies(t *testing.T) {
	w := at(t)
	for n, o := range w.operations() {
		if o.method == http.MethodGet || o.id == "signOut" {
			continue
		}
		who := "neighbour" // whom none of the things belongs to: nothing is to be done
		if operationRules[o.id].staff {
			who = "rsj_reviewer_1"
		}
		send := func(what, kind string, body []byte) {
			path := api.Prefix + w.address(o)
			sound(t, o.id+" with "+what, w.ask(request{method: o.method, path: path, who: who, kind: kind, body: body, header: map[string]string{sourceHeader: "198.18.0." + string(rune('0'+n%10))}}))
		}
		i := 0
		for what, body := range hostileBodies() {
			if i++; long || (i+n)%5 == 0 {
				send(what, "application/json", []byte(body))
			}
		}
		example, ok := o.example.(map[string]any)
		if !ok {
			continue
		}
		for name := range example {
			for i, v := range []any{nil, -1, 1e300, "", "x\x00", []any{}, map[string]any{"a": 1}, strings.Repeat("9", 500), true} {
				if !long && (i+n)%5 != 0 {
					continue
				}
				changed := map[string]any{}
				for k, x := range example {
					changed[k] = x
				}
				changed[name] = v
				b, _ := json.Marshal(changed)
				send(name+" replaced", "application/json", b)
			}
		}
	}
}

// Every form of the pages with values that are meant to be run, and as kinds of
// bodies that no browser sends.
func TestHostileForms(t *testing.T) {
	w := at(t)
	defer clear(w.tokens) // some have set their post aside
	fields := []string{"login", "password", "code", "name", "idno", "phone", "number", "text", "reason", "q", "back", "seen", "days", "agency", "person", "post", "from", "until", "year", "item", "subject", "passed",
		"opinion", "idempotency_key", "officers", "act", "tb_act", "tb_delivery", "delivery", "address", "area", "workers", "category", "shown", "size", "lang", "values"}
	for n, pattern := range w.routes {
		method, path := w.concrete(pattern)
		if method != http.MethodPost && pattern != "/prefs" || pattern == "POST /sign-out" {
			continue
		}
		who := "rsj_reviewer_1"
		if pageRules[pattern].self || pageRules[pattern].began {
			who = "neighbour"
		}
		for i, v := range some(n) {
			q := url.Values{}
			for _, f := range fields {
				q.Set(f, v)
			}
			body := q.Encode()
			header := map[string]string{sourceHeader: "100.64." + string(rune('0'+i%10)) + "." + string(rune('0'+n%10)), "Sec-Fetch-Site": "same-origin"}
			if len(body) < 900_000 {
				sound(t, pattern+" with "+shorten(v), w.ask(request{method: http.MethodPost, path: path, who: who, cookie: true, kind: "application/x-www-form-urlencoded", body: []byte(body), header: header}))
			}
		}
		for kind, body := range map[string]string{
			"application/json": `{"a":1}`, "multipart/form-data": "x", "multipart/form-data; boundary=x": "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n", "text/plain": strings.Repeat("x", 100),
			"application/x-www-form-urlencoded": "%zz&=&a=%ff", "multipart/form-data; boundary=y": "--y\r\n\r\n--y--", "": "x",
		} {
			sound(t, pattern+" as "+kind, w.ask(request{method: http.MethodPost, path: path, who: who, cookie: true, kind: kind, body: []byte(body), header: map[string]string{sourceHeader: "100.65.0.1"}}))
		}
	}
}

// A form is bounded before it is read; where no files are taken, also a form that
// says it brings some, which would otherwise be kept on disk.
func TestOversizedForms(t *testing.T) {
	w := at(t)
	big := make([]byte, 3<<20)
	for n, pattern := range w.routes {
		method, path := w.concrete(pattern)
		if method != http.MethodPost || !long && n%5 != 0 && path != "/sign-in" {
			continue
		}
		kind, body := multipartOf("file", "x.bin", big)
		for kind, body := range map[string][]byte{kind: body, "application/x-www-form-urlencoded": append([]byte("login="), big...)} {
			a := w.ask(request{method: method, path: path, kind: kind, body: body, header: map[string]string{sourceHeader: "100.66.0.1"}})
			if a.status >= 500 { // 0: the line was cut while we were still sending
				t.Errorf("%s with %s: %s", pattern, kind, a.short())
			}
		}
	}
}
