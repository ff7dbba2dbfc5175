package checkup

import "slices"

// index finds things of the catalogue by what other things call them.
type index struct {
	items    map[string]int // first item with a code
	bases    map[string]int
	powers   map[string]int
	byBase   map[string][]int // items by code of their base item
	tops     map[string]int   // of them the highest, as far as asked for
	results  map[string][]int // items by the document that they yield
	shared   map[string]string
	proofs   map[string]int
	laws     map[string]int
	articles map[placeIn]bool
	fees     names
	services names
	used     map[string]int // items by code of a power
	crowds   []crowd
}

func newIndex(c *Catalogue) *index {
	x := &index{
		items: map[string]int{}, bases: map[string]int{}, powers: map[string]int{}, byBase: map[string][]int{}, tops: map[string]int{},
		results: map[string][]int{}, shared: map[string]string{}, proofs: map[string]int{}, laws: map[string]int{}, articles: map[placeIn]bool{}, used: map[string]int{},
		fees: namesOf(c.Fees), services: namesOf(c.Intermediaries),
	}
	for i := range c.Items {
		x.item(c, i)
	}
	for i := range c.Bases {
		first(x.bases, c.Bases[i].Code, i)
	}
	for i := range c.Powers {
		first(x.powers, c.Powers[i].Code, i)
	}
	for _, d := range everywhere {
		x.shared[documentOf(d)] = d
	}
	for i := range c.Shared {
		for _, n := range append([]string{c.Shared[i].Name}, c.Shared[i].Aliases...) {
			x.shared[documentOf(n)] = c.Shared[i].Name
		}
	}
	for i := range c.Proofs {
		for _, n := range append([]string{c.Proofs[i].Name}, c.Proofs[i].Aliases...) {
			first(x.proofs, documentOf(n), i)
		}
	}
	for i := range c.Laws {
		for _, n := range append([]string{c.Laws[i].Name}, c.Laws[i].Aliases...) {
			first(x.laws, lawName(n), i)
		}
		for _, a := range c.Laws[i].Articles {
			x.articles[placeIn{&c.Laws[i], a.Number}] = true
		}
	}
	return x
}

func (x *index) item(c *Catalogue, i int) {
	it := &c.Items[i]
	first(x.items, it.Code, i)
	if it.Base != "" {
		x.byBase[it.Base] = append(x.byBase[it.Base], i)
	}
	for _, p := range it.Powers {
		first(x.used, p, i)
	}
	if it.Guide != nil {
		if d := documentOf(it.Guide.Result.Name); d != "" {
			x.results[d] = append(x.results[d], i)
		}
	}
}

// first keeps the first of several under one name; no name names nothing.
func first(m map[string]int, name string, i int) {
	if _, twice := m[name]; !twice && name != "" {
		m[name] = i
	}
}

// names finds entries of a list by their name, code or alias.
type names map[string]*Entry

func namesOf(list []Entry) names {
	n := names{}
	for i := range list {
		e := &list[i]
		for _, s := range slices.Concat([]string{e.Name, e.Code}, e.Aliases) {
			if s = fold(s); s != "" && n[s] == nil {
				n[s] = e
			}
		}
	}
	return n
}

// allows tells whether the list has the name, and for this item.
func (n names) allows(name string, it *Item) bool {
	e := n[fold(name)]
	return e != nil && (len(e.Items) == 0 || slices.Contains(e.Items, it.Code) || slices.Contains(e.Items, it.Of) || slices.Contains(e.Items, it.Base))
}
