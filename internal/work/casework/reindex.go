package casework

import (
	"errors"

	"tongban/internal/record/store"
	"tongban/internal/record/vault"
	"tongban/internal/rules/gbcode"
)

// reindexBatch is how many cases are rewritten in one transaction.
const reindexBatch = 100

// Reindex writes the blind indexes of one batch of cases, those with ids above
// after, with the current index key; it answers as identity's does.
func (o *Office) Reindex(tx *store.Tx, after int64) (last int64, n, twins int, more bool, err error) {
	type row struct {
		id, key            int64
		name, idno, secret []byte
	}
	rows, err := store.All(tx, func(r store.Row) (x row, err error) { return x, r.Scan(&x.id, &x.key, &x.name, &x.idno, &x.secret) },
		`select f.id, p.data_key, f.name_key, f.idno_key, f.secret from casefile f join proceeding p on p.home = f.home and p.id = f.id
		where f.home = $1 and f.id > $2 order by f.id limit $3`, tx.Home(), after, reindexBatch)
	if err != nil {
		return after, 0, 0, false, err
	}
	for _, x := range rows {
		after = x.id
		if len(x.secret) == 0 || o.Vault.OfCurrent(x.name) && o.Vault.OfCurrent(x.idno) {
			continue
		}
		key, err := o.Vault.Key(tx, x.key)
		if errors.As(err, new(vault.Erased)) {
			continue
		}
		if err != nil {
			return after, n, 0, false, err
		}
		s, err := openSecret(key, "casefile", x.id, x.secret)
		if err != nil {
			return after, n, 0, false, err
		}
		// Only while it is still as it was read: an erasure in between had emptied it.
		tx.Put(`update casefile set name_key = $3, idno_key = $4 where home = $1 and id = $2 and name_key = $5`, tx.Home(), x.id,
			o.Vault.Index("casefile.name", gbcode.Normalize(s.Applicant.Name)), o.Vault.Index("casefile.idno", gbcode.Normalize(s.Applicant.IDNo)), x.name)
		n++
	}
	return after, n, 0, len(rows) == reindexBatch, nil
}
