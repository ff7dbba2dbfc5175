package portal

import (
	"fmt"
	"slices"
	"time"

	"tongban/internal/process/proceeding"
	"tongban/internal/rules/day"
	"tongban/internal/rules/draw"
	"tongban/internal/rules/wording"
	"tongban/internal/web/ui"
	"tongban/internal/work/casework"
)

// progressOf is the way of a case in five steps that every case has; nil for
// one that ended on the way.
func progressOf(c *casework.Case) *ui.Progress {
	switch c.Status {
	case casework.Withdrawn, casework.Lapsed, casework.NotAccepted:
		return nil
	}
	deciding := slices.ContainsFunc(c.Tasks, func(t casework.TaskView) bool { return t.Part == "decide" && t.State == proceeding.TaskOpen })
	at := map[string]int{casework.Received: 1, casework.Correcting: 1, casework.Handling: 2, casework.Delivering: 4, casework.Concluded: 5}[c.Status]
	if at == 2 && deciding {
		at = 3
	}
	decided := day.Day(0)
	if c.Facts.Decision != nil {
		decided = c.Facts.Decision.Day
	}
	delivered := day.Day(0)
	if c.Facts.Delivered != nil {
		delivered = c.Facts.Delivered.Day
	}
	out := &ui.Progress{}
	for i, s := range []struct {
		key string
		on  day.Day
	}{{"submit", c.Received}, {"accept", c.Accepted}, {"handle", 0}, {"decide", decided}, {"deliver", delivered}} {
		step := ui.Step{Label: ui.M("portal.progress." + s.key), State: ui.StepNext}
		switch {
		case i < at:
			step.State = ui.StepDone
			if s.on != 0 {
				step.Note = shortDay(s.on)
			}
		case i == at:
			step.State = ui.StepNow
			if c.Status == casework.Correcting {
				step.Note = ui.M("casework.status.correcting")
			}
		}
		out.Steps = append(out.Steps, step)
	}
	return out
}

// stepsOf are the steps of the item's own flow: which body does what, by when.
func stepsOf(c *casework.Case) ui.TaskList {
	var t ui.TaskList
	skipped := map[string]bool{}
	for _, l := range draw.Text(c.Item.Flow, &c.State, wording.ZH, nil) {
		skipped[l.Node] = skipped[l.Node] || l.Mark == "skipped"
	}
	for _, s := range c.Steps {
		st := ui.Status{Tone: ui.ToneOff, Text: ui.M("ui.step.next")}
		about := note(s.Agency)
		switch s.State {
		case "done":
			st = ui.Status{Tone: ui.ToneOK, Text: ui.M("ui.step.done")}
			if s.At != 0 {
				about = joined(about, ui.At(s.At))
			}
		case "later":
			if skipped[s.Node] {
				st.Text = ui.M("ui.step.skip")
			}
		case "now":
			st = ui.Status{Tone: ui.ToneNow, Text: ui.M("ui.step.now")}
			if s.Due != 0 {
				about = joined(about, ui.M("portal.case.step.due", "day", ui.Long(s.Due)))
			}
		}
		if s.State == "later" && !casework.Running(c.Status) {
			continue // it never came to it
		}
		t.Tasks = append(t.Tasks, ui.Task{Label: ui.Plain(s.Name), Hint: about, Status: st})
	}
	return t
}

// shortDay is a day of this year in a narrow place: 2月25日, 25 Feb.
type shortDay day.Day

// In writes the day in the reader's language.
func (d shortDay) In(lang wording.Lang) string {
	_, m, n := day.Day(d).Date()
	if lang == wording.EN {
		return fmt.Sprintf("%d %s", n, time.Month(m).String()[:3])
	}
	return fmt.Sprintf("%d月%d日", m, n)
}
