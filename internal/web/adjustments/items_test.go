package adjustments_test

import (
	"archive/zip"
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/register/law"
	"tongban/internal/web/adjustments"
	"tongban/internal/web/notices"
	"tongban/internal/web/webtest"
)

// folder is an archive with the folder of an item of the county under a code of its own.
func folder(t *testing.T, slug, code, name string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, file := range []string{"item.yaml", "flow.bpmn", "form.json"} {
		text, err := os.ReadFile("../../demo/county/items/" + slug + "/" + file)
		if err == nil && file == "item.yaml" {
			for pattern, with := range map[string]string{`(?m)^code:.*`: `code: "` + code + `"`, `(?m)^base:.*\n`: "", `(?m)^name:.*`: "name: " + name} {
				text = regexp.MustCompile(pattern).ReplaceAll(text, []byte(with))
			}
		}
		if err == nil {
			w, _ := z.Create(slug + "/" + file)
			_, err = w.Write(text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// New items are put into an adjustment by their names and with their files, one that
// is taken over says from whom; the public reads in the notice what they will say.
func TestNewItemsOnThePages(t *testing.T) {
	t.Parallel()
	w := webtest.Found(t, 63, nil, adjustments.Mount, notices.Mount)
	m := w.Official("zfb_catalogue_1")
	m.Get("/manage/adjustments/new").Fill("/manage/adjustments/new", "document", "云政发〔2026〕9号", "reason", "新办事项", "from", w.Clock.Now().Day()+60).Is(200)
	at, _, _ := strings.Cut(m.At, "?")
	m.Fill(at+"/draft", "act", "put", "list", "item", "does", "resume", "codes", "X-1").Is(422).Says("不在清单上")
	m.Get(at).Fill(at+"/draft", "act", "put", "list", "item", "does", "new", "codes", "X-1\nX-2").Is(422).Says("写新事项的名称")
	m.Get(at).Fill(at+"/draft", "act", "put", "list", "item", "does", "take_over", "codes", "X-1").Is(200).Says("X-1", "从哪个机关承接", "事项类型", "主管部门")
	m.Fill(at+"/entry", "act", "put", "c_name", "小水电站备案", "c_type", "10", "c_agency", "水务局", "giver", "").Is(422).Says("写明从哪个机关承接")
	if !strings.Contains(m.Page, "小水电站备案") {
		t.Error("what was typed is gone")
	}
	m.Fill(at+"/entry", "act", "put", "giver", "省水利厅").Is(200).Says("小水电站备案", "承接", "从省水利厅承接")
	m.Get(at).Upload(at+"/upload", map[string][]byte{"file=x.zip": folder(t, "senior-card", "X-2", "公园年票领取")}, "file_list", "item", "file_does", "new").Is(200).Says("X-2", "公园年票领取", "新增")
	m.Get(at+"/entry?list=item&code=X-2").Is(200).Says("来自导入的文件").Fill(at+"/entry", "act", "put", "note", "先在县城试办").Is(200).Says("先在县城试办")
	m.Get(at).Is(200).Says("入库后会有什么不同", "近期照片", "小水电站备案")
	entry := regexp.MustCompile(`name="entry" value="(\d+)"`).FindStringSubmatch(m.Get(at + "/entry?list=item&code=X-1").Page)
	m.Fill(at+"/entry", "act", "remove", "entry", entry[1]).Is(200)
	m.Get(at).Upload(at+"/upload", map[string][]byte{"file=x.csv": []byte("事项编码,事项名称,事项类型,主管部门\nX-3,农田灌溉用水登记,07,水务局\n")}, "file_list", "item", "file_does", "take_over", "file_giver", "省水利厅").
		Is(200).Says("X-3", "农田灌溉用水登记", "从省水利厅承接")
	m.Get("/manage/adjustments/empty?of=item").Is(200)
	if !strings.HasPrefix(m.Page, "PK") {
		t.Error("the empty file is no workbook")
	}
}

// Which law changed, and which batch came from above, is chosen from those that are open.
func TestWhereAnAdjustmentComesFromIsChosen(t *testing.T) {
	t.Parallel()
	w := webtest.Found(t, 64, nil, adjustments.Mount)
	const text = "# 云禾县糕点办法（示范，虚构）\n\n简码：pastry\n类别：规范性文件\n制定机关：云禾县人民政府\n文号：云府发〔2025〕1号\n施行：2025-01-01\n简称：糕点办法\n虚构：是\n来源：为示范编写\n\n---\n\n第一条 一。\n"
	laws := law.New(w.House.Runner)
	if _, err := laws.Import(t.Context(), act.Machine(), "", []law.File{{Name: "a.md", Text: []byte(text)}}); err != nil {
		t.Fatal(err)
	}
	if _, err := laws.Repeal(t.Context(), act.Machine(), "", law.RepealIn{Law: "pastry", From: w.Clock.Now().Day() + 1, Number: "云府发〔2026〕2号"}); err != nil {
		t.Fatal(err)
	}
	m := w.Official("zfb_catalogue_1")
	m.Get("/manage/batches").Fill("/manage/batches", "document", "省政发〔2026〕5号", "issuer", "省人民政府", "title", "关于取消一批证明事项的决定", "items", "25", "decreed", w.Clock.Now().Day()-7, "days", "10").Is(200)
	m.Get("/manage/adjustments/new").Is(200).Says("云禾县糕点办法", "废止", "省政发〔2026〕5号 关于取消一批证明事项的决定")
	change := regexp.MustCompile(`<option value="(\d+)"[^>]*>《[^》]*糕点办法`).FindStringSubmatch(m.Page)
	if change == nil {
		t.Fatal("the change is no choice")
	}
	form := []any{"document", "云政发〔2026〕9号", "reason", "办法废止", "from", w.Clock.Now().Day() + 60, "law_change", change[1]}
	m.Fill("/manage/adjustments/new", form...).Is(422).Says("选调整从哪里来")
	m.Fill("/manage/adjustments/new", "source", "law", "law_change", "77").Is(422)
	m.Fill("/manage/adjustments/new", "source", "law", "law_change", change[1]).Is(200).Says("法规变动", "糕点办法")
	if strings.Contains(m.Get("/manage/adjustments/new").Is(200).Page, `value="`+change[1]+`"`) {
		t.Error("offered again to who has an adjustment for it")
	}
	m.Get("/manage/adjustments/new?law_change=" + change[1]).Is(200).Says("糕点办法")
	if !strings.Contains(m.Page, `value="`+change[1]+`" selected`) {
		t.Error("what the address asks for is not chosen")
	}
}
