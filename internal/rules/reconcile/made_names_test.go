package reconcile_test

import (
	"slices"
	"strings"

	"tongban/internal/rules/reconcile"
)

// Words that lists use for one another. Those of heldOut are used in the
// reported half only, and the matcher's own words hold none of them.
var (
	usual = [][2]string{{"注销", "取消"}, {"补办", "补发"}, {"延续", "续期"}, {"变更", "修改"}, {"设立", "开办"}, {"新办", "首次申请"}, {"核发", "办理"}, {"换发", "换领"},
		{"社会保险", "社保"}, {"危险化学品", "危化品"}, {"法定代表人", "法人代表"}, {"机动车", "机动车辆"}, {"驾驶证", "驾照"}, {"个体工商户", "个体户"}, {"其他", "其它"}}
	heldOut = [][2]string{{"注销", "销号"}, {"补办", "挂失重办"}, {"延续", "接续办理"}, {"变更", "调整"}, {"设立", "成立"}, {"查询", "查阅"}, {"缴费", "交费"}, {"登记", "注册登记"},
		{"医疗机构", "医院诊所"}, {"经营场所", "营业场所"}, {"从业人员", "工作人员"}, {"企业", "公司"}, {"林木", "树木"}, {"施工", "建设施工"}, {"城市", "城镇"}, {"职工", "员工"},
		{"发放", "支付"}, {"资格", "资质"}, {"农村", "乡村"}, {"补贴", "补助"}, {"销售", "售卖"}, {"大型", "重大"}, {"养老保险", "养老险"}, {"儿童", "少儿"}, {"建设项目", "工程项目"}}
	approvals = []string{"审批", "核准", "许可", "登记", "核发", "办理", "审核"}
	// typed are characters that are taken for one another when they are typed by sound or form.
	typed = []string{"账帐", "象像", "作做", "分份", "定订", "权全", "制治", "厂场", "证正", "以已", "记计", "业叶", "营赢", "经径", "药要", "设社", "员园", "道到", "采彩", "林森"}
)

// rename gives an item another name, in one of the ways that are found in lists,
// or two of them.
func (g *maker) rename(s string) (name, how string) {
	ways := []struct {
		how string
		do  func(string) string
	}{
		{"synonym", g.synonym}, {"synonym", g.synonym}, {"place", g.place}, {"ending", g.ending}, {"brackets", g.brackets},
		{"order", g.order}, {"abbreviated", g.abbreviate}, {"typing", g.mistype}, {"about", func(s string) string { return "关于" + s + "的办理" }},
	}
	w := ways[g.r.IntN(len(ways))]
	name, how = w.do(s), w.how
	if g.chance(25) {
		v := ways[g.r.IntN(len(ways))]
		name, how = v.do(name), how+"+"
	}
	if name == s {
		name = g.ending(s)
	}
	return name, how
}

func (g *maker) synonym(s string) string {
	list := usual
	if g.half {
		list = slices.Concat(usual, heldOut)
	}
	start, changed := g.r.IntN(len(list)), 0
	for i := range list {
		p := list[(start+i)%len(list)]
		if strings.Contains(s, p[0]) && !strings.Contains(s, p[1]) {
			s = strings.Replace(s, p[0], p[1], 1)
			if changed++; changed == 2 {
				break
			}
		}
	}
	return s
}

func (g *maker) place(s string) string {
	return []string{"青石县", "本县", "县级", "XX县", "全县", "青石县县级"}[g.r.IntN(6)] + s
}

// ending adds, exchanges or leaves out the word at the end.
func (g *maker) ending(s string) string {
	bare, tail := cutBracket(s)
	for _, a := range approvals {
		if rest, ok := strings.CutSuffix(bare, a); ok && len([]rune(rest)) >= 4 {
			if g.chance(30) {
				return rest + tail
			}
			return rest + approvals[g.r.IntN(len(approvals))] + tail
		}
	}
	return bare + approvals[g.r.IntN(len(approvals))] + tail
}

// brackets drops what stands in brackets, or writes them otherwise, or adds some.
func (g *maker) brackets(s string) string {
	bare, tail := cutBracket(s)
	switch {
	case tail == "":
		return s + []string{"（县级）", "（即办件）", "【本级】", "(承诺件)"}[g.r.IntN(4)]
	case g.chance(40) && len([]rune(tail)) <= 6:
		return bare
	}
	return bare + "【" + strings.Trim(tail, "（）()") + "】"
}

func cutBracket(s string) (bare, tail string) {
	for _, open := range []string{"（", "("} {
		if i := strings.LastIndex(s, open); i > 6 && (strings.HasSuffix(s, "）") || strings.HasSuffix(s, ")")) {
			return s[:i], s[i:]
		}
	}
	return s, ""
}

// order puts the act before the matter: 食品经营许可变更 is 变更食品经营许可.
func (g *maker) order(s string) string {
	bare, tail := cutBracket(s)
	for _, a := range []string{"变更登记", "设立登记", "注销登记", "变更", "注销", "延续", "补办", "换发", "查询", "审批", "核发", "备案", "登记", "许可"} {
		if rest, ok := strings.CutSuffix(bare, a); ok && len([]rune(rest)) >= 3 {
			return a + rest + tail
		}
	}
	r := []rune(bare)
	if len(r) < 6 {
		return s
	}
	n := len(r) / 2
	return string(r[n:]) + string(r[:n]) + tail
}

// abbreviate leaves out characters in the middle of long words.
func (g *maker) abbreviate(s string) string {
	r := []rune(s)
	if len(r) < 8 {
		return s
	}
	n := 1 + len(r)/8
	for range n {
		i := 1 + g.r.IntN(len(r)-3)
		if strings.ContainsRune("（）()《》、", r[i]) {
			continue
		}
		r = slices.Delete(r, i, i+1)
	}
	return string(r)
}

// mistype exchanges a character for one that sounds or looks alike, or leaves
// one out or doubles it.
func (g *maker) mistype(s string) string {
	for _, p := range typed {
		r := []rune(p)
		if strings.ContainsRune(s, r[0]) && g.chance(60) {
			return strings.Replace(s, string(r[0]), string(r[1]), 1)
		}
	}
	r := []rune(s)
	i := 1 + g.r.IntN(max(1, len(r)-2))
	if g.chance(50) {
		return string(r[:i]) + string(r[i:i+1]) + string(r[i:])
	}
	return string(r[:i]) + string(r[min(i+1, len(r)):])
}

// split makes several of theirs of one of ours: by what is done, by who applies,
// or by the things that its name lists.
func (g *maker) split(i int) bool {
	o := &g.ours[i]
	bare, _ := cutBracket(o.Name)
	var names []string
	if a, b, ok := strings.Cut(bare, "、"); ok && len([]rune(a)) >= 3 && len([]rune(b)) >= 5 && !strings.Contains(b, "、") {
		r := []rune(b)
		names = []string{a + string(r[len(r)-2:]), b}
		g.note("split by list", i)
	} else {
		for _, act := range []string{"变更", "注销", "延续", "设立", "新办", "补办", "查询", "备案", "年检", "首次", "换", "转"} {
			if strings.Contains(o.Name, act) {
				return false
			}
		}
		sets := [][]string{{"新办", "变更", "注销"}, {"首次申请", "延续", "变更", "补办"}, {"（新办）", "（变更）", "（补办）", "（注销）"}, {"（个人）", "（单位）"}, {"（一般情形）", "（特殊情形）"}}
		for _, s := range sets[g.r.IntN(len(sets))] {
			names = append(names, bare+s)
		}
		g.note("split", i)
	}
	// Some systems list the parts below a line of the whole, by the act alone.
	parent := ""
	if acts, below := strings.CutPrefix(names[0], bare); below && acts != "" && g.chance(30) {
		t := g.line(bare, o)
		parent = g.theirs[t].Code
		g.pairs[[2]int{t, i}] = reconcile.Finer
		for k := range names {
			names[k] = strings.TrimPrefix(names[k], bare)
		}
	}
	for _, n := range names {
		t := g.line(n, o)
		g.theirs[t].Parent = parent
		g.pairs[[2]int{t, i}] = reconcile.Finer
	}
	return true
}

// merge makes one of theirs of several of ours that share the nine characters of
// a matter: under what their names have in common.
func (g *maker) merge() {
	families := map[string][]int{}
	var order []string
	for i, o := range g.ours {
		f := o.Code[:9]
		if len(families[f]) == 0 {
			order = append(order, f)
		}
		families[f] = append(families[f], i)
	}
	for _, f := range order {
		list := families[f]
		if len(list) < 2 || len(list) > 8 || !g.chance(65) {
			continue
		}
		name := level.Replace(g.ours[list[0]].Name)
		for _, i := range list[1:] {
			name = shared(name, level.Replace(g.ours[i].Name))
		}
		name = strings.Trim(name, "（）()、的及或和")
		if n := len([]rune(name)); n < 5 || strings.Count(name, "（")+strings.Count(name, "(") != strings.Count(name, "）")+strings.Count(name, ")") {
			continue // these are different matters
		}
		if acts := actsIn(g.ours, list); len(acts) > 1 && g.chance(35) {
			name += strings.Join(acts, "、")
		}
		g.note("merged", list...)
		t := g.line(name, &g.ours[list[0]])
		for _, i := range list {
			g.pairs[[2]int{t, i}] = reconcile.Coarser
		}
	}
}

// level takes out what names say about who exercises a power.
var level = strings.NewReplacer("（县级行使）", "", "（县级行使)", "", "(县级行使）", "", "（县级）", "", "(县级)", "", "（市级）", "", "(市级)", "", "（县级权限）", "")

// actsIn lists what is done in items of one matter.
func actsIn(ours []reconcile.Entry, list []int) (acts []string) {
	for _, a := range []string{"设立", "新办", "变更", "延续", "注销", "补办", "换发"} {
		if slices.ContainsFunc(list, func(i int) bool { return strings.Contains(ours[i].Name, a) }) {
			acts = append(acts, a)
		}
	}
	return acts
}

// shared is the longest run of characters that both names hold.
func shared(a, b string) string {
	x := []rune(a)
	for n := len(x); n > 0; n-- {
		for i := 0; i+n <= len(x); i++ {
			if s := string(x[i : i+n]); strings.Contains(b, s) {
				return s
			}
		}
	}
	return ""
}

// added puts lines into their list that ours has not: items that were taken out
// of ours beforehand, often with others of the same matter left in it, and
// internal business of an office.
func (g *maker) added() {
	for i := range g.without {
		g.line(g.without[i].Name, &g.without[i])
		g.how["added"]++
	}
	for _, s := range []string{"公车使用审批", "干部因私出国备案", "印章使用登记", "会议室预约", "办公用品领用", "公文流转", "值班安排", "职工请假审批", "差旅费报销", "固定资产登记"} {
		g.line(s, &reconcile.Entry{Type: "10"})
		g.how["added"]++
	}
}
