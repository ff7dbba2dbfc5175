package adjustments_test

import (
	"strings"
	"testing"

	"tongban/internal/record/act"
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
	m.Get(at+"/entry?list=abolished&code=Z-001").Is(200).Says("清理结果")
	m.Fill(at+"/entry", "act", "put", "does", "new", "c_name", "某项证明", "c_type", "cancelled", "c_agency", "市场监督管理局", "c_basis", "", "c_after", "部门之间核对").Is(200)
	m.Get(at).Is(200).Says("Z-001", "某项证明", "新增", "先改")
	m.Get(at+"/entry?list=abolished&code=Z-001").Fill(at+"/entry", "act", "put", "c_basis", "《优化营商环境条例》第四十四条", "c_agency", "scjg").Is(200).Says("入库后会有什么不同", "部门之间核对")
	m.Fill(at+"/draft", "act", "hand_in").Is(200).Says("征求部门意见", "等答复")
	if strings.Contains(m.Page, at+"/agree") {
		t.Error("a manager may answer for an agency")
	}
	head := w.Official("scjg_head_1")
	head.Get(at).Is(200).Fill(at+"/agree").Is(422).Says("同意吗")
	head.Get(at).Fill(at+"/agree", "agrees", "yes").Is(200).Says("已提交")
}
