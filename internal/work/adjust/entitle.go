package adjust

import (
	"slices"

	"tongban/internal/record/act"
	"tongban/internal/register/power"
	"tongban/internal/rules/day"
)

// powers takes and gives what follows for the powers behind an entry: one that goes
// is held by nobody, one that moves is held by its new agency.
func (d *Desk) powers(c *act.Call, x Adjustment, e Entry, was string) (n int, err error) {
	if e.List != "power" && e.List != OnItems || e.Does == Keep || e.Does == Unsettled {
		return 0, nil
	}
	if e.List == OnItems && e.Does.adds() {
		return d.entitle(c, x, e)
	}
	to, err := d.holder(c, e) // as the list now says
	if err != nil {
		return 0, err
	}
	if e.ends() || to != "" && was != "" && to != was {
		if n, err = d.take(c, x, e.Code); err != nil {
			return n, err
		}
	}
	h := power.Holding{Power: e.Code, Agency: to, Kind: power.Own, Basis: x.Document, Span: day.Span{From: x.From}}
	switch {
	case e.Does == HandDown:
		h.Agency, h.Kind, h.Giver = e.Receiver, power.Delegated, was
		if h.Giver == "" {
			h.Giver = e.Agency
		}
	case e.List != "power" || to == "" || to == was:
		return n, nil
	}
	held, err := d.Power.HoldersOf(c.Tx, e.Code, x.From)
	if err != nil || slices.ContainsFunc(held, func(o power.Holding) bool { return o.Agency == h.Agency }) {
		return n, err
	}
	if _, err := d.Power.GiveIn(c, h); err != nil {
		return n, err
	}
	return n + 1, c.Tx.Flush()
}

// entitle gives the power over an item that comes: of one that is resumed to those
// from whom it was taken, of a new one to the body that handles it.
func (d *Desk) entitle(c *act.Call, x Adjustment, e Entry) (n int, err error) {
	item, err := d.Items.ByCode(c.Tx, e.Code)
	if err != nil {
		return 0, err
	}
	all, err := d.Items.Versions(c.Tx, item)
	if err != nil {
		return 0, err
	}
	give := []power.Holding{{Agency: all[len(all)-1].Agency, Kind: power.Own}}
	if e.Does == Resume {
		until := all[len(all)-2].Span.Until
		if give, err = d.Power.HoldersOf(c.Tx, e.Code, until-1); err != nil {
			return 0, err
		}
		give = slices.DeleteFunc(give, func(h power.Holding) bool { return h.Power != e.Code || h.Withdrawn == 0 || h.Span.Until != until })
	}
	held, err := d.Power.HoldersOf(c.Tx, e.Code, x.From)
	for _, h := range give {
		if err == nil && !slices.ContainsFunc(held, func(o power.Holding) bool { return o.Agency == h.Agency }) {
			_, err = d.Power.GiveIn(c, power.Holding{Power: e.Code, Agency: h.Agency, Kind: h.Kind, Giver: h.Giver, Basis: x.Document, Span: day.Span{From: x.From}})
			n++
		}
	}
	if err != nil {
		return n, err
	}
	return n, c.Tx.Flush()
}

// take withdraws every holding of a power from the effective day.
func (d *Desk) take(c *act.Call, x Adjustment, code string) (n int, err error) {
	held, err := d.Power.HoldersOf(c.Tx, code, x.From)
	if err != nil {
		return 0, err
	}
	for _, h := range held {
		if h.Power != code || h.Withdrawn != 0 {
			continue // a power over the base item covers others too
		}
		if err := d.Power.WithdrawIn(c, power.Withdrawal{Holding: h.ID, Until: x.From, Reason: x.Document}); err != nil {
			return n, err
		}
		n++
	}
	return n, c.Tx.Flush()
}
