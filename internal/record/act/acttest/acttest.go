// Package acttest is what a room that writes by commands stands on, for its
// tests: an open store, a vault, a ledger and a runner, with a clock in hand.
package acttest

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"sync/atomic"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/record/store/storetest"
	"tongban/internal/record/vault"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// Rig is the floor below a room, with a clock that the test moves.
type Rig struct {
	T      testing.TB
	Store  *store.Store
	Vault  *vault.Vault
	Ledger *ledger.Ledger
	Runner *act.Runner // without rights: only the platform may act until some are set
	now    atomic.Int64
}

// New opens a rig whose clock stands at a moment.
func New(t testing.TB, e store.Engine, at day.Instant) *Rig {
	t.Helper()
	keys, err := vault.NewKeys(nil)
	Must(t, err)
	r := &Rig{T: t, Vault: vault.New(keys, nil)}
	r.Set(at)
	r.Ledger = ledger.New(ledger.Options{Origin: "test.invalid/log", Keys: dataKeys{r.Vault}})
	r.Store = storetest.Open(t, e, func(o *store.Options) { o.BeforeCommit, o.NoSync, o.Clock = r.Ledger.BeforeCommit, true, r.Now })
	Must(t, r.Ledger.Attach(context.Background(), r.Store))
	r.Runner = &act.Runner{Store: r.Store, Ledger: r.Ledger, Log: slog.New(slog.NewTextHandler(quiet(t), nil)), Rand: rand.Reader}
	return r
}

// quiet is where a test's own output goes; a benchmark keeps none.
func quiet(t testing.TB) io.Writer {
	if _, timed := t.(*testing.B); timed {
		return io.Discard
	}
	return t.Output()
}

// Both runs f with each engine.
func Both(t *testing.T, f func(t *testing.T, e store.Engine)) {
	t.Helper()
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) { t.Parallel(); f(t, e) })
	}
}

// Now is the rig's clock.
func (r *Rig) Now() day.Instant { return day.Instant(r.now.Load()) }

// Set puts the clock to a moment.
func (r *Rig) Set(at day.Instant) { r.now.Store(int64(at)) }

// Pass lets time go by.
func (r *Rig) Pass(d day.Instant) { r.now.Add(int64(d)) }

// Do writes; what goes wrong ends the test.
func (r *Rig) Do(f func(tx *store.Tx) error) {
	r.T.Helper()
	Must(r.T, r.Store.Do(context.Background(), store.People, f))
}

// Read reads; what goes wrong ends the test.
func (r *Rig) Read(f func(tx *store.Tx) error) {
	r.T.Helper()
	Must(r.T, r.Store.Read(context.Background(), f))
}

// Command runs f as a command of the platform, under a name.
func (r *Rig) Command(name string, f func(c *act.Call) error) error {
	_, err := act.Run(context.Background(), r.Runner, act.Machine(), "", act.Command{Name: name}, 0, func(c *act.Call, _ int) (int, error) {
		err := c.Allow(act.Scope{})
		if err == nil {
			err = f(c)
		}
		return 0, err
	})
	return err
}

// Acts are the acts on a stream, oldest first.
func (r *Rig) Acts(stream string) (list []ledger.Leaf) {
	r.T.Helper()
	r.Read(func(tx *store.Tx) (err error) { list, err = r.Ledger.Acts(tx, stream, 100); return err })
	return list
}

// Must ends the test when something went wrong.
func Must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Code is the stable code of an error or of a sentence; "" when there is none.
func Code(err error) string {
	var e *act.Error
	var m wording.Message
	switch {
	case errors.As(err, &e):
		return e.Code
	case errors.As(err, &m):
		return m.Key
	case err != nil:
		return err.Error()
	}
	return ""
}

// dataKeys lets the ledger open disclosures with the vault's keys.
type dataKeys struct{ v *vault.Vault }

// KeyByID finds a data key.
func (k dataKeys) KeyByID(tx *store.Tx, id int64) (ledger.Key, error) { return k.v.Key(tx, id) }
