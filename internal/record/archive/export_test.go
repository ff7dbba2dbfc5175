package archive

import (
	"bytes"
	"compress/gzip"
	"io"
	"testing"

	"tongban/internal/record/store"
)

// Lines gives every row of an archive as table, tab, row.
func Lines(t testing.TB, b []byte) []string {
	t.Helper()
	var out []string
	if _, err := read(bytes.NewReader(b), visitor{row: func(t table, line []byte) error {
		out = append(out, t.Name+"\t"+string(line))
		return nil
	}}); err != nil {
		t.Fatal(err)
	}
	return out
}

// Plain gives an archive's text.
func Plain(t testing.TB, b []byte) []byte {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Pack makes an archive of a text, as the writer would.
func Pack(t testing.TB, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err == nil {
		_, err = z.Write(text)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Catalogue describes the tables of a database, each as one line.
func Catalogue(tx *store.Tx) ([]string, error) {
	list, err := catalogue(tx)
	var out []string
	for _, t := range list {
		line := t.Name
		for _, c := range t.Columns {
			line += " " + c.Name + ":" + string(c.Kind)
		}
		out = append(out, line)
	}
	return out, err
}

// Derived are the tables that no archive holds.
func Derived() map[string]string { return derived }
