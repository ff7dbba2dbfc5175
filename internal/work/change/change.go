// Package change changes the catalogue: items are imported from files, checked
// and reported on first, and a change of a known item is written by one person
// and published by another, from a day on. Running cases keep the version that
// they began with; who applies on a day gets the version in force on it.
//
// It decides no case and keeps no table: the catalogue is the register.
package change

import (
	"context"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/checkup"
	"tongban/internal/rules/day"
	"tongban/internal/work/inspect"
)

// The commands on the catalogue.
var (
	proposing   = act.Command{Name: "item.propose", Right: "item.propose"}
	publishing  = act.Command{Name: "item.publish", Right: "item.publish"}
	dropping    = act.Command{Name: "item.drop", Right: "item.propose"}
	withdrawing = act.Command{Name: "item.withdraw", Right: "item.withdraw"}
)

// Commands lists every command of this room.
func Commands() []act.Command {
	return []act.Command{catalog.Import, proposing, publishing, dropping, withdrawing, savingFlow, droppingFlow, proposingFlow}
}

// Desk changes the catalogue.
type Desk struct {
	Runner  *act.Runner
	Checkup *inspect.Desk // judges what is proposed
}

// maxReason bounds the reason of a change, in characters.
const maxReason = 500

// Check says what an import would do and writes nothing. What is wrong is an
// Invalid error with a field for each problem.
func (d *Desk) Check(ctx context.Context, a act.Actor, o catalog.ImportOptions, drafts []*catalog.Draft) (catalog.Imported, error) {
	o.Try, o.Ahead = true, true
	return catalog.ImportItems(ctx, d.Runner, a, o, drafts...)
}

// Import brings the items in, all or nothing. What is new begins today or later,
// as on the lists.
func (d *Desk) Import(ctx context.Context, a act.Actor, o catalog.ImportOptions, drafts []*catalog.Draft) (catalog.Imported, error) {
	o.Try, o.Ahead = false, true
	return catalog.ImportItems(ctx, d.Runner, a, o, drafts...)
}

// Settled refers to what a command left.
type Settled struct {
	Proposal int64       `json:"proposal,omitempty"`
	Item     catalog.Ref `json:"item"`
}

// proposeIn is by what a repetition of a proposal is known.
type proposeIn struct {
	Item   int64
	From   day.Day
	Code   string
	Files  map[string][]byte
	Reason string
}

// Propose writes the next version of an item. It takes effect when another
// person publishes it.
func (d *Desk) Propose(ctx context.Context, a act.Actor, token string, item int64, draft *catalog.Draft, reason string) (Settled, error) {
	in := proposeIn{Item: item, Code: draft.Code, Reason: reason,
		Files: map[string][]byte{"item": draft.ItemYAML, "flow": draft.FlowXML, "form": draft.FormJSON}}
	return act.Run(ctx, d.Runner, a, token, proposing, in, func(c *act.Call, in proposeIn) (Settled, error) {
		if err := allow(c, in.Item); err != nil {
			return Settled{}, err
		}
		if err := reasoned(in.Reason); err != nil {
			return Settled{}, err
		}
		id, err := catalog.Propose(c, in.Item, draft, in.Reason)
		if err == nil {
			err = d.judged(c, id)
		}
		return Settled{Proposal: id, Item: catalog.Ref{Item: in.Item, Code: draft.Code}}, err
	})
}

// Withdraw writes that an item is no longer offered from a day on. It takes
// effect when another person publishes it.
func (d *Desk) Withdraw(ctx context.Context, a act.Actor, token string, item int64, from day.Day, reason string) (Settled, error) {
	return act.Run(ctx, d.Runner, a, token, withdrawing, proposeIn{Item: item, From: from, Reason: reason}, func(c *act.Call, in proposeIn) (Settled, error) {
		if err := allow(c, in.Item); err != nil {
			return Settled{}, err
		}
		if err := reasoned(in.Reason); err != nil {
			return Settled{}, err
		}
		id, err := catalog.ProposeEnd(c, in.Item, in.From, in.Reason)
		return Settled{Proposal: id, Item: catalog.Ref{Item: in.Item}}, err
	})
}

// Publish puts a proposal in force from its day. Whoever wrote it cannot
// publish it: that refusal is recorded.
func (d *Desk) Publish(ctx context.Context, a act.Actor, token string, proposal int64) (Settled, error) {
	return act.Run(ctx, d.Runner, a, token, publishing, proposal, func(c *act.Call, id int64) (Settled, error) {
		if err := allowProposal(c, id); err != nil {
			return Settled{}, err
		}
		found, err := d.findings(c, id)
		if err != nil {
			return Settled{}, err
		}
		ref, err := catalog.PublishProposal(c, id)
		if err == nil { // who may not publish it is told that first
			err = inspect.Faults(found)
		}
		return Settled{Proposal: id, Item: ref}, err
	})
}

// judged refuses a proposal in which the check of the catalogue finds errors that
// the item does not have as it stands (清单体检).
func (d *Desk) judged(c *act.Call, proposal int64) error {
	found, err := d.findings(c, proposal)
	if err != nil {
		return err
	}
	return inspect.Faults(found)
}

// findings is what the check finds in an open proposal: asked when it is handed in,
// and again when it is published, for the lists may have changed and files bring
// proposals in as well.
func (d *Desk) findings(c *act.Call, proposal int64) ([]checkup.Finding, error) {
	if err := c.Tx.Flush(); err != nil {
		return nil, err
	}
	p, err := catalog.ProposalByID(c.Tx, proposal)
	if err != nil || p.State != catalog.Open {
		return nil, err
	}
	return d.Checkup.Proposed(c.Tx, p)
}

// dropIn is the input of Drop.
type dropIn struct {
	Proposal int64
	Note     string
}

// Drop puts a proposal away without publishing it.
func (d *Desk) Drop(ctx context.Context, a act.Actor, token string, proposal int64, note string) (Settled, error) {
	return act.Run(ctx, d.Runner, a, token, dropping, dropIn{proposal, note}, func(c *act.Call, in dropIn) (Settled, error) {
		if err := allowProposal(c, in.Proposal); err != nil {
			return Settled{}, err
		}
		if err := reasoned(in.Note); err != nil {
			return Settled{}, err
		}
		return Settled{Proposal: in.Proposal}, catalog.DropProposal(c, in.Proposal, in.Note)
	})
}

func allow(c *act.Call, item int64) error {
	on, err := catalog.ScopeOf(c.Tx, item)
	if err != nil {
		return err
	}
	return c.Allow(on)
}

func allowProposal(c *act.Call, id int64) error {
	p, err := catalog.ProposalByID(c.Tx, id)
	if err != nil {
		return err
	}
	return allow(c, p.Item)
}

// reasoned asks for a reason that can be shown.
func reasoned(s string) error {
	if n := len([]rune(s)); strings.TrimSpace(s) == "" || n > maxReason {
		return act.Wrong("change.reason", "max", maxReason, "got", n)
	}
	return nil
}
