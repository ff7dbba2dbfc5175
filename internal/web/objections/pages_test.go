package objections_test

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
	weblists "tongban/internal/web/lists"
	"tongban/internal/web/manage"
	"tongban/internal/web/objections"
	"tongban/internal/web/office"
	"tongban/internal/web/portal"
	"tongban/internal/web/ui"
	"tongban/internal/web/webtest"
	"tongban/internal/work/object"
)

var (
	numbered = regexp.MustCompile(`990124-Y\d{6}-\d+`)
	coded    = regexp.MustCompile(`<span class="number">([A-Z2-9]{4} [A-Z2-9]{4} [A-Z2-9]{2}|[A-Z2-9 ]{10,14})</span>`)
	linked   = regexp.MustCompile(`/manage/objections/(\d+)`)
)

// An objection on the pages, without script and without an account: from the entry's
// page to the answer on it; an overdue one goes to the county; a guide's likewise.
func TestAnObjectionOnThePages(t *testing.T) {
	t.Parallel()
	w := webtest.Found(t, 81, func(act.Actor) []ui.Link { return manage.Menu() }, objections.Mount, weblists.Mount, portal.Mount, office.Mount)
	editor, err := w.County.Actor(t.Context(), "zfb_catalogue_1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.House.Lists.Change(t.Context(), editor, "", lists.Batch{List: "hall", Document: "云政发〔2026〕9号", Reason: "公布", Region: "990124", From: w.Clock.Now().Day(), Changes: []lists.Change{
		{Content: lists.Content{Columns: lists.Row{"code": "A-001", "name": "某项许可", "agency": "scjg", "type": "out", "reason": "涉密"}}}}}); err != nil {
		t.Fatal(err)
	}
	entry := "/lists/hall/A-001"
	b := w.Anybody()
	b.Get(entry).Is(200).Says("异议和答复", "还没有公布过").Follow("对这一条提异议").Is(200).Says("不用登录", "10个工作日", "某项许可", "加密保存")
	b.Fill("/objections/new", "words", " ").Is(422).Says("写清楚哪里不对")
	b.Get("/objections/new?list=hall&code=A-001").Fill("/objections/new", "words", "这不涉密，我是某乙<b>", "contact", "19990002222").Is(200).Says("异议已收到", "以前答复", "查询码")
	number, code := numbered.FindString(b.Page), coded.FindStringSubmatch(b.Page)
	if number == "" || code == nil {
		t.Fatalf("no number or code: %s", b.Page)
	}
	b.Get("/progress").Fill("/progress", "number", number, "code", "AAAA AAAA AA").Is(422)
	b.Get("/progress").Fill("/progress", "number", strings.ToLower(number), "code", code[1]).Is(200).Says("异议的进度", "等部门答复", "某项许可")

	m := w.Official("scjg_manager_1")
	m.Get("/manage/objections").Is(200).Says("某项许可", number, "等部门答复")
	at := linked.FindString(m.Page)
	m.Get(at).Is(200).Says("这不涉密", "查看提出人")
	if strings.Contains(m.Page, "19990002222") {
		t.Error("the contact is shown without being asked for")
	}
	m.Fill(at+"/who").Is(200).Says("19990002222", "没有写")
	m.Get(at).Fill(at+"/answer", "outcome", "kept", "reason", "", "shown", "这不涉密").Is(422).Says("写明理由")
	m.Get(at).Fill(at+"/answer", "outcome", "mended", "document", "没有的", "reason", "改", "shown", "这不涉密").Is(422).Says("没有找到改这一条的清单调整")
	other := w.Official("jtj_manager_1")
	if strings.Contains(other.Get("/manage/objections").Is(200).Page, number) {
		t.Error("another agency's objection is listed")
	}
	other.Get(at).Is(http.StatusForbidden)
	w.Official("scjg_reviewer_1").Get("/manage/objections").Is(http.StatusForbidden)
	keeper := w.Official("zfb_catalogue_1")
	keeper.Get(at).Is(200)
	if strings.Contains(keeper.Page, `name="outcome"`) {
		t.Error("the county answers before the agency is overdue")
	}
	m.Get(at).Fill(at+"/answer", "outcome", "kept", "reason", "定密机关没有解密", "shown", "这不涉密<b>").Is(200).Says("已答复")
	w.Anybody().Get(entry).Is(200).Says("这不涉密<b>", "定密机关没有解密", "责任部门答复", "不改")
	if page := w.Anybody().Get(entry).Page; strings.Contains(page, "某乙") || strings.Contains(page, "19990002222") || strings.Contains(page, "<b>") {
		t.Error("the public reads who it was, or markup runs")
	}
	b.Get("/progress").Fill("/progress", "number", number, "code", code[1]).Is(200).Says("已答复", "定密机关没有解密")

	guide := "/items/" + strconv.FormatInt(w.County.Items["food-workshop"].ID, 10)
	baker := w.Resident("baker")
	baker.Get(guide).Is(200).Follow("对这一条提异议").Fill("/objections/new", "words", "材料要多了").Is(200).Says("异议已收到")
	w.Clock.Set(w.Clock.Now() + 40*24*day.Hour)
	keeper = w.Official("zfb_catalogue_1")
	keeper.Get("/manage/objections?state=overdue").Is(200).Says("食品作坊经营许可", "逾期，转县里答复")
	at = linked.FindString(keeper.Page)
	w.Official("zfb_supervisor_1").Get("/office/figures").Is(200).Says("逾期的异议 1 市监局 1")
	w.Official("scjg_manager_1").Get(at).Is(200)
	keeper.Get(at).Fill(at+"/answer", "outcome", "kept", "reason", "材料有依据", "shown", "材料要多了").Is(200).Says("逾期后才答复")
	if err := w.House.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.Resident("baker").Get("/inbox").Is(200).Says("你对“食品作坊经营许可（示范）”提的异议", "不改").Follow("看答复").Is(200).Says("材料有依据")
	w.Clock.Set(w.Clock.Now() + day.Instant(object.Terms().Keep.Days+1)*24*day.Hour)
	if err := w.House.Object.EraseDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	gone := w.Official("zfb_catalogue_1").Get(at).Is(200).Says("按期销毁", "材料有依据")
	if strings.Contains(gone.Page, "查看提出人") {
		t.Error("who it was can still be asked for")
	}
	w.Resident("baker").Get("/inbox").Is(200).Says("没有")
	w.Anybody().Get(guide).Is(200).Says("材料有依据", "县里答复")
	w.Anybody().Get("/objections?list=item&code=" + w.County.Items["food-workshop"].Code).Is(200).Says("材料有依据")
	for _, path := range []string{"/objections", "/objections?list=power&code=x", "/objections/new?list=hall&code=" + strings.Repeat("9", 300), "/objections/new?list=item&code=%27--"} {
		w.Anybody().Get(path).Is(http.StatusNotFound)
	}
}
