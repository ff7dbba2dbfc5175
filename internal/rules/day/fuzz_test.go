package day_test

import (
	"testing"

	"tongban/internal/rules/day"
)

// What is read as a day is written as it was read.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"2026-02-28", "2024-02-29", "0001-01-01", "9999-12-31", "2026-2-3", "２０２６-01-01", "", "2026-13-45"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := day.Parse(s)
		if err != nil {
			return
		}
		again, err := day.Parse(d.String())
		if err != nil || again != d {
			t.Errorf("%q is %v, and %q is %v: %v", s, d, d.String(), again, err)
		}
	})
}
