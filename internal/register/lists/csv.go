package lists

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"tongban/internal/rules/wording"
)

// mostBytes bounds a text file; MostRows rows of a list take less.
const mostBytes = 64 << 20

// ReadCSV reads a batch from a text file: the list's entries, or with part one
// of the tables below them, whose owners then keep all else. The text may be
// UTF-8 with or without its mark, UTF-16 with its mark, or GB18030 and its
// older kin, as the spreadsheets of the country save it.
func ReadCSV(k *Kind, part string, src io.Reader) Batch {
	name := "CSV"
	if part != "" && k.Table(part) == nil {
		return refused(k, name, wording.M("lists.file.nothing"))
	}
	text, msg := readText(k, src)
	if !msg.IsZero() {
		return refused(k, name, msg)
	}
	g := &grid{k: k, part: part, name: name}
	r := csv.NewReader(bytes.NewReader(text))
	r.FieldsPerRecord, r.ReuseRecord = -1, true
	for rows := 0; ; {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var at *csv.ParseError
		if errors.As(err, &at) {
			return Batch{List: k.Key, Problems: Problems{{Sheet: name, Row: at.StartLine, Msg: wording.M("lists.file.csv")}}}
		}
		if rows++; rows > k.most() {
			return refused(k, name, wording.M("lists.file.many", "max", k.most()))
		}
		n, _ := r.FieldPos(0)
		if g.heads == nil && n > headRows {
			break
		}
		g.row(n, record)
	}
	if !g.done() {
		return Batch{List: k.Key, Problems: g.wrong}
	}
	return assemble(k, []*grid{g})
}

// readText reads a text of bounded size in whatever writing.
func readText(k *Kind, src io.Reader) ([]byte, wording.Message) {
	b, err := io.ReadAll(io.LimitReader(src, mostBytes+1))
	switch {
	case err != nil:
		return nil, wording.M("lists.file.broken")
	case len(b) > mostBytes:
		return nil, wording.M("lists.file.large", "max", mostBytes>>20, "rows", k.most())
	case bytes.HasPrefix(b, []byte("\xff\xfe")), bytes.HasPrefix(b, []byte("\xfe\xff")):
		b, err = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(b)
	case utf8.Valid(b):
		b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	default:
		b, err = simplifiedchinese.GB18030.NewDecoder().Bytes(b)
	}
	if err != nil || slices.Contains(b, 0) || bytes.ContainsRune(b, utf8.RuneError) {
		return nil, wording.M("lists.file.encoding")
	}
	return b, wording.Message{}
}
