package vault

import (
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

// Gone is a data key that was destroyed: its id, and when it was made, because
// after a restore the same id may be another key's.
type Gone struct {
	Key  int64
	Made day.Instant
}

// Owned is a destroyed data key with what it belonged to.
type Owned struct {
	Key   int64
	Kind  string
	Owner int64
}

// Deny makes this vault treat keys as destroyed whatever the database says: it
// is an older copy, put under the server without a restore. Their values do not
// open.
func (v *Vault) Deny(list []Gone) {
	v.denying.Lock()
	defer v.denying.Unlock()
	for _, g := range list {
		v.denied[g.Key] = g.Made
		v.kept.drop(g.Key)
	}
}

func (v *Vault) isDenied(id int64, made day.Instant) bool {
	v.denying.RLock()
	defer v.denying.RUnlock()
	at, ok := v.denied[id]
	return ok && at == made
}

// EraseGone destroys a key that the list of destroyed keys names, if it is here.
// It tells what it belonged to; false when no such key lives.
func (v *Vault) EraseGone(tx *store.Tx, g Gone) (Owned, bool, error) {
	o := Owned{Key: g.Key}
	var made, erased day.Instant
	found, err := tx.Get([]any{&o.Kind, &o.Owner, &made, &erased},
		`select owner_kind, owner, created, erased_at from data_key where home = $1 and id = $2`, tx.Home(), g.Key)
	if err != nil || !found || made != g.Made || erased != 0 {
		return o, false, err
	}
	return o, true, v.Erase(tx, g.Key)
}
