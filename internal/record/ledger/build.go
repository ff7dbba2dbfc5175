package ledger

import (
	"context"
	"errors"
	"fmt"

	"tongban/internal/record/store"
)

// Reading is a follower that does nothing but fill read tables of its own, whose
// rows say which build they are of. So it can be built again from the first act
// beside what is read, and then be read instead. Fill may use only what the entry
// holds; it must not tell anybody anything, or a rebuild would tell it again.
type Reading struct {
	Name string
	Fill func(tx *store.Tx, build int, e Entry) error
	// Clear takes away up to limit rows of a build and returns how many those were.
	Clear func(tx *store.Tx, build, limit int) (int64, error)
}

// Follower follows the ledger for the build that is read; after a switch it goes
// on with the new one.
func (r Reading) Follower() Follower { return Follower{Name: r.Name, reading: &r} }

// Reading is what the follower fills, where it only fills read tables.
func (f Follower) Reading() (Reading, bool) {
	if f.reading == nil {
		return Reading{}, false
	}
	return *f.reading, true
}

// at follows for one build, read or not.
func (r Reading) at(build int) Follower {
	return Follower{Name: r.Name, Build: build, Handle: func(tx *store.Tx, e Entry) error { return r.Fill(tx, build, e) }}
}

// Build is the build of a follower's read tables that is to be read, for the same
// view of the database.
func (l *Ledger) Build(tx *store.Tx, name string) (int, error) {
	build := firstBuild
	_, err := tx.Get([]any{&build}, `select build from reading where home = $1 and name = $2`, tx.Home(), name)
	return build, err
}

const firstBuild = 1

// here is the follower with the build that it stands for in this view.
func (f Follower) here(tx *store.Tx, l *Ledger) (Follower, error) {
	if f.reading == nil {
		return f, nil
	}
	build, err := l.Build(tx, f.Name)
	return f.reading.at(build), err
}

// locked is here, while keeping a switch away until the transaction ends.
func (f Follower) locked(tx *store.Tx) (Follower, error) {
	if f.reading == nil {
		return f, nil
	}
	build, err := lockBuild(tx, f.Name)
	return f.reading.at(build), err
}

// lockBuild makes or takes the row that says which build is read.
func lockBuild(tx *store.Tx, name string) (build int, err error) {
	_, err = tx.Get([]any{&build}, `insert into reading(home, name, build) values($1, $2, $3)
		on conflict (home, name) do update set build = reading.build returning build`, tx.Home(), name, firstBuild)
	return build, err
}

// ErrParkedAnew says that a new build could not digest acts that the old one
// could: it is not read before they are looked at.
var ErrParkedAnew = errors.New("ledger: the new build parked acts that the old one digested")

// clearBatch is how many rows of an old build go in one transaction.
const clearBatch = 1000

// Rebuild fills a new build from the first act, beside the one that is read,
// switches to it when it has caught up, and clears the old one away. Readers see
// the old build until the switch and the new one from then on. Broken off, it
// goes on where it was when it is called again. told, if given, hears how many
// acts there are and how many are still to be read.
func (l *Ledger) Rebuild(ctx context.Context, r Reading, told func(behind int64)) (build int, err error) {
	old, build, err := l.beginBuild(ctx, r)
	if err != nil {
		return 0, err
	}
	fresh := r.at(build)
	for switched := false; !switched; {
		if err := l.fill(ctx, fresh, told); err != nil {
			return build, err
		}
		if switched, err = l.switchTo(ctx, r, fresh); err != nil {
			return build, err
		}
	}
	for ; old > 0 && old < build; old++ {
		if err := l.clear(ctx, r, old); err != nil {
			return build, err
		}
	}
	return build, nil
}

// beginBuild names the oldest build there is and the one to fill: an unfinished
// one, or the next.
func (l *Ledger) beginBuild(ctx context.Context, r Reading) (oldest, build int, err error) {
	err = l.s.Do(ctx, store.Background, func(tx *store.Tx) error {
		read, err := lockBuild(tx, r.Name)
		if err != nil {
			return err
		}
		if _, err := tx.Get([]any{&oldest, &build}, `select coalesce(min(build), 0), coalesce(max(build), 0) from follower
			where home = $1 and name = $2`, tx.Home(), r.Name); err != nil {
			return err
		}
		if build <= read {
			build = read + 1
		}
		_, _, err = l.cursor(tx, r.at(build))
		return err
	})
	return oldest, build, err
}

// fill reads until little is left.
func (l *Ledger) fill(ctx context.Context, f Follower, told func(int64)) error {
	for {
		if _, err := l.CatchUp(ctx, f); err != nil {
			return err
		}
		var behind int64
		if err := l.s.Read(ctx, func(tx *store.Tx) (err error) {
			behind, _, err = l.Lag(tx, f)
			return err
		}); err != nil {
			return err
		}
		if told != nil {
			told(behind)
		}
		if behind <= followBatch {
			return nil
		}
	}
}

// switchTo has the new build read if it is as far as the old one. While it looks,
// the follower of the old one waits.
func (l *Ledger) switchTo(ctx context.Context, r Reading, fresh Follower) (done bool, err error) {
	stumbled := false // over an act: to be parked by fill, not here
	err = l.s.Do(ctx, store.Background, func(tx *store.Tx) error {
		done, stumbled = false, false
		read, err := lockBuild(tx, r.Name)
		if err != nil || read == fresh.Build {
			done = err == nil
			return err
		}
		last := step{l: l, f: fresh, limit: followBatch}
		if err := errors.Join(last.run(tx), tx.Flush()); err != nil {
			stumbled = !errors.Is(err, store.ErrUnavailable)
			return err
		}
		if done, err = l.asFar(tx, fresh, r.at(read)); err != nil || !done {
			return err
		}
		tx.Put(`update reading set build = $3 where home = $1 and name = $2`, tx.Home(), r.Name, fresh.Build)
		return nil
	})
	if stumbled && ctx.Err() == nil {
		return false, nil
	}
	return done, err
}

// asFar tells whether a build has read as much as another and parked no more.
func (l *Ledger) asFar(tx *store.Tx, fresh, old Follower) (bool, error) {
	const place = `select g.generation, f.seq from follower f join ledger_log g on g.log = f.log where f.home = $1 and f.name = $2 and f.build = $3`
	var g, oldG, seq, oldSeq, parked int64
	if _, err := tx.Get([]any{&oldG, &oldSeq}, place, tx.Home(), old.Name, old.Build); err != nil {
		return false, err
	}
	if _, err := tx.Get([]any{&g, &seq}, place, tx.Home(), fresh.Name, fresh.Build); err != nil {
		return false, err
	}
	if g < oldG || g == oldG && seq < oldSeq {
		return false, nil
	}
	if _, err := tx.Get([]any{&parked}, `select count(*) from parked n where n.home = $1 and n.name = $2 and n.build = $3 and not exists (
		select 1 from parked o where o.home = n.home and o.name = n.name and o.build = $4 and o.log = n.log and o.seq = n.seq)`,
		tx.Home(), fresh.Name, fresh.Build, old.Build); err != nil {
		return false, err
	}
	if parked > 0 {
		return false, fmt.Errorf("%w: %d of %s", ErrParkedAnew, parked, fresh.Name)
	}
	return true, nil
}

// clear takes away a build that is not read any more.
func (l *Ledger) clear(ctx context.Context, r Reading, build int) error {
	for left := true; left; {
		if err := l.s.Do(ctx, store.Background, func(tx *store.Tx) error {
			n, err := r.Clear(tx, build, clearBatch)
			if left = n > 0; err == nil && !left {
				l.Drop(tx, r.at(build))
			}
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}
