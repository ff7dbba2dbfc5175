package casework

import (
	"context"
	"html"
	"strings"

	"tongban/internal/process/paper"
	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/wording"
)

var (
	decide       = act.Command{Name: "case.decide", Right: "case.decide", Part: "decide"}
	decideOnSpot = act.Command{Name: "case.decide_on_spot", Right: "case.decide_on_spot", Part: "decide"}
)

// The outcomes of a decision.
const (
	Granted  = "granted"
	Refused  = "refused"
	Returned = "returned" // back into the flow's own loop; no decision yet
)

// Verdict is what is decided, on which articles, why.
type Verdict struct {
	Outcome  string   `json:"outcome"`
	Reasons  []string `json:"reasons,omitempty"`
	Articles []string `json:"articles,omitempty"`
}

// DecideIn decides a case.
type DecideIn struct {
	TaskIn
	Verdict
	// Points are the keys of the review points that were ticked off.
	Points []string `json:"points,omitempty"`
}

// Decide grants, or refuses with reasons, articles and remedies (行政许可法 38).
// The power is asked for at this moment: this organ, this officer, today.
func (o *Office) Decide(ctx context.Context, a act.Actor, token string, in DecideIn) (Done, error) {
	return act.Run(ctx, o.Runner, a, token, decide, in, func(c *act.Call, in DecideIn) (Done, error) {
		m, t, err := o.task(c, in.TaskIn)
		if err != nil {
			return Done{}, err
		}
		if t.Part != "decide" {
			return Done{}, act.Changed("proceeding.task")
		}
		if err := m.must(Handling); err != nil {
			return Done{}, err
		}
		if err := m.checkPoints(t, in.Points); err != nil {
			return Done{}, err
		}
		return m.decide(t, in.Verdict)
	})
}

// decide makes the decision, issues the licence when granted, and saves.
func (m *matter) decide(t *proceeding.Task, v Verdict) (Done, error) {
	if err := v.check(); err != nil {
		return Done{}, err
	}
	if err := m.maySay("reason", strings.Join(v.Reasons, "\n"), "articles", strings.Join(v.Articles, "\n")); err != nil {
		return Done{}, err
	}
	if err := m.o.Power.Held(m.c.Tx, m.v.Code, t.Agency, m.c.Actor.Person, m.c.Today()); err != nil {
		return Done{}, err
	}
	if err := m.takePart(m.c, "decide", m.c.Actor.Person); err != nil {
		return Done{}, err
	}
	if v.Outcome == Returned {
		return m.decideReturned(t, v)
	}
	if err := m.stopClock(); err != nil {
		return Done{}, err
	}
	s, err := m.edit()
	if err != nil {
		return Done{}, err
	}
	s.Reasons = v.Reasons
	if err := m.finding(t, v.Outcome == Granted, strings.Join(v.Reasons, "\n"), []int64{m.c.Actor.Person}); err != nil {
		return Done{}, err
	}
	m.p.Status = Delivering // or concluded, if the flow ends with the decision
	m.f.Facts.Decision = &Decision{Granted: v.Outcome == Granted, Day: m.c.Today(), By: m.c.Actor.Person, Agency: t.Agency, Articles: v.Articles}
	if err := m.passDecision(t, v.Outcome); err != nil {
		return Done{}, err
	}
	doc, err := m.decisionPaper(t.Agency, v)
	if err != nil {
		return Done{}, err
	}
	m.f.Facts.Decision.Paper, m.f.Facts.Decision.PaperNo = doc.ID, doc.Number
	if m.public(v) {
		m.publish()
	}
	done, err := m.save(m.decidedEvent(t, v, doc))
	done.Paper, done.Task, done.Extra = doc.ID, t.ID, m.f.Facts.Licence
	return done, err
}

func (m *matter) decidedEvent(t *proceeding.Task, v Verdict, doc paper.Paper) ledger.Event {
	e := m.event("case.decided", map[string]any{
		"granted": v.Outcome == Granted, "agency": t.Agency, "paper": doc.ID, "paper_no": doc.Number, "licence": m.f.Facts.Licence, "licence_no": m.f.Facts.LicenceNo,
		"public": m.public(v),
	})
	if m.public(v) {
		e.Facts["label"] = m.p.Label // what article 40 publishes, and only that, stays for good
	}
	for _, a := range v.Articles {
		e.Rules = append(e.Rules, ledger.Rule{Article: a})
	}
	e.Rules = append(e.Rules, ledger.Rule{Article: m.v.Terms.Statutory.Article, Inputs: map[string]any{"term": m.v.Terms.Statutory.String(), "accepted": m.p.Accepted, "decided": m.c.Today()}})
	e.Personal = []ledger.Personal{{Field: "reasons", Value: strings.Join(v.Reasons, "\n")}}
	return e
}

// public tells whether a decision may be looked up by anybody: article 40 of
// 行政许可法 publishes licences that are granted. That somebody gets relief or a
// disability card is nobody's business.
func (m *matter) public(v Verdict) bool {
	return v.Outcome == Granted && m.v.Type == catalog.TypeLicence
}

// check wants a refusal to say why, by which articles.
func (v Verdict) check() error {
	switch v.Outcome {
	case Granted:
		return nil
	case Refused, Returned:
	default:
		return act.Wrong("casework.decide.outcome")
	}
	if err := wantText("reason", strings.Join(v.Reasons, "\n")); err != nil {
		return err
	}
	if v.Outcome == Refused && strings.TrimSpace(strings.Join(v.Articles, "")) == "" {
		return act.WrongFields("casework.text.wrong", []act.Field{{Name: "articles", Msg: wording.M("casework.decide.articles")}})
	}
	return nil
}

// decideReturned follows the flow's own way back, for items whose flow has one.
func (m *matter) decideReturned(t *proceeding.Task, v Verdict) (Done, error) {
	if !m.loops() {
		return Done{}, act.Wrong("casework.decide.outcome")
	}
	if err := m.text("returned", strings.Join(v.Reasons, "\n")); err != nil {
		return Done{}, err
	}
	if err := m.passDecision(t, Returned); err != nil {
		return Done{}, err
	}
	e := m.event("case.returned", map[string]any{"task": t.ID, "agency": t.Agency})
	e.Personal = []ledger.Personal{{Field: "reasons", Value: strings.Join(v.Reasons, "\n")}}
	return m.save(e)
}

// loops tells whether the flow knows a way back after the decision.
func (m *matter) loops() bool { return Loops(m.v) }

// Loops tells whether an item's flow knows the outcome "returned".
func Loops(v *catalog.Version) bool {
	return strings.Contains(html.UnescapeString(string(v.FlowXML)), `"`+Returned+`"`)
}

func (m *matter) passDecision(t *proceeding.Task, outcome string) error {
	facts, err := m.facts(outcome)
	if err != nil {
		return err
	}
	moved, err := m.o.engine().Finish(m.c, m.p, m.v.Flow, m.body, t, map[string]any{"decision": outcome}, facts)
	if err != nil {
		return err
	}
	return m.carryOn(moved, outcome)
}

// carryOn does what the flow asked for until nothing more is to be done at once.
func (m *matter) carryOn(moved proceeding.Moved, decision string) error {
	for len(moved.Services) > 0 {
		s := moved.Services[0]
		if s.Action == "issue" {
			if err := m.issue(); err != nil {
				return err
			}
		}
		facts, err := m.facts(decision)
		if err != nil {
			return err
		}
		next, err := m.o.engine().Answer(m.c, m.p, m.v.Flow, m.body, s, facts)
		if err != nil {
			return err
		}
		moved.Services = append(moved.Services[1:], next.Services...)
		moved.Ended = moved.Ended || next.Ended
	}
	if moved.Ended {
		m.p.Status, m.p.Closed = Concluded, m.c.Today()
	}
	return m.endTests()
}

func (m *matter) decisionPaper(agency string, v Verdict) (paper.Paper, error) {
	return m.paper(m.decisionKind(v), agency, m.decisionFacts(v))
}

// decisionKind is the kind of paper that tells a decision: a refusal of a
// licence names the remedies of 行政许可法 38.
func (m *matter) decisionKind(v Verdict) string {
	switch {
	case v.Outcome != Refused:
		return "decision-grant"
	case m.v.Type == catalog.TypeLicence:
		return "decision-refuse"
	}
	return "decision-decline"
}

func (m *matter) decisionFacts(v Verdict) func(*paper.Facts) {
	due := m.v.Terms.Deliver.Due(m.o.Calendar(), m.c.Today())
	return func(f *paper.Facts) {
		f.Due = wording.Date(wording.ZH, due.Day)
		f.Reasons = strings.Join(v.Reasons, "\n")
		f.Article = strings.Join(v.Articles, "；")
		if f.Article == "" && len(m.v.Basis) > 0 {
			f.Article = m.v.Basis[0].Law + m.v.Basis[0].Article
		}
		f.Lines = append(f.Lines, paper.Line{Label: "办件编号", Value: m.p.Number})
		if m.f.Facts.LicenceNo != "" {
			f.Lines = append(f.Lines, paper.Line{Label: "证照编号", Value: m.f.Facts.LicenceNo})
		}
	}
}

// SpotIn decides an instant item at the window.
type SpotIn struct {
	Case    int64    `json:"case"`
	Seen    int64    `json:"seen,omitempty"`
	Checked []string `json:"checked,omitempty"`
	Verdict
	Handed bool `json:"handed,omitempty"` // the result was handed over at once
}

// DecideOnSpot accepts and decides an instant item in one act at one window
// (行政许可法 34): the named exception to separate duties.
func (o *Office) DecideOnSpot(ctx context.Context, a act.Actor, token string, in SpotIn) (Done, error) {
	return act.Run(ctx, o.Runner, a, token, decideOnSpot, in, func(c *act.Call, in SpotIn) (Done, error) {
		m, err := o.take(c, in.Case, atWindow)
		if err != nil {
			return Done{}, err
		}
		if m.v.Kind != catalog.Instant || m.v.Class("accept") != m.v.Class("decide") {
			return Done{}, act.Refuse("casework.spot.not_instant").By("行政许可法第三十四条第二款").Recorded()
		}
		if err := m.must(Received, Handling); err != nil {
			return Done{}, err
		}
		return m.spot(in)
	})
}

func (m *matter) spot(in SpotIn) (Done, error) {
	if m.p.Status == Received {
		if err := m.acceptOnSpot(in); err != nil {
			return Done{}, err
		}
	}
	// What was opened in this command, or by time just before it, is read back.
	if err := m.c.Tx.Flush(); err != nil {
		return Done{}, err
	}
	next, err := proceeding.OpenPart(m.c.Tx, m.p.ID, "decide")
	if err != nil {
		return Done{}, err
	}
	done, err := m.decide(next, in.Verdict)
	if err != nil || !in.Handed || m.p.Status != Delivering {
		return done, err
	}
	if err := m.c.Tx.Flush(); err != nil {
		return Done{}, err
	}
	handed, err := m.handOver(DeliverIn{Mode: ByWindow})
	handed.Paper, handed.Extra = done.Paper, done.Extra
	return handed, err
}

// acceptOnSpot accepts an instant item in the same act; one that was accepted
// before, by a clerk or by silence, is only decided.
func (m *matter) acceptOnSpot(in SpotIn) error {
	t, err := m.mine(m.c, "accept", in.Seen)
	if err != nil {
		return err
	}
	if err := m.checkOriginals(in.Checked); err != nil {
		return err
	}
	if err := m.complete(); err != nil {
		return err
	}
	if err := m.begin(t, m.c.Today(), nil); err != nil {
		return err
	}
	return m.also(m.event("case.accepted", nil))
}
