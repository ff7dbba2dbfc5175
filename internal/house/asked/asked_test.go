package asked_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"tongban/internal/house/asked"
)

// site is a server as the product puts it together: an inner router behind a
// copy of the request, and a log with the ids of requests.
func site(log io.Writer, told *[]asked.Seen) http.Handler {
	l := slog.New(asked.Log(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelInfo})))
	inner := http.NewServeMux()
	inner.HandleFunc("GET /my/{id}", func(w http.ResponseWriter, r *http.Request) {
		asked.By(r.Context(), "applicant")
		l.With("room", "portal").WarnContext(r.Context(), "slow", "id", asked.ID(r.Context()))
		_, _ = io.WriteString(w, "four")
	})
	inner.HandleFunc("GET /office/broken", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	inner.HandleFunc("GET /api/v1/cases/{id}", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	inner.HandleFunc("GET /healthz", func(http.ResponseWriter, *http.Request) {})
	outer := http.NewServeMux()
	outer.Handle("/", http.MaxBytesHandler(asked.Routed(inner), 100))
	return asked.Handler(asked.Routed(outer), l, func(s asked.Seen) { *told = append(*told, s) })
}

func TestOneLineForARequest(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		method, path string
		want         string // the line: method route status who
		class        string
	}{
		{"GET", "/my/990124-2026-0007?name=%E5%BC%A0", "GET /my/{id} 200 applicant", "apply"},
		{"GET", "/api/v1/cases/7", "GET /api/v1/cases/{id} 503 ", "api"},
		{"GET", "/office/broken", "GET /office/broken 500 ", "office"},
		{"BREW", "/13800000000", "other  404 ", "none"},
	} {
		var log bytes.Buffer
		var told []asked.Seen
		h := site(&log, &told)
		func() {
			defer func() { _ = recover() }()
			h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(x.method, x.path, nil))
		}()
		if len(told) != 1 || told[0].Class != x.class {
			t.Errorf("%s: told %+v", x.path, told)
		}
		last := log.String()[strings.LastIndex(strings.TrimSpace(log.String()), "\n")+1:]
		var line struct {
			Method, Route, Who, Request string
			Status                      int
			Ms                          *float64
		}
		if err := json.Unmarshal([]byte(last), &line); err != nil {
			t.Fatal(err, log.String())
		}
		got := line.Method + " " + line.Route + " " + http.StatusText(line.Status) + " " + line.Who
		parts := strings.SplitN(x.want, " ", 4)
		if want := parts[0] + " " + parts[1] + " " + map[string]string{"200": "OK", "500": "Internal Server Error", "503": "Service Unavailable", "404": "Not Found"}[parts[2]] + " " + parts[3]; got != want {
			t.Errorf("%s: line %q, want %q", x.path, got, want)
		}
		if line.Ms == nil || line.Request == "" {
			t.Errorf("%s: the line lacks time or id: %s", x.path, last)
		}
		for _, private := range []string{"990124", "%E5", "13800000000"} {
			if strings.Contains(log.String(), private) {
				t.Errorf("%s: the log holds %s", x.path, private)
			}
		}
	}
}

func TestRequestIds(t *testing.T) {
	t.Parallel()
	made := regexp.MustCompile(`^[A-Z2-7]{26}$`)
	for sent, kept := range map[string]bool{
		"4bf92f3577b34da6": true, "proxy-1.2026_11": true, strings.Repeat("a", 64): true,
		"": false, "short": false, strings.Repeat("a", 65): false, "with space in it": false, "line\nbreak-1234": false, "<script>12345": false,
		"-begins-with-dash": false, "张三张三张三": false,
	} {
		var log bytes.Buffer
		var told []asked.Seen
		r := httptest.NewRequest(http.MethodGet, "/my/1", nil)
		r.Header["X-Request-Id"] = []string{sent}
		w := httptest.NewRecorder()
		site(&log, &told).ServeHTTP(w, r)
		id := w.Header().Get(asked.Header)
		if kept && id != sent || !kept && !made.MatchString(id) {
			t.Errorf("%q became %q", sent, id)
		}
		if n := strings.Count(log.String(), `"request":"`+id+`"`); n != 2 { // the warning and the request's own line
			t.Errorf("%q: the id stands in %d lines of\n%s", sent, n, log.String())
		}
	}
}

func TestProbesAreNotLogged(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	var told []asked.Seen
	site(&log, &told).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/healthz", nil))
	if log.Len() > 0 || len(told) != 1 || told[0].Class != "probe" {
		t.Errorf("%s %+v", log.String(), told)
	}
}
