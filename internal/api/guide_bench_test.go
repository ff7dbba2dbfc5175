package api_test

import (
	"fmt"
	"net/http/httptest"
	"testing"

	"tongban/internal/api"
	"tongban/internal/demo"
	"tongban/internal/house"
	"tongban/internal/register/identity"
)

// BenchmarkPublic is what a reader of public data waits for, without the network.
func BenchmarkPublic(b *testing.B) {
	clock := demo.NewClock(demo.Founded)
	h, err := house.Open(b.Context(), house.Options{
		Dir: b.TempDir(), Region: demo.Region, Clock: clock.Now, Sample: true, NoSync: true, Hash: identity.Argon{MemoryKiB: 64, Passes: 1, Lanes: 1},
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = h.Close() })
	county, err := demo.Found(b.Context(), h, func(string, int, int) {})
	if err != nil {
		b.Fatal(err)
	}
	face := api.Handler(h, api.Options{})
	for name, path := range map[string]string{
		"guide": fmt.Sprintf("/items/%d", county.Items["food-workshop"].ID), "search": "/items?q=%E9%A3%9F%E5%93%81", "day": "/calendar/2026-02-17",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				w := httptest.NewRecorder()
				face.ServeHTTP(w, httptest.NewRequest("GET", api.Prefix+path, nil))
				if w.Code != 200 {
					b.Fatal(w.Code, w.Body)
				}
			}
		})
	}
}
