package identity

import (
	"encoding/binary"

	"tongban/internal/record/store"
)

// The facts that have an epoch.
const (
	epochStaff = "staff" // posts, leave, names of staff
	epochPlace = "place" // agencies, regions
)

// Epoch returns the value that stands for the present state of the facts named;
// 0 before their first change. Read it before the facts: what is then
// remembered under it can only be newer than it says.
// A transaction reads all epochs at once, the first time that one is asked for.
func (r *Register) Epoch(tx *store.Tx, name string) (int64, error) {
	all, err := store.Once(tx, epochKey{}, func() (map[string]int64, error) {
		all := map[string]int64{}
		err := tx.Each(func(row store.Row) error {
			var name string
			var n int64
			err := row.Scan(&name, &n)
			all[name] = n
			return err
		}, `select name, n from register_epoch where home = $1`, tx.Home())
		return all, err
	})
	return all[name], err
}

// epochKey is what the epochs are remembered under in a transaction.
type epochKey struct{}

// Lock makes commands that change the facts named follow each other, and puts
// the new epoch at the end of the command. It comes before the command's first
// reading.
func (r *Register) Lock(tx *store.Tx, name string) error {
	if _, err := tx.Exec(`insert into register_epoch(home, name, n) values($1, $2, $3)
		on conflict (home, name) do update set n = register_epoch.n`, tx.Home(), name, r.nonce()); err != nil {
		return err
	}
	tx.Forget(epochKey{})
	return nil
}

// Bump puts a new epoch into the command's batch: remembered facts are old. The
// value is random, not the next number, because a number would come again after
// a command that was rolled back.
func (r *Register) Bump(tx *store.Tx, name string) {
	tx.Put(`insert into register_epoch(home, name, n) values($1, $2, $3)
		on conflict (home, name) do update set n = excluded.n`, tx.Home(), name, r.nonce())
	tx.Forget(epochKey{})
}

func (r *Register) nonce() int64 { return int64(binary.BigEndian.Uint64(r.random(8))>>1) | 1 }
