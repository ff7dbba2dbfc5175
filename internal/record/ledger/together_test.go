package ledger_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"tongban/internal/record/ledger"
)

// second is another node's ledger on the same database.
func (r *rig) second(t *testing.T) *ledger.Ledger {
	t.Helper()
	o := r.options
	o.Outside = filepath.Join(t.TempDir(), "checkpoint")
	l := ledger.New(o)
	must(t, l.Attach(bg, r.s))
	return l
}

// cut takes the last acts out of the log, as a failover to a standby that lacked
// them does, and puts others in their place.
func (r *rig) cut(t *testing.T, to int) {
	t.Helper()
	r.write(t, `delete from checkpoint`)
	r.write(t, `delete from entry`)
	r.write(t, `delete from tile`)
	r.write(t, `update ledger_log set size = 0, hashes = ''`)
	if to > 0 {
		_, err := r.Fill(bg, to)
		must(t, err)
	}
}

// Every node keeps the newest checkpoint, whoever signed it: when the one that
// signed is gone, the others know a database that lacks something.
func TestEveryNodeKeepsTheNewestCheckpoint(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		other := r.second(t)
		for range 2 {
			r.note(t, "a", 3)
			c, err := r.Sign(bg)
			must(t, err)
			must(t, other.Compare(bg))
			if kept, err := other.Outside(); err != nil || kept != c.Note {
				t.Fatalf("the other node kept %q, signed was %q: %v", kept, c.Note, err)
			}
		}
		r.cut(t, 9)
		if err := other.Compare(bg); !errors.Is(err, ledger.ErrRolledBack) {
			t.Fatalf("the other node compared: %v", err)
		}
		if _, err := other.Sign(bg); !errors.Is(err, ledger.ErrRolledBack) {
			t.Fatalf("it signed another history: %v", err)
		}
	})
}

// One node that knows is enough: it tells the others, who kept less.
func TestOneNodeTellsTheOthers(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		other := r.second(t)
		r.note(t, "a", 5)
		_, err := r.Sign(bg)
		must(t, err)
		r.cut(t, 7)
		must(t, other.Compare(bg)) // it kept nothing and cannot know
		if err := r.Compare(bg); !errors.Is(err, ledger.ErrRolledBack) {
			t.Fatalf("compared: %v", err)
		}
		if err := other.Compare(bg); !errors.Is(err, ledger.ErrRolledBack) {
			t.Fatalf("told, the other compared: %v", err)
		}
		// What is no signed checkpoint stops nobody.
		r.write(t, `update lease set holder = 'nothing' where name = 'fork'`)
		must(t, other.Compare(bg))
	})
}

// A node that goes on running signs nothing that does not extend what it signed,
// and leaves the evidence where it is.
func TestNothingIsSignedThatDoesNotExtend(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		r.note(t, "a", 5)
		c, err := r.Sign(bg)
		must(t, err)
		r.cut(t, 9)
		if _, err := r.Sign(bg); !errors.Is(err, ledger.ErrRolledBack) {
			t.Fatalf("signed: %v", err)
		}
		if kept, err := os.ReadFile(r.options.Outside); err != nil || string(kept) != c.Note {
			t.Fatalf("the kept checkpoint is now %q: %v", kept, err)
		}
		if n := r.count(t, `select count(*) from checkpoint`); n != 0 {
			t.Fatalf("%d checkpoints of the other history", n)
		}
	})
}
