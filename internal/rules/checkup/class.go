package checkup

import (
	"slices"
	"strings"

	"tongban/internal/rules/gbcode"
	"tongban/internal/rules/wording"
)

var classRules = []check{
	{Rule: Rule{"class_unknown", "class", Error, "GB/T 39046—2020"}, item: classUnknown},
	{Rule: Rule{"class_code", "class", Error, "GB/T 39554.1—2020"}, item: classCode},
	{Rule: Rule{"class_name", "class", Warning, "GB/T 39046—2020"}, item: className},
	{Rule: Rule{"class_unasked", "class", Error, "GB/T 39554.1—2020"}, item: classUnasked},
	{Rule: Rule{"class_instant", "class", Warning, "GB/T 39046—2020"}, item: classInstant},
	{Rule: Rule{"class_review", "class", Error, "行政许可法第三十五条、第四十三条"}, item: classReview},
}

// typeName is the name of a type for people.
func typeName(t string) wording.Message { return gbcode.TypeName(t) }

// extended tells whether the type is an extension that GB/T 39046 leaves to
// places: 11–19 powers, 21 and on services.
func extended(t string) bool { return len(t) == 2 && (t > "10" && t < "20" || t > "20" && t <= "99") }

// classUnknown: the types are those of GB/T 39046, or a local extension.
func classUnknown(f *finder, it *Item) {
	if blank(it.Type) || extended(it.Type) {
		return
	}
	if t := it.Type; t == "00" || !wording.Has(wording.ZH, "gbcode.item_type."+t) || len(t) != 2 {
		f.found(it.subject(), "got", it.Type)
	}
}

// classCode: the third and fourth digit of a base code are the type.
func classCode(f *finder, it *Item) {
	c, err := gbcode.ParseItem(it.Code, nil)
	if err == nil && c.Form.Standard() && !blank(it.Type) && c.Type != it.Type {
		f.found(it.subject(), "got", typeName(it.Type), "code", typeName(c.Type))
	}
}

// endings are words at the end of a name that go with certain types only.
var endings = []struct {
	word  string
	types []string
}{
	{"备案", []string{OtherPower, Service}},
	{"裁决", []string{Ruling}},
	{"奖励", []string{Reward, Grant, Service}},
	{"表彰", []string{Reward, Service}},
	{"救助", []string{Grant, Service}},
	{"补贴", []string{Grant, Service, Reward}},
	{"查询", []string{Service, OtherPower}},
	{"咨询", []string{Service}},
	{"行政处罚", []string{Penalty}},
	{"行政检查", []string{Inspection}},
}

// className: the name says another class than the type. Licences by name under
// another type are judged by disguise_name.
func className(f *finder, it *Item) {
	if blank(it.Type) || extended(it.Type) {
		return
	}
	name := endOf(it.Name)
	for _, e := range endings {
		if strings.HasSuffix(name, e.word) && !slices.Contains(e.types, it.Type) {
			f.found(it.subject(), "word", e.word, "got", typeName(it.Type))
			return
		}
	}
}

// brackets makes brackets of one kind.
var brackets = strings.NewReplacer("（", "(", "）", ")")

// endOf is a name, folded, without a last remark in brackets.
func endOf(name string) string {
	name = brackets.Replace(strings.TrimSpace(name))
	if i := strings.LastIndex(name, "("); i > 0 && strings.HasSuffix(name, ")") {
		name = name[:i]
	}
	return fold(name)
}

// classUnasked: penalties, coercion, levies and inspections are powers, but
// nobody applies for them: their place is the power list.
func classUnasked(f *finder, it *Item) {
	if slices.Contains([]string{Penalty, Coercion, Inspection}, it.Type) && it.Guide != nil {
		f.found(it.subject(), "got", typeName(it.Type))
	}
}

// classInstant: what is decided on the spot has no visits, no procedures that
// stop the clock, and no promise beyond a day.
func classInstant(f *finder, it *Item) {
	g := it.Guide
	if g == nil || g.Handling != "instant" {
		return
	}
	if len(g.Visits) > 0 || len(g.Special) > 0 || g.Terms.Promised.Days > 1 {
		f.found(it.subject(), "days", g.Terms.Promised.Days)
	}
}

// classReview: what a lower body only prepares (审核) is decided and issued by
// the upper one; what decides is an approval, with a power of its own.
func classReview(f *finder, it *Item) {
	if it.Guide == nil || it.Guide.Flow == nil || !f.reviews(it) {
		return
	}
	for _, s := range it.Guide.Flow.Steps {
		if s.Part == PartDecide || s.Action == ActionIssue {
			f.found(it.subject(), "step", s.Name)
			return
		}
	}
}

// reviews tells whether an item is a review: as its base item says, and as it says
// itself where that says nothing or both.
func (f *finder) reviews(it *Item) bool {
	if i, ok := f.index.bases[it.Base]; ok {
		switch f.c.Bases[i].Handling {
		case Reviews:
			return true
		case Approves:
			return false
		}
	}
	return it.Review
}
