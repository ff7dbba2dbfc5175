package catalog

import (
	"slices"
	"strings"

	"tongban/internal/rules/wording"
)

// OfItem is the code of the item of which a code's item is a variant; "" for none.
func OfItem(code string) string {
	if of, _ := family(code); of != code {
		return of
	}
	return ""
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
