package archive

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"maps"

	"tongban/internal/rules/wording"
)

// maxLine bounds one row: more than any attachment that lies in a row.
const maxLine = 256 << 20

// gzipHead is how the writer's gzip stream begins: no name, no time, fast.
const gzipHead = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x04\xff"

// visitor is told what an archive holds, in order.
type visitor struct {
	header func(Header) error
	table  func(table) error
	row    func(t table, line []byte) error // line is only good until it returns
	file   func(ref string, r io.Reader) error
}

// Check reads an archive to its end and tells what it holds. It finds every
// change and every cut; it does not look at the signature of the checkpoint.
func Check(r io.Reader) (Summary, error) { return read(r, visitor{}) }

// read goes through an archive. Errors in the archive itself are messages.
func read(r io.Reader, v visitor) (Summary, error) {
	in := bufio.NewReader(r)
	head, err := in.Peek(len(gzipHead))
	if err != nil || string(head) != gzipHead { // gzip itself does not look at all of it
		return Summary{}, wording.M("archive.not_one")
	}
	zip, err := gzip.NewReader(in)
	if err != nil {
		return Summary{}, wording.M("archive.not_one")
	}
	rd := &reader{b: bufio.NewReaderSize(zip, 1<<18), sum: sha256.New(), rows: map[string]int64{}, v: v}
	err = rd.all()
	if err == nil {
		err = rd.nothingMore()
	}
	return rd.s, damage(err)
}

// damage gives what the gzip reader and the parser found its sentence.
func damage(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return wording.M("archive.cut")
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader), errors.As(err, new(flate.CorruptInputError)), errors.As(err, new(broken)):
		return wording.M("archive.damaged")
	}
	return err
}

// broken is a fault of the archive's text.
type broken struct{ error }

func brokenf(format string, args ...any) error { return broken{fmt.Errorf(format, args...)} }

type reader struct {
	b     *bufio.Reader
	sum   hash.Hash
	rows  map[string]int64
	v     visitor
	s     Summary
	files int64
	line  []byte
}

// next reads a line with its end.
func (r *reader) next() ([]byte, error) {
	r.line = r.line[:0]
	for {
		part, err := r.b.ReadSlice('\n')
		r.line = append(r.line, part...)
		switch {
		case err == nil:
			return r.line, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		case len(r.line) > maxLine:
			return nil, brokenf("a line is longer than %d bytes", maxLine)
		}
	}
}

func (r *reader) all() error {
	line, err := r.next()
	if err != nil {
		return err
	}
	if err := json.Unmarshal(line, &r.s.Header); err != nil || r.s.Format != Format {
		return wording.M("archive.not_one")
	}
	r.sum.Write(line)
	if r.v.header != nil {
		if err := r.v.header(r.s.Header); err != nil {
			return err
		}
	}
	var t table
	for {
		line, err := r.next()
		if err != nil {
			return err
		}
		if bytes.HasPrefix(line, []byte(`{"end":`)) {
			return r.end(line)
		}
		r.sum.Write(line)
		switch {
		case line[0] == '[':
			err = r.row(t, line)
		case bytes.HasPrefix(line, []byte(`{"table":`)):
			t, err = r.table(line)
		case bytes.HasPrefix(line, []byte(`{"file":`)):
			err = r.file(line)
		default:
			err = brokenf("a line of no known kind")
		}
		if err != nil {
			return err
		}
	}
}

func (r *reader) table(line []byte) (t table, err error) {
	if err := json.Unmarshal(line, &t); err != nil || t.Name == "" || len(t.Columns) == 0 {
		return t, brokenf("a table that cannot be read: %v", err)
	}
	if _, twice := r.rows[t.Name]; twice {
		return t, brokenf("table %s comes twice", t.Name)
	}
	r.rows[t.Name] = 0
	if r.v.table != nil {
		err = r.v.table(t)
	}
	return t, err
}

func (r *reader) row(t table, line []byte) error {
	if t.Name == "" {
		return brokenf("a row before the first table")
	}
	r.rows[t.Name]++
	if r.v.row != nil {
		return r.v.row(t, line)
	}
	return nil
}

func (r *reader) file(line []byte) error {
	var f fileLine
	if err := json.Unmarshal(line, &f); err != nil || f.File == "" {
		return brokenf("an attachment without an address")
	}
	r.files++
	c := &chunkReader{r: r}
	if r.v.file != nil {
		if err := r.v.file(f.File, c); err != nil {
			return err
		}
	}
	_, err := io.Copy(io.Discard, c)
	return err
}

// chunkReader reads one attachment.
type chunkReader struct {
	r    *reader
	left int
	done bool
}

// Read implements io.Reader.
func (c *chunkReader) Read(p []byte) (int, error) {
	if c.done {
		return 0, io.EOF
	}
	if c.left == 0 {
		var n [4]byte
		if _, err := io.ReadFull(c.r.b, n[:]); err != nil {
			return 0, cut(err)
		}
		c.r.sum.Write(n[:])
		c.left = int(binary.BigEndian.Uint32(n[:]))
		if c.left == 0 {
			c.done = true
			return 0, io.EOF
		}
		if c.left > chunkSize {
			return 0, brokenf("a piece of an attachment is too long")
		}
	}
	k, err := io.ReadFull(c.r.b, p[:min(len(p), c.left)])
	c.r.sum.Write(p[:k])
	c.left -= k
	return k, cut(err)
}

// cut makes an end in the middle of something what it is.
func cut(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// end compares the last line with what was read.
func (r *reader) end(line []byte) error {
	var e end
	if err := json.Unmarshal(line, &e); err != nil {
		return brokenf("the last line: %w", err)
	}
	r.s.Files, r.s.Missing, r.s.SHA256 = e.Files, e.Missing, e.SHA256
	exact, err := json.Marshal(e)
	if err != nil {
		return err
	}
	switch {
	case !bytes.Equal(append(exact, '\n'), line):
		return brokenf("the last line is not as it was written")
	case e.SHA256 != hex.EncodeToString(r.sum.Sum(nil)):
		return brokenf("the digest is another")
	case !maps.Equal(e.Rows, r.rows) || !maps.Equal(r.s.Rows, r.rows) || e.Files != r.files:
		return brokenf("the counts are others")
	}
	return nil
}

// nothingMore makes the gzip reader look at its own checksum.
func (r *reader) nothingMore() error {
	switch _, err := r.b.ReadByte(); {
	case err == nil:
		return brokenf("something follows the last line")
	case errors.Is(err, io.EOF):
		return nil
	default:
		return err
	}
}
