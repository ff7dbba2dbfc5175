package catalog

import (
	"errors"
	"slices"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// listed holds what a draft charges and which services of intermediaries it asks
// for against their lists as they stand on a day: what is not there is a problem,
// with the article and what to do (优化营商环境条例 25, 43).
func (d *Draft) listed(tx *store.Tx, on day.Day) (wrong []Problem, err error) {
	_, _, err = d.Item.onLists(tx, on, func(e *act.Error) {
		wrong = append(wrong, d.problem("catalog.listed.off", "name", d.Name, "why", e.Msg, "law", e.Law, "next", e.Next))
	})
	return wrong, err
}

// onLists finds the entries of the fees that an item charges, and the materials
// that it may ask for on a day; off is told why each other is not.
func (it *Item) onLists(tx *store.Tx, on day.Day, off func(*act.Error)) (fees []lists.Entry, materials []Material, err error) {
	refused := func(err error) error {
		var e *act.Error
		if errors.As(err, &e) && e.Kind == act.Refused {
			off(e)
			return nil
		}
		return err
	}
	bodies := []string{it.Agency}
	for _, a := range it.Roles {
		bodies = append(bodies, a)
	}
	for _, name := range it.Fees.On {
		e, err := lists.FeeFor(tx, it.Code, name, bodies, on)
		if err == nil {
			fees = append(fees, e)
		} else if err := refused(err); err != nil {
			return nil, nil, err
		}
	}
	for _, m := range it.Materials {
		if m.Intermediary != "" {
			e, err := lists.Intermediary(tx, it.Code, m.Intermediary, on)
			if err != nil {
				if err := refused(err); err != nil {
					return nil, nil, err
				}
				continue
			}
			m.Served = servedBy(e)
		}
		materials = append(materials, m)
	}
	return fees, materials, nil
}

// asListed is the version as far as the lists of a day let it ask for something:
// a fee and a material of an intermediary that have left their lists since are
// left out, and what is charged is told in the words of the lists. A version that
// rests on neither list is itself, and costs no statement.
func (v *Version) asListed(tx *store.Tx, on day.Day) (*Version, error) {
	if !v.restsOnLists() {
		return v, nil
	}
	now := *v
	fees, materials, err := v.onLists(tx, on, func(*act.Error) {})
	if err != nil {
		return nil, err
	}
	now.Materials = materials
	if len(v.Fees.On) > 0 {
		now.Fees = feesOf(fees)
	}
	return &now, nil
}

func (v *Version) restsOnLists() bool {
	return len(v.Fees.On) > 0 || slices.ContainsFunc(v.Materials, func(m Material) bool { return m.Intermediary != "" })
}

// feesOf are fees as their lists tell them.
func feesOf(list []lists.Entry) Fees {
	if len(list) == 0 {
		return Fees{Text: wording.Text(wording.ZH, "catalog.listed.free")}
	}
	f := Fees{Charged: true}
	var texts, basis []string
	for _, e := range list {
		f.On = append(f.On, e.Code)
		texts = append(texts, wording.Text(wording.ZH, "catalog.listed.fee", "name", e.Name, "standard", e.Content.Columns.Text("standard")))
		if b := e.Content.Columns.Text("basis"); b != "" && !slices.Contains(basis, b) {
			basis = append(basis, b)
		}
	}
	f.Text, f.Basis = strings.Join(texts, "；"), strings.Join(basis, "；")
	return f
}

// Today is the version as InForce would give it, for one that was found by its id.
func (v *Version) Today(tx *store.Tx) (*Version, error) { return v.asListed(tx, tx.Today()) }
