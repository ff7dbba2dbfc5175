package adjust

import (
	"slices"

	"tongban/internal/record/store"
	"tongban/internal/register/law"
)

// choices bounds what a drafter chooses from.
const choices = 200

// OpenChanges are the changes of laws for which an agency has no adjustment yet, the
// latest first.
func OpenChanges(tx *store.Tx, agency string) ([]law.Change, error) {
	list, err := law.LatestChanges(tx, choices)
	if err != nil {
		return nil, err
	}
	done, err := store.All(tx, func(r store.Row) (id int64, err error) { return id, r.Scan(&id) },
		`select distinct law_change from adjustment where home = $1 and agency = $2 and law_change <> 0 and stage not in ($3, $4)`, tx.Home(), agency, Refused, Dropped)
	return slices.DeleteFunc(list, func(x law.Change) bool { return slices.Contains(done, x.ID) }), err
}

// OpenOrders are the batches of higher levels that a body has not answered, or that it
// follows and that its lists do not show yet, the latest first.
func OpenOrders(tx *store.Tx) ([]Order, error) {
	return store.All(tx, scanOrder, orderSelect+`and exists(select 1 from adjustment_task t where t.home = adjustment_order.home and t.ordered = adjustment_order.id
		and (t.answer = '' or t.answer = $2 and t.listed = 0)) order by received desc, decreed desc, id desc limit $3`, tx.Home(), Follow, choices)
}
