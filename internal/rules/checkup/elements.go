package checkup

import (
	"strings"

	"tongban/internal/rules/gbcode"
	"tongban/internal/rules/wording"
)

var elementRules = []check{
	{Rule: Rule{"entry_lacks", "elements", Error, "GB/T 39046—2020、GB/T 39554.1—2020"}, item: entryLacks},
	{Rule: Rule{"entry_code", "elements", Error, "GB/T 39554.1—2020"}, item: entryCode},
	{Rule: Rule{"guide_lacks", "elements", Error, "GB/T 39554.1—2020；优化营商环境条例第三十五条"}, item: guideLacks},
	{Rule: Rule{"guide_none", "elements", Note, "优化营商环境条例第三十五条"}, item: guideNone},
	{Rule: Rule{"material_lacks", "elements", Warning, "GB/T 39554.1—2020"}, item: materialLacks},
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }

// lacks gathers the names of elements that are not there.
type lacks words

func (l *lacks) unless(there bool, element string) {
	if !there {
		*l = append(*l, wording.M("checkup.element."+element))
	}
}

// entryLacks: name, code, type and body stand in the basic directory (基本目录)
// of GB/T 39554; no entry does without them.
func entryLacks(f *finder, it *Item) {
	var l lacks
	l.unless(!blank(it.Name), "name")
	l.unless(!blank(it.Code), "code")
	l.unless(!blank(it.Type), "type")
	l.unless(!blank(it.Agency), "agency")
	if len(l) > 0 {
		f.found(it.subject(), "what", words(l))
	}
}

// entryCode: a code in one of the forms of GB/T 39554 has the right parts. Codes
// of other forms, which districts keep, are carried as they are.
func entryCode(f *finder, it *Item) {
	if blank(it.Code) {
		return
	}
	if _, err := gbcode.ParseItem(it.Code, nil); err != nil {
		f.found(it.subject(), "why", asMessage(err))
	}
}

func asMessage(err error) wording.Message {
	if m, ok := err.(wording.Message); ok {
		return m
	}
	return wording.M("checkup.other")
}

// guideLacks: the elements of an implementation list (实施清单) that the public
// reads; 优化营商环境条例 35 has them published.
func guideLacks(f *finder, it *Item) {
	g := it.Guide
	if g == nil {
		return
	}
	var l lacks
	l.unless(!blank(g.Handling), "handling")
	l.unless(len(g.Applicants) > 0, "applicants")
	l.unless(len(g.Basis) > 0, "basis")
	l.unless(len(g.Conditions) > 0, "conditions")
	l.unless(g.Terms.Statutory.Days > 0, "statutory")
	l.unless(g.Terms.Promised.Days > 0, "promised")
	l.unless(len(g.Fees) > 0 || !blank(g.FeeText), "fees")
	l.unless(!blank(g.Result.Name), "result")
	l.unless(len(g.Channels) > 0, "channels")
	l.unless(g.TripsSaid, "trips")
	l.unless(!blank(g.Phone), "phone")
	l.unless(!blank(g.Place), "place")
	l.unless(!blank(g.Hours), "hours")
	l.unless(!blank(g.Complaint), "complaint")
	l.unless(g.Flow != nil, "flow")
	if len(l) > 0 {
		f.found(it.subject(), "what", words(l), "n", len(l))
	}
}

// guideNone: an item known by name only cannot be applied for with a guide.
func guideNone(f *finder, it *Item) {
	if it.Guide == nil {
		f.found(it.subject())
	}
}

// materialLacks: a material that the applicant brings has a name and says how
// to come by it (填报须知、来源渠道).
func materialLacks(f *finder, it *Item) {
	for _, m := range it.materials() {
		if blank(m.Name) || !m.Supplied && blank(m.How) && blank(m.Issuer) {
			f.found(it.subject(), "material", m.label())
		}
	}
}

func (it *Item) materials() []Material {
	if it.Guide == nil {
		return nil
	}
	return it.Guide.Materials
}

func (m *Material) label() string {
	if blank(m.Name) {
		return m.Key
	}
	return m.Name
}
