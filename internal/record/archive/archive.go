// Package archive writes the whole record into one file while serving, and
// reads it back into an empty database of either engine.
//
// An archive is one consistent snapshot: rows of every table that is not
// derived, the attachments that they refer to, and a signed checkpoint that
// covers every act in it. Values that the vault sealed stay sealed. It never
// holds the master key, the log's keys or anything else from the key folder:
// without those the archive cannot be read, with somebody else's it is refused.
//
// A restore is not the old record going on: it opens the next generation of the
// log, so that receipts given out after the backup are told from forgeries.
package archive

import (
	"context"
	"io"
	"log/slog"
	"sync"

	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/record/vault"
	"tongban/internal/rules/day"
)

// Format names the layout of the file.
const Format = "tongban-archive/1"

// Shelf gives and takes attachments as they lie, sealed, whatever kind of shelf
// it is; the file room's shelves do.
type Shelf interface {
	CopyOut(ctx context.Context, ref string, w io.Writer) error
	CopyIn(ctx context.Context, ref string, r io.Reader) error
}

// Erasures lists and plays back the keys that were destroyed; the vault does.
type Erasures interface {
	Destroyed(tx *store.Tx, after int64, limit int) ([]vault.Gone, error)
	EraseGone(tx *store.Tx, g vault.Gone) (vault.Owned, bool, error)
}

// Options say what is archived. Shelf, Erasures and Again may be nil where there
// are none.
type Options struct {
	Store    *store.Store
	Ledger   *ledger.Ledger
	Shelf    Shelf
	Erasures Erasures
	// Again clears what else an erasure had cleared, beside the key, for the keys
	// that a restore destroyed once more; before anything is served.
	Again func(ctx context.Context, keys []vault.Owned) error
	Log   *slog.Logger
}

// Archive backs up and restores one home.
type Archive struct {
	o       Options
	writing sync.Mutex // one backup at a time

	mu sync.Mutex // guards st
	st Status
}

// New makes an archive of an open store.
func New(o Options) *Archive {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Archive{o: o}
}

// Header is the first line of an archive.
type Header struct {
	Format     string           `json:"format"`
	Schema     int64            `json:"schema"` // newest migration
	Engine     string           `json:"engine"` // that it was taken from; it may go to the other
	Home       int64            `json:"home"`
	Log        string           `json:"log"`        // origin/generation
	Acts       int64            `json:"acts"`       // numbered in that generation
	Checkpoint string           `json:"checkpoint"` // signed, covers all of them
	Taken      day.Instant      `json:"taken"`
	Rows       map[string]int64 `json:"rows"` // of each table
}

// Summary is what an archive holds.
type Summary struct {
	Header
	Files   int64    `json:"files"`
	Missing []string `json:"missing,omitempty"` // attachments that were not on the shelf
	SHA256  string   `json:"sha256"`            // of everything before the last line
	Derived []string `json:"-"`                 // after a restore: tables that their owners make again
}

// Status is for metrics and the page of the administration. A backup is the one
// long reader that the product allows itself; while it runs on SQLite the
// write-ahead log grows.
type Status struct {
	Running day.Instant // since when a snapshot is held; 0 for none
	Last    day.Instant // when the last good backup was taken
	LastErr string      // why the newest attempt was not good; "" when it was
	Rows    int64       // of the last good one
	Files   int64
	Bytes   int64
}

// Status tells what the archive is doing and when it last did.
func (a *Archive) Status() Status {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.st
}

func (a *Archive) note(f func(*Status)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	f(&a.st)
}
