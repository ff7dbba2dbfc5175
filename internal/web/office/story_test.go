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

func caseOf(t *testing.T, b *browser) string {
	t.Helper()
	m := caseAddress.FindStringSubmatch(b.at)
	if m == nil {
		t.Fatalf("%s is at %s: no case\n%s", b.name, b.at, b.text())
	}
	return m[1]
}

// takeIn takes in the food workshop of the uncle, for whom a neighbour came.
func takeIn(t *testing.T, w *world, clerk *browser) string {
	t.Helper()
	clerk.get("/counter/intake").fill("/counter/intake/who", "number", "990124195503085850").says("云大山", "本人来办")
	clerk.fill("/counter/intake/agent", "agent_number", "990124197902156918", "document", "").is(http.StatusUnprocessableEntity).says("填委托书的编号或日期")
	clerk.fill("/counter/intake/agent", "agent_number", "990124197902156918", "document", "2026-03-09 委托书").says("禾春生")
	clerk.get(clerk.at + "&words=小作坊").says("食品作坊经营许可")
	clerk.fill("/counter/intake/start").says("来办的人", "禾春生", "经营场所平面图")
	clerk.says("系统已取") // his card comes from the register
	if strings.Contains(clerk.text(), "统一社会信用代码") {
		t.Error("a person is asked for a credit code")
	}
	// Half-filled: everything that is wrong is said at once, what was typed stays.
	clerk.upload("/counter/draft/", nil, "tb_act", "submit", "workshop_name", "大山豆腐坊").is(http.StatusUnprocessableEntity).says("处要改")
	if !strings.Contains(clerk.page, `value="大山豆腐坊"`) {
		t.Error("what was typed is gone")
	}
	clerk.upload("/counter/draft/", map[string][]byte{"material:plan=平面图.png": photo(t), "material:photo=照片.png": photo(t)}, "tb_act", "submit",
		"phone", "19995550003", "area", "36", "tenure", "owned", "category", "tofu", "workers", "2", "water", "tap", "gas", "no", "workshop_name", "大山豆腐坊")
	clerk.says("收下了", "查询码", "读给群众听").is(http.StatusOK)
	return caseOf(t, clerk)
}

func TestJointCaseThroughThePages(t *testing.T) {
	t.Parallel()
	w := found(t)
	clerk := w.signIn("spj_window_1")
	id := takeIn(t, w, clerk)
	at := "/office/case/" + id

	// The queue, the case, and the one notice of everything missing.
	clerk.get("/counter").says("等受理", "云*山")
	clerk.get(at).says("云大山", "豆腐", "一次性告知")
	clerk.get("/counter/case/"+id+"/notify").fill("/notify", "missing", []string{"material:plan", "field:area"}, "act", "preview").is(200).says("还差 2 样", "这次说全了")
	clerk.fill("/notify", "missing", []string{"material:plan", "field:area"}, "how:field:area", " ").is(http.StatusUnprocessableEntity).says("写清哪里不对、怎么补")
	clerk.fill("/notify", "missing", []string{"material:plan", "field:area"}, "how:field:area", "量一下再写").is(200).says("告知书发出了", "等补材料")
	clerk.get("/counter/case/"+id+"/notify").fill("/notify", "missing", []string{"material:photo"}).is(http.StatusForbidden).says("不能再提新的要求")

	// He corrects it at the window; the clerk compares the original and accepts.
	clerk.get("/counter/case/"+id+"/correct").says("量一下再写").fill("/correct", "area", "38", "shown", []string{"plan"}).is(200).says("补正收下了")
	clerk.get(at+"/materials").says("和原件一致", "平面图.png")
	clerk.get(at+"/materials?m=photo").says("照片.png").fill("/check", "material", "photo").is(200).says("和原件一致")
	clerk.get("/counter/case/"+id+"/accept").fill("/accept").is(200).says("已经受理", "办理中", "法定期限")
	clerk.get(at+"/papers").says("受理通知书", "一次性告知书")
	clerk.get(at + "/timeline").says("受理了申请")
	clerk.get(at+"/flow").says("用文字说", "市场监管审查")

	review(t, w, at)
	decide(t, w, at, id)

	// Delivery at the window; the session of three days ago has ended.
	clerk.get("/counter")
	if !strings.Contains(clerk.at, "/sign-in") {
		t.Errorf("an old session still opens %s", clerk.at)
	}
	clerk = w.signIn("spj_window_1")
	clerk.get("/counter?v=deliver").says("云*山")
	clerk.get("/counter/case/"+id+"/deliver").fill("/deliver", "mode", "courier").is(http.StatusUnprocessableEntity).says("填寄送单号")
	clerk.fill("/deliver", "mode", "courier", "tracking", "YH0001").is(200).says("记下了送达", "已办结")
	clerk.get("/counter/find").fill("/counter/find", "text", "云大山").says("已办结")
}

var taskAddress = regexp.MustCompile(`/office/case/\d+/task/(\d+)/(\w+)`)

// deed opens an act of the reader on the case from its page.
func (b *browser) deed(t *testing.T, at, name string) *browser {
	t.Helper()
	b.get(at)
	for _, m := range taskAddress.FindAllStringSubmatch(b.page, -1) {
		if m[2] == name {
			return b.get(m[0])
		}
	}
	t.Fatalf("%s sees no act %s on the case:\n%s", b.name, name, b.text())
	return b
}

// review lets the three bodies handle the case side by side.
func review(t *testing.T, w *world, at string) {
	t.Helper()
	market, market2 := w.signIn("scjg_reviewer_1"), w.signIn("scjg_reviewer_2")
	market.get("/office").says("云*山", "市场监管审查", "未分")

	// Claiming names exactly what it covers; the other reviewer then is second.
	market2.deed(t, at, "review")
	_, v := market.form("/office/move")
	row := regexp.MustCompile(`name="task" value="([^"]+)"`).FindStringSubmatch(market.page)[1]
	v["task"], v["act"] = []string{row}, []string{"claim"}
	market.post("/office/move", v).says("共 1 项任务", "领取这 1 项").fill("/office/move", "sure", "1").says("转好了 1 项").says("我")
	market.post("/office/move", map[string][]string{"act": {"claim"}}).says("先选要转的办件")
	market2.fill("/review", "passed", "yes", "opinion", "可以").is(http.StatusConflict).says("有人先动了", "任务换了经办人")

	// One asks another body, which answers.
	market.deed(t, at, "ask").fill("/ask", "to", "wjj", "question", "").is(http.StatusUnprocessableEntity).says("填要问的内容")
	market.fill("/ask", "to", "wjj", "question", "这个地址有没有卫生处罚？", "days", "5").is(200).says("发出去了")
	health := w.signIn("wjj_reviewer_1")
	health.get(at).link(`/office/case/\d+/answer/\d+`).says("这个地址有没有卫生处罚").fill("/answer/", "answer", "没有").is(200).says("答复记下了")
	market.get(at+"/findings").says("没有", "已答复")
	market.deed(t, at, "review").fill("/review", "opinion", "场所分区合理").is(http.StatusUnprocessableEntity).says("选一个结论")
	market.fill("/review", "passed", "yes", "opinion", "场所分区合理").is(200).says("意见记下了")

	// The fire brigade visits: two officers, one of whom stands in for a colleague on leave.
	fire := w.signIn("xfjy_inspector_3")
	fire.get("/office").says("消防现场核查")
	me, other := w.c.Person("xfjy_inspector_3"), w.c.Person("xfjy_inspector_1")
	fire.deed(t, at, "visit").fill("/visit", "passed", "yes", "findings", "出口畅通").is(http.StatusForbidden).says("2 名核查人员")
	fire.deed(t, at, "visit").fill("/visit", "passed", "yes", "findings", "出口畅通", "officers", []string{fmt.Sprint(me), fmt.Sprint(other)}).is(200).says("核查记下了")

	test(t, w, at)
}

// test orders the laboratory test, which stops the clock, and brings its result.
func test(t *testing.T, w *world, at string) {
	t.Helper()
	env := w.signIn("sthj_reviewer_1")
	env.deed(t, at, "review").fill("/review", "passed", "yes", "opinion", "水没问题").is(http.StatusForbidden).says("先做检测")
	env.deed(t, at, "pause").says("食品接触水质检测", "第四十五条").fill("/pause", "reason", "要测水质", "days", "0").is(http.StatusUnprocessableEntity).says("预计天数")
	env.fill("/pause", "reason", "要测水质", "days", "10").is(200).says("期限停下来了", "停表")
	w.clock.Set(w.clock.Now() + 3*day.Day(1).Start() - 3*day.Day(0).Start())
	env = w.signIn("sthj_reviewer_1")
	env.deed(t, at, "resume").fill("/resume", "result", "菌落数在限值以内").is(200).says("期限从明天接着算")
	env.deed(t, at, "review").fill("/review", "passed", "yes", "opinion", "水质符合饮用水要求").is(200)
}

// decide extends the case by the leader, sends it back once, and grants it.
func decide(t *testing.T, w *world, at, id string) {
	t.Helper()
	decider := w.signIn("scjg_decider_1")
	decider.get("/office").says("决定")
	decider.get(at).link(`/office/case/\d+/extension`).fill("/extension", "reason", "要再核一次", "days", "10").is(200).says("延期申请交上去了")
	head := w.signIn("scjg_head_1")
	head.get("/office/extensions").says("没有等审批的延期") // joint: the leader of the government approves
	leader := w.signIn("zfb_leader_1")
	leader.get("/office").says("等你审批的延期", "云*山").link(`/office/case/` + id + `/extension/settle`).says("要再核一次")
	leader.fill("/settle", "passed", "no").is(http.StatusUnprocessableEntity).says("填原因")
	leader.fill("/settle", "passed", "yes").is(200).says("审批记下了")
	leader.get("/office/figures").is(200).says("办理中", "按时办结")
	leader.get("/office/watch?status=handling").says("云*山")

	// Sent back to the review, and reviewed again.
	decider.deed(t, at, "back").fill("/back", "node", "market_review", "reason", "补一句面积").is(200).says("退回去了")
	again := w.signIn("scjg_reviewer_1")
	again.deed(t, at, "review").fill("/review", "passed", "yes", "opinion", "面积 38 平方米，分区合理").is(200)

	decider = w.signIn("scjg_decider_1")
	decider.deed(t, at, "decide").says("面积 38 平方米", "禾松远").fill("/decide", "outcome", "refused", "act", "preview").is(200).says("填原因")
	decider.fill("/decide", "outcome", "refused", "reason", "离垃圾站太近").is(http.StatusUnprocessableEntity).says("写明依据的条款")
	decider.fill("/decide", "outcome", "granted", "act", "preview").is(200).says("将发给申请人的决定书", "云大山")
	decider.fill("/decide", "outcome", "granted", "reason", "符合第十条的条件").is(200).says("决定作出了", "等送达")
	decider.get(at).link(`/office/case/\d+/amend`).fill("/amend", "field", "workshop_name", "value", "大山豆腐作坊", "reason", "少写一个字").is(200).says("更正了")
	decider.get(at + "/papers").says("更正")
}

func TestInstantItemThroughThePages(t *testing.T) {
	t.Parallel()
	w := found(t)
	clerk := w.signIn("spj_window_2")
	clerk.get("/counter/intake").fill("/counter/intake/who", "number", "990124195503085850")
	clerk.get(clerk.at + "&words=老年证").says("老年人优待证").fill("/counter/intake/start")
	clerk.upload("/counter/draft/", map[string][]byte{"material:portrait=照片.png": photo(t)}, "tb_act", "submit", "phone", "19995550003", "grade", "silver", "reason", "first", "residence", "yes").says("收下了")
	id := caseOf(t, clerk)
	clerk.get("/office/case/"+id).says("当场办结").get("/counter/case/"+id+"/spot").fill("/spot", "outcome", "granted").is(200).says("办结了", "已办结")
}

func TestWhatDoesNotBelongToAPostIsAPage(t *testing.T) {
	t.Parallel()
	w := found(t)
	clerk := w.signIn("spj_window_3")
	id := takeIn(t, w, clerk)
	stranger := w.signIn("jtj_reviewer_1")
	for _, path := range []string{"/office/case/" + id, "/office/case/" + id + "/materials", "/office/case/" + id + "/flow.svg", "/counter/case/" + id + "/accept", "/office/figures", "/admin/items", "/admin/staff"} {
		stranger.get(path).is(http.StatusForbidden)
		if strings.Contains(stranger.page, "云大山") || strings.Contains(stranger.page, "大山豆腐坊") {
			t.Errorf("%s tells about the case", path)
		}
	}
	stranger.get("/office/case/999").is(http.StatusNotFound)
	stranger.get("/office/case/x").is(http.StatusNotFound)
	nobody := &browser{w: w, name: "nobody", client: &http.Client{Jar: &jar{}}}
	if nobody.get("/office/case/" + id); !strings.Contains(nobody.at, "/sign-in") {
		t.Errorf("nobody is at %s", nobody.at)
	}
	// A clerk refuses with where to go; the applicant's own wish ends a case too.
	clerk.get("/counter/case/"+id+"/refuse").fill("/refuse", "reason", "不用许可").is(http.StatusUnprocessableEntity).says("填该去哪里办")
	clerk.fill("/refuse", "reason", "不用许可", "where", "到镇政府备案").is(200).says("不予受理")
	if n, err := strconv.Atoi(id); err != nil || n == 0 {
		t.Errorf("case %q", id)
	}
}
