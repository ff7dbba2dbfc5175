// Package file keeps what people hand in: checked by content, sealed under the
// data key of its case, on a shelf that is a folder or the database.
//
// Receiving comes before the command that refers to it, because nothing slow
// may happen in the writer:
//
//  1. Receive streams the upload through the checks into sealed frames, in
//     bounded memory, and answers once the content is safely on the shelf.
//     In a folder: written to a temporary file, flushed (fsync), renamed to its
//     address, and the folder flushed. In the database: committed.
//  2. Put writes the row, in the command's transaction.
//
// A content whose command never came is unreferenced and is swept after a day.
// So whatever a committed row refers to is on disk, always.
package file

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"

	"tongban/internal/record/store"
	"tongban/internal/record/vault"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// ErrMissing says that a row's content is not on the shelf: the shelf is
// another one than at the time, or it was damaged.
var ErrMissing error = notThere{}

type notThere struct{}

// Error is for the log; Unwrap gives the sentence for people.
func (notThere) Error() string { return "content is not on the shelf" }

// Unwrap gives the sentence for people.
func (notThere) Unwrap() error { return wording.M("file.lost") }

// Shelf receives, keeps and opens attachments.
type Shelf struct {
	store *store.Store
	vault *vault.Vault
	rack  rack
}

// rack is where sealed frames lie.
type rack interface {
	// begin starts a new content.
	begin(ctx context.Context) (draft, error)
	// open finds a finished content; ErrMissing when there is none.
	open(ctx context.Context, ref string) (blob, error)
	// old calls f with the addresses of contents last touched before a moment,
	// and clears away what was left half written before it.
	old(ctx context.Context, before day.Instant, f func(refs []string) error) error
	// remove takes contents off the shelf if they are still that old.
	remove(ctx context.Context, before day.Instant, refs []string) error
}

// blob is a content's frames: 0 the head, 1… the content.
type blob interface {
	frames() int
	frame(n int) ([]byte, error)
	close() error
}

// draft is a content being written, frame 1 first. Exactly one of finish and
// drop ends it.
type draft interface {
	blob
	add(sealed []byte) error
	// finish writes the head and puts the content at its address, for good.
	finish(head []byte, ref string) error
	drop()
}

// InFolder keeps contents in a local folder: one machine.
func InFolder(s *store.Store, v *vault.Vault, dir string) (*Shelf, error) {
	r, err := openFolder(dir, s.Now)
	if err != nil {
		return nil, err
	}
	return &Shelf{store: s, vault: v, rack: r}, nil
}

// InDatabase keeps contents in the database: every machine sees them.
func InDatabase(s *store.Store, v *vault.Vault) *Shelf {
	return &Shelf{store: s, vault: v, rack: &database{s}}
}

// address is where a content lies: a keyed hash of the data key's id and the
// content's fingerprint, so that equal papers in two cases show no likeness.
func (s *Shelf) address(key int64, fingerprint []byte) string {
	b := binary.BigEndian.AppendUint64([]byte("address"), uint64(key))
	return hex.EncodeToString(s.vault.Fingerprint(append(b, fingerprint...)))
}

func isAddress(ref string) bool {
	b, err := hex.DecodeString(ref)
	return err == nil && len(b) == 32
}

func missing(ref string) error { return fmt.Errorf("%w: %s", ErrMissing, ref) }
