package flow

import (
	"strings"

	"tongban/internal/rules/wording"
)

// Text is the kind in words.
func (k Kind) Text() wording.Message {
	if k == KindKept {
		return say("kind.other")
	}
	return say("kind." + string(k))
}

// Text is the report as a person reads it at a shell: the verdict, what stands
// in the way with what to do about it, then what runs and what is only drawn.
func (r Report) Text(lang wording.Lang) string {
	var b strings.Builder
	line := func(key string, pairs ...any) {
		b.WriteString(say("report."+key, pairs...).In(lang) + "\n")
	}
	verdict := "no"
	if r.OK {
		verdict = "yes"
	}
	line(verdict, "name", r.Name)
	for _, part := range []struct {
		key  string
		list []Element
	}{{"problems", r.Problems}, {"refused", r.Refused}, {"runs", r.Runs}, {"drawn", r.Drawn}} {
		if len(part.list) == 0 {
			continue
		}
		b.WriteByte('\n')
		line(part.key, "n", len(part.list))
		for _, e := range part.list {
			name := e.Name
			if name == "" {
				name = e.ID
			}
			if e.Reason.IsZero() {
				line("element", "line", e.Line, "type", e.Type, "name", name)
			} else {
				line("element_why", "line", e.Line, "type", e.Type, "name", name, "why", e.Reason)
			}
		}
	}
	return b.String()
}
