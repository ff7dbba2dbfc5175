package ledger

import (
	"context"
	"fmt"

	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

const behindParked = "an earlier act of this stream is parked"

// Parked is an entry that a follower could not digest, or that waits behind one.
type Parked struct {
	Log, Seq int64
	Stream   string
	Why      string
	At       day.Instant
}

func (l *Ledger) park(tx *store.Tx, f Follower, held map[string]bool, e Entry, why string) error {
	l.o.Log.Error("act parked", "follower", f.Name, "log", e.Log, "seq", e.Seq, "why", why)
	held[e.Leaf.Stream] = true
	tx.Put(`insert into parked(home, name, build, log, seq, stream, why, at) values($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`,
		tx.Home(), f.Name, f.Build, e.Log, e.Seq, e.Leaf.Stream, why, tx.Now())
	return nil
}

// parkedStreams are the streams whose later acts must wait.
func parkedStreams(tx *store.Tx, f Follower) (map[string]bool, error) {
	held := map[string]bool{}
	err := tx.Each(func(r store.Row) error {
		var stream string
		err := r.Scan(&stream)
		held[stream] = true
		return err
	}, `select distinct stream from parked where home = $1 and name = $2 and build = $3`, tx.Home(), f.Name, f.Build)
	return held, err
}

// Parked lists what a follower has parked, in order.
func (l *Ledger) Parked(tx *store.Tx, f Follower, limit int) ([]Parked, error) {
	f, err := f.here(tx, l)
	if err != nil {
		return nil, err
	}
	return store.All(tx, func(r store.Row) (p Parked, err error) {
		return p, r.Scan(&p.Log, &p.Seq, &p.Stream, &p.Why, &p.At)
	}, `select log, seq, stream, why, at from parked where home = $1 and name = $2 and build = $3 order by log, seq limit $4`,
		tx.Home(), f.Name, f.Build, limit)
}

// Unpark hands the parked entries of a stream to the follower again, in order,
// all or none, and returns how many that were. It is run when the cause is mended.
func (l *Ledger) Unpark(ctx context.Context, f Follower, stream string) (int, error) {
	n := 0
	err := l.s.Do(ctx, store.Background, func(tx *store.Tx) error {
		f, err := f.locked(tx)
		if err != nil {
			return err
		}
		if _, _, err := l.cursor(tx, f); err != nil { // the follower itself must wait
			return err
		}
		list, err := sound(store.All(tx, scanEntry, entryColumns+`from parked p join ledger_log g on g.log = p.log
			join entry n on n.log = p.log and n.seq = p.seq left join event e on e.home = n.home and e.id = n.event
			where p.home = $1 and p.name = $2 and p.build = $3 and p.stream = $4 order by g.generation, n.seq`,
			tx.Home(), f.Name, f.Build, stream))
		if err != nil {
			return err
		}
		for _, e := range list {
			if err := f.Handle(tx, e); err != nil {
				return fmt.Errorf("follower %s at %d/%d: %w", f.Name, e.Log, e.Seq, err)
			}
		}
		n = len(list)
		tx.Put(`delete from parked where home = $1 and name = $2 and build = $3 and stream = $4`, tx.Home(), f.Name, f.Build, stream)
		return nil
	})
	return n, err
}

// Drop forgets a follower's build: its cursor and what it parked. The build
// that replaces it goes on.
func (l *Ledger) Drop(tx *store.Tx, f Follower) {
	tx.Put(`delete from parked where home = $1 and name = $2 and build = $3`, tx.Home(), f.Name, f.Build)
	tx.Put(`delete from follower where home = $1 and name = $2 and build = $3`, tx.Home(), f.Name, f.Build)
}
