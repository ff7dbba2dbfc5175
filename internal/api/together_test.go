package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// Two managers change one thing at the same moment: one wins, the other is told so in a
// sentence, with who did what, and nothing of what they sent is applied.
func TestTwoManagersAtOneMoment(t *testing.T) {
	t.Parallel()
	both(t, func(w *world) {
		w.in("the flow of an item", flowTogether)
		w.in("an entry of an adjustment", entryTogether)
		w.in("one item in two files", filesTogether)
	})
}

// race sends the same kind of request as both keepers at once, and tells who won.
func (w *world) race(ask func(who string) reply) (won, lost reply, winner string) {
	w.Helper()
	people := []string{keeper, keeper2}
	for _, who := range people {
		w.token(who)
	}
	var replies [2]reply
	var all sync.WaitGroup
	for i, who := range people {
		all.Go(func() { replies[i] = ask(who) })
	}
	all.Wait()
	i := 0
	if replies[0].status != http.StatusOK {
		i = 1
	}
	if replies[i].status != http.StatusOK || replies[1-i].status == http.StatusOK {
		w.Fatalf("%d %s\n%d %s", replies[0].status, replies[0].raw, replies[1].status, replies[1].raw)
	}
	return replies[i], replies[1-i], people[i]
}

// says wants each of some words in what an answer tells field by field.
func (r reply) says(words ...string) {
	r.w.Helper()
	for _, word := range words {
		if !strings.Contains(fmt.Sprint(r.list("errors")), word) {
			r.w.Errorf("%s does not tell %q: %s", r.call, word, r.raw)
		}
	}
}

func flowTogether(w *world) {
	path := fmt.Sprintf("/flows/%d", w.flow())
	var steps []map[string]any
	for _, r := range w.get(keeper, path).ok().list("rows") {
		if r["kind"] == "step" {
			steps = append(steps, r)
		}
	}
	mine := map[string]int{keeper: 0, keeper2: 1}
	won, lost, winner := w.race(func(who string) reply {
		row := steps[mine[who]]
		step := map[string]any{}
		for k, x := range row["step"].(map[string]any) {
			step[k] = x
		}
		step["term"] = "P9W"
		return w.post(who, path+"/edit", map[string]any{"rev": 0, "act": "change", "row": row["id"], "step": step})
	})
	lost.fails(409, "act.changed").says(w.nameOf(winner), "第 1 稿", steps[mine[winner]]["step"].(map[string]any)["name"].(string), "限时")
	if d := w.all(keeper, path+"/differences"); won.num("rev") != 1 || len(d) != 1 || d[0]["is"].(map[string]any)["id"] != steps[mine[winner]]["id"] {
		w.Errorf("the draft: %s, %v", won.raw, d)
	}
	w.post(keeper2, path+"/drop", map[string]any{"rev": 2}).fails(409, "act.changed").says("第 1 稿")
	w.post(keeper, path+"/drop", map[string]any{"rev": 1}).ok()
	w.post(keeper2, path+"/drop", map[string]any{"rev": 1}).fails(409, "act.changed").says("收起")
}

// nameOf is what somebody of the county is called.
func (w *world) nameOf(who string) string {
	w.Helper()
	return w.get(who, "/sessions/current").ok().str("name")
}

func entryTogether(w *world) {
	begun := w.post(keeper, "/adjustments", map[string]any{"document": "云政发〔2026〕31号", "reason": "同时改", "from": (w.clock.Now().Day() + 60).String()}).ok()
	path := fmt.Sprintf("/adjustments/%d", begun.num("adjustment"))
	words := map[string]string{keeper: "甲写的权力", keeper2: "乙写的权力"}
	won, lost, winner := w.race(func(who string) reply {
		content := map[string]any{"code": "MEAN-001", "name": words[who], "type": "01", "agency": "scjg", "basis": []any{map[string]any{"article": "《行政许可法》第三十二条"}},
			"duties": []any{map[string]any{"step": "受理", "text": "公示"}}, "situations": []any{map[string]any{"text": "不公示的"}}}
		return w.post(who, path+"/edit", map[string]any{"rev": 1, "put": []any{map[string]any{"list": "power", "code": "MEAN-001", "does": "new", "content": content}}})
	})
	loser := map[string]string{keeper: keeper2, keeper2: keeper}[winner]
	lost.fails(409, "act.changed").says("第 2 稿", w.nameOf(winner), "现在写的是“"+words[winner]+"”", "你写的是“"+words[loser]+"”")
	entries := w.get(keeper, path+"/entries").ok().list("items")
	if won.num("rev") != 2 || len(entries) != 1 || entries[0]["name"] != words[winner] {
		w.Errorf("the draft: %s, %v", won.raw, entries)
	}
}

// filesTogether brings two files in that change the same two items.
func filesTogether(w *world) {
	rows := func(name string) string {
		return fmt.Sprintf(`{"entries":[{"code":"TW-901","name":"%s一","type":"01","agency":"scjg"},{"code":"TW-902","name":"%s二","type":"01","agency":"scjg"}]}`, name, name)
	}
	w.files(keeper, "/items/import", file{"items.json", rows("同时改的事项")}).ok()
	try := w.files(keeper, "/items/import?try=true", file{"items.json", rows("预览的事项")}).ok()
	changed := try.list("changed")
	if len(changed) != 2 || changed[0]["code"] != "TW-901" || changed[0]["name"] != "同时改的事项一" || len(try.body["proposed"].([]any)) != 2 {
		w.Fatalf("preview: %s", try.raw)
	}
	if f := objects(changed[0]["fields"]); len(f) != 1 || f[0]["key"] != "name" || f[0]["before"] != "同时改的事项一" || f[0]["after"] != "预览的事项一" {
		w.Errorf("cells: %v", f)
	}
	if n := len(w.all(keeper, "/proposals")); n != 0 {
		w.Errorf("%d proposals by a preview", n)
	}
	_, lost, _ := w.race(func(who string) reply { return w.files(who, "/items/import", file{"items.json", rows(who)}) })
	lost.fails(409, "catalog.import.problems").says("一”", "二”")
	if n := len(w.all(keeper, "/proposals")); n != 2 {
		w.Errorf("%d proposals", n)
	}
	bad := w.files(keeper, "/items/import?try=true", file{"items.csv", "事项名称,事项编码,事项类型,主管部门\n甲,TW-903,变魔术,scjg\n乙,TW-904,01,\n"}).fails(422, "catalog.import.problems")
	cells := bad.list("errors")
	if len(cells) != 2 || cells[0]["row"] != 2.0 || !strings.Contains(fmt.Sprint(cells[0]["column"]), "事项类型") || !strings.Contains(fmt.Sprint(cells[0]["what"]), "变魔术") ||
		!strings.HasPrefix(fmt.Sprint(cells[0]["allowed"]), "可以写的有") || cells[0]["sheet"] == "" || cells[1]["row"] != 3.0 {
		w.Errorf("bad cells: %s", bad.raw)
	}
}
