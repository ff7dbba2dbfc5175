package ledger

import (
	"context"
	"fmt"
	"time"

	"tongban/internal/record/store"
)

// Follower watches the log: Handle gets each entry once, in order, in the
// transaction that also moves the follower's cursor, so its effect in the
// database happens exactly once. It may use only what the entry holds, so that
// a rebuild yields the same as the first build.
type Follower struct {
	Name   string
	Build  int // a new build starts from the first entry, beside the old one
	Handle func(tx *store.Tx, e Entry) error
}

const (
	followBatch = 500                    // entries in one transaction
	followPace  = 200 * time.Millisecond // how long a woken follower lets entries gather
	followTries = 3                      // attempts before an entry is parked
)

// Follow runs the follower until ctx ends.
func (l *Ledger) Follow(ctx context.Context, f Follower) {
	wake := l.Wake()
	tick := time.NewTicker(5 * followPace)
	defer tick.Stop()
	for {
		if _, err := l.CatchUp(ctx, f); err != nil && ctx.Err() == nil {
			l.o.Log.Error("follower stopped for now", "follower", f.Name, "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-wake:
			pause(ctx, followPace)
		case <-tick.C:
		}
	}
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// CatchUp hands the follower everything that it has not seen and returns how
// many entries that were. An entry that it cannot digest is parked after a few
// tries, with all later ones of its stream, and the follower goes on.
func (l *Ledger) CatchUp(ctx context.Context, f Follower) (int, error) {
	seen := 0
	limit, tries := followBatch, 0
	for ctx.Err() == nil {
		n, bad, err := l.followOnce(ctx, f, limit, tries >= followTries)
		seen += n
		switch {
		case err == nil && n == 0:
			return seen, nil
		case err == nil:
			limit, tries = followBatch, 0
		case bad < 0:
			return seen, err
		case bad > 0:
			limit = bad // first the ones before the bad one
		default:
			limit = 1
			tries++
		}
	}
	return seen, ctx.Err()
}

// followOnce handles one batch. bad is the index of the entry that could not be
// handled, -1 when the fault lies elsewhere.
func (l *Ledger) followOnce(ctx context.Context, f Follower, limit int, park bool) (n, bad int, err error) {
	bad = -1
	err = l.s.Do(ctx, store.Background, func(tx *store.Tx) error {
		n, bad = 0, -1
		log, seq, err := l.cursor(tx, f)
		if err != nil {
			return err
		}
		list, err := l.Feed(tx, log, seq, limit)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return l.nextLog(tx, f, log, seq)
		}
		for i, e := range list {
			if err := l.handle(tx, f, e, park); err != nil {
				bad = i
				return fmt.Errorf("follower %s at %d/%d: %w", f.Name, e.Log, e.Seq, err)
			}
		}
		n = len(list)
		tx.Put(`update follower set seq = $4 where home = $1 and name = $2 and build = $3`, tx.Home(), f.Name, f.Build, seq+int64(n))
		return nil
	})
	if err != nil {
		n = 0
	}
	return n, bad, err
}

func (l *Ledger) handle(tx *store.Tx, f Follower, e Entry, park bool) error {
	var parked int
	if _, err := tx.Get([]any{&parked}, `select count(*) from parked where home = $1 and name = $2 and build = $3 and stream = $4`,
		tx.Home(), f.Name, f.Build, e.Leaf.Stream); err != nil {
		return err
	}
	if parked > 0 {
		return l.park(tx, f, e, "an earlier act of this stream is parked")
	}
	if !park {
		return f.Handle(tx, e)
	}
	return l.park(tx, f, e, "could not be handled")
}

func (l *Ledger) park(tx *store.Tx, f Follower, e Entry, why string) error {
	l.o.Log.Error("act parked", "follower", f.Name, "log", e.Log, "seq", e.Seq, "why", why)
	tx.Put(`insert into parked(home, name, build, log, seq, stream, why, at) values($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`,
		tx.Home(), f.Name, f.Build, e.Log, e.Seq, e.Leaf.Stream, why, tx.Now())
	return nil
}

// cursor reads and locks the follower's place; a new follower starts at the
// first entry of the first log.
func (l *Ledger) cursor(tx *store.Tx, f Follower) (log, seq int64, err error) {
	found, err := tx.Get([]any{&log, &seq}, `update follower set seq = seq where home = $1 and name = $2 and build = $3 returning log, seq`,
		tx.Home(), f.Name, f.Build)
	if err != nil || found {
		return log, seq, err
	}
	if _, err := tx.Get([]any{&log}, `select log from ledger_log where home = $1 and origin = $2 order by generation limit 1`, tx.Home(), l.o.Origin); err != nil {
		return 0, 0, err
	}
	_, err = tx.Exec(`insert into follower(home, name, build, log, seq) values($1, $2, $3, $4, 0) on conflict do nothing`, tx.Home(), f.Name, f.Build, log)
	return log, 0, err
}

// nextLog moves a follower that read a whole generation to the next one.
func (l *Ledger) nextLog(tx *store.Tx, f Follower, log, seq int64) error {
	var next, size int64
	if _, err := tx.Get([]any{&size}, `select size from ledger_log where log = $1`, log); err != nil || seq < size {
		return err
	}
	found, err := tx.Get([]any{&next}, `select n.log from ledger_log o join ledger_log n on n.home = o.home and n.origin = o.origin and n.generation = o.generation + 1
		where o.log = $1`, log)
	if err != nil || !found {
		return err
	}
	tx.Put(`update follower set log = $4, seq = 0 where home = $1 and name = $2 and build = $3`, tx.Home(), f.Name, f.Build, next)
	return nil
}

// Lag is how many numbered entries of the current log a follower has not seen,
// and how many of its entries are parked.
func (l *Ledger) Lag(tx *store.Tx, f Follower) (behind, parked int64, err error) {
	h, _, err := l.head(tx)
	if err != nil {
		return 0, 0, err
	}
	var log, seq int64
	if _, err := tx.Get([]any{&log, &seq}, `select log, seq from follower where home = $1 and name = $2 and build = $3`, tx.Home(), f.Name, f.Build); err != nil {
		return 0, 0, err
	}
	if log != h.log {
		seq = 0
	}
	_, err = tx.Get([]any{&parked}, `select count(*) from parked where home = $1 and name = $2 and build = $3`, tx.Home(), f.Name, f.Build)
	return h.size - seq, parked, err
}
