package ledger

import (
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

// publishLate is how long the published checkpoint waits for a witness.
const publishLate = day.Minute

// Published is the checkpoint that a log shows to the world, with the lines of
// those who cosigned it: the newest cosigned one, or, where no witness answers,
// the newest that is a minute old. Without witnesses it is the newest signed.
func (l *Ledger) Published(tx *store.Tx, log int64) (Checkpoint, bool, error) {
	if len(l.witnesses) > 0 {
		c, found, err := store.Find(tx, scanCheckpoint(log), `select note from checkpoint where log = $1 and size = (
			select max(size) from (select coalesce(max(size), -1) as size from cosignature where log = $1
			union all select size from (select size from checkpoint where log = $1 and at <= $2 order by size desc limit 1) old) x)`, log, tx.Now()-publishLate)
		if err != nil || found {
			return l.withLines(tx, c, found, err)
		}
	}
	c, found, err := l.Last(tx, log)
	return l.withLines(tx, c, found, err)
}

// covering is the checkpoint to prove an act against that has this number: the
// newest of those that the most witnesses cosigned, else the newest signed.
func (l *Ledger) covering(tx *store.Tx, log, seq int64) (Checkpoint, bool, error) {
	c, found, err := store.Find(tx, scanCheckpoint(log), `select note from checkpoint where log = $1 and size = (
		select size from (select size, count(*) as n from (select size from cosignature where log = $1 and size > $2
		order by size desc limit 64) newest group by size) counted order by n desc, size desc limit 1)`, log, seq)
	if err == nil && !found {
		c, found, err = l.Last(tx, log)
	}
	return l.withLines(tx, c, found, err)
}

// SignedSize is how many acts of a log the newest signed checkpoint covers:
// nothing beyond is published.
func (l *Ledger) SignedSize(tx *store.Tx, log int64) (size int64, err error) {
	_, err = tx.Get([]any{&size}, `select coalesce(max(size), 0) from checkpoint where log = $1`, log)
	return size, err
}

// withLines adds what witnesses said of the checkpoint.
func (l *Ledger) withLines(tx *store.Tx, c Checkpoint, found bool, err error) (Checkpoint, bool, error) {
	if err != nil || !found {
		return c, found, err
	}
	lines, err := store.All(tx, func(r store.Row) (line string, err error) { return line, r.Scan(&line) },
		`select line from cosignature where log = $1 and size = $2 order by witness`, c.Log, c.Size)
	c.Note += strings.Join(lines, "")
	return c, true, err
}

func scanCheckpoint(log int64) func(store.Row) (Checkpoint, error) {
	return func(r store.Row) (Checkpoint, error) {
		c := Checkpoint{Log: log}
		if err := r.Scan(&c.Note); err != nil {
			return c, err
		}
		var err error
		_, c.Size, c.Root, err = ParseCheckpoint(c.Note)
		return c, err
	}
}

// Cosigned is the newest statement of each configured witness about the log that
// is written to now, as it is stored.
func (l *Ledger) Cosigned(tx *store.Tx) ([]Cosigned, error) {
	h, found, err := l.head(tx)
	if err != nil || !found {
		return nil, err
	}
	name, err := l.Name(tx)
	if err != nil {
		return nil, err
	}
	var list []Cosigned
	for _, w := range l.witnesses {
		c := Cosigned{Log: name, Witness: witnessName(w.Key)}
		found, err := tx.Get([]any{&c.Size, &c.At}, `select size, at from cosignature where log = $1 and witness = $2 order by size desc limit 1`, h.log, c.Witness)
		if err != nil {
			return nil, err
		}
		if found {
			list = append(list, c)
		}
	}
	return list, nil
}

// Testified looks at the newest statement of every witness about the log that is
// written to now: seen are those that hold under the keys given, others the names
// of those whose keys were not. One that does not hold is an error.
func (l *Ledger) Testified(tx *store.Tx, keys ...WitnessKey) (seen []Cosigned, others []string, err error) {
	h, found, err := l.head(tx)
	if err != nil || !found {
		return nil, nil, err
	}
	known := make(map[string]WitnessKey, len(keys))
	for _, k := range keys {
		known[witnessName(k)] = k
	}
	type last struct {
		witness string
		size    int64
	}
	list, err := store.All(tx, func(r store.Row) (x last, err error) { return x, r.Scan(&x.witness, &x.size) },
		`select witness, max(size) from cosignature where log = $1 group by witness order by witness`, h.log)
	if err != nil {
		return nil, nil, err
	}
	for _, x := range list {
		k, ok := known[x.witness]
		if !ok {
			others = append(others, x.witness)
			continue
		}
		c, found, err := store.Find(tx, scanCheckpoint(h.log), `select note from checkpoint where log = $1 and size = $2`, h.log, x.size)
		if err == nil && !found {
			err = fmt.Errorf("ledger: the checkpoint of %d acts that %s cosigned is missing", x.size, x.witness)
		}
		if c, _, err = l.withLines(tx, c, found, err); err != nil {
			return nil, nil, err
		}
		n, err := note.Open([]byte(c.Note), note.VerifierList(k))
		if err != nil {
			return nil, nil, fmt.Errorf("cosignature of %s: %w", x.witness, err)
		}
		name, _, _, err := ParseCheckpoint(n.Text)
		if err != nil {
			return nil, nil, err
		}
		_, held := splitSigs(n, note.VerifierList(k), name, c.Size)
		seen = append(seen, held...)
	}
	return seen, others, nil
}
