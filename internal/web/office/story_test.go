package office_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"tongban/internal/rules/day"
	"tongban/internal/web/webtest"
)

// photo is a small picture.
func photo(t *testing.T) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 64, 48))
	m.Set(3, 3, color.Black)
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var caseAddress = regexp.MustCompile(`/(?:counter|office)/case/(\d+)`)

func caseOf(t *testing.T, b *webtest.Browser) string {
	t.Helper()
	m := caseAddress.FindStringSubmatch(b.At)
	if m == nil {
		t.Fatalf("%s is at %s: no case\n%s", b.Name, b.At, b.Text())
	}
	return m[1]
}

// takeIn takes in the food workshop of the uncle, for whom a neighbour came.
func takeIn(t *testing.T, w *webtest.World, clerk *webtest.Browser) string {
	t.Helper()
	clerk.Get("/counter/intake").Fill("/counter/intake/who", "number", "990124195503085850").Says("云大山", "本人来办")
	clerk.Fill("/counter/intake/agent", "agent_number", "990124197902156918", "document", "").Is(http.StatusUnprocessableEntity).Says("填委托书的编号或日期")
	clerk.Fill("/counter/intake/agent", "agent_number", "990124197902156918", "document", "2026-03-09 委托书").Says("禾春生")
	clerk.Get(clerk.At + "&words=小作坊").Says("食品作坊经营许可")
	clerk.Fill("/counter/intake/start").Says("来办的人", "禾春生", "经营场所平面图")
	clerk.Says("系统已取") // his card comes from the register
	if strings.Contains(clerk.Text(), "统一社会信用代码") {
		t.Error("a person is asked for a credit code")
	}
	// Half-filled: everything that is wrong is said at once, what was typed stays.
	clerk.Upload("/counter/draft/", nil, "tb_act", "submit", "workshop_name", "大山豆腐坊").Is(http.StatusUnprocessableEntity).Says("处要改")
	if !strings.Contains(clerk.Page, `value="大山豆腐坊"`) {
		t.Error("what was typed is gone")
	}
	// A courier needs an address, said at its field.
	whole := []any{"phone", "19995550003", "area", "36", "tenure", "owned", "category", "tofu", "workers", "2", "water", "tap", "gas", "no", "workshop_name", "大山豆腐坊"}
	clerk.Upload("/counter/draft/", map[string][]byte{"material:plan=平面图.png": photo(t), "material:photo=照片.png": photo(t)},
		append([]any{"tb_act", "submit", "tb_delivery", "courier", "tb_address", " "}, whole...)...).Is(http.StatusUnprocessableEntity)
	if !regexp.MustCompile(`(?s)aria-invalid="true"[^>]*name="tb_address"|name="tb_address"[^>]*aria-invalid="true"`).MatchString(clerk.Page) {
		t.Errorf("the missing address is not said at its field:\n%s", clerk.Text())
	}
	clerk.Upload("/counter/draft/", nil, append([]any{"tb_act", "submit", "tb_delivery", "window"}, whole...)...)
	clerk.Says("收下了", "查询码", "读给群众听").Is(http.StatusOK)
	return caseOf(t, clerk)
}

func TestJointCaseThroughThePages(t *testing.T) {
	t.Parallel()
	w := found(t)
	clerk := w.Official("spj_window_1")
	id := takeIn(t, w, clerk)
	at := "/office/case/" + id

	// The queue, the case, and the one notice of everything missing: what he was
	// asked, as he answered it, and nothing that the registers supplied.
	clerk.Get("/counter").Says("等受理", "云*山")
	clerk.Get(at).Says("云大山", "豆腐", "一次性告知")
	clerk.Get("/counter/case/" + id + "/notify")
	for key, offered := range map[string]bool{"field:area": true, "field:phone": true, "field:operator_name": false, "field:firm_name": false, "field:lease_until": false} {
		if got := strings.Contains(clerk.Page, `value="`+key+`"`); got != offered {
			t.Errorf("the notice offers %s: %v", key, got)
		}
	}
	clerk.Get("/counter/case/"+id+"/notify").Fill("/notify", "missing", []string{"material:plan", "field:area"}, "act", "preview").Is(200).Says("还差 2 样", "这次说全了")
	clerk.Fill("/notify", "missing", []string{"material:plan", "field:area"}, "how:field:area", " ").Is(http.StatusUnprocessableEntity).Says("写清哪里不对、怎么补")
	clerk.Fill("/notify", "missing", []string{"material:plan", "field:area"}, "how:field:area", "量一下再写").Is(200).Says("告知书发出了", "等补材料")
	clerk.Get("/counter/case/"+id+"/notify").Fill("/notify", "missing", []string{"material:photo"}).Is(http.StatusForbidden).Says("不能再提新的要求")

	// He corrects it at the window; the clerk compares the original and accepts.
	clerk.Get("/counter/case/"+id+"/correct").Says("量一下再写").Fill("/correct", "area", "38", "shown", []string{"plan"}).Is(200).Says("补正收下了")
	clerk.Get(at+"/materials").Says("和原件一致", "平面图.png")
	clerk.Get(at+"/materials?m=photo").Says("照片.png").Fill("/check", "material", "photo").Is(200).Says("和原件一致")
	clerk.Get("/counter/case/"+id+"/accept").Fill("/accept").Is(200).Says("已经受理", "办理中", "法定期限")
	clerk.Get(at+"/papers").Says("受理通知书", "一次性告知书")
	clerk.Get(at + "/timeline").Says("受理了申请")
	clerk.Get(at+"/flow").Says("用文字说", "市场监管审查")

	review(t, w, at)
	decide(t, w, at, id)

	// Delivery at the window; the session of three days ago has ended.
	clerk.Get("/counter")
	if !strings.Contains(clerk.At, "/sign-in") {
		t.Errorf("an old session still opens %s", clerk.At)
	}
	clerk = w.Official("spj_window_1")
	clerk.Get("/counter?v=deliver").Says("云*山")
	clerk.Get("/counter/case/"+id+"/deliver").Fill("/deliver", "mode", "courier").Is(http.StatusUnprocessableEntity).Says("填寄送单号")
	clerk.Fill("/deliver", "mode", "courier", "tracking", "YH0001").Is(200).Says("记下了送达", "已办结")
	clerk.Get("/counter/find").Fill("/counter/find", "text", "云大山").Says("已办结")
}

var taskAddress = regexp.MustCompile(`/office/case/\d+/task/(\d+)/(\w+)`)

// deed opens an act of the reader on the case from its page.
func deed(t *testing.T, b *webtest.Browser, at, name string) *webtest.Browser {
	t.Helper()
	b.Get(at)
	for _, m := range taskAddress.FindAllStringSubmatch(b.Page, -1) {
		if m[2] == name {
			return b.Get(m[0])
		}
	}
	t.Fatalf("%s sees no act %s on the case:\n%s", b.Name, name, b.Text())
	return b
}

// review lets the three bodies handle the case side by side.
func review(t *testing.T, w *webtest.World, at string) {
	t.Helper()
	market, market2 := w.Official("scjg_reviewer_1"), w.Official("scjg_reviewer_2")
	market.Get("/office").Says("云*山", "市场监管审查", "未分")

	// Claiming names exactly what it covers; the other reviewer then is second.
	deed(t, market2, at, "review")
	_, v := market.Form("/office/move")
	row := regexp.MustCompile(`name="task" value="([^"]+)"`).FindStringSubmatch(market.Page)[1]
	v["task"], v["act"] = []string{row}, []string{"claim"}
	market.Post("/office/move", v).Says("共 1 项任务", "领取这 1 项").Fill("/office/move", "sure", "1").Says("转好了 1 项").Says("我")
	market.Post("/office/move", map[string][]string{"act": {"claim"}}).Says("先选要转的办件")
	market2.Fill("/review", "passed", "yes", "opinion", "可以").Is(http.StatusConflict).Says("有人先动了", "任务换了经办人")

	// One asks another body, which answers.
	deed(t, market, at, "ask").Fill("/ask", "to", "wjj", "question", "").Is(http.StatusUnprocessableEntity).Says("填要问的内容")
	market.Fill("/ask", "to", "wjj", "question", "这个地址有没有卫生处罚？", "days", "5").Is(200).Says("发出去了")
	health := w.Official("wjj_reviewer_1")
	health.Get(at).Open(`/office/case/\d+/answer/\d+`).Says("这个地址有没有卫生处罚").Fill("/answer/", "answer", "没有").Is(200).Says("答复记下了")
	market.Get(at+"/findings").Says("没有", "已答复")
	deed(t, market, at, "review").Says("对照审查要点", "加工、存放、销售三个区隔开", "看什么", "常见差错")
	market.Fill("/review", "opinion", "场所分区合理").Is(http.StatusUnprocessableEntity).Says("选一个结论")
	market.Fill("/review", "passed", "yes", "opinion", "场所分区合理", "points", "review.2.1").Is(200).Says("意见记下了")
	market.Get(at + "/findings").Says("1 条，共 2 条。没勾的：离污染源二十五米以上")

	// The fire brigade visits: two officers, one of whom stands in for a colleague on leave.
	fire := w.Official("xfjy_inspector_3")
	fire.Get("/office").Says("消防现场核查")
	me, other := w.County.Person("xfjy_inspector_3"), w.County.Person("xfjy_inspector_1")
	deed(t, fire, at, "visit").Fill("/visit", "passed", "yes", "findings", "出口畅通").Is(http.StatusForbidden).Says("2 名核查人员")
	deed(t, fire, at, "visit").Fill("/visit", "passed", "yes", "findings", "出口畅通", "officers", []string{fmt.Sprint(me), fmt.Sprint(other)}).Is(200).Says("核查记下了")

	test(t, w, at)
}

// test orders the laboratory test, which stops the clock, and brings its result.
func test(t *testing.T, w *webtest.World, at string) {
	t.Helper()
	env := w.Official("sthj_reviewer_1")
	deed(t, env, at, "review").Fill("/review", "passed", "yes", "opinion", "水没问题").Is(http.StatusForbidden).Says("先做检测")
	deed(t, env, at, "pause").Says("食品接触水质检测", "第四十五条").Fill("/pause", "reason", "要测水质", "days", "0").Is(http.StatusUnprocessableEntity).Says("预计天数")
	env.Fill("/pause", "reason", "要测水质", "days", "10").Is(200).Says("期限停下来了", "停表")
	w.Clock.Set(w.Clock.Now() + 3*day.Day(1).Start() - 3*day.Day(0).Start())
	env = w.Official("sthj_reviewer_1")
	deed(t, env, at, "resume").Fill("/resume", "result", "菌落数在限值以内").Is(200).Says("期限从明天接着算")
	deed(t, env, at, "review").Fill("/review", "passed", "yes", "opinion", "水质符合饮用水要求").Is(200)
}

// decide extends the case by the leader, sends it back once, and grants it.
func decide(t *testing.T, w *webtest.World, at, id string) {
	t.Helper()
	decider := w.Official("scjg_decider_1")
	decider.Get("/office").Says("决定")
	decider.Get(at).Open(`/office/case/\d+/extension`).Fill("/extension", "reason", "要再核一次", "days", "10").Is(200).Says("延期申请交上去了")
	head := w.Official("scjg_head_1")
	head.Get("/office/extensions").Says("没有等审批的延期") // joint: the leader of the government approves
	leader := w.Official("zfb_leader_1")
	leader.Get("/office").Says("等你审批的延期", "云*山").Open(`/office/case/` + id + `/extension/settle`).Says("要再核一次")
	leader.Fill("/settle", "passed", "no").Is(http.StatusUnprocessableEntity).Says("填原因")
	leader.Fill("/settle", "passed", "yes").Is(200).Says("审批记下了")
	leader.Get("/office/figures").Is(200).Says("办理中", "按时办结")
	leader.Get("/office/watch?status=handling").Says("云*山")

	// Sent back to the review, and reviewed again.
	deed(t, decider, at, "back").Fill("/back", "node", "market_review", "reason", "补一句面积").Is(200).Says("退回去了")
	again := w.Official("scjg_reviewer_1")
	deed(t, again, at, "review").Fill("/review", "passed", "yes", "opinion", "面积 38 平方米，分区合理").Is(200)

	decider = w.Official("scjg_decider_1")
	deed(t, decider, at, "decide").Says("面积 38 平方米", "禾松远").Fill("/decide", "outcome", "refused", "act", "preview").Is(200).Says("填原因")
	decider.Fill("/decide", "outcome", "refused", "reason", "离垃圾站太近").Is(http.StatusUnprocessableEntity).Says("写明依据的条款")
	decider.Fill("/decide", "outcome", "granted", "act", "preview").Is(200).Says("将发给申请人的决定书", "云大山")
	decider.Fill("/decide", "outcome", "granted", "reason", "符合第十条的条件").Is(200).Says("决定作出了", "等送达")
	decider.Get(at).Open(`/office/case/\d+/amend`).Fill("/amend", "field", "workshop_name", "value", "大山豆腐作坊", "reason", "少写一个字").Is(200).Says("更正了")
	decider.Get(at + "/papers").Says("更正")
}

func TestInstantItemThroughThePages(t *testing.T) {
	t.Parallel()
	w := found(t)
	clerk := w.Official("spj_window_2")
	clerk.Get("/counter/intake").Fill("/counter/intake/who", "number", "990124195503085850")
	clerk.Get(clerk.At + "&words=老年证").Says("老年人优待证").Fill("/counter/intake/start")
	clerk.Upload("/counter/draft/", map[string][]byte{"material:portrait=照片.png": photo(t)}, "tb_act", "submit", "phone", "19995550003", "grade", "silver", "reason", "first", "residence", "yes").Says("收下了")
	id := caseOf(t, clerk)
	clerk.Get("/office/case/"+id).Says("当场办结").Get("/counter/case/"+id+"/spot").Fill("/spot", "outcome", "granted").Is(200).Says("办结了", "已办结")
}

func TestWhatDoesNotBelongToAPostIsAPage(t *testing.T) {
	t.Parallel()
	w := found(t)
	clerk := w.Official("spj_window_3")
	id := takeIn(t, w, clerk)
	stranger := w.Official("jtj_reviewer_1")
	for _, path := range []string{"/office/case/" + id, "/office/case/" + id + "/materials", "/office/case/" + id + "/flow.svg", "/counter/case/" + id + "/accept", "/office/figures", "/admin/items", "/admin/staff"} {
		stranger.Get(path).Is(http.StatusForbidden)
		if strings.Contains(stranger.Page, "云大山") || strings.Contains(stranger.Page, "大山豆腐坊") {
			t.Errorf("%s tells about the case", path)
		}
	}
	stranger.Get("/office/case/999").Is(http.StatusNotFound)
	stranger.Get("/office/case/x").Is(http.StatusNotFound)
	nobody := w.Anybody()
	if nobody.Get("/office/case/" + id); !strings.Contains(nobody.At, "/sign-in") {
		t.Errorf("nobody is at %s", nobody.At)
	}
	// A clerk refuses with where to go; the applicant's own wish ends a case too.
	clerk.Get("/counter/case/"+id+"/refuse").Fill("/refuse", "reason", "不用许可").Is(http.StatusUnprocessableEntity).Says("填该去哪里办")
	clerk.Fill("/refuse", "reason", "不用许可", "where", "到镇政府备案").Is(200).Says("不予受理")
	if n, err := strconv.Atoi(id); err != nil || n == 0 {
		t.Errorf("case %q", id)
	}
}

// What only some answers ask for stands folded away until they are given.
func TestQuestionsThatFollowAnAnswer(t *testing.T) {
	t.Parallel()
	w := found(t)
	clerk := w.Official("spj_window_2")
	clerk.Get("/counter/intake").Fill("/counter/intake/who", "number", "990124195503085850")
	clerk.Get(clerk.At + "&words=小作坊").Fill("/counter/intake/start").Says("看前面的答案才要填的 1 项")
	if strings.Contains(clerk.Page, "firm_name") {
		t.Error("a person is asked for a firm's name")
	}
	clerk.Upload("/counter/draft/", nil, "tb_act", "save", "tenure", "rented").Is(200)
	if strings.Contains(clerk.Text(), "看前面的答案才要填的") || !strings.Contains(clerk.Page, `name="lease_until`) {
		t.Errorf("a tenant is not asked until when:\n%s", clerk.Text())
	}
}
