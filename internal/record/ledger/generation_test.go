package ledger_test

import (
	"errors"
	"fmt"
	"os"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/record/store/storetest"
)

func TestRolledBackDatabaseIsFoundAtStart(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		must(t, r.CheckOutside(bg)) // nothing signed yet
		r.note(t, "case/1", 10)
		_, err := r.Sign(bg)
		must(t, err)
		r.note(t, "case/1", 3) // beyond what is kept outside: that is how a crash leaves it
		must(t, r.CheckOutside(bg))

		for name, damage := range map[string]func(l *ledger.Ledger, s *store.Store){
			"empty":   func(*ledger.Ledger, *store.Store) {},
			"shorter": func(l *ledger.Ledger, s *store.Store) { fill(t, l, s, 9) },
			"other":   func(l *ledger.Ledger, s *store.Store) { fill(t, l, s, 13) },
		} {
			l := ledger.New(r.options)
			s := storetest.Open(t, r.s.Engine(), func(o *store.Options) { o.BeforeCommit = l.BeforeCommit; o.NoSync = true })
			must(t, l.Attach(bg, s))
			damage(l, s)
			if err := l.CheckOutside(bg); !errors.Is(err, ledger.ErrRolledBack) {
				t.Errorf("%s: %v", name, err)
			}
			if _, err := l.Sign(bg); !errors.Is(err, ledger.ErrRolledBack) {
				t.Errorf("%s: signed all the same: %v", name, err)
			}
		}
		must(t, r.CheckOutside(bg))
	})
}

func fill(t *testing.T, l *ledger.Ledger, s *store.Store, n int) {
	t.Helper()
	must(t, s.Do(bg, store.People, func(tx *store.Tx) error {
		for range n {
			if _, err := l.Note(tx, nil, ledger.Event{Stream: "case/1", Kind: "test.noted"}); err != nil {
				return err
			}
		}
		return nil
	}))
	_, err := l.Number(bg, 100)
	must(t, err)
}

func TestTouchedCheckpointOutsideIsFound(t *testing.T) {
	t.Parallel()
	r := newRig(t, store.SQLite, nil)
	r.note(t, "case/1", 3)
	_, err := r.Sign(bg)
	must(t, err)
	b, err := os.ReadFile(r.options.Outside)
	must(t, err)
	for at := range b {
		b[at] ^= 1
		must(t, os.WriteFile(r.options.Outside, b, 0o600))
		if err := r.CheckOutside(bg); err == nil {
			t.Fatalf("byte %d changed unseen", at)
		}
		b[at] ^= 1
	}
}

func TestNextGeneration(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		r.act(t, "case/1", "甲", nil)
		r.act(t, "case/1", "甲", nil)
		before, err := r.Prove(bg, "case/1")
		must(t, err)
		last := before.Checkpoint[0].Checkpoint
		waiting(t, r) // events that were in the backup without a number
		must(t, r.NextGeneration(bg, last))
		r.act(t, "case/1", "甲", nil)

		if _, err := ledger.CheckProof(before, r.verifier); err != nil {
			t.Fatalf("the old proof: %v", err)
		}
		after, err := r.Prove(bg, "case/1")
		must(t, err)
		c, err := ledger.CheckProof(after, r.verifier)
		must(t, err)
		if len(c.Acts) != 3 || len(c.Trees) != 2 || after.Acts[2].Log != "yunhe.example/log/2" {
			t.Fatalf("proves %d acts in %v", len(c.Acts), c.Trees)
		}
		first := r.entries(t)[2:][0]
		if first.Leaf.Kind != "log.restored" || first.Seq != 0 || first.Leaf.Facts["last_checkpoint"] != last {
			t.Fatalf("the generation begins with %s", first.Bytes)
		}
		report, err := r.Verify(bg, nil)
		must(t, err)
		if len(report.Findings) != 0 || report.Waiting != 0 || report.Lost != 0 {
			t.Fatalf("verify: %+v", report)
		}
		must(t, r.CheckOutside(bg))
	})
}

// waiting leaves two events in the list of those that wait, as a backup of
// PostgreSQL may hold them; on SQLite none ever wait by themselves.
func waiting(t *testing.T, r *rig) {
	t.Helper()
	must(t, r.s.Do(bg, store.People, func(tx *store.Tx) error {
		_, err := r.Note(tx, nil, ledger.Event{Stream: "case/9", Kind: "test.noted"})
		return err
	}))
	if r.s.Engine() == store.SQLite {
		list := r.entries(t)
		e := list[len(list)-1]
		r.write(t, `insert into unnumbered(home, event, hash) values(1, $1, $2)`, e.Event, e.Hash[:])
		r.write(t, `delete from entry where event = $1`, e.Event)
		r.write(t, `update ledger_log set size = 2, hashes = $1`, edgeOfTwo(list))
	}
}

func edgeOfTwo(list []ledger.Entry) []byte {
	h := nodeByDefinition(list[0].Hash, list[1].Hash)
	return h[:]
}

func TestActsThatARestoreLeftBehindAreTold(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		// The record of the old machine: three acts, a backup, two more acts, a proof.
		r.act(t, "case/1", "甲", nil)
		r.act(t, "case/1", "甲", nil)
		r.act(t, "case/2", "乙", nil)
		_, err := r.Sign(bg)
		must(t, err)
		kept := dump(t, r)
		r.act(t, "case/1", "甲", nil)
		r.act(t, "case/2", "乙", nil)
		late, err := r.Prove(bg, "case/1")
		must(t, err)
		outside, err := r.Outside()
		must(t, err)

		kept(t) // the backup is put back in place
		if err := r.CheckOutside(bg); !errors.Is(err, ledger.ErrRolledBack) {
			t.Fatalf("not seen: %v", err)
		}
		must(t, r.NextGeneration(bg, outside))
		must(t, r.CheckOutside(bg)) // the new generation says itself what it continues
		if _, err := ledger.CheckProof(late, r.verifier); err != nil {
			t.Fatalf("the late proof no longer verifies: %v", err)
		}
		where, err := r.Locate(bg, late)
		must(t, err)
		if got := fmt.Sprintf("%s %s %s %d", where[0].Standing, where[1].Standing, where[2].Standing, where[2].Generation); got != "held held not_restored 1" {
			t.Fatalf("the late proof stands %s", got)
		}
		report, err := r.Verify(bg, nil)
		must(t, err)
		if report.Lost != 2 || len(report.Findings) != 0 {
			t.Fatalf("verify: %+v", report)
		}

		// The same old backup once more: a third generation, never the second again.
		r.numberAll(t)
		_, err = r.Sign(bg)
		must(t, err)
		outside, err = r.Outside()
		must(t, err)
		kept(t)
		must(t, r.NextGeneration(bg, outside))
		must(t, r.s.Read(bg, func(tx *store.Tx) error {
			logs, err := r.Logs(tx)
			if len(logs) != 2 || logs[1].Generation != 3 {
				return fmt.Errorf("generations %+v", logs)
			}
			return err
		}))
	})
}

// dump copies the record's tables; the returned function puts them back.
func dump(t *testing.T, r *rig) func(*testing.T) {
	t.Helper()
	list := []string{"event", "entry", "tile", "disclosure", "ledger_log", "checkpoint", "stream_head"}
	for _, table := range list {
		r.write(t, `create table dump_`+table+` as select * from `+table)
	}
	return func(t *testing.T) {
		t.Helper()
		must(t, r.s.Do(bg, store.People, func(tx *store.Tx) error {
			for _, table := range list {
				if _, err := tx.Exec(`delete from ` + table); err != nil {
					return err
				}
				if _, err := tx.Exec(`insert into ` + table + ` select * from dump_` + table); err != nil {
					return err
				}
			}
			return nil
		}))
	}
}

func TestCheckpointOfAnotherRecordIsRefused(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		r.note(t, "case/1", 5)
		other := newRig(t, store.SQLite, nil)
		other.note(t, "case/1", 3)
		c, err := other.Sign(bg)
		must(t, err)
		stranger, _, err := note.GenerateKey(nil, "yunhe.example/log")
		must(t, err)
		signer, err := note.NewSigner(stranger)
		must(t, err)
		unsigned, err := note.Sign(&note.Note{Text: "yunhe.example/log/1\n9\n4wa7n0Cw1GaFqwMqBTjxtuUZy4TOGLvLkHqLJUOJ8ok=\n"}, signer)
		must(t, err)
		for name, last := range map[string]string{"another tree": c.Note, "another key": string(unsigned), "no checkpoint": "x"} {
			if err := r.NextGeneration(bg, last); !errors.Is(err, ledger.ErrOtherLog) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if n := r.count(t, `select count(*) from ledger_log`); n != 1 {
			t.Fatalf("%d generations", n)
		}
	})
}
