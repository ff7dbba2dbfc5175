package bulk

import (
	"fmt"
	"slices"

	"tongban/internal/record/vault"
)

// place is where a sealed value stands; it is sealed together with it.
type place struct {
	table  string
	row    int64
	column string
}

// open opens a sealed value of a row that this work wrote.
func (b *taking) open(x row, column string) ([]byte, error) {
	_, plain, err := b.find(x, column)
	return plain, err
}

// find tells how a sealed value was placed: by one of the row's ids, and by its
// column or the field that the row names.
func (b *taking) find(x row, column string) (place, []byte, error) {
	sealed := x.bytes(column)
	if len(sealed) == 0 {
		return place{}, []byte{}, nil
	}
	id, ok := vault.KeyOf(sealed)
	if !ok {
		return place{}, nil, fmt.Errorf("%s.%s is not sealed", x.table.name, column)
	}
	key, err := b.rec.h.Vault.Key(b.tx, id)
	if err != nil {
		return place{}, nil, err
	}
	names := []string{column}
	for _, v := range x.values {
		if s, ok := v.(string); ok {
			names = append(names, s)
		}
	}
	for _, v := range x.values {
		if !b.isID(whole(v)) {
			continue
		}
		for _, name := range names {
			if plain, err := key.Open(x.table.name, whole(v), name, sealed); err == nil {
				return place{x.table.name, whole(v), name}, plain, nil
			}
		}
	}
	return place{}, nil, fmt.Errorf("%s.%s of %v does not open", x.table.name, column, x.values)
}

// sealed makes the node of a sealed value; the same bytes are one node.
func (b *taking) sealed(x row, column string) (int, error) {
	was := x.bytes(column)
	if n, ok := b.bytes[string(was)]; ok {
		return n, nil
	}
	at, plain, err := b.find(x, column)
	if err != nil {
		return 0, err
	}
	id, _ := vault.KeyOf(was)
	k, ok := b.keys[id]
	if !ok {
		return 0, fmt.Errorf("%s.%s is sealed under a key that was there before", x.table.name, column)
	}
	t, signed := template(nil), -1
	if n, ok := b.plains[string(plain)]; ok {
		signed = n
	} else {
		t = b.template(plain)
	}
	n := b.node(func(c *clone) ([]byte, error) {
		var plain []byte
		if signed >= 0 {
			plain = c.val[signed]
		} else {
			plain = t.fill(c, nil)
		}
		return c.keys[k].Seal(at.table, at.row+c.ids, at.column, plain), nil
	})
	b.value(was, n)
	return n, nil
}

// lines takes the rows themselves, table by table.
func (b *taking) lines() error {
	names := make([]string, 0, len(b.rows))
	for name := range b.rows {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, x := range b.rows[name] {
			l := line{table: x.table, cells: make([]cell, len(x.values))}
			for i, column := range x.table.columns {
				c, err := b.cell(x, column, x.values[i])
				if err != nil {
					return err
				}
				l.cells[i] = c
			}
			b.p.rows = append(b.p.rows, l)
		}
	}
	return nil
}

func (b *taking) cell(x row, column string, v any) (cell, error) {
	switch v := v.(type) {
	case string:
		if t := b.template([]byte(v)); !t.fixed() {
			return cell{kind: aText, t: t}, nil
		}
	case int64, int32:
		return b.numberCell(x, column, v), nil
	case []byte:
		if len(v) == 0 {
			return cell{value: []byte{}}, nil
		}
		n, ok := b.bytes[string(v)]
		if !ok {
			var err error
			if n, err = b.sealed(x, column); err != nil {
				return cell{}, err
			}
		}
		return cell{kind: aNode, n: int64(n)}, nil
	}
	return cell{value: v}, nil
}

// numberCell tells what kind of number a column holds.
func (b *taking) numberCell(x row, column string, v any) cell {
	n, at := whole(v), x.table.name+"."+column
	switch {
	case at == "entry.seq" || at == "notice.seq":
		return cell{kind: aSeq, n: b.events[x.number("event")]}
	case at == "notice.id":
		return cell{kind: aNotice, n: n}
	case at == "paper.n" && !b.isID(n):
		name := "paper/" + x.text("kind") + "/" + x.text("agency")
		s := slices.IndexFunc(b.p.series, func(s series) bool { return s.name == name && s.year == x.number("year") })
		nth := int64(1)
		for _, other := range b.rows["paper"] {
			if other.text("kind") == x.text("kind") && other.text("agency") == x.text("agency") && other.number("year") == x.number("year") && other.number("n") < n {
				nth++
			}
		}
		return cell{kind: aCount, n: nth, s: s}
	case b.isID(n):
		return cell{kind: anID, n: n}
	case b.isMoment(n):
		return cell{kind: aMoment, n: n}
	}
	return cell{value: v}
}
