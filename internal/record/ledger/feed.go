package ledger

import (
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

// Entry is a numbered event.
type Entry struct {
	Log, Seq int64
	Event    int64
	Leaf     Leaf
	Bytes    []byte
	Hash     tlog.Hash

	fault error // why the stored bytes could not be read
}

// An entry whose event is gone is still an entry: whoever counts by number must
// not skip it unseen.
const (
	entryColumns = `select n.log, n.seq, n.event, n.hash, coalesce(e.stream, ''), e.leaf `
	entrySelect  = entryColumns + `from entry n left join event e on e.home = n.home and e.id = n.event `
)

var errEventMissing = errors.New("the event is missing")

func scanEntry(r store.Row) (Entry, error) {
	var e Entry
	var h []byte
	var stream string
	if err := r.Scan(&e.Log, &e.Seq, &e.Event, &h, &stream, &e.Bytes); err != nil {
		return e, err
	}
	copy(e.Hash[:], h)
	if e.Bytes == nil {
		e.fault = errEventMissing
		return e, nil
	}
	if e.Leaf, e.fault = ParseLeaf(e.Bytes); e.fault != nil {
		e.Leaf = Leaf{Stream: stream}
	}
	return e, nil
}

// Feed returns up to limit entries of a log from seq on (0-based). It fails on
// an entry that cannot be read.
func (l *Ledger) Feed(tx *store.Tx, log, from int64, limit int) ([]Entry, error) {
	return sound(l.feed(tx, log, from, limit))
}

func (l *Ledger) feed(tx *store.Tx, log, from int64, limit int) ([]Entry, error) {
	return store.All(tx, scanEntry, entrySelect+`where n.log = $1 and n.seq >= $2 order by n.seq limit $3`, log, from, limit)
}

// sound turns the first fault of a list into an error.
func sound(list []Entry, err error) ([]Entry, error) {
	if err != nil {
		return nil, err
	}
	for _, e := range list {
		if e.fault != nil {
			return nil, fmt.Errorf("entry %d/%d: %w", e.Log, e.Seq, e.fault)
		}
	}
	return list, nil
}

// Stream returns the numbered acts of one stream, oldest first.
func (l *Ledger) Stream(tx *store.Tx, stream string, limit int) ([]Entry, error) {
	return sound(store.All(tx, scanEntry, entryColumns+`from event e join entry n on n.home = e.home and n.event = e.id
		where e.home = $1 and e.stream = $2 order by e.version limit $3`, tx.Home(), stream, limit))
}

// Acts returns the acts of one stream whether numbered yet or not, oldest first.
func (l *Ledger) Acts(tx *store.Tx, stream string, limit int) ([]Leaf, error) {
	return store.All(tx, func(r store.Row) (Leaf, error) {
		var b []byte
		if err := r.Scan(&b); err != nil {
			return Leaf{}, err
		}
		return ParseLeaf(b)
	}, `select leaf from event where home = $1 and stream = $2 order by version limit $3`, tx.Home(), stream, limit)
}

// Instant is when the act was recorded.
func (l Leaf) Instant() day.Instant { return day.Instant(l.At) }

// Log is one generation of the record as it stands.
type Log struct {
	ID         int64  // first column of the ledger's keys
	Name       string // origin/generation, the first line of its checkpoints
	Generation int
	Size       int64  // numbered acts
	Before     string // signed checkpoint that this generation continues from; "" for the first
}

// Logs lists the generations of this ledger's log, oldest first; the last one
// is written to.
func (l *Ledger) Logs(tx *store.Tx) ([]Log, error) {
	return store.All(tx, func(r store.Row) (g Log, err error) {
		err = r.Scan(&g.ID, &g.Generation, &g.Size, &g.Before)
		g.Name = l.name(g.Generation)
		return g, err
	}, `select log, generation, size, before_note from ledger_log where home = $1 and origin = $2 order by generation`, tx.Home(), l.o.Origin)
}

// Sizes is how many acts the current log holds, and how many of them the last
// signed checkpoint covers.
func (l *Ledger) Sizes(tx *store.Tx) (size, signed int64, err error) {
	h, _, err := l.head(tx)
	if err != nil {
		return 0, 0, err
	}
	c, _, err := l.Last(tx, h.log)
	return h.size, c.Size, err
}
