package ledger

import (
	"cmp"
	"context"
	"slices"

	"tongban/internal/record/store"
)

// FactErased is the fact in which an act names the data keys that it destroyed.
// Only an act that a command wrote can say so: a key that somebody destroyed
// behind the product's back is lost, not erased, and Verify tells the two apart.
const FactErased = "erased_keys"

// ErasedBy is one act of erasure in a report.
type ErasedBy struct {
	Log    string `json:"log"`
	Seq    int64  `json:"seq"` // -1 while it waits for its number
	Stream string `json:"stream"`
	Keys   int    `json:"keys"`   // that it destroyed
	Values int64  `json:"values"` // of the record that it erased
}

// ErasedKeys lists the data keys that an act says it destroyed.
func (l Leaf) ErasedKeys() []int64 {
	list, _ := l.Facts[FactErased].([]any)
	keys := make([]int64, 0, len(list))
	for _, v := range list {
		if n, ok := v.(float64); ok {
			keys = append(keys, int64(n))
		}
	}
	return keys
}

// closed are the values under one destroyed key.
type closed struct {
	log    string
	seq    int64 // of the first of them
	stream string
	field  string
	n      int64
}

// erasures matches destroyed keys with the acts that destroyed them.
type erasures struct {
	acts   []ErasedBy
	by     map[int64]int // key → index of its act
	closed map[int64]*closed
}

// erasing takes in an act that destroyed keys.
func (v *verification) erasing(log string, seq int64, x Leaf) {
	keys := x.ErasedKeys()
	if len(keys) == 0 {
		return
	}
	if v.e.by == nil {
		v.e.by = map[int64]int{}
	}
	v.e.acts = append(v.e.acts, ErasedBy{Log: log, Seq: seq, Stream: x.Stream, Keys: len(keys)})
	for _, k := range keys {
		if _, named := v.e.by[k]; !named { // a restore erases again what an act had erased before
			v.e.by[k] = len(v.e.acts) - 1
		}
	}
}

// erased counts a value whose key was destroyed.
func (v *verification) erased(key int64, x *row, field string) {
	v.r.Erased++
	c := v.e.closed[key]
	if c == nil {
		if v.e.closed == nil {
			v.e.closed = map[int64]*closed{}
		}
		c = &closed{log: v.name, seq: x.Seq, stream: x.stream, field: field}
		v.e.closed[key] = c
	}
	c.n++
}

// settleErasures names the act behind every destroyed key, and finds the keys
// that no act destroyed and those that an act destroyed and that are there again.
func (v *verification) settleErasures(ctx context.Context) error {
	if v.l.o.Keys == nil {
		return nil
	}
	return v.read(ctx, func(tx *store.Tx) error {
		if err := v.lateErasures(tx); err != nil {
			return err
		}
		for _, key := range sortedKeys(v.e.closed) {
			c := v.e.closed[key]
			if i, ok := v.e.by[key]; ok {
				v.e.acts[i].Values += c.n
				continue
			}
			v.name = c.log
			v.found(c.seq, c.stream, "value_lost", "field", c.field, "n", c.n)
		}
		for _, key := range sortedKeys(v.e.by) {
			if _, err := v.l.o.Keys.KeyByID(tx, key); err == nil {
				a := v.e.acts[v.e.by[key]]
				v.name = a.Log
				v.found(a.Seq, a.Stream, "erasure_undone", "key", key)
			}
		}
		v.r.ErasedBy = v.e.acts
		return nil
	})
}

// lateErasures reads the acts of erasure that were recorded while the record was
// read, or that wait for their number.
func (v *verification) lateErasures(tx *store.Tx) error {
	missing := false
	for key := range v.e.closed {
		if _, ok := v.e.by[key]; !ok {
			missing = true
		}
	}
	if !missing {
		return nil
	}
	late := func(r store.Row) error {
		var log, seq int64
		var b []byte
		if err := r.Scan(&log, &seq, &b); err != nil {
			return err
		}
		if x, err := ParseLeaf(b); err == nil {
			v.erasing(v.names[log], seq, x)
		}
		return nil
	}
	for log, size := range v.sizes {
		if err := tx.Each(late, `select n.log, n.seq, e.leaf from entry n join event e on e.home = n.home and e.id = n.event
			where n.log = $1 and n.seq >= $2 order by n.seq`, log, size); err != nil {
			return err
		}
	}
	return tx.Each(late, `select 0, -1, e.leaf from unnumbered u join event e on e.home = u.home and e.id = u.event where u.home = $1 order by u.pos`, tx.Home())
}

func sortedKeys[V any](m map[int64]V) []int64 {
	keys := make([]int64, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, cmp.Compare)
	return keys
}

// EventsOf lists the ids of the events of one stream, oldest first.
func (l *Ledger) EventsOf(tx *store.Tx, stream string, limit int) ([]int64, error) {
	return store.All(tx, func(r store.Row) (id int64, err error) { return id, r.Scan(&id) },
		`select id from event where home = $1 and stream = $2 order by version limit $3`, tx.Home(), stream, limit)
}
