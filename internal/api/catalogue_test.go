package api_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// Those who keep the catalogue do all of it through the operations: a law, an
// adjustment from draft to effect, a flow, a check.
func TestTheCatalogueOnTheAPI(t *testing.T) {
	t.Parallel()
	both(t, func(w *world) {
		var codes []string
		for n := range 4 {
			codes = append(codes, fmt.Sprintf("APIT-%03d", n+1))
		}
		w.change("接口调整的权力", codes...)
		waits := w.opens()
		w.in("a law is brought in, changed and met with", lawStory)
		w.in("a flow is edited, tried and published", flowStory)
		w.in("an item keeps its versions", versionStory)
		w.in("the catalogue is checked", checkStory)
		w.in("an adjustment goes from draft to effect", adjustStory)
		w.in("a case goes over to the new version of its item", func(w *world) { runningStory(w, waits) })
		w.in("a batch comes from above", orderStory)
		w.in("hall, manual and samples", hallStory)
		w.in("new items come with an adjustment", itemsStory)
	})
}

const (
	keeper  = "zfb_catalogue_1"
	keeper2 = "zfb_catalogue_2"
)

// file is a file of a form.
type file struct{ name, text string }

// files hands files in.
func (w *world) files(who, path string, files ...file) reply {
	w.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for _, f := range files {
		part, err := m.CreateFormFile("file", f.name)
		if err != nil {
			w.Fatal(err)
		}
		if _, err := part.Write([]byte(f.text)); err != nil {
			w.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		w.Fatal(err)
	}
	return w.do(request{method: http.MethodPost, path: path, token: w.token(who), body: b.Bytes(), header: map[string]string{"Content-Type": m.FormDataContentType()}})
}

// all reads every page of a list, two at a time.
func (w *world) all(who, path string) (list []map[string]any) {
	w.Helper()
	join := "?"
	if strings.Contains(path, "?") {
		join = "&"
	}
	for path += join + "limit=2"; path != ""; {
		r := w.get(who, path).ok()
		list = append(list, r.list("items")...)
		link, _ := strings.CutPrefix(r.header.Get("Link"), "<")
		path, _, _ = strings.Cut(link, ">")
		if len(list) > 3000 {
			w.Fatalf("%s does not end", path)
		}
	}
	return list
}

const measure = `# 云禾县试一试办法（示范，虚构）
简码：try-measure
类别：规范性文件
制定机关：云禾县人民政府（示范）
施行：2026-01-01
虚构：是
来源：测试用

---

第一条 试一试的事，先告诉公众。

第二条 试三次，每次留下记录。

第三条 说不清的，向上级请示。
`

func lawStory(w *world) {
	bad := strings.Replace(strings.Replace(measure, "类别：规范性文件\n", "类别：随便写\n", 1), "第三条", "第五条", 1)
	refused := w.files(keeper, "/laws/import", file{"good.md", measure}, file{"bad.md", strings.ReplaceAll(bad, "try-measure", "bad-measure")}).fails(422, "law.import.problems")
	if n := len(refused.list("errors")); n < 2 || !strings.Contains(string(refused.raw), "bad.md") {
		w.Errorf("problems: %s", refused.raw)
	}
	w.get("", "/laws/try-measure").fails(404, "act.not_found") // nothing of it was applied
	w.files("scjg_reviewer_1", "/laws/import", file{"good.md", measure}).fails(403, "act.not_allowed")
	done := w.files(keeper, "/laws/import", file{"good.md", measure}).ok()
	if len(done.body["new"].([]any)) != 1 {
		w.Errorf("imported: %s", done.raw)
	}
	amended := strings.Replace(strings.Replace(measure, "2026-01-01", "2026-06-01", 1), "试三次", "试五次", 1)
	w.files(keeper, "/laws/import", file{"amended.md", amended}).ok()
	if v := w.get("", "/laws/try-measure").ok().list("versions"); len(v) != 2 {
		w.Errorf("versions: %v", v)
	}
	if a := w.all("", "/laws/try-measure/articles?on=2026-04-01"); len(a) != 3 || a[1]["code"] != "2" || !strings.Contains(a[1]["text"].(string), "试三次") {
		w.Errorf("articles: %v", a)
	}
	if a := w.get("", "/laws/try-measure/articles/2?on=2026-07-01").ok(); !strings.Contains(a.str("text"), "试五次") || len(a.list("others")) != 1 || a.str("before") != "1" || a.str("behind") != "3" {
		w.Errorf("article: %s", a.raw)
	}
	if hits := w.all("", "/articles?q="+url.QueryEscape("试三次")); len(hits) != 1 || hits[0]["law"] != "try-measure" {
		w.Errorf("hits: %v", hits)
	}
	if l := w.all("", "/laws?q="+url.QueryEscape("行政许可")); len(l) == 0 {
		w.Error("no law is called so")
	}
	w.rests()
	w.obstacle()
	w.get("", "/laws/try-measure/articles/9").fails(404, "act.not_found")
	w.get("", "/laws/try-measure/articles/x").fails(404, "act.not_found")
	w.get("", "/laws/nothing").fails(404, "act.not_found")
	w.get("", "/articles").fails(422, "api.wrong")
	w.get("", "/laws?cursor=x").fails(422, "api.cursor")
}

// rests follows what rests on an article both ways, and whom a change touches.
func (w *world) rests() {
	w.Helper()
	item := fmt.Sprint(w.flow())
	w.change("有依据的权力", "APIR-001")
	if err := w.h.Lists.PointEntries(w.Context()); err != nil {
		w.Fatal(err)
	}
	resting := w.all("", "/laws/administrative-licensing/subjects?article=32")
	if !slices.ContainsFunc(resting, func(r map[string]any) bool {
		return r["kind"] == "power" && r["code"] == "APIR-001" && r["part"] == "basis"
	}) {
		w.Errorf("no power rests on article 32: %v", resting)
	}
	if !slices.ContainsFunc(resting, func(r map[string]any) bool { return r["kind"] == "item" && r["code"] == item }) {
		w.Errorf("on article 32 rest %v", resting)
	}
	cited := w.all("", "/citations?kind=item&code="+item)
	if !slices.ContainsFunc(cited, func(c map[string]any) bool {
		return c["law"] == "administrative-licensing" && c["article"] == "32" && c["found"] == true
	}) {
		w.Errorf("cited: %v", cited)
	}
	said := map[string]any{"article": "32", "number": "云府法函〔2026〕4号", "words": "补正一次说清。"}
	w.post("scjg_reviewer_1", "/laws/administrative-licensing/interpret", said).fails(403, "act.not_allowed")
	x := w.post(keeper, "/laws/administrative-licensing/interpret", said).ok()
	if x.num("subjects") < 1 {
		w.Errorf("interpreted: %s", x.raw)
	}
	change := fmt.Sprintf("/law-changes/%d", x.num("change"))
	if c := w.get("", change).ok(); c.str("kind") != "interpret" || c.str("law") != "administrative-licensing" {
		w.Errorf("change: %s", c.raw)
	}
	if touched := w.all(keeper, change+"/subjects"); int64(len(touched)) != x.num("subjects") {
		w.Errorf("%d touched, told %d", len(touched), x.num("subjects"))
	}
	w.get("scjg_reviewer_1", change+"/subjects").fails(403, "act.not_allowed")
	if a := w.get("", "/laws/administrative-licensing/articles/32").ok(); len(a.list("interpretations")) != 1 {
		w.Errorf("interpretations: %s", a.raw)
	}
	if n := len(w.all("", "/law-changes")); n < 3 {
		w.Errorf("%d changes of laws", n)
	}
	w.post(keeper, "/laws/try-measure/repeal", map[string]any{"number": "云政发〔2026〕9号", "from": "2026-12-01"}).ok()
	w.post(keeper, "/laws/try-measure/repeal", map[string]any{"number": "云政发〔2026〕9号", "from": "2027-12-01"}).fails(403, "law.repeal.already")
}

func (w *world) obstacle() {
	w.Helper()
	met := map[string]any{"law": "try-measure", "article": "2", "words": "没有写由谁记录。"}
	w.post("baker", "/obstacles", met).fails(403, "api.staff")
	id := w.post("scjg_reviewer_1", "/obstacles", met).ok().num("obstacle")
	path := fmt.Sprintf("/obstacles/%d", id)
	w.post("scjg_head_1", path+"/answer", map[string]any{"words": "由受理的机关。", "number": "省函〔2026〕1号"}).fails(403, "law.obstacle.not_asked")
	w.post("scjg_head_1", path+"/ask", map[string]any{"body": "省司法厅"}).ok()
	w.post("rsj_head_1", path+"/answer", map[string]any{"words": "由受理的机关。", "number": "省函〔2026〕1号"}).fails(403, "act.not_allowed")
	w.post("scjg_head_1", path+"/answer", map[string]any{"words": "由受理的机关。", "number": "省函〔2026〕1号"}).ok()
	if o := w.get("scjg_reviewer_1", path).ok(); o.str("state") != "answered" || o.str("answer") != "由受理的机关。" {
		w.Errorf("obstacle: %s", o.raw)
	}
	if n := len(w.all("scjg_reviewer_1", "/obstacles?law=try-measure&article=2")); n != 1 {
		w.Errorf("%d obstacles on the article", n)
	}
	if n := len(w.all("scjg_reviewer_1", "/obstacles?state=answered")); n != 1 {
		w.Errorf("%d obstacles answered", n)
	}
	w.post("scjg_reviewer_1", "/obstacles", map[string]any{"law": "try-measure", "article": "77", "words": "没有这一条"}).fails(404, "act.not_found")
}
