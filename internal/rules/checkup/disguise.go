package checkup

import (
	"slices"
	"strings"
)

// Approvals dressed as something else (变相审批): a filing that may be refused, a
// service whose result is a licence.
var disguiseRules = []check{
	{Rule: Rule{"disguise_result", "disguise", Error, "优化营商环境条例第三十九条"}, item: disguiseResult},
	{Rule: Rule{"disguise_refusal", "disguise", Warning, "优化营商环境条例第三十九条"}, item: disguiseRefusal},
	{Rule: Rule{"disguise_examined", "disguise", Warning, "优化营商环境条例第三十九条"}, item: disguiseExamined},
	{Rule: Rule{"disguise_name", "disguise", Warning, "优化营商环境条例第三十九条"}, item: disguiseName},
}

// permits are words of documents that permit something.
var permits = []string{"许可证", "许可决定", "许可书", "批准书", "批准证", "批准文件", "批准决定", "核准书", "核准证", "核准文件", "准予", "准许证", "准入证", "准运证", "审批表", "审批意见", "经营资格证", "同意书", "批复"}

// plain tells whether the item is of a class in which nothing is approved.
func (it *Item) plain() bool { return it.Type == OtherPower || it.Type == Service }

// filing tells whether the item calls itself a filing, a report, a registration
// of what somebody does.
func (it *Item) filing() bool {
	name := endOf(it.Name)
	return it.plain() && slices.ContainsFunc([]string{"备案", "报备", "告知", "报告", "登记备案", "备查"}, func(w string) bool { return strings.HasSuffix(name, w) })
}

// disguiseResult: the result of a filing or a service is no permission.
func disguiseResult(f *finder, it *Item) {
	if it.Guide == nil || !it.plain() || it.Type == OtherPower && !it.filing() {
		return
	}
	result := fold(it.Guide.Result.Name)
	if i := slices.IndexFunc(permits, func(w string) bool { return strings.Contains(result, w) }); i >= 0 {
		f.found(it.subject(), "result", it.Guide.Result.Name, "type", typeName(it.Type))
	}
}

// disguiseRefusal: whoever files something is not told no. A flow that reviews,
// then decides, then takes another way on refusal, approves.
func disguiseRefusal(f *finder, it *Item) {
	fl := it.flowOf()
	if fl == nil || !it.filing() {
		return
	}
	decides := fl.has(func(s *Step) bool { return s.Part == PartDecide })
	if decides && fl.has(func(s *Step) bool { return s.Kind == Decision }) {
		f.found(it.subject(), "type", typeName(it.Type))
	}
}

// disguiseExamined: a filing is not examined on the spot, tested, or judged by experts.
func disguiseExamined(f *finder, it *Item) {
	if it.Guide == nil || !it.filing() {
		return
	}
	fl := it.flowOf()
	inFlow := fl != nil && fl.has(func(s *Step) bool { return s.Part == PartVisit || s.Part == PartTest })
	if inFlow || len(it.Guide.Visits) > 0 || len(it.Guide.Special) > 0 {
		f.found(it.subject())
	}
}

// disguiseName: what is called a licence or an approval is of that class, with
// the law's limits and duties. Questions about one are none.
func disguiseName(f *finder, it *Item) {
	if !it.plain() || f.reviews(it) {
		return
	}
	name := endOf(it.Name)
	for _, w := range []string{"行政许可", "许可", "审批", "核准", "许可证核发", "许可证"} {
		if strings.HasSuffix(name, w) {
			f.found(it.subject(), "word", w, "type", typeName(it.Type))
			return
		}
	}
}
