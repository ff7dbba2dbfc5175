package checkup

import (
	"slices"
	"strings"
)

var listRules = []check{
	{Rule: Rule{"fee_off_list", "lists", Error, "行政许可法第五十九条"}, item: feeOffList},
	{Rule: Rule{"fee_basis", "lists", Error, "行政许可法第五十八条"}, item: feeBasis},
	{Rule: Rule{"fee_unsaid", "lists", Error, "行政许可法第五十八条"}, item: feeUnsaid},
	{Rule: Rule{"service_off_list", "lists", Error, "优化营商环境条例第四十三条第一款"}, item: serviceOffList},
	{Rule: Rule{"service_material", "lists", Warning, "优化营商环境条例第四十三条第二款"}, item: serviceMaterial},
}

// feeOffList: what is not on the list of fees is not charged.
func feeOffList(f *finder, it *Item) {
	if it.Guide == nil || f.c.Fees == nil {
		return
	}
	for _, fee := range it.Guide.Fees {
		if !f.index.fees.allows(fee.Name, it) {
			f.found(it.subject(), "fee", fee.Name)
		}
	}
}

// feeBasis: a licence costs nothing unless a law or an administrative
// regulation says so; every other fee names its basis too.
func feeBasis(f *finder, it *Item) {
	if it.Guide == nil {
		return
	}
	for _, fee := range it.Guide.Fees {
		if blank(fee.Basis) {
			f.found(it.subject(), "fee", fee.Name)
		}
	}
}

// feeUnsaid: a guide that says 不收费 charges nothing.
func feeUnsaid(f *finder, it *Item) {
	if it.Guide != nil && len(it.Guide.Fees) > 0 && strings.HasPrefix(fold(it.Guide.FeeText), "不收费") {
		f.found(it.subject(), "fee", it.Guide.Fees[0].Name)
	}
}

// serviceOffList: what no list of intermediary services has is not asked for.
func serviceOffList(f *finder, it *Item) {
	if it.Guide == nil || f.c.Intermediaries == nil {
		return
	}
	list := it.Guide.Intermediaries
	for _, s := range it.Guide.Special {
		if s.Intermediated {
			list = append(slices.Clone(list), s.Name)
		}
	}
	for _, name := range list {
		if !f.index.services.allows(name, it) {
			f.found(it.subject(), "service", name)
		}
	}
}

// serviceMaterial: a material that only a paid third party can make is an
// intermediary service; it stands among the item's services, and on the list.
func serviceMaterial(f *finder, it *Item) {
	for _, m := range it.materials() {
		if m.Supplied || !byThirdParty(m.Issuer) && !byThirdParty(m.How) {
			continue
		}
		known := slices.ContainsFunc(it.Guide.Intermediaries, func(s string) bool {
			return strings.Contains(fold(m.Name), fold(s)) || strings.Contains(fold(s), fold(m.Name))
		})
		if !known && !f.index.services.allows(m.Name, it) {
			f.found(it.subject(), "material", m.Name)
		}
	}
}

func byThirdParty(s string) bool {
	return slices.ContainsFunc([]string{"中介机构", "第三方机构", "有资质的机构", "具有资质的", "有相应资质的", "具备资质的", "会计师事务所", "评估机构", "检测机构出具"}, func(w string) bool { return strings.Contains(s, w) })
}
