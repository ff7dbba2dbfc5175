package file

import (
	"context"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"tongban/internal/record/store"
	"tongban/internal/record/vault"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// Owner is what an attachment belongs to.
type Owner struct {
	Kind string // case, draft, …
	ID   int64
}

// Attachment is a file that was handed in.
type Attachment struct {
	ID          int64
	Owner       Owner
	Slot        string // what it was handed in for
	Name        string
	Type        string
	Size        int64
	Fingerprint []byte // keyed hash of the content: for the record of events
	Created     day.Instant

	ref string
	key *vault.Key
}

// validFor is how long a received content waits for its command: much less
// than the age at which unreferenced contents are swept.
const validFor = day.Hour

// Put adds the attachment to the command's batch. The content must have been
// received lately under this key; too many files in the slot are refused.
// Whoever calls it holds the owner's lock.
func (s *Shelf) Put(tx *store.Tx, key *vault.Key, owner Owner, slot string, got Received, limits Limits) (Attachment, error) {
	if got.Key != key.ID() {
		return Attachment{}, errors.New("content was received under another key")
	}
	if tx.Now() > got.At+validFor {
		return Attachment{}, wording.M("file.again")
	}
	var n int
	if _, err := tx.Get([]any{&n}, `select count(*) from attachment where home = $1 and owner_kind = $2 and owner = $3 and slot = $4`,
		tx.Home(), owner.Kind, owner.ID, slot); err != nil {
		return Attachment{}, err
	}
	if limit := limits.full().MaxCount; n >= limit {
		return Attachment{}, wording.M("file.too_many", "max", limit)
	}
	a := Attachment{
		ID: tx.NewID(), Owner: owner, Slot: slot, Name: got.Name, Type: got.Type, Size: got.Size,
		Fingerprint: got.Fingerprint, Created: tx.Now(), ref: got.Ref, key: key,
	}
	tx.Put(`insert into attachment(home, id, owner_kind, owner, slot, name, type, size, fingerprint, content, key, ref, created)
		values($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		tx.Home(), a.ID, owner.Kind, owner.ID, slot, key.Seal("attachment", a.ID, "name", []byte(a.Name)), a.Type, a.Size,
		a.Fingerprint, key.Seal("attachment", a.ID, "content", a.identity()), key.ID(), a.ref, a.Created)
	return a, nil
}

// identity is what is sealed into the row beside the name: changing the row's
// type, size or content then shows.
func (a Attachment) identity() []byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(a.Size))
	return append(append(b, a.Fingerprint...), a.Type...)
}

const columns = `select id, owner_kind, owner, slot, name, type, size, fingerprint, content, key, ref, created from attachment where home = $1 `

// Get returns one attachment; false when there is none. vault.Erased when its
// key was destroyed.
func (s *Shelf) Get(tx *store.Tx, id int64) (Attachment, bool, error) {
	r, found, err := store.Find(tx, scanSealed, columns+`and id = $2`, tx.Home(), id)
	if err != nil || !found {
		return Attachment{}, false, err
	}
	a, err := s.unseal(tx, r)
	return a, err == nil, err
}

// List returns the attachments of an owner in the order of slot and arrival.
func (s *Shelf) List(tx *store.Tx, owner Owner) ([]Attachment, error) {
	rows, err := store.All(tx, scanSealed, columns+`and owner_kind = $2 and owner = $3 order by slot, created, id`, tx.Home(), owner.Kind, owner.ID)
	if err != nil {
		return nil, err
	}
	list := make([]Attachment, 0, len(rows))
	for _, r := range rows {
		a, err := s.unseal(tx, r)
		if err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	return list, nil
}

// Move gives all attachments of an owner to another that uses the same data
// key: a draft that becomes a case.
func (s *Shelf) Move(tx *store.Tx, from, to Owner) {
	tx.Put(`update attachment set owner_kind = $4, owner = $5 where home = $1 and owner_kind = $2 and owner = $3`,
		tx.Home(), from.Kind, from.ID, to.Kind, to.ID)
}

// Remove takes an attachment away from its owner; its content is swept later.
func (s *Shelf) Remove(tx *store.Tx, owner Owner, id int64) {
	tx.PutOne(wording.M("file.gone"), `delete from attachment where home = $1 and owner_kind = $2 and owner = $3 and id = $4`,
		tx.Home(), owner.Kind, owner.ID, id)
}

// sealedRow is an attachment as it is stored.
type sealedRow struct {
	a             Attachment
	name, content []byte
	key           int64
}

func scanSealed(r store.Row) (x sealedRow, err error) {
	a := &x.a
	err = r.Scan(&a.ID, &a.Owner.Kind, &a.Owner.ID, &a.Slot, &x.name, &a.Type, &a.Size, &a.Fingerprint, &x.content, &x.key, &a.ref, &a.Created)
	return x, err
}

func (s *Shelf) unseal(tx *store.Tx, r sealedRow) (Attachment, error) {
	a := r.a
	key, err := s.vault.Key(tx, r.key)
	if err != nil {
		return a, fmt.Errorf("attachment %d: %w", a.ID, err)
	}
	name, err := key.Open("attachment", a.ID, "name", r.name)
	if err != nil {
		return a, err
	}
	identity, err := key.Open("attachment", a.ID, "content", r.content)
	if err != nil {
		return a, err
	}
	if subtle.ConstantTimeCompare(identity, a.identity()) != 1 {
		return a, vault.Tampered{Table: "attachment", Row: a.ID, Column: "content"}
	}
	a.Name, a.key = string(name), key
	return a, nil
}

// Content is the plain bytes of an attachment: a reader that can seek, for one
// goroutine. Close it.
type Content struct {
	*io.SectionReader
	blob blob
}

// Close lets go of the content.
func (c *Content) Close() error { return c.blob.close() }

// Open opens an attachment that Get or List returned. It belongs outside the
// transaction: a download must not hold one. ctx bounds the reading as well.
// What was changed on the shelf is vault.Tampered, at the latest when the
// changed part is read; what is not there is ErrMissing.
func (s *Shelf) Open(ctx context.Context, a Attachment) (*Content, error) {
	if a.key == nil {
		return nil, fmt.Errorf("attachment %d was not loaded from the store", a.ID)
	}
	b, err := s.rack.open(ctx, a.ref)
	if err != nil {
		return nil, fmt.Errorf("attachment %d: %w", a.ID, err)
	}
	c, err := openContent(b, a.key, head{size: a.Size, fingerprint: a.Fingerprint})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("attachment %d: %w", a.ID, err), b.close())
	}
	return &Content{io.NewSectionReader(c, 0, a.Size), b}, nil
}

// SetDownload sets the headers under which an attachment is sent: always to be
// saved, never to be shown or run by the browser in our name.
func (a Attachment) SetDownload(h http.Header) {
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(a.Name))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "private, no-store")
}
