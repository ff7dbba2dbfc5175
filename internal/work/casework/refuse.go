package casework

import (
	"context"

	"tongban/internal/process/paper"
	"tongban/internal/record/act"
	"tongban/internal/rules/wording"
)

var (
	refuseAcceptance = act.Command{Name: "case.refuse_acceptance", Right: "case.refuse_acceptance", Part: "accept"}
	withdraw         = act.Command{Name: "case.withdraw", Right: "case.withdraw"}
	withdrawFor      = act.Command{Name: "case.withdraw_for", Right: "case.withdraw_for"}
)

// RefuseAcceptanceIn refuses to accept a case.
type RefuseAcceptanceIn struct {
	Case   int64  `json:"case"`
	Seen   int64  `json:"seen,omitempty"`
	Reason string `json:"reason"` // why, in plain words
	Where  string `json:"where"`  // where to go instead
}

// RefuseAcceptance says, sealed and dated, that the matter needs no licence or
// is not for this body, and where to go instead (行政许可法 32(1), (2)).
func (o *Office) RefuseAcceptance(ctx context.Context, a act.Actor, token string, in RefuseAcceptanceIn) (Done, error) {
	return act.Run(ctx, o.Runner, a, token, refuseAcceptance, in, o.refuseAcceptance)
}

func (o *Office) refuseAcceptance(c *act.Call, in RefuseAcceptanceIn) (Done, error) {
	m, err := o.take(c, in.Case, atWindow)
	if err != nil {
		return Done{}, err
	}
	if m.f.Facts.Deemed != 0 {
		return Done{}, act.Refuse("casework.accept.deemed", "from", wording.Date(wording.ZH, m.f.Facts.Deemed)).By("行政许可法第三十二条").Recorded()
	}
	if err := m.must(Received); err != nil {
		return Done{}, err
	}
	if err := m.words("reason", in.Reason, "where", in.Where); err != nil {
		return Done{}, err
	}
	if _, err := m.mine(c, "accept", in.Seen); err != nil {
		return Done{}, err
	}
	if err := m.text(NotAccepted, in.Reason+"\n"+in.Where); err != nil {
		return Done{}, err
	}
	doc, err := m.paper("refuse-acceptance", m.window(), func(f *paper.Facts) {
		f.Reasons, f.Article = in.Reason, m.article(receiving, m.v.Terms.Notice)
		f.Lines = []paper.Line{{Label: "可以去哪里办", Value: in.Where}}
	})
	if err != nil {
		return Done{}, err
	}
	if err := m.end(NotAccepted, doc.ID); err != nil {
		return Done{}, err
	}
	e := m.event("case.acceptance_refused", map[string]any{"paper": doc.ID})
	e.Rules = m.rule("行政许可法第三十二条第一款第一项、第二项", m.v.Terms.Notice)
	done, err := m.save(e)
	done.Paper = doc.ID
	return done, err
}

// WithdrawIn withdraws an application.
type WithdrawIn struct {
	Case   int64  `json:"case"`
	Reason string `json:"reason,omitempty"`
}

// Withdraw ends a case at the applicant's wish, at any time before the decision.
func (o *Office) Withdraw(ctx context.Context, a act.Actor, token string, in WithdrawIn) (Done, error) {
	return act.Run(ctx, o.Runner, a, token, withdraw, in, o.withdraw(asApplicant))
}

// WithdrawFor does the same at the window, for somebody who came in person.
func (o *Office) WithdrawFor(ctx context.Context, a act.Actor, token string, in WithdrawIn) (Done, error) {
	return act.Run(ctx, o.Runner, a, token, withdrawFor, in, o.withdraw(atWindow))
}

func (o *Office) withdraw(scope func(*matter) (act.Scope, error)) func(*act.Call, WithdrawIn) (Done, error) {
	return func(c *act.Call, in WithdrawIn) (Done, error) {
		m, err := o.take(c, in.Case, scope)
		if err != nil {
			return Done{}, err
		}
		if err := m.must(Received, Correcting, Handling); err != nil {
			return Done{}, err
		}
		if err := m.text(Withdrawn, in.Reason); err != nil {
			return Done{}, err
		}
		if err := m.end(Withdrawn, 0); err != nil {
			return Done{}, err
		}
		return m.save(m.event("case.withdrawn", nil))
	}
}

func lapseFacts(m *matter) func(*paper.Facts) {
	return func(f *paper.Facts) {
		n := m.f.Facts.Notice
		f.Due = wording.Date(wording.ZH, n.Until)
		f.Lines = []paper.Line{{Label: "办件编号", Value: m.p.Number}, {Label: "告知补正的日期", Value: wording.Date(wording.ZH, n.Day)}}
		for _, x := range m.secret.Missing {
			f.Missing = append(f.Missing, paper.Missing{What: x.What, How: x.How})
		}
	}
}
