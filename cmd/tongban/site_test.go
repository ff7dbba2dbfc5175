package main

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"tongban/internal/house"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
)

// What is beside pages and operations carries the same headers, and whoever asks
// whether the server is ready learns no more than that.
func TestSiteHeaders(t *testing.T) {
	t.Parallel()
	h, err := house.Open(t.Context(), house.Options{Dir: t.TempDir(), NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	site, err := site(h, house.NewMetrics(), door.Options{Site: ui.Plain("x"), Authority: ui.Plain("x"), Address: "https://yunhe.invalid"})
	if err != nil {
		t.Fatal(err)
	}
	get := func(path string) *httptest.ResponseRecorder {
		rec := httptest.NewRecorder()
		site.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
		return rec
	}
	for _, path := range []string{"/", "/healthz", "/readyz", "/metrics", "/openapi.json", "/api/v1/none", "/none", "/assets/none"} {
		rec := get(path)
		for _, name := range []string{"Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Strict-Transport-Security"} {
			if rec.Header().Get(name) == "" {
				t.Errorf("%s: %d without %s", path, rec.Code, name)
			}
		}
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	if rec := get("/readyz"); rec.Code != http.StatusServiceUnavailable || rec.Body.String() != "not ready\n" {
		t.Errorf("closed: %d %q", rec.Code, rec.Body)
	}
}
