package api

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
	"tongban/internal/work/adjust"
	"tongban/internal/work/casework"
)

// TheAdjustment names an adjustment.
type TheAdjustment struct {
	Adjustment int64 `path:"adjustment" example:"1001"`
}

// path is an address below the adjustment's.
func (in TheAdjustment) path(rest string) string {
	return fmt.Sprintf("/adjustments/%d%s", in.Adjustment, rest)
}

type adjustmentsIn struct {
	Paged
	Stage string `query:"stage" enum:"draft,consent,panel,decided,notice,done,refused,dropped" example:"notice"`
}

// partIn asks for a page of a part of an adjustment.
type partIn struct {
	TheAdjustment
	Paged
}

// AdjustmentLine is an adjustment as lists show it.
type AdjustmentLine struct {
	ID          int64   `json:"id"`
	Document    string  `json:"document"`
	Level       string  `json:"level" enum:"county,city,province,state"`
	Reason      string  `json:"reason"`
	Source      string  `json:"source" enum:"own,law,above"`
	LawChange   int64   `json:"law_change,omitempty"`
	Order       int64   `json:"order,omitempty"`
	Region      string  `json:"region"`
	Stage       string  `json:"stage" enum:"draft,consent,panel,decided,notice,done,refused,dropped"`
	From        day.Day `json:"from"`
	NoticeFrom  day.Day `json:"notice_from,omitempty"`
	NoticeUntil day.Day `json:"notice_until,omitempty"`
}

// adjustmentView is an adjustment with what is said of it inside.
type adjustmentView struct {
	AdjustmentLine
	Rev          int            `json:"rev"`
	By           string         `json:"by"`
	Agency       string         `json:"agency"`
	Counts       map[string]int `json:"counts"`
	ConsentUntil day.Day        `json:"consent_until,omitempty"`
	Consents     []consentView  `json:"consents"`
	Opinions     []opinionView  `json:"opinions"`
	DecidedBy    string         `json:"decided_by,omitempty"`
	Decision     string         `json:"decision,omitempty"`
	Comments     int            `json:"comments"`
	Unanswered   int            `json:"unanswered"`
	Moved        []movesView    `json:"moves,omitempty"`
}

// consentView is what an agency concerned says; Answer is "" while it has not.
type consentView struct {
	Agency string `json:"agency"`
	Answer string `json:"answer" enum:",agreed,objected"`
	Reason string `json:"reason"`
	At     string `json:"at"`
}

// opinionView is what a member of the panel says.
type opinionView struct {
	Person     int64  `json:"person"`
	Name       string `json:"name"`
	Legal      string `json:"legal" enum:",yes,no"`
	Reasonable string `json:"reasonable" enum:",yes,no"`
	Reasons    string `json:"reasons"`
	At         string `json:"at"`
}

// adjustedView is what becomes of one entry of a list, or of an item.
type adjustedView struct {
	ID       int64          `json:"id"`
	List     string         `json:"list" example:"power"`
	Code     string         `json:"code"`
	Name     string         `json:"name"`
	Agency   string         `json:"agency,omitempty"`
	Does     string         `json:"does" enum:",new,change,split,merge,suspend,resume,cancel,filing,internal,take_over,hand_down,keep"`
	DoesText string         `json:"does_text"`
	Into     []string       `json:"into"`
	Receiver string         `json:"receiver,omitempty"`
	Giver    string         `json:"giver,omitempty"`
	Guided   bool           `json:"guided,omitempty"`
	Base     int            `json:"base,omitempty"`
	Proposal int64          `json:"proposal,omitempty"`
	Content  map[string]any `json:"content,omitempty"`
	Note     string         `json:"note,omitempty"`
	Moves    string         `json:"moves,omitempty"`
}

// waitingView is what waits for the reader.
type waitingView struct {
	Consents []AdjustmentLine `json:"consents"`
	Opinions []AdjustmentLine `json:"opinions"`
	Orders   []orderView      `json:"orders"`
	Decision []AdjustmentLine `json:"decision"`
	Next     []AdjustmentLine `json:"next"`
}

// candidateView is somebody who may be a member of the panel.
type candidateView struct {
	Person     int64  `json:"person"`
	Name       string `json:"name"`
	Agency     string `json:"agency"`
	AgencyName string `json:"agency_name"`
}

// adjusting adds the operations on adjustments: reading here, the acts beside.
func adjusting(s *server) {
	get := func(id, path string) spec {
		return spec{id: id, method: http.MethodGet, path: path, tag: "adjust", access: staff}
	}
	on(s, get("listAdjustments", "/adjustments"), s.listAdjustments)
	on(s, get("listAdjustmentsWaiting", "/adjustments/waiting"), s.adjustmentsWaiting)
	on(s, get("showAdjustment", "/adjustments/{adjustment}"), s.showAdjustment)
	on(s, get("listAdjusted", "/adjustments/{adjustment}/entries"), s.listAdjusted)
	on(s, get("checkAdjustment", "/adjustments/{adjustment}/check"), s.checkAdjustment)
	on(s, get("compareAdjustment", "/adjustments/{adjustment}/differences"), s.compareAdjustment)
	on(s, get("listCandidates", "/adjustments/{adjustment}/candidates"), s.listCandidates)
	on(s, get("listAdjustmentComments", "/adjustments/{adjustment}/comments"), s.adjustmentComments)
	adjustmentActs(s)
	notices(s)
	orders(s)
}

func adjustmentLine(a adjust.Adjustment) AdjustmentLine {
	return AdjustmentLine{a.ID, a.Document, a.Level, a.Reason, a.Source, a.LawChange, a.Order, a.Region, a.Stage, a.From, a.NoticeFrom, a.NoticeUntil}
}

func adjustmentLines(list []adjust.Adjustment) []AdjustmentLine {
	out := make([]AdjustmentLine, len(list))
	for i, a := range list {
		out[i] = adjustmentLine(a)
	}
	return out
}

func (s *server) listAdjustments(ctx context.Context, v *visit, in *adjustmentsIn) (*pageOut[AdjustmentLine], error) {
	before, list := int64(0), []adjust.Adjustment(nil)
	if err := place(in.Cursor, &before); err != nil {
		return nil, err
	}
	err := s.read(ctx, func(tx *store.Tx) error {
		all, err := s.overall(tx, v)
		switch {
		case err != nil:
		case all:
			list, err = adjust.Page(tx, in.Stage, before, in.Limit+1)
		default:
			list, err = adjust.PageFor(tx, v.actor.Person, v.actor.Agency, in.Stage, before, in.Limit+1)
		}
		return err
	})
	return page("/adjustments", url.Values{"stage": {in.Stage}}, in.Paged, adjustmentLines(list), func(a AdjustmentLine) any { return a.ID }), err
}

// adjustmentsWaiting lists what waits for the reader in the post that they act in,
// up to fifty of each.
func (s *server) adjustmentsWaiting(ctx context.Context, v *visit, _ *struct{}) (*bodyOf[waitingView], error) {
	out := &bodyOf[waitingView]{waitingView{Orders: []orderView{}}}
	err := s.read(ctx, func(tx *store.Tx) error {
		w, err := adjust.WaitingFor(tx, v.actor.Person, v.actor.Agency)
		if err != nil {
			return err
		}
		if s.may(tx, v, adjust.CommandConsent) != nil { // the agency's answers are given by others
			w.Consents, w.Orders = nil, nil
		}
		if s.may(tx, v, adjust.CommandDecide) != nil {
			w.Decisions = nil
		}
		if s.may(tx, v, adjust.CommandApply) != nil {
			w.Next = nil
		}
		out.Body.Consents, out.Body.Opinions = adjustmentLines(w.Consents), adjustmentLines(w.Opinions)
		out.Body.Decision, out.Body.Next = adjustmentLines(w.Decisions), adjustmentLines(w.Next)
		for _, o := range w.Orders {
			out.Body.Orders = append(out.Body.Orders, orderOf(o))
		}
		return nil
	})
	return out, err
}

func (s *server) showAdjustment(ctx context.Context, v *visit, in *TheAdjustment) (*bodyOf[adjustmentView], error) {
	out := &bodyOf[adjustmentView]{}
	err := s.read(ctx, func(tx *store.Tx) (err error) {
		if err = s.concerns(tx, v, in.Adjustment); err != nil {
			return err
		}
		out.Body, err = s.adjustmentView(tx, in.Adjustment)
		return err
	})
	return out, err
}

func (s *server) adjustmentView(tx *store.Tx, id int64) (v adjustmentView, err error) {
	a, err := adjust.ByID(tx, id)
	if err != nil {
		return v, err
	}
	v = adjustmentView{AdjustmentLine: adjustmentLine(a), Rev: a.Rev, Agency: a.Agency, Counts: map[string]int{}, ConsentUntil: a.ConsentUntil, Decision: a.Decision,
		Consents: []consentView{}, Opinions: []opinionView{}}
	if v.By, err = s.official(tx, a.By); err != nil {
		return v, err
	}
	if v.DecidedBy, err = s.official(tx, a.DecidedBy); err != nil {
		return v, err
	}
	counts, err := adjust.Counts(tx, id)
	if err != nil {
		return v, err
	}
	for does, n := range counts {
		v.Counts[string(does)] = n
	}
	answers, err := adjust.Consents(tx, id)
	if err != nil {
		return v, err
	}
	for _, c := range answers {
		v.Consents = append(v.Consents, consentView{c.Agency, c.Answer, c.Reason, moment(c.At)})
	}
	opinions, err := adjust.Opinions(tx, id)
	if err != nil {
		return v, err
	}
	for _, o := range opinions {
		name, err := s.official(tx, o.Person)
		if err != nil {
			return v, err
		}
		v.Opinions = append(v.Opinions, opinionView{o.Person, name, o.Legal, o.Reasonable, o.Reasons, moment(o.At)})
	}
	if v.Comments, v.Unanswered, err = adjust.CommentCounts(tx, id); err != nil {
		return v, err
	}
	orders, err := casework.MovesFor(tx, id)
	for _, x := range orders {
		m, err := s.movesView(tx, x)
		if err != nil {
			return v, err
		}
		v.Moved = append(v.Moved, m)
	}
	return v, err
}

// official names somebody in a post; "" for nobody.
func (s *server) official(tx *store.Tx, person int64) (string, error) {
	if person == 0 {
		return "", nil
	}
	return s.h.People.StaffName(tx, person)
}

func (s *server) listAdjusted(ctx context.Context, v *visit, in *partIn) (*pageOut[adjustedView], error) {
	var list []adjustedView
	err := s.read(ctx, func(tx *store.Tx) (err error) {
		if err = s.concerns(tx, v, in.Adjustment); err != nil {
			return err
		}
		if _, err = adjust.ByID(tx, in.Adjustment); err == nil {
			list, err = adjustedViews(tx, v, in.Adjustment)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return pageAfter(in.path("/entries"), nil, in.Paged, list, adjustedKey)
}

func adjustedKey(e adjustedView) string { return e.List + " " + e.Code }

func adjustedViews(tx *store.Tx, v *visit, id int64) ([]adjustedView, error) {
	entries, err := adjust.Entries(tx, id)
	list := make([]adjustedView, len(entries))
	for i, e := range entries {
		list[i] = adjustedView{e.ID, e.List, e.Code, e.Name, e.Agency, string(e.Does), e.Does.Label().In(v.lang), e.Into, e.Receiver, e.Giver, e.Guided, e.Base, e.Proposal, nil, e.Note, e.Moves}
		if list[i].Into == nil {
			list[i].Into = []string{}
		}
		if e.Content != nil {
			list[i].Content = flat(*e.Content)
		}
	}
	return list, err
}

// flat is a content as lists are read: columns and tables beside each other.
func flat(c lists.Content) map[string]any {
	m := make(map[string]any, len(c.Columns)+len(c.Tables))
	for key, v := range c.Columns {
		m[key] = v
	}
	for key, rows := range c.Tables {
		m[key] = rows
	}
	return m
}

func (s *server) listCandidates(ctx context.Context, v *visit, in *partIn) (*pageOut[candidateView], error) {
	var list []candidateView
	err := s.seeing(ctx, v, adjust.CommandConvene, func(tx *store.Tx) error {
		if err := s.concerns(tx, v, in.Adjustment); err != nil {
			return err
		}
		a, err := adjust.ByID(tx, in.Adjustment)
		if err != nil {
			return err
		}
		all, err := s.h.Adjust.Candidates(tx, a)
		for _, c := range all {
			list = append(list, candidateView(c))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return pageFrom(in.path("/candidates"), nil, in.Paged, list)
}

// begun is an adjustment as a command left it.
type begun struct {
	Adjustment int64 `json:"adjustment" example:"1001"`
	Rev        int   `json:"rev" example:"1"`
	Entries    int   `json:"entries" example:"0"`
}

// moved answers a command with the adjustment as it stands now.
func (s *server) moved(ctx context.Context, key Keyed, at adjust.At, err error) (*echoedBody[adjustmentView], error) {
	if err != nil {
		return nil, err
	}
	out := &echoedBody[adjustmentView]{Echoed: Echoed(key)}
	err = s.read(ctx, func(tx *store.Tx) (err error) {
		out.Body, err = s.adjustmentView(tx, at.ID)
		return err
	})
	return out, err
}

// first asks for the right of a command before what it judges is read.
func (s *server) first(ctx context.Context, v *visit, c act.Command) error {
	return s.seeing(ctx, v, c, func(*store.Tx) error { return nil })
}
