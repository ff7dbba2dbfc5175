// Package sheet reads workbooks (xlsx) row by row. It holds the strings that the
// workbook shares between its cells and one row, never a sheet: a list of a
// million rows that somebody uploads by mistake costs what the rows read before
// it was refused cost. It tells what a cell is beyond its text (a formula, an
// error, a number), because who reads lists that people typed must ask.
package sheet

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strconv"
	"strings"
)

// ErrNotWorkbook says that the file cannot be read as a workbook: another
// format, locked with a password, or broken.
var ErrNotWorkbook = errors.New("not a workbook")

// ErrLarge says that the workbook unpacks to more than is read of one.
var ErrLarge = errors.New("workbook too large")

const (
	mostPart    = 256 << 20 // bytes of XML of one part
	mostStrings = 64 << 20  // bytes of all shared strings
	mostColumns = 200       // cells of a row that are read
	mostText    = 64 << 10  // bytes of one cell
	mostMerges  = 200_000
)

// Kind is what a cell holds.
type Kind uint8

// The kinds.
const (
	Empty Kind = iota
	String
	Number
	Bool
	Fault // what a formula left that could not be computed
)

// Cell is a cell of a row.
type Cell struct {
	Kind    Kind
	Formula bool
	Text    string // a number as it is stored; a Bool is 1 or 0
}

// Range is a rectangle of joined cells, from 1.
type Range struct{ Row, Col, ToRow, ToCol int }

// String writes the range as A1:B2.
func (r Range) String() string {
	return Letters(r.Col) + strconv.Itoa(r.Row) + ":" + Letters(r.ToCol) + strconv.Itoa(r.ToRow)
}

// Book is an open workbook.
type Book struct {
	Date1904 bool // days are counted from 1904

	files  map[string]*zip.File
	names  []string
	parts  map[string]string // sheet → file
	shared []string
}

// Open reads what a workbook is made of and its shared strings.
func Open(r io.ReaderAt, size int64) (*Book, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, ErrNotWorkbook
	}
	b := &Book{files: map[string]*zip.File{}, parts: map[string]string{}}
	for _, f := range z.File {
		b.files[strings.TrimPrefix(path.Clean("/"+f.Name), "/")] = f
	}
	home, err := b.target("", "_rels/.rels", func(kind string) bool { return strings.HasSuffix(kind, "/officeDocument") })
	if err != nil {
		return nil, err
	}
	if err := b.workbook(home); err != nil {
		return nil, err
	}
	if len(b.names) == 0 {
		return nil, ErrNotWorkbook
	}
	return b, nil
}

// Sheets lists the names of the sheets, in order.
func (b *Book) Sheets() []string { return b.names }

// relations reads the targets of a part's relations by id and type.
func (b *Book) relations(dir, file string) (byID, byType map[string]string, err error) {
	byID, byType = map[string]string{}, map[string]string{}
	err = b.each(file, func(d *tokens, e xml.StartElement) error {
		if e.Name.Local == "Relationship" {
			to := attr(e, "Target")
			if strings.HasPrefix(to, "/") {
				to = strings.TrimPrefix(path.Clean(to), "/")
			} else {
				to = path.Join(dir, to)
			}
			kind := attr(e, "Type")
			byID[attr(e, "Id")], byType[kind[strings.LastIndexByte(kind, '/')+1:]] = to, to
		}
		return nil
	})
	return byID, byType, err
}

func (b *Book) target(dir, file string, is func(kind string) bool) (string, error) {
	_, byType, err := b.relations(dir, file)
	if err != nil {
		return "", err
	}
	for kind, to := range byType {
		if is("/" + kind) {
			return to, nil
		}
	}
	return "", ErrNotWorkbook
}

func (b *Book) workbook(home string) error {
	dir := path.Dir(home)
	byID, byType, err := b.relations(dir, path.Join(dir, "_rels", path.Base(home)+".rels"))
	if err != nil {
		return err
	}
	err = b.each(home, func(d *tokens, e xml.StartElement) error {
		switch e.Name.Local {
		case "workbookPr":
			b.Date1904 = attr(e, "date1904") == "1" || attr(e, "date1904") == "true"
		case "sheet":
			name := attr(e, "name")
			if to := byID[attr(e, "id")]; to != "" && b.parts[name] == "" {
				b.names, b.parts[name] = append(b.names, name), to
			}
		}
		return nil
	})
	if err != nil || byType["sharedStrings"] == "" {
		return err
	}
	return b.strings(byType["sharedStrings"])
}

func (b *Book) strings(file string) error {
	total := 0
	return b.each(file, func(d *tokens, e xml.StartElement) error {
		if e.Name.Local != "si" {
			return nil
		}
		s, err := d.text("si")
		if total += len(s) + 16; total > mostStrings {
			return ErrLarge
		}
		b.shared = append(b.shared, s)
		return err
	})
}

// each calls f for every element of a part that f did not read itself.
func (b *Book) each(file string, f func(*tokens, xml.StartElement) error) error {
	part := b.files[file]
	if part == nil {
		return ErrNotWorkbook
	}
	r, err := part.Open()
	if err != nil {
		return ErrNotWorkbook
	}
	defer func() { _ = r.Close() }()
	left := &limited{r: r, left: mostPart}
	d := &tokens{d: xml.NewDecoder(left)}
	for {
		t, err := d.d.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fault(err)
		}
		if e, ok := t.(xml.StartElement); ok {
			if err := f(d, e); err != nil {
				return fault(err)
			}
		}
	}
}

// fault keeps what this package and its caller say, and calls the rest a broken file.
func fault(err error) error {
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || errors.Is(err, zip.ErrChecksum) || errors.Is(err, zip.ErrFormat) {
		return ErrNotWorkbook
	}
	return err
}

// limited is a reader that ends with ErrLarge.
type limited struct {
	r    io.Reader
	left int64
}

// Read reads on while there is something left.
func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, ErrLarge
	}
	n, err := l.r.Read(p[:min(int64(len(p)), l.left)])
	l.left -= int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		err = ErrNotWorkbook
	}
	return n, err
}

// tokens reads the elements below one.
type tokens struct{ d *xml.Decoder }

// text collects the words up to the end of an element, without how they are
// pronounced.
func (t *tokens) text(end string) (string, error) {
	var b strings.Builder
	inside, silent := 0, 0
	for {
		x, err := t.d.RawToken()
		if err != nil {
			return "", err
		}
		switch x := x.(type) {
		case xml.StartElement:
			switch x.Name.Local {
			case "t":
				inside++
			case "rPh":
				silent++
			}
		case xml.EndElement:
			switch x.Name.Local {
			case "t":
				inside--
			case "rPh":
				silent--
			case end:
				return unescape(b.String()), nil
			}
		case xml.CharData:
			if inside > 0 && silent == 0 && b.Len()+len(x) <= mostText {
				b.Write(x)
			}
		}
	}
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// unescape undoes _x000D_, the way in which workbooks write characters that XML lacks.
func unescape(s string) string {
	at := strings.Index(s, "_x")
	if at < 0 {
		return s
	}
	var b strings.Builder
	for at >= 0 {
		b.WriteString(s[:at])
		s = s[at:]
		if len(s) >= 7 && s[6] == '_' {
			if n, err := strconv.ParseUint(s[2:6], 16, 16); err == nil {
				b.WriteRune(rune(n))
				s = s[7:]
				at = strings.Index(s, "_x")
				continue
			}
		}
		b.WriteString(s[:2])
		s = s[2:]
		at = strings.Index(s, "_x")
	}
	b.WriteString(s)
	return b.String()
}
