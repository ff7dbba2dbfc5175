package change

import (
	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/day"
	"tongban/internal/rules/flow"
	"tongban/internal/rules/flowtable"
	"tongban/internal/rules/wording"
)

// FlowSheet is the flow of an item as it is being edited, or as its newest version
// has it where nobody edits it.
type FlowSheet struct {
	Item     int64
	Name     string // of the item
	Rev      int    // of the draft, 0 for none
	Editor   int64  // who saved the draft
	At       day.Instant
	Stale    bool             // the item changed since the draft was begun
	Waiting  bool             // a proposal of the item waits
	Newest   *catalog.Version // of the item
	Began    *catalog.Version // that the draft began from
	Flow     *flow.Definition
	Source   []byte // the file
	Table    flowtable.Table
	Proposal *catalog.Proposal // whose flow it is; nil for the draft
}

// waitingMost bounds the proposals that are looked through for one of the item.
const waitingMost = 200

// ReadFlow reads the flow of an item; one known by name only has none and is Refused.
func ReadFlow(tx *store.Tx, items *catalog.Catalog, item int64) (*FlowSheet, error) {
	all, err := items.Versions(tx, item)
	if err != nil {
		return nil, err
	}
	v := all[len(all)-1]
	if !v.Complete() {
		return nil, act.Refuse("manage.flow.none", "name", v.Name).Then("manage.flow.none.next")
	}
	s := &FlowSheet{Item: item, Name: v.Name, Newest: v, Began: v, Source: v.FlowXML, Flow: v.Flow}
	d, found, err := catalog.FlowDraftOf(tx, item)
	if err != nil {
		return nil, err
	}
	if found {
		if s.Flow, err = flow.Parse(d.Flow); err != nil {
			return nil, err
		}
		s.Rev, s.Editor, s.At, s.Source, s.Stale = d.Rev, d.By, d.At, d.Flow, d.Base != v.N
		s.from(all, d.Base)
	}
	s.Table = flowtable.Of(s.Flow, v.Env().Phrase)
	open, err := catalog.Proposals(tx, catalog.Open, 0, waitingMost)
	for _, p := range open {
		s.Waiting = s.Waiting || p.Item == item
	}
	return s, err
}

// from remembers which version it began from, where that has a flow.
func (s *FlowSheet) from(all []*catalog.Version, n int) {
	if n > 0 && n <= len(all) && all[n-1].Flow != nil {
		s.Began = all[n-1]
	}
}

// Propose puts the flow of a proposal of the item into the place of the draft.
func (s *FlowSheet) Propose(tx *store.Tx, items *catalog.Catalog, id int64) error {
	p, err := catalog.ProposalByID(tx, id)
	if err != nil {
		return err
	}
	src, err := p.FlowXML(tx)
	if err != nil {
		return err
	}
	if p.Item != s.Item || len(src) == 0 {
		return act.Missing("catalog.thing.proposal")
	}
	if s.Flow, err = flow.Parse(src); err != nil {
		return err
	}
	all, err := items.Versions(tx, s.Item)
	if err != nil {
		return err
	}
	s.Source, s.Table, s.Proposal, s.Began = src, flowtable.Of(s.Flow, s.Newest.Env().Phrase), &p, s.Newest
	s.from(all, p.Base)
	return nil
}

// Differences is in what the flow differs from the version that it began from.
func (s *FlowSheet) Differences() []flowtable.Difference {
	return flowtable.Compare(s.Began.Flow, s.Flow, s.Newest.Env().Phrase)
}

// FlowProblem is something that stands in the way of a flow, with the row where
// it is; nil for the flow as a whole.
type FlowProblem struct {
	Text wording.Message
	Row  *flowtable.Row
}

// Problems is everything that stands in the way of the flow as the item has it:
// the same judge that a proposal goes through.
func (s *FlowSheet) Problems() []FlowProblem {
	_, wrong := s.Newest.WithFlow(s.Source, 0)
	list := make([]FlowProblem, len(wrong))
	for i, p := range wrong {
		list[i].Text = p.Msg
		for j := range s.Table.Rows {
			if r := &s.Table.Rows[j]; p.Line > 0 && r.InFile == p.Line && p.File == "flow.bpmn" && r.Kind != flowtable.RowGo {
				list[i].Row = r
				break
			}
		}
	}
	return list
}
