package proceeding

import (
	"slices"

	"tongban/internal/record/act"
	"tongban/internal/rules/day"
	"tongban/internal/rules/flow"
	"tongban/internal/rules/workday"
)

// MovedTask is an open task before and after its proceeding went over to another
// version of its flow.
type MovedTask struct {
	Was, Now Task
}

// PlanMove says what becomes of the open tasks when a proceeding goes over to
// another version of its flow, whose steps body gives to agencies. due is the
// proceeding's own due day afterwards; a step with a term of its own counts it
// from the day on which the task was opened. It writes nothing.
func (e *Engine) PlanMove(p *Proceeding, to *flow.Definition, body Body, open []*Task, due day.Day) ([]MovedTask, error) {
	var list []MovedTask
	for _, t := range open {
		if t.State != TaskOpen {
			continue
		}
		n := to.Node(t.Node)
		if n == nil {
			continue // flow.Move has named it
		}
		now := *t
		now.Name, now.Role, now.Part, now.Post, now.Officers = n.Label(), n.Task.Role, n.Task.Part, n.Task.Post, max(1, n.Task.Officers)
		now.Agency, now.Due = p.Agency, due
		if a := body(now.Role); a != "" {
			now.Agency = a
		}
		if now.Agency != t.Agency || now.Post != t.Post {
			now.Assignee = 0
		}
		if n.Task.Term != "" {
			term, err := workday.ParseTerm(n.Task.Term)
			if err != nil {
				return nil, err
			}
			now.Due = term.Due(e.Calendar(), t.Opened.Day()).Day
		}
		list = append(list, MovedTask{*t, now})
	}
	return list, nil
}

// Move takes the proceeding over to another version of its flow: the state as
// flow.Move gave it, the open tasks as they were planned, and the timers. One
// whose event is still there runs on as it was set; one that is new is counted
// from today. Who took part in what stays as it is.
func (e *Engine) Move(c *act.Call, p *Proceeding, to *flow.Definition, state flow.State, tasks []MovedTask) error {
	p.State = state
	p.Timers = slices.DeleteFunc(p.Timers, func(t Timer) bool { return !awaited(to, state, t) })
	for _, token := range state.Tokens {
		for _, s := range flow.Timers(to, token) {
			if slices.ContainsFunc(p.Timers, func(t Timer) bool { return t.ID == s.ID }) {
				continue
			}
			at, err := e.timerAt(c.Today(), c.Now(), s.Term)
			if err != nil {
				return err
			}
			p.Timers = append(p.Timers, Timer{s.ID, s.Node, at})
		}
	}
	for _, m := range tasks {
		t := m.Now
		c.Tx.PutOne(act.Changed("proceeding.task"), `update task set name = $3, role = $4, part = $5, agency = $6, post = $7, officers = $8, assignee = $9, due = $10, seen = seen + 1
			where home = $1 and id = $2 and state = 'open' and seen = $11`, c.Tx.Home(), t.ID, t.Name, t.Role, t.Part, t.Agency, t.Post, t.Officers, t.Assignee, t.Due, m.Was.Seen)
	}
	return nil
}

// awaited tells whether a timer that runs belongs to an event of the flow that
// the state still waits for.
func awaited(d *flow.Definition, s flow.State, t Timer) bool {
	return slices.ContainsFunc(s.Tokens, func(token flow.Token) bool {
		return slices.ContainsFunc(flow.Timers(d, token), func(x flow.SetTimer) bool { return x.ID == t.ID && x.Node == t.Node })
	})
}
