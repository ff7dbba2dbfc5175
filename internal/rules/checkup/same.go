package checkup

import (
	"slices"

	"tongban/internal/rules/workday"
)

// The same item at several levels and agencies: name, code, type and basis are
// one (三级四同); limits and materials may differ, but are looked at. What they
// are held against is the base item; without one, the highest implementation.
var sameRules = []check{
	{Rule: Rule{"base_missing", "same", Error, "GB/T 39554.1—2020"}, item: baseMissing},
	{Rule: Rule{"variant_orphan", "same", Error, "GB/T 39554.1—2020"}, item: variantOrphan},
	{Rule: Rule{"same_name", "same", Error, "GB/T 39554.1—2020"}, item: sameName},
	{Rule: Rule{"same_type", "same", Error, "GB/T 39554.1—2020"}, item: sameType},
	{Rule: Rule{"same_basis", "same", Error, "GB/T 39554.1—2020"}, item: sameBasis},
	{Rule: Rule{"same_limit", "same", Warning, "优化营商环境条例第三十五条"}, item: sameLimit},
	{Rule: Rule{"same_materials", "same", Warning, "优化营商环境条例第三十五条"}, item: sameMaterials},
}

// baseMissing: every implementation rests on an entry of the basic directory.
func baseMissing(f *finder, it *Item) {
	if f.c.Bases == nil || it.Base == "" {
		return
	}
	if _, ok := f.index.bases[it.Base]; !ok {
		f.found(it.subject(), "base", it.Base)
	}
}

// variantOrphan: a variant stands under an item that is offered.
func variantOrphan(f *finder, it *Item) {
	if it.Of == "" {
		return
	}
	if _, ok := f.index.items[it.Of]; !ok {
		f.found(it.subject(), "of", it.Of)
	}
}

// pattern is what an item is held against.
type pattern struct {
	subject   Subject
	name, typ string
	basis     []Article
	statutory workday.Term
	materials []string // nil: not known
}

// patternOf finds what an item is held against: its base item, or of the items
// with the same base code the one of the highest level.
func (f *finder) patternOf(it *Item) (pattern, bool) {
	if it.Base == "" {
		return pattern{}, false
	}
	p, ok := pattern{}, false
	if i, has := f.index.bases[it.Base]; has {
		b := &f.c.Bases[i]
		p, ok = pattern{b.subject(), b.Name, b.Type, b.Basis, b.Statutory, b.Materials}, true
		if !p.statutory.IsZero() && p.materials != nil {
			return p, true
		}
	}
	top := f.highest(it.Base)
	if top == nil || top.Code == it.Code || top.Of != "" {
		return p, ok
	}
	if !ok {
		p = pattern{subject: top.subject(), name: top.Name, typ: top.Type}
		if top.Guide != nil {
			p.basis = top.Guide.Basis
		}
	}
	if g := top.Guide; g != nil && p.statutory.IsZero() {
		p.statutory = g.Terms.Statutory
	}
	if p.materials == nil && top.Guide != nil && it.Of == "" { // a variant asks for what its situation needs
		p.materials = top.required()
	}
	return p, true
}

// required names the materials that everybody has to bring.
func (it *Item) required() []string {
	list := []string{}
	for _, m := range it.materials() {
		if m.Required && !m.When && !m.Supplied {
			list = append(list, m.Name)
		}
	}
	return list
}

// highest is the item of a base code at the highest level; of one level the
// one with the first code.
func (f *finder) highest(base string) *Item {
	if i, ok := f.index.tops[base]; ok {
		return &f.c.Items[i]
	}
	var top *Item
	at := 0
	for _, i := range f.index.byBase[base] {
		it := &f.c.Items[i]
		if top == nil || higher(it, top) {
			top, at = it, i
		}
	}
	if top != nil {
		f.index.tops[base] = at
	}
	return top
}

func higher(a, b *Item) bool {
	if (a.Of == "") != (b.Of == "") {
		return a.Of == ""
	}
	if (a.Level == "") != (b.Level == "") {
		return a.Level != ""
	}
	if a.Level != b.Level {
		return a.Level < b.Level
	}
	return a.Code < b.Code
}

// sameName: one matter has one name. A variant's name may say more.
func sameName(f *finder, it *Item) {
	p, ok := f.patternOf(it)
	if ok && it.Of == "" && fold(p.name) != fold(it.Name) {
		f.collides(it.subject(), []Subject{p.subject}, "name", it.Name, "other", p.name)
	}
}

// sameType: one matter has one class.
func sameType(f *finder, it *Item) {
	p, ok := f.patternOf(it)
	if ok && p.typ != "" && it.Type != "" && p.typ != it.Type {
		f.collides(it.subject(), []Subject{p.subject}, "got", typeName(it.Type), "other", typeName(p.typ))
	}
}

// sameBasis: an implementation rests on every article of its base item. It may
// rest on more: on what its own legislature made.
func sameBasis(f *finder, it *Item) {
	p, ok := f.patternOf(it)
	if !ok || it.Guide == nil || p.subject.Kind != OfBase {
		return
	}
	var missing []string
	for _, a := range p.basis {
		if !slices.ContainsFunc(it.Guide.Basis, a.same) {
			missing = append(missing, lawName(a.Law)+a.Article)
		}
	}
	if len(missing) > 0 {
		f.collides(it.subject(), []Subject{p.subject}, "missing", some(missing), "n", len(missing))
	}
}

// sameLimit: a lower level takes no longer by law than the pattern says.
func sameLimit(f *finder, it *Item) {
	p, ok := f.patternOf(it)
	if !ok || it.Guide == nil || p.statutory.Days == 0 {
		return
	}
	if t := it.Guide.Terms.Statutory; longer(t, p.statutory) {
		f.collides(it.subject(), []Subject{p.subject}, "got", t, "other", p.statutory)
	}
}

// sameMaterials: nobody is asked for more here than elsewhere.
func sameMaterials(f *finder, it *Item) {
	p, ok := f.patternOf(it)
	if !ok || it.Guide == nil || p.materials == nil {
		return
	}
	var more []string
	for _, name := range it.required() {
		d := documentOf(name)
		if !slices.ContainsFunc(p.materials, func(o string) bool { return documentOf(o) == d }) {
			more = append(more, name)
		}
	}
	if len(more) > 0 {
		f.collides(it.subject(), []Subject{p.subject}, "more", some(more), "n", len(more))
	}
}
