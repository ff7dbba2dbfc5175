package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/identity"
	"tongban/internal/rules/day"
	"tongban/internal/work/reorganise"
)

// BecomesBody is what becomes of an agency, or which one begins.
type BecomesBody struct {
	Agency  string `json:"agency" maxLength:"16" example:"sthj"`
	Fate    string `json:"fate" enum:"end,cede,rename,begin" example:"end"`
	Heir    string `json:"heir,omitempty" maxLength:"16" example:"stly"`
	Name    string `json:"name,omitempty" maxLength:"100" example:"云禾县生态林业局"`
	NameEN  string `json:"name_en,omitempty" maxLength:"200" example:"Yunhe County Bureau of Ecology and Forestry"`
	Short   string `json:"short,omitempty" maxLength:"40" example:"生态林业局"`
	USCC    string `json:"uscc,omitempty" maxLength:"20" example:"11990124MB1234561A"`
	Level   string `json:"level,omitempty" enum:"county,township,city,province" example:"county"`
	Address string `json:"address,omitempty" maxLength:"200" example:"云禾县示范镇一号"`
	Phone   string `json:"phone,omitempty" maxLength:"20" example:"0990-0000000"`
}

// GivenBody is one thing of an agency.
type GivenBody struct {
	Agency string `json:"agency" maxLength:"16" example:"sthj"`
	Kind   string `json:"kind" enum:"power,item,case,post,entry,link" example:"item"`
	Ref    string `json:"ref" maxLength:"120" example:"11990124YH0000034J4990131901000"`
}

// SentBody is one thing with the agency that gets it.
type SentBody struct {
	GivenBody
	To string `json:"to" maxLength:"16" example:"stly"`
}

// ReorganisationBody is what an act says.
type ReorganisationBody struct {
	Document string        `json:"document" maxLength:"60" example:"云委〔2026〕8号"`
	Reason   string        `json:"reason" maxLength:"500" example:"深化机构改革"`
	From     day.Day       `json:"from" example:"2026-09-01"`
	Agencies []BecomesBody `json:"agencies" maxItems:"200" nullable:"false"`
	Moves    []SentBody    `json:"moves" maxItems:"20000" nullable:"false"`
}

type reorganisationEdit struct {
	Rev int `json:"rev" minimum:"1" example:"1"`
	ReorganisationBody
}

type assignmentBody struct {
	Rev    int         `json:"rev" minimum:"1" example:"1"`
	To     string      `json:"to,omitempty" maxLength:"16" example:"stly"`
	Things []GivenBody `json:"things" minItems:"1" maxItems:"20000" nullable:"false"`
}

type resolutionBody struct {
	Rev     int    `json:"rev" minimum:"1" example:"1"`
	Approve bool   `json:"approve" example:"true"`
	Reason  string `json:"reason,omitempty" maxLength:"500" example:"同意"`
}

type takenBackBody struct {
	Rev    int    `json:"rev" minimum:"1" example:"1"`
	Reason string `json:"reason" maxLength:"500" example:"另行发文"`
}

type dueBody struct {
	Rev int `json:"rev" minimum:"1" example:"1"`
}

type reorganisationDone struct {
	Reorganisation int64 `json:"reorganisation" example:"1001"`
	Rev            int   `json:"rev" example:"1"`
}

// ReorganisationLine is an act in a list.
type ReorganisationLine struct {
	ID       int64         `json:"id"`
	Rev      int           `json:"rev"`
	Document string        `json:"document"`
	Reason   string        `json:"reason"`
	From     day.Day       `json:"from"`
	Stage    string        `json:"stage" enum:"draft,decided,refused,dropped,done"`
	Decision string        `json:"decision,omitempty"`
	DoneDay  day.Day       `json:"done_day,omitempty"`
	Agencies []BecomesBody `json:"agencies" nullable:"false"`
}

// beforeAfter is what an agency has before an act and after it.
type beforeAfter struct {
	Agency string         `json:"agency"`
	Name   string         `json:"name"`
	Fate   string         `json:"fate,omitempty"`
	Before map[string]int `json:"before"`
	After  map[string]int `json:"after"`
}

// wayView counts what goes from one agency to another.
type wayView struct {
	Agency string `json:"agency"`
	To     string `json:"to"`
	Kind   string `json:"kind"`
	Count  int    `json:"count"`
}

type sealChange struct {
	Agency string  `json:"agency"`
	Last   day.Day `json:"last,omitempty"`
	First  day.Day `json:"first,omitempty"`
}

// reorganisationPreview is what an act would do, or did.
type reorganisationPreview struct {
	On       day.Day       `json:"on"`
	Stage    string        `json:"stage"`
	Ready    bool          `json:"ready"`
	Faults   []string      `json:"faults" nullable:"false"`
	Agencies []beforeAfter `json:"agencies" nullable:"false"`
	Ways     []wayView     `json:"ways" nullable:"false"`
	Seals    []sealChange  `json:"seals" nullable:"false"`
	Answers  []answering   `json:"answers" nullable:"false"`
}

// answering is who answers for an agency that ends or cedes.
type answering struct {
	Agency      string         `json:"agency"`
	Name        string         `json:"name"`
	Documents   []string       `json:"documents" nullable:"false"`
	Cases       map[string]int `json:"cases"`
	Liabilities []string       `json:"liabilities" nullable:"false"`
	Article     string         `json:"article"`
}

func answeringOf(e *reorganise.Effect) []answering {
	list := []answering{}
	for _, a := range e.Answering() {
		list = append(list, answering{a.Agency, e.Called(a.Agency), append([]string{}, a.Documents...), a.Cases, append([]string{}, a.Liabilities...), reorganise.AnsweringArticles})
	}
	return list
}

// thingView is one thing with who gets it, and what people call it.
type thingView struct {
	SentBody
	Named bool   `json:"named"`
	Code  string `json:"code,omitempty"`
	Name  string `json:"name,omitempty"`
	place int
}

// TheReorganisation names one.
type TheReorganisation struct {
	ID int64 `path:"reorganisation" example:"1001"`
}

type reorganisedIn struct {
	TheReorganisation
	Paged
	Agency     string `query:"agency" maxLength:"16" example:"sthj"`
	Kind       string `query:"kind" enum:"power,item,case,post,entry,link,officer,seal" example:"item"`
	Unassigned bool   `query:"unassigned" example:"true"`
}

type onReorganisation[B any] struct {
	Keyed
	TheReorganisation
	Body B
}

func reorganisations(s *server) {
	one := "/reorganisations/{reorganisation}"
	example := ReorganisationBody{Document: "云委〔2026〕8号", Reason: "深化机构改革", From: day.Of(2099, 9, 1), Agencies: []BecomesBody{{Agency: "sthj", Fate: reorganise.End, Heir: "lyj"}}, Moves: []SentBody{}}
	thing := []GivenBody{{"sthj", reorganise.OnItem, "11990124YH0000034J4990131901000"}}
	get := func(id, path string) spec {
		return spec{id: id, method: http.MethodGet, path: path, tag: "place", access: staff}
	}
	put := func(id, method, path string, c act.Command, example any) spec {
		return spec{id: id, method: method, path: path, tag: "place", access: staff, command: c.Name, example: example}
	}
	on(s, get("listReorganisations", "/reorganisations"), s.listReorganisations)
	on(s, put("draftReorganisation", http.MethodPost, "/reorganisations", reorganise.CommandDraft, example), s.draftReorganisation)
	on(s, get("showReorganisation", one), s.showReorganisation)
	on(s, put("editReorganisation", http.MethodPut, one, reorganise.CommandEdit, reorganisationEdit{1, example}), s.editReorganisation)
	on(s, put("assignThings", http.MethodPost, one+"/assignments", reorganise.CommandEdit, assignmentBody{1, "lyj", thing}), s.assignThings)
	on(s, get("previewReorganisation", one+"/preview"), s.previewReorganisation)
	on(s, get("listReorganised", one+"/things"), s.listReorganised)
	on(s, put("decideReorganisation", http.MethodPost, one+"/decision", reorganise.CommandDecide, resolutionBody{1, true, "同意"}), s.decideReorganisation)
	on(s, put("carryReorganisation", http.MethodPost, one+"/carry", reorganise.CommandCarry, dueBody{1}), s.carryReorganisation)
	on(s, put("dropReorganisation", http.MethodPost, one+"/drop", reorganise.CommandDrop, takenBackBody{1, "另行发文"}), s.dropReorganisation)
	on(s, put("nameAgencies", http.MethodPost, "/agencies/names", identity.CommandNameAgencies, namesBody{[]englishName{{"scjg", "Yunhe County Administration for Market Regulation"}}}), s.nameAgencies)
	on(s, spec{id: "showAgency", method: http.MethodGet, path: "/agencies/{agency}", tag: "place", access: public}, s.showAgency)
}

// maySee asks for the right to read acts that are not carried out yet.
func (s *server) maySee(tx *store.Tx, v *visit) error {
	return s.h.Runner.Rights.Authorise(tx, v.actor, reorganise.Look, act.Scope{Agency: v.actor.Agency, Region: s.h.Office.Region})
}

func lineOfAct(x reorganise.Act, list []reorganise.Agency) ReorganisationLine {
	out := ReorganisationLine{ID: x.ID, Rev: x.Rev, Document: x.Document, Reason: x.Reason, From: x.From, Stage: x.Stage, Decision: x.Decision, DoneDay: x.DoneDay, Agencies: []BecomesBody{}}
	for _, g := range list {
		out.Agencies = append(out.Agencies, BecomesBody{g.Key, g.Fate, g.Heir, g.Name, g.NameEN, g.Short, g.USCC, g.Level, g.Address, g.Phone})
	}
	return out
}

func (s *server) listReorganisations(ctx context.Context, v *visit, in *Paged) (*pageOut[ReorganisationLine], error) {
	before := int64(0)
	if err := place(in.Cursor, &before); err != nil {
		return nil, err
	}
	var list []ReorganisationLine
	err := s.read(ctx, func(tx *store.Tx) error {
		if err := s.maySee(tx, v); err != nil {
			return err
		}
		acts, err := reorganise.List(tx, before, in.Limit+1)
		for _, x := range acts {
			agencies, err := reorganise.Agencies(tx, x.ID)
			if err != nil {
				return err
			}
			list = append(list, lineOfAct(x, agencies))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return page("/reorganisations", nil, *in, list, func(x ReorganisationLine) any { return x.ID }), nil
}

func (s *server) showReorganisation(ctx context.Context, v *visit, in *TheReorganisation) (*bodyOf[ReorganisationLine], error) {
	out := &bodyOf[ReorganisationLine]{}
	err := s.read(ctx, func(tx *store.Tx) error {
		if err := s.maySee(tx, v); err != nil {
			return err
		}
		x, err := reorganise.ByID(tx, in.ID)
		if err != nil {
			return err
		}
		agencies, err := reorganise.Agencies(tx, in.ID)
		out.Body = lineOfAct(x, agencies)
		return err
	})
	return out, err
}

func planOf(b ReorganisationBody) reorganise.Plan {
	p := reorganise.Plan{Document: b.Document, Reason: b.Reason, From: b.From}
	for _, g := range b.Agencies {
		p.Agencies = append(p.Agencies, reorganise.Agency{Key: g.Agency, Fate: g.Fate, Heir: g.Heir, Name: g.Name, NameEN: g.NameEN, Short: g.Short, USCC: g.USCC, Level: g.Level, Address: g.Address, Phone: g.Phone})
	}
	for _, m := range b.Moves {
		p.Moves = append(p.Moves, reorganise.Move{Agency: m.Agency, Kind: m.Kind, Ref: m.Ref, To: m.To})
	}
	return p
}

func doneAt(k Keyed, at reorganise.At, err error) (*echoedBody[reorganisationDone], error) {
	return &echoedBody[reorganisationDone]{Echoed(k), reorganisationDone{at.ID, at.Rev}}, err
}

func (s *server) draftReorganisation(ctx context.Context, v *visit, in *keyedBody[ReorganisationBody]) (*echoedBody[reorganisationDone], error) {
	at, err := s.h.Reform.Begin(ctx, v.actor, in.Key, planOf(in.Body))
	return doneAt(in.Keyed, at, err)
}

func (s *server) editReorganisation(ctx context.Context, v *visit, in *onReorganisation[reorganisationEdit]) (*echoedBody[reorganisationDone], error) {
	at, err := s.h.Reform.Edit(ctx, v.actor, in.Key, reorganise.At{ID: in.ID, Rev: in.Body.Rev}, planOf(in.Body.ReorganisationBody))
	return doneAt(in.Keyed, at, err)
}

// assignThings names who gets some things and leaves the rest of the draft as it is.
func (s *server) assignThings(ctx context.Context, v *visit, in *onReorganisation[assignmentBody]) (*echoedBody[reorganisationDone], error) {
	var p reorganise.Plan
	if err := s.read(ctx, func(tx *store.Tx) (err error) {
		if err := s.maySee(tx, v); err != nil {
			return err
		}
		_, p, err = reorganise.PlanOf(tx, in.ID)
		return err
	}); err != nil {
		return nil, err
	}
	var list []reorganise.Move
	for _, t := range in.Body.Things {
		list = append(list, reorganise.Move{Agency: t.Agency, Kind: t.Kind, Ref: t.Ref})
	}
	p.Send(list, in.Body.To)
	at, err := s.h.Reform.Edit(ctx, v.actor, in.Key, reorganise.At{ID: in.ID, Rev: in.Body.Rev}, p)
	return doneAt(in.Keyed, at, err)
}

func (s *server) decideReorganisation(ctx context.Context, v *visit, in *onReorganisation[resolutionBody]) (*echoedBody[reorganisationDone], error) {
	at := reorganise.At{ID: in.ID, Rev: in.Body.Rev}
	return doneAt(in.Keyed, at, s.h.Reform.Decide(ctx, v.actor, in.Key, at, in.Body.Approve, in.Body.Reason))
}

// carryReorganisation carries a decided act out whose day has come. The platform does
// so by itself within seconds after midnight; this is for one that something held up.
func (s *server) carryReorganisation(ctx context.Context, v *visit, in *onReorganisation[dueBody]) (*echoedBody[reorganisationDone], error) {
	at := reorganise.At{ID: in.ID, Rev: in.Body.Rev}
	return doneAt(in.Keyed, at, s.h.Reform.Carry(ctx, v.actor, in.Key, at))
}

func (s *server) dropReorganisation(ctx context.Context, v *visit, in *onReorganisation[takenBackBody]) (*echoedBody[reorganisationDone], error) {
	at := reorganise.At{ID: in.ID, Rev: in.Body.Rev}
	return doneAt(in.Keyed, at, s.h.Reform.Drop(ctx, v.actor, in.Key, at, in.Body.Reason))
}

// effectOf reads what an act would do, for those who may see it.
func (s *server) effectOf(ctx context.Context, v *visit, id int64) (*reorganise.Effect, error) {
	if err := s.read(ctx, func(tx *store.Tx) error { return s.maySee(tx, v) }); err != nil {
		return nil, err
	}
	return s.h.Reform.Preview(ctx, id)
}

func (s *server) previewReorganisation(ctx context.Context, v *visit, in *TheReorganisation) (*bodyOf[reorganisationPreview], error) {
	e, err := s.effectOf(ctx, v, in.ID)
	if err != nil {
		return nil, err
	}
	out := &bodyOf[reorganisationPreview]{Body: reorganisationPreview{On: e.On, Stage: e.Stage, Ready: len(e.Faults)+len(e.Rivals) == 0, Faults: []string{}, Agencies: []beforeAfter{}, Ways: waysOf(e), Seals: []sealChange{}, Answers: answeringOf(e)}}
	for _, m := range e.Faults {
		out.Body.Faults = append(out.Body.Faults, m.In(v.lang))
	}
	for _, x := range e.Rivals {
		out.Body.Faults = append(out.Body.Faults, x.Rival().In(v.lang))
	}
	for _, x := range e.Seals {
		out.Body.Seals = append(out.Body.Seals, sealChange{x.Agency, x.Last, x.First})
	}
	if e.Stage != reorganise.Draft && e.Stage != reorganise.Decided {
		return out, nil
	}
	err = s.read(ctx, func(tx *store.Tx) error {
		stands, err := s.h.Reform.Picture(tx, e)
		for _, x := range stands {
			out.Body.Agencies = append(out.Body.Agencies, beforeAfter{x.Agency, e.Called(x.Agency), x.Fate, x.Had, x.Has})
		}
		return err
	})
	return out, err
}

// waysOf counts what goes from where to where, by kind.
func waysOf(e *reorganise.Effect) []wayView {
	list := []wayView{}
	for _, m := range e.Moves {
		if m.Kind == reorganise.OnSeal {
			continue
		}
		i := slices.IndexFunc(list, func(w wayView) bool { return w.Agency == m.Agency && w.To == m.To && w.Kind == m.Kind })
		if i < 0 {
			i, list = len(list), append(list, wayView{Agency: m.Agency, To: m.To, Kind: m.Kind})
		}
		list[i].Count++
	}
	return list
}

// listReorganised lists everything that the act is about with who gets it, of an act
// that is done all that went.
func (s *server) listReorganised(ctx context.Context, v *visit, in *reorganisedIn) (*pageOut[thingView], error) {
	after := 0
	if err := place(in.Cursor, &after); err != nil {
		return nil, err
	}
	e, err := s.effectOf(ctx, v, in.ID)
	if err != nil {
		return nil, err
	}
	things := e.Things
	if e.Stage == reorganise.Done {
		things = nil
		for _, m := range e.Moves {
			things = append(things, reorganise.Thing{Move: m, Named: true})
		}
	}
	var shown []reorganise.Thing
	var places []int
	for i, t := range things {
		if i < after || in.Agency != "" && in.Agency != t.Agency || in.Kind != "" && in.Kind != t.Kind || in.Unassigned && t.To != "" || len(shown) > in.Limit {
			continue
		}
		shown, places = append(shown, t), append(places, i)
	}
	var list []thingView
	err = s.read(ctx, func(tx *store.Tx) error {
		err := s.h.Reform.Describe(tx, shown, e.On)
		for i, t := range shown {
			list = append(list, thingView{SentBody{GivenBody{t.Agency, t.Kind, t.Ref}, t.To}, t.Named, t.Code, t.Name, places[i] + 1})
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	q := map[string][]string{"agency": {in.Agency}, "kind": {in.Kind}}
	if in.Unassigned {
		q["unassigned"] = []string{"true"}
	}
	return page(fmt.Sprintf("/reorganisations/%d/things", in.ID), q, in.Paged, list, func(t thingView) any { return t.place }), nil
}
