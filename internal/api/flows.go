package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/flow"
	"tongban/internal/rules/flowtable"
	"tongban/internal/rules/wording"
	"tongban/internal/work/change"
)

// TheFlow names the item whose flow it is.
type TheFlow struct {
	Item int64 `path:"item" example:"17"`
}

// path is an address below the flow's.
func (in TheFlow) path(rest string) string { return fmt.Sprintf("/flows/%d%s", in.Item, rest) }

type flowsIn struct {
	Paged
	Q      string `query:"q" maxLength:"200" example:"食品"`
	Agency string `query:"agency" maxLength:"40" example:"scjg"`
}

type flowDifferencesIn struct {
	TheFlow
	Paged
	Proposal int64 `query:"proposal" minimum:"0" example:"1001"`
}

type flowFileIn struct {
	Keyed
	TheFlow
	Sent
	Rev int `query:"rev" minimum:"0" default:"0" example:"0"`
}

// flowEditBody is one change of the table: what becomes of a row, or what is added
// at it.
type flowEditBody struct {
	Rev  int       `json:"rev" minimum:"0" example:"0"`
	Act  string    `json:"act" enum:"change,steer,add,remove,cut,up,down,tidy" example:"change"`
	Row  string    `json:"row,omitempty" maxLength:"200" example:"accept"`
	How  string    `json:"how,omitempty" enum:"after,before,when,beside,first,way,branch"`
	Step *flowStep `json:"step,omitempty"`
	Way  *flowWay  `json:"way,omitempty"`
}

type flowRevBody struct {
	Rev int `json:"rev" minimum:"1" example:"3"`
}

type flowHandInBody struct {
	Rev    int    `json:"rev" minimum:"1" example:"3"`
	From   string `json:"from" format:"date" example:"2026-09-01"`
	Reason string `json:"reason" maxLength:"1000" example:"核查并入审查"`
}

// onFlow is a command on the draft of a flow.
type onFlow[B any] struct {
	Keyed
	TheFlow
	Body B
}

// drafted is the draft of a flow as a command left it; Rev 0 is none.
type drafted struct {
	Item int64 `json:"item" example:"17"`
	Rev  int   `json:"rev" example:"3"`
}

// proposing is the command whose right those have who manage flows; its own asks
// whose flow it is.
var proposing = act.Command{Name: "flow.save", Right: "item.propose"}

// flows adds the flows of items as tables and as BPMN, and their drafts.
func flows(s *server) {
	get := func(id, path string) spec {
		return spec{id: id, method: http.MethodGet, path: path, tag: "flow", access: staff}
	}
	post := func(id, path, command string, example any) spec {
		return spec{id: id, method: http.MethodPost, path: path, tag: "flow", command: command, access: staff, example: example}
	}
	on(s, get("listFlows", "/flows"), s.listFlows)
	on(s, get("showFlowTable", "/flows/{item}"), s.showFlowTable)
	bpmn := get("downloadFlow", "/flows/{item}/bpmn")
	bpmn.content = "application/xml"
	on(s, bpmn, s.downloadFlow)
	on(s, get("compareFlow", "/flows/{item}/differences"), s.compareFlow)
	try := post("tryFlow", "/flows/{item}/try", "", flowTryBody{Start: "2026-09-01", Turns: []flowTurn{{Token: 1, Days: 2, Given: map[string][]string{"form.area": {"60"}}}}})
	on(s, try, s.tryFlow)
	on(s, post("editFlow", "/flows/{item}/edit", "flow.save", flowEditBody{Act: flowtable.ActTidy}), s.editFlow)
	on(s, post("uploadFlow", "/flows/{item}/bpmn", "flow.save", nil), s.uploadFlow)
	s.takesFiles("/flows/{item}/bpmn")
	on(s, post("dropFlow", "/flows/{item}/drop", "flow.drop", flowRevBody{3}), s.dropFlow)
	on(s, post("handInFlow", "/flows/{item}/hand-in", "flow.propose", flowHandInBody{3, "2026-09-01", "核查并入审查"}), s.handInFlow)
	proposals(s)
}

// flow reads the flow of an item for somebody who may change it.
func (s *server) flow(ctx context.Context, v *visit, item int64) (x *change.FlowSheet, err error) {
	return x, s.read(ctx, func(tx *store.Tx) (err error) {
		x, err = s.flowIn(tx, v, item)
		return err
	})
}

func (s *server) flowIn(tx *store.Tx, v *visit, item int64) (x *change.FlowSheet, err error) {
	if err = s.may(tx, v, proposing); err != nil {
		return nil, err
	}
	if x, err = change.ReadFlow(tx, s.h.Items, item); err == nil {
		err = s.theirs(tx, v, x.Newest.Agency)
	}
	return x, err
}

// listFlows lists the items that have a flow, and which of them is being edited.
func (s *server) listFlows(ctx context.Context, v *visit, in *flowsIn) (*pageOut[flowLine], error) {
	out := &pageOut[flowLine]{Body: pageOf[flowLine]{Items: []flowLine{}}}
	err := s.seeing(ctx, v, proposing, func(tx *store.Tx) error {
		agency, err := s.only(tx, v)
		if err != nil {
			return err
		}
		if agency == "" {
			agency = store.Text(in.Agency)
		}
		hits, err := catalog.Search(tx, catalog.Query{Words: store.Text(in.Q), Agency: agency, Complete: true, Limit: in.Limit, After: in.Cursor})
		if err != nil {
			return err
		}
		for _, h := range hits.List {
			l := flowLine{Item: h.Item, Code: h.Code, Name: h.Name, Agency: h.Agency}
			d, found, err := catalog.FlowDraftOf(tx, h.Item)
			if err != nil {
				return err
			}
			if found {
				l.Rev, l.At = d.Rev, moment(d.At)
				if l.By, err = s.h.People.StaffName(tx, d.By); err != nil {
					return err
				}
			}
			out.Body.Items = append(out.Body.Items, l)
		}
		out.Body.Next = hits.Next
		return nil
	})
	out.Link = next("/flows", url.Values{"q": {in.Q}, "agency": {in.Agency}}, in.Limit, out.Body.Next)
	return out, err
}

func (s *server) showFlowTable(ctx context.Context, v *visit, in *TheFlow) (*bodyOf[flowView], error) {
	x, err := s.flow(ctx, v, in.Item)
	if err != nil {
		return nil, err
	}
	out := &bodyOf[flowView]{flowViewOf(x, v.lang)}
	if x.Editor != 0 {
		err = s.read(ctx, func(tx *store.Tx) (err error) {
			out.Body.By, err = s.h.People.StaffName(tx, x.Editor)
			return err
		})
	}
	return out, err
}

// downloadFlow gives the flow as a BPMN file, to be edited elsewhere.
func (s *server) downloadFlow(ctx context.Context, v *visit, in *TheFlow) (*download, error) {
	x, err := s.flow(ctx, v, in.Item)
	if err != nil {
		return nil, err
	}
	return &download{"application/xml", attached(fmt.Sprintf("flow-%d.bpmn", in.Item)), flow.Write(x.Flow)}, nil
}

// compareFlow tells in what the draft, or a proposal, differs from the version that
// it began from.
func (s *server) compareFlow(ctx context.Context, v *visit, in *flowDifferencesIn) (*pageOut[flowDifference], error) {
	x, err := s.flow(ctx, v, in.Item)
	if err == nil && in.Proposal != 0 {
		err = s.read(ctx, func(tx *store.Tx) error { return x.Propose(tx, s.h.Items, in.Proposal) })
	}
	if err != nil {
		return nil, err
	}
	q := url.Values{}
	if in.Proposal != 0 {
		q.Set("proposal", fmt.Sprint(in.Proposal))
	}
	return pageFrom(in.path("/differences"), q, in.Paged, flowDifferences(x.Differences(), v.lang))
}

// editFlow makes one change of the table and keeps it in the draft.
func (s *server) editFlow(ctx context.Context, v *visit, in *onFlow[flowEditBody]) (*echoedBody[drafted], error) {
	x, err := s.flow(ctx, v, in.Item)
	if err != nil {
		return nil, err
	}
	b := in.Body
	ask := flowtable.Ask{Act: b.Act, Row: b.Row, How: b.How}
	if b.Step != nil {
		ask.Step = b.Step.step()
	}
	if b.Way != nil {
		ask.Way = flowtable.Way{Name: b.Way.Name, Condition: b.Way.Condition, Otherwise: b.Way.Otherwise}
	}
	if b.Rev != x.Rev {
		return nil, s.meanwhile(ctx, v, in.Item, act.Changed("catalog.thing.flow_draft"))
	}
	edit := x.Table.Wanted(x.Flow, ask)
	if edit == nil {
		return nil, act.WrongFields("catalog.flow.wrong", []act.Field{{Name: "row", Msg: wording.M("flowtable.edit.gone")}})
	}
	src, err := flowtable.Apply(x.Flow, edit)
	var m wording.Message
	if errors.As(err, &m) {
		name := "row"
		if column := flowtable.FieldOf(m); column != "" {
			name = "step." + column
		}
		return nil, act.WrongFields("catalog.flow.wrong", []act.Field{{Name: name, Msg: m}})
	}
	if err != nil {
		return nil, err
	}
	return s.saveFlow(ctx, v, in.Keyed, in.TheFlow, b.Rev, src)
}

func (s *server) saveFlow(ctx context.Context, v *visit, key Keyed, in TheFlow, rev int, src []byte) (*echoedBody[drafted], error) {
	d, err := s.h.Changes.SaveFlow(ctx, v.actor, key.Key, in.Item, rev, src)
	return &echoedBody[drafted]{Echoed(key), drafted{d.Item, d.Rev}}, s.meanwhile(ctx, v, in.Item, err)
}

// uploadFlow takes a BPMN file in place of the draft.
func (s *server) uploadFlow(ctx context.Context, v *visit, in *flowFileIn) (*echoedBody[drafted], error) {
	if _, err := s.flow(ctx, v, in.Item); err != nil {
		return nil, err
	}
	files, err := in.files()
	if err != nil {
		return nil, err
	}
	return s.saveFlow(ctx, v, in.Keyed, in.TheFlow, in.Rev, files[0].text)
}

func (s *server) dropFlow(ctx context.Context, v *visit, in *onFlow[flowRevBody]) (*echoedBody[drafted], error) {
	err := s.h.Changes.DropFlow(ctx, v.actor, in.Key, in.Item, in.Body.Rev)
	return &echoedBody[drafted]{Echoed(in.Keyed), drafted{Item: in.Item}}, s.meanwhile(ctx, v, in.Item, err)
}

// handInFlow writes the draft as a proposal; another person publishes it.
func (s *server) handInFlow(ctx context.Context, v *visit, in *onFlow[flowHandInBody]) (*echoedBody[change.Settled], error) {
	from, err := typedDay(in.Body.From)
	if err != nil {
		return nil, err
	}
	done, err := s.h.Changes.ProposeFlow(ctx, v.actor, in.Key, s.h.Items, in.Item, in.Body.Rev, from, in.Body.Reason)
	return &echoedBody[change.Settled]{Echoed(in.Keyed), done}, s.meanwhile(ctx, v, in.Item, err)
}
