package act

import (
	"context"
	"fmt"

	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

// Look is one reading of a person's data through the product. It is an event on
// the person's own stream of looks, which they can see.
type Look struct {
	Person      int64
	Case        int64
	What        string  // what was shown: "application", "material", "licence"
	Why         string  // the purpose: the part played, or what the reader stated
	Law         string  // article that allows it
	VisibleFrom day.Day // the owner sees it from this day (an unannounced inspection); 0 is at once
}

// LookStream is the stream of looks at one person's data.
func LookStream(person int64) string { return fmt.Sprintf("look/%d", person) }

// Looked records a look before anything is shown: when it cannot be stored, the
// page must stay masked.
func (r *Runner) Looked(ctx context.Context, a Actor, l Look) error {
	if a.Person != 0 && a.Person == l.Person {
		return nil // one's own
	}
	err := r.Store.Do(ctx, store.People, func(tx *store.Tx) error {
		facts := map[string]any{"what": l.What, "why": l.Why}
		if l.Case != 0 {
			facts["case"] = l.Case
		}
		if l.VisibleFrom != 0 {
			facts["visible_from"] = l.VisibleFrom
		}
		e := ledger.Event{Stream: LookStream(l.Person), Kind: "person.looked_at", By: a.by(), Facts: facts}
		if l.Law != "" {
			e.Rules = []ledger.Rule{{Article: l.Law}}
		}
		_, err := r.Ledger.Note(tx, nil, e)
		return err
	})
	return r.Settle("look", err)
}
