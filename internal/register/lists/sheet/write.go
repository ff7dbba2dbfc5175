package sheet

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/xml"
	"errors"
	"hash"
	"hash/crc32"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode/utf16"
)

// Writer fills the sheets of a workbook with rows of text. What the workbook looks
// like (styles, widths, other sheets) is there before; the rows are packed as they
// come and kept in temporary files where they are many, so that a list of a million
// rows costs no more memory than a short one. Nothing is sent before all is there.
type Writer struct {
	book   *Book
	form   *zip.Reader
	sheets map[string]*filling // by their files
}

// mostInMemory is up to how many bytes of a packed sheet are kept in memory.
const mostInMemory = 256 << 10

// mostUnits is how long a cell can be, in UTF-16.
const mostUnits = 32767

// Fill opens a workbook whose sheets are to be filled. Close gives back what it holds.
func Fill(form []byte) (*Writer, error) {
	src := bytes.NewReader(form)
	b, err := Open(src, src.Size())
	if err != nil {
		return nil, err
	}
	z, err := zip.NewReader(src, src.Size())
	return &Writer{book: b, form: z, sheets: map[string]*filling{}}, err
}

// Row puts the next row of a sheet; an empty text leaves its cell empty. style is one
// that the workbook has.
func (w *Writer) Row(sheet string, style int, cells []string) error {
	f, err := w.open(w.book.parts[sheet])
	if err != nil {
		return err
	}
	return f.row(style, cells)
}

// open begins a sheet at its first row.
func (w *Writer) open(part string) (*filling, error) {
	if f := w.sheets[part]; f != nil {
		return f, nil
	}
	if w.book.files[part] == nil {
		return nil, ErrNotWorkbook
	}
	r, err := w.book.files[part].Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	src, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	head, tail, empty := bytes.Cut(src, []byte("<sheetData></sheetData>"))
	if !empty {
		return nil, ErrNotWorkbook
	}
	f := &filling{crc: crc32.NewIEEE(), tail: "</sheetData>" + string(tail)}
	f.add(string(head), "<sheetData>")
	if f.pack, err = flate.NewWriter(&f.kept, flate.DefaultCompression); err != nil {
		return nil, err
	}
	w.sheets[part] = f
	return f, nil
}

// Send writes the workbook.
func (w *Writer) Send(out io.Writer) error {
	z := zip.NewWriter(out)
	for _, part := range w.form.File {
		var err error
		if f := w.sheets[part.Name]; f != nil {
			err = f.send(z, part.Name)
		} else {
			err = z.Copy(part)
		}
		if err != nil {
			return err
		}
	}
	return z.Close()
}

// Close gives the temporary files back.
func (w *Writer) Close() error {
	var all []error
	for _, f := range w.sheets {
		all = append(all, f.kept.close())
	}
	return errors.Join(all...)
}

// filling is a sheet that is being filled.
type filling struct {
	n    int
	wait bytes.Buffer // written and not yet packed
	tail string       // what comes after the rows
	crc  hash.Hash32
	size uint64
	pack *flate.Writer
	kept spool
}

func (f *filling) row(style int, cells []string) error {
	f.n++
	n := strconv.Itoa(f.n)
	f.add(`<row r="`, n, `">`)
	for i, s := range cells {
		if s == "" {
			continue
		}
		f.add(`<c r="`, Letters(i+1), n, `" s="`, strconv.Itoa(style), `" t="inlineStr"><is><t`)
		if strings.TrimSpace(s) != s {
			f.add(` xml:space="preserve"`)
		}
		f.add(`>`)
		_ = xml.EscapeText(&f.wait, []byte(escape(s))) // a Buffer takes all
		f.add(`</t></is></c>`)
	}
	f.add(`</row>`)
	if f.wait.Len() < 32<<10 {
		return nil
	}
	return f.flush()
}

func (f *filling) add(parts ...string) {
	for _, s := range parts {
		f.wait.WriteString(s)
	}
}

func (f *filling) flush() error {
	_, _ = f.crc.Write(f.wait.Bytes()) // never fails
	n, err := f.wait.WriteTo(f.pack)
	f.size += uint64(n)
	return err
}

func (f *filling) send(z *zip.Writer, name string) error {
	f.add(f.tail)
	if err := f.flush(); err != nil {
		return err
	}
	if err := f.pack.Close(); err != nil {
		return err
	}
	out, err := z.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Deflate, CRC32: f.crc.Sum32(), UncompressedSize64: f.size, CompressedSize64: uint64(f.kept.size)})
	if err != nil {
		return err
	}
	return f.kept.send(out)
}

// escape writes a text as it may stand in a cell: unescape undoes it.
func escape(s string) string {
	if len(s) > mostUnits {
		if u := utf16.Encode([]rune(s)); len(u) > mostUnits {
			s = string(utf16.Decode(u[:mostUnits]))
		}
	}
	var b strings.Builder
	for at := strings.Index(s, "_x"); at >= 0; at = strings.Index(s, "_x") {
		b.WriteString(s[:at])
		if s = s[at:]; len(s) >= 7 && s[6] == '_' && hexadecimal(s[2:6]) {
			b.WriteString("_x005F")
		}
		b.WriteByte('_')
		s = s[1:]
	}
	b.WriteString(s)
	return b.String()
}

func hexadecimal(s string) bool {
	_, err := strconv.ParseUint(s, 16, 16)
	return err == nil
}

// spool keeps bytes: few in memory, many in a temporary file.
type spool struct {
	few  []byte
	file *os.File
	size int64
}

// Write keeps further bytes.
func (s *spool) Write(p []byte) (n int, err error) {
	if s.few = append(s.few, p...); len(s.few) > mostInMemory {
		err = s.spill()
	}
	s.size += int64(len(p))
	return len(p), err
}

func (s *spool) spill() (err error) {
	if s.file == nil {
		if s.file, err = os.CreateTemp("", "tongban-sheet-"); err != nil {
			return err
		}
	}
	_, err = s.file.Write(s.few)
	s.few = s.few[:0]
	return err
}

func (s *spool) send(out io.Writer) error {
	if s.file != nil {
		if _, err := s.file.Seek(0, io.SeekStart); err != nil {
			return err
		}
		if _, err := io.Copy(out, s.file); err != nil {
			return err
		}
	}
	_, err := out.Write(s.few)
	return err
}

func (s *spool) close() error {
	if s.file == nil {
		return nil
	}
	return errors.Join(s.file.Close(), os.Remove(s.file.Name()))
}
