package casework

import (
	"context"

	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/rules/flow"
	"tongban/internal/rules/wording"
)

var (
	ask      = act.Command{Name: "case.ask", Right: "case.ask"}
	answer   = act.Command{Name: "case.answer", Right: "case.answer"}
	sendBack = act.Command{Name: "case.send_back", Right: "case.return"}
)

// AskIn asks another body about a case.
type AskIn struct {
	TaskIn
	To       string `json:"to"` // agency
	Question string `json:"question"`
	Days     int    `json:"days"` // working days for the answer
}

// Ask puts a question to another body. It stops no clock; the days that the
// answer takes are seen.
func (o *Office) Ask(ctx context.Context, a act.Actor, token string, in AskIn) (Done, error) {
	return act.Run(ctx, o.Runner, a, token, ask, in, func(c *act.Call, in AskIn) (Done, error) {
		m, t, err := o.task(c, in.TaskIn)
		if err != nil {
			return Done{}, err
		}
		if err := m.words("question", in.Question); err != nil {
			return Done{}, err
		}
		if in.Days < 1 || in.Days > 30 {
			return Done{}, act.Wrong("casework.ask.days")
		}
		if in.To == t.Agency {
			return Done{}, act.Wrong("casework.ask.self")
		}
		name, err := o.People.AgencyName(c.Tx, in.To, c.Today())
		if err != nil {
			return Done{}, err
		}
		id, due := c.Tx.NewID(), o.Calendar().Add(c.Today(), in.Days)
		c.Tx.Put(`insert into inquiry(home, id, proceeding, task, from_agency, to_agency, question, answer, due, asked_by, asked, answered_by, answered)
			values($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, 0)`, c.Tx.Home(), id, m.p.ID, t.ID, t.Agency, in.To,
			m.key.Seal("inquiry", id, "question", []byte(in.Question)), []byte{}, due.Day, c.Actor.Person, c.Now())
		e := m.event("case.asked", map[string]any{"task": t.ID, "from": t.Agency, "to": in.To, "to_name": name, "due": due.Day, "inquiry": id})
		e.Personal = []ledger.Personal{{Field: "question", Value: in.Question}}
		done, err := m.save(e)
		done.Extra = id
		return done, err
	})
}

// AnswerIn answers an inquiry.
type AnswerIn struct {
	Case    int64  `json:"case"`
	Inquiry int64  `json:"inquiry"`
	Text    string `json:"text"`
}

// Answer answers what another body asked.
func (o *Office) Answer(ctx context.Context, a act.Actor, token string, in AnswerIn) (Done, error) {
	return act.Run(ctx, o.Runner, a, token, answer, in, func(c *act.Call, in AnswerIn) (Done, error) {
		var q Inquiry
		m, err := o.take(c, in.Case, func(m *matter) (act.Scope, error) {
			var found bool
			var err error
			q, found, err = store.Find(c.Tx, scanInquiry, `select `+inquiryColumns+` from inquiry where home = $1 and id = $2 and proceeding = $3`, c.Tx.Home(), in.Inquiry, in.Case)
			if err == nil && !found {
				err = act.Missing("casework.inquiry")
			}
			return act.Scope{Agency: q.To, Region: m.p.Region}, err
		})
		if err != nil {
			return Done{}, err
		}
		if !Running(m.p.Status) {
			return Done{}, m.must()
		}
		if err := m.words("answer", in.Text); err != nil {
			return Done{}, err
		}
		c.Tx.PutOne(act.Changed("casework.inquiry"), `update inquiry set answer = $3, answered_by = $4, answered = $5 where home = $1 and id = $2 and answered = 0`,
			c.Tx.Home(), q.ID, m.key.Seal("inquiry", q.ID, "answer", []byte(in.Text)), c.Actor.Person, c.Now())
		if t, err := proceeding.OpenTask(c.Tx, m.p.ID, q.Task, 0); err == nil {
			proceeding.Touch(c, t, t.Due)
		}
		e := m.event("case.answered", map[string]any{"task": q.Task, "from": q.To, "to": q.From, "inquiry": q.ID})
		e.Personal = []ledger.Personal{{Field: "answer", Value: in.Text}}
		done, err := m.save(e)
		done.Extra = q.ID
		return done, err
	})
}

// Inquiry is a question from one body to another, texts opened.
type Inquiry struct {
	ID, Case, Task   int64
	From, To         string
	Question, Answer string
	Due              day.Day
	AskedBy          int64
	Asked            day.Instant
	AnsweredBy       int64
	Answered         day.Instant
	question, answer []byte
}

const inquiryColumns = `id, proceeding, task, from_agency, to_agency, question, answer, due, asked_by, asked, answered_by, answered`

func scanInquiry(r store.Row) (q Inquiry, err error) {
	return q, r.Scan(&q.ID, &q.Case, &q.Task, &q.From, &q.To, &q.question, &q.answer, &q.Due, &q.AskedBy, &q.Asked, &q.AnsweredBy, &q.Answered)
}

// SendBackIn sends a case back to an earlier step.
type SendBackIn struct {
	TaskIn
	To     string `json:"to"` // node of the flow
	Reason string `json:"reason"`
}

// SendBack takes the flow back to an earlier step, with a reason. The applicant
// is asked for nothing by it, and the clock goes on.
func (o *Office) SendBack(ctx context.Context, a act.Actor, token string, in SendBackIn) (Done, error) {
	return act.Run(ctx, o.Runner, a, token, sendBack, in, func(c *act.Call, in SendBackIn) (Done, error) {
		m, t, err := o.task(c, in.TaskIn)
		if err != nil {
			return Done{}, err
		}
		if err := m.must(Handling); err != nil {
			return Done{}, err
		}
		if err := wantText("reason", in.Reason); err != nil {
			return Done{}, err
		}
		to := m.v.Flow.Node(in.To)
		if to == nil || to.Task.Part == "accept" {
			return Done{}, act.Wrong("casework.send_back.where")
		}
		if err := m.takePart(c, t.Part, c.Actor.Person); err != nil {
			return Done{}, err
		}
		facts, err := m.facts("")
		if err != nil {
			return Done{}, err
		}
		moved, err := o.engine().SendBack(c, m.p, m.v.Flow, m.body, t, in.To, facts)
		if err != nil {
			return Done{}, err
		}
		if err := m.carryOn(moved, ""); err != nil {
			return Done{}, err
		}
		e := m.event("case.sent_back", map[string]any{"task": t.ID, "node": t.Node, "to": in.To, "to_name": to.Label(), "agency": t.Agency})
		e.Personal = []ledger.Personal{{Field: "reason", Value: in.Reason}}
		done, err := m.save(e)
		done.Task = t.ID
		return done, err
	})
}

// backTo lists where a task may be sent back to, with the names of the steps.
func backTo(d *flow.Definition, s flow.State, token int) []Step {
	var list []Step
	for _, id := range flow.Targets(d, s, token) {
		if n := d.Node(id); n != nil && n.Task.Part != "accept" {
			list = append(list, Step{Node: id, Name: n.Label()})
		}
	}
	return list
}

// Step is a step of the flow by id and name.
type Step struct {
	Node string `json:"node"`
	Name string `json:"name"`
}

func statusMessage(status string) wording.Message { return wording.M("casework.status." + status) }
