package casework

import (
	"context"
	"fmt"

	"tongban/internal/process/paper"
	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/rules/wording"
	"tongban/internal/rules/workday"
)

var (
	pause  = act.Command{Name: "case.pause", Right: "case.pause"}
	resume = act.Command{Name: "case.resume", Right: "case.resume"}
)

// PauseIn orders a special procedure.
type PauseIn struct {
	TaskIn
	Reason string `json:"reason"`
	Days   int    `json:"days"` // how long it is expected to take, told to the applicant
}

// Pause orders the special procedure that the item's basis requires of this
// body: the clock stands still, with reason and expected days in writing
// (行政许可法 45). A site visit is none.
func (o *Office) Pause(ctx context.Context, a act.Actor, token string, in PauseIn) (Done, error) {
	return act.Run(ctx, o.Runner, a, token, pause, in, o.pause)
}

func (o *Office) pause(c *act.Call, in PauseIn) (Done, error) {
	m, t, err := o.task(c, in.TaskIn)
	if err != nil {
		return Done{}, err
	}
	if err := m.must(Handling); err != nil {
		return Done{}, err
	}
	special, ok := m.v.SpecialFor(t.Role)
	if !ok {
		return Done{}, act.Refuse("casework.pause.no_basis").By(workday.PauseArticle).Recorded()
	}
	if m.f.Facts.OpenTest(t.ID) != nil {
		return Done{}, act.Refuse("casework.pause.open")
	}
	if err := m.words("reason", in.Reason); err != nil {
		return Done{}, err
	}
	if in.Days < 1 || in.Days > 365 {
		return Done{}, act.Wrong("casework.pause.days")
	}
	if err := m.takePart(c, t.Part, c.Actor.Person); err != nil {
		return Done{}, err
	}
	ref := fmt.Sprintf("%d/%d", t.ID, len(m.f.Facts.Tests)+1)
	if err := m.tick(workday.Fact{Scope: workday.Case, Act: workday.Paused, On: c.Today(), At: c.Now(), For: special.Kind, Ref: ref, Days: in.Days, Article: special.Article}); err != nil {
		return Done{}, err
	}
	until := o.Calendar().Add(c.Today(), in.Days)
	doc, err := m.paper("pause", t.Agency, func(f *paper.Facts) {
		f.Reasons, f.Article, f.Due = in.Reason, special.Article+"；"+special.Basis, wording.Date(wording.ZH, until.Day)
		f.Lines = []paper.Line{{Label: "程序", Value: special.Name}, {Label: "预计需要", Value: wording.Text(wording.ZH, "workday.unit.working", "n", in.Days)}}
	})
	if err != nil {
		return Done{}, err
	}
	m.f.Facts.Tests = append(m.f.Facts.Tests, Test{Ref: ref, Kind: special.Kind, Task: t.ID, From: c.Today(), Days: in.Days, Paper: doc.ID})
	proceeding.Touch(c, t, t.Due)
	e := m.event("case.paused", map[string]any{"task": t.ID, "kind": special.Kind, "name": special.Name, "days": in.Days, "until": until.Day, "paper": doc.ID, "agency": t.Agency})
	e.Rules = []ledger.Rule{{Article: special.Article, Inputs: map[string]any{"basis": special.Basis}}}
	e.Personal = []ledger.Personal{{Field: "reason", Value: in.Reason}}
	done, err := m.save(e)
	done.Paper, done.Task = doc.ID, t.ID
	return done, err
}

// ResumeIn says that the special procedure of a task has ended.
type ResumeIn struct {
	TaskIn
	Result string `json:"result"`
}

// Resume ends the special procedure: from the next day the clock runs again.
func (o *Office) Resume(ctx context.Context, a act.Actor, token string, in ResumeIn) (Done, error) {
	return act.Run(ctx, o.Runner, a, token, resume, in, func(c *act.Call, in ResumeIn) (Done, error) {
		m, t, err := o.task(c, in.TaskIn)
		if err != nil {
			return Done{}, err
		}
		test := m.f.Facts.OpenTest(t.ID)
		if test == nil {
			return Done{}, act.Refuse("casework.pause.none")
		}
		if err := m.words("result", in.Result); err != nil {
			return Done{}, err
		}
		if err := m.takePart(c, t.Part, c.Actor.Person); err != nil {
			return Done{}, err
		}
		if err := m.tick(workday.Fact{Scope: workday.Case, Act: workday.Resumed, On: c.Today(), At: c.Now(), Ref: test.Ref}); err != nil {
			return Done{}, err
		}
		test.Until = c.Today()
		if err := m.text("test/"+test.Ref, in.Result); err != nil {
			return Done{}, err
		}
		proceeding.Touch(c, t, t.Due)
		due := m.dueNow()
		e := m.event("case.resumed", map[string]any{"task": t.ID, "kind": test.Kind, "statutory_due": due.statutory.Day, "promised_due": due.promised.Day, "agency": t.Agency})
		e.Personal = []ledger.Personal{{Field: "result", Value: in.Result}}
		done, err := m.save(e)
		done.Task = t.ID
		return done, err
	})
}

// tick adds a fact to the case's clock.
func (m *matter) tick(f workday.Fact) error {
	clock, err := m.p.Clock.With(f)
	if err == nil {
		m.p.Clock = clock
	}
	return err
}

// endTests ends the special procedures of tasks that the flow has taken away:
// sent back, interrupted by a timer, or withdrawn with the whole case. A clock
// must not stand still for something that nobody does any more.
func (m *matter) endTests() error {
	for i := range m.f.Facts.Tests {
		test := &m.f.Facts.Tests[i]
		if test.Until != 0 {
			continue
		}
		token, err := proceeding.TokenOf(m.c.Tx, m.p.ID, test.Task)
		if err != nil {
			return err
		}
		if _, open := m.p.State.Waiting(token); open {
			continue
		}
		if err := m.tick(workday.Fact{Scope: workday.Case, Act: workday.Resumed, On: m.c.Today(), At: m.c.Now(), Ref: test.Ref}); err != nil {
			return err
		}
		test.Until = m.c.Today()
	}
	return nil
}

// testsDone refuses to finish a task while its special procedure goes on, and a
// test task before one was carried out.
func (m *matter) testsDone(t *proceeding.Task) error {
	if m.f.Facts.OpenTest(t.ID) != nil {
		return act.Refuse("casework.pause.open")
	}
	if t.Part != "test" {
		return nil
	}
	for _, x := range m.f.Facts.Tests {
		if x.Task == t.ID {
			return nil
		}
	}
	return act.Refuse("casework.test.first").By(workday.PauseArticle)
}
