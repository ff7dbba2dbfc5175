package proceeding

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"tongban/internal/record/act"
	"tongban/internal/rules/day"
	"tongban/internal/rules/flow"
	"tongban/internal/rules/workday"
)

// Body says who holds a role of the flow on this item.
type Body func(role string) (agency string)

// Engine steps flows.
type Engine struct {
	Conditions flow.Evaluator
	Calendar   func() *workday.Calendar
}

// Moved is what a step led to, beyond the tasks and timers that the engine has
// already written.
type Moved struct {
	Opened   []*Task
	Services []flow.Service // to be carried out in this command and answered with Answer
	Ended    bool
}

// Begin starts the flow of a new proceeding.
func (e *Engine) Begin(c *act.Call, p *Proceeding, d *flow.Definition, body Body, facts map[string]any) (Moved, error) {
	return e.step(c, p, d, body, flow.Start{Instance: p.Number, Facts: facts})
}

// Finish marks a task done and moves the flow on. outcome is kept with the task
// and must hold nothing personal.
func (e *Engine) Finish(c *act.Call, p *Proceeding, d *flow.Definition, body Body, t *Task, outcome, facts map[string]any) (Moved, error) {
	b, err := json.Marshal(outcome)
	if err != nil {
		return Moved{}, err
	}
	t.finish(c, string(b))
	return e.step(c, p, d, body, flow.Done{Task: t.Token, Facts: facts})
}

// Answer tells the flow that a service was carried out.
func (e *Engine) Answer(c *act.Call, p *Proceeding, d *flow.Definition, body Body, s flow.Service, facts map[string]any) (Moved, error) {
	return e.step(c, p, d, body, flow.Message{ID: s.ID, Facts: facts})
}

// Fire tells the flow that a timer has run out; one that is gone does nothing.
func (e *Engine) Fire(c *act.Call, p *Proceeding, d *flow.Definition, body Body, t Timer, facts map[string]any) (Moved, error) {
	p.Timers = slices.DeleteFunc(p.Timers, func(x Timer) bool { return x.ID == t.ID })
	m, err := e.step(c, p, d, body, flow.Timer{ID: t.ID, Facts: facts})
	var fe *flow.Error
	if errors.As(err, &fe) && fe.Fault == flow.FaultGone {
		return Moved{}, nil
	}
	return m, err
}

// SendBack takes the flow back from an open task to an earlier one.
func (e *Engine) SendBack(c *act.Call, p *Proceeding, d *flow.Definition, body Body, t *Task, to string, facts map[string]any) (Moved, error) {
	return e.step(c, p, d, body, flow.Return{Task: t.Token, To: to, Facts: facts})
}

// Stop ends the flow where it stands: withdrawn, lapsed, not accepted.
func (e *Engine) Stop(c *act.Call, p *Proceeding, d *flow.Definition) error {
	_, err := e.step(c, p, d, nil, flow.Cancel{})
	return err
}

func (e *Engine) step(c *act.Call, p *Proceeding, d *flow.Definition, body Body, ev flow.Event) (Moved, error) {
	next, effects, err := flow.Step(d, p.State, ev, e.Conditions)
	if err != nil {
		return Moved{}, stepError(err)
	}
	p.State = next
	var m Moved
	written := 0 // of the opened tasks: those that a later effect may close already
	for _, x := range effects {
		switch x := x.(type) {
		case flow.OpenTask:
			t, err := e.open(c, p, d, body, x)
			if err != nil {
				return m, err
			}
			m.Opened = append(m.Opened, t)
		case flow.CloseTask:
			insertTasks(c.Tx, m.Opened[written:])
			written = len(m.Opened)
			// A task that its own person finished is already done and keeps that state.
			c.Tx.Put(`update task set state = 'closed', done_at = $4, outcome = $5, seen = seen + 1
				where home = $1 and proceeding = $2 and token = $3 and state = 'open'`, c.Tx.Home(), p.ID, x.ID, c.Now(), fmt.Sprintf(`{"why":%q}`, x.Why))
		case flow.SetTimer:
			at, err := e.timerAt(c.Today(), c.Now(), x.Term)
			if err != nil {
				return m, err
			}
			p.Timers = append(p.Timers, Timer{x.ID, x.Node, at})
		case flow.ClearTimer:
			p.Timers = slices.DeleteFunc(p.Timers, func(t Timer) bool { return t.ID == x.ID })
		case flow.Service:
			m.Services = append(m.Services, x)
		case flow.Ended:
			m.Ended = true
		}
	}
	insertTasks(c.Tx, m.Opened[written:])
	return m, nil
}

func stepError(err error) error {
	var fe *flow.Error
	if errors.As(err, &fe) && (fe.Fault == flow.FaultGone || fe.Fault == flow.FaultOver) {
		return act.Changed("proceeding.task")
	}
	return err
}

func (e *Engine) open(c *act.Call, p *Proceeding, d *flow.Definition, body Body, x flow.OpenTask) (*Task, error) {
	t := &Task{
		ID: c.Tx.NewID(), Proceeding: p.ID, Token: x.ID, Node: x.Node, Name: d.Node(x.Node).Label(), Role: x.Task.Role, Part: x.Task.Part,
		Agency: p.Agency, Post: x.Task.Post, Officers: max(1, x.Task.Officers), State: TaskOpen, Opened: c.Now(), Outcome: "{}", Seen: 1,
	}
	if a := body(t.Role); a != "" {
		t.Agency = a
	}
	if x.Task.Term != "" {
		term, err := workday.ParseTerm(x.Task.Term)
		if err != nil {
			return nil, err
		}
		t.Due = term.Due(e.Calendar(), c.Today()).Day
	}
	if t.Due == 0 {
		t.Due = p.Due
	}
	return t, nil
}

// timerAt resolves a symbolic term: P7W and P30D end with their last day, PT2H
// runs from now.
func (e *Engine) timerAt(today day.Day, now day.Instant, term string) (day.Instant, error) {
	var hours int
	if _, err := fmt.Sscanf(term, "PT%dH", &hours); err == nil {
		return now + day.Instant(hours)*day.Hour, nil
	}
	t, err := workday.ParseTerm(term)
	if err != nil {
		return 0, err
	}
	return (t.Due(e.Calendar(), today).Day + 1).Start(), nil
}
