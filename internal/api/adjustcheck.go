package api

import (
	"context"

	"tongban/internal/record/store"
	"tongban/internal/work/adjust"
)

// adjustFinding is one thing that handing in an adjustment depends on: a fault that
// must be mended, a finding of the checkup of what would result, or an item that
// goes while cases are open on it.
type adjustFinding struct {
	Kind     string `json:"kind" enum:"fault,finding,cases"`
	Message  string `json:"message"`
	Blocks   bool   `json:"blocks"`
	Rule     string `json:"rule,omitempty"`
	Severity string `json:"severity,omitempty" enum:",error,warning,note"`
	Code     string `json:"code,omitempty"`
	Name     string `json:"name,omitempty"`
	Article  string `json:"article,omitempty"`
	Mend     string `json:"mend,omitempty"`
	Accepted string `json:"accepted,omitempty"`
	Entry    int64  `json:"entry,omitempty"`
	Open     int    `json:"open,omitempty"`
	Stay     int    `json:"stay,omitempty"`
}

// adjustCheck is a page of what is found in an adjustment.
type adjustCheck struct {
	Rev   int             `json:"rev"`
	Ready bool            `json:"ready"`
	Items []adjustFinding `json:"items"`
	Next  string          `json:"next,omitempty"`
}

type adjustCheckOut struct {
	Linked
	Body adjustCheck
}

// adjustDifference is how an entry of a list would differ.
type adjustDifference struct {
	List string `json:"list"`
	DifferenceView
}

// examine judges an adjustment for somebody whom it concerns.
func (s *server) examine(ctx context.Context, v *visit, id int64) (*adjust.Examined, error) {
	if err := s.read(ctx, func(tx *store.Tx) error { return s.concerns(tx, v, id) }); err != nil {
		return nil, err
	}
	return s.h.Adjust.Examine(ctx, id)
}

// checkAdjustment judges an adjustment as it stands and writes nothing.
func (s *server) checkAdjustment(ctx context.Context, v *visit, in *partIn) (*adjustCheckOut, error) {
	x, err := s.examine(ctx, v, in.Adjustment)
	if err != nil {
		return nil, err
	}
	all := adjustFindings(x, v)
	p, err := pageFrom(in.path("/check"), nil, in.Paged, all)
	if err != nil {
		return nil, err
	}
	return &adjustCheckOut{p.Linked, adjustCheck{x.Rev, x.Stage == adjust.Draft && x.Ready(), p.Body.Items, p.Body.Next}}, nil
}

func adjustFindings(x *adjust.Examined, v *visit) (list []adjustFinding) {
	if x.Stage != adjust.Draft {
		x.Faults = nil // what must be mended is asked of a draft
	}
	for _, m := range x.Faults {
		list = append(list, adjustFinding{Kind: "fault", Message: m.In(v.lang), Blocks: true})
	}
	for _, r := range x.Cases {
		list = append(list, adjustFinding{Kind: "cases", Message: r.Does.Label().In(v.lang), Blocks: r.Needs && r.Stay < r.Open && x.Stage == adjust.Draft, Code: r.Code, Name: r.Name,
			Entry: r.ID, Open: r.Open, Stay: r.Stay})
	}
	for _, f := range x.Findings {
		list = append(list, adjustFinding{Kind: "finding", Message: f.Message.In(v.lang), Blocks: f.Blocks(), Rule: f.Rule, Severity: string(f.Severity), Code: f.Subject.Code,
			Name: f.Subject.Name, Article: f.Article, Mend: f.Mend.In(v.lang), Accepted: f.Accepted})
	}
	return list
}

// compareAdjustment tells what would differ on each list. Once it is in effect, the
// lists themselves tell.
func (s *server) compareAdjustment(ctx context.Context, v *visit, in *partIn) (*pageOut[adjustDifference], error) {
	x, err := s.examine(ctx, v, in.Adjustment)
	if err != nil {
		return nil, err
	}
	return pageFrom(in.path("/differences"), nil, in.Paged, plannedDifferences(x.Plans))
}

func plannedDifferences(plans []adjust.ListPlan) (list []adjustDifference) {
	for _, p := range plans {
		for _, d := range differenceViews(p.Differences) {
			list = append(list, adjustDifference{p.List, d})
		}
	}
	return list
}
