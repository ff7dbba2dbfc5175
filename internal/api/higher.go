package api

import (
	"context"
	"net/http"
	"net/url"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/received"
	"tongban/internal/work/publish"
)

// HigherStanding is how sending to the higher level's portal, and comparing with
// it, stand.
type HigherStanding struct {
	Portal    string `json:"portal" example:"https://province.example"`
	Sent      string `json:"sent,omitempty" format:"date-time"`
	Waiting   int    `json:"waiting"`
	Trouble   string `json:"trouble,omitempty"`
	Tried     string `json:"tried,omitempty" format:"date-time"`
	Again     string `json:"next_try,omitempty" format:"date-time"`
	Comparing bool   `json:"comparing"`
	Done      int    `json:"done"`
	Total     int    `json:"total"`
	Compared  string `json:"compared,omitempty" format:"date-time"`
	publish.Figures
}

// higherDifference is a version that is not the same there.
type higherDifference struct {
	List   string          `json:"list" example:"power"`
	Code   string          `json:"code"`
	N      int             `json:"n"`
	Name   string          `json:"name"`
	Kind   string          `json:"kind" enum:"missing,extra,different"`
	Fields []publish.Field `json:"fields" nullable:"false"`
}

type higherDifferencesIn struct {
	Paged
	Kind string `query:"kind" enum:"missing,extra,different" example:"different"`
}

// versionPlace names a version in a cursor.
type versionPlace struct {
	List string `json:"l"`
	Code string `json:"c"`
	N    int    `json:"n"`
}

// AdmitLowerBody names a body that gets a key.
type AdmitLowerBody struct {
	Region string `json:"region" maxLength:"12" example:"990124101"`
	Name   string `json:"name" maxLength:"200" example:"禾口镇"`
}

// lowerAdmitted is a body with the key that it got.
type lowerAdmitted struct {
	AdmitLowerBody
	Key string `json:"key,omitempty"`
}

// lowerKey is a body with how its key stands.
type lowerKey struct {
	LowerBody
	On    bool   `json:"on"`
	Since string `json:"since" format:"date-time"`
}

// higher adds what the pages of the portals above and below this one do.
func higher(s *server) {
	get := func(id, path string) spec {
		return spec{id: id, method: http.MethodGet, path: path, tag: "list", access: staff}
	}
	put := func(id, path string, c act.Command, example any) spec {
		return spec{id: id, method: http.MethodPost, path: path, tag: "list", access: staff, command: c.Name, example: example}
	}
	on(s, get("showHigher", "/higher"), s.showHigher)
	on(s, get("listHigherDifferences", "/higher/differences"), s.higherDifferences)
	on(s, put("compareHigher", "/higher/compare", publish.CommandCompare, nil), s.ordering(s.h.Publish.Compare))
	on(s, put("pushAgain", "/higher/again", publish.CommandAgain, nil), s.ordering(s.h.Publish.Again))
	on(s, get("listLowerKeys", "/lower/keys"), s.lowerKeys)
	on(s, put("admitLower", "/lower", received.CommandAdmit, AdmitLowerBody{"990124101", "禾口镇"}), s.admitLower)
	on(s, put("endLower", "/lower/{region}/end", received.CommandEnd, nil), s.endLower)
}

// standing reads how things stand, for those who may send.
func (s *server) standing(ctx context.Context, v *visit) (out HigherStanding, err error) {
	err = s.read(ctx, func(tx *store.Tx) error {
		x, err := s.h.Publish.Stand(tx, v.actor)
		out = HigherStanding{Portal: x.URL, Sent: moment(x.Sent), Waiting: x.Waiting, Again: moment(x.Next), Comparing: x.Going, Done: x.Done, Total: x.Total, Compared: moment(x.Compared), Figures: x.Figures}
		if x.Why.Key != "" {
			out.Trouble, out.Tried = x.Why.In(v.lang), moment(x.Tried)
		}
		return err
	})
	return out, err
}

func (s *server) showHigher(ctx context.Context, v *visit, _ *struct{}) (*bodyOf[HigherStanding], error) {
	x, err := s.standing(ctx, v)
	return &bodyOf[HigherStanding]{x}, err
}

// ordering has the two portals compared, or all sent again; the answer is how things
// stand, and showHigher tells how far it is.
func (s *server) ordering(order func(ctx context.Context, a act.Actor, token string) error) func(context.Context, *visit, *Keyed) (*echoedBody[HigherStanding], error) {
	return func(ctx context.Context, v *visit, in *Keyed) (*echoedBody[HigherStanding], error) {
		if err := order(ctx, v.actor, in.Key); err != nil {
			return nil, err
		}
		s.h.Jobs.Wake()
		x, err := s.standing(ctx, v)
		return &echoedBody[HigherStanding]{Echoed(*in), x}, err
	}
}

// higherDifferences lists what the last comparison found.
func (s *server) higherDifferences(ctx context.Context, v *visit, in *higherDifferencesIn) (*pageOut[higherDifference], error) {
	var at versionPlace
	if err := place(in.Cursor, &at); err != nil {
		return nil, err
	}
	var list []higherDifference
	err := s.read(ctx, func(tx *store.Tx) error {
		if x, err := s.h.Publish.Stand(tx, v.actor); err != nil || x.URL == "" {
			return err
		}
		all, err := publish.Differences(tx, publish.Query{Kind: publish.Kind(in.Kind), List: store.Text(at.List), Code: store.Text(at.Code), N: at.N, Limit: in.Limit + 1})
		for _, x := range all {
			list = append(list, higherDifference{x.List, x.Code, x.N, x.Name, string(x.Kind), append([]publish.Field{}, x.Fields...)})
		}
		return err
	})
	return page("/higher/differences", url.Values{"kind": {in.Kind}}, in.Paged, list, func(x higherDifference) any { return versionPlace{x.List, x.Code, x.N} }), err
}

// lowerKeys lists the bodies that were given a key.
func (s *server) lowerKeys(ctx context.Context, v *visit, in *Paged) (*pageOut[lowerKey], error) {
	var list []lowerKey
	if err := s.read(ctx, func(tx *store.Tx) error {
		if err := s.h.Runner.Rights.Authorise(tx, v.actor, received.CommandAdmit.Right, act.Scope{Region: s.h.Office.Region}); err != nil {
			return err
		}
		all, err := received.Bodies(tx)
		for _, b := range all {
			list = append(list, lowerKey{bodyLine(b), b.On, moment(b.Since)})
		}
		return err
	}); err != nil {
		return nil, err
	}
	return pageAfter("/lower/keys", nil, *in, list, func(b lowerKey) string { return b.Region })
}

// admitLower gives a body a key. It is told in this answer alone: where the same key
// of idempotency was answered before, it is left out.
func (s *server) admitLower(ctx context.Context, v *visit, in *keyedBody[AdmitLowerBody]) (*echoedBody[lowerAdmitted], error) {
	key, err := s.h.Received.Admit(ctx, v.actor, in.Key, received.AdmitIn{Region: in.Body.Region, Name: in.Body.Name})
	return &echoedBody[lowerAdmitted]{Echoed(in.Keyed), lowerAdmitted{in.Body, key}}, err
}

// endLower takes a body's key no more; what it sent stays.
func (s *server) endLower(ctx context.Context, v *visit, in *struct {
	Keyed
	TheBody
}) (*echoedBody[lowerKey], error) {
	out := &echoedBody[lowerKey]{Echoed: Echoed(in.Keyed)}
	if err := s.h.Received.End(ctx, v.actor, in.Key, store.Text(in.Region)); err != nil {
		return nil, err
	}
	err := s.read(ctx, func(tx *store.Tx) error {
		b, err := received.BodyOf(tx, store.Text(in.Region))
		out.Body = lowerKey{bodyLine(b), b.On, moment(b.Since)}
		return err
	})
	return out, err
}
