package checkup_test

import (
	"slices"
	"testing"

	"tongban/internal/rules/checkup"
	"tongban/internal/rules/day"
	"tongban/internal/rules/workday"
)

const (
	body   = "11990124YH0000034J" // a credit code of the demonstration county
	baseOf = "990131901000"       // 99, licence, market supervision
	code   = body + "4" + baseOf
)

func days(n int, article string) workday.Term {
	return workday.Term{Days: n, Unit: workday.WorkingDays, Article: article}
}

// good is a small catalogue in which nothing is wrong: a licence that is
// examined by three agencies, a filing that is only taken down, a card.
func good() *checkup.Catalogue {
	law := []checkup.Article{{Law: "中华人民共和国行政许可法", Article: "第十二条"}}
	return &checkup.Catalogue{
		Items: []checkup.Item{licence(law), filing(), card()},
		Bases: []checkup.Base{
			{Code: baseOf, Name: "食品作坊经营许可", Type: checkup.Licence, Basis: law, Statutory: days(45, ""), Materials: []string{"经营场所平面图", "健康证明"}},
			{Code: "991017911000", Name: "房屋租赁备案", Type: checkup.OtherPower},
			{Code: "992011902000", Name: "优待证办理", Type: checkup.Service},
		},
		Powers: []checkup.Power{
			{Code: "P1", Name: "食品作坊经营许可", Type: checkup.Licence, Region: "990124", Holders: []string{"scjg"}, Basis: law, Duties: 7, Situations: 10},
			{Code: "P2", Name: "房屋租赁备案", Type: checkup.OtherPower, Region: "990124", Holders: []string{"zjj"}, Basis: law, Duties: 5, Situations: 6},
			{Code: "P3", Name: "对食品作坊的处罚", Type: checkup.Penalty, Region: "990124", Holders: []string{"scjg"}, Basis: law, Duties: 5, Situations: 6},
		},
		Fees:           []checkup.Entry{{Code: "F1", Name: "登记工本费"}},
		Intermediaries: []checkup.Entry{{Code: "Z1", Name: "水质检测报告", Items: []string{code}}},
		Shared:         []checkup.Entry{{Name: "纳税信息"}},
		Proofs: []checkup.Proof{
			{Code: "M1", Name: "健康证明", Issuers: []string{"医院"}, Basis: law},
			{Code: "M2", Name: "困难证明", Issuers: []string{"民政局"}, Needs: []string{"健康证明"}, Basis: law},
			{Code: "M3", Name: "亲属关系证明", Cancelled: true},
		},
		Laws: []checkup.Law{{Name: "行政许可法", Articles: []checkup.LawArticle{{Number: "第十二条"}, {Number: "第四十二条"}}}},
		Year: &checkup.Year{First: day.Of(2026, 1, 1), Last: day.Of(2026, 12, 31), Cases: map[string]int{code: 4, filingCode: 9, cardCode: 1}},
	}
}

func guide() checkup.Guide {
	return checkup.Guide{
		Handling: "promised", Applicants: []string{"person"}, Conditions: []string{"有固定的场所"},
		FeeText: "不收费", Channels: []string{"online"}, TripsSaid: true, Phone: "0999-5550301", Place: "政务服务中心", Hours: "工作日", Complaint: "12345",
		Terms: checkup.Terms{Notice: days(5, "行政许可法第三十二条"), Statutory: days(20, "行政许可法第四十二条"), Promised: days(10, "本机关承诺"), Deliver: days(10, "行政许可法第四十四条")},
	}
}

func step(name, role, agency, part string, next ...int) checkup.Step {
	return checkup.Step{Name: name, Role: role, Agency: agency, Part: part, Kind: checkup.Task, Next: next}
}

func licence(law []checkup.Article) checkup.Item {
	g := guide()
	g.Basis, g.Joint, g.Deemed = law, true, true
	g.Terms.Statutory, g.Terms.Promised, g.Terms.Extension = days(45, "行政许可法第四十二条"), days(20, "本机关承诺"), days(15, "行政许可法第四十二条")
	g.Materials = []checkup.Material{
		{Key: "plan", Name: "经营场所平面图", Required: true, How: "自己画", Basis: "办法第九条"},
		{Key: "health", Name: "健康证明", Required: true, How: "到医院体检", Basis: "办法第九条"},
		{Key: "licence", Name: "营业执照", Required: true, Supplied: true, Basis: "办法第九条"},
	}
	g.Special = []checkup.Special{{Kind: workday.Testing, Name: "水质检测", Role: "env", Basis: "办法第十一条"}}
	g.Intermediaries = []string{"水质检测报告"}
	g.Visits = []checkup.Visit{{Role: "fire", Officers: 2}}
	g.Result = checkup.Result{Name: "食品作坊经营许可证", Licence: true}
	visit := step("消防核查", "fire", "xfjy", checkup.PartVisit, 6)
	visit.Officers, visit.Term = 2, days(7, "")
	g.Flow = &checkup.Flow{Steps: []checkup.Step{
		{Name: "开始", Next: []int{1}},
		step("受理", "window", "spj", checkup.PartAccept, 2),
		{Name: "并行", Kind: checkup.Parallel, Next: []int{3, 4, 5}},
		step("审查", "market", "scjg", checkup.PartReview, 6),
		visit,
		step("检测", "env", "sthj", checkup.PartTest, 6),
		{Name: "汇合", Next: []int{7}},
		step("决定", "market", "scjg", checkup.PartDecide, 8),
		{Name: "准否", Kind: checkup.Decision, Next: []int{9, 10}},
		{Name: "制证", Kind: checkup.Act, Action: checkup.ActionIssue, Next: []int{10}},
		step("送达", "window", "spj", checkup.PartDeliver),
	}}
	return checkup.Item{Code: code, Base: baseOf, Name: "食品作坊经营许可", Type: checkup.Licence, Agency: "scjg", Region: "990124", Level: "4",
		Powers: []string{"P1"}, From: day.Of(2025, 1, 1), Guide: &g}
}

const (
	filingCode = "11990124YH0000093M4991017911000"
	cardCode   = "11990124YH0000026P4992011902000"
)

func filing() checkup.Item {
	g := guide()
	g.Basis = []checkup.Article{{Law: "云禾县租赁办法", Article: "第三条", Invented: true}}
	g.Terms.Statutory, g.Terms.Promised = days(3, "云禾县租赁办法第三条"), days(1, "本机关承诺")
	g.Materials = []checkup.Material{{Key: "lease", Name: "房屋租赁合同", Required: true, How: "双方签好", Basis: "办法第九条"}}
	g.Result = checkup.Result{Name: "房屋租赁备案证明"}
	g.Flow = &checkup.Flow{Steps: []checkup.Step{
		{Name: "开始", Next: []int{1}},
		step("受理", "window", "spj", checkup.PartAccept, 2),
		step("备案", "housing", "zjj", checkup.PartDecide, 3),
		{Name: "制发", Kind: checkup.Act, Action: checkup.ActionIssue},
	}}
	return checkup.Item{Code: filingCode, Base: "991017911000", Name: "房屋租赁备案", Type: checkup.OtherPower, Agency: "zjj", Region: "990124", Level: "4",
		Powers: []string{"P2"}, Guide: &g}
}

func card() checkup.Item {
	g := guide()
	g.Handling = "instant"
	g.Basis = []checkup.Article{{Law: "云禾县优待办法", Article: "第六条", Invented: true}}
	g.Terms.Statutory, g.Terms.Promised = days(1, "云禾县优待办法第六条"), days(1, "本机关承诺")
	g.Result = checkup.Result{Name: "优待证", Licence: true}
	g.Flow = &checkup.Flow{Steps: []checkup.Step{
		{Name: "开始", Next: []int{1}},
		step("受理", "window", "spj", checkup.PartAccept, 2),
		step("决定", "window", "spj", checkup.PartDecide, 3),
		{Name: "制证", Kind: checkup.Act, Action: checkup.ActionIssue},
	}}
	return checkup.Item{Code: cardCode, Base: "992011902000", Name: "优待证办理", Type: checkup.Service, Agency: "spj", Region: "990124", Level: "4", Guide: &g}
}

func all(c *checkup.Catalogue) []checkup.Finding { return slices.Collect(checkup.Judge(c)) }

// rulesOf lists the rules that found something.
func rulesOf(list []checkup.Finding) []string {
	var keys []string
	for _, f := range list {
		if !slices.Contains(keys, f.Rule) {
			keys = append(keys, f.Rule)
		}
	}
	return keys
}

func TestNothingIsFoundWhereNothingIsWrong(t *testing.T) {
	t.Parallel()
	for _, f := range all(good()) {
		t.Errorf("%s: %s %s", f.Rule, f.Subject.Name, f.Message.In("zh"))
	}
	if list := all(&checkup.Catalogue{}); len(list) > 0 {
		t.Errorf("an empty catalogue: %v", list)
	}
}
