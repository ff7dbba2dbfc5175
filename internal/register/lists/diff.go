package lists

import (
	"reflect"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/wording"
)

// difference says what a step changes.
func (p *planned) difference(tx *store.Tx, s *step) (Difference, error) {
	d := Difference{Op: s.op, Code: s.code}
	if s.op != Add {
		if err := p.read(tx, s); err != nil {
			return d, err
		}
		d.Before, d.Name = s.before, s.before.Name
	}
	if s.op != End {
		e := Entry{List: p.k.Key, Code: s.code, Name: s.after.Columns.Text("name"), Agency: s.agency, Region: s.region, Type: s.after.Columns.Text("type"),
			N: 1, Seq: p.last.seq + 1, Digest: s.digest, Content: s.after}
		e.Span.From = p.b.From
		if s.root != nil {
			e.ID, e.N = s.root.id, s.root.newest+1
		}
		parts := p.k.parts(s.after)
		e.Parts = parts[:len(p.k.Tables)]
		d.After, d.Name = &e, e.Name
	}
	d.Fields = p.k.Compare(d.Before, d.After, p.names)
	return d, nil
}

// Differences returns what differs between two states of a list, by code: up to
// limit entries after one code. An entry that changed and changed back between
// them does not differ. last is the code to go on from, "" when that was all.
func (r *Register) Differences(tx *store.Tx, list string, a, b Stand, after string, limit int) (out []Difference, last string, err error) {
	k, err := KindOf(list)
	if err != nil {
		return nil, "", err
	}
	qa, qb := Query{List: list, At: a}, Query{List: list, At: b}
	if err := qa.settle(tx); err != nil {
		return nil, "", err
	}
	if err := qb.settle(tx); err != nil {
		return nil, "", err
	}
	names, err := r.Names(tx, max(qa.At.Day, qb.At.Day))
	if err != nil {
		return nil, "", err
	}
	low, high := min(qa.At.Day, qb.At.Day), max(qa.At.Day, qb.At.Day)
	seqLow, seqHigh := min(qa.At.Seq, qb.At.Seq), max(qa.At.Seq, qb.At.Seq)
	for len(out) < limit {
		// Only an entry with a version that one of the states sees and the other does not can differ.
		codes, err := store.All(tx, func(r store.Row) (c string, err error) { return c, r.Scan(&c) }, `select distinct code from list_version where home = $1 and list = $2 and code > $3
			and from_day <= $4 and seq <= $5 and (from_day > $6 or seq > $7) order by code limit $8`, tx.Home(), list, after, high, seqHigh, low, seqLow, limit)
		if err != nil {
			return nil, "", err
		}
		for _, code := range codes {
			after = code
			d, differs, err := between(tx, k, code, qa.At, qb.At, names)
			if err != nil {
				return nil, "", err
			}
			if differs {
				out = append(out, d)
			}
			if len(out) == limit {
				return out, after, nil
			}
		}
		if len(codes) < limit {
			break
		}
	}
	return out, "", nil
}

// between compares one entry in two states.
func between(tx *store.Tx, k *Kind, code string, a, b Stand, names Names) (d Difference, differs bool, err error) {
	at := func(s Stand) (*Entry, error) {
		e, err := EntryOn(tx, k.Key, code, s)
		if act.KindOf(err) == act.NotFound {
			return nil, nil
		}
		return &e, err
	}
	d = Difference{Code: code}
	if d.Before, err = at(a); err != nil {
		return d, false, err
	}
	if d.After, err = at(b); err != nil {
		return d, false, err
	}
	switch {
	case d.Before == nil && d.After == nil:
		return d, false, nil
	case d.Before == nil:
		d.Op, d.Name = Add, d.After.Name
	case d.After == nil:
		d.Op, d.Name = End, d.Before.Name
	case string(d.Before.Digest) == string(d.After.Digest):
		return d, false, nil
	default:
		d.Op, d.Name = Edit, d.After.Name
	}
	d.Fields = k.Compare(d.Before, d.After, names)
	return d, true, nil
}

// Compare says column by column, and for tables row by row, how an entry
// differs; either may be nil. Rows that both have stay unsaid, in whatever
// place they stand among others in the same order.
func (k *Kind) Compare(before, after *Entry, names Names) []FieldChange {
	var a, b Content
	if before != nil {
		a = before.Content
	}
	if after != nil {
		b = after.Content
	}
	var out []FieldChange
	for i := range k.Columns {
		c := &k.Columns[i]
		was, is := names.Show(c, a.Columns[c.Key], wording.ZH), names.Show(c, b.Columns[c.Key], wording.ZH)
		if was != is {
			out = append(out, FieldChange{Key: c.Key, Title: c.Title, Before: was, After: is})
		}
	}
	for i := range k.Tables {
		t := &k.Tables[i]
		for _, pair := range align(a.Tables[t.Key], b.Tables[t.Key]) {
			out = append(out, FieldChange{Table: t.Key, Title: t.Title, Before: names.line(t, pair[0]), After: names.line(t, pair[1])})
		}
	}
	return out
}

// line writes a row of a table as one line of words.
func (n Names) line(t *Table, r Row) string {
	var words []string
	for i := range t.Columns {
		if s := n.Show(&t.Columns[i], r[t.Columns[i].Key], wording.ZH); s != "" {
			words = append(words, s)
		}
	}
	return strings.Join(words, "；")
}

// align pairs the rows that differ: what was there in place of what is there.
// It keeps the longest common run of rows; long tables that differ nearly
// everywhere are paired in order.
func align(a, b []Row) (pairs [][2]Row) {
	for len(a) > 0 && len(b) > 0 && reflect.DeepEqual(a[0], b[0]) {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && reflect.DeepEqual(a[len(a)-1], b[len(b)-1]) {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	const most = 200
	if len(a) > most || len(b) > most {
		return inOrder(pairs, a, b)
	}
	keep := common(a, b)
	for len(a) > 0 || len(b) > 0 {
		i, j := 0, 0
		for i < len(a) && (len(keep) == 0 || !reflect.DeepEqual(a[i], keep[0])) {
			i++
		}
		for j < len(b) && (len(keep) == 0 || !reflect.DeepEqual(b[j], keep[0])) {
			j++
		}
		pairs = inOrder(pairs, a[:i], b[:j])
		if len(keep) == 0 {
			break
		}
		a, b, keep = a[i+1:], b[j+1:], keep[1:]
	}
	return pairs
}

func inOrder(pairs [][2]Row, a, b []Row) [][2]Row {
	for i := range max(len(a), len(b)) {
		var pair [2]Row
		if i < len(a) {
			pair[0] = a[i]
		}
		if i < len(b) {
			pair[1] = b[i]
		}
		pairs = append(pairs, pair)
	}
	return pairs
}

// common is the longest sequence of rows that both have in the same order.
func common(a, b []Row) []Row {
	n := make([][]int, len(a)+1)
	n[len(a)] = make([]int, len(b)+1)
	for i := len(a) - 1; i >= 0; i-- {
		n[i] = make([]int, len(b)+1)
		for j := len(b) - 1; j >= 0; j-- {
			if reflect.DeepEqual(a[i], b[j]) {
				n[i][j] = n[i+1][j+1] + 1
			} else {
				n[i][j] = max(n[i+1][j], n[i][j+1])
			}
		}
	}
	var keep []Row
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case reflect.DeepEqual(a[i], b[j]):
			keep = append(keep, a[i])
			i, j = i+1, j+1
		case n[i+1][j] >= n[i][j+1]:
			i++
		default:
			j++
		}
	}
	return keep
}
