package adjustments_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/rules/day"
	"tongban/internal/web/adjustments"
	"tongban/internal/web/admin"
	"tongban/internal/web/notices"
	"tongban/internal/web/office"
	"tongban/internal/web/ui"
	"tongban/internal/web/webtest"
)

// The way of an adjustment on its pages, without script, each form by whose it is;
// the public reads it, comments, and reads what became of the comment.
func TestAnAdjustmentOnThePages(t *testing.T) {
	t.Parallel()
	w := webtest.Found(t, 61, func(a act.Actor) []ui.Link {
		if a.Post == "catalogue" {
			return admin.Menu(a)
		}
		return office.Menu(a)
	}, adjustments.Mount, notices.Mount, admin.Mount, office.Mount)
	m := w.Official("zfb_catalogue_1")
	m.Get("/manage/adjustments").Is(200).Says("没有调整", "起草调整")
	m.Get("/manage/adjustments/new").Fill("/manage/adjustments/new", "document", "", "reason", "", "from", "").Is(422).Says("写文号", "写生效日期")
	m.Get("/manage/adjustments/new").Fill("/manage/adjustments/new", "document", "云政发〔2026〕9号", "reason", "减证便民", "from", "2020-01-01").Is(422).Says("已经过了")
	m.Fill("/manage/adjustments/new", "from", w.Clock.Now().Day()+60)
	m.Is(200).Says("云政发〔2026〕9号", "还没有条目", "起草")
	at, _, _ := strings.Cut(m.At, "?")
	m.Fill(at+"/draft", "act", "put", "list", "abolished", "does", "cancel", "codes", "Z-001").Is(422).Says("不在清单上")
	m.Get(at).Fill(at+"/draft", "act", "head", "head_reason", "减证便民", "head_from", "2020-01-01").Is(422).Says("已经过了")
	m.Fill(at+"/draft", "act", "head", "head_reason", "清理证明", "head_from", w.Clock.Now().Day()+61).Is(200).Says("清理证明")
	if m.Get("/manage/adjustments/empty?of=abolished").Is(200); !strings.HasPrefix(m.Page, "PK") {
		t.Error("the empty file is no workbook")
	}
	m.Get("/manage/adjustments/empty?of=nothing").Is(404)
	m.Get(at).Fill(at+"/draft", "act", "put", "list", "abolished", "does", "new", "codes", " Z-001").Is(200).Says("清理结果") // leads to the form
	m.Fill(at+"/entry", "act", "put", "does", "new", "c_name", "某项证明", "c_type", "cancelled", "c_agency", "市场监督管理局", "c_basis", "", "c_after", "部门之间核对").Is(200)
	m.Get(at).Is(200).Says("Z-001", "某项证明", "新增", "先改")
	m.Get(at+"/entry?list=abolished&code=Z-001").Fill(at+"/entry", "act", "put", "c_basis", "《优化营商环境条例》第四十四条", "c_agency", "scjg").Is(200).Says("入库后会有什么不同", "部门之间核对")
	m.Get(at).Fill(at+"/draft", "act", "put", "list", "item", "does", "new", "codes", "X-9").Is(200).Says("事项类型") // an item in the same document
	m.Fill(at+"/entry", "act", "put", "c_name", "糕点师傅登记", "c_type", "07", "c_agency", "scjg").Is(200).Says("糕点师傅登记", "X-9")
	m.Fill(at+"/draft", "act", "hand_in").Is(200).Says("征求部门意见", "等答复")
	if strings.Contains(m.Page, at+"/agree") {
		t.Error("a manager may answer for an agency")
	}
	head := w.Official("scjg_head_1")
	head.Get("/manage/adjustments").Is(200).Says("等你办", "答复部门意见")
	head.Get(at).Is(200).Fill(at + "/agree").Is(422).Says("同意吗")
	head.Get(at).Fill(at+"/agree", "agrees", "yes").Is(200).Says("已提交")

	m.Get(at).Is(200).Says("组织审查", "禾")
	members := memberOptions(m.Page)
	stranger := w.Official("rsj_reviewer_1")
	stranger.Get(at).Is(404) // it does not concern their agency
	if strings.Contains(stranger.Get("/manage/adjustments").Is(200).Page, "云政发〔2026〕9号") {
		t.Error("shown to somebody whom it does not concern")
	}
	action, form := m.Form(at + "/draft")
	form.Set("act", "convene")
	form["members"] = []string{memberNamed(t, members, nameOf(w, "scjg_decider_1")), memberNamed(t, members, nameOf(w, "zfb_catalogue_2"))}
	m.Post(action, form).Is(200).Says("合法性和合理性审查")
	chosen := []*webtest.Browser{w.Official("scjg_decider_1").Get(at), w.Official("zfb_catalogue_2").Get(at)}
	chosen[0].Fill(at+"/opine", "legal", "yes", "reasons", "").Is(422).Says("合理吗")
	chosen[0].Fill(at+"/opine", "legal", "yes", "reasonable", "yes", "reasons", "上位法已经取消").Is(200).Says("已提交")
	leader := w.Official("zfb_leader_1")
	leader.Get(at).Fill(at+"/decide", "approve", "yes").Is(403).Says("还没有齐")
	chosen[1].Get(at).Fill(at+"/opine", "legal", "yes", "reasonable", "no", "reasons", "事中事后监管没有人手").Is(200)
	leader.Get(at).Fill(at+"/decide", "approve", "yes").Is(422).Says("写明理由")
	leader.Get(at).Fill(at+"/decide", "approve", "yes", "reason", "从乡镇调两个人").Is(200).Says("待公示")

	public := "/notices" + strings.TrimPrefix(at, "/manage")
	w.Anybody().Get(public).Is(404)
	m.Get(at).Fill(at+"/notice", "act", "announce").Is(200).Says("公示到", "看公示页")
	w.Anybody().Get("/notices/adjustments").Is(200).Says("云政发〔2026〕9号").Get(public).Is(200).Says("某项证明", "新增", "提意见")
	w.Anybody().Get(public).Follow("逐项看有什么不同").Is(200).Says("部门之间核对", "事中事后监管", "调整后", "糕点师傅登记", "行政确认")
	baker := w.Resident("baker")
	baker.Get(public).Fill(public, "words", " ").Is(422).Says("写你的意见")
	baker.Get(public).Fill(public, "words", "早该取消了<b>").Is(200).Says("意见已收到", "1 条等答复")
	if strings.Contains(baker.Page, "早该取消了") {
		t.Error("shown before it was answered")
	}
	m.Get(at).Is(200).Says("早该取消了")
	m.Fill(at+"/notice", "act", "apply").Is(403).Says("才结束")
	m.Get(at)
	action, form = m.Form(at + "/notice")
	form.Set("act", "answer")
	form.Set("comment", commentID(t, m.Page))
	form.Set("outcome", "taken")
	form.Set("reason", "就按你说的办")
	m.Post(action, form).Is(200).Says("采纳", "就按你说的办")
	w.Anybody().Get(public).Is(200).Says("早该取消了<b>", "就按你说的办", "0 条等答复")
	w.Clock.Set(w.Clock.Now() + 30*24*day.Hour)
	m = w.Official("zfb_catalogue_2")
	m.Get(at).Fill(at+"/notice", "act", "apply").Is(200).Says("已入库", "已生效入库")
	w.Anybody().Get(public).Is(200).Says("已生效入库")
}

var (
	option  = regexp.MustCompile(`name="members"[^>]*value="(\d+)"[^>]*>(?:<[^>]+>|\s)*([^<]+)`)
	comment = regexp.MustCompile(`name="comment" value="(\d+)"`)
)

// memberOptions are the people whom the form offers, by name.
func memberOptions(page string) map[string]string {
	list := map[string]string{}
	for _, m := range option.FindAllStringSubmatch(page, -1) {
		list[m[2]] = m[1]
	}
	return list
}

func memberNamed(t *testing.T, list map[string]string, part string) string {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(list)) {
		if strings.Contains(name, part) {
			return list[name]
		}
	}
	t.Fatalf("nobody of %s among %v", part, list)
	return ""
}

func commentID(t *testing.T, page string) string {
	t.Helper()
	m := comment.FindStringSubmatch(page)
	if m == nil {
		t.Fatal("no form to answer")
	}
	return m[1]
}

func nameOf(w *webtest.World, key string) string {
	for _, a := range w.County.Accounts() {
		if a.Key == key {
			return a.Name
		}
	}
	return key
}

// A batch of a higher level is registered, answered by a body below, and an
// adjustment begins from it.
func TestABatchFromAboveOnThePages(t *testing.T) {
	t.Parallel()
	w := webtest.Found(t, 62, nil, adjustments.Mount, notices.Mount)
	m := w.Official("zfb_catalogue_1")
	m.Get("/manage/batches").Is(200).Says("没有登记过")
	m.Fill("/manage/batches", "document", "省政发〔2026〕5号", "issuer", "省人民政府", "title", "关于取消一批证明事项的决定", "items", "0", "decreed", w.Clock.Now().Day()-7, "days", "10").Is(422).Says("写涉及多少条")
	m.Fill("/manage/batches", "items", "25").Is(200).Says("省政发〔2026〕5号", "0/")
	order := m.Link("省政发")
	head := w.Official("scjg_head_1")
	head.Get(order).Is(200).Says("等答复", "你部门的答复").Fill(order, "answer", "not_applicable", "reason", "").Is(422)
	head.Get(order).Fill(order, "answer", "follow").Is(200).Says("落实")
	m.Get(order).Is(200).Says("7个自然日", "落实").Follow("据此起草调整").Is(200).Says("上级文件")
	m.Fill("/manage/adjustments/new", "document", "云政发〔2026〕10号", "reason", "落实省里取消", "from", w.Clock.Now().Day()+60).Is(200).Says("省政发〔2026〕5号")
}
