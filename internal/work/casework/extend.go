package casework

import (
	"context"

	"tongban/internal/process/paper"
	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/register/identity"
	"tongban/internal/rules/wording"
	"tongban/internal/rules/workday"
)

var (
	askExtension    = act.Command{Name: "case.ask_extension", Right: "case.extend"}
	settleExtension = act.Command{Name: "case.settle_extension", Right: "extension.approve"}
)

// AskExtensionIn asks for the one extension of a case.
type AskExtensionIn struct {
	Case   int64  `json:"case"`
	Days   int    `json:"days"`
	Reason string `json:"reason"`
}

// AskExtension asks for the one extension that the article allows (行政许可法 42).
func (o *Office) AskExtension(ctx context.Context, a act.Actor, token string, in AskExtensionIn) (Done, error) {
	return act.Run(ctx, o.Runner, a, token, askExtension, in, func(c *act.Call, in AskExtensionIn) (Done, error) {
		m, err := o.take(c, in.Case, func(m *matter) (act.Scope, error) { return at(m.p.Agency)(m) })
		if err != nil {
			return Done{}, err
		}
		if err := m.must(Handling); err != nil {
			return Done{}, err
		}
		if x := m.f.Facts.Extension; x != nil && (x.Settled == 0 || x.Approved) {
			return Done{}, act.Refuse("casework.extend.twice").By(x.Article)
		}
		if err := m.words("reason", in.Reason); err != nil {
			return Done{}, err
		}
		x := m.v.Terms.Extension
		if err := m.p.Clock.Extendable(m.extension(in.Days), m.v.Terms.Statutory, m.extensionLimit(), o.Calendar()); err != nil {
			return Done{}, err
		}
		m.f.Facts.Extension = &Extension{Days: in.Days, Article: x.Article, Approver: x.Approver, Agency: c.Actor.Agency, AskedBy: c.Actor.Person, Asked: c.Today()}
		if err := m.text("extension", in.Reason); err != nil {
			return Done{}, err
		}
		e := m.event("case.extension_asked", map[string]any{"days": in.Days, "approver": x.Approver})
		e.Personal = []ledger.Personal{{Field: "reason", Value: in.Reason}}
		return m.save(e)
	})
}

func (m *matter) extension(days int) workday.Fact {
	x := m.v.Terms.Extension
	return workday.Fact{Scope: workday.Case, Kind: workday.Statutory, Act: workday.Extended, On: m.c.Today(), At: m.c.Now(), Days: days, By: x.Approver, Article: x.Article}
}

func (m *matter) extensionLimit() workday.Limit {
	x := m.v.Terms.Extension
	return workday.Limit{Term: m.v.Terms.Statutory, Extension: x.Term, Approver: x.Approver}
}

// SettleExtensionIn approves or declines the extension that was asked for.
type SettleExtensionIn struct {
	Case    int64  `json:"case"`
	Approve bool   `json:"approve"`
	Reason  string `json:"reason,omitempty"` // of declining
}

// SettleExtension approves or declines an extension. The article names who may:
// the head of government when bodies act jointly, the head of the agency
// otherwise; and the applicant is told why.
func (o *Office) SettleExtension(ctx context.Context, a act.Actor, token string, in SettleExtensionIn) (Done, error) {
	return act.Run(ctx, o.Runner, a, token, settleExtension, in, o.settleExtension)
}

func (o *Office) settleExtension(c *act.Call, in SettleExtensionIn) (Done, error) {
	role, agency := "", ""
	m, err := o.take(c, in.Case, func(m *matter) (act.Scope, error) {
		role, agency = m.approver()
		return at(agency)(m)
	})
	if err != nil {
		return Done{}, err
	}
	x := m.f.Facts.Extension
	if x == nil || x.Settled != 0 {
		return Done{}, act.Changed("casework.extension")
	}
	acting, ok := identity.Acting(c.Actor, role, agency)
	if !ok {
		return Done{}, act.Refuse("casework.extend.approver", "who", identity.PostLabel(role)).By(x.Article).Recorded()
	}
	c.Actor = acting // the post that the article names is the one that is written down
	if err := m.must(Handling); err != nil {
		return Done{}, err
	}
	x.Settled, x.SettledBy, x.Approved = c.Today(), c.Actor.Person, in.Approve
	if err := m.takePart(c, "approve_extension", c.Actor.Person); err != nil {
		return Done{}, err
	}
	if !in.Approve {
		if err := m.words("reason", in.Reason); err != nil {
			return Done{}, err
		}
		if err := m.text("extension_declined", in.Reason); err != nil {
			return Done{}, err
		}
		return m.save(m.event("case.extension_declined", map[string]any{"days": x.Days}))
	}
	return m.extend(x)
}

// approver is the role and agency that may approve this item's extension.
func (m *matter) approver() (role, agency string) {
	if m.v.Terms.Extension.Approver == workday.Leader {
		return "leader", m.v.Roles["government"]
	}
	return "head", m.p.Agency
}

func (m *matter) extend(x *Extension) (Done, error) {
	f := m.extension(x.Days)
	if err := m.p.Clock.Extendable(f, m.v.Terms.Statutory, m.extensionLimit(), m.o.Calendar()); err != nil {
		return Done{}, err
	}
	was := m.dueNow().statutory.Day
	if err := m.tick(f); err != nil {
		return Done{}, err
	}
	if !m.v.Terms.Promised.IsZero() {
		f.Kind = workday.Promised
		if err := m.tick(f); err != nil {
			return Done{}, err
		}
	}
	s, err := m.personal()
	if err != nil {
		return Done{}, err
	}
	due := m.dueNow().statutory.Day
	doc, err := m.paper("extension", m.p.Agency, func(f *paper.Facts) {
		f.Due, f.Reasons, f.Article = wording.Date(wording.ZH, due), s.Texts["extension"], x.Article
		f.Lines = []paper.Line{
			{Label: "原定日期", Value: wording.Date(wording.ZH, was)},
			{Label: "批准人", Value: wording.Text(wording.ZH, "workday.approver."+string(x.Approver))},
		}
	})
	if err != nil {
		return Done{}, err
	}
	x.Paper = doc.ID
	e := m.event("case.extended", map[string]any{"days": x.Days, "was": was, "statutory_due": due, "paper": doc.ID})
	e.Rules = []ledger.Rule{{Article: x.Article, Inputs: map[string]any{"days": x.Days, "approver": x.Approver}}}
	done, err := m.save(e)
	done.Paper = doc.ID
	return done, err
}
