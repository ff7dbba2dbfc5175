package archive

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"

	"tongban/internal/record/store"
)

// A row is a JSON array in the order of the table's columns: numbers and truth
// values as such, text as a string, bytes as a string of base64. Text that is
// no UTF-8, which only SQLite can hold, is kept as {"raw": base64}.

// cells are the places into which a row is scanned, one for each column.
type cells struct {
	kinds []kind
	dest  []any
}

func newCells(columns []column) *cells {
	c := &cells{}
	for _, col := range columns {
		c.kinds = append(c.kinds, col.Kind)
		switch col.Kind {
		case kindInt:
			c.dest = append(c.dest, new(*int64))
		case kindText:
			c.dest = append(c.dest, new(*string))
		case kindBytes:
			c.dest = append(c.dest, new(*[]byte))
		case kindBool:
			c.dest = append(c.dest, new(*bool))
		case kindReal:
			c.dest = append(c.dest, new(*float64))
		}
	}
	return c
}

// line scans a row and appends it to b as one line.
func (c *cells) line(b []byte, r store.Row) ([]byte, error) {
	if err := r.Scan(c.dest...); err != nil {
		return b, err
	}
	b = append(b, '[')
	for i, d := range c.dest {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = appendCell(b, d); err != nil {
			return b, err
		}
	}
	return append(b, ']', '\n'), nil
}

func appendCell(b []byte, dest any) ([]byte, error) {
	switch v := dest.(type) {
	case **int64:
		if *v != nil {
			return strconv.AppendInt(b, **v, 10), nil
		}
	case **string:
		if *v != nil {
			return appendText(b, **v)
		}
	case **[]byte:
		if *v != nil {
			return appendBytes(b, **v), nil
		}
	case **bool:
		if *v != nil {
			return strconv.AppendBool(b, **v), nil
		}
	case **float64:
		if *v != nil {
			if math.IsNaN(**v) || math.IsInf(**v, 0) {
				return b, fmt.Errorf("%v is no number that can be kept", **v)
			}
			return strconv.AppendFloat(b, **v, 'g', -1, 64), nil
		}
	}
	return append(b, "null"...), nil
}

func appendText(b []byte, s string) ([]byte, error) {
	if !utf8.ValidString(s) {
		b = append(b, `{"raw":`...)
		return append(appendBytes(b, []byte(s)), '}'), nil
	}
	q, err := json.Marshal(s)
	return append(b, q...), err
}

func appendBytes(b, v []byte) []byte {
	b = append(b, '"')
	b = base64.StdEncoding.AppendEncode(b, v)
	return append(b, '"')
}

// parseRow reads a line back into the arguments of an insert.
func parseRow(line []byte, columns []column) ([]any, error) {
	var raw []json.RawMessage
	if err := json.Unmarshal(line, &raw); err != nil {
		return nil, err
	}
	if len(raw) != len(columns) {
		return nil, fmt.Errorf("a row has %d values for %d columns", len(raw), len(columns))
	}
	args := make([]any, len(raw))
	for i, c := range columns {
		var err error
		if args[i], err = parseCell(raw[i], c.Kind); err != nil {
			return nil, fmt.Errorf("column %s: %w", c.Name, err)
		}
	}
	return args, nil
}

func parseCell(raw json.RawMessage, k kind) (any, error) {
	if bytes.Equal(raw, []byte("null")) {
		return nil, nil
	}
	switch k {
	case kindInt:
		return strconv.ParseInt(string(raw), 10, 64)
	case kindText:
		var s string
		if len(raw) > 0 && raw[0] == '{' {
			var odd struct{ Raw []byte }
			err := json.Unmarshal(raw, &odd)
			return string(odd.Raw), err
		}
		err := json.Unmarshal(raw, &s)
		return s, err
	case kindBytes:
		v := []byte{}
		err := json.Unmarshal(raw, &v)
		return v, err
	case kindBool:
		var v bool
		err := json.Unmarshal(raw, &v)
		return v, err
	case kindReal:
		return strconv.ParseFloat(string(raw), 64)
	}
	return nil, fmt.Errorf("unknown kind %q", k)
}
