package api

import (
	"context"
	"net/http"
	"net/url"

	"tongban/internal/record/store"
	"tongban/internal/rules/checkup"
	"tongban/internal/rules/day"
	"tongban/internal/work/inspect"
)

// checkupRun is one check of the whole catalogue; the runs together are its trend.
type checkupRun struct {
	ID       int64          `json:"id"`
	On       day.Day        `json:"on"`
	At       string         `json:"at" format:"date-time"`
	By       string         `json:"by,omitempty"`
	Entries  int            `json:"entries"`
	Powers   int            `json:"powers"`
	Errors   int            `json:"errors"`
	Warnings int            `json:"warnings"`
	Notes    int            `json:"notes"`
	Accepted int            `json:"accepted"`
	Fresh    int            `json:"fresh"`
	Mended   int            `json:"mended"`
	ByRule   map[string]int `json:"by_rule"`
}

// checkupRule is how much a rule finds now.
type checkupRule struct {
	Rule     string `json:"rule"`
	Name     string `json:"name"`
	Family   string `json:"family"`
	Severity string `json:"severity" enum:"error,warning,note"`
	Article  string `json:"article"`
	Open     int    `json:"open"`
	Accepted int    `json:"accepted"`
}

// FindingLine is something that a run found, and what became of it.
type FindingLine struct {
	ID       string          `json:"id"`
	Rule     string          `json:"rule"`
	Severity string          `json:"severity" enum:"error,warning,note"`
	State    string          `json:"state" enum:"open,accepted,mended"`
	Subject  checkup.Subject `json:"subject"`
	Agency   string          `json:"agency,omitempty"`
	Message  string          `json:"message"`
	Article  string          `json:"article"`
	Mend     string          `json:"mend"`
	First    day.Day         `json:"first"`
	Mended   day.Day         `json:"mended,omitempty"`
	Rev      int             `json:"rev"`
	Reason   string          `json:"reason,omitempty"`
}

// foundView is a finding in full: what it collides with, and the members of a
// circle, the first thousand of each.
type foundView struct {
	FindingLine
	By      string            `json:"by,omitempty"`
	At      string            `json:"at,omitempty"`
	Related []checkup.Subject `json:"related"`
	Ring    []checkup.Subject `json:"ring"`
}

// relatedShown bounds the things beside a finding that are named one by one.
const relatedShown = 1000

type findingsIn struct {
	Paged
	State    string `query:"state" enum:"open,accepted,mended" default:"open"`
	Severity string `query:"severity" enum:"error,warning,note"`
	Rule     string `query:"rule" maxLength:"60" example:"power.basis"`
	Agency   string `query:"agency" maxLength:"40" example:"scjg"`
}

// TheFinding names a finding.
type TheFinding struct {
	Finding string `path:"finding" maxLength:"80" example:"5f0c1e3a"`
}

type acceptFindingBody struct {
	Rev    int    `json:"rev" minimum:"0" example:"0"`
	Reason string `json:"reason" maxLength:"1000" example:"上位法正在修改，年底前补齐"`
}

type reopenFindingBody struct {
	Rev int `json:"rev" minimum:"0" example:"1"`
}

type onFinding[B any] struct {
	Keyed
	TheFinding
	Body B
}

// checkups adds the check of the whole catalogue (清单体检).
func checkups(s *server) {
	get := func(id, path string) spec {
		return spec{id: id, method: http.MethodGet, path: path, tag: "check", access: staff}
	}
	on(s, get("listCheckups", "/checkup/runs"), s.listCheckups)
	on(s, spec{id: "runCheckup", method: http.MethodPost, path: "/checkup/runs", tag: "check", access: staff, command: inspect.CommandRun.Name}, s.runCheckup)
	on(s, get("listCheckupRules", "/checkup/rules"), s.listCheckupRules)
	on(s, get("listFindings", "/checkup/findings"), s.listFindings)
	on(s, get("showFinding", "/checkup/findings/{finding}"), s.showFinding)
	on(s, spec{id: "acceptFinding", method: http.MethodPost, path: "/checkup/findings/{finding}/accept", tag: "check", access: staff, command: inspect.CommandAccept.Name,
		example: acceptFindingBody{0, "上位法正在修改，年底前补齐"}}, func(ctx context.Context, v *visit, in *onFinding[acceptFindingBody]) (*echoedBody[foundView], error) {
		err := s.inspecting().Accept(ctx, v.actor, in.Key, inspect.Acceptance{Finding: store.Text(in.Finding), Rev: in.Body.Rev, Reason: in.Body.Reason})
		return s.said(ctx, in.Keyed, in.Finding, err)
	})
	on(s, spec{id: "reopenFinding", method: http.MethodPost, path: "/checkup/findings/{finding}/reopen", tag: "check", access: staff, command: inspect.CommandReopen.Name,
		example: reopenFindingBody{1}}, func(ctx context.Context, v *visit, in *onFinding[reopenFindingBody]) (*echoedBody[foundView], error) {
		err := s.inspecting().Reopen(ctx, v.actor, in.Key, inspect.Acceptance{Finding: store.Text(in.Finding), Rev: in.Body.Rev})
		return s.said(ctx, in.Keyed, in.Finding, err)
	})
}

func (s *server) inspecting() *inspect.Desk {
	return &inspect.Desk{Runner: s.h.Runner, People: s.h.People, Items: s.h.Items, Region: s.h.Office.Region}
}

func (s *server) runOf(tx *store.Tx, x inspect.Run) (checkupRun, error) {
	by, err := s.official(tx, x.By)
	if x.ByRule == nil {
		x.ByRule = map[string]int{}
	}
	return checkupRun{x.ID, x.On, moment(x.At), by, x.Items, x.Powers, x.Errors, x.Warnings, x.Notes, x.Accepted, x.Fresh, x.Mended, x.ByRule}, err
}

func (s *server) listCheckups(ctx context.Context, v *visit, in *Paged) (*pageOut[checkupRun], error) {
	before, list := int64(0), []checkupRun(nil)
	if err := place(in.Cursor, &before); err != nil {
		return nil, err
	}
	err := s.seeing(ctx, v, inspect.CommandRun, func(tx *store.Tx) error {
		all, err := inspect.Recent(tx, before, in.Limit+1)
		for _, x := range all {
			r, err := s.runOf(tx, x)
			if err != nil {
				return err
			}
			list = append(list, r)
		}
		return err
	})
	return page("/checkup/runs", nil, *in, list, func(x checkupRun) any { return x.ID }), err
}

func (s *server) runCheckup(ctx context.Context, v *visit, in *Keyed) (*echoedBody[checkupRun], error) {
	x, err := s.inspecting().Check(ctx, v.actor, in.Key)
	if err != nil {
		return nil, err
	}
	out := &echoedBody[checkupRun]{Echoed: Echoed(*in)}
	err = s.read(ctx, func(tx *store.Tx) (err error) {
		out.Body, err = s.runOf(tx, x)
		return err
	})
	return out, err
}

// listCheckupRules counts what stands by rule; a rule that finds nothing is left out.
func (s *server) listCheckupRules(ctx context.Context, v *visit, _ *struct{}) (*bodyOf[listOf[checkupRule]], error) {
	out := &bodyOf[listOf[checkupRule]]{listOf[checkupRule]{[]checkupRule{}}}
	err := s.read(ctx, func(tx *store.Tx) error {
		agency, err := s.only(tx, v)
		if err != nil {
			return err
		}
		counts, err := inspect.Count(tx, agency)
		for _, c := range counts {
			out.Body.Items = append(out.Body.Items, checkupRule{c.Key, c.Name().In(v.lang), c.FamilyName().In(v.lang), string(c.Severity), c.Article, c.Open, c.Accepted})
		}
		return err
	})
	return out, err
}

func findingLine(f inspect.Finding) FindingLine {
	return FindingLine{f.ID, f.Rule, string(f.Severity), string(f.State), f.Plain.Subject, f.Agency, f.Message, f.Article, f.Mend, f.First, f.Mended, f.Rev, f.Reason}
}

func (s *server) listFindings(ctx context.Context, v *visit, in *findingsIn) (*pageOut[FindingLine], error) {
	q := inspect.Query{State: inspect.State(in.State), Severity: checkup.Severity(in.Severity), Rule: store.Text(in.Rule), Agency: store.Text(in.Agency), Limit: in.Limit + 1}
	if err := place(in.Cursor, &q.After); err != nil {
		return nil, err
	}
	var list []FindingLine
	err := s.read(ctx, func(tx *store.Tx) error {
		agency, err := s.only(tx, v)
		if err != nil {
			return err
		}
		if agency != "" {
			q.Agency = agency
		}
		q.After = store.Text(q.After)
		all, err := inspect.Page(tx, q)
		for _, f := range all {
			list = append(list, findingLine(f))
		}
		return err
	})
	return page("/checkup/findings", url.Values{"state": {in.State}, "severity": {in.Severity}, "rule": {in.Rule}, "agency": {in.Agency}}, in.Paged, list,
		func(f FindingLine) any { return f.ID }), err
}

func (s *server) foundView(tx *store.Tx, id string) (v foundView, err error) {
	f, err := inspect.ByID(tx, store.Text(id))
	if err != nil {
		return v, err
	}
	v = foundView{FindingLine: findingLine(f), At: moment(f.At), Related: some(f.Related), Ring: some(f.Ring)}
	v.By, err = s.official(tx, f.By)
	return v, err
}

// some are the things that are named one by one.
func some(list []checkup.Subject) []checkup.Subject {
	return append([]checkup.Subject{}, list[:min(len(list), relatedShown)]...)
}

func (s *server) showFinding(ctx context.Context, v *visit, in *TheFinding) (*bodyOf[foundView], error) {
	out := &bodyOf[foundView]{}
	err := s.seeing(ctx, v, proposing, func(tx *store.Tx) (err error) {
		if out.Body, err = s.foundView(tx, in.Finding); err == nil {
			err = s.theirs(tx, v, out.Body.Agency)
		}
		return err
	})
	return out, err
}

// said answers what somebody said of a finding with the finding as it stands now.
func (s *server) said(ctx context.Context, key Keyed, id string, err error) (*echoedBody[foundView], error) {
	if err != nil {
		return nil, err
	}
	out := &echoedBody[foundView]{Echoed: Echoed(key)}
	err = s.read(ctx, func(tx *store.Tx) (err error) {
		out.Body, err = s.foundView(tx, id)
		return err
	})
	return out, err
}
