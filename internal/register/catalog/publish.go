package catalog

import (
	"encoding/hex"
	"strconv"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/register/law"
	"tongban/internal/rules/day"
)

func hexOf(b []byte) string { return hex.EncodeToString(b) }

// PublishProposal puts a proposal in force from its day. The caller has asked
// for the right. Whoever wrote it cannot publish it; a proposal that was
// settled meanwhile, or whose item changed, is a conflict.
func PublishProposal(c *act.Call, id int64) (Ref, error) {
	p, r, err := openProposal(c, id)
	if err != nil {
		return Ref{}, err
	}
	if p.By == c.Actor.Person {
		return Ref{}, samePerson()
	}
	if p.Base != r.newest {
		return Ref{}, act.Changed("catalog.thing.item")
	}
	if p.From == 0 {
		p.From = c.Today()
	}
	if p.From < c.Today() {
		return Ref{}, act.Wrong("catalog.proposal.past", "name", p.Name, "day", p.From)
	}
	d, err := p.Draft(c.Tx)
	if err != nil {
		return Ref{}, err
	}
	ref := Ref{Item: r.id, Code: r.code}
	if d == nil {
		err = r.end(c, p)
	} else {
		ref, err = r.publish(c, newRow{d: d, region: p.Region, span: day.Span{From: p.From, Until: d.InForce.Until}, proposed: p.By})
	}
	if err != nil {
		return Ref{}, err
	}
	settle(c, p, Published, "")
	bump(c.Tx)
	return ref, nil
}

// DropProposal puts a proposal away; its writer may do that too.
func DropProposal(c *act.Call, id int64, note string) error {
	p, r, err := openProposal(c, id)
	if err != nil {
		return err
	}
	if err := r.note(c, ledger.Event{Kind: "item.proposal_dropped", Facts: map[string]any{"proposal": p.ID, "note": note}}); err != nil {
		return err
	}
	r.save(c.Tx)
	settle(c, p, Dropped, note)
	return nil
}

// openProposal takes the item and then reads its proposal, which nobody else
// settles from here on.
func openProposal(c *act.Call, id int64) (p Proposal, r root, err error) {
	if p, err = ProposalByID(c.Tx, id); err != nil {
		return p, r, err
	}
	if r, err = lockItem(c.Tx, p.Item); err != nil {
		return p, r, err
	}
	if p, err = ProposalByID(c.Tx, id); err != nil {
		return p, r, err
	}
	if p.State != Open {
		return p, r, act.Changed("catalog.thing.proposal")
	}
	return p, r, nil
}

// end ends the item on the proposal's day.
func (r *root) end(c *act.Call, p Proposal) error {
	if err := r.note(c, ledger.Event{Kind: "item.withdrawn", Day: p.From, Facts: map[string]any{
		"proposal": p.ID, "from": p.From.String(), "reason": p.Reason, "proposed_by": p.By,
	}}); err != nil {
		return err
	}
	endAt(c.Tx, r.id, p.From)
	r.save(c.Tx)
	return law.Point(c.Tx, law.Subject{Kind: LawKind, Code: strconv.FormatInt(r.id, 10)}, day.Span{From: p.From}, nil)
}

func settle(c *act.Call, p Proposal, state, note string) {
	c.Tx.PutOne(act.Changed("catalog.thing.proposal"), `update item_proposal set state = $3, settled_by = $4, settled_at = $5, note = $6
		where home = $1 and id = $2 and state = $7`, c.Tx.Home(), p.ID, state, c.Actor.Person, c.Tx.Now(), note, Open)
}
