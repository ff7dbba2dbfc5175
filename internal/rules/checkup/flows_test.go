package checkup_test

import (
	"tongban/internal/rules/checkup"
	"tongban/internal/rules/workday"
)

// flow changes the flow of the licence.
func flow(change func(g *checkup.Guide, s []checkup.Step)) func(*checkup.Catalogue) {
	return on(0, func(_ *checkup.Item, g *checkup.Guide) { change(g, g.Flow.Steps) })
}

var flowTries = []try{
	{"flow_parts", flow(func(_ *checkup.Guide, s []checkup.Step) { s[7].Part = checkup.PartReview }), func(c *checkup.Catalogue) {
		flow(func(_ *checkup.Guide, s []checkup.Step) { s[7].Part = checkup.PartReview })(c)
		c.Items[0].Review = true
	}},
	{"flow_role", flow(func(_ *checkup.Guide, s []checkup.Step) { s[7].Agency = "spj" }), flow(func(_ *checkup.Guide, s []checkup.Step) { s[3].Agency = "wjj" })},
	{"flow_time", flow(func(_ *checkup.Guide, s []checkup.Step) { s[3].Term, s[7].Term = days(15, ""), days(6, "") }),
		flow(func(_ *checkup.Guide, s []checkup.Step) { // the branches run at one time, and what stops the clock does not count
			s[3].Term, s[4].Term, s[5].Term, s[7].Term = days(15, ""), days(15, ""), days(40, ""), days(5, "")
			s[1].Term, s[10].Term = days(5, ""), days(10, "")
		})},
	{"flow_fee", flow(func(_ *checkup.Guide, s []checkup.Step) { s[10].Name = "缴费后送达" }), flow(func(_ *checkup.Guide, s []checkup.Step) { s[10].Name = "送达（免缴费）" })},
	{"flow_special", flow(func(g *checkup.Guide, _ []checkup.Step) { g.Special = nil }), flow(func(g *checkup.Guide, s []checkup.Step) {
		s[5].Part = checkup.PartReview
	})},
	{"flow_special", flow(func(_ *checkup.Guide, s []checkup.Step) { s[5].Role = "market" }), flow(func(_ *checkup.Guide, s []checkup.Step) { s[5].Special = workday.Testing })},
	{"flow_visit", flow(func(g *checkup.Guide, _ []checkup.Step) { g.Visits = nil }), flow(func(_ *checkup.Guide, s []checkup.Step) { s[4].Officers = 0 })},
	{"flow_visit", flow(func(g *checkup.Guide, s []checkup.Step) { g.Visits[0].Officers, s[4].Officers = 1, 1 }),
		flow(func(g *checkup.Guide, s []checkup.Step) { g.Visits[0].Officers, s[4].Officers = 3, 3 })},
	{"flow_visit", flow(func(_ *checkup.Guide, s []checkup.Step) { s[4].Part = checkup.PartReview }), func(*checkup.Catalogue) {}},

	{"decided_again", flow(func(_ *checkup.Guide, s []checkup.Step) { s[4].Part = checkup.PartDecide }), flow(func(_ *checkup.Guide, s []checkup.Step) {
		s[2].Kind, s[3].Part, s[3].Next, s[7].Part = checkup.Choice, checkup.PartDecide, []int{8}, checkup.PartDecide
	})},
	{"reviewed_again", flow(func(_ *checkup.Guide, s []checkup.Step) { s[4].Part, s[4].Agency = checkup.PartReview, "scjg" }), flow(func(_ *checkup.Guide, s []checkup.Step) {
		s[2].Kind, s[4].Part, s[4].Agency = checkup.Choice, checkup.PartReview, "scjg" // one or the other
	})},
	{"reviewed_again", flow(func(_ *checkup.Guide, s []checkup.Step) {
		s[4].Part, s[4].Role, s[4].Agency = checkup.PartReview, "market", "scjg"
	}),
		flow(func(g *checkup.Guide, s []checkup.Step) { // within one branch, one or the other
			s[3].Kind, s[3].Part, s[3].Next = checkup.Choice, "", []int{11, 12}
			g.Flow.Steps = append(s, step("简易审查", "market", "scjg", checkup.PartReview, 6), step("审查", "market", "scjg", checkup.PartReview, 6))
		})},
	{"reviewed_again", flow(func(_ *checkup.Guide, s []checkup.Step) {
		s[6] = step("复审", "market", "scjg", checkup.PartReview, 7)
	}),
		flow(func(g *checkup.Guide, s []checkup.Step) { // the experts' review is a procedure of its own
			g.Special = append(g.Special, checkup.Special{Kind: workday.Expert, Name: "专家评审", Role: "market", Basis: "办法第十二条"})
			s[6] = step("综合审查", "market", "scjg", checkup.PartReview, 7)
		})},
}
