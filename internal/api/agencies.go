package api

import (
	"context"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/identity"
	"tongban/internal/rules/day"
	"tongban/internal/work/reorganise"
)

// AgencyName is a name that an agency had from one day to another.
type AgencyName struct {
	Name   string  `json:"name"`
	NameEN string  `json:"name_en,omitempty"`
	From   day.Day `json:"from"`
	Until  day.Day `json:"until,omitempty"`
}

// successionStep is one act that made another agency answer for one.
type successionStep struct {
	Document string  `json:"document"`
	Day      day.Day `json:"day"`
	From     string  `json:"from"`
	To       string  `json:"to"`
	Fate     string  `json:"fate" enum:"end,cede,rename"`
}

// agencyStory is an agency that is or was, with who answers for it now.
type agencyStory struct {
	Key     string           `json:"key"`
	Name    string           `json:"name"`
	NameEN  string           `json:"name_en,omitempty"`
	From    day.Day          `json:"from"`
	Until   day.Day          `json:"until,omitempty"`
	Names   []AgencyName     `json:"names" nullable:"false"`
	Answers []string         `json:"answers" nullable:"false"`
	Steps   []successionStep `json:"steps" nullable:"false"`
	Took    []successionStep `json:"took" nullable:"false"`
}

// namesBody says what agencies are called in English.
type namesBody struct {
	Names []englishName `json:"names" minItems:"1" maxItems:"1000" nullable:"false"`
}

type englishName struct {
	Agency string `json:"agency" maxLength:"16" example:"scjg"`
	NameEN string `json:"name_en" maxLength:"200" example:"Yunhe County Administration for Market Regulation"`
}

// nameAgencies writes what agencies are called in English, all or nothing.
func (s *server) nameAgencies(ctx context.Context, v *visit, in *keyedBody[namesBody]) (*echoedBody[namesBody], error) {
	list := make([]identity.EnglishName, len(in.Body.Names))
	for i, x := range in.Body.Names {
		list[i] = identity.EnglishName{Agency: store.Text(x.Agency), NameEN: x.NameEN}
	}
	err := s.h.People.NameAgencies(ctx, v.actor, in.Key, list)
	return &echoedBody[namesBody]{Echoed(in.Keyed), in.Body}, err
}

type agencyIn struct {
	Agency string `path:"agency" maxLength:"40" example:"scjg"`
	Code   string `query:"code" maxLength:"80" example:"11990124YH0000034J4990131901000"`
}

// showAgency tells everybody who answers for an agency, of whatever it wrote or of
// what is about one item.
func (s *server) showAgency(ctx context.Context, _ *visit, in *agencyIn) (*bodyOf[agencyStory], error) {
	out := &bodyOf[agencyStory]{}
	err := s.read(ctx, func(tx *store.Tx) error {
		all, err := s.h.People.AgencyOver(tx, in.Agency)
		if err != nil {
			return err
		}
		x := agencyStory{Key: in.Agency, Names: []AgencyName{}, Answers: []string{}, Steps: []successionStep{}, Took: []successionStep{}}
		for _, a := range all {
			if a.Span.From > tx.Today() {
				break // decided, and not yet so
			}
			x.Names = append(x.Names, AgencyName{a.Name, a.NameEN, a.Span.From, a.Span.Until})
			x.Name, x.NameEN, x.Until = a.Name, a.NameEN, a.Span.Until
		}
		if len(x.Names) == 0 {
			return act.Missing("identity.thing.agency")
		}
		x.From = x.Names[0].From
		found, err := reorganise.Answers(tx, in.Agency, x.From, tx.Today(), reorganise.About{Item: store.Text(in.Code)})
		if err != nil {
			return err
		}
		x.Answers, x.Steps = found.Now, append(x.Steps, stepsOf(found.Steps)...)
		took, err := reorganise.Heirs(tx, in.Agency)
		x.Took = append(x.Took, stepsOf(took)...)
		out.Body = x
		return err
	})
	return out, err
}

func stepsOf(list []reorganise.Step) (out []successionStep) {
	for _, s := range list {
		out = append(out, successionStep{s.Document, s.Day, s.From, s.To, s.Fate})
	}
	return out
}
