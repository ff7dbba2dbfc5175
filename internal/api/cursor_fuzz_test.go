package api

import "testing"

// A cursor comes back from a client: it is a place that we wrote, or refused.
func FuzzCursor(f *testing.F) {
	type at struct {
		ID   int64  `json:"id"`
		Name string `json:"name"`
	}
	f.Add(mark(at{7, "云"}))
	f.Add("AAAA")
	f.Add("e30")
	f.Add("=")
	f.Fuzz(func(t *testing.T, s string) {
		var x, again at
		if place(s, &x) != nil || s == "" {
			return
		}
		if err := place(mark(x), &again); err != nil || again != x {
			t.Errorf("%q is %v, and comes back as %v: %v", s, x, again, err)
		}
	})
}
