package main

import (
	"fmt"
	"io"
	"os"

	"tongban/internal/demo"
	"tongban/internal/rules/wording"
)

// progress tells how far the building of the demonstration is.
func (s *shell) progress() demo.Progress {
	line := func(step string, done, total int) string {
		return wording.Text(s.lang, "shell.demo.step", "step", wording.M(step), "done", done, "total", total)
	}
	if seen(s.err) {
		return countUp(s.err, line)
	}
	return listSteps(s.err, line)
}

// seen tells whether somebody sees w as it is written.
func seen(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// countUp writes one line that counts up.
func countUp(w io.Writer, line func(step string, done, total int) string) demo.Progress {
	last := ""
	return func(step string, done, total int) {
		text := line(step, done, total)
		if text == last {
			return
		}
		last = text
		fmt.Fprintf(w, "\r\033[K%s", text)
		if done == total {
			fmt.Fprintln(w)
		}
	}
}

// tenths is how often a long step is told of in a log.
const tenths = 10

// listSteps writes a line a step, and one at each tenth of a step that counts for
// itself.
func listSteps(w io.Writer, line func(step string, done, total int) string) demo.Progress {
	last, tenth := "", 0
	return func(step string, done, total int) {
		now := 0
		if total > 0 {
			now = done * tenths / total
		}
		if step == last && now == tenth {
			return
		}
		last, tenth = step, now
		fmt.Fprintln(w, line(step, done, total))
	}
}
