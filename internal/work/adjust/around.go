package adjust

import (
	"cmp"
	"slices"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/lists"
	"tongban/internal/rules/checkup"
	"tongban/internal/work/inspect"
)

// fewPowers is up to how many powers an adjustment changes of which only what has
// the same name is read beside them; for more, the list is read once, bare.
const fewPowers = 50

// powers are the powers as they stand, as far as they can matter for what is found
// when some change: these whole, and with what they are compared by those that have
// the name that one of them has or will have (power_shared). What is missing of the
// others is missing before and after alike, so that nothing is found in it.
func powers(tx *store.Tx, x *Examined, few int) ([]checkup.Power, error) {
	touched, names := map[string]*lists.Entry{}, map[string]string{} // by code; by what is searched for
	for _, e := range x.Entries {
		if e.List == "power" && e.Does != Keep {
			touched[e.Code] = nil
		}
	}
	for _, p := range x.Plans {
		for _, diff := range p.Differences {
			if p.List != "power" {
				continue
			}
			touched[diff.Code] = diff.Before
			if diff.After != nil {
				names[diff.After.Name] = ""
			}
		}
	}
	if len(touched) > few {
		return standing(tx, touched)
	}
	var out []checkup.Power
	for code, before := range touched {
		e, err := lists.EntryOn(tx, "power", code, lists.Stand{})
		if act.KindOf(err) == act.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		if before != nil {
			e = *before
		}
		names[e.Name] = ""
		out = append(out, powerOf(e))
	}
	for name := range names {
		if checkup.Wording(name) == "" {
			return standing(tx, touched)
		}
		if err := lists.Each(tx, lists.Query{List: "power", Text: checkup.Wording(name), Bare: true}, func(e lists.Entry) {
			_, known := touched[e.Code]
			if !known && checkup.Same(e.Name, name) {
				touched[e.Code] = nil
				out = append(out, powerOf(e))
			}
		}); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(out, func(a, b checkup.Power) int { return strings.Compare(a.Code, b.Code) })
	return out, nil
}

// standing is the whole list of powers, bare but for those that are touched.
func standing(tx *store.Tx, touched map[string]*lists.Entry) (out []checkup.Power, err error) {
	err = lists.Each(tx, lists.Query{List: "power", Bare: true}, func(e lists.Entry) {
		out = append(out, powerOf(*cmp.Or(touched[e.Code], &e)))
	})
	return out, err
}

// asking are the written items that name a fee or a service of an intermediary that
// the plans change: what is found about the others stays. As long as the catalogue
// lacks keys it is all of them.
func (d *Desk) asking(tx *store.Tx, plans []ListPlan) ([]checkup.Item, error) {
	stand, err := catalog.KeysStand(tx)
	if err != nil {
		return nil, err
	}
	if !stand {
		return inspect.Written(tx, d.Items)
	}
	var items []checkup.Item
	seen := map[int64]bool{}
	for _, k := range changed(plans) {
		met, err := catalog.MetByKey(tx, tx.Today(), k)
		if err != nil {
			return nil, err
		}
		for _, m := range met {
			if seen[m.Version] {
				continue
			}
			seen[m.Version] = true
			it, err := d.Items.Checkup(tx, m)
			if err != nil {
				return nil, err
			}
			items = append(items, it)
		}
	}
	slices.SortFunc(items, func(a, b checkup.Item) int { return strings.Compare(a.Code, b.Code) })
	return items, nil
}

// changed are the keys by which items name what the plans change.
func changed(plans []ListPlan) (keys []checkup.Key) {
	for _, p := range plans {
		kind := checkup.KeyFee
		switch {
		case p.List == "intermediary":
			kind = checkup.KeyService
		case inspect.EntriesOf(&checkup.Catalogue{}, p.List) == nil:
			continue
		}
		for _, diff := range p.Differences {
			keys = append(keys, checkup.CalledKey(kind, diff.Code))
			for _, e := range []*lists.Entry{diff.Before, diff.After} {
				if e != nil {
					keys = append(keys, checkup.CalledKey(kind, e.Name))
				}
			}
		}
	}
	return keys
}
