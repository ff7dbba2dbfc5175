package vault

import (
	"errors"
	"fmt"

	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// ErrNoKey says that no data key has this id.
var ErrNoKey = errors.New("no such data key")

// settledAfter is the age from which a key's row is surely committed: no
// command runs that long. Ids of a command that was not stored may be given
// out again, so only a settled key is remembered at once.
const settledAfter = day.Minute

// NewKey makes a data key for an owner ("case", 17) and puts its row into the
// command's batch. The key can be used at once.
func (v *Vault) NewKey(tx *store.Tx, kind string, owner int64) (*Key, error) {
	id := tx.NewID()
	k, wrapped, err := v.MakeKey(tx.Home(), id)
	if err != nil {
		return nil, err
	}
	tx.Put(`insert into data_key(home, id, owner_kind, owner, wrapped, created) values($1, $2, $3, $4, $5, $6)`,
		tx.Home(), id, kind, owner, wrapped, tx.Now())
	now := tx.Now()
	tx.After(func() { v.kept.put(k, now) })
	return k, nil
}

// MakeKey makes a data key for a row that the caller writes, with what goes into
// its column wrapped. It is for loading many cases at once; commands take NewKey.
func (v *Vault) MakeKey(home, id int64) (k *Key, wrapped []byte, err error) {
	plain := v.rand.take(wrapSize)
	if wrapped, err = v.now().wrapKey(v.rand, "data_key", home, id, "wrapped", plain); err != nil {
		return nil, nil, err
	}
	k, err = v.newKey(id, plain)
	return k, wrapped, err
}

// Key returns the data key with this id; Erased when it was destroyed,
// ErrNoKey when it never was. A key that another machine destroyed may still
// be used here for a minute, because keys are remembered that long.
func (v *Vault) Key(tx *store.Tx, id int64) (*Key, error) {
	if k := v.kept.get(id, tx.Now()); k != nil {
		return k, nil
	}
	var wrapped []byte
	var created, erased day.Instant
	found, err := tx.Get([]any{&wrapped, &created, &erased},
		`select wrapped, created, erased_at from data_key where home = $1 and id = $2`, tx.Home(), id)
	switch {
	case err != nil:
		return nil, err
	case !found:
		return nil, fmt.Errorf("%w: %d", ErrNoKey, id)
	case erased != 0 || v.isDenied(id, created):
		return nil, Erased{id}
	}
	plain, err := v.unwrap("data_key", tx.Home(), id, "wrapped", wrapped)
	if err != nil {
		return nil, fmt.Errorf("data key %d: %w", id, err)
	}
	k, err := v.newKey(id, plain)
	if err != nil {
		return nil, err
	}
	now := tx.Now()
	if created+settledAfter < now {
		v.kept.put(k, now)
	} else {
		tx.After(func() { v.kept.put(k, now) })
	}
	return k, nil
}

// unwrap opens a wrapped key. One under a master key that this process has not
// seen may be under the one that was rotated in a moment ago.
func (v *Vault) unwrap(table string, home, row int64, bound string, wrapped []byte) ([]byte, error) {
	plain, err := v.now().unwrapKey(table, home, row, bound, wrapped)
	if err == nil {
		return plain, nil
	}
	if fresh, loadErr := v.Reload(); !fresh || loadErr != nil {
		return nil, err
	}
	return v.now().unwrapKey(table, home, row, bound, wrapped)
}

func (v *Vault) newKey(id int64, plain []byte) (*Key, error) {
	aead, err := sm4gcm(plain)
	return &Key{id: id, aead: aead, rand: v.rand}, err
}

// Open opens a value under whichever data key it names.
func (v *Vault) Open(tx *store.Tx, table string, row int64, column string, sealed []byte) ([]byte, error) {
	if len(sealed) == 0 {
		return []byte{}, nil
	}
	id, ok := KeyOf(sealed)
	if !ok {
		return nil, Tampered{table, row, column}
	}
	k, err := v.Key(tx, id)
	if err != nil {
		return nil, err
	}
	return k.Open(table, row, column, sealed)
}

// KeysOf lists the living data keys of an owner.
func (v *Vault) KeysOf(tx *store.Tx, kind string, owner int64) ([]int64, error) {
	return store.All(tx, scanID,
		`select id from data_key where home = $1 and owner_kind = $2 and owner = $3 and erased_at = 0 order by id`, tx.Home(), kind, owner)
}

// Erase destroys a data key and with it every value it sealed. Doing it again
// changes nothing, so a restore can play back the list of destroyed keys.
func (v *Vault) Erase(tx *store.Tx, id int64) error {
	n, err := tx.Exec(`update data_key set wrapped = $3, erased_at = case when erased_at = 0 then $4 else erased_at end where home = $1 and id = $2`,
		tx.Home(), id, []byte{}, tx.Now())
	if err != nil {
		return err
	}
	if n == 0 {
		return fmt.Errorf("%w: %d", ErrNoKey, id)
	}
	v.kept.drop(id)
	tx.After(func() { v.kept.drop(id) })
	return nil
}

// Destroyed lists the keys erased so far with ids above after, at most limit:
// the list that is kept beside backups.
func (v *Vault) Destroyed(tx *store.Tx, after int64, limit int) ([]Gone, error) {
	return store.All(tx, func(r store.Row) (g Gone, err error) { return g, r.Scan(&g.Key, &g.Made) },
		`select id, created from data_key where home = $1 and id > $2 and erased_at <> 0 order by id limit $3`, tx.Home(), after, limit)
}

// Check tells whether this database's keys were made under our master key:
// asked at start, before anything is sealed under the wrong one.
func (v *Vault) Check(tx *store.Tx) error {
	var id int64
	var wrapped []byte
	found, err := tx.Get([]any{&id, &wrapped},
		`select id, wrapped from data_key where home = $1 and erased_at = 0 order by id limit 1`, tx.Home())
	if err != nil || !found {
		return err
	}
	if _, err := v.unwrap("data_key", tx.Home(), id, "wrapped", wrapped); err != nil {
		var m wording.Message
		if errors.As(err, &m) {
			return m
		}
		return err
	}
	return nil
}

func scanID(r store.Row) (id int64, err error) { return id, r.Scan(&id) }
