package checkup_test

import "tongban/internal/rules/checkup"

// material adds a material to the filing.
func material(m checkup.Material) func(*checkup.Catalogue) {
	m.Required = true
	if m.How == "" {
		m.How = "自己准备"
	}
	if m.Basis == "" {
		m.Basis = "办法第九条"
	}
	return on(1, func(_ *checkup.Item, g *checkup.Guide) { g.Materials = append(g.Materials, m) })
}

// ring adds proofs that need each other in turn.
func ring(names ...string) func(*checkup.Catalogue) {
	return func(c *checkup.Catalogue) {
		for i, n := range names {
			c.Proofs = append(c.Proofs, checkup.Proof{Code: "R" + n, Name: n, Issuers: []string{"某所"}, Needs: []string{names[(i+1)%len(names)]},
				Basis: []checkup.Article{{Law: "行政许可法", Article: "第十二条"}}})
		}
	}
}

var materialTries = []try{
	{"material_basis", material(checkup.Material{Name: "照片", Basis: " "}), material(checkup.Material{Name: "照片"})},
	{"material_catch_all", material(checkup.Material{Name: "法律、法规规定的其它材料"}), material(checkup.Material{Name: "其他股东的身份说明"})},
	{"material_twice", material(checkup.Material{Name: "房屋租赁合同复印件"}), material(checkup.Material{Name: "房屋转租合同"})},
	{"material_held", material(checkup.Material{Name: "营业执照（副本）复印件"}), material(checkup.Material{Name: "营业执照", Supplied: true})},
	{"material_held", material(checkup.Material{Name: "优待证"}), material(checkup.Material{Name: "房屋租赁备案证明"})},
	{"material_held", material(checkup.Material{Name: "纳税信息"}), material(checkup.Material{Name: "纳税说明"})},
	{"material_held", material(checkup.Material{Name: "优待证"}), func(c *checkup.Catalogue) {
		material(checkup.Material{Name: "优待证"})(c)
		c.Items[2].Region = "990125" // another county's licence cannot be looked at
	}},
	{"material_abolished", material(checkup.Material{Name: "税务登记证（副本）"}), material(checkup.Material{Name: "完税凭证"})},
	{"material_village", material(checkup.Material{Name: "健在证明", Issuer: "村民委员会"}), material(checkup.Material{Name: "健在证明", Issuer: "公安派出所"})},
	{"material_village", material(checkup.Material{Name: "收入证明", How: "到社区开"}), material(checkup.Material{Name: "居住情况说明", How: "到社区开"})},
	{"proof_off_list", material(checkup.Material{Name: "无房证明"}), material(checkup.Material{Name: "困难证明（原件）"})},
	{"proof_off_list", material(checkup.Material{Name: "亲属关系证明"}), func(c *checkup.Catalogue) {
		c.Proofs = nil
		material(checkup.Material{Name: "亲属关系证明"})(c)
	}},
	{"proof_unissued", func(c *checkup.Catalogue) {
		c.Proofs[1].Issuers = nil
		material(checkup.Material{Name: "困难证明"})(c)
	}, func(c *checkup.Catalogue) { c.Proofs[1].Issuers = nil }},
	{"proof_basis", func(c *checkup.Catalogue) { c.Proofs[0].Basis = nil }, func(c *checkup.Catalogue) { c.Proofs[2].Basis = nil }},

	{"proof_circle", ring("户口迁入证明", "住房证明", "居住登记证明"), func(c *checkup.Catalogue) {
		ring("户口迁入证明", "住房证明", "居住登记证明")(c)
		c.Proofs = append(c.Proofs, checkup.Proof{Code: "RX", Name: "住房证明", Issuers: []string{"不动产登记中心"}, Basis: c.Proofs[0].Basis}) // another way out
	}},
	{"proof_circle", func(c *checkup.Catalogue) {
		material(checkup.Material{Name: "食品作坊经营许可证"})(c)
		on(0, func(_ *checkup.Item, g *checkup.Guide) { g.Materials[0].Name = "房屋租赁备案证明" })(c)
	}, func(c *checkup.Catalogue) { // the licence renews itself
		on(0, func(_ *checkup.Item, g *checkup.Guide) {
			g.Materials[0].Name = "食品作坊经营许可证（正、副本）"
		})(c)
	}},
	{"proof_circle", func(c *checkup.Catalogue) { // an item asks for a proof that is made out to holders of its licence only
		c.Proofs[0].Needs = []string{"食品作坊经营许可证"}
	}, func(c *checkup.Catalogue) { // one way out is a licence that is only renewed here, and first had elsewhere
		on(0, func(_ *checkup.Item, g *checkup.Guide) { g.Materials[0].Name = "食品作坊经营许可证" })(c)
		ring("户口迁入证明", "住房证明")(c)
		c.Proofs = append(c.Proofs, checkup.Proof{Code: "RX", Name: "住房证明", Issuers: []string{"所"}, Needs: []string{"食品作坊经营许可证"}, Basis: c.Proofs[0].Basis})
	}},
	{"proof_circle", func(c *checkup.Catalogue) { // by another name
		ring("户口迁入证明", "住房证明")(c)
		c.Proofs[3].Needs, c.Proofs[4].Aliases = []string{"居所凭证"}, []string{"居所凭证"}
	}, func(c *checkup.Catalogue) {
		ring("户口迁入证明", "住房证明")(c)
		c.Proofs[3].Cancelled = true
	}},
	{"proof_circle_some", func(c *checkup.Catalogue) {
		material(checkup.Material{Name: "食品作坊经营许可证"})(c)
		on(0, func(_ *checkup.Item, g *checkup.Guide) {
			g.Materials[0].Name, g.Materials[0].When = "房屋租赁备案证明", true
		})(c)
	}, ring("户口迁入证明", "住房证明")},

	{"own_document", func(c *checkup.Catalogue) {
		c.Items[0].Agency = "zjj"
		on(0, func(_ *checkup.Item, g *checkup.Guide) { g.Materials[0].Name = "房屋租赁备案证明" })(c)
	}, on(0, func(_ *checkup.Item, g *checkup.Guide) { g.Materials[0].Name = "房屋租赁备案证明" })},
}
