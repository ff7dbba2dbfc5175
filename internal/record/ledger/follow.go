package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tongban/internal/record/store"
)

// Follower watches the log: Handle gets each entry once, in order, in the
// transaction that also moves the follower's cursor, so its effect in the
// database happens exactly once. It may use only what the entry holds, so that
// a rebuild yields the same as the first build. It may be called again for an
// entry whose transaction was not stored.
type Follower struct {
	Name   string
	Build  int // a new build starts from the first entry, beside the old one
	Handle func(tx *store.Tx, e Entry) error

	reading *Reading // set: Build and Handle are those of the build that is read
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
// many entries that were. What is written meanwhile waits for the next time, so
// that a busy log is read in large portions. An entry that it cannot digest is parked after a few
// tries, with all later ones of its stream, and the follower goes on.
func (l *Ledger) CatchUp(ctx context.Context, f Follower) (int, error) {
	seen, tries := 0, 0
	s := step{l: l, f: f, limit: followBatch}
	for ctx.Err() == nil {
		err := s.take(ctx)
		seen += s.n
		switch {
		case err == nil && s.n < s.limit && !s.moved:
			return seen, nil
		case err == nil:
			s.limit, s.poison, tries = followBatch, nil, 0
		case errors.Is(err, store.ErrUnavailable) || errors.Is(err, store.ErrConflict) || s.poison != nil:
			return seen, err // not the entry's fault: it could not even be parked
		case s.at > 0:
			s.limit = s.at // first the ones before the one that failed
		case s.limit > 1:
			s.limit /= 2 // the fault showed when the batch was sent: look for its entry
			if s.at == 0 {
				s.limit = 1
			}
		default:
			if tries++; tries == followTries {
				s.poison = err
			}
		}
	}
	return seen, ctx.Err()
}

// step is one transaction of a follower.
type step struct {
	l      *Ledger
	f      Follower
	limit  int   // entries to take
	poison error // set: park the first entry for this reason

	now Follower // f with the build that it stands for

	n     int  // entries handled, stored
	moved bool // went on to the next generation
	at    int  // index of the entry that failed, -1 when the fault lies elsewhere
}

func (s *step) take(ctx context.Context) error {
	err := s.l.s.Do(ctx, store.Background, s.run)
	if err != nil {
		s.n, s.moved = 0, false
	}
	return err
}

func (s *step) run(tx *store.Tx) error {
	s.n, s.moved, s.at = 0, false, -1
	var err error
	if s.now, err = s.f.locked(tx); err != nil {
		return err
	}
	log, seq, err := s.l.cursor(tx, s.now)
	if err != nil {
		return err
	}
	list, err := s.l.feed(tx, log, seq, s.limit)
	if err != nil {
		return err
	}
	if len(list) > 0 {
		if err := s.through(tx, list); err != nil {
			return err
		}
		seq = list[len(list)-1].Seq + 1
	}
	if len(list) < s.limit {
		s.moved, err = s.l.nextLog(tx, s.now, log, seq)
	}
	return err
}

// through hands on the entries of one transaction and moves the cursor.
func (s *step) through(tx *store.Tx, list []Entry) error {
	held, err := parkedStreams(tx, s.now)
	if err != nil {
		return err
	}
	for i, e := range list {
		s.at = i // before the call: a panic in the handler is the entry's fault too
		if err := s.handle(tx, held, e); err != nil {
			return fmt.Errorf("follower %s at %d/%d: %w", s.f.Name, e.Log, e.Seq, err)
		}
	}
	s.n, s.at = len(list), -1
	tx.Put(`update follower set seq = $4 where home = $1 and name = $2 and build = $3`,
		tx.Home(), s.now.Name, s.now.Build, list[len(list)-1].Seq+1)
	return nil
}

func (s *step) handle(tx *store.Tx, held map[string]bool, e Entry) error {
	switch {
	case e.fault != nil:
		return s.l.park(tx, s.now, held, e, e.fault.Error())
	case held[e.Leaf.Stream]:
		return s.l.park(tx, s.now, held, e, behindParked)
	case s.poison != nil:
		return s.l.park(tx, s.now, held, e, s.poison.Error())
	}
	return s.now.Handle(tx, e)
}

// cursor reads and locks the follower's place; a new follower starts at the
// first entry of the first log.
func (l *Ledger) cursor(tx *store.Tx, f Follower) (log, seq int64, err error) {
	lock := func() (bool, error) {
		_, found, err := store.Held(tx, func(r store.Row) (struct{}, error) { return struct{}{}, r.Scan(&log, &seq) },
			`select log, seq from follower where home = $1 and name = $2 and build = $3`, tx.Home(), f.Name, f.Build)
		return found, err
	}
	if found, err := lock(); err != nil || found {
		return log, seq, err
	}
	first, found, err := l.firstLog(tx)
	if err != nil || !found {
		return 0, 0, errors.Join(err, errNoLog)
	}
	// Another node may have made it meanwhile and be ahead: read it again.
	if _, err := tx.Exec(`insert into follower(home, name, build, log, seq) values($1, $2, $3, $4, 0) on conflict do nothing`,
		tx.Home(), f.Name, f.Build, first); err != nil {
		return 0, 0, err
	}
	_, err = lock()
	return log, seq, err
}

func (l *Ledger) firstLog(tx *store.Tx) (log int64, found bool, err error) {
	found, err = tx.Get([]any{&log}, `select log from ledger_log where home = $1 and origin = $2 order by generation limit 1`, tx.Home(), l.o.Origin)
	return log, found, err
}

// nextLog moves a follower that read a whole generation to the next one.
func (l *Ledger) nextLog(tx *store.Tx, f Follower, log, seq int64) (bool, error) {
	var next int64
	found, err := tx.Get([]any{&next}, `select n.log from ledger_log o join ledger_log n on n.home = o.home and n.origin = o.origin and n.generation > o.generation
		where o.log = $1 and o.size <= $2 order by n.generation limit 1`, log, seq)
	if err != nil || !found {
		return false, err
	}
	tx.Put(`update follower set log = $4, seq = 0 where home = $1 and name = $2 and build = $3`, tx.Home(), f.Name, f.Build, next)
	return true, nil
}

// Lag is how many numbered entries a follower has not seen, and how many of its
// entries are parked.
func (l *Ledger) Lag(tx *store.Tx, f Follower) (behind, parked int64, err error) {
	if f, err = f.here(tx, l); err != nil {
		return 0, 0, err
	}
	logs, err := l.Logs(tx)
	if err != nil {
		return 0, 0, err
	}
	var log, seq int64
	if _, err := tx.Get([]any{&log, &seq}, `select log, seq from follower where home = $1 and name = $2 and build = $3`, tx.Home(), f.Name, f.Build); err != nil {
		return 0, 0, err
	}
	started := log == 0 // one that never ran has everything before it
	for _, g := range logs {
		switch {
		case g.ID == log:
			started = true
			behind += g.Size - seq
		case started:
			behind += g.Size
		}
	}
	_, err = tx.Get([]any{&parked}, `select count(*) from parked where home = $1 and name = $2 and build = $3`, tx.Home(), f.Name, f.Build)
	return behind, parked, err
}
