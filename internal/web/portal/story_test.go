package portal_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"tongban/internal/house"
	"tongban/internal/record/ledger"
	"tongban/internal/rules/day"
	"tongban/internal/web/webtest"
	"tongban/internal/work/casework"
)

// plan is a picture of a floor plan.
func plan(t testing.TB) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 300, 200))
	for x := range 300 {
		img.Set(x, 20, color.Black)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// answers are what the baker is asked, by page; the rest is known of her.
var answers = []struct {
	page string
	v    url.Values
}{
	{"/form/premises", url.Values{"area": {"３８.５"}, "tenure": {"owned"}}},
	{"/form/production", url.Values{"workshop_name": {"小满糕点坊"}, "category": {"pastry"}, "workers": {"2"}}},
	{"/form/safety", url.Values{}},
}

// begin leads the baker from the home page to her draft.
func (b *browser) begin() *browser {
	b.World.T.Helper()
	b.get("/").says(200, "你要办什么事")
	b.get("/search?q="+url.QueryEscape("做糕点")).says(200, "为什么出现", "食品作坊经营许可")
	b.follow("食品作坊经营许可").says(200, "系统已有", "要准备什么", "特殊环节", "不收费", "法定期限", "问谁")
	b.follow("开始办理").says(200, "登录")
	b.post(url.Values{"login": {"baker"}, "password": {"yunhe-renmin-1949"}}).says(200, "给谁办")
	return b.post(nil).says(200, "系统替你填好", "来自公安局", "要你填的")
}

// fillIn answers every page as it comes, until the check of all answers.
func (b *browser) fillIn(picture []byte) *browser {
	b.World.T.Helper()
	b.follow("继续")
	for range 20 {
		path, _, _ := strings.Cut(b.At, "?")
		switch {
		case strings.HasSuffix(path, "/check"):
			return b
		case strings.Contains(path, "/file/"):
			b.upload("图.png", picture).says(200, "传上来了")
			b.follow("继续")
		case strings.HasSuffix(path, "/delivery"):
			b.post(url.Values{"delivery": {"window"}})
		default:
			b.post(b.answersHere(path))
		}
		if b.Status != 200 {
			b.World.T.Fatalf("%s: %d\n%s", b.At, b.Status, b.Text())
		}
	}
	b.World.T.Fatal("the questions never end")
	return nil
}

// answersHere are the answers of a page; a question that is not foreseen gets its
// first choice.
func (b *browser) answersHere(path string) url.Values {
	v := url.Values{}
	for _, a := range answers {
		if strings.HasSuffix(path, a.page) {
			for k, list := range a.v {
				v[k] = list
			}
		}
	}
	for _, tag := range b.Inputs() {
		name := webtest.Attribute(tag, "name")
		if webtest.Attribute(tag, "type") == "radio" && v.Get(name) == "" {
			v.Set(name, webtest.Attribute(tag, "value"))
		}
	}
	if strings.HasSuffix(path, "/form/production") {
		if m := regexp.MustCompile(`name="category" value="([a-z_]+)"`).FindStringSubmatch(b.Page); m != nil {
			v.Set("category", m[1])
		}
	}
	return v
}

// The baker's part of the story, without script: she finds the item, reads the
// guide, applies, gets her receipt, corrects, and takes back her application.
func TestBakerAppliesWithoutScript(t *testing.T) {
	t.Parallel()
	w := found(t)
	b := w.browser().begin()
	b.follow("经营场所").says(200, "第 1 步")
	b.post(url.Values{"area": {"很大"}}).says(422, "有 2 处要改", "要改：")
	if !strings.HasPrefix(b.Title(), "<title>有错误") || !strings.Contains(b.Page, `value="很大"`) {
		t.Errorf("the error page does not say so, or forgot what was typed: %s", b.Title())
	}
	b.fillInFrom(b.At, plan(t))
	b.says(200, "提交前核对一遍", "小满糕点坊", "来自市监局", "更改")
	b.post(nil).says(422, "勾选")

	sent := url.Values{"true": {"yes"}}
	action, v := b.Form("")
	v["true"] = sent["true"]
	first := b.take(b.Client.PostForm(w.Server.URL+action, v)).says(200, "已收到你的申请", "现在还不是“受理”", "行政许可法第三十二条").At
	if again := b.take(b.Client.PostForm(w.Server.URL+action, v)).At; !strings.HasPrefix(again, first) {
		t.Errorf("a second press led to %s, the first to %s", again, first)
	}
	v.Set("idempotency_key", "another-tab-0123456789")
	b.take(b.Client.PostForm(w.Server.URL+action, v)).says(200, "已经提交")
	b.get(strings.TrimSuffix(action, "/check")).says(200, "已经提交")
	b.get("/my")
	if n := strings.Count(b.Page, `href="/my/`) - strings.Count(b.Page, `href="/my/data"`); n != 1 {
		t.Errorf("%d cases after two presses and two tabs", n)
	}
	w.receipt(b, first)
	w.correction(b, first)
	b.get(first).follow("撤回申请").says(200, "撤回后，这份申请就不再办理").post(nil).says(200, "已经撤回")
	if got := b.get(first + "/withdraw").At; got != first {
		t.Errorf("a withdrawn case can be withdrawn again at %s", got)
	}
}

// fillInFrom carries on at a page.
func (b *browser) fillInFrom(page string, picture []byte) {
	b.World.T.Helper()
	path, _, _ := strings.Cut(page, "/form/")
	b.get(path).fillIn(picture)
}

// receipt looks at everything that hangs on a case that was just handed in.
func (w *world) receipt(b *browser, at string) {
	t := w.T
	t.Helper()
	page := b.get(at).Text()
	number := regexp.MustCompile(`990124-\d{6}-\d+`).FindString(page)
	code := strings.ReplaceAll(regexp.MustCompile(`查询码 ([A-Z0-9 ]+)`).FindStringSubmatch(page)[1], " ", "")
	if strings.Contains(b.Title(), "云小满") || strings.Contains(b.Title(), number) {
		t.Errorf("a title with personal data: %s", b.Title())
	}
	if ics := b.get(at + "/calendar.ics").Page; !strings.Contains(ics, "DTSTART;VALUE=DATE:2026") || strings.Contains(ics, "云小满") {
		t.Errorf("calendar:\n%s", ics)
	}
	b.get(at).follow("收件回执").says(200, "云小满", number, "核验这份文书")
	b.follow("核验这份文书").says(200, "真的，确由这个机关发出")
	b.get(at+"/proof").says(200, "tongban verify tongban-proof", "SM2")
	proof, err := ledger.ParseProof([]byte(b.get(at + "/proof.json").Page))
	if err != nil {
		t.Fatal(err)
	}
	keys, err := house.Verifiers(w.House.LogKeys.Ed25519Key, w.House.LogKeys.SM2Key)
	if err != nil {
		t.Fatal(err)
	}
	if checked, err := ledger.CheckProof(proof, keys); err != nil || len(checked.Acts) != len(proof.Acts) || len(proof.Acts) == 0 {
		t.Errorf("the downloaded proof, %d acts: %+v %v", len(proof.Acts), checked, err)
	}

	stranger := w.browser()
	stranger.get("/progress").post(url.Values{"number": {number}, "code": {strings.ToLower(code)}}).says(200, "已收件，等受理", "第 2 步，共 5 步")
	if strings.Contains(stranger.Page, "云小满") || strings.Contains(stranger.Page, "/papers/") {
		t.Error("the progress page shows what is personal")
	}
	other := w.resident("neighbour")
	file := regexp.MustCompile(`/files/\d+`).FindString(b.get(at).Page)
	for _, path := range []string{at, at + "/proof.json", at + "/withdraw", at + "/calendar.ics", file, file + "/preview"} {
		if other.get(path); other.Status != 404 {
			t.Errorf("somebody else reads %s: %d", path, other.Status)
		}
	}
	if b.get(file + "/preview"); b.Header.Get("Content-Type") != "image/jpeg" {
		t.Errorf("preview: %d %s", b.Status, b.Header.Get("Content-Type"))
	}
	if b.get(file); !strings.HasPrefix(b.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("a file is shown by the browser: %v", b.Header)
	}
}

// correction lets a clerk ask for one thing, and the baker mend just that.
func (w *world) correction(b *browser, at string) {
	t := w.T
	t.Helper()
	clerk, err := w.County.Actor(t.Context(), "spj_window_1")
	if err != nil {
		t.Fatal(err)
	}
	var id int64
	if _, err := fmt.Sscanf(at, "/my/%d", &id); err != nil {
		t.Fatal(err)
	}
	if _, err := w.House.Office.Notify(t.Context(), clerk, "", casework.NotifyIn{Case: id, Missing: []casework.Missing{
		{Key: "material:plan", What: "平面图看不清", How: "标上尺寸再拍一张"}, {Key: "field:area", What: "面积和图上不一样", How: "按图上的写"}}}); err != nil {
		t.Fatal(err)
	}
	b.get(at).says(200, "要你补 2 样", "一次性告知", "等你补材料")
	b.get("/").says(200, "有事要你处理", "要你补材料")
	b.get(at+"/correct").says(200, "平面图看不清", "标上尺寸再拍一张", "面积", "不会再要别的")
	if strings.Contains(b.Page, "photo") {
		t.Error("the correction page offers what the notice did not name")
	}
	if b.get(at + "/correct/photo"); b.Status != 404 {
		t.Errorf("a material that was not named: %d", b.Status)
	}
	b.get(at+"/correct").post(url.Values{"area": {"40"}}).says(422, "传上")
	b.get(at+"/correct/plan").upload("a.png", []byte("no picture at all")).says(422, "要改")
	b.get(at+"/correct/plan").upload("a.png", plan(t)).says(200, "已传")
	b.post(url.Values{"area": {"40"}}).says(200, "补的材料交上去了", "已收件，等受理")
	if b.get(at + "/correct"); b.At != at {
		t.Errorf("what is corrected can be corrected again at %s", b.At)
	}
}

// When nobody answers in time, the page says that the law has accepted.
func TestSilenceIsExplained(t *testing.T) {
	t.Parallel()
	w := found(t)
	b := w.browser().begin().fillIn(plan(t)).post(url.Values{"true": {"yes"}}).says(200, "已收到你的申请")
	at := b.At
	w.Clock.Set(w.Clock.Now() + 9*24*day.Hour)
	b = w.resident("baker")
	b.get(at).says(200, "办理中", "视为受理", "行政许可法第三十二条", "已用")
}

// Wrong codes are slowed for their source, and say no more than that they are wrong.
func TestGuessingIsSlowed(t *testing.T) {
	t.Parallel()
	b := found(t).browser()
	for range 20 {
		b.get("/check/AAAAAAAAAAAAAAAA").says(404, "没有这个核验码")
	}
	b.get("/check/AAAAAAAAAAAAAAAB").says(403, "分钟再试")
	b.get("/progress").post(url.Values{"number": {"990124-260309-000001"}, "code": {"AAAAAAAAAA"}}).says(403, "分钟再试")
}

// An upload that is not what its name says, or too large, is refused in words,
// and the questions go on.
func TestUploadsAreJudged(t *testing.T) {
	t.Parallel()
	w := found(t)
	b := w.browser().begin()
	draft := b.At
	b.get(draft+"/file/plan").upload("平面图.png", []byte("%PDF-1.7\n1 0 obj\n")).says(422, "有 1 处要改")
	b.get(draft+"/file/plan").upload("大.pdf", append([]byte("%PDF-1.7\n"), make([]byte, 11<<20)...)).says(422, "10MB")
	b.get(draft+"/file/plan").post(nil).says(422, "传上“经营场所平面图”")
	b.get(draft+"/file/plan").upload("好.png", plan(t)).says(200, "好.png", "删掉")
	remove := regexp.MustCompile(`formaction="([^"]*)"`).FindStringSubmatch(b.Page)[1]
	b.take(b.Client.PostForm(w.Server.URL+remove, nil)).says(200)
	if strings.Contains(b.Page, "好.png") {
		t.Error("the file that was removed is still there")
	}
	if b.get(draft + "/file/identity"); strings.Contains(b.At, "identity") {
		t.Error("what the record supplies is asked for")
	}
}
