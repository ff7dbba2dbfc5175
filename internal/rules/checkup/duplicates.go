package checkup

import (
	"cmp"
	"slices"
)

var duplicateRules = []check{
	{Rule: Rule{"code_twice", "duplicates", Error, "GB/T 39554.1—2020"}, whole: codeTwice},
	{Rule: Rule{"name_twice", "duplicates", Error, "GB/T 39554.1—2020"}, whole: nameTwice},
	{Rule: Rule{"variant_twice", "duplicates", Error, "GB/T 39554.1—2020"}, whole: variantTwice},
	{Rule: Rule{"name_near", "duplicates", Warning, "GB/T 39554.1—2020"}, whole: nameNear},
	{Rule: Rule{"base_near", "duplicates", Warning, "GB/T 39554.1—2020"}, whole: baseNear},
	{Rule: Rule{"name_crowd", "duplicates", Note, "GB/T 39554.1—2020"}, whole: nameCrowd},
}

// codeTwice: a code names one entry.
func codeTwice(f *finder) {
	f.twice(len(f.c.Items), func(i int) (string, Subject) { return f.c.Items[i].Code, f.c.Items[i].subject() })
	f.twice(len(f.c.Bases), func(i int) (string, Subject) { return f.c.Bases[i].Code, f.c.Bases[i].subject() })
	f.twice(len(f.c.Powers), func(i int) (string, Subject) { return f.c.Powers[i].Code, f.c.Powers[i].subject() })
}

func (f *finder) twice(n int, of func(int) (string, Subject)) {
	seen := map[string]int{}
	var again []int
	for i := range n {
		if code, _ := of(i); code != "" {
			if seen[code]++; seen[code] == 2 {
				again = append(again, i)
			}
		}
	}
	for _, i := range again {
		code, s := of(i)
		f.found(s, "code", code, "n", seen[code])
	}
}

// body is who does something, and where.
type body struct{ region, agency, name string }

// nameTwice: one body has one entry for one matter. Variants of one item may
// share its name.
func nameTwice(f *finder) {
	seen := map[body][]int{}
	var order []body
	for i := range f.c.Items {
		it := &f.c.Items[i]
		b := body{it.Region, it.Agency, fold(it.Name)}
		if b.name == "" || it.Of != "" {
			continue
		}
		if seen[b] = append(seen[b], i); len(seen[b]) == 2 {
			order = append(order, b)
		}
	}
	for _, b := range order {
		list := f.byCode(seen[b])
		if len(list) > 1 {
			f.collides(list[0], list[1:], "name", list[0].Name, "n", len(list))
		}
	}
}

// variantTwice: an item has one variant for one situation.
func variantTwice(f *finder) {
	type variant struct{ of, region, name string }
	seen := map[variant][]int{}
	var order []variant
	for i := range f.c.Items {
		it := &f.c.Items[i]
		v := variant{it.Of, it.Region, fold(it.Name)}
		if it.Of == "" || v.name == "" {
			continue
		}
		if seen[v] = append(seen[v], i); len(seen[v]) == 2 {
			order = append(order, v)
		}
	}
	for _, v := range order {
		if list := f.byCode(seen[v]); len(list) > 1 {
			f.collides(list[0], list[1:], "name", list[0].Name, "of", v.of, "n", len(list))
		}
	}
}

// byCode names items as subjects in order of their codes, each code once.
func (f *finder) byCode(items []int) []Subject {
	list := make([]Subject, len(items))
	for k, i := range items {
		list[k] = f.c.Items[i].subject()
	}
	slices.SortFunc(list, func(a, b Subject) int { return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.Name, b.Name)) })
	return slices.CompactFunc(list, func(a, b Subject) bool { return a.Code == b.Code })
}

// nameNear: names in one area that look like one matter entered twice.
func nameNear(f *finder) {
	byArea := map[string][]int{}
	var areas []string
	for i := range f.c.Items {
		it := &f.c.Items[i]
		if it.Of != "" {
			continue
		}
		if _, ok := byArea[it.Region]; !ok {
			areas = append(areas, it.Region)
		}
		byArea[it.Region] = append(byArea[it.Region], i)
	}
	for _, area := range areas {
		list := byArea[area]
		f.near(len(list), func(k int) Subject { return f.c.Items[list[k]].subject() })
		if f.stopped {
			return
		}
	}
}

// baseNear: entries of the basic directory that look like one matter.
func baseNear(f *finder) {
	f.near(len(f.c.Bases), func(k int) Subject { return f.c.Bases[k].subject() })
}

// near finds names that are alike among n things. The same name is one name
// here: name_twice and overlap_item judge that.
func (f *finder) near(n int, of func(int) Subject) {
	bearers := map[string][]Subject{} // by folded name
	marked := map[string][]string{}   // folded names by what they tell apart
	var order []string
	for k := range n {
		s := of(k)
		name := fold(s.Name)
		if name == "" {
			continue
		}
		if bearers[name] == nil {
			m := marksOf(name)
			if marked[m] == nil {
				order = append(order, m)
			}
			marked[m] = append(marked[m], name)
		}
		bearers[name] = append(bearers[name], s)
	}
	for _, m := range order {
		if f.stopped {
			return
		}
		names := marked[m]
		groups, whole := groupsOf(names)
		for _, g := range groups {
			var list []Subject
			for _, i := range g {
				list = append(list, bearers[names[i]]...)
			}
			f.group(list)
		}
		if !whole {
			f.index.crowds = append(f.index.crowds, crowd{names[0], len(names)})
		}
	}
}

// crowd is names so many and so much alike that not all were compared.
type crowd struct {
	name string // one of them, folded
	n    int
}

// nameCrowd says where the comparison of names stopped short of all.
func nameCrowd(f *finder) {
	for _, c := range f.index.crowds {
		f.found(Subject{Kind: OfCatalogue, Code: c.name, Name: c.name}, "n", c.n)
	}
}

// group hands out one group of names that are alike.
func (f *finder) group(list []Subject) {
	slices.SortFunc(list, func(a, b Subject) int { return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.Name, b.Name)) })
	labels := make([]string, len(list))
	for i, s := range list {
		labels[i] = s.Name
	}
	f.collides(list[0], list[1:], "names", some(labels), "n", len(list))
}
