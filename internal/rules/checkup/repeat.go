package checkup

import "slices"

var repeatRules = []check{
	{Rule: Rule{"overlap_item", "repeats", Warning, "行政许可法第二十六条；优化营商环境条例第四十条第三款"}, whole: overlapItem},
	{Rule: Rule{"overlap_result", "repeats", Warning, "行政许可法第二十六条；优化营商环境条例第四十条第三款"}, whole: overlapResult},
	{Rule: Rule{"decided_again", "repeats", Error, "行政许可法第二十六条、第三十四条"}, item: decidedAgain},
	{Rule: Rule{"reviewed_again", "repeats", Warning, "行政许可法第二十六条第一款；优化营商环境条例第三十五条"}, item: reviewedAgain},
	{Rule: Rule{"own_document", "repeats", Warning, "行政许可法第三十一条；优化营商环境条例第三十七条"}, item: ownDocument},
}

// overlapItem: several agencies of one area each have an item of the same name
// (交叉重叠). Items that prepare what another decides are none.
func overlapItem(f *finder) {
	type area struct{ region, name string }
	f.overlaps(func(it *Item) (any, bool) {
		name := fold(it.Name)
		return area{it.Region, name}, name != "" && !f.reviews(it) && it.Of == ""
	}, func(it *Item) string { return it.Name })
}

// overlapResult: several agencies of one area each approve what yields the same
// licence: the matter is approved twice.
func overlapResult(f *finder) {
	type area struct{ region, result string }
	f.overlaps(func(it *Item) (any, bool) {
		if it.Guide == nil || it.Type != Licence || f.reviews(it) {
			return nil, false
		}
		d := documentOf(it.Guide.Result.Name)
		return area{it.Region, d}, d != "" && !slices.Contains(commonResults, d)
	}, func(it *Item) string { return it.Guide.Result.Name })
}

// commonResults are names that papers of any matter bear.
var commonResults = []string{"行政许可决定书", "准予行政许可决定书", "许可决定书", "批复", "批准文件", "决定书", "行政许可证", "许可证", "批准书", "同意书", "无", "其他"}

// overlaps finds items with the same key at several agencies.
func (f *finder) overlaps(key func(*Item) (any, bool), label func(*Item) string) {
	seen := map[any][]int{}
	var order []any
	for i := range f.c.Items {
		k, ok := key(&f.c.Items[i])
		if !ok {
			continue
		}
		if seen[k] == nil {
			order = append(order, k)
		}
		seen[k] = append(seen[k], i)
	}
	for _, k := range order {
		var agencies []string
		for _, i := range seen[k] {
			agencies = append(agencies, f.c.Items[i].Agency)
		}
		slices.Sort(agencies)
		if agencies = slices.Compact(agencies); len(agencies) > 1 {
			list := f.byCode(seen[k])
			f.collides(list[0], list[1:], "what", label(f.itemOf(list[0].Code)), "agencies", f.agencies(agencies...), "n", len(agencies))
		}
	}
}

// itemOf is the first item with a code that is there.
func (f *finder) itemOf(code string) *Item { return &f.c.Items[f.index.items[code]] }

// decidedAgain: a case is decided once, also where several agencies work on it. What
// a review calls a decision is none (class_review).
func decidedAgain(f *finder, it *Item) {
	if f.reviews(it) {
		return
	}
	if a, b := f.pairOf(it, func(a, b *Step) bool { return a.Part == PartDecide && b.Part == PartDecide }); a != nil {
		f.found(it.subject(), "first", a.Name, "second", b.Name)
	}
}

// reviewedAgain: one agency reviews a case in one step. A review that is a
// procedure of 行政许可法 45 counts apart: one for each that the guide names and
// that has no step of its own.
func reviewedAgain(f *finder, it *Item) {
	fl := it.flowOf()
	if fl == nil {
		return
	}
	apart := map[string]int{}
	for _, s := range it.Guide.Special {
		if !fl.has(func(x *Step) bool { return x.Role == s.Role && (x.Part == PartTest || x.Special != "") }) {
			apart[s.Role]++
		}
	}
	excused := map[*Step]bool{}
	for i := range fl.Steps {
		if s := &fl.Steps[i]; s.Part == PartReview && apart[s.Role] > 0 {
			apart[s.Role]--
			excused[s] = true
		}
	}
	counts := func(s *Step) bool {
		return s.Part == PartReview && s.Agency != "" && s.Special == "" && !excused[s]
	}
	if a, b := f.pairOf(it, func(a, b *Step) bool { return counts(a) && counts(b) && a.Agency == b.Agency }); a != nil {
		f.found(it.subject(), "first", a.Name, "second", b.Name, "agency", f.agencies(a.Agency))
	}
}

// pairOf finds the first two steps through which one case comes and for which
// the question is answered yes.
func (f *finder) pairOf(it *Item, both func(a, b *Step) bool) (*Step, *Step) {
	fl := it.flowOf()
	if fl == nil {
		return nil, nil
	}
	m := meetingsIn(fl)
	for i := range fl.Steps {
		for k := i + 1; k < len(fl.Steps); k++ {
			if a, b := &fl.Steps[i], &fl.Steps[k]; a.Kind == Task && b.Kind == Task && both(a, b) && m.together(i, k) {
				return a, b
			}
		}
	}
	return nil, nil
}

// ownDocument: an agency does not ask for what it made out itself. What an item
// renews or changes may be handed back.
func ownDocument(f *finder, it *Item) {
	for _, m := range it.materials() {
		d := documentOf(m.Name)
		if m.Supplied || d == "" || d == documentOf(it.Guide.Result.Name) || slices.Contains(commonResults, d) {
			continue
		}
		for _, i := range f.index.results[d] {
			if from := &f.c.Items[i]; from.Agency == it.Agency && from.Region == it.Region && from.Code != it.Code && !from.Guide.Result.Licence {
				f.collides(it.subject(), []Subject{from.subject()}, "material", m.Name)
				break
			}
		}
	}
}
