package api_test

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"tongban/internal/rules/day"
)

func TestProblems(t *testing.T) {
	t.Parallel()
	both(t, func(w *world) {
		w.in("what cannot be read", unreadable)
		w.in("what is wrong in a body", wrongBodies)
		w.in("languages", languages)
		w.in("addresses and methods", nowhere)
		w.in("uploads", uploads)
		w.in("guessing is slowed", guessing)
		w.in("other sites", otherSites)
		w.in("sessions", sessionSteps)
		w.in("tools", tools)
	})
}

func unreadable(w *world) {
	for _, x := range []struct {
		what, body, media string
		status            int
		code              string
	}{
		{"no JSON", `{"number":`, "", 400, "api.unreadable"},
		{"nothing", ``, "", 400, "api.unreadable"},
		{"too deep", `{"values":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}`, "", 400, "api.unreadable"},
		{"too large", `{"number":"` + strings.Repeat("x", 2<<20) + `"}`, "", 413, "api.large"},
		{"a form", `number=1`, "application/x-www-form-urlencoded", 415, "api.media"},
	} {
		q := request{method: http.MethodPost, path: "/progress", body: []byte(x.body)}
		if x.media != "" {
			q.header = map[string]string{"Content-Type": x.media}
		}
		r := w.do(q)
		if r.status != x.status {
			w.Errorf("%s: %d %s", x.what, r.status, r.raw)
			continue
		}
		r.fails(x.status, x.code)
	}
}

func wrongBodies(w *world) {
	for _, x := range []struct {
		path, body string
		faults     string // field=message of each
	}{
		{"/progress", `{"number":"1"}`, "code=这一项要填。"},
		{"/progress", `{"number":1,"code":true}`, "code=写成文字（加引号）。 number=写成文字（加引号）。"},
		{"/progress", `{"number":"1","code":"2","secret":"13800000000"}`, "secret=没有这一项，去掉它。"},
		{"/progress", `{"number":"` + strings.Repeat("1", 61) + `","code":"2"}`, "number=大小或者长度超出范围，看接口说明。"},
		{"/codes/check", `{"kind":"passport","value":"1"}`, "kind=只能是：uscc / citizen / licence / item"},
		{"/progress", `[]`, "=写成对象。"},
	} {
		r := w.do(request{method: http.MethodPost, path: x.path, body: []byte(x.body)}).fails(422, "api.wrong")
		var got []string
		for _, e := range r.list("errors") {
			got = append(got, fmt.Sprintf("%s=%s", e["field"], e["message"]))
		}
		if s := strings.Join(got, " "); s != x.faults {
			w.Errorf("%s: %s, want %s", x.body, s, x.faults)
		}
		if bytes.Contains(r.raw, []byte("13800000000")) {
			w.Errorf("what was sent comes back: %s", r.raw)
		}
	}
	for path, field := range map[string]string{
		"/items?limit=x": "limit", "/items?limit=9999": "limit", "/items?colour=red": "colour", "/items/x": "item", "/calendar/add?from=2026-02-10": "n",
	} {
		r := w.get("", path).fails(422, "api.wrong")
		if e := r.list("errors"); len(e) != 1 || e[0]["field"] != field {
			w.Errorf("%s: %s", path, r.raw)
		}
	}
	w.get("", "/calendar/yesterday").fails(422, "api.wrong")
	w.get("", "/grants?cursor=%25").fails(422, "api.cursor")
	w.get("", "/items?cursor=%25").fails(422, "catalog.search.cursor")
}

func languages(w *world) {
	for accept, want := range map[string]string{
		"": "zh-CN", "zh-CN,zh;q=0.9,en;q=0.8": "zh-CN", "en": "en", "en-GB,en;q=0.9": "en", "fr": "zh-CN", "zh-TW": "zh-CN", "de,en;q=0.5,zh;q=0.4": "en", ";;;": "zh-CN",
	} {
		r := w.do(request{method: http.MethodGet, path: "/items/999999999", header: map[string]string{"Accept-Language": accept}}).fails(404, "act.not_found")
		if r.header.Get("Content-Language") != want {
			w.Errorf("%q is answered in %s: %s", accept, r.header.Get("Content-Language"), r.raw)
		}
		if english := strings.Contains(r.str("title"), "Not found"); english != (want == "en") {
			w.Errorf("%q: %s", accept, r.raw)
		}
	}
}

func nowhere(w *world) {
	w.get("", "/api/v1/nothing").fails(404, "api.nowhere")
	w.get("", "/api/elsewhere").fails(404, "api.nowhere")
	r := w.do(request{method: http.MethodDelete, path: "/progress"}).fails(405, "api.method")
	if r.header.Get("Allow") != "POST" {
		w.Errorf("Allow: %s", r.header.Get("Allow"))
	}
}

// flood gives zeros without end and counts what was taken of them.
type flood struct{ n int64 }

// Read gives zeros.
func (f *flood) Read(b []byte) (int, error) {
	clear(b)
	f.n += int64(len(b))
	return len(b), nil
}

func uploads(w *world) {
	item := w.county.Items["food-workshop"].ID
	draft := w.post("baker", "/drafts", map[string]any{"item": item}).ok().num("draft")
	path := fmt.Sprintf("/drafts/%d/files", draft)
	w.upload("baker", path, "plan", "plan.pdf", []byte("MZ\x90\x00 not a document")).fails(422, "file.unknown")
	w.upload("baker", path, "colour", "plan.png", picture).fails(422, "casework.upload.material")
	w.upload("neighbour", path, "plan", "plan.png", picture).fails(404, "act.not_found")
	q := request{method: http.MethodPost, path: path + "?material=plan", token: w.token("baker"), body: []byte("x"), header: map[string]string{"Content-Type": "text/plain"}}
	w.do(q).fails(422, "api.upload.form")
	q.body, q.header = []byte("--b\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\n1\r\n--b--\r\n"), map[string]string{"Content-Type": "multipart/form-data; boundary=b"}
	w.do(q).fails(422, "api.upload.none")

	var head bytes.Buffer
	m := multipart.NewWriter(&head)
	if _, err := m.CreateFormFile("file", "plan.png"); err != nil {
		w.Fatal(err)
	}
	head.Write(picture)
	endless := &flood{}
	q.body = io.MultiReader(&head, io.LimitReader(endless, 10<<30))
	q.header = map[string]string{"Content-Type": m.FormDataContentType()}
	if status := w.cutOff(q); status != 0 && status != http.StatusRequestEntityTooLarge {
		w.Errorf("10 GB: %d", status)
	}
	if endless.n > 64<<20 {
		w.Errorf("%d MB were taken", endless.n>>20)
	}
	if d := w.get("baker", fmt.Sprintf("/drafts/%d", draft)).ok(); len(d.list("files")) != 0 {
		w.Errorf("kept: %s", d.raw)
	}
}

// cutOff sends what is not taken to its end; 0 when the connection was closed
// before the answer could be read.
func (w *world) cutOff(q request) int {
	r, err := http.NewRequest(q.method, w.url+"/api/v1"+q.path, q.body.(io.Reader))
	if err != nil {
		w.Fatal(err)
	}
	r.Header.Set("Content-Type", q.header["Content-Type"])
	r.Header.Set("Authorization", "Bearer "+q.token)
	res, err := w.client.Do(r)
	if err != nil {
		return 0
	}
	_ = res.Body.Close()
	return res.StatusCode
}

func guessing(w *world) {
	for range 20 {
		w.post("", "/progress", map[string]any{"number": "990124", "code": "AAAA"}).fails(404, "act.not_found")
	}
	r := w.post("", "/progress", map[string]any{"number": "990124", "code": "AAAA"}).fails(429, "api.slow")
	if r.header.Get("Retry-After") == "" {
		w.Error("does not say when to come again")
	}
	w.get("", "/check/AAAA").fails(429, "api.slow")
	w.clock.Set(w.clock.Now() + 11*day.Minute)
	w.post("", "/progress", map[string]any{"number": "990124", "code": "AAAA"}).fails(404, "act.not_found")
}

func otherSites(w *world) {
	token := w.token("baker")
	q := request{method: http.MethodDelete, path: "/sessions/current"}
	q.header = map[string]string{"Cookie": "tb_session=" + token, "Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}
	w.do(q).fails(403, "api.cross_origin")
	q.header = map[string]string{"Cookie": "tb_session=" + token}
	q.method = http.MethodGet
	w.do(q).ok()
	q.method, q.token, q.header = http.MethodGet, token, map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}
	w.do(q).ok()
}

func sessionSteps(w *world) {
	w.post("", "/sessions", map[string]any{"login": "nobody", "password": "wrong"}).fails(422, "identity.sign_in.wrong")
	token := w.signIn("neighbour")
	q := request{method: http.MethodGet, path: "/sessions/current", token: token}
	if s := w.do(q).ok(); s.str("who") != "applicant" || s.str("name") != "禾春生" {
		w.Errorf("session: %s", s.raw)
	}
	q.method = http.MethodDelete
	w.do(q).ok()
	q.method = http.MethodGet
	w.do(q).fails(401, "act.sign_in")

	staff := w.get("scjg_decider_1", "/sessions/current").ok()
	if staff.str("post") != "decider" || staff.str("agency") != "scjg" || len(staff.list("posts")) == 0 {
		w.Errorf("session: %s", staff.raw)
	}
	choose := request{method: http.MethodPut, path: "/sessions/current/post", token: w.token("scjg_decider_1")}
	choose.body = map[string]any{"agency": "scjg", "post": "head"}
	w.do(choose).fails(403, "identity.post.gone")
	choose.body = map[string]any{}
	if self := w.do(choose).ok(); self.str("who") != "applicant" {
		w.Errorf("as oneself: %s", self.raw)
	}
	w.get("scjg_decider_1", "/worklist").fails(403, "api.staff")
}

func tools(w *world) {
	if d := w.get("", "/calendar/2026-02-17").ok(); d.body["working"] != false || d.body["known"] != true {
		w.Errorf("day: %s", d.raw)
	}
	if d := w.get("", "/calendar/add?from=2026-02-10&n=20").ok(); d.str("day") == "" || d.body["provisional"] != false {
		w.Errorf("add: %s", d.raw)
	}
	add := w.get("", "/calendar/add?from=2026-02-10&n=20").ok().str("day")
	if n := w.get("", "/calendar/between?after=2026-02-10&until="+add).ok().num("n"); n != 20 {
		w.Errorf("between: %d", n)
	}
	if r := w.get("", "/calendar/add?from=2030-01-01&n=1"); r.status != 422 {
		w.Errorf("a year that is not there: %d %s", r.status, r.raw)
	}
	w.get("", "/calendar/add?from=2030-01-01&n=1&provisional=true").ok()
	if c := w.post("", "/codes/check", map[string]any{"kind": "citizen", "value": "990124198805215926"}).ok(); c.body["ok"] != false || c.str("fault") == "" {
		w.Errorf("code: %s", c.raw)
	}
	if keys := w.get("", "/checkpoint/keys").ok(); len(keys.body["keys"].([]any)) != 2 {
		w.Errorf("keys: %s", keys.raw)
	}
	if list := w.get("", "/agencies").ok().list("items"); len(list) != 26 {
		w.Errorf("%d agencies", len(list))
	}
}
