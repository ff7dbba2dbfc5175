package api_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"tongban/internal/api"
	"tongban/internal/house"
)

// bare opens an empty house: what is public or describes itself needs no county.
func bare(t *testing.T) *httptest.Server {
	t.Helper()
	h, err := house.Open(context.Background(), house.Options{Dir: t.TempDir(), NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	srv := httptest.NewServer(api.Handler(h, api.Options{Version: "test", Cookie: "tb_session"}))
	t.Cleanup(srv.Close)
	return srv
}

func fetch(t *testing.T, url string) (int, http.Header, []byte) {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Body.Close() }()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, r.Header, b
}

func TestEverythingHasWords(t *testing.T) {
	t.Parallel()
	_, _, b := fetch(t, bare(t).URL+"/openapi.json")
	seen := map[string]bool{}
	for text := string(b); ; {
		i := strings.Index(text, "⟦")
		if i < 0 {
			break
		}
		key := text[i+len("⟦") : strings.Index(text, "⟧")]
		if !seen[key] {
			t.Errorf("no words: %s", key)
		}
		seen[key] = true
		text = text[strings.Index(text, "⟧")+len("⟧"):]
	}
	var doc map[string]any
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
}
