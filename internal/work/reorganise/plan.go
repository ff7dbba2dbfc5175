package reorganise

import (
	"slices"

	"tongban/internal/record/store"
)

// PlanOf reads what a draft says, and as of which change of it.
func PlanOf(tx *store.Tx, id int64) (at At, p Plan, err error) {
	x, err := ByID(tx, id)
	if err != nil {
		return at, p, err
	}
	at, p = At{x.ID, x.Rev}, Plan{Document: x.Document, Reason: x.Reason, From: x.From}
	if p.Agencies, err = Agencies(tx, id); err != nil {
		return at, p, err
	}
	p.Moves, err = Moves(tx, id)
	return at, p, err
}

// Put writes what becomes of an agency in place of what was written of it. What was
// named of one that keeps everything is no longer named.
func (p *Plan) Put(g Agency) {
	p.Agencies = slices.DeleteFunc(slices.Clone(p.Agencies), func(x Agency) bool { return x.Key == g.Key })
	p.Agencies = append(p.Agencies, g)
	if g.Fate != End && g.Fate != Cede {
		p.Moves = slices.DeleteFunc(slices.Clone(p.Moves), func(m Move) bool { return m.Agency == g.Key })
	}
}

// Leave takes an agency out of the plan, with all that is named of it.
func (p *Plan) Leave(agency string) {
	p.Agencies = slices.DeleteFunc(slices.Clone(p.Agencies), func(x Agency) bool { return x.Key == agency })
	p.Moves = slices.DeleteFunc(slices.Clone(p.Moves), func(m Move) bool { return m.Agency == agency })
}

// Send names who gets things; with to "" nobody is named any more, and each goes with
// what it belongs to.
func (p *Plan) Send(things []Move, to string) {
	about := map[Move]bool{}
	for _, m := range things {
		m.To = ""
		about[m] = true
	}
	p.Moves = slices.DeleteFunc(slices.Clone(p.Moves), func(m Move) bool { m.To = ""; return about[m] })
	if to == "" {
		return
	}
	for _, m := range things {
		m.To = to
		p.Moves = append(p.Moves, m)
	}
}
