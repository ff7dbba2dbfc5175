package checkup_test

import (
	"tongban/internal/rules/checkup"
	"tongban/internal/rules/day"
	"tongban/internal/rules/workday"
)

var itemTries = []try{
	{"entry_lacks", on(0, func(it *checkup.Item, _ *checkup.Guide) { it.Agency = " " }), on(0, func(it *checkup.Item, _ *checkup.Guide) { it.Level = "" })},
	{"entry_code", on(0, func(it *checkup.Item, _ *checkup.Guide) { it.Code = "11990124YH0000034X4990131901000" }),
		on(0, func(it *checkup.Item, _ *checkup.Guide) {
			it.Code = "511A0017900001-511602000000-000-115113016823646795-1-00"
		})},
	{"guide_lacks", on(0, func(_ *checkup.Item, g *checkup.Guide) { g.Complaint = "" }), on(0, func(_ *checkup.Item, g *checkup.Guide) { g.Special = nil })},
	{"guide_none", on(0, func(it *checkup.Item, _ *checkup.Guide) { it.Guide = nil }), on(0, func(_ *checkup.Item, g *checkup.Guide) { g.Flow = nil })},
	{"material_lacks", on(0, func(_ *checkup.Item, g *checkup.Guide) { g.Materials[0].How = "" }), on(0, func(_ *checkup.Item, g *checkup.Guide) {
		g.Materials[0].How, g.Materials[0].Issuer = "", "测绘单位"
	})},

	{"class_unknown", on(0, func(it *checkup.Item, _ *checkup.Guide) { it.Type = "1" }), on(0, func(it *checkup.Item, _ *checkup.Guide) { it.Type = "11" })},
	{"class_code", on(0, func(it *checkup.Item, _ *checkup.Guide) { it.Type = checkup.Confirming }), on(0, func(it *checkup.Item, _ *checkup.Guide) {
		it.Code, it.Type = "511A0017900001-511602000000-000-115113016823646795-1-00", checkup.Confirming
	})},
	{"class_name", on(1, func(it *checkup.Item, _ *checkup.Guide) { it.Type = checkup.Licence }),
		on(1, func(it *checkup.Item, _ *checkup.Guide) {
			it.Name, it.Type = "房屋租赁备案证明补发", checkup.Confirming
		})},
	{"class_unasked", on(0, func(it *checkup.Item, _ *checkup.Guide) { it.Type = checkup.Penalty }), on(0, func(it *checkup.Item, _ *checkup.Guide) { it.Type = checkup.Levy })},
	{"class_instant", on(2, func(_ *checkup.Item, g *checkup.Guide) { g.Terms.Promised.Days = 2 }), on(1, func(_ *checkup.Item, g *checkup.Guide) { g.Handling = "instant" })},
	{"class_review", on(0, func(it *checkup.Item, _ *checkup.Guide) { it.Review = true }), on(0, func(it *checkup.Item, g *checkup.Guide) {
		it.Review = true
		g.Flow.Steps[7].Part, g.Flow.Steps[9].Action = checkup.PartReview, "send"
	})},
	{"class_review", based(checkup.Reviews, nil), based(checkup.Approves, func(it *checkup.Item) { it.Review = true })},
	{"class_review", based(checkup.DoesBoth, func(it *checkup.Item) { it.Review = true }), based(checkup.DoesBoth, nil)},

	{"base_missing", func(c *checkup.Catalogue) { c.Bases = c.Bases[:1] }, func(c *checkup.Catalogue) { c.Bases = nil }},
	{"same_name", on(0, func(it *checkup.Item, _ *checkup.Guide) { it.Name = "小作坊经营许可" }), on(0, func(it *checkup.Item, _ *checkup.Guide) { it.Name = "食品作坊 经营许可 " })},
	{"same_name", upper(func(up *checkup.Item) { up.Name = "食品小作坊许可" }), upper(func(*checkup.Item) {})},
	{"same_type", upper(func(up *checkup.Item) { up.Type = checkup.Confirming }), upper(func(up *checkup.Item) { up.Type = "" })},
	{"same_basis", on(0, func(_ *checkup.Item, g *checkup.Guide) {
		g.Basis = []checkup.Article{{Law: "行政许可法", Article: "第四十二条"}}
	}),
		on(0, func(_ *checkup.Item, g *checkup.Guide) {
			g.Basis = []checkup.Article{{Law: "《行政许可法》（2019年修正）", Article: "第十二条第一款第五项"}, {Law: "行政许可法", Article: "第四十二条"}}
		})},
	{"same_limit", func(c *checkup.Catalogue) { c.Bases[0].Statutory = days(30, "") }, func(c *checkup.Catalogue) { c.Bases[0].Statutory = days(60, "") }},
	{"same_materials", on(0, func(_ *checkup.Item, g *checkup.Guide) { g.Materials[2].Supplied, g.Materials[2].How = false, "带来" }),
		on(0, func(_ *checkup.Item, g *checkup.Guide) {
			g.Materials[1].Name, g.Materials[2].Supplied, g.Materials[2].When = "健康证明（原件及复印件）", false, true
		})},
	{"same_materials", variantAsks(false), variantAsks(true)},

	{"code_twice", func(c *checkup.Catalogue) { c.Items = append(c.Items, c.Items[2]) }, twin(func(*checkup.Item) {})},
	{"name_twice", twin(func(it *checkup.Item) { it.Name = "食品作坊（经营）许可" }), twin(func(it *checkup.Item) { it.Of = code })},
	{"variant_twice", variants("设立", "设 立"), variants("设立", "变更")},
	{"variant_orphan", twin(func(it *checkup.Item) { it.Of = body + "4990131901777" }), variants("设立", "变更")},
	{"name_near", twin(func(it *checkup.Item) { it.Name = "食品作坊经营审批" }), twin(func(it *checkup.Item) { it.Name = "食品作坊经营变更许可" })},
	{"name_near", twin(func(it *checkup.Item) { it.Name = "食品坊经营许可"; it.Agency = "wjj" }), twin(func(it *checkup.Item) { it.Name, it.Region = "食品作坊经营审批", "990125" })},
	{"base_near", func(c *checkup.Catalogue) {
		c.Bases = append(c.Bases, checkup.Base{Code: "990131901001", Name: "经营食品作坊的许可"})
	}, func(c *checkup.Catalogue) {
		c.Bases = append(c.Bases, checkup.Base{Code: "990131901001", Name: "食品作坊经营许可注销"})
	}},

	{"limit_over_law", on(0, func(_ *checkup.Item, g *checkup.Guide) { g.Joint = false }), on(0, func(_ *checkup.Item, g *checkup.Guide) {
		g.Terms.Statutory = workday.Term{Days: 60, Unit: workday.CalendarDays, Article: "行政许可法第四十二条"}
	})},
	{"limit_over_law", on(0, func(_ *checkup.Item, g *checkup.Guide) { g.Terms.Statutory = days(50, "云禾县条例第三条") }), on(0, func(_ *checkup.Item, g *checkup.Guide) {
		g.Basis = append(g.Basis, checkup.Article{Law: "中华人民共和国食品安全法", Article: "第三十五条"})
		g.Terms.Statutory = days(50, "食品安全法第三十五条")
	})},
	{"limit_over_article", on(1, func(_ *checkup.Item, g *checkup.Guide) {
		g.Terms.Statutory = days(5, "《市场主体登记管理条例》第十九条第一款")
	}),
		on(1, func(_ *checkup.Item, g *checkup.Guide) {
			g.Terms.Statutory = days(3, "市场主体登记管理条例第十九条")
		})},
	{"limit_over_article", func(c *checkup.Catalogue) {
		c.Laws = append(c.Laws, checkup.Law{Name: "云禾县租赁办法", Articles: []checkup.LawArticle{{Number: "第三条", Days: 2, Unit: workday.WorkingDays}}})
	}, func(c *checkup.Catalogue) {
		c.Laws = append(c.Laws, checkup.Law{Name: "云禾县租赁办法", Articles: []checkup.LawArticle{{Number: "第三条"}, {Number: "第四条", Days: 2, Unit: workday.WorkingDays}}})
	}},
	{"limit_promised", on(1, func(_ *checkup.Item, g *checkup.Guide) { g.Terms.Promised = days(4, "") }), on(1, func(_ *checkup.Item, g *checkup.Guide) {
		g.Terms.Promised = workday.Term{Days: 4, Unit: workday.CalendarDays}
	})},
	{"limit_basis", on(1, func(_ *checkup.Item, g *checkup.Guide) { g.Terms.Statutory.Article = "" }), on(1, func(_ *checkup.Item, g *checkup.Guide) { g.Terms.Promised.Article = "" })},
	{"limit_deemed", on(1, func(_ *checkup.Item, g *checkup.Guide) { g.Deemed = true }), on(1, func(it *checkup.Item, g *checkup.Guide) { it.Type, g.Deemed = checkup.Licence, true })},
	{"limit_pause", on(0, func(_ *checkup.Item, g *checkup.Guide) { g.Special[0].Kind = "meeting" }), on(0, func(_ *checkup.Item, g *checkup.Guide) { g.Special[0].Kind = workday.Expert })},

	{"case_none", func(c *checkup.Catalogue) { delete(c.Year.Cases, code) }, func(c *checkup.Catalogue) {
		delete(c.Year.Cases, code)
		c.Items[0].From = day.Of(2026, 3, 1)
	}},
}
