package lists

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
)

// Row is what stands in one line: by key of the column, a string, an int64 (a
// number, or money in fen) or a bool. A cell that is empty has no key.
type Row map[string]any

// Content is what an entry says: its own columns, and the rows of the tables
// below it by key of the table. A table without rows has no key.
type Content struct {
	Columns Row
	Tables  map[string][]Row
}

// Text is the string in a column, "" when there is none.
func (r Row) Text(key string) string { s, _ := r[key].(string); return s }

// MarshalJSON writes columns and tables beside each other, keys in order: the
// canonical form, over which digests are taken.
func (c Content) MarshalJSON() ([]byte, error) {
	all := make(map[string]any, len(c.Columns)+len(c.Tables))
	maps.Copy(all, c.Columns)
	for key, rows := range c.Tables {
		if len(rows) > 0 {
			all[key] = rows
		}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(all)
	return bytes.TrimRight(b.Bytes(), "\n"), err
}

// canonical is the content's JSON and its digest.
func (c Content) canonical() (text string, digest []byte, err error) {
	b, err := c.MarshalJSON()
	if err != nil {
		return "", nil, err
	}
	sum := sha256.Sum256(b)
	return string(b), sum[:], nil
}

// content reads what canonical wrote.
func (k *Kind) content(text string) (Content, error) {
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.UseNumber()
	var all map[string]any
	if err := d.Decode(&all); err != nil {
		return Content{}, fmt.Errorf("content of list %s: %w", k.Key, err)
	}
	c := Content{Columns: Row{}}
	for key, v := range all {
		rows, isTable := v.([]any)
		if !isTable {
			if n, isNumber := v.(json.Number); isNumber {
				whole, err := n.Int64()
				if err != nil {
					return c, fmt.Errorf("content of list %s: %s: %w", k.Key, key, err)
				}
				v = whole
			}
			c.Columns[key] = v
			continue
		}
		list := make([]Row, len(rows))
		for i, x := range rows {
			m, _ := x.(map[string]any)
			list[i] = Row(m)
			for key, v := range m {
				if n, isNumber := v.(json.Number); isNumber {
					list[i][key], _ = n.Int64()
				}
			}
		}
		if c.Tables == nil {
			c.Tables = map[string][]Row{}
		}
		c.Tables[key] = list
	}
	return c, nil
}

// parts counts the rows of the kind's tables, in their order.
func (k *Kind) parts(c Content) (n [maxTables]int) {
	for i, t := range k.Tables {
		n[i] = len(c.Tables[t.Key])
	}
	return n
}
