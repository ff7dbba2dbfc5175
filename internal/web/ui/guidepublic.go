package ui

import "tongban/internal/rules/day"

// The guide's pages for the public. All names, numbers and terms are invented.

var guideNow = day.Of(2026, 11, 24).Start() + 10*day.Hour + 41*day.Minute

func guideHome(string) Page {
	return Page{Name: "guide/home", Title: Plain("你要办什么事？"), Wide: true, OwnHeading: true, Now: guideNow,
		Notice: &Notice{Kind: Todo, Title: Plain("食品作坊经营许可：平面图要重传"),
			Body:  Plain("12月8日（周二）前补交，还有 10 个工作日。"),
			Links: []Link{{Text: Plain("去补交平面图"), Href: GuidePath + "/form"}}},
		Data: map[string]any{
			"Search": Field{Kind: FieldSearch, Name: "q", Label: Plain("你要办什么事？"), Heading: true,
				Hint: Plain("用平常的话说，例如：居住证、开饭馆"), Optional: false},
			"Who": SubNav{Plain("给谁办"), []Link{{Text: Plain("个人"), Href: "?who=person", Current: true}, {Text: Plain("法人"), Href: "?who=legal"}, {Text: Plain("项目"), Href: "?who=project"}}},
			"Often": []Link{{Text: Plain("社保查询"), Href: "/i/1"}, {Text: Plain("公积金提取"), Href: "/i/2"}, {Text: Plain("居住证"), Href: "/i/3"},
				{Text: Plain("身份证换领"), Href: "/i/4"}, {Text: Plain("不动产登记"), Href: "/i/5"}, {Text: Plain("全部事项"), Href: "/items"}},
			"Bundles": []Link{{Text: Plain("新生儿出生"), Href: "/b/1"}, {Text: Plain("开饭店"), Href: "/b/2"}, {Text: Plain("退休"), Href: "/b/3"}, {Text: Plain("二手房过户"), Href: "/b/4"}},
			"Look": []Link{{Text: Plain("办件进度"), Href: "/p", Note: Plain("凭收件编号和查询码")}, {Text: Plain("证照真伪"), Href: "/v", Note: Plain("扫码或输数字")},
				{Text: Plain("收费标准"), Href: "/f"}, {Text: Plain("附近大厅"), Href: "/h", Note: Plain("今天到 17:30")}},
			"Mine": []Link{{Text: Plain("身份证"), Href: "/l/1"}, {Text: Plain("驾驶证"), Href: "/l/2"}, {Text: Plain("营业执照"), Href: "/l/3"}},
			"News": []Link{{Text: Plain("元旦期间窗口怎么上班"), Href: "/n/1", Note: Plain("11月20日")}, {Text: Plain("食品作坊许可承诺时限改为 20 个工作日"), Href: "/n/2", Note: Plain("11月3日")}},
		}}
}

func guideSearch(state string) Page {
	results := []map[string]any{
		{"Name": "食品作坊经营许可（示范）", "Agency": "市场监督管理局", "Facts": "能网上办 · 跑 0 次 · 承诺 20 个工作日 · 不收费", "Why": "别名“小作坊、做糕点”"},
		{"Name": "一件事：我要开餐饮店", "Agency": "行政审批局", "Facts": "含营业执照、食品经营、消防检查 · 承诺 8 个工作日", "Why": "包含“食品经营”"},
	}
	title := Plain("“食品”找到 2 项")
	if state == "empty" {
		results, title = nil, Plain("没有找到与“食品”相同的事项")
	}
	return Page{Name: "guide/search", Title: title, Back: &Link{Href: GuidePath + "/home"}, Now: guideNow,
		Data: map[string]any{"Results": results, "Search": Field{Kind: FieldSearch, Name: "q", Label: Plain("搜索"), Value: "食品"},
			"Empty": Empty{Text: Plain("换个说法再搜，或者告诉我们你在找什么。"), Links: []Link{{Text: Plain("看全部事项"), Href: "/items"}, {Text: Plain("打 12345 问"), Href: "tel:12345"}}}}}
}

func guideFields() []Field {
	return []Field{
		{Kind: FieldText, Name: "name", Label: Plain("经营者姓名"), Value: "云小禾", Source: Plain("来自公安局，不用填"), Autocomplete: "name"},
		{Kind: FieldIDNo, Name: "idno", Label: Plain("身份证号码"), Hint: Plain("18 位，最后一位可能是 X")},
		{Kind: FieldPhone, Name: "phone", Label: Plain("手机号码"), Hint: Plain("办理进度发到这个号码")},
		{Kind: FieldUSCC, Name: "uscc", Label: Plain("统一社会信用代码"), Hint: Plain("营业执照右上角，18 位"), Optional: true},
		{Kind: FieldText, Name: "address", Label: Plain("经营场所地址"), Hint: Plain("写到门牌号，现场核查按这个地址来"), Autocomplete: "street-address"},
		{Kind: FieldDate, Name: "open", Label: Plain("开业日期"), Hint: Plain("例如 2026 年 12 月 8 日")},
		{Kind: FieldNumber, Name: "area", Label: Plain("经营面积"), Unit: Plain("㎡")},
		{Kind: FieldMoney, Name: "capital", Label: Plain("投入资金"), Unit: Plain("元"), Optional: true},
		{Kind: FieldRadios, Name: "kind", Label: Plain("做哪一类食品？"), Options: []Option{
			{"cake", Plain("糕点"), Plain("月饼、面包、中式点心")}, {"noodle", Plain("面制品"), nil}, {"other", Plain("我不确定"), Plain("受理时由工作人员帮你判断")}}},
		{Kind: FieldChecks, Name: "tools", Label: Plain("有哪些设备？"), Hint: Plain("可以选几样"), Values: []string{"oven"}, Options: []Option{
			{"oven", Plain("烤箱"), nil}, {"steam", Plain("蒸箱"), nil}, {"fridge", Plain("冷柜"), nil}}},
		{Kind: FieldYesNo, Name: "lease", Label: Plain("场所是租的吗？")},
		{Kind: FieldSelect, Name: "town", Label: Plain("所在乡镇"), Options: []Option{{"", Plain("选一个"), nil}, {"01", Plain("云水镇"), nil}, {"02", Plain("禾丰镇"), nil}}},
		{Kind: FieldArea, Name: "note", Label: Plain("还有什么要说明？"), Optional: true},
		{Kind: FieldFile, Name: "plan", Label: Plain("经营场所平面图"), File: &FileRule{Formats: []string{"pdf", "jpg", "png"}, MaxMB: 10,
			Why:   Plain("核查按图看操作间和出入口（示范办法第九条）"),
			Files: []Uploaded{{Name: "平面图-一层.jpg", Size: 2516582, Open: "/f/1", Remove: GuidePath + "/remove"}}}},
	}
}

func guideForm(state string) Page {
	fields := guideFields()
	p := Page{Name: "guide/form", Title: Plain("经营场所"), Back: &Link{Href: GuidePath}, Now: guideNow, Expires: guideNow + 2*day.Hour}
	if state == "error" {
		typed := map[string][]string{"idno": {"33012319900101123"}, "open_y": {"2026"}, "open_m": {"2"}, "open_d": {"30"}, "phone": {"1380000"}}
		p.Errors = Fill(fields, typed, map[string]Text{
			"idno":    Plain("身份证号码应是 18 位，现在是 17 位。对照证件再看一遍最后几位"),
			"address": Plain("填经营场所地址的门牌号。现场核查按这个地址来"),
			"open":    M("ui.day.missing", "label", Plain("开业日期"), "y", 2026, "m", 2, "d", 30),
			"kind":    Plain("选一类食品；不确定就选“我不确定”"),
			"note":    Plain("说明最多 500 字，现在是 512 字"),
			"plan":    Plain("这张图 14MB，超过 10MB。用手机“中等大小”重拍，或到窗口帮你扫，不收费"),
		})
	}
	p.Data = fields
	return p
}

func guideAsk(string) Page {
	return Page{Name: "guide/ask", Title: Plain("经营场所在哪里？"), OwnHeading: true, Back: &Link{Href: GuidePath + "/form"}, Now: guideNow,
		Data: Field{Kind: FieldRadios, Name: "where", Heading: true, Label: Plain("经营场所在哪里？"), Value: "here",
			Hint:   Plain("写到门牌号，现场核查按这个地址来。"),
			Source: Plain("系统里的地址：云水镇文昌路 9 号 2 层"),
			Options: []Option{{"here", Plain("就是这里"), nil}, {"other", Plain("改成别的地址"), nil},
				{"unsure", Plain("我不确定"), nil}}}}
}

func guideCheck(string) Page {
	return Page{Name: "guide/check", Title: Plain("提交前核对一遍"), Back: &Link{Href: GuidePath + "/ask"}, Now: guideNow, Data: map[string]any{
		"List": SummaryList{Rows: []SummaryRow{
			{Key: Plain("申请人"), Value: Plain("云*禾"), More: []Text{Plain("330***********1234")}, Source: Plain("来自公安局，10:38 取得"), Change: &Link{Href: GuidePath + "/form"}},
			{Key: Plain("经营场所"), Value: Plain("云水镇文昌路 9 号 2 层"), Change: &Link{Href: GuidePath + "/ask"}},
			{Key: Plain("平面图"), Value: Plain("1 份"), Change: &Link{Text: Plain("更换"), Href: GuidePath + "/form"}},
			{Key: Plain("健康证"), Value: Plain("没有提供"), Status: &Status{ToneTodo, Plain("可 10 天内补")}, Change: &Link{Text: Plain("现在传"), Href: GuidePath + "/form"}},
		}},
		"True": Field{Kind: FieldChecks, Name: "true", Label: Plain("你的确认"), Options: []Option{{"yes", Plain("以上内容属实"), nil}}},
	}}
}

func guideProgress() Progress {
	return Progress{Steps: []Step{{Plain("提交"), Plain("11月20日"), StepDone}, {Plain("受理"), Plain("等你补材料"), StepNow},
		{Plain("核查"), nil, StepSkip}, {Plain("决定"), nil, StepNext}, {Plain("发证"), nil, StepNext}}}
}

func guideRecords(state string) Page {
	p := Page{Name: "guide/records", Title: Plain("我的办件"), Wide: true, Back: &Link{Href: GuidePath}, Now: guideNow,
		Notice: &Notice{Kind: Done, Title: Plain("平面图已传上去"), Body: Plain("最迟 12月1日（周二）告诉你行不行。")}}
	at := func(d, h, m int) day.Instant {
		return day.Of(2026, 11, d).Start() + day.Instant(h)*day.Hour + day.Instant(m)*day.Minute
	}
	tasks := []Task{
		{Label: Plain("食品作坊经营许可（示范） …0007"), Hint: Plain("要你补：平面图"), Href: "#", Status: Status{ToneTodo, Plain("等你补材料")}, Due: &Due{Day: day.Of(2026, 12, 8), Left: 10, Working: true}},
		{Label: Plain("居住证签注 …0231"), Href: "#", Status: Status{ToneNow, Plain("办理中")}},
		{Label: Plain("社保关系转移 …0102"), Href: "#", Status: Status{ToneDone, Plain("已办结")}},
	}
	p.Data = map[string]any{
		"State": state, "Tasks": TaskList{tasks}, "Progress": guideProgress(),
		"Receipt": Receipt{Title: Plain("已收到你的申请"), Number: "9901-2026-1120-0007", QueryCode: "48217730",
			Facts:   []Fact{{Label: Plain("事项"), Value: Plain("食品作坊经营许可（示范）")}, {Label: Plain("收到"), Value: At(at(20, 10, 58))}},
			Promise: []Text{Plain("现在还不是“受理”。最迟 11月27日（周五）告诉你：受理、要补什么、或不归这里办。"), Plain("到那天没告诉你要补什么，按法律从收到材料的 11月20日起就算已受理。")},
			Next:    []Text{Plain("市场监督管理局看材料"), Plain("受理后 20 个工作日内决定"), Plain("决定后 10 个工作日内发证")},
			Links:   []Link{{Text: Plain("下载盖章回执（PDF）"), Href: "#"}, {Text: Plain("看进度"), Href: "#"}, {Text: Plain("撤回申请"), Href: GuidePath + "/confirm"}}},
		"Timeline": Timeline{[]Event{
			{At: at(24, 14, 5), Title: Plain("一次性告知：平面图看不清，要重传 1 份"), Who: Plain("李**（市场监督管理局）"), Links: []Link{{Text: Plain("看通知书"), Href: "#"}}, Tone: ToneTodo},
			{At: at(23, 9, 10), Title: Plain("分给李**办理"), Who: Plain("系统")},
			{At: at(20, 10, 58), Title: Plain("你提交了申请"), Body: Plain("共 4 份材料，其中 2 份由系统取得。"), Who: Plain("云*禾")}}},
		"Table": Table{Caption: Plain("要准备的材料"), Columns: []Column{{Label: Plain("材料")}, {Label: Plain("来源")}, {Label: Plain("份数"), Number: true}, {Label: Plain("情况")}},
			Rows: []Row{{Cells: []Cell{{Text: Plain("营业执照")}, {Text: Plain("证照库")}, {Text: Count(1)}, {Status: &Status{ToneOK, Plain("系统已取得")}}}},
				{Cells: []Cell{{Text: Plain("平面图"), Href: "#"}, {Text: Plain("自己画"), Note: Plain("JPG 或 PDF，10MB 以内")}, {Text: Count(1)}, {Status: &Status{ToneTodo, Plain("要重传")}}}}}},
		"Pager": Pager{From: 1, To: 10, Total: 38, Next: GuidePath + "/records?after=10"},
		"Empty": Empty{Text: Plain("没有收藏的事项。"), Links: []Link{{Text: Plain("看全部事项"), Href: "/items"}}},
		"Notices": []Notice{{Kind: Info, Title: Plain("12月25日到27日系统照常，窗口放假")}, {Kind: Todo, Title: Plain("还差 1 样：健康证"), Body: Plain("可在受理后 10 天内补。")},
			{Kind: Legal, Title: Plain("没有批准"), Body: Plain("原因：操作间离露天垃圾站 12 米，办法要求 25 米以上。60 日内可以申请复议，6 个月内可以起诉。")}},
	}
	return p
}

func guideLicence(state string) Page {
	until := guideNow + day.Minute
	card := LicenceCard{Name: Plain("食品作坊经营许可证（示范）"), Status: Status{ToneOK, Plain("有效，到 2031年11月30日")},
		Fields: []Fact{{Label: Plain("经营者"), Value: Plain("云*禾")}, {Label: Plain("编号"), Value: Plain("9901 2026 0007"), Number: true}, {Label: Plain("场所"), Value: Plain("云水镇文昌路 9 号 2 层")}},
		QR:     GuidePath + "/qr.svg", QRAlt: Plain("核验用二维码，扫不了可报下面的数字"), Digits: "48217730", Until: until, Renew: GuidePath + "/renew",
		Source: Plain("数据 11月24日 10:41 来自市场监督管理局")}
	if state == "void" {
		card.Void, card.Status = true, Status{ToneLegal, Plain("已撤销，不能使用")}
	}
	return Page{Name: "guide/licence", Title: Plain("出示证照"), Back: &Link{Href: GuidePath}, Now: guideNow, Data: card}
}

func guideConfirm(string) Page {
	return Page{Name: "guide/confirm", Title: Plain("撤回后，这份申请就不再办理"), Back: &Link{Href: GuidePath + "/records"}, Now: guideNow,
		Data: Confirm{Action: GuidePath + "/withdraw", Facts: []Fact{{Label: Plain("收件编号"), Value: Plain("9901-2026-1120-0007"), Number: true}},
			Legal:  Plain("撤回不能恢复；要办可以重新申请。"),
			Fields: []Field{{Kind: FieldArea, Name: "reason", Label: Plain("为什么撤回"), Optional: true, Rows: 3}},
			Yes:    Plain("撤回申请"), Back: GuidePath + "/records", Hidden: map[string]string{"case": "7"}}}
}
