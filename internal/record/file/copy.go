package file

import (
	"context"
	"errors"
	"fmt"
	"io"

	"tongban/internal/record/store"
)

// Refs calls f with the address of every content that an attachment refers
// to, once each, in order: what a backup has to hold.
func (s *Shelf) Refs(ctx context.Context, f func(ref string) error) error {
	for after := ""; ; {
		var refs []string
		err := s.store.Read(ctx, func(tx *store.Tx) (err error) {
			refs, err = store.All(tx, func(r store.Row) (ref string, err error) { return ref, r.Scan(&ref) },
				`select distinct ref from attachment where home = $1 and ref > $2 order by ref limit $3`, tx.Home(), after, sweepBatch)
			return err
		})
		if err != nil || len(refs) == 0 {
			return err
		}
		for _, ref := range refs {
			if err := f(ref); err != nil {
				return err
			}
		}
		after = refs[len(refs)-1]
	}
}

// CopyOut writes a content as it lies on the shelf, sealed: no key is needed,
// and every kind of shelf writes the same bytes.
func (s *Shelf) CopyOut(ctx context.Context, ref string, w io.Writer) error {
	b, err := s.rack.open(ctx, ref)
	if err != nil {
		return err
	}
	for n := range b.frames() {
		sealed, err := b.frame(n)
		if err == nil {
			_, err = w.Write(sealed)
		}
		if err != nil {
			return errors.Join(err, b.close())
		}
	}
	return b.close()
}

// CopyIn puts what CopyOut wrote on this shelf under the same address. What is
// no sealed content is refused; whether it is the right one shows when it is opened.
func (s *Shelf) CopyIn(ctx context.Context, ref string, r io.Reader) error {
	if !isAddress(ref) {
		return fmt.Errorf("%q is no address of a content", ref)
	}
	d, err := s.rack.begin(ctx)
	if err != nil {
		return err
	}
	err = copyFrames(d, ref, r)
	if err != nil {
		d.drop()
	}
	return err
}

func copyFrames(d draft, ref string, r io.Reader) error {
	sealedHead := make([]byte, headSize)
	if _, err := io.ReadFull(r, sealedHead); err != nil {
		return fmt.Errorf("content %s has no head: %w", ref, err)
	}
	for {
		sealed := make([]byte, sealedSize)
		k, err := io.ReadFull(r, sealed)
		if k > 0 && (err == nil || errors.Is(err, io.ErrUnexpectedEOF)) {
			if addErr := d.add(sealed[:k]); addErr != nil {
				return addErr
			}
		}
		switch {
		case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
			return d.finish(sealedHead, ref)
		case err != nil:
			return err
		}
	}
}
