package casework

import (
	"context"

	"tongban/internal/process/paper"
	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
	"tongban/internal/rules/workday"
)

var (
	accept        = act.Command{Name: "case.accept", Right: "case.accept", Part: "accept"}
	checkMaterial = act.Command{Name: "case.check_material", Right: "case.check", Part: "accept"}
)

// AcceptIn accepts a case.
type AcceptIn struct {
	Case int64 `json:"case"`
	Seen int64 `json:"seen,omitempty"`
	// Checked are the materials that were compared with their originals.
	Checked []string `json:"checked,omitempty"`
	// Points are the keys of the review points that were ticked off.
	Points []string `json:"points,omitempty"`
}

// Accept accepts a complete application, with a sealed and dated paper: from
// this day the clock runs (行政许可法 32, 42).
func (o *Office) Accept(ctx context.Context, a act.Actor, token string, in AcceptIn) (Done, error) {
	return act.Run(ctx, o.Runner, a, token, accept, in, o.accept)
}

func (o *Office) accept(c *act.Call, in AcceptIn) (Done, error) {
	m, err := o.take(c, in.Case, atWindow)
	if err != nil {
		return Done{}, err
	}
	if m.f.Facts.Deemed != 0 {
		return Done{}, act.Refuse("casework.accept.deemed", "from", wording.Date(wording.ZH, m.f.Facts.Deemed)).By("行政许可法第三十二条")
	}
	if err := m.must(Received); err != nil {
		return Done{}, err
	}
	t, err := m.mine(c, "accept", in.Seen)
	if err != nil {
		return Done{}, err
	}
	if err := m.checkPoints(t, in.Points); err != nil {
		return Done{}, err
	}
	if err := m.checkOriginals(in.Checked); err != nil {
		return Done{}, err
	}
	if err := m.complete(); err != nil {
		return Done{}, err
	}
	if err := m.begin(t, c.Today(), nil); err != nil {
		return Done{}, err
	}
	return m.acceptance()
}

// acceptance writes the paper of an acceptance and saves the case.
func (m *matter) acceptance() (Done, error) {
	due := m.dueNow()
	doc, err := m.paper("acceptance", m.window(), func(f *paper.Facts) {
		f.Due, f.Article = wording.Date(wording.ZH, due.statutory.Day), m.article("行政许可法第三十二条、第四十二条", m.v.Terms.Notice)
		f.Lines = []paper.Line{{Label: "办件编号", Value: m.p.Number}, {Label: "法定办结时限", Value: m.v.Terms.Statutory.In(wording.ZH)}}
		if !m.v.Terms.Promised.IsZero() {
			f.Lines = append(f.Lines, paper.Line{Label: "承诺办结时限", Value: m.v.Terms.Promised.In(wording.ZH)})
		}
	})
	if err != nil {
		return Done{}, err
	}
	e := m.event("case.accepted", map[string]any{"paper": doc.ID, "statutory_due": due.statutory.Day, "promised_due": due.promised.Day})
	e.Rules = append(m.rule("行政许可法第三十二条第一款第五项", m.v.Terms.Notice), ledger.Rule{Article: m.v.Terms.Statutory.Article, Inputs: map[string]any{"term": m.v.Terms.Statutory.String(), "from": m.p.Accepted}})
	done, err := m.save(e)
	done.Paper = doc.ID
	return done, err
}

// begin starts the clocks from a day and moves the flow past the acceptance.
func (m *matter) begin(t *proceeding.Task, from day.Day, outcome map[string]any) error {
	clock, err := m.p.Clock.With(workday.Fact{Scope: workday.Case, Act: workday.Started, On: from, At: m.c.Now()})
	if err != nil {
		return err
	}
	m.p.Clock, m.p.Accepted, m.p.Status = clock, from, Handling
	m.p.Due = m.dueNow().statutory.Day
	facts, err := m.facts("")
	if err != nil {
		return err
	}
	moved, err := m.o.engine().Finish(m.c, m.p, m.v.Flow, m.body, t, outcome, facts)
	if err != nil {
		return err
	}
	return m.carryOn(moved, "")
}

// checkOriginals marks materials as compared with their originals: grade B.
func (m *matter) checkOriginals(keys []string) error {
	var wrong []act.Field
	for _, k := range keys {
		x := m.f.Facts.Material(k)
		switch {
		case x == nil:
			wrong = append(wrong, act.Field{Name: k, Msg: wording.M("casework.notify.not_asked")})
		case x.State != MaterialSupplied:
			x.State, x.Grade, x.Checked = MaterialChecked, "B", m.c.Actor.Person
		}
	}
	return act.WrongFields("casework.accept.wrong", wrong)
}

// complete wants every material that the item asks for to be there.
func (m *matter) complete() error {
	var wrong []act.Field
	for i := range m.f.Facts.Materials {
		x := &m.f.Facts.Materials[i]
		if x.State != MaterialMissing && x.State != MaterialBring {
			continue
		}
		if gone, err := m.waive(x); err != nil {
			return err
		} else if !gone {
			wrong = append(wrong, act.Field{Name: "material:" + x.Key, Msg: wording.M("casework.accept.missing", "name", m.materialName(x.Key))})
		}
	}
	return act.WrongFields("casework.accept.incomplete", wrong)
}

func (m *matter) materialName(key string) string {
	for _, x := range m.v.Materials {
		if x.Key == key {
			return x.Name
		}
	}
	return key
}

// CheckMaterialIn says that one material was compared with its original.
type CheckMaterialIn struct {
	Case int64  `json:"case"`
	Key  string `json:"key"`
	Seen int64  `json:"seen,omitempty"`
}

// CheckMaterial marks one material as compared with its original at the window.
func (o *Office) CheckMaterial(ctx context.Context, a act.Actor, token string, in CheckMaterialIn) (Done, error) {
	return act.Run(ctx, o.Runner, a, token, checkMaterial, in, func(c *act.Call, in CheckMaterialIn) (Done, error) {
		m, err := o.take(c, in.Case, atWindow)
		if err != nil {
			return Done{}, err
		}
		if err := m.must(Received); err != nil {
			return Done{}, err
		}
		if _, err := m.mine(c, "accept", in.Seen); err != nil {
			return Done{}, err
		}
		if err := m.checkOriginals([]string{in.Key}); err != nil {
			return Done{}, err
		}
		return m.save(m.event("case.material_checked", map[string]any{"material": in.Key}))
	})
}
