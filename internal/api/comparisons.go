package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/rules/reconcile"
	"tongban/internal/work/compare"
)

// ownLine is an item of an own system as a program sends it; everything is text,
// as it stands there.
type ownLine struct {
	Code      string   `json:"code,omitempty" maxLength:"100" example:"W1"`
	Name      string   `json:"name" maxLength:"300" example:"食品经营许可"`
	Type      string   `json:"type,omitempty" maxLength:"100" example:"01"`
	Agency    string   `json:"agency,omitempty" maxLength:"200" example:"scjg"`
	Parent    string   `json:"parent,omitempty" maxLength:"100" example:"W0"`
	Base      string   `json:"base,omitempty" maxLength:"100" example:"000131014000"`
	Steps     []string `json:"steps,omitempty" maxItems:"100" nullable:"false"`
	Days      string   `json:"days,omitempty" maxLength:"100" example:"20个工作日"`
	Fees      string   `json:"fees,omitempty" maxLength:"4000" example:"不收费"`
	Materials []string `json:"materials,omitempty" maxItems:"500" nullable:"false"`
}

type ownList struct {
	Agency  string    `json:"agency" maxLength:"40" example:"scjg"`
	Entries []ownLine `json:"entries" minItems:"1" maxItems:"20000" nullable:"false"`
}

type comparisonDone struct {
	Comparison int64 `json:"comparison" example:"1001"`
}

// comparedLine is a line of either list in a row.
type comparedLine struct {
	Key  string `json:"key" example:"W1"`
	Code string `json:"code" example:"W1"`
	Name string `json:"name" example:"食品经营许可"`
}

// comparedField is what the two sides say differently.
type comparedField struct {
	Field  string `json:"field" example:"days"`
	Theirs string `json:"theirs" example:"20个工作日"`
	Ours   string `json:"ours" example:"10个工作日"`
}

// comparedRow is a row of a comparison.
type comparedRow struct {
	Row         int             `json:"row" example:"1"`
	Relation    string          `json:"relation" enum:"same,renamed,coarser,finer,only_theirs,only_ours" example:"renamed"`
	Score       int             `json:"score" example:"930"`
	Rev         int             `json:"rev" example:"0"`
	Verdict     string          `json:"verdict" enum:",confirmed,rejected" example:""`
	Theirs      []comparedLine  `json:"theirs" nullable:"false"`
	Ours        []comparedLine  `json:"ours" nullable:"false"`
	Differences []comparedField `json:"differences" nullable:"false"`
	Why         []string        `json:"why" nullable:"false"`
}

type comparedIn struct {
	ID       int64  `path:"comparison" example:"1001"`
	Relation string `query:"relation" enum:"same,renamed,coarser,finer,only_theirs,only_ours" example:"renamed"`
	Paged
}

// comparisonLine is a list that was compared.
type comparisonLine struct {
	Comparison int64   `json:"comparison" example:"1001"`
	Agency     string  `json:"agency" example:"scjg"`
	File       string  `json:"file"`
	On         day.Day `json:"on"`
	Theirs     int     `json:"theirs"`
	Ours       int     `json:"ours"`
	Found      int     `json:"found"`
	At         string  `json:"at" format:"date-time"`
}

// verdictBody is what a person says about a row. Without are lines that do not
// belong into a row of several, by their keys.
type verdictBody struct {
	Rev     int      `json:"rev" minimum:"0" example:"0"`
	Verdict string   `json:"verdict" enum:"confirmed,rejected" example:"confirmed"`
	Reason  string   `json:"reason,omitempty" maxLength:"1000"`
	Without []string `json:"without,omitempty" maxItems:"500"`
}

// TheComparison names a comparison.
type TheComparison struct {
	ID int64 `path:"comparison" example:"1001"`
}

func comparisons(s *server) {
	on(s, spec{id: "listComparisons", method: http.MethodGet, path: "/comparisons", tag: "list", access: staff}, s.listComparisons)
	on(s, spec{id: "decideCompared", method: http.MethodPost, path: "/comparisons/{comparison}/rows/{row}/verdict", tag: "list", command: compare.CommandDecide.Name, access: staff,
		example: verdictBody{Verdict: "confirmed"}}, func(ctx context.Context, v *visit, in *struct {
		Keyed
		TheComparison
		Row  int `path:"row" minimum:"1" example:"1"`
		Body verdictBody
	}) (*echoedBody[compare.Decided], error) {
		b := in.Body
		done, err := s.comparing().Decide(ctx, v.actor, in.Key, compare.Decision{Comparison: in.ID, N: in.Row, Rev: b.Rev, Verdict: reconcile.Verdict(b.Verdict), Reason: b.Reason, Without: b.Without})
		return &echoedBody[compare.Decided]{Echoed(in.Keyed), done}, err
	})
	on(s, spec{id: "agreeCompared", method: http.MethodPost, path: "/comparisons/{comparison}/agree", tag: "list", command: compare.CommandAgree.Name, access: staff},
		func(ctx context.Context, v *visit, in *struct {
			Keyed
			TheComparison
		}) (*echoedBody[compare.Decided], error) {
			done, err := s.comparing().Agree(ctx, v.actor, in.Key, in.ID)
			return &echoedBody[compare.Decided]{Echoed(in.Keyed), done}, err
		})
	on(s, spec{id: "compareOwnList", method: http.MethodPost, path: "/comparisons", tag: "list", command: compare.CommandBegin.Name, access: staff,
		example: ownList{Agency: "scjg", Entries: []ownLine{{Code: "W1", Name: "食品经营许可", Days: "20个工作日"}}}}, s.compareOwn)
	on(s, spec{id: "listCompared", method: http.MethodGet, path: "/comparisons/{comparison}/rows", tag: "list", access: staff}, s.compared)
}

func (s *server) comparing() *compare.Desk {
	return &compare.Desk{Runner: s.h.Runner, People: s.h.People, Items: s.h.Items, Region: s.h.Office.Region}
}

// compareOwn reads a list as the file of the same form would be read.
func (s *server) compareOwn(ctx context.Context, v *visit, in *keyedBody[ownList]) (*echoedBody[comparisonDone], error) {
	src, err := json.Marshal(struct {
		Entries []ownLine `json:"entries"`
	}{in.Body.Entries})
	if err != nil {
		return nil, err
	}
	id, err := s.comparing().Begin(ctx, v.actor, in.Key, compare.Sent{Agency: in.Body.Agency, File: "api.json", Src: src})
	return &echoedBody[comparisonDone]{Echoed(in.Keyed), comparisonDone{id}}, err
}

// listComparisons lists what the reader's agency, or the area, compared; the newest first.
func (s *server) listComparisons(ctx context.Context, v *visit, in *Paged) (*pageOut[comparisonLine], error) {
	before, list := int64(0), []comparisonLine(nil)
	if err := place(in.Cursor, &before); err != nil {
		return nil, err
	}
	err := s.read(ctx, func(tx *store.Tx) error {
		agency, err := s.only(tx, v)
		if err != nil {
			return err
		}
		all, err := compare.Recent(tx, agency, before, in.Limit+1)
		for _, c := range all {
			list = append(list, comparisonLine{c.ID, c.Agency, c.File, c.On, c.Theirs, c.Ours, c.Found, moment(c.At)})
		}
		return err
	})
	return page("/comparisons", nil, *in, list, func(c comparisonLine) any { return c.Comparison }), err
}

// compared lists the rows of a comparison.
func (s *server) compared(ctx context.Context, v *visit, in *comparedIn) (*pageOut[comparedRow], error) {
	after := 0
	if err := place(in.Cursor, &after); err != nil {
		return nil, err
	}
	var list []comparedRow
	err := s.read(ctx, func(tx *store.Tx) error {
		// Who may not compare is not told either what was compared.
		if err := s.may(tx, v, compare.CommandBegin); err != nil {
			return err
		}
		c, err := compare.ByID(tx, in.ID)
		if err != nil {
			return err
		}
		if err := s.theirs(tx, v, c.Agency); err != nil {
			return err
		}
		rows, err := compare.Page(tx, compare.Query{Comparison: in.ID, Relation: reconcile.Relation(in.Relation), After: after, Limit: in.Limit + 1})
		for i := range rows {
			list = append(list, comparedOf(&rows[i], v))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	q := map[string][]string{"relation": {in.Relation}}
	return page(fmt.Sprintf("/comparisons/%d/rows", in.ID), q, in.Paged, list, func(r comparedRow) any { return r.Row }), nil
}

func comparedOf(r *compare.Row, v *visit) comparedRow {
	out := comparedRow{Row: r.N, Relation: string(r.Relation), Score: r.Score, Rev: r.Rev, Verdict: string(r.Verdict), Theirs: []comparedLine{}, Ours: []comparedLine{},
		Differences: []comparedField{}, Why: []string{}}
	for _, l := range r.Theirs {
		out.Theirs = append(out.Theirs, comparedLine{l.Entry().Key(), l.Code, l.Name})
	}
	for _, l := range r.Ours {
		out.Ours = append(out.Ours, comparedLine{l.Entry().Key(), l.Code, l.Name})
	}
	for _, d := range r.Differences {
		out.Differences = append(out.Differences, comparedField{string(d.Field), d.Theirs, d.Ours})
	}
	for _, s := range r.Why {
		out.Why = append(out.Why, s.In(v.lang))
	}
	return out
}
