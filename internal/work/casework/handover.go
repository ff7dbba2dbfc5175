package casework

import (
	"maps"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/day"
)

// HandOver is what a reorganisation of agencies means for one open case.
type HandOver struct {
	Case  int64
	To    map[string]string // agency that goes → agency that goes on
	Order string            // number of the document
	Day   day.Day           // from which it holds
	// Keeps tells whether a person goes with their tasks; nil is nobody.
	Keeps func(person int64) bool
}

// HandOver gives an open case, or the part that an agency has in it, to the agency
// that goes on: its tasks, the questions that wait for an answer, and every later
// step. Clocks run on, and who has taken part in it is remembered as before. It is
// called inside a command that has asked for its own right.
func (o *Office) HandOver(c *act.Call, h HandOver) error {
	m, err := o.take(c, h.Case, func(m *matter) (act.Scope, error) { return act.Scope{Agency: m.p.Agency, Region: o.Region}, nil })
	if err != nil {
		return err
	}
	if m.p.Closed != 0 {
		return nil // settling ended it
	}
	if h.Keeps == nil {
		h.Keeps = func(int64) bool { return false }
	}
	bodies := maps.Clone(m.f.Facts.Bodies)
	if bodies == nil {
		bodies = map[string]string{}
	}
	for old, now := range bodies {
		if next := h.To[now]; next != "" {
			bodies[old] = next
		}
	}
	was := m.p.Agency
	if next := h.To[was]; next != "" {
		m.p.Agency = next
	}
	for from, to := range h.To {
		delete(bodies, to) // what comes back is again its own
		bodies[from] = to
		if err := m.p.HandTasks(c, from, to, h.Keeps); err != nil {
			return err
		}
		c.Tx.Put(`update inquiry set to_agency = $4 where home = $1 and proceeding = $2 and to_agency = $3 and answered = 0`, c.Tx.Home(), m.p.ID, from, to)
		c.Tx.Put(`update inquiry set from_agency = $4 where home = $1 and proceeding = $2 and from_agency = $3 and answered = 0`, c.Tx.Home(), m.p.ID, from, to)
	}
	m.f.Facts.Bodies = bodies
	e := m.event("case.handed_over", map[string]any{"from": was, "agency": m.p.Agency, "to": h.To, "document": h.Order})
	e.Day, e.Rules = h.Day, []ledger.Rule{}
	_, err = m.save(e)
	return err
}

// as is an item's version with the agencies that took over from those it names.
func (f *File) as(v *catalog.Version) *catalog.Version {
	if len(f.Facts.Bodies) == 0 {
		return v
	}
	now := *v
	if to := f.Facts.Bodies[v.Agency]; to != "" {
		now.Agency = to
	}
	now.Roles = maps.Clone(v.Roles)
	for role, a := range now.Roles {
		if to := f.Facts.Bodies[a]; to != "" {
			now.Roles[role] = to
		}
	}
	return &now
}
