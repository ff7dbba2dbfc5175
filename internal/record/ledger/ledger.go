// Package ledger keeps every act: append-only, numbered without gaps in the
// order of cause, covered by an RFC 6962 tree whose checkpoints are signed.
//
// It is one mechanism with five uses: audit, receipts that anybody verifies
// offline, the change feed of other systems, the source of everything that only
// watches, and proof that a draw, a bid or a list was not changed.
//
// It must never decide anything, and it never holds a personal value: a leaf
// carries salted commitments, the values lie encrypted in disclosures and can
// be erased while every proof goes on holding.
package ledger

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"tongban/internal/record/store"
)

// Key encrypts the values of an event's disclosures; the vault's data keys do.
type Key interface {
	ID() int64
	Seal(table string, row int64, column string, plain []byte) []byte
	Open(table string, row int64, column string, cipher []byte) ([]byte, error)
}

// Keys finds the key that a disclosure was encrypted with.
type Keys interface {
	KeyByID(tx *store.Tx, id int64) (Key, error)
}

// Options of a ledger.
type Options struct {
	Origin    string        // identity of the log, such as "yunhe.example/log"
	Signers   []note.Signer // Ed25519 first, then SM2
	Verifiers note.Verifiers
	Keys      Keys
	Outside   string    // file outside the database that keeps the last signed checkpoint; "" for none
	Rand      io.Reader // nil means the system's
	Log       *slog.Logger

	Witnesses    []Witness     // asked to cosign
	WitnessEvery time.Duration // between two rounds; 0 is ten seconds
}

// Ledger writes, numbers, signs and reads one home's log.
type Ledger struct {
	o    Options
	s    *store.Store
	mu   sync.Mutex // guards rnd and wake
	rnd  io.Reader
	wake []chan struct{}

	signing    sync.Mutex  // one signature at a time, so that the file outside never goes back
	rolledBack atomic.Bool // found so by CheckOutside: nothing more is signed

	witnesses []*asked
}

// New makes a ledger. The store gets it by Attach; until then it only numbers
// when the store's before-commit step is Ledger.BeforeCommit.
func New(o Options) *Ledger {
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	l := &Ledger{o: o, rnd: o.Rand}
	for _, w := range o.Witnesses {
		l.witnesses = append(l.witnesses, &asked{Witness: w, state: WitnessState{Key: w.Key}})
	}
	return l
}

// Attach gives the ledger its store, which was opened with BeforeCommit, and
// opens the log if there is none yet.
func (l *Ledger) Attach(ctx context.Context, s *store.Store) error {
	l.s = s
	return s.Do(ctx, store.People, func(tx *store.Tx) error {
		_, found, err := l.head(tx)
		if err != nil || found {
			return err
		}
		// Two nodes may start at once: the second finds the log of the first.
		_, err = l.open(tx, 1, "")
		return err
	})
}

// homeBits is how far a home's logs lie from those of the home before: ids of one
// home never reach so far, and a number of 53 bits still holds all of them.
const homeBits = 40

// open opens a generation and tells whether it was this call that opened it.
// Logs of several homes may lie in one database; their numbers differ.
func (l *Ledger) open(tx *store.Tx, generation int, before string) (bool, error) {
	n, err := tx.Exec(`insert into ledger_log(log, home, origin, generation, size, hashes, before_note, opened)
		values($1, $2, $3, $4, 0, $5, $6, $7) on conflict do nothing`,
		(tx.Home()-1)<<homeBits|tx.NewID(), tx.Home(), l.o.Origin, generation, []byte{}, before, tx.Now())
	return n == 1, err
}

// numberable is what Append hands to the before-commit step.
type numberable struct {
	event int64
	hash  tlog.Hash
}

// Append writes an event at the end of its stream and returns the stream's new
// head, which the caller stores in the same transaction, and the event's id. key
// may be nil when the event has no personal values.
func (l *Ledger) Append(tx *store.Tx, at Chain, key Key, e Event) (Chain, int64, error) {
	next, n, err := l.write(tx, at, key, e)
	if err != nil {
		return at, 0, err
	}
	if tx.Engine() == store.Postgres {
		tx.Put(`insert into unnumbered(home, event, hash) values($1, $2, $3)`, tx.Home(), n.event, n.hash[:])
	}
	tx.Keep(n)
	tx.After(l.woken)
	return next, n.event, nil
}

// write puts the event's rows into the command's batch; its number comes later.
func (l *Ledger) write(tx *store.Tx, at Chain, key Key, e Event) (Chain, numberable, error) {
	id := tx.NewID()
	leaf, err := l.seal(tx, at, key, e, id)
	if err != nil {
		return at, numberable{}, err
	}
	b, err := json.Marshal(leaf)
	if err != nil {
		return at, numberable{}, fmt.Errorf("event %s: %w", e.Kind, err)
	}
	h := tlog.RecordHash(b)
	tx.Put(`insert into event(home, id, stream, version, kind, at, leaf) values($1, $2, $3, $4, $5, $6, $7)`,
		tx.Home(), id, leaf.Stream, leaf.N, leaf.Kind, leaf.At, b)
	return Chain{leaf.N, h[:]}, numberable{id, h}, nil
}

func (l *Ledger) seal(tx *store.Tx, at Chain, key Key, e Event, id int64) (Leaf, error) {
	leaf := Leaf{
		V: 1, Home: tx.Home(), Stream: e.Stream, N: at.Version + 1, Prev: hex.EncodeToString(at.Leaf),
		Kind: e.Kind, KV: max(e.Version, 1), At: int64(tx.Now()), Day: tx.Today().String(), By: e.By, Item: e.Item,
		Rules: e.Rules, State: hex.EncodeToString(e.State), Facts: e.Facts,
	}
	if e.Day != 0 {
		leaf.Day = e.Day.String()
	}
	salts := make([]byte, 16+saltBytes*len(e.Personal))
	if err := l.random(salts); err != nil {
		return Leaf{}, err
	}
	leaf.Blind, salts = hex.EncodeToString(salts[:16]), salts[16:]
	if len(e.Personal) == 0 {
		return leaf, nil
	}
	if key == nil {
		return Leaf{}, errors.New("event with personal values and no key")
	}
	leaf.Commits = make(map[string]string, len(e.Personal))
	rows := make([][]any, 0, len(e.Personal))
	for i, p := range e.Personal {
		if _, twice := leaf.Commits[p.Field]; twice {
			return Leaf{}, fmt.Errorf("event %s has the personal field %s twice", e.Kind, p.Field)
		}
		salt := salts[i*saltBytes : (i+1)*saltBytes]
		leaf.Commits[p.Field] = commitment(salt, p.Field, p.Value)
		plain := append(append([]byte(nil), salt...), p.Value...)
		rows = append(rows, []any{tx.Home(), id, p.Field, key.ID(), key.Seal("disclosure", id, p.Field, plain)})
	}
	tx.PutRows(`insert into disclosure(home, event, field, data_key, cipher)`, rows)
	return leaf, nil
}

// Note appends an event to a stream that has no root row of its own, and
// returns the event's id.
func (l *Ledger) Note(tx *store.Tx, key Key, e Event) (int64, error) {
	at, err := lockStream(tx, e.Stream)
	if err != nil {
		return 0, err
	}
	next, id, err := l.Append(tx, at, key, e)
	if err != nil {
		return 0, err
	}
	moveStream(tx, e.Stream, next)
	return id, tx.Flush()
}

// lockStream reads the head of a stream and keeps others from it until the
// transaction ends. One statement makes the row or takes it, so that two
// writers of one stream follow each other on both engines.
func lockStream(tx *store.Tx, stream string) (at Chain, err error) {
	_, err = tx.Get([]any{&at.Version, &at.Leaf}, `insert into stream_head(home, stream, version, leaf) values($1, $2, 1, $3)
		on conflict (home, stream) do update set version = stream_head.version + 1 returning version - 1, leaf`, tx.Home(), stream, []byte{})
	return at, err
}

func moveStream(tx *store.Tx, stream string, to Chain) {
	tx.Put(`update stream_head set leaf = $3 where home = $1 and stream = $2`, tx.Home(), stream, to.Leaf)
}

func (l *Ledger) random(b []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, err := io.ReadFull(l.rnd, b)
	return err
}

// Wake returns a channel that gets a token after events were committed by this
// process. It is a hint; followers also look by themselves.
func (l *Ledger) Wake() <-chan struct{} {
	c := make(chan struct{}, 1)
	l.mu.Lock()
	l.wake = append(l.wake, c)
	l.mu.Unlock()
	return c
}

func (l *Ledger) woken() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.wake {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}
