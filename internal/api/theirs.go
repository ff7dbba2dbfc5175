package api

import (
	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/work/adjust"
)

// theirs refuses a reader who does not manage what is an agency's; "" is what is
// nobody's alone.
func (s *server) theirs(tx *store.Tx, v *visit, agency string) error {
	return s.h.Runner.Rights.Authorise(tx, v.actor, proposing.Right, act.Scope{Agency: agency, Region: s.h.Office.Region})
}

// only is the agency that a reader manages, "" for one who manages the whole area;
// who manages nothing is refused.
func (s *server) only(tx *store.Tx, v *visit) (agency string, err error) {
	if err = s.theirs(tx, v, ""); act.KindOf(err) != act.Refused {
		return "", err
	}
	return v.actor.Agency, s.theirs(tx, v, v.actor.Agency)
}

// overall tells whether the reader sees every adjustment: who keeps, decides or
// publishes the lists of the area. Others see what concerns them.
func (s *server) overall(tx *store.Tx, v *visit) (bool, error) {
	for _, c := range []act.Command{adjust.CommandApply, adjust.CommandDecide} {
		err := s.h.Runner.Rights.Authorise(tx, v.actor, c.Right, act.Scope{Region: s.h.Office.Region})
		if act.KindOf(err) != act.Refused {
			return err == nil, err
		}
	}
	return false, nil
}

// concerns tells a reader whom an adjustment does not concern that there is none.
func (s *server) concerns(tx *store.Tx, v *visit, id int64) error {
	all, err := s.overall(tx, v)
	if err != nil || all {
		return err
	}
	ok, err := adjust.Concerns(tx, id, v.actor.Person, v.actor.Agency)
	if err == nil && !ok {
		err = act.Missing("adjust.thing.adjustment")
	}
	return err
}
