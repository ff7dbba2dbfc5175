package notice

import "tongban/internal/record/store"

// EraseOf takes away the notices of an event: their sentences name what happened
// in a matter whose data are erased.
func EraseOf(tx *store.Tx, event int64) {
	tx.Put(`delete from delivery where home = $1 and notice in (select id from notice where home = $1 and event = $2)`, tx.Home(), event)
	tx.Put(`delete from notice where home = $1 and event = $2`, tx.Home(), event)
}

// EraseReader takes away a reader's inbox and hook.
func EraseReader(tx *store.Tx, reader Reader) {
	tx.Put(`delete from delivery where home = $1 and notice in (select id from notice where home = $1 and reader = $2)`, tx.Home(), reader)
	tx.Put(`delete from notice where home = $1 and reader = $2`, tx.Home(), reader)
	tx.Put(`delete from hook where home = $1 and owner = $2`, tx.Home(), reader)
}
