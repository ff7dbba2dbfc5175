package api_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"net/url"
	"os"
	"regexp"

	"tongban/internal/rules/day"
)

// folder is an archive with the folder of an item of the county under a code of its
// own, as one of another agency.
func (w *world) folder(slug, code, name, agency string) string {
	w.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, file := range []string{"item.yaml", "flow.bpmn", "form.json"} {
		text, err := os.ReadFile("../demo/county/items/" + slug + "/" + file)
		w.must(err)
		if file == "item.yaml" {
			for pattern, with := range map[string]string{`(?m)^code:.*`: `code: "` + code + `"`, `(?m)^base:.*\n`: "", `(?m)^name:.*`: "name: " + name, `(?m)^agency:.*`: "agency: " + agency, `(?m)^roles:.*`: "roles: {window: " + agency + "}"} {
				text = regexp.MustCompile(pattern).ReplaceAll(text, []byte(with))
			}
		}
		part, err := z.Create(slug + "/" + file)
		w.must(err)
		_, err = part.Write(text)
		w.must(err)
	}
	w.must(z.Close())
	return b.String()
}

// itemsStory brings new items in with an adjustment: one taken over by its name, one
// with its files.
func itemsStory(w *world) {
	today := w.clock.Now().Day()
	begun := w.post(keeper, "/adjustments", map[string]any{"document": "云政发〔2026〕40号", "reason": "承接和新增事项", "from": (today + 60).String()}).ok()
	path := fmt.Sprintf("/adjustments/%d", begun.num("adjustment"))
	put := func(rev int, entry map[string]any) reply {
		entry["list"] = "item"
		return w.post(keeper, path+"/edit", map[string]any{"rev": rev, "put": []any{entry}})
	}
	content := map[string]any{"code": "XI-1", "name": "小水电站备案", "type": "10", "agency": "scjg"}
	put(1, map[string]any{"code": "XI-1", "does": "take_over", "content": content}).fails(422, "adjust.wrong")
	put(1, map[string]any{"code": "XI-1", "does": "resume"}).fails(422, "adjust.wrong")
	put(1, map[string]any{"code": "XI-1", "does": "take_over", "giver": "省水利厅", "content": content}).ok()
	blocked := func() (rules []any) {
		for _, f := range w.all(keeper, path+"/check") {
			if f["severity"] == "error" {
				rules = append(rules, f["rule"])
			}
		}
		return rules
	}
	if got := blocked(); len(got) != 1 || got[0] != "item_powerless" {
		w.Errorf("an item without its power: %v", got)
	}
	w.post(keeper, path+"/edit", map[string]any{"rev": 2, "put": []any{map[string]any{"list": "power", "code": "XP-1", "does": "take_over", "content": map[string]any{"code": "XP-1", "name": "小水电站备案",
		"type": "10", "agency": "scjg", "item": "XI-1", "basis": []any{map[string]any{"article": "《行政许可法》第三十二条"}}, "duties": []any{map[string]any{"step": "受理", "text": "公示"}},
		"situations": []any{map[string]any{"text": "不公示的"}}}}}}).ok()
	if got := blocked(); len(got) != 0 {
		w.Errorf("with its power: %v", got)
	}
	w.files(keeper, path+"/entries?rev=3&list=item&does=new", file{"x.zip", "不是压缩包"}).fails(422, "admin.import.wrong")
	w.files(keeper, path+"/entries?rev=3&list=item&does=new", file{"x.zip", w.folder("senior-card", "XI-2", "公园年票领取", "scjg")}).ok()
	entries := w.all(keeper, path+"/entries")
	if len(entries) != 3 || entries[0]["giver"] != "省水利厅" || entries[1]["guided"] != true || entries[1]["name"] != "公园年票领取" {
		w.Fatalf("entries: %v", entries)
	}
	rev := map[string]any{"rev": 4}
	accepted := map[string]bool{}
	for _, f := range w.all(keeper, path+"/check") {
		if rule, _ := f["rule"].(string); f["severity"] == "warning" && !accepted[rule] {
			accepted[rule] = true
			w.post(keeper, path+"/accept", with(rev, "rule", rule, "reason", "已核对")).ok()
		}
	}
	if c := w.get(keeper, path+"/check").ok(); c.body["ready"] != true {
		w.Fatalf("not ready: %s", c.raw)
	}
	w.post(keeper, path+"/hand-in", rev).ok()
	w.panel(path, rev)
	w.post(keeper, path+"/announce", rev).ok()
	notice := fmt.Sprintf("/notices/%d", begun.num("adjustment"))
	if e := w.all("", notice+"/entries"); len(e) != 3 || e[0]["giver"] != "省水利厅" {
		w.Errorf("notice: %v", e)
	}
	if d := w.all("", notice+"/differences"); len(d) != 3 || d[2]["op"] != "add" || len(d[2]["fields"].([]any)) < 20 {
		w.Errorf("differences: %v", d)
	}
	w.later(15)
	w.post(keeper, path+"/apply", rev).fails(403, "catalog.proposal.same_person")
	if done := w.post(keeper2, path+"/apply", rev).ok(); done.num("items") != 2 {
		w.Errorf("applied: %s", done.raw)
	}
	for _, name := range []string{"小水电站备案", "公园年票领取"} {
		for on, n := range map[day.Day]int{today + 59: 0, today + 60: 1} {
			if found := w.all("", "/items/entries?q="+url.QueryEscape(name)+"&on="+on.String()); len(found) != n {
				w.Errorf("%s on %s: %v", name, on, found)
			}
		}
	}
}
