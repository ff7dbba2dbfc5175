package catalog

import (
	"strconv"

	"github.com/goccy/go-yaml"

	"tongban/internal/record/store"
	"tongban/internal/register/law"
	"tongban/internal/rules/flow"
	"tongban/internal/rules/workday"
)

// LawKind is the kind of subject that items are in the library of laws; the code
// is the item's number.
const LawKind = "item"

// point says in the library of laws what the item rests on from this version on.
func (r *root) point(tx *store.Tx, n newRow) error {
	s := law.Subject{Kind: LawKind, Code: strconv.FormatInt(r.id, 10), Label: n.d.Name}
	if r.newest == 1 {
		return law.PointNew(tx, s, n.span, n.d.cites())
	}
	return law.Point(tx, s, n.span, n.d.cites())
}

// cites lists what the item says of law, in its own words: the basis, then
// materials, fees, terms, special procedures and the steps of the flow.
func (d *Draft) cites() []law.Cite {
	var list []law.Cite
	add := func(p law.Part, words string) {
		if words != "" {
			list = append(list, law.Cite{Part: p, Words: words})
		}
	}
	for _, b := range d.Basis {
		add(law.Basis, b.Cited())
	}
	for _, m := range d.Materials {
		add(law.Material, m.Basis)
	}
	add(law.Fee, d.Fees.Basis)
	t := d.Terms
	for _, x := range []workday.Term{t.Notice, t.Statutory, t.Promised, t.Extension.Term, t.Deliver, t.Lapse.Term, t.Remind.Term} {
		add(law.Limit, x.Article)
	}
	for _, v := range d.Visits {
		add(law.Limit, v.Term.Article)
	}
	for _, x := range d.Special {
		add(law.Special, x.Article)
		add(law.Special, x.Basis)
	}
	if d.Flow != nil {
		for _, n := range d.Flow.Nodes {
			add(law.Step, n.About.Basis)
		}
	}
	return list
}

// Cited is the basis as a citation: 《行政许可法》第四十二条.
func (b Basis) Cited() string {
	if b.Law == "" {
		return ""
	}
	return "《" + b.Law + "》" + b.Article
}

// unpointed are the versions with a guide of items that point at nothing.
const unpointed = ` from item_version v where v.home = $1 and v.complete and v.id > $2
	and not exists (select 1 from law_pointer p where p.home = v.home and p.kind = 'item' and p.code = cast(v.item as text))`

// Unpointed tells whether there are items for PointUnpointed.
func Unpointed(tx *store.Tx) (bool, error) {
	return tx.Get([]any{new(int64)}, `select v.id`+unpointed+` limit 1`, tx.Home(), 0)
}

// PointUnpointed points at articles the items with a guide that do not: those
// published by a program that knew no library of laws. It goes on behind a
// version, reads up to limit of them, and returns the last; 0 is the end.
func PointUnpointed(tx *store.Tx, after int64, limit int) (last int64, err error) {
	rows, err := store.All(tx, func(r store.Row) (v versionRow, err error) {
		err = r.Scan(&v.ID, &v.Of, &v.Span.From, &v.Span.Until, &v.written, &v.flow)
		return v, err
	}, `select v.id, v.item, v.from_day, v.until_day, v.written, v.flow`+unpointed+` order by v.id limit $3`, tx.Home(), after, limit)
	for _, v := range rows {
		d := &Draft{}
		if err := yaml.Unmarshal(v.written, &d.Item); err != nil {
			return 0, err
		}
		if d.Flow, err = flow.Parse(v.flow); err != nil {
			return 0, err
		}
		s := law.Subject{Kind: LawKind, Code: strconv.FormatInt(v.Of, 10), Label: d.Name}
		if err := law.PointNew(tx, s, v.Span, d.cites()); err != nil {
			return 0, err
		}
		last = v.ID
	}
	return last, err
}
