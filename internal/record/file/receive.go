package file

import (
	"context"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"

	"tongban/internal/record/vault"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// Limits is what may be handed in for one thing.
type Limits struct {
	Formats  []string // types by content; jpeg is jpg; none means PDF, JPG and PNG
	MaxBytes int64    // of one file; 0 means 10 MB
	MaxCount int      // files in one slot; 0 means 20
}

// defaults of Limits
const (
	defaultBytes = 10 * megabyte
	defaultCount = 20
	megabyte     = 1 << 20
)

func (l Limits) full() Limits {
	if len(l.Formats) == 0 {
		l.Formats = []string{PDF, JPG, PNG}
	}
	known := make([]string, 0, len(l.Formats))
	for _, f := range l.Formats {
		if f = normalType(f); slices.Contains(Types(), f) && !slices.Contains(known, f) {
			known = append(known, f)
		}
	}
	l.Formats = known
	if l.MaxBytes == 0 {
		l.MaxBytes = defaultBytes
	}
	if l.MaxCount == 0 {
		l.MaxCount = defaultCount
	}
	return l
}

// Received is a content that is safely on the shelf and waits for the command
// that refers to it.
type Received struct {
	Name        string // cleaned, its extension that of Type
	Type        string // by content
	Size        int64  // bytes
	Fingerprint []byte // keyed hash of the content
	Key         int64  // data key it is sealed under
	Ref         string // its address on the shelf
	At          day.Instant
}

// Receive reads an upload to its end, or to the limit, and puts it on the
// shelf sealed under the owner's key. name is what the sender calls it. What is
// wrong with the file is a wording.Message; nothing of it is kept then.
// Memory is bounded whatever is sent.
func (s *Shelf) Receive(ctx context.Context, key *vault.Key, name string, r io.Reader, limits Limits) (Received, error) {
	limits = limits.full()
	stem, ext := cleanName(name)
	d, err := s.rack.begin(ctx)
	if err != nil {
		return Received{}, err
	}
	got, err := s.receive(d, key, r, ext, limits)
	if err != nil {
		d.drop()
		return Received{}, err
	}
	got.Name = fullName(stem, ext, got.Type)
	return got, nil
}

func (s *Shelf) receive(d draft, key *vault.Key, r io.Reader, ext string, limits Limits) (Received, error) {
	in := intake{draft: d, key: key, hash: s.vault.NewFingerprint()}
	s.vault.Random(in.stream[:])
	if err := in.copy(r, ext, limits); err != nil {
		return Received{}, err
	}
	read := &content{blob: d, key: key, stream: in.stream, size: in.size}
	typ, err := checkContent(in.typ, ext, read, limits)
	if err != nil {
		return Received{}, err
	}
	sum := in.hash.Sum(nil)
	got := Received{Type: typ, Size: in.size, Fingerprint: sum, Key: key.ID(), Ref: s.address(key.ID(), sum), At: s.store.Now()}
	sealed := head{stream: in.stream, size: in.size, fingerprint: sum}.seal(key)
	return got, d.finish(sealed, got.Ref)
}

// intake is an upload on its way into frames.
type intake struct {
	draft  draft
	key    *vault.Key
	hash   hash.Hash
	stream [streamSize]byte
	size   int64
	typ    string // by the first bytes
}

// copy seals the upload frame by frame and stops at the first that is too much
// or at a beginning that cannot be right.
func (in *intake) copy(r io.Reader, ext string, limits Limits) error {
	buf := make([]byte, frameSize)
	for n := 1; ; n++ {
		k, err := io.ReadFull(r, buf)
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return fmt.Errorf("%w: %w", wording.M("file.interrupted"), err)
		}
		if in.size += int64(k); in.size > limits.MaxBytes {
			return wording.M("file.too_large", "max", sizeText(limits.MaxBytes))
		}
		if in.size == 0 {
			return wording.M("file.empty")
		}
		if n == 1 {
			if in.typ = sniff(buf[:k]); in.typ != "zip" && !slices.Contains(limits.Formats, in.typ) {
				return notAllowed(in.typ, ext, limits)
			}
		}
		if k > 0 {
			_, _ = in.hash.Write(buf[:k])
			if err := in.draft.add(sealFrame(in.key, in.stream, n, buf[:k])); err != nil {
				return err
			}
		}
		if err != nil {
			return nil
		}
	}
}

// checkContent judges a whole upload: what it is, against what is allowed and
// what its name claims.
func checkContent(typ, ext string, c *content, limits Limits) (string, error) {
	if typ == "zip" {
		var err error
		if typ, err = zipType(c, c.size); err != nil {
			return "", err
		}
	}
	if !slices.Contains(limits.Formats, typ) {
		return "", notAllowed(typ, ext, limits)
	}
	if claimed := normalType(ext); claimed != "" && claimed != typ {
		return "", wording.M("file.mismatch", "claimed", "."+ext, "is", typeName(typ))
	}
	if typ != JPG && typ != PNG {
		return typ, nil
	}
	n, err := pixels(typ, io.NewSectionReader(c, 0, c.size))
	if err != nil {
		return "", wording.M("file.broken_image")
	}
	if n > maxPixels {
		return "", wording.M("file.too_many_pixels", "have", n/10_000, "max", maxPixels/10_000)
	}
	return typ, nil
}

// notAllowed says what the file is and what to send instead.
func notAllowed(typ, ext string, limits Limits) error {
	allowed := typeNames(limits.Formats)
	switch typ {
	case "heic":
		return wording.M("file.heic", "allowed", allowed)
	case "macro":
		return wording.M("file.macro", "allowed", allowed)
	case "":
		return wording.M("file.unknown", "allowed", allowed)
	}
	if claimed := normalType(ext); slices.Contains(limits.Formats, claimed) {
		return wording.M("file.disguised", "claimed", "."+ext, "is", typeName(typ), "allowed", allowed)
	}
	return wording.M("file.not_allowed", "is", typeName(typ), "allowed", allowed)
}

// sizeText writes a size as people say it.
func sizeText(n int64) string {
	if n >= megabyte {
		return fmt.Sprintf("%d MB", n/megabyte)
	}
	return fmt.Sprintf("%d KB", max(1, n>>10))
}
