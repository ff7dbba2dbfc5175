package lists

import (
	"context"
	"slices"

	"tongban/internal/record/store"
	"tongban/internal/register/law"
	"tongban/internal/rules/day"
)

// pointMark is how far the library of laws knows what entries rest on.
const pointMark marked = "list_point_mark"

// pointBatch is how many versions are pointed at articles in one transaction: a
// change of no more does it itself, after a larger one PointEntries does.
const pointBatch = 300

// PointEntries says in the library of laws what entries rest on that it does not
// know of yet: those of large changes, of before there was this, and what an older
// program wrote beside this one. The subject's kind is the key of the list, its
// code that of the entry. It goes in small transactions until none is missing.
func (r *Register) PointEntries(ctx context.Context) error { return r.fill(ctx, pointMark, pointMore) }

// pointMore points the next versions at their articles; the caller holds the lock.
func pointMore(tx *store.Tx) error {
	m, _, err := pointMark.reached(tx)
	if err != nil {
		return err
	}
	type version struct {
		list, code, name, text string
		n                      int
		span                   day.Span
		ended                  bool
	}
	list, err := store.All(tx, func(row store.Row) (v version, err error) {
		err = row.Scan(&v.list, &v.code, &v.name, &v.n, &v.span.From, &v.span.Until, &v.ended, &v.text, &m.seq)
		m.code = v.code
		return v, err
	}, `select list, code, name, n, from_day, until_day, ended, content, seq from list_version where home = $1 and (seq, code) > ($2, $3)
		order by seq, code limit $4`, tx.Home(), m.seq, m.code, pointBatch)
	if err != nil || len(list) == 0 {
		return err
	}
	for _, v := range list {
		k, err := KindOf(v.list)
		if err != nil {
			continue // a list that this program no longer has
		}
		var cites []law.Cite
		if !v.ended {
			c, err := k.content(v.text)
			if err != nil {
				return err
			}
			cites = k.cites(c)
		}
		put := law.Point
		if v.n == 1 {
			put = law.PointNew
		}
		if err := put(tx, law.Subject{Kind: v.list, Code: v.code, Label: v.name}, v.span, cites); err != nil {
			return err
		}
	}
	tx.Put(`insert into list_point_mark(home, seq, code) values($1, $2, $3)
		on conflict (home) do update set seq = excluded.seq, code = excluded.code`, tx.Home(), m.seq, m.code)
	return nil
}

// cites lists what an entry says of law in its own columns and its tables, each
// citation once. Tables other than that of the basis say whose duty it is and who
// is held to account.
func (k *Kind) cites(c Content) (list []law.Cite) {
	add := func(part law.Part, columns []Column, rows ...Row) {
		for _, col := range columns {
			for _, row := range rows {
				x := law.Cite{Part: part, Words: row.Text(col.Key)}
				if col.Type == Article && x.Words != "" && !slices.Contains(list, x) {
					list = append(list, x)
				}
			}
		}
	}
	add(law.Basis, k.Columns, c.Columns)
	for _, t := range k.Tables {
		part := law.Duty
		if t.Key == "basis" {
			part = law.Basis
		}
		add(part, t.Columns, c.Tables[t.Key]...)
	}
	return list
}
