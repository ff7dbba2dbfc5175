package change

import (
	"context"

	"tongban/internal/record/act"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/day"
)

// The commands on the draft of a flow.
var (
	savingFlow    = act.Command{Name: "flow.save", Right: "item.propose"}
	droppingFlow  = act.Command{Name: "flow.drop", Right: "item.propose"}
	proposingFlow = act.Command{Name: "flow.propose", Right: "item.propose"}
)

// flowIn is what a command on the draft of a flow is known by.
type flowIn struct {
	Item   int64
	Rev    int
	Flow   []byte
	From   day.Day
	Reason string
}

// SaveFlow keeps a flow as the draft of an item's next one; rev is the revision that
// the writer saw. When another saved meanwhile it is a Conflict.
func (d *Desk) SaveFlow(ctx context.Context, a act.Actor, token string, item int64, rev int, src []byte) (catalog.FlowDraft, error) {
	return act.Run(ctx, d.Runner, a, token, savingFlow, flowIn{Item: item, Rev: rev, Flow: src}, func(c *act.Call, in flowIn) (catalog.FlowDraft, error) {
		if err := allow(c, in.Item); err != nil {
			return catalog.FlowDraft{}, err
		}
		out, err := catalog.SaveFlow(c, in.Item, in.Rev, in.Flow)
		out.Flow = nil // what a command left is kept; the flow itself need not be
		return out, err
	})
}

// DropFlow puts the draft of a flow away.
func (d *Desk) DropFlow(ctx context.Context, a act.Actor, token string, item int64, rev int) error {
	_, err := act.Run(ctx, d.Runner, a, token, droppingFlow, flowIn{Item: item, Rev: rev}, func(c *act.Call, in flowIn) (struct{}, error) {
		if err := allow(c, in.Item); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, catalog.DropFlow(c, in.Item, in.Rev)
	})
	return err
}

// ProposeFlow hands the draft of a flow in, from a day on; another person publishes it.
// One in which no step, way or limit differs from the version that it began from is Invalid.
func (d *Desk) ProposeFlow(ctx context.Context, a act.Actor, token string, items *catalog.Catalog, item int64, rev int, from day.Day, reason string) (Settled, error) {
	in := flowIn{Item: item, Rev: rev, From: from, Reason: reason}
	return act.Run(ctx, d.Runner, a, token, proposingFlow, in, func(c *act.Call, in flowIn) (Settled, error) {
		if err := allow(c, in.Item); err != nil {
			return Settled{}, err
		}
		if err := reasoned(in.Reason); err != nil {
			return Settled{}, err
		}
		was, err := ReadFlow(c.Tx, items, in.Item) // before the draft is put away
		if err != nil {
			return Settled{}, err
		}
		id, err := catalog.ProposeFlow(c, items, in.Item, in.Rev, in.From, in.Reason)
		if err == nil && len(was.Differences()) == 0 {
			err = act.Wrong("change.flow.same", "n", was.Began.N)
		}
		if err == nil {
			err = d.judged(c, id)
		}
		return Settled{Proposal: id, Item: catalog.Ref{Item: in.Item}}, err
	})
}
