package ledger_test

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/record/store/storetest"
)

var bg = context.Background()

// rig is a ledger on an open store, as cmd wires them.
type rig struct {
	*ledger.Ledger
	s        *store.Store
	keys     *keyring
	verifier note.Verifiers
	options  ledger.Options
}

func both(t *testing.T, f func(t *testing.T, r *rig)) {
	t.Helper()
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			f(t, newRig(t, e, nil))
		})
	}
}

func newRig(t testing.TB, e store.Engine, set func(*store.Options)) *rig {
	t.Helper()
	secret, public := testKey(t)
	signer, err := note.NewSigner(secret)
	must(t, err)
	verifier, err := note.NewVerifier(public)
	must(t, err)
	r := &rig{keys: &keyring{gone: map[int64]bool{}}, verifier: note.VerifierList(verifier)}
	r.options = ledger.Options{Origin: "yunhe.example/log", Signers: []note.Signer{signer}, Verifiers: r.verifier,
		Keys: r.keys, Outside: filepath.Join(t.TempDir(), "checkpoint")}
	r.Ledger = ledger.New(r.options)
	r.s = storetest.Open(t, e, func(o *store.Options) {
		o.BeforeCommit = r.BeforeCommit
		o.NoSync = true
		if set != nil {
			set(o)
		}
	})
	must(t, r.Attach(bg, r.s))
	return r
}

var testKey = func() func(testing.TB) (string, string) {
	once := sync.OnceValues(func() (string, string) {
		secret, public, err := note.GenerateKey(nil, "yunhe.example/log")
		if err != nil {
			panic(err)
		}
		return secret, public
	})
	return func(t testing.TB) (string, string) { t.Helper(); return once() }
}()

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// note writes events of one stream in one command and numbers them.
func (r *rig) note(t testing.TB, stream string, n int) {
	t.Helper()
	must(t, r.s.Do(bg, store.People, func(tx *store.Tx) error {
		for i := range n {
			if _, err := r.Note(tx, nil, ledger.Event{Stream: stream, Kind: "test.noted", Facts: map[string]any{"i": i}}); err != nil {
				return err
			}
		}
		return nil
	}))
	r.numberAll(t)
}

func (r *rig) numberAll(t testing.TB) {
	t.Helper()
	for {
		n, err := r.Number(bg, 500)
		must(t, err)
		if n == 0 {
			return
		}
	}
}

// act writes one event with a personal value and a digest of the stream's state.
func (r *rig) act(t testing.TB, stream, name string, state []byte) {
	t.Helper()
	must(t, r.s.Do(bg, store.People, func(tx *store.Tx) error {
		_, err := r.Note(tx, fakeKey(7), ledger.Event{Stream: stream, Kind: "case.received", State: state,
			By:       ledger.By{Person: 9, Post: "window", Agency: "spj"},
			Rules:    []ledger.Rule{{Article: "行政许可法第三十二条", Inputs: map[string]any{"days": 5}}},
			Personal: []ledger.Personal{{Field: "person.name", Value: name}, {Field: "person.phone", Value: "0990"}}})
		return err
	}))
	r.numberAll(t)
}

func (r *rig) entries(t testing.TB) []ledger.Entry {
	t.Helper()
	var out []ledger.Entry
	must(t, r.s.Read(bg, func(tx *store.Tx) error {
		logs, err := r.Logs(tx)
		for _, g := range logs {
			if err == nil {
				var list []ledger.Entry
				list, err = r.Feed(tx, g.ID, 0, 1<<30)
				out = append(out, list...)
			}
		}
		return err
	}))
	return out
}

// write runs one statement past the ledger, as somebody at the database would.
func (r *rig) write(t testing.TB, sql string, args ...any) int64 {
	t.Helper()
	var n int64
	must(t, r.s.Do(bg, store.People, func(tx *store.Tx) (err error) {
		n, err = tx.Exec(sql, args...)
		return err
	}))
	return n
}

func (r *rig) count(t testing.TB, sql string, args ...any) int64 {
	t.Helper()
	var n int64
	must(t, r.s.Read(bg, func(tx *store.Tx) error {
		_, err := tx.Get([]any{&n}, sql, args...)
		return err
	}))
	return n
}

// keyring stands for the vault: keys by number, some destroyed.
type keyring struct{ gone map[int64]bool }

func (k *keyring) KeyByID(_ *store.Tx, id int64) (ledger.Key, error) {
	if k.gone[id] {
		return nil, erased{}
	}
	return fakeKey(id), nil
}

type erased struct{}

func (erased) Error() string { return "the key was destroyed" }
func (erased) Erased() bool  { return true }

// fakeKey encrypts with a key made of its number.
type fakeKey int64

func (k fakeKey) ID() int64 { return int64(k) }

func (k fakeKey) aead() cipher.AEAD {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(k))
	sum := sha256.Sum256(b[:])
	c, err := aes.NewCipher(sum[:])
	if err != nil {
		panic(err)
	}
	g, err := cipher.NewGCM(c)
	if err != nil {
		panic(err)
	}
	return g
}

func (k fakeKey) Seal(table string, row int64, column string, plain []byte) []byte {
	place := fmt.Sprintf("%s/%d/%s", table, row, column)
	nonce := sha256.Sum256([]byte(place))
	return k.aead().Seal(nil, nonce[:12], plain, []byte(place))
}

func (k fakeKey) Open(table string, row int64, column string, sealed []byte) ([]byte, error) {
	place := fmt.Sprintf("%s/%d/%s", table, row, column)
	nonce := sha256.Sum256([]byte(place))
	b, err := k.aead().Open(nil, nonce[:12], sealed, []byte(place))
	if err != nil {
		return nil, errors.New("the value was changed")
	}
	return b, nil
}
