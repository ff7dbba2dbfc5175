package main

import (
	"bytes"
	"strings"
	"testing"

	"tongban/internal/rules/wording"
)

// What no person watches has a line a step, the year one at each tenth, and
// nothing that only a terminal understands.
func TestProgressInALogIsShort(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	tell := (&shell{err: &out, lang: wording.ZH}).progress()
	tell("demo.step.places", 0, 2)
	tell("demo.step.staff", 1, 2)
	tell("demo.step.founded", 2, 2)
	for done := range 365 {
		tell("demo.step.year", done, 365)
	}
	tell("demo.step.year", 365, 365)
	if n := strings.Count(out.String(), "\n"); n != 3+11 {
		t.Errorf("%d lines, want 14:\n%s", n, out.String())
	}
	if strings.ContainsAny(out.String(), "\r\033") {
		t.Errorf("a log with signs for terminals: %q", out.String())
	}
}
