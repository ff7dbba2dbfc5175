package casework

import (
	"context"
	"strings"

	"tongban/internal/process/paper"
	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/rules/wording"
)

var deliver = act.Command{Name: "case.deliver", Right: "case.deliver", Part: "deliver"}

// How a result reaches the applicant.
const (
	ByWindow  = "window"
	ByCourier = "courier"
)

// DeliverIn delivers the result.
type DeliverIn struct {
	Case     int64  `json:"case"`
	Seen     int64  `json:"seen,omitempty"`
	Mode     string `json:"mode"`
	Tracking string `json:"tracking,omitempty"` // the courier's number
}

// Deliver records that the result was handed over at the window or given to
// the courier, within ten days of the decision (行政许可法 44).
func (o *Office) Deliver(ctx context.Context, a act.Actor, token string, in DeliverIn) (Done, error) {
	return act.Run(ctx, o.Runner, a, token, deliver, in, func(c *act.Call, in DeliverIn) (Done, error) {
		m, err := o.take(c, in.Case, atWindow)
		if err != nil {
			return Done{}, err
		}
		if err := m.must(Delivering); err != nil {
			return Done{}, err
		}
		return m.handOver(in)
	})
}

func (m *matter) handOver(in DeliverIn) (Done, error) {
	t, err := proceeding.OpenPart(m.c.Tx, m.p.ID, "deliver")
	if err != nil {
		return Done{}, err
	}
	if in.Seen != 0 && t.Seen != in.Seen {
		return Done{}, act.Changed("proceeding.task")
	}
	switch {
	case in.Mode != ByWindow && in.Mode != ByCourier:
		return Done{}, act.Wrong("casework.deliver.mode")
	case in.Mode == ByCourier && strings.TrimSpace(in.Tracking) == "":
		return Done{}, act.WrongFields("casework.text.wrong", []act.Field{{Name: "tracking", Msg: wording.M("casework.deliver.tracking")}})
	}
	if err := m.maySay("tracking", in.Tracking); err != nil {
		return Done{}, err
	}
	doc, err := m.paper("delivery", t.Agency, func(f *paper.Facts) {
		f.Lines = []paper.Line{{Label: "送达方式", Value: wording.Text(wording.ZH, "casework.deliver."+in.Mode)}}
		if d := m.f.Facts.Decision; d != nil {
			f.Lines = append(f.Lines, paper.Line{Label: "送达的文书", Value: d.PaperNo})
		}
		if m.f.Facts.LicenceNo != "" {
			f.Lines = append(f.Lines, paper.Line{Label: "证照编号", Value: m.f.Facts.LicenceNo})
		}
		if in.Tracking != "" {
			f.Lines = append(f.Lines, paper.Line{Label: "寄送单号", Value: in.Tracking})
		}
	})
	if err != nil {
		return Done{}, err
	}
	m.f.Facts.Delivered = &Delivered{Mode: in.Mode, Day: m.c.Today(), By: m.c.Actor.Person, Tracking: in.Tracking, Paper: doc.ID}
	facts, err := m.facts("")
	if err != nil {
		return Done{}, err
	}
	moved, err := m.o.engine().Finish(m.c, m.p, m.v.Flow, m.body, t, map[string]any{"mode": in.Mode}, facts)
	if err != nil {
		return Done{}, err
	}
	if err := m.carryOn(moved, ""); err != nil {
		return Done{}, err
	}
	e := m.event("case.delivered", map[string]any{"mode": in.Mode, "paper": doc.ID})
	e.Rules = m.rule("行政许可法第四十四条", m.v.Terms.Deliver)
	done, err := m.save(e)
	done.Paper = doc.ID
	return done, err
}
