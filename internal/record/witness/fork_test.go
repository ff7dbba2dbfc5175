package witness_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/record/store/storetest"
	"tongban/internal/record/witness"
)

// house is a ledger that a witness watches, on a database.
type house struct {
	*ledger.Ledger
	s *store.Store
	o ledger.Options
}

func onBoth(t *testing.T, f func(t *testing.T, e store.Engine)) {
	t.Helper()
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			f(t, e)
		})
	}
}

// watchedLog opens a ledger and a witness that knows its key.
func watchedLog(t *testing.T, e store.Engine) (*house, *served) {
	t.Helper()
	l := newLog(t, origin)
	w := serve(t, t.TempDir(), l)
	verifier, err := note.NewVerifier(l.public)
	must(t, err)
	h := &house{o: ledger.Options{
		Origin: origin, Signers: []note.Signer{l.signer}, Verifiers: note.VerifierList(verifier), Outside: filepath.Join(t.TempDir(), "checkpoint"),
		Witnesses: []ledger.Witness{{Key: w.Key(), Asker: witness.NewClient(w.url)}},
	}}
	h.Ledger = ledger.New(h.o)
	h.s = storetest.Open(t, e, func(o *store.Options) {
		o.BeforeCommit = h.BeforeCommit
		o.NoSync = true
	})
	must(t, h.Attach(bg, h.s))
	return h, w
}

// acts writes n acts, signs, and asks the witness.
func (h *house) acts(t *testing.T, what string, n int) ledger.WitnessState {
	t.Helper()
	must(t, h.s.Do(bg, store.People, func(tx *store.Tx) error {
		for range n {
			if _, err := h.Note(tx, nil, ledger.Event{Stream: what, Kind: "test.noted"}); err != nil {
				return err
			}
		}
		return nil
	}))
	for {
		n, err := h.Number(bg, 500)
		must(t, err)
		if n == 0 {
			break
		}
	}
	_, err := h.Sign(bg)
	must(t, err)
	must(t, h.AskWitnesses(bg))
	return h.Witnesses()[0]
}

// tables are those that a copy of the database holds of the ledger.
var tables = []string{"ledger_log", "event", "entry", "tile", "checkpoint", "stream_head", "cosignature"}

// copyOf keeps the database as it is now; the function returned puts it back, as
// one does who starts an older copy of a virtual machine.
func (h *house) copyOf(t *testing.T) (putBack func()) {
	t.Helper()
	each := func(sql string) {
		for _, name := range tables {
			must(t, h.s.Do(bg, store.People, func(tx *store.Tx) error {
				for s := range strings.SplitSeq(strings.ReplaceAll(sql, "T", name), ";") {
					if _, err := tx.Exec(s); err != nil {
						return err
					}
				}
				return nil
			}))
		}
	}
	each(`create table old_T as select * from T`)
	return func() { each(`delete from T;insert into T select * from old_T`) }
}

// An older copy of the database is started, file outside and all, and goes on
// signing. The log itself cannot know; the witness does, and never cosigns the
// second branch, neither while it is shorter nor when it has outgrown the first.
func TestWitnessRefusesAnOlderDatabaseThatGoesOnSigning(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, e store.Engine) {
		h, w := watchedLog(t, e)
		if s := h.acts(t, "case/1", 300); s.Err != nil || s.Size != 300 {
			t.Fatalf("%+v", s)
		}
		putBack := h.copyOf(t)
		if s := h.acts(t, "case/2", 40); s.Err != nil || s.Size != 340 {
			t.Fatalf("%+v", s)
		}
		first, err := h.Prove(bg, "case/2")
		must(t, err)

		putBack()
		h.o.Outside = filepath.Join(t.TempDir(), "checkpoint") // put back with the copy
		h.restarted(t)
		for _, n := range []int{10, 30, 100} { // 310, 340 and 440 acts: shorter, as long, longer
			s := h.acts(t, "case/3", n)
			if !errors.Is(s.Err, ledger.ErrApart) || s.Size != 0 {
				t.Fatalf("%d acts more: the witness said %+v", n, s)
			}
			h.restarted(t)
		}
		must(t, h.s.Read(bg, func(tx *store.Tx) error {
			logs, err := h.Logs(tx)
			if err != nil {
				return err
			}
			if logs[0].Size != 440 {
				return fmt.Errorf("the second branch has %d acts: it did not go on", logs[0].Size)
			}
			c, _, err := h.Published(tx, logs[0].ID)
			if err == nil && c.Size != 300 {
				err = fmt.Errorf("published: %d acts", c.Size)
			}
			return err
		}))
		// Whoever holds a proof of the first branch can show it beside the second.
		checked, err := ledger.CheckProof(first, note.VerifierList(logKey(t, w), w.Key()))
		must(t, err)
		if len(checked.Seen) != 1 || checked.Seen[0].Size != 340 {
			t.Fatalf("%+v", checked.Seen)
		}
	})
}

// logKey is the key that the witness knows.
func logKey(t *testing.T, w *served) note.Verifier {
	t.Helper()
	return w.o.Logs[0]
}

// restarted is a process that starts anew: it remembers nothing of the witness
// but what the database says, and does not rest after a failure.
func (h *house) restarted(t *testing.T) {
	t.Helper()
	h.Ledger = ledger.New(h.o)
	must(t, h.Attach(bg, h.s))
}

// A restore by the rules opens the next generation, which the witness takes as a
// log of its own; the old one stays as it was cosigned.
func TestRestoreByTheRulesIsWitnessedAsTheNextGeneration(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, e store.Engine) {
		h, w := watchedLog(t, e)
		h.acts(t, "case/1", 20)
		last, err := h.Outside()
		must(t, err)
		must(t, h.NextGeneration(bg, last))
		if s := h.acts(t, "case/2", 5); s.Err != nil || s.Log != origin+"/2" || s.Size != 6 {
			t.Fatalf("%+v", s)
		}
		if _, _, answer := w.post(t, request(0, nil, last)); answer != "20\n" {
			t.Fatalf("the first generation stands at %q", answer)
		}
		proof, err := h.Prove(bg, "case/1")
		must(t, err)
		if _, err := ledger.CheckProof(proof, note.VerifierList(logKey(t, w), w.Key())); err != nil {
			t.Fatal(err)
		}
	})
}

// When another process asked last, the client starts from where the witness says.
func TestAsksFromWhereTheWitnessStands(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, e store.Engine) {
		h, _ := watchedLog(t, e)
		h.acts(t, "case/1", 20)
		must(t, h.s.Do(bg, store.People, func(tx *store.Tx) error { _, err := tx.Exec(`delete from cosignature`); return err }))
		h.restarted(t)
		if s := h.acts(t, "case/1", 500); s.Err != nil || s.Size != 520 {
			t.Fatalf("%+v", s)
		}
	})
}
