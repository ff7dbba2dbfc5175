package catalog

import (
	"strconv"

	"tongban/internal/record/store"
	"tongban/internal/register/law"
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
