package identity

import (
	"errors"

	"tongban/internal/record/store"
	"tongban/internal/record/vault"
)

// reindexBatch is how many people are rewritten in one transaction.
const reindexBatch = 100

// indexed is a person's row with its indexes as they are stored.
type indexed struct {
	id                  int64
	kind                string
	nameAt, idnoAt, tel []byte
}

// Reindex writes the blind indexes of one batch of people, those with ids above
// after, with the current index key. It returns the last id it looked at, how
// many people it rewrote, how many it could not because another person has the
// same number, and whether there is more. Erased people have no index.
func (r *Register) Reindex(tx *store.Tx, after int64) (last int64, n, twins int, more bool, err error) {
	rows, err := store.All(tx, func(row store.Row) (x indexed, err error) {
		return x, row.Scan(&x.id, &x.kind, &x.nameAt, &x.idnoAt, &x.tel)
	}, `select id, idno_kind, name_index, idno_index, phone_index from person where home = $1 and id > $2 and erased = 0 order by id limit $3`,
		tx.Home(), after, reindexBatch)
	if err != nil {
		return after, 0, 0, false, err
	}
	for _, x := range rows {
		after = x.id
		done, twin, err := r.reindex(tx, x)
		if err != nil {
			return after, n, twins, false, err
		}
		if done {
			n++
		}
		if twin {
			twins++
		}
	}
	return after, n, twins, len(rows) == reindexBatch, nil
}

func (r *Register) reindex(tx *store.Tx, x indexed) (done, twin bool, err error) {
	p, err := r.Person(tx, x.id)
	if errors.As(err, new(vault.Erased)) {
		return false, false, nil
	}
	if err != nil {
		return false, false, err
	}
	if err := r.reindexLogin(tx, x.id); err != nil {
		return false, false, err
	}
	if r.vault.OfCurrent(x.nameAt) && r.vault.OfCurrent(x.idnoAt) && (len(x.tel) == 0 || r.vault.OfCurrent(x.tel)) {
		return false, false, nil
	}
	// Only what is still as it was read: the person may have changed it in between.
	tx.Put(`update person set name_index = $3 where home = $1 and id = $2 and name_index = $4`, tx.Home(), x.id, r.nameIndex(p.Name), x.nameAt)
	tx.Put(`update person set phone_index = $3 where home = $1 and id = $2 and phone_index = $4`, tx.Home(), x.id, r.phoneIndex(p.Phone), x.tel)
	moved, err := tx.Exec(`update person set idno_index = $3 where home = $1 and id = $2 and erased = 0
		and not exists (select 1 from person o where o.home = $1 and o.idno_index = $3 and o.id <> $2)`, tx.Home(), x.id, r.idnoIndex(p.IDKind, p.IDNo))
	return true, moved == 0, err
}

// reindexLogin does it for the person's account.
func (r *Register) reindexLogin(tx *store.Tx, person int64) error {
	a, found, err := r.accountOf(tx, person)
	if err != nil || !found {
		return err
	}
	login, err := r.vault.Open(tx, "account", a.ID, "login", a.Login)
	if err != nil {
		return err
	}
	index := r.loginIndex(string(login))
	_, err = tx.Exec(`update account set login_index = $3 where home = $1 and id = $2 and login_index <> $3
		and not exists (select 1 from account o where o.home = $1 and o.login_index = $3 and o.id <> $2)`, tx.Home(), a.ID, index)
	return err
}
