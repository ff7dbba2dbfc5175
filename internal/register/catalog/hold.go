package catalog

import (
	"errors"
	"slices"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
)

// hold takes the items that an import changes: two files that change one of them at the
// same moment both planned with what stood before, and the second is told so.
func (p *planned) hold(tx *store.Tx) error {
	var late []Problem
	for _, x := range p.propose {
		now, err := lockItem(tx, x.root.id)
		if err != nil {
			return err
		}
		if now.chain.Version != x.root.chain.Version {
			m := x.d.problem("catalog.import.meanwhile", "name", x.was.Name)
			m.meanwhile = true
			late = append(late, m)
		}
	}
	return refused(late)
}

// refused is AsError for whoever would write: a Conflict where somebody else was first
// with one of the items.
func refused(problems []Problem) error {
	err := AsError(problems)
	var e *act.Error
	if errors.As(err, &e) && slices.ContainsFunc(problems, func(p Problem) bool { return p.meanwhile }) {
		e.Kind = act.Conflict
	}
	return err
}
