package ledger

import (
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

// Pulse is how far the record is numbered and signed, for whoever watches it.
// The moments are 0 where there is nothing.
type Pulse struct {
	Size, Signed   int64       // numbered acts of the log in use, and those that the last checkpoint covers
	Waiting        int64       // acts without a number, counted up to WaitingMax
	OldestWaiting  day.Instant // when the act that has waited longest for its number was recorded
	OldestUnsigned day.Instant // when the first numbered act that no checkpoint covers was recorded
	LastSigned     day.Instant // when the last checkpoint was signed
	LastAct        day.Instant // when the last numbered act was recorded
}

// WaitingMax is where the counting of acts without a number stops.
const WaitingMax = 100_000

// Pulse reads how the record stands. Each of its statements reads a few rows
// by an index, however long the record is.
func (l *Ledger) Pulse(tx *store.Tx) (Pulse, error) {
	var s Pulse
	h, found, err := l.head(tx)
	if err != nil || !found {
		return s, err
	}
	s.Size = h.size
	if _, err := tx.Get([]any{&s.Signed, &s.LastSigned}, `select size, at from checkpoint where log = $1 order by size desc limit 1`, h.log); err != nil {
		return s, err
	}
	for _, x := range []struct {
		at  *day.Instant
		seq int64
	}{{&s.OldestUnsigned, s.Signed}, {&s.LastAct, s.Size - 1}} {
		if _, err := tx.Get([]any{x.at}, `select e.at from entry n join event e on e.home = n.home and e.id = n.event
			where n.log = $1 and n.seq = $2`, h.log, x.seq); err != nil {
			return s, err
		}
	}
	if _, err := tx.Get([]any{&s.OldestWaiting}, `select e.at from (select home, event, pos from unnumbered order by pos limit 1) u
		join event e on e.home = u.home and e.id = u.event`); err != nil {
		return s, err
	}
	if s.OldestWaiting == 0 {
		return s, nil
	}
	_, err = tx.Get([]any{&s.Waiting}, `select count(*) from (select pos from unnumbered order by pos limit $1) x`, WaitingMax)
	return s, err
}

// ParkedCounts tells how many acts each follower could not digest, by its name.
func ParkedCounts(tx *store.Tx) (map[string]int64, error) {
	list := map[string]int64{}
	err := tx.Each(func(r store.Row) error {
		var name string
		var n int64
		err := r.Scan(&name, &n)
		list[name] = n
		return err
	}, `select name, count(*) from parked where home = $1 group by name`, tx.Home())
	return list, err
}

// Lease is who may do a thing, and until when.
type Lease struct {
	Name, Holder string
	Until        day.Instant
}

// Leases lists who holds what.
func Leases(tx *store.Tx) ([]Lease, error) {
	return store.All(tx, func(r store.Row) (x Lease, err error) { return x, r.Scan(&x.Name, &x.Holder, &x.Until) },
		`select name, holder, until_at from lease where home = $1 order by name`, tx.Home())
}
