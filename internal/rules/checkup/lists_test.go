package checkup_test

import "tongban/internal/rules/checkup"

var listTries = []try{
	{"power_basis", func(c *checkup.Catalogue) { c.Powers[1].Basis = nil }, func(c *checkup.Catalogue) { c.Powers = c.Powers[:2] }},
	{"power_duties", func(c *checkup.Catalogue) { c.Powers[2].Situations = 0 }, func(c *checkup.Catalogue) { c.Powers[2].Situations = 1 }},
	{"power_shared", func(c *checkup.Catalogue) {
		c.Powers = append(c.Powers, checkup.Power{Code: "P4", Name: "对食品作坊的 处罚", Type: checkup.Penalty, Region: "990124", Holders: []string{"zhzf"}, Basis: c.Powers[0].Basis, Duties: 1, Situations: 1})
	}, func(c *checkup.Catalogue) {
		c.Powers = append(c.Powers, checkup.Power{Code: "P4", Name: "对食品作坊的处罚", Type: checkup.Penalty, Region: "990125", Holders: []string{"zhzf"}, Basis: c.Powers[0].Basis, Duties: 1, Situations: 1})
	}},
	{"power_shared", func(c *checkup.Catalogue) { c.Powers[2].Holders = []string{"scjg", "zhzf"} }, func(c *checkup.Catalogue) {
		c.Powers[2].Holders, c.Powers[2].Joint = []string{"scjg", "zhzf"}, true
	}},
	{"power_unused", func(c *checkup.Catalogue) { c.Items[0].Powers = []string{"P2"} }, func(c *checkup.Catalogue) {
		c.Items[0].Powers, c.Powers[0].Internal = nil, true
	}},
	{"item_powerless", func(c *checkup.Catalogue) { c.Items[0].Powers = []string{"P9"} }, func(c *checkup.Catalogue) { c.Powers = nil }},
	{"item_holder", func(c *checkup.Catalogue) { c.Powers[0].Holders = []string{"wjj"} }, func(c *checkup.Catalogue) { c.Powers[0].Holders = []string{"wjj", "scjg"} }},
	{"item_power_type", func(c *checkup.Catalogue) { c.Powers[0].Type = checkup.Confirming }, func(c *checkup.Catalogue) {
		c.Powers[0].Type, c.Items[0].Review = checkup.Confirming, true
	}},

	{"overlap_item", twin(func(it *checkup.Item) { it.Agency = "wjj" }), twin(func(it *checkup.Item) { it.Agency, it.Review = "wjj", true })},
	{"overlap_result", twin(func(it *checkup.Item) { it.Name, it.Agency = "小作坊开办许可", "wjj" }), twin(func(it *checkup.Item) {
		it.Name, it.Agency, it.Guide.Result.Name = "小作坊开办许可", "wjj", "准予行政许可决定书"
	})},

	{"disguise_result", on(1, func(_ *checkup.Item, g *checkup.Guide) { g.Result.Name = "房屋租赁许可证" }), on(1, func(_ *checkup.Item, g *checkup.Guide) {
		g.Result = checkup.Result{Name: "房屋租赁备案证", Licence: true}
	})},
	{"disguise_refusal", on(1, func(_ *checkup.Item, g *checkup.Guide) {
		g.Flow.Steps = append(g.Flow.Steps, checkup.Step{Name: "准否", Kind: checkup.Decision, Next: []int{3}})
	}), on(1, func(_ *checkup.Item, g *checkup.Guide) {
		g.Flow.Steps = append(g.Flow.Steps, checkup.Step{Name: "是否线上", Kind: checkup.Choice, Next: []int{3}})
	})},
	{"disguise_examined", on(1, func(_ *checkup.Item, g *checkup.Guide) { g.Visits = []checkup.Visit{{Role: "housing", Officers: 2}} }),
		on(1, func(it *checkup.Item, g *checkup.Guide) {
			it.Name, g.Visits = "房屋租赁核查", []checkup.Visit{{Role: "housing", Officers: 2}}
		})},
	{"disguise_name", on(1, func(it *checkup.Item, _ *checkup.Guide) { it.Name = "房屋租赁审批（县级）" }), on(1, func(it *checkup.Item, _ *checkup.Guide) { it.Name = "房屋租赁许可证查询" })},

	{"fee_off_list", on(1, charge("服务费", "办法第三条", "收服务费")), on(1, charge("登记工本费", "办法第三条", "收工本费"))},
	{"fee_off_list", func(c *checkup.Catalogue) {
		c.Fees[0].Items = []string{code}
		on(1, charge("登记工本费", "办法第三条", "收工本费"))(c)
	}, func(c *checkup.Catalogue) {
		c.Fees[0].Items = []string{filingCode}
		on(1, charge("登记工本费", "办法第三条", "收工本费"))(c)
	}},
	{"fee_basis", on(1, charge("登记工本费", "", "收工本费")), on(1, charge("登记工本费", "办法第三条", "收工本费"))},
	{"fee_unsaid", on(1, charge("登记工本费", "办法第三条", "不收费")), on(1, charge("登记工本费", "办法第三条", "工本费10元，检测不收费"))},
	{"service_off_list", on(0, func(_ *checkup.Item, g *checkup.Guide) { g.Intermediaries = append(g.Intermediaries, "消防评估") }), func(c *checkup.Catalogue) {
		c.Intermediaries = nil
		on(0, func(_ *checkup.Item, g *checkup.Guide) { g.Intermediaries = append(g.Intermediaries, "消防评估") })(c)
	}},
	{"service_off_list", on(1, func(_ *checkup.Item, g *checkup.Guide) { g.Intermediaries = []string{"水质检测报告"} }), func(*checkup.Catalogue) {}},
	{"service_material", material(checkup.Material{Name: "房屋安全鉴定报告", How: "委托有资质的机构出"}), func(c *checkup.Catalogue) {
		c.Intermediaries = append(c.Intermediaries, checkup.Entry{Name: "房屋安全鉴定报告"})
		material(checkup.Material{Name: "房屋安全鉴定报告", How: "委托有资质的机构出"})(c)
	}},

	{"law_repealed", func(c *checkup.Catalogue) { c.Laws[0].Repealed = true }, func(c *checkup.Catalogue) {
		c.Laws = append(c.Laws, checkup.Law{Name: "云禾县租赁办法", Repealed: true}) // invented: cited by nobody in earnest
	}},
	{"law_article", func(c *checkup.Catalogue) {
		c.Powers[2].Basis = []checkup.Article{{Law: "行政许可法", Article: "第九十九条"}}
	}, func(c *checkup.Catalogue) {
		c.Laws[0].Articles = nil // its text is not kept
		c.Powers[2].Basis = []checkup.Article{{Law: "行政许可法", Article: "第九十九条"}}
	}},
	{"law_unknown", func(c *checkup.Catalogue) {
		c.Powers[2].Basis = []checkup.Article{{Law: "食品安全法", Article: "第三条"}}
	}, func(c *checkup.Catalogue) { c.Laws = nil }},
}

func charge(name, basis, text string) func(*checkup.Item, *checkup.Guide) {
	return func(_ *checkup.Item, g *checkup.Guide) {
		g.Fees, g.FeeText = []checkup.Fee{{Name: name, Basis: basis}}, text
	}
}
