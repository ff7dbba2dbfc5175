package wording_test

import (
	"testing"

	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// A day inside a sentence is written as people write it, in the language of the
// sentence; the zero day and the zero instant leave nothing.
func TestDaysInSentencesAreWrittenOut(t *testing.T) {
	t.Parallel()
	d := day.MustParse("2026-11-22")
	at := d.Start() + (14*60+5)*60*day.Second
	for _, c := range []struct {
		lang  wording.Lang
		value any
		want  string
	}{
		{wording.ZH, d, "2026年11月22日"},
		{wording.EN, d, "22 November 2026"},
		{wording.ZH, at, "2026年11月22日14:05"},
		{wording.EN, at, "22 November 2026 14:05"},
		{wording.ZH, day.Day(0), ""},
		{wording.EN, day.Instant(0), ""},
		{wording.ZH, d.String(), "2026-11-22"}, // for programs, said on purpose
	} {
		if got := wording.Text(c.lang, "shell.demo.step", "step", c.value, "done", 1, "total", 2); got != c.want+" 1/2" {
			t.Errorf("%s %v: %q, want %q", c.lang, c.value, got, c.want+" 1/2")
		}
	}
}
