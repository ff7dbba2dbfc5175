package ledger

import "tongban/internal/record/store"

// values compares every stored value of a page with its commitment, and every
// commitment with a stored value.
func (v *verification) values(tx *store.Tx, log, from, end int64, list []row) error {
	if v.l.o.Keys == nil {
		return nil
	}
	byEvent := make(map[int64]*row, len(list))
	for i := range list {
		byEvent[list[i].Event] = &list[i]
	}
	type value struct {
		event, key int64
		field      string
		cipher     []byte
	}
	all, err := store.All(tx, func(r store.Row) (x value, err error) {
		return x, r.Scan(&x.event, &x.field, &x.key, &x.cipher)
	}, `select d.event, d.field, d.data_key, d.cipher from entry n join disclosure d on d.home = n.home and d.event = n.event
		where n.log = $1 and n.seq >= $2 and n.seq < $3 order by n.seq, d.field`, log, from, end)
	if err != nil {
		return err
	}
	type place struct {
		event int64
		field string
	}
	seen := make(map[place]bool, len(all))
	for _, x := range all {
		seen[place{x.event, x.field}] = true
		v.value(tx, byEvent[x.event], x.key, x.field, x.cipher)
	}
	for i := range list {
		for field := range list[i].Leaf.Commits {
			if !seen[place{list[i].Event, field}] {
				v.found(list[i].Seq, list[i].stream, "value_missing", "field", field)
			}
		}
	}
	return nil
}

func (v *verification) value(tx *store.Tx, x *row, key int64, field string, cipher []byte) {
	v.r.Values++
	k, err := v.l.o.Keys.KeyByID(tx, key)
	var b []byte
	if err == nil {
		b, err = k.Open("disclosure", x.Event, field, cipher)
	}
	switch {
	case erased(err):
		v.erased(key, x, field)
	case err != nil:
		v.found(x.Seq, x.stream, "value_closed", "field", field)
	case len(b) < saltBytes || x.Leaf.Commits[field] != commitment(b[:saltBytes], field, string(b[saltBytes:])):
		v.found(x.Seq, x.stream, "value_changed", "field", field)
	}
}
