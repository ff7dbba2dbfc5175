package archive

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"

	"tongban/internal/record/file"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

// The parts of an archive, each begun by a line of JSON:
//
//	header                                  Header
//	{"table":…,"columns":[…]}               and a line for each row: […]
//	{"file":ref}                            and chunks: length 4 bytes, content; 0 ends
//	{"end":…}                               counts, and SHA-256 of all that came before
//
// All of it is one gzip stream.

// end is the last line.
type end struct {
	End     bool             `json:"end"`
	Rows    map[string]int64 `json:"rows"`
	Files   int64            `json:"files"`
	Missing []string         `json:"missing,omitempty"`
	SHA256  string           `json:"sha256"`
}

type fileLine struct {
	File string `json:"file"`
}

// chunkSize is how much of an attachment is written in one piece.
const chunkSize = 64 << 10

// writer writes the parts and keeps their digest.
type writer struct {
	zip  *gzip.Writer
	b    *bufio.Writer
	sum  hash.Hash
	rows map[string]int64
}

func newWriter(w io.Writer) (*writer, error) {
	// Sealed values do not shrink: speed is worth more than the last percent.
	z, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	sum := sha256.New()
	return &writer{zip: z, b: bufio.NewWriterSize(io.MultiWriter(z, sum), 1<<18), sum: sum, rows: map[string]int64{}}, nil
}

func (w *writer) json(v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = w.b.Write(append(b, '\n'))
	return err
}

// Write writes an archive to w from one snapshot and tells what is in it. It may
// run while the product serves; one at a time.
func (a *Archive) Write(ctx context.Context, w io.Writer) (Summary, error) {
	a.writing.Lock()
	defer a.writing.Unlock()
	out, err := newWriter(w)
	if err != nil {
		return Summary{}, err
	}
	var s Summary
	var refs [][32]byte
	since := a.o.Store.Now()
	a.o.Log.Info("backup holds a snapshot", "engine", a.o.Store.Engine())
	a.note(func(st *Status) { st.Running = since })
	err = a.o.Store.Read(ctx, func(tx *store.Tx) (err error) {
		refs, err = a.snapshot(ctx, tx, out, &s)
		return err
	})
	a.note(func(st *Status) { st.Running = 0 })
	a.o.Log.Info("backup let go of its snapshot", "seconds", int64((a.o.Store.Now()-since)/day.Second), "err", err)
	if err == nil {
		err = a.files(ctx, out, refs, &s)
	}
	if err == nil {
		err = out.close(&s)
	}
	return s, err
}

// snapshot writes header and tables and returns the attachments referred to.
func (a *Archive) snapshot(ctx context.Context, tx *store.Tx, out *writer, s *Summary) ([][32]byte, error) {
	tables, err := catalogue(tx)
	if err != nil {
		return nil, err
	}
	if s.Header, err = a.header(tx, tables); err != nil {
		return nil, err
	}
	if err := out.json(s.Header); err != nil {
		return nil, err
	}
	for _, t := range tables {
		if err := out.table(ctx, tx, t); err != nil {
			return nil, fmt.Errorf("table %s: %w", t.Name, err)
		}
	}
	if a.o.Shelf == nil {
		return nil, nil
	}
	return references32(tx)
}

func (a *Archive) header(tx *store.Tx, tables []table) (Header, error) {
	h := Header{Format: Format, Engine: string(tx.Engine()), Home: tx.Home(), Taken: tx.Now(), Rows: map[string]int64{}}
	var err error
	if h.Schema, err = schemaVersion(tx); err != nil {
		return h, err
	}
	c, err := a.o.Ledger.SignView(tx)
	if err != nil {
		return h, err
	}
	h.Acts, h.Checkpoint = c.Size, c.Note
	if h.Log, err = a.o.Ledger.Name(tx); err != nil {
		return h, err
	}
	for _, t := range tables {
		var n int64
		if _, err := tx.Get([]any{&n}, `select count(*) from `+quote(t.Name)); err != nil {
			return h, err
		}
		h.Rows[t.Name] = n
	}
	return h, nil
}

func (w *writer) table(ctx context.Context, tx *store.Tx, t table) error {
	if err := w.json(t); err != nil {
		return err
	}
	c := newCells(t.Columns)
	var line []byte
	n := int64(0)
	err := tx.Each(func(r store.Row) (err error) {
		if line, err = c.line(line[:0], r); err != nil {
			return err
		}
		if n++; n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		_, err = w.b.Write(line)
		return err
	}, t.selectSQL())
	w.rows[t.Name] = n
	return err
}

// references32 reads the addresses of the attachments, packed: there may be millions.
func references32(tx *store.Tx) ([][32]byte, error) {
	return store.All(tx, func(r store.Row) (ref [32]byte, err error) {
		var s string
		if err := r.Scan(&s); err != nil {
			return ref, err
		}
		if n, err := hex.Decode(ref[:], []byte(s)); err != nil || n != len(ref) {
			return ref, fmt.Errorf("%q is no address of an attachment", s)
		}
		return ref, nil
	}, `select distinct ref from attachment where home = $1 and length(ref) = 64 order by ref`, tx.Home())
}

// files copies the attachments after the snapshot was let go: they never change,
// and one that was removed meanwhile is told as missing.
func (a *Archive) files(ctx context.Context, out *writer, refs [][32]byte, s *Summary) error {
	for _, r := range refs {
		if err := ctx.Err(); err != nil {
			return err
		}
		ref := hex.EncodeToString(r[:])
		c := &chunks{w: out, ref: ref}
		err := a.o.Shelf.CopyOut(ctx, ref, c)
		if errors.Is(err, file.ErrMissing) && !c.begun {
			s.Missing = append(s.Missing, ref)
			a.o.Log.Error("attachment is not on the shelf", "ref", ref)
			continue
		}
		if err == nil {
			err = c.end()
		}
		if err != nil {
			return fmt.Errorf("attachment %s: %w", ref, err)
		}
		s.Files++
	}
	return nil
}

// chunks writes one attachment in pieces with their lengths.
type chunks struct {
	w     *writer
	ref   string
	begun bool
}

func (c *chunks) begin() error {
	if c.begun {
		return nil
	}
	c.begun = true
	return c.w.json(fileLine{c.ref})
}

// Write implements io.Writer.
func (c *chunks) Write(p []byte) (int, error) {
	if err := c.begin(); err != nil {
		return 0, err
	}
	done := 0
	for done < len(p) {
		part := p[done:min(done+chunkSize, len(p))]
		var n [4]byte
		binary.BigEndian.PutUint32(n[:], uint32(len(part)))
		if _, err := c.w.b.Write(n[:]); err != nil {
			return done, err
		}
		if _, err := c.w.b.Write(part); err != nil {
			return done, err
		}
		done += len(part)
	}
	return done, nil
}

func (c *chunks) end() error {
	if err := c.begin(); err != nil {
		return err
	}
	_, err := c.w.b.Write([]byte{0, 0, 0, 0})
	return err
}

// close writes the last line and finishes the stream.
func (w *writer) close(s *Summary) error {
	if err := w.b.Flush(); err != nil {
		return err
	}
	s.SHA256 = hex.EncodeToString(w.sum.Sum(nil))
	if err := w.json(end{true, w.rows, s.Files, s.Missing, s.SHA256}); err != nil {
		return err
	}
	return errors.Join(w.b.Flush(), w.zip.Close())
}
