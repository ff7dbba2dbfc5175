package lists

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"tongban/internal/rules/wording"
)

// errShape says that a document is of another form.
var errShape = errors.New("another shape")

// ReadJSON reads a batch from a document of the form that Kind.Schema describes.
// Money is in fen. Problems name the entry by its place in the document, from 1.
func ReadJSON(k *Kind, src io.Reader) Batch {
	b := Batch{List: k.Key, sheets: map[string]heading{"": {name: "entries"}}}
	for _, t := range k.Tables {
		b.sheets[t.Key] = heading{name: t.Key}
	}
	left := &io.LimitedReader{R: src, N: mostBytes + 1}
	d := json.NewDecoder(left)
	d.UseNumber()
	rows := 0
	err := eachKey(d, func(key string) error {
		if key != "entries" {
			return known(d, k, key)
		}
		return eachItem(d, func() error {
			var all map[string]any
			if err := d.Decode(&all); err != nil {
				return err
			}
			if rows += weight(all); rows > k.most() {
				return errRows
			}
			b.Changes = append(b.Changes, entryOf(k, all, len(b.Changes)+1))
			return nil
		})
	})
	switch {
	case left.N <= 0:
		return refused(k, "JSON", wording.M("lists.file.large", "max", mostBytes>>20, "rows", k.most()))
	case errors.Is(err, errRows):
		return refused(k, "JSON", wording.M("lists.file.many", "max", k.most()))
	case err != nil:
		return refused(k, "JSON", wording.M("lists.file.json", "want", fmt.Sprintf(`{"format": %q, "list": %q, "entries": […]}`, jsonFormat, k.Key)))
	}
	return b
}

// known reads what stands beside the entries.
func known(d *json.Decoder, k *Kind, key string) error {
	var v any
	if err := d.Decode(&v); err != nil {
		return err
	}
	if key == "format" && v != jsonFormat || key == "list" && v != k.Key {
		return errShape
	}
	return nil
}

// weight is how many rows an entry stands for.
func weight(all map[string]any) int {
	n := 1
	for _, v := range all {
		if list, ok := v.([]any); ok {
			n += len(list)
		}
	}
	return n
}

// entryOf makes a change of an entry as it was written.
func entryOf(k *Kind, all map[string]any, n int) Change {
	ch := Change{Content: Content{Columns: Row{}, Tables: map[string][]Row{}}, at: place{line: line{n: n}, rows: map[string][]line{}}}
	for key, v := range all {
		switch key {
		case "_op":
			s, _ := v.(string)
			ch.Op = Op(strings.ToLower(s))
		case "_version":
			if number, ok := v.(json.Number); ok {
				at, _ := number.Int64()
				ch.Base = int(at)
			}
		case "_from", "_until": // of the version that was exported
		default:
			if list, isList := v.([]any); isList && k.Table(key) != nil {
				ch.Content.Tables[key] = rowsOf(list)
				for i := range ch.Content.Tables[key] {
					ch.at.rows[key] = append(ch.at.rows[key], line{n: i + 1})
				}
			} else {
				ch.Content.Columns[key] = v
			}
		}
	}
	return ch
}

// rowsOf are the rows of a table; what is no row becomes one that says nothing,
// so that the check names its place.
func rowsOf(list []any) []Row {
	rows := make([]Row, len(list))
	for i, x := range list {
		m, _ := x.(map[string]any)
		rows[i] = Row(m)
	}
	return rows
}

// eachKey reads an object key by key; f reads the value.
func eachKey(d *json.Decoder, f func(key string) error) error {
	if err := delimiter(d, '{'); err != nil {
		return err
	}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return err
		}
		key, _ := t.(string)
		if err := f(key); err != nil {
			return err
		}
	}
	return delimiter(d, '}')
}

func eachItem(d *json.Decoder, f func() error) error {
	if err := delimiter(d, '['); err != nil {
		return err
	}
	for d.More() {
		if err := f(); err != nil {
			return err
		}
	}
	return delimiter(d, ']')
}

func delimiter(d *json.Decoder, want json.Delim) error {
	t, err := d.Token()
	if err == nil && t != want {
		err = errShape
	}
	return err
}
