package checkup

import (
	"cmp"
	"slices"
)

var powerRules = []check{
	{Rule: Rule{"power_basis", "powers", Error, "行政许可法第四条；优化营商环境条例第三十五条"}, whole: powerBasis},
	{Rule: Rule{"power_duties", "powers", Warning, "中办发〔2015〕21号"}, whole: powerDuties},
	{Rule: Rule{"power_shared", "powers", Warning, "中办发〔2015〕21号"}, whole: powerShared},
	{Rule: Rule{"power_unused", "powers", Warning, "优化营商环境条例第三十五条"}, whole: powerUnused},
	{Rule: Rule{"item_powerless", "powers", Error, "优化营商环境条例第三十五条、第四十条"}, item: itemPowerless},
	{Rule: Rule{"item_holder", "powers", Error, "行政许可法第二十三条、第二十四条"}, item: itemHolder},
	{Rule: Rule{"item_power_type", "powers", Error, "GB/T 39046—2020"}, item: itemPowerType},
}

// powerBasis: no power without a law (法无授权不可为).
func powerBasis(f *finder) {
	for i := range f.c.Powers {
		if p := &f.c.Powers[i]; len(p.Basis) == 0 {
			f.found(p.subject())
		}
	}
}

// powerDuties: to every power belong its duties and the situations in which
// somebody answers for them.
func powerDuties(f *finder) {
	for i := range f.c.Powers {
		if p := &f.c.Powers[i]; p.Duties == 0 || p.Situations == 0 {
			f.found(p.subject(), "duties", p.Duties, "situations", p.Situations)
		}
	}
}

// powerShared: one power in one area is exercised by one agency (交叉重叠),
// unless the law gives it to several together.
func powerShared(f *finder) {
	type area struct{ region, name, typ string }
	seen := map[area][]int{}
	var order []area
	for i := range f.c.Powers {
		p := &f.c.Powers[i]
		a := area{p.Region, fold(p.Name), p.Type}
		if a.name == "" || p.Joint {
			continue
		}
		if seen[a] == nil {
			order = append(order, a)
		}
		seen[a] = append(seen[a], i)
	}
	for _, a := range order {
		var holders []string
		var list []Subject
		for _, i := range seen[a] {
			holders = append(holders, f.c.Powers[i].Holders...)
			list = append(list, f.c.Powers[i].subject())
		}
		slices.Sort(holders)
		if holders = slices.Compact(holders); len(holders) > 1 {
			slices.SortFunc(list, func(a, b Subject) int { return cmp.Compare(a.Code, b.Code) })
			f.collides(list[0], list[1:], "holders", f.agencies(holders...), "n", len(holders))
		}
	}
}

// asked are the types of powers that somebody applies for.
var asked = []string{Licence, Grant, Confirming, Reward, Ruling}

// powerUnused: a power that somebody applies for has an item by which to apply.
func powerUnused(f *finder) {
	for i := range f.c.Powers {
		p := &f.c.Powers[i]
		if _, ok := f.index.used[p.Code]; !ok && slices.Contains(asked, p.Type) && !p.Internal {
			f.found(p.subject(), "type", typeName(p.Type))
		}
	}
}

// itemPowerless: whoever does something to people by application has a power on
// the list to do so; public services need none.
func itemPowerless(f *finder, it *Item) {
	if f.c.Powers == nil || it.Type == Service || it.Type > Service || blank(it.Type) {
		return
	}
	if !slices.ContainsFunc(it.Powers, func(code string) bool { _, ok := f.index.powers[code]; return ok }) {
		f.found(it.subject(), "type", typeName(it.Type))
	}
}

// itemHolder: the body that decides holds the power. Powers moved to one bureau
// (行政许可法 25) name that bureau among their holders.
func itemHolder(f *finder, it *Item) {
	for _, code := range it.Powers {
		i, ok := f.index.powers[code]
		if !ok || f.reviews(it) {
			continue
		}
		if p := &f.c.Powers[i]; len(p.Holders) > 0 && !slices.Contains(p.Holders, it.Agency) {
			f.collides(it.subject(), []Subject{p.subject()}, "agency", f.agencies(it.Agency), "holders", f.agencies(p.Holders...))
		}
	}
}

// itemPowerType: item and power are of one class.
func itemPowerType(f *finder, it *Item) {
	for _, code := range it.Powers {
		i, ok := f.index.powers[code]
		if !ok || f.reviews(it) {
			continue
		}
		if p := &f.c.Powers[i]; p.Type != "" && it.Type != "" && p.Type != it.Type {
			f.collides(it.subject(), []Subject{p.subject()}, "got", typeName(it.Type), "other", typeName(p.Type))
		}
	}
}
