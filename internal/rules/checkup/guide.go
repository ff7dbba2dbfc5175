package checkup

import (
	"slices"
	"strings"

	"tongban/internal/rules/workday"
)

// The flow is what runs and the guide is what was promised: they must say the same.
var guideRules = []check{
	{Rule: Rule{"flow_parts", "flow", Error, "行政许可法第三十二条、第三十四条"}, item: flowParts},
	{Rule: Rule{"flow_role", "flow", Error, "优化营商环境条例第三十五条"}, item: flowRole},
	{Rule: Rule{"flow_time", "flow", Error, "优化营商环境条例第三十六条"}, item: flowTime},
	{Rule: Rule{"flow_fee", "flow", Error, "行政许可法第五十八条"}, item: flowFee},
	{Rule: Rule{"flow_special", "flow", Error, workday.PauseArticle}, item: flowSpecial},
	{Rule: Rule{"flow_visit", "flow", Error, "行政许可法第三十四条第三款；优化营商环境条例第三十六条"}, item: flowVisit},
}

// flowOf is the item's flow, nil where it has none.
func (it *Item) flowOf() *Flow {
	if it.Guide == nil || it.Guide.Flow == nil || len(it.Guide.Flow.Steps) == 0 {
		return nil
	}
	return it.Guide.Flow
}

// flowParts: an application is accepted or refused acceptance, and decided; a
// review for another level is not decided here (class_review).
func flowParts(f *finder, it *Item) {
	fl := it.flowOf()
	if fl == nil {
		return
	}
	var l lacks
	l.unless(fl.has(func(s *Step) bool { return s.Part == PartAccept }), "accept")
	if !f.reviews(it) {
		l.unless(fl.has(func(s *Step) bool { return s.Part == PartDecide }), "decide")
		l.unless(blank(it.Guide.Result.Name) || fl.has(func(s *Step) bool { return s.Action == ActionIssue || s.Part == PartIssue }), "issue")
	}
	if len(l) > 0 {
		f.found(it.subject(), "what", words(l))
	}
}

func (f *Flow) has(is func(*Step) bool) bool {
	return slices.ContainsFunc(f.Steps, func(s Step) bool { return is(&s) })
}

// flowRole: every step that a person does names a role behind which an agency
// stands; the agency whose seal is on the result is the one that decides.
func flowRole(f *finder, it *Item) {
	fl := it.flowOf()
	if fl == nil {
		return
	}
	for _, s := range fl.Steps {
		if s.Kind != Task {
			continue
		}
		if s.Agency == "" || s.Part == PartDecide && !f.reviews(it) && s.Agency != it.Agency {
			f.found(it.subject(), "step", s.Name, "role", s.Role, "agency", f.agencies(it.Agency))
		}
	}
}

// flowTime: the limits of the steps on the slowest way from acceptance to
// decision stay within what was promised. What stops the clock is not counted,
// nor what lies before acceptance and after the decision.
func flowTime(f *finder, it *Item) {
	fl := it.flowOf()
	if fl == nil || it.Guide.Terms.Promised.Days == 0 {
		return
	}
	sum := fl.longest(func(s *Step) bool {
		return s.Part != PartAccept && s.Part != PartTest && s.Part != PartIssue && s.Part != PartDeliver && s.Action != ActionIssue && s.Special == ""
	})
	if promised := it.Guide.Terms.Promised; sum > fifths(promised) {
		f.found(it.subject(), "sum", (sum+6)/7, "promised", promised)
	}
}

// flowFee: a flow in which somebody pays belongs to a guide that says so.
func flowFee(f *finder, it *Item) {
	fl := it.flowOf()
	if fl == nil || len(it.Guide.Fees) > 0 {
		return
	}
	for _, s := range fl.Steps {
		if s.Part == PartPay || s.Action == ActionCharge || s.Kind == Task && paying(s.Name) {
			f.found(it.subject(), "step", s.Name)
			return
		}
	}
}

func paying(name string) bool {
	return slices.ContainsFunc([]string{"缴费", "收费", "交费", "缴款"}, func(w string) bool { return strings.Contains(name, w) }) &&
		!strings.Contains(name, "不收费") && !strings.Contains(name, "免")
}

// flowSpecial: what stops the clock stands in the guide and in the flow, done
// by the same role.
func flowSpecial(f *finder, it *Item) {
	fl := it.flowOf()
	if fl == nil {
		return
	}
	g := it.Guide
	for _, s := range fl.Steps {
		said := slices.ContainsFunc(g.Special, func(p Special) bool { return p.Role == s.Role })
		if (s.Part == PartTest || s.Special != "") && !said {
			f.found(it.subject(), "step", s.Name, "where", placeOf("guide"))
		}
	}
	for _, p := range g.Special {
		if !fl.has(func(s *Step) bool {
			return s.Role == p.Role && slices.Contains([]string{PartTest, PartReview, PartVisit}, s.Part)
		}) {
			f.found(it.subject(), "step", p.Name, "where", placeOf("flow"))
		}
	}
}

// flowVisit: a visit in the flow is announced in the guide, and the other way
// round; for a licence at least two officers go (行政许可法 34).
func flowVisit(f *finder, it *Item) {
	fl := it.flowOf()
	if fl == nil {
		return
	}
	g := it.Guide
	for _, s := range fl.Steps {
		if s.Part != PartVisit {
			continue
		}
		i := slices.IndexFunc(g.Visits, func(v Visit) bool { return v.Role == s.Role })
		switch {
		case i < 0:
			f.found(it.subject(), "step", s.Name, "where", placeOf("guide"))
		case s.Officers > 0 && g.Visits[i].Officers > 0 && s.Officers != g.Visits[i].Officers, it.Type == Licence && max(s.Officers, g.Visits[i].Officers) < 2:
			f.found(it.subject(), "step", s.Name, "where", placeOf("officers"))
		}
	}
	for _, v := range g.Visits {
		if !fl.has(func(s *Step) bool { return s.Role == v.Role && s.Part == PartVisit }) {
			f.found(it.subject(), "step", v.Role, "where", placeOf("flow"))
		}
	}
}
