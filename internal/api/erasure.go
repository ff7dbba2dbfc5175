package api

import (
	"context"
	"net/http"

	"tongban/internal/record/act"
	"tongban/internal/rules/day"
	"tongban/internal/work/casework"
)

// keptView is what is kept of a person, and what an erasure would do.
type keptView struct {
	Restricted day.Day    `json:"restricted,omitempty" doc:"Since when the data are only kept and not used."`
	Own        bool       `json:"own" doc:"Whether name, number, address and account would be erased at once."`
	Drafts     int        `json:"drafts"`
	Request    string     `json:"request,omitempty" enum:"asked,approved,refused,done"`
	Cases      []keptCase `json:"cases"`
}

type keptCase struct {
	Case   int64   `json:"case"`
	Number string  `json:"number"`
	Title  string  `json:"title"`
	What   string  `json:"what" enum:"erased,erasable,running,licence,kept,other"`
	Until  day.Day `json:"until,omitempty" doc:"First day on which it may be erased, where one is known."`
	Source string  `json:"source,omitempty"`
	// Verified tells whether the source's text was read or the period is a setting.
	Verified bool `json:"verified,omitempty"`
}

type askErasureBody struct {
	Ground string `json:"ground" enum:"closed,asked,unlawful" example:"closed"`
	Case   int64  `json:"case,omitempty" example:"1001"`
}

type settleErasureBody struct {
	Approve bool   `json:"approve" example:"false"`
	Reason  string `json:"reason,omitempty" maxLength:"2000" example:"保存期限没有满"`
}

type settlingErasure struct {
	Keyed
	Request int64 `path:"request" example:"3001"`
	Body    settleErasureBody
}

type settledErasure struct {
	State string `json:"state" enum:"approved,refused"`
}

type askedErasure struct {
	Request int64 `json:"request"`
}

func erasures(s *server) {
	on(s, spec{id: "showKept", method: http.MethodGet, path: "/erasures/plan", tag: "person"}, s.kept)
	on(s, spec{id: "askErasure", method: http.MethodPost, path: "/erasures", tag: "person", command: "erasure.ask",
		example: askErasureBody{Ground: "closed"}}, s.askErasure)
	on(s, spec{id: "settleErasure", method: http.MethodPost, path: "/erasures/{request}/settlement", tag: "person", command: "erasure.settle", access: staff,
		example: settleErasureBody{Reason: "保存期限没有满"}}, s.settleErasure)
}

// oneself is the reader without the post they act in.
func oneself(a act.Actor) act.Actor {
	a.Who, a.Agency, a.Post, a.StandsFor = act.Applicant, "", "", 0
	return a
}

func (s *server) kept(ctx context.Context, v *visit, _ *struct{}) (*bodyOf[keptView], error) {
	a := oneself(v.actor)
	p, err := s.h.Office.PlanErasure(ctx, a, a.Person, 0)
	if err != nil {
		return nil, err
	}
	out := &bodyOf[keptView]{Body: keptView{Restricted: p.Restricted, Own: p.Own(), Drafts: p.Drafts, Cases: []keptCase{}}}
	if p.Open != nil {
		out.Body.Request = p.Open.State
	} else if p.Last != nil {
		out.Body.Request = p.Last.State
	}
	for _, c := range p.Cases {
		out.Body.Cases = append(out.Body.Cases, keptOf(c))
	}
	return out, nil
}

func keptOf(c casework.OfCase) keptCase {
	x := keptCase{Case: c.ID, Number: c.Number, Title: c.Title, What: c.Stay.Why, Until: c.Stay.Until, Source: c.Stay.Rule.Source, Verified: c.Stay.Rule.Verified}
	switch {
	case c.Erased != nil:
		x.What = "erased"
	case c.Other:
		x.What = "other"
	case x.What == "":
		x.What = "erasable"
	}
	return x
}

func (s *server) askErasure(ctx context.Context, v *visit, in *keyedBody[askErasureBody]) (*echoedBody[askedErasure], error) {
	a := oneself(v.actor)
	done, err := s.h.Office.AskErasure(ctx, a, in.Key, casework.AskErasureIn{Person: a.Person, Case: in.Body.Case, Ground: in.Body.Ground})
	return &echoedBody[askedErasure]{Echoed(in.Keyed), askedErasure{done.Extra}}, err
}

func (s *server) settleErasure(ctx context.Context, v *visit, in *settlingErasure) (*echoedBody[settledErasure], error) {
	done, err := s.h.Office.SettleErasure(ctx, v.actor, in.Key, casework.SettleErasureIn{Request: in.Request, Approve: in.Body.Approve, Reason: in.Body.Reason})
	return &echoedBody[settledErasure]{Echoed(in.Keyed), settledErasure{done.Status}}, err
}
