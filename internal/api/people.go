package api

import (
	"context"
	"net/http"

	"tongban/internal/record/store"
	"tongban/internal/register/identity"
	"tongban/internal/rules/day"
)

// personBody registers somebody whose document a clerk has seen.
type personBody struct {
	Name    string `json:"name" maxLength:"60" example:"示例甲"`
	IDKind  string `json:"id_kind,omitempty" enum:"citizen,passport,residence" example:"citizen"`
	IDNo    string `json:"id_no" maxLength:"40" example:"990124199001010019"`
	Phone   string `json:"phone,omitempty" maxLength:"20" example:"13800000000"`
	Address string `json:"address,omitempty" maxLength:"200" example:"云禾县示范镇一号"`
}

type personDone struct {
	Person  int64 `json:"person"`
	Existed bool  `json:"existed"`
}

// representationBody lets one person act for another.
type representationBody struct {
	Agent    int64    `json:"agent" example:"102"`
	Subject  int64    `json:"subject" example:"101"`
	Role     string   `json:"role,omitempty" enum:"legal_representative,agent,guardian,staff" example:"agent"`
	Powers   []string `json:"powers,omitempty" maxItems:"20" example:"[\"case.apply\"]"`
	Document string   `json:"document,omitempty" maxLength:"100" example:"委托书 2026-17"`
	From     day.Day  `json:"from,omitempty" example:"2026-06-01"`
	Until    day.Day  `json:"until,omitempty" example:"2026-12-31"`
}

type representationDone struct {
	ID int64 `json:"id"`
}

type representationView struct {
	ID      int64    `json:"id"`
	Subject int64    `json:"subject"`
	Name    string   `json:"name"`
	Role    string   `json:"role"`
	Powers  []string `json:"powers,omitempty"`
	Until   day.Day  `json:"until,omitempty"`
}

type agencyView struct {
	Key     string `json:"key"`
	Name    string `json:"name"`
	NameEN  string `json:"name_en,omitempty"`
	Short   string `json:"short"`
	USCC    string `json:"uscc"`
	Region  string `json:"region"`
	Address string `json:"address,omitempty"`
	Phone   string `json:"phone,omitempty"`
}

type keyedBody[B any] struct {
	Keyed
	Body B
}

type echoedBody[B any] struct {
	Echoed
	Body B
}

type listOf[T any] struct {
	Items []T `json:"items"`
}

func people(s *server) {
	on(s, spec{id: "listAgencies", method: http.MethodGet, path: "/agencies", tag: "place", access: public}, s.agencies)
	on(s, spec{id: "registerPerson", method: http.MethodPost, path: "/people", tag: "person", command: identity.CommandRegisterPerson.Name, access: staff,
		example: personBody{Name: "示例甲", IDNo: "990124199001010019", Phone: "13800000000"}}, s.registerPerson)
	on(s, spec{id: "represent", method: http.MethodPost, path: "/representations", tag: "person", command: identity.CommandRepresent.Name,
		example: representationBody{Agent: 102, Subject: 101, Role: "agent", Powers: []string{"case.apply"}, Document: "委托书 2026-17"}}, s.represent)
	on(s, spec{id: "listRepresentations", method: http.MethodGet, path: "/representations", tag: "person"}, s.representations)
}

func (s *server) agencies(ctx context.Context, _ *visit, _ *struct{}) (*bodyOf[listOf[agencyView]], error) {
	out := &bodyOf[listOf[agencyView]]{}
	out.Body.Items = []agencyView{}
	err := s.read(ctx, func(tx *store.Tx) error {
		list, err := s.h.People.Agencies(tx, tx.Today())
		for _, a := range list {
			out.Body.Items = append(out.Body.Items, agencyView{a.Key, a.Name, a.NameEN, a.Short, a.USCC, a.Region, a.Address, a.Phone})
		}
		return err
	})
	return out, err
}

func (s *server) registerPerson(ctx context.Context, v *visit, in *keyedBody[personBody]) (*echoedBody[personDone], error) {
	b := in.Body
	got, err := s.h.People.RegisterPerson(ctx, v.actor, in.Key, identity.NewPerson{Name: b.Name, IDKind: b.IDKind, IDNo: b.IDNo, Phone: b.Phone, Address: b.Address})
	return &echoedBody[personDone]{Echoed(in.Keyed), personDone(got)}, err
}

func (s *server) represent(ctx context.Context, v *visit, in *keyedBody[representationBody]) (*echoedBody[representationDone], error) {
	b := in.Body
	id, err := s.h.People.Represent(ctx, v.actor, in.Key, identity.Representation{
		Agent: b.Agent, Subject: b.Subject, Role: b.Role, Powers: b.Powers, Document: b.Document, Span: day.Span{From: b.From, Until: b.Until},
	})
	return &echoedBody[representationDone]{Echoed(in.Keyed), representationDone{id}}, err
}

func (s *server) representations(ctx context.Context, v *visit, _ *struct{}) (*bodyOf[listOf[representationView]], error) {
	out := &bodyOf[listOf[representationView]]{}
	out.Body.Items = []representationView{}
	err := s.read(ctx, func(tx *store.Tx) error {
		list, err := s.h.People.Representations(tx, v.actor.Person, tx.Today())
		if err != nil {
			return err
		}
		for _, r := range list {
			name, err := s.h.People.Name(tx, r.Subject)
			if err != nil {
				return err
			}
			out.Body.Items = append(out.Body.Items, representationView{r.ID, r.Subject, name, r.Role, r.Powers, r.Span.Until})
		}
		return nil
	})
	return out, err
}
