package catalog

import (
	"slices"
	"strings"

	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// OfItem is the code of the item of which a code's item is a variant; "" for none.
func OfItem(code string) string {
	if of, _ := family(code); of != code {
		return of
	}
	return ""
}

// Kin is an item of a family: the item itself, or a variant of it, with the situation
// that it is for and in what it differs from the item.
type Kin struct {
	*Version
	Differs []wording.Message
}

// Family is the item to whose family a code belongs, and its variants, by code, as
// they hold on a day; none where an item has no variants.
func (c *Catalog) Family(tx *store.Tx, code string, on day.Day) ([]Kin, error) {
	of, variants, err := Variants(tx, code, on)
	if err == nil && of != nil {
		code = of.Code
		_, variants, err = Variants(tx, code, on)
	}
	if err != nil || len(variants) == 0 {
		return nil, err
	}
	id, err := c.ByCode(tx, code)
	if err != nil {
		return nil, err
	}
	item, err := c.InForce(tx, id, on)
	if err != nil {
		return nil, err
	}
	all := []Kin{{Version: item}}
	for _, x := range variants {
		v, err := c.InForce(tx, x.Item, on)
		if err != nil {
			return nil, err
		}
		all = append(all, Kin{v, Differs(item, v)})
	}
	return all, nil
}

// Differs tells in what a variant differs from its item for whoever applies: the
// materials that they bring, the days that it takes, how much they fill in.
func Differs(of, variant *Version) (all []wording.Message) {
	if !of.Complete() || !variant.Complete() {
		return nil
	}
	brings := func(v *Version) (names []string) {
		for _, m := range v.Materials {
			if !m.Supplied() {
				names = append(names, m.Name)
			}
		}
		return names
	}
	without := func(list, other []string) string {
		return strings.Join(slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(other, s) }), "、")
	}
	mine, theirs := brings(variant), brings(of)
	if more := without(mine, theirs); more != "" {
		all = append(all, wording.M("catalog.variant.more", "names", more))
	}
	if less := without(theirs, mine); less != "" {
		all = append(all, wording.M("catalog.variant.less", "names", less))
	}
	if a, b := variant.Terms.Promised, of.Terms.Promised; !a.IsZero() && (a.Days != b.Days || a.Unit != b.Unit) {
		all = append(all, wording.M("catalog.variant.term", "term", a, "of", b))
	}
	if a, b := len(variant.Form.Fields), len(of.Form.Fields); a != b {
		all = append(all, wording.M("catalog.variant.form", "n", a, "of", b))
	}
	return all
}
