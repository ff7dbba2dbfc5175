package api_test

import (
	"fmt"
	"net/http"
	"slices"

	"tongban/internal/rules/day"
)

// adjustStory takes powers off their list by the right persons, one after another.
func adjustStory(w *world) {
	today := w.clock.Now().Day()
	head := map[string]any{"document": "云政发〔2026〕30号", "reason": "上位法修改", "from": (today + 60).String()}
	w.post("scjg_reviewer_1", "/adjustments", head).fails(403, "act.not_allowed")
	past := map[string]any{"document": "云政发〔2026〕29号", "reason": "上位法修改", "from": (today - 1).String()}
	w.post(keeper, "/adjustments", past).fails(422, "adjust.wrong")
	begun := w.post(keeper, "/adjustments", head).ok()
	id := begun.num("adjustment")
	path := fmt.Sprintf("/adjustments/%d", id)
	rev := w.draft(path)
	w.in("those whom it does not concern", func(w *world) {
		w.get("rsj_reviewer_1", path).fails(404, "act.not_found")
		if n := len(w.all("rsj_reviewer_1", "/adjustments")); n != 0 {
			w.Errorf("%d adjustments", n)
		}
		w.get("", fmt.Sprintf("/notices/%d", id)).fails(404, "act.not_found")
	})
	w.panel(path, rev)
	w.noticed(path, id, rev)

	w.post(keeper, path+"/apply", rev).fails(403, "adjust.notice.runs")
	w.later(15)
	w.post("scjg_head_1", path+"/apply", rev).fails(403, "act.not_allowed")
	done := w.post(keeper, path+"/apply", rev).ok()
	if done.body["changes"].(map[string]any)["power"] == nil {
		w.Errorf("applied: %s", done.raw)
	}
	w.get("", "/lists/power/entries/APIT-002?on="+(today+59).String()).ok()
	w.get("", "/lists/power/entries/APIT-002?on="+(today+61).String()).fails(404, "act.not_found")
	if e := w.get("", "/lists/power/entries/APIT-003?on="+(today+61).String()).ok(); e.str("name") != "换了名称的权力" {
		w.Errorf("changed: %s", e.raw)
	}
	if n := w.get("", fmt.Sprintf("/notices/%d", id)).ok(); n.str("stage") != "done" {
		w.Errorf("notice: %s", n.raw)
	}
}

// draft writes what becomes of two powers, and hands it in.
func (w *world) draft(path string) map[string]any {
	w.Helper()
	content := map[string]any{"code": "APIT-003", "name": "换了名称的权力", "type": "01", "agency": "scjg", "basis": []any{map[string]any{"article": "《行政许可法》第三十二条"}},
		"duties": []any{map[string]any{"step": "受理", "text": "公示"}}, "situations": []any{map[string]any{"text": "不公示的"}}}
	put := []any{map[string]any{"list": "power", "code": "APIT-002", "does": "cancel"}, map[string]any{"list": "power", "code": "APIT-003", "does": "change", "content": content}}
	edit := map[string]any{"rev": 1, "put": []any{map[string]any{"list": "power", "code": "NO-SUCH", "does": "cancel"}}}
	w.post(keeper, path+"/edit", edit).fails(422, "adjust.wrong")
	edit["put"] = put
	key := map[string]string{"Idempotency-Key": "adjust-edit-1"}
	for range 2 { // sent twice, done once
		r := w.do(request{method: http.MethodPost, path: path + "/edit", token: w.token(keeper), body: edit, header: key}).ok()
		if r.num("rev") != 2 || r.num("entries") != 2 {
			w.Errorf("edited: %s", r.raw)
		}
	}
	w.post(keeper2, path+"/edit", edit).fails(409, "act.changed")
	if e := w.all(keeper, path+"/entries"); len(e) != 2 || e[0]["does"] != "cancel" || e[1]["content"].(map[string]any)["duties"] == nil {
		w.Errorf("entries: %v", e)
	}
	w.files(keeper, path+"/entries?rev=2&list=power&does=new", file{"rows.csv", "不是清单"}).fails(422, "lists.problems")
	rev := map[string]any{"rev": 2}
	accepted := map[string]bool{}
	for _, f := range w.all(keeper, path+"/check") {
		rule, _ := f["rule"].(string)
		if f["blocks"] == true && f["kind"] == "finding" && f["severity"] == "warning" && !accepted[rule] {
			accepted[rule] = true
			w.post(keeper, path+"/accept", map[string]any{"rev": 2, "rule": rule, "reason": "已核对"}).ok()
		}
	}
	if c := w.get(keeper, path+"/check").ok(); c.body["ready"] != true {
		w.Fatalf("not ready: %s", c.raw)
	}
	d := w.all(keeper, path+"/differences")
	if len(d) != 2 || d[0]["op"] != "end" || d[1]["op"] != "edit" {
		w.Errorf("differences: %v", d)
	}
	w.post(keeper, path+"/hand-in", map[string]any{"rev": 1}).fails(409, "act.changed")
	if a := w.post(keeper, path+"/hand-in", rev).ok(); a.str("stage") != "consent" || len(a.list("consents")) != 1 {
		w.Errorf("handed in: %s", a.raw)
	}
	return rev
}

// with is a body at the revision that was seen.
func with(rev map[string]any, pairs ...any) map[string]any {
	m := map[string]any{"rev": rev["rev"]}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	return m
}

// panel is the agency's answer, the panel's opinions and the decision.
func (w *world) panel(path string, rev map[string]any) {
	w.Helper()
	w.post("rsj_head_1", path+"/consent", with(rev, "agrees", true)).fails(404, "act.not_found")
	if n := len(w.get("scjg_head_1", "/adjustments/waiting").ok().list("consents")); n != 1 {
		w.Errorf("%d wait for the agency", n)
	}
	w.post("scjg_head_1", path+"/consent", with(rev, "agrees", true)).ok()
	candidates := w.all(keeper, path+"/candidates")
	if slices.ContainsFunc(candidates, func(c map[string]any) bool { return int64(c["person"].(float64)) == w.county.Person(keeper) }) || len(candidates) < 3 {
		w.Errorf("candidates: %v", candidates)
	}
	members := []int64{w.county.Person(keeper2), w.county.Person("spj_head_1")}
	w.post(keeper, path+"/panel", with(rev, "members", []int64{w.county.Person(keeper), members[0]})).fails(403, "adjust.panel.own")
	w.post(keeper, path+"/panel", with(rev, "members", members)).ok()
	w.post("zfb_leader_1", path+"/decide", with(rev, "approve", true)).fails(403, "adjust.decide.early")
	for _, m := range []string{keeper2, "spj_head_1"} {
		w.post(m, path+"/opinion", with(rev, "legal", true, "reasonable", true, "reasons", "依据已经取消")).ok()
	}
	w.post(keeper, path+"/decide", with(rev, "approve", true)).fails(403, "act.not_allowed")
	if a := w.post("zfb_leader_1", path+"/decide", with(rev, "approve", true)).ok(); a.str("stage") != "decided" || len(a.list("opinions")) != 2 {
		w.Errorf("decided: %s", a.raw)
	}
}

// noticed is the public notice with a comment that is answered.
func (w *world) noticed(path string, id int64, rev map[string]any) {
	w.Helper()
	w.post(keeper, path+"/announce", rev).ok()
	notice := fmt.Sprintf("/notices/%d", id)
	if n := w.get("", notice).ok(); n.str("stage") != "notice" || n.body["open"] != true {
		w.Errorf("notice: %s", n.raw)
	}
	if e := w.all("", notice+"/entries"); len(e) != 2 {
		w.Errorf("entries: %v", e)
	}
	if d := w.all("", notice+"/differences"); len(d) != 2 {
		w.Errorf("differences: %v", d)
	}
	w.post("", notice+"/comments", map[string]any{"words": "谁来监管？"}).fails(401, "act.sign_in")
	w.post(keeper, notice+"/comments", map[string]any{"words": "谁来监管？"}).fails(403, "act.not_allowed")
	comment := w.post("baker", notice+"/comments", map[string]any{"words": "谁来监管？"}).ok().num("comment")
	if c := w.all("", notice+"/comments"); len(c) != 0 {
		w.Errorf("comments before an answer: %v", c)
	}
	if c := w.all(keeper, path+"/comments"); len(c) != 1 || c[0]["outcome"] != "" {
		w.Errorf("comments inside: %v", c)
	}
	w.post(keeper, fmt.Sprintf("/comments/%d/answer", comment), map[string]any{"outcome": "taken", "reason": "写进了备注"}).ok()
	if c := w.all("", notice+"/comments"); len(c) != 1 || c[0]["answer"] != "写进了备注" {
		w.Errorf("comments: %v", c)
	}
	if a := w.post(keeper, path+"/redate", with(rev, "from", (w.clock.Now().Day()+60).String())).ok(); a.str("stage") != "notice" {
		w.Errorf("redated: %s", a.raw)
	}
}

// orderStory registers a batch of a higher level, which a body below answers.
func orderStory(w *world) {
	var today day.Day = w.clock.Now().Day()
	batch := map[string]any{"document": "省政发〔2026〕5号", "issuer": "省人民政府", "title": "取消一批处罚事项", "entries": 3, "decreed": (today - 5).String(), "days": 10, "agencies": []string{"scjg", "rsj"}}
	w.post("scjg_head_1", "/orders", batch).fails(403, "act.not_allowed")
	id := w.post(keeper, "/orders", batch).ok().num("order")
	path := fmt.Sprintf("/orders/%d", id)
	w.post(keeper, "/orders", batch).fails(403, "adjust.order.twice")
	if tasks := w.all(keeper, path+"/tasks"); len(tasks) != 2 || tasks[0]["answer"] != "" {
		w.Errorf("tasks: %v", tasks)
	}
	if n := len(w.get("scjg_head_1", "/adjustments/waiting").ok().list("orders")); n != 1 {
		w.Errorf("%d batches wait", n)
	}
	w.post("scjg_head_1", path+"/answer", map[string]any{"answer": "not_applicable"}).fails(422, "adjust.wrong")
	w.post("scjg_head_1", path+"/answer", map[string]any{"answer": "follow"}).ok()
	w.post("scjg_head_1", path+"/answer", map[string]any{"answer": "follow"}).fails(404, "act.not_found")
	if tasks := w.all("scjg_head_1", path+"/tasks"); len(tasks) != 1 || tasks[0]["answer"] != "follow" {
		w.Errorf("own task: %v", tasks)
	}
	if orders := w.all(keeper, "/orders"); len(orders) != 1 || orders[0]["document"] != "省政发〔2026〕5号" {
		w.Errorf("orders: %v", orders)
	}
	draft := w.post(keeper, "/adjustments", map[string]any{"document": "云政发〔2026〕31号", "reason": "落实上级决定", "source": "above", "order": id, "from": (today + 60).String()}).ok()
	dropped := fmt.Sprintf("/adjustments/%d/drop", draft.num("adjustment"))
	w.post(keeper, dropped, map[string]any{"rev": 1}).fails(422, "adjust.wrong")
	if a := w.post(keeper, dropped, map[string]any{"rev": 1, "reason": "另行起草"}).ok(); a.str("stage") != "dropped" {
		w.Errorf("dropped: %s", a.raw)
	}
}
