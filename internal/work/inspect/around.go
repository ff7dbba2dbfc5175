package inspect

import (
	"slices"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/lists"
	"tongban/internal/rules/checkup"
)

// around is as much of the catalogue as can matter for what is found about a few
// items: each as it stands and as it would be. What a rule holds an item against is
// found by the keys that both have (checkup.Key), by the index of characters where
// names are near, and by its codes on the lists.
type around struct {
	d       *Desk
	tx      *store.Tx
	c       *checkup.Catalogue
	setting *setting
	at      map[string]int  // place in c.Items by code
	whole   map[string]bool // codes whose guide was read
	asked   map[[2]string]bool
}

// around reads it. The items that are judged come as they would be; those with
// their codes that stand are read.
func (d *Desk) around(tx *store.Tx, s *setting, items ...checkup.Item) (*checkup.Catalogue, error) {
	a := &around{d: d, tx: tx, c: s.bare(), setting: s, at: map[string]int{}, whole: map[string]bool{}, asked: map[[2]string]bool{}}
	var standing []checkup.Item
	for _, it := range items {
		m, found, err := catalog.MetByCode(tx, tx.Today(), it.Code)
		if err != nil {
			return nil, err
		}
		if found {
			if err := a.read(m); err != nil {
				return nil, err
			}
			standing = append(standing, a.c.Items[a.at[it.Code]])
		}
	}
	for _, it := range append(slices.Clone(items), standing...) {
		for _, f := range []func(*checkup.Item) error{a.names, a.base, a.documents} {
			if err := f(&it); err != nil {
				return nil, err
			}
		}
	}
	if err := a.handled(append(slices.Clone(items), standing...)); err != nil {
		return nil, err
	}
	slices.SortFunc(a.c.Items, func(x, y checkup.Item) int { return strings.Compare(x.Code, y.Code) })
	if err := a.powers(standing); err != nil {
		return nil, err
	}
	if err := a.laws(append(slices.Clone(items), standing...)); err != nil {
		return nil, err
	}
	return a.c, a.cases(items)
}

// put puts an item into the catalogue, or with its guide in the place of the same
// by its name.
func (a *around) put(it checkup.Item) {
	a.setting.named(&it)
	if i, there := a.at[it.Code]; there {
		if it.Guide != nil {
			a.c.Items[i] = it
		}
		return
	}
	a.at[it.Code] = len(a.c.Items)
	a.c.Items = append(a.c.Items, it)
}

// read puts an item into the catalogue with its guide.
func (a *around) read(m catalog.Met) error {
	if a.whole[m.Item.Code] {
		return nil
	}
	it, err := a.d.Items.Checkup(a.tx, m)
	if err != nil {
		return err
	}
	a.whole[it.Code] = true
	a.put(it)
	return nil
}

// manyNames is from how many names that are alike on the region is read whole.
const manyNames = 100

// names reads the items of the region whose name is the same, or alike, directly or
// through others.
func (a *around) names(it *checkup.Item) error {
	tx, today := a.tx, a.tx.Today()
	seen := []string{it.Name}
	for i := 0; i < len(seen); i++ {
		all, err := catalog.MetByKey(tx, today, checkup.NamedKey(it.Region, seen[i]))
		if err != nil {
			return err
		}
		near, told, err := catalog.MetBySpelling(tx, today, it.Region, seen[i])
		if err != nil {
			return err
		}
		if !told || len(seen) > manyNames {
			if all, err = catalog.MetInRegion(tx, today, it.Region); err != nil {
				return err
			}
			for _, m := range all {
				if err := a.meet(it, m); err != nil {
					return err
				}
			}
			return nil
		}
		for _, m := range append(all, near...) {
			if !checkup.Akin(m.Item.Name, seen[i]) {
				continue
			}
			if err := a.meet(it, m); err != nil {
				return err
			}
			if !slices.ContainsFunc(seen, func(s string) bool { return checkup.Same(s, m.Item.Name) }) {
				seen = append(seen, m.Item.Name)
			}
		}
	}
	return nil
}

// meet puts one that has a name like the item's into the catalogue; whether one of
// the same name is a review may stand in its guide only.
func (a *around) meet(it *checkup.Item, m catalog.Met) error {
	if m.Complete && checkup.Same(it.Name, m.Item.Name) {
		return a.read(m)
	}
	a.put(m.Item)
	return nil
}

// base reads the base item, and of its implementations the one that the others are
// held against with its guide.
func (a *around) base(it *checkup.Item) error {
	if it.Base == "" {
		return nil
	}
	if err := a.listed(it.Base); err != nil {
		return err
	}
	all, err := catalog.MetByKey(a.tx, a.tx.Today(), checkup.BaseKey(it.Base))
	if err != nil || len(all) == 0 {
		return err
	}
	top := all[0]
	for _, m := range all {
		m.Item.Base = it.Base // a written item says it beside its code
		if a.put(m.Item); checkup.Higher(&m.Item, &top.Item) {
			top = m
		}
	}
	return a.read(top)
}

// listed reads a base item, where the list has it.
func (a *around) listed(code string) error {
	if a.c.Bases == nil || code == "" || slices.ContainsFunc(a.c.Bases, func(b checkup.Base) bool { return b.Code == code }) {
		return nil
	}
	e, err := lists.EntryOn(a.tx, baseList, code, lists.Stand{})
	if act.KindOf(err) == act.NotFound {
		return nil
	}
	if err == nil {
		a.c.Bases = append(a.c.Bases, Base(e.Content))
	}
	return err
}

// handled reads the base items of those that may be taken for the same approval:
// they say whether it is one, or a review.
func (a *around) handled(items []checkup.Item) error {
	for i := range a.c.Items {
		other := &a.c.Items[i]
		if other.Guide == nil && !slices.ContainsFunc(items, func(it checkup.Item) bool { return checkup.Same(it.Name, other.Name) }) {
			continue
		}
		if err := a.listed(other.Base); err != nil {
			return err
		}
	}
	return nil
}

// documents reads the items that yield what the item yields or asks for, and what
// those ask for in turn: a circle of proofs goes through them. Whoever is asked has
// documents of their own area and of those around it.
func (a *around) documents(it *checkup.Item) error {
	ask := [][2]string{}
	want := func(region string, documents ...string) {
		for _, d := range documents {
			if k := [2]string{region, d}; d != "" && !a.asked[k] {
				a.asked[k] = true
				ask = append(ask, k)
			}
		}
	}
	want(it.Region, append(it.Asked(false), it.Yields())...)
	for len(ask) > 0 {
		region, document := ask[0][0], ask[0][1]
		ask = ask[1:]
		var wider []string
		for n := range len(region) {
			wider = append(wider, region[:n])
		}
		all, err := catalog.MetByKey(a.tx, a.tx.Today(), checkup.ResultKey(region, document), wider...)
		if err != nil {
			return err
		}
		for _, m := range all {
			if err := a.read(m); err != nil {
				return err
			}
			other := &a.c.Items[a.at[m.Item.Code]]
			want(other.Region, append(other.Asked(true), other.Yields())...)
		}
	}
	return nil
}

// powers reads the powers that the items exercise, and who holds them.
func (a *around) powers(standing []checkup.Item) error {
	if a.c.Powers == nil {
		return nil
	}
	entries, err := naming(a.tx, standing)
	if err != nil {
		return err
	}
	x := exercise{c: a.c, by: map[string][]string{}}
	return x.read(a.tx, entries)
}

// naming are the powers that items exercise, by code: those that name an item, and
// those that have its code.
func naming(tx *store.Tx, items []checkup.Item) (map[string]lists.Entry, error) {
	entries := map[string]lists.Entry{}
	for _, it := range items {
		for _, code := range []string{it.Code, it.Of, it.Base} {
			if code == "" {
				continue
			}
			all, err := lists.Naming(tx, powerList, code)
			if err != nil {
				return nil, err
			}
			e, err := lists.EntryOn(tx, powerList, code, lists.Stand{})
			if err == nil {
				all = append(all, e)
			} else if act.KindOf(err) != act.NotFound {
				return nil, err
			}
			for _, e := range all {
				entries[e.Code] = e
			}
		}
	}
	return entries, nil
}

// read fills in the powers of entries, who holds them, and which items exercise them.
func (x *exercise) read(tx *store.Tx, entries map[string]lists.Entry) (err error) {
	order := make([]string, 0, len(entries))
	var codes []string
	for code, e := range entries {
		order, codes = append(order, code), append(codes, code, e.Content.Columns.Text("item"))
	}
	slices.Sort(order)
	slices.Sort(codes)
	if x.received, err = received(tx, slices.DeleteFunc(slices.Compact(codes), func(s string) bool { return s == "" })...); err != nil {
		return err
	}
	for _, code := range order {
		x.power(entries[code])
	}
	x.items()
	return nil
}

// laws reads the laws that the items cite.
func (a *around) laws(items []checkup.Item) error {
	var id int64
	if some, err := a.tx.Get([]any{&id}, `select id from law where home = $1 limit 1`, a.tx.Home()); err != nil || !some {
		return err
	}
	var ids []int64
	for i := range items {
		for _, name := range items[i].Cites() {
			known, err := a.tx.Get([]any{&id}, `select law from law_name where home = $1 and name = $2`, a.tx.Home(), name)
			if err != nil {
				return err
			}
			if known {
				ids = append(ids, id)
			}
		}
	}
	slices.Sort(ids)
	a.c.Laws = []checkup.Law{}
	for _, id := range slices.Compact(ids) {
		l, err := laws(a.tx, id)
		if err != nil {
			return err
		}
		a.c.Laws = append(a.c.Laws, l...)
	}
	return nil
}

// cases counts the cases of items that would be in force for a year already: of a
// version that is yet to begin nobody asks how many it had.
func (a *around) cases(items []checkup.Item) (err error) {
	first := a.tx.Today() - year
	if slices.ContainsFunc(items, func(it checkup.Item) bool { return it.Guide != nil && it.From <= first }) {
		a.c.Year, err = cases(a.tx)
	}
	return err
}
