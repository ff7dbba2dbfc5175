package ui

import (
	"math"

	"tongban/internal/rules/day"
)

// The guide's pages for staff, the wall and the kiosk. All data is invented.

func guideStaff(p Page) Page {
	p.Shell, p.Now, p.Expires = Staff, guideNow, guideNow+25*day.Minute
	p.Person = &Person{Name: "云小禾", Agency: Plain("市场监督管理局"), Post: Plain("审查"), SwitchPost: "/posts", SignOut: GuidePath + "/signout"}
	p.Menu = []Link{{Text: Plain("待办"), Href: GuidePath + "/desk", HasCount: true, Count: 38}, {Text: Plain("办件"), Href: GuidePath + "/case"},
		{Text: Plain("窗口"), Href: GuidePath + "/counter"}, {Text: Plain("看板"), Href: GuidePath + "/figures"}, {Text: Plain("消息"), Href: "/inbox", HasCount: true, Count: 2}}
	return p
}

func guideDesk(state string) Page {
	due := func(m, d, left int, what string) *Due {
		return &Due{Day: day.Of(2026, m, d), Left: left, Working: true, Soon: 2, What: Plain(what), Short: true}
	}
	row := func(id, who, item string, d *Due, used, step, owner, state string, tone Tone) Row {
		return Row{ID: id, Tone: tone, Cells: []Cell{{Text: Plain(who), Href: GuidePath + "/case", Note: Plain("…" + id)}, {Text: Plain(item)},
			{Due: d}, {Text: Plain(used)}, {Text: Plain(step)}, {Text: Plain(owner)}, {Text: Plain(state)}}}
	}
	rows := []Row{
		row("0005", "赵*红", "食品作坊经营许可", due(11, 20, -1, "法定"), "21/20", "决定", "我", "要说明理由", ToneLegal),
		row("0012", "云水××有限公司", "户外广告设置", due(11, 26, 2, "承诺"), "8/10", "审查", "我", "等核查回传", ToneTodo),
		row("0019", "李*", "食品作坊经营许可变更", due(12, 1, 5, "承诺"), "0/5", "审查", "未分", "新到", ""),
		row("0023", "禾丰镇××合作社", "农药经营许可", &Due{Stopped: Plain("停表：专家评审"), Short: true}, "3/20", "特别程序", "我", "等结论", ""),
	}
	p := guideStaff(Page{Name: "guide/desk", Title: Plain("待办"), Current: GuidePath + "/desk"})
	table := Table{Caption: Plain("待办办件"), HideCaption: true, Select: "case", Empty: Empty{Text: Plain("没有符合条件的办件。"), Links: []Link{{Text: Plain("去掉全部筛选"), Href: GuidePath + "/desk"}}},
		Columns: []Column{{Label: Plain("申请人")}, {Label: Plain("事项"), Sort: GuidePath + "/desk?sort=item"}, {Label: Plain("到期"), Sort: GuidePath + "/desk?sort=due", Sorted: Ascending},
			{Label: Plain("已用/时限（工作日）"), Number: true}, {Label: Plain("环节")}, {Label: Plain("经办")}, {Label: Plain("状态")}}}
	filter := Filter{Action: GuidePath + "/desk", Fields: []Field{
		{Kind: FieldSelect, Name: "item", Label: Plain("事项"), Options: []Option{{"", Plain("全部"), nil}, {"1", Plain("食品作坊经营许可"), nil}}},
		{Kind: FieldSelect, Name: "due", Label: Plain("到期"), Options: []Option{{"", Plain("全部"), nil}, {"7", Plain("7 天内"), nil}}, Value: "7"},
		{Kind: FieldText, Name: "who", Label: Plain("申请人"), Chars: 8, Optional: true}},
		Chips: []Chip{{Plain("审查"), "?due=7"}, {Plain("7 天内"), "?step=review"}}}
	if state != "empty" {
		table.Rows = rows
	}
	bulk := Bulk{Action: GuidePath + "/move", Table: table, TickPage: GuidePath + "/desk?tick=page",
		TickAll: &Link{Text: Plain("选全部 38 件（含其他页）"), Href: "?tick=all"},
		Buttons: []Button{{Text: Plain("领取"), Name: "act", Value: "claim"}, {Text: Plain("转给…"), Name: "act", Value: "hand"}, {Text: Plain("合并打印"), Name: "act", Value: "print"}}}
	if state == "error" {
		bulk.Error = Plain("先选要转的办件")
	}
	p.Data = map[string]any{
		"Views": SubNav{Plain("待办的几种看法"), []Link{{Text: Plain("快到期"), Href: "?v=soon", HasCount: true, Count: 4}, {Text: Plain("已超期"), Href: "?v=late", HasCount: true, Count: 1},
			{Text: Plain("今天到的"), Href: "?v=new", HasCount: true, Count: 7}, {Text: Plain("全部"), Href: "?v=all", HasCount: true, Count: 38, Current: true}}},
		"Filter": filter, "Bulk": bulk, "Live": Live{At: guideNow, Every: 30, Target: "worklist", Href: GuidePath + "/desk"},
		"Pager": Pager{From: 1, To: 25, Total: 38, Next: "?after=25", Sizes: []Link{{Text: Plain("25"), Href: "?size=25", Current: true}, {Text: Plain("50"), Href: "?size=50"}}},
	}
	return p
}

func guideCase(string) Page {
	p := guideStaff(Page{Name: "guide/case", Title: Plain("办件概览"), OwnHeading: true, Current: GuidePath + "/case",
		Back: &Link{Text: Plain("待办 3/38"), Href: GuidePath + "/desk#row-0005"}})
	p.Data = map[string]any{
		"Bar": IdentityBar{Title: Plain("赵*红 · 食品作坊经营许可（示范）"), Number: "9901-2026-1101-0005",
			Facts: []Fact{{Label: Plain("承诺"), Due: &Due{Day: day.Of(2026, 11, 26), Left: 2, Working: true, Soon: 2}}, {Label: Plain("法定"), Due: &Due{Day: day.Of(2026, 12, 22), Left: 20, Working: true}},
				{Label: Plain("状态"), Status: &Status{ToneNow, Plain("审查")}}},
			Actions: []Button{{Text: Plain("作决定"), Kind: Primary, Href: "#"}},
			More:    []Link{{Text: Plain("转办"), Href: "#"}, {Text: Plain("延期"), Href: "#"}, {Text: Plain("特别程序"), Href: "#"}, {Text: Plain("退回"), Href: "#"}}},
		"Nav": SubNav{Plain("这件办件"), []Link{{Text: Plain("概览"), Href: "#", Current: true}, {Text: Plain("材料"), Href: "#", HasCount: true, Count: 4}, {Text: Plain("核查"), Href: "#", HasCount: true, Count: 1},
			{Text: Plain("文书"), Href: "#", HasCount: true, Count: 3}, {Text: Plain("时间线"), Href: "#"}}},
		"List": SummaryList{[]SummaryRow{{Key: Plain("经营场所"), Value: Plain("云水镇文昌路 9 号 2 层"), More: []Text{Plain("申请人改过 1 次")}},
			{Key: Plain("面积"), Value: Plain("48 ㎡")}, {Key: Plain("类别"), Value: Plain("糕点")}}},
		"Rules": TaskList{[]Task{{Label: Plain("地址与不动产登记一致"), Status: Status{ToneOK, Plain("一致")}},
			{Label: Plain("面积 48㎡，接近 50㎡ 一档"), Href: "#", Status: Status{ToneTodo, Plain("看平面图")}},
			{Label: Plain("没有看到排烟说明"), Href: "#", Status: Status{ToneTodo, Plain("要你判断")}}}},
		"Timeline": Timeline{[]Event{{At: guideNow, Title: Plain("征求消防救援大队意见"), Who: Plain("云小禾（审查）"), Internal: true},
			{At: guideNow - 20*day.Hour, Title: Plain("已受理"), Body: Plain("受理通知书已送达。"), Who: Plain("行政审批局窗口")}}},
		"Progress": guideProgress(),
	}
	return p
}

func guideCounter(string) Page {
	p := guideStaff(Page{Name: "guide/counter", Title: Plain("正在办 A047"), Current: GuidePath + "/counter"})
	sel := func(name, label string, opts ...string) Field {
		f := Field{Kind: FieldSelect, Name: name, Label: Plain(label)}
		for _, o := range opts {
			f.Options = append(f.Options, Option{Value: o, Label: Plain(o)})
		}
		return f
	}
	p.Data = map[string]any{
		"Queue": TaskList{[]Task{{Label: Plain("A047 食品作坊"), Href: "#", Status: Status{ToneNow, Plain("正在办")}}, {Label: Plain("A048 社保认证"), Href: "#", Status: Status{ToneDone, Plain("老人优先")}},
			{Label: Plain("A049 不动产查询"), Href: "#", Status: Status{ToneOff, Plain("等候 6 分")}}}},
		"Item": sel("item", "事项", "食品作坊经营许可（示范）", "户外广告设置"),
		"Fields": []Field{sel("case", "情形", "个体，50㎡ 以下", "个体，50㎡ 以上"),
			{Kind: FieldIDNo, Name: "idno", Label: Plain("证件号码")}, {Kind: FieldDay, Name: "open", Label: Plain("开业日期"), Hint: Plain("20261208 或 12-8")},
			{Kind: FieldRadios, Name: "take", Label: Plain("平面图"), Inline: true, Options: []Option{{"yes", Plain("收"), nil}, {"no", Plain("不收"), nil}}}},
		"Buttons": []Button{{Text: Plain("收件并打印回执"), Kind: Primary, Name: "act", Value: "take"}, {Text: Plain("一次性告知"), Name: "act", Value: "notice"},
			{Text: Plain("不归这里办"), Name: "act", Value: "refuse"}, {Text: Plain("存着稍后办"), Name: "act", Value: "keep", Loose: true}},
		"Say": Details{Summary: Plain("读给群众听"), Open: true, Body: Plain("“还差健康证，可 10 天内补，今天先收下。”")},
	}
	return p
}

func guideCharts() []Chart {
	source := func(c Chart) Chart {
		c.AsOf, c.Source, c.Owner, c.CSV = guideNow, Plain("办件库"), Plain("行政审批局"), "/_ui/figures.csv"
		return c
	}
	weeks := []Text{Plain("9月1日"), Plain("9月15日"), Plain("10月1日"), Plain("10月15日"), Plain("11月1日")}
	return []Chart{
		source(Chart{Finding: Plain("按时办结率两个月来升了 1.3 个百分点，还没到目标"), Range: Plain("9月1日—11月15日，18,354 件"), Definition: Plain("承诺期内办结 ÷ 办结"),
			Lines: &Lines{Points: weeks, Min: 96, Max: 100, Suffix: "%", Target: 99.5, TargetText: Plain("目标 99.5%"),
				Series: []Series{{Plain("本年"), []float64{97.9, 98.2, math.NaN(), 98.8, 99.2}}, {Plain("上年"), []float64{97.1, 97.3, 97.2, 97.6, 97.8}}}},
			Numbers: Table{Caption: Plain("按时办结率"), HideCaption: true, Plain: true, Columns: []Column{{Label: Plain("周")}, {Label: Plain("本年（%）"), Number: true}}, Rows: []Row{{Cells: Cells(Plain("9月1日"), Plain("97.9"))}, {Cells: Cells(Plain("11月1日"), Plain("99.2"))}}}}),
		source(Chart{Finding: Plain("超期 3 件，都在两个部门"), Range: Plain("11月24日在办 412 件"),
			Bars: &Bars{Items: []Bar{{Plain("市场监督管理局"), []float64{2}, Plain("2 件"), true}, {Plain("自然资源和规划局"), []float64{1}, Plain("1 件"), true}, {Plain("行政审批局"), []float64{0}, Plain("0 件"), false}}},
			Numbers: Table{Caption: Plain("超期件数"), HideCaption: true, Plain: true, Columns: []Column{{Label: Plain("部门")}, {Label: Plain("件"), Number: true}},
				Rows: []Row{{Cells: Cells(Plain("市场监督管理局"), Count(2))}, {Cells: Cells(Plain("自然资源和规划局"), Count(1))}}}}),
		source(Chart{Finding: Plain("压得最久的件在现场核查"), Range: Plain("在办 412 件，按已用工作日"),
			Bars: &Bars{Series: []Text{Plain("0–2 日"), Plain("3–5 日"), Plain("6–10 日"), Plain("超过 10 日")},
				Items: []Bar{{Plain("现场核查"), []float64{20, 40, 60, 41}, Plain("161 件"), false}, {Plain("审查"), []float64{80, 40, 20, 4}, Plain("144 件"), false}, {Plain("决定"), []float64{70, 30, 5, 2}, Plain("107 件"), false}}},
			Numbers: Table{Caption: Plain("在办件的年龄"), HideCaption: true, Plain: true, Columns: []Column{{Label: Plain("环节")}, {Label: Plain("件"), Number: true}}, Rows: []Row{{Cells: Cells(Plain("现场核查"), Count(161))}}}}),
		source(Chart{Finding: Plain("周二上午窗口最忙"), Range: Plain("取号数，11月"),
			Heat: NewHeat(Plain("每小时取号数"), []Text{Plain("9时"), Plain("10时"), Plain("11时"), Plain("14时"), Plain("15时")},
				[]Text{Plain("周一"), Plain("周二"), Plain("周三")}, [][]int{{40, 61, 52, 30, 12}, {55, 98, 71, 44, 20}, {31, 48, 36, 22, 3}}, 5)}),
	}
}

func guideFigureList() []Figure {
	return []Figure{{Label: Plain("红牌"), Value: Count(1), Href: "#", Tone: ToneLegal}, {Label: Plain("黄牌"), Value: Count(6), Href: "#", Tone: ToneTodo},
		{Label: Plain("停表"), Value: Count(21), Href: "#"}, {Label: Plain("2 日内到期"), Value: Count(14), Href: "#"}, {Label: Plain("差评待回访"), Value: Count(3), Href: "#"},
		{Label: Plain("按时办结"), Value: Plain("99.2%"), Note: Plain("18,211 / 18,354"), Href: "#"}}
}

func guideFigures(string) Page {
	p := guideStaff(Page{Name: "guide/figures", Title: Plain("这个月群众办事顺不顺"), Current: GuidePath + "/figures"})
	p.Data = map[string]any{"Figures": guideFigureList(), "Charts": guideCharts(), "Live": Live{At: guideNow, Href: GuidePath + "/figures"}}
	return p
}

func guideWall(string) Page {
	figures := guideFigureList()
	for i := range figures {
		figures[i].Href = ""
	}
	due := TaskList{[]Task{{Label: Plain("…0005 超期 1 天，未说明理由"), Hint: Plain("市场监督管理局"), Status: Status{ToneLegal, Plain("红牌")}},
		{Label: Plain("…0012 核查 3 天未回传"), Hint: Plain("综合行政执法局"), Status: Status{ToneTodo, Plain("黄牌")}}}}
	return Page{Name: "guide/wall", Title: Plain("今天要管的事"), Shell: Wall, Now: guideNow, Refresh: 60,
		Data: map[string]any{"Figures": figures, "Due": due, "Charts": guideCharts()[:2]}}
}

func guideKiosk(string) Page {
	return Page{Name: "guide/kiosk", Title: Plain("你好，要办什么？"), Shell: Kiosk, Now: guideNow,
		Data: []Link{{Text: Plain("办事"), Href: "#"}, {Text: Plain("查进度"), Href: "#"}, {Text: Plain("打印证明"), Href: "#", Note: Plain("打印机缺纸，找工作人员")},
			{Text: Plain("取号"), Href: "#"}, {Text: Plain("交费"), Href: "#"}, {Text: Plain("找人帮我"), Href: "#"}}}
}
