package api

import (
	"context"

	"tongban/internal/register/catalog"
	"tongban/internal/rules/day"
	"tongban/internal/work/casework"
)

type moveAt struct {
	Case int64 `path:"case" example:"1001"`
	To   int64 `query:"to" example:"0"`
}

// movePlan is what moving a case would change.
type movePlan struct {
	To          int64      `json:"to"`
	N           int        `json:"n"`
	Name        string     `json:"name"`
	Possible    bool       `json:"possible"`
	Why         []string   `json:"why,omitempty"` // it is not
	Tasks       []moveTask `json:"tasks,omitempty"`
	Added       []string   `json:"added,omitempty"`
	Dropped     []string   `json:"dropped,omitempty"`
	Passed      []string   `json:"passed,omitempty"`
	Due         day.Day    `json:"due,omitempty"`
	DueNow      day.Day    `json:"due_now,omitempty"`
	Promised    day.Day    `json:"promised,omitempty"`
	PromisedNow day.Day    `json:"promised_now,omitempty"`
	Kept        []string   `json:"kept,omitempty"`
	Waived      []string   `json:"waived,omitempty"`
	Spared      []string   `json:"spared,omitempty"`
}

type moveTask struct {
	Task   int64   `json:"task"`
	Was    string  `json:"was"`
	Now    string  `json:"now"`
	Agency string  `json:"agency"`
	Due    day.Day `json:"due,omitempty"`
}

func (s *server) previewMove(ctx context.Context, v *visit, in *moveAt) (*bodyOf[movePlan], error) {
	x, err := s.h.Office.PreviewMove(ctx, v.actor, in.Case, in.To)
	if err != nil {
		return nil, err
	}
	return &bodyOf[movePlan]{moveView(x, v)}, nil
}

func moveView(x *casework.Move, v *visit) movePlan {
	p := movePlan{To: x.To.ID, N: x.To.N, Name: x.To.Name, Possible: len(x.Wrong) == 0, Added: x.Added, Dropped: x.Dropped, Passed: x.Passed,
		Due: x.Due, DueNow: x.DueNow, Promised: x.Promised, PromisedNow: x.PromisedNow, Kept: x.Kept, Waived: names(x.Waived), Spared: names(x.Spared)}
	for _, w := range x.Wrong {
		p.Why = append(p.Why, w.In(v.lang))
	}
	for _, t := range x.Tasks {
		p.Tasks = append(p.Tasks, moveTask{t.Now.ID, t.Was.Name, t.Now.Name, t.Now.Agency, t.Now.Due})
	}
	return p
}

func names(list []catalog.Material) []string {
	var all []string
	for _, m := range list {
		all = append(all, m.Name)
	}
	return all
}
