package security_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tongban/internal/demo"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
)

// The county's log, at its most talkative, holds nothing that identifies a person
// and nothing that opens anything; nor do the metrics.
func TestNoSecretsInLogs(t *testing.T) {
	w := at(t)
	password, number, phone, name := "ein langes Geheimnis 7", citizenNumber(77), "19995579977", "云无痕"
	v := url.Values{"name": {name}, "idno": {number}, "phone": {phone}, "password": {password}}
	up := w.form("", "/sign-up", v.Encode())
	secrets := map[string]string{
		"a password": password, "a citizen number": number, "a phone": phone, "a name": name, "a session": sessionCookie(t, up).Value, "a query code": w.in.query,
		"the staff's password": demo.StaffPassword, "a mistyped password": "falsches Geheimnis 9", "an address": "白鹭街69号", "a shop": "小满糕点坊", "the baker's name": "云小满",
		"the scheme of a token": "Bearer ", "a purpose": "查一查云小满",
	}
	for i, path := range []string{"/sign-in", "/sign-in?back=/my"} {
		w.form("", path, url.Values{"login": {phone}, "password": {[]string{"falsches Geheimnis 9", password}[i]}}.Encode())
	}
	w.form("", "/progress", url.Values{"number": {w.in.number}, "code": {w.in.query}}.Encode())
	w.form("spj_window_1", "/counter/intake/who", url.Values{"number": {number}}.Encode())
	w.form("scjg_reviewer_1", "/office/find", url.Values{"text": {name}}.Encode())
	w.page("", "/search?q="+url.QueryEscape(number+" "+phone))
	w.ask(request{method: http.MethodGet, path: "/api/v1/cases/" + w.value("", "id") + "?purpose=" + url.QueryEscape("查一查云小满"), who: "scjg_reviewer_1"})
	w.json("spj_window_1", http.MethodPost, "/people", map[string]any{"name": name, "idno": number, "phone": "x" + phone})
	w.json("", http.MethodPost, "/codes/check", map[string]any{"kind": "citizen", "value": number})
	w.json("baker", http.MethodPost, "/drafts", map[string]any{"item": w.in.item, "values": map[string]any{"operator_idno": number, "no_such": name}})
	for who, token := range w.tokens {
		secrets["the session of "+who] = token
	}
	for i, p := range w.c.Accounts() {
		if p.Agency == "" && len([]rune(p.Name)) > 2 {
			secrets[fmt.Sprintf("resident %d", i)] = p.Name
		}
	}
	w.keys(t, secrets)
	log, metrics := w.log.String(), httptest.NewRecorder()
	w.metrics.Handler().ServeHTTP(metrics, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if !strings.Contains(log, "/progress") || metrics.Body.Len() < 1000 {
		t.Fatalf("nothing was logged: %d bytes of log, %d of metrics: %s", len(log), metrics.Body.Len(), log[max(0, len(log)-2000):])
	}
	for what, secret := range secrets {
		for where, text := range map[string]string{"log": log, "metrics": metrics.Body.String()} {
			quoted, _ := json.Marshal(secret)
			for _, form := range []string{secret, url.QueryEscape(secret), strings.Trim(string(quoted), `"`)} {
				if i := strings.Index(text, form); i >= 0 {
					t.Errorf("%s is in the %s: …%s…", what, where, text[max(0, i-200):min(len(text), i+40)])
					break
				}
			}
		}
	}
}

// keys adds what lies in the folder of keys, as bytes, hex and base64.
func (w *world) keys(t *testing.T, secrets map[string]string) {
	t.Helper()
	found := 0
	err := filepath.WalkDir(filepath.Join(folder, "keys"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.Contains(path, "checkpoint") {
			return err
		}
		b, err := os.ReadFile(path)
		if len(b) >= 16 {
			found++
			secrets["key "+d.Name()] = strings.TrimSpace(string(b))
			secrets["key as hex "+d.Name()] = hex.EncodeToString(b)
			secrets["key as base64 "+d.Name()] = base64.StdEncoding.EncodeToString(b)
		}
		return err
	})
	if err != nil || found == 0 {
		t.Fatalf("%d keys, %v", found, err)
	}
}

// A panic becomes the page of an internal error: whoever asked learns an id, and
// nothing of what went wrong.
func TestPanicsTellNothing(t *testing.T) {
	w := at(t)
	d, err := door.New(w.h, door.Options{Site: ui.Plain("云禾"), Authority: ui.Plain("云禾县")})
	if err != nil {
		t.Fatal(err)
	}
	rec := httptest.NewRecorder()
	ui.Headers(false, d.Recovered(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("row 7 of person is wrong") }))).ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/my", nil))
	body := rec.Body.String()
	if rec.Code != http.StatusInternalServerError || strings.Contains(body, "row 7") || strings.Contains(body, ".go") || rec.Header().Get("Content-Security-Policy") == "" {
		t.Errorf("%d %v %s", rec.Code, rec.Header(), body)
	}
	if !strings.Contains(w.log.String(), "row 7 of person is wrong") {
		t.Error("the log does not tell what went wrong")
	}
}
