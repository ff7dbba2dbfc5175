package ledger

import (
	"strings"

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
