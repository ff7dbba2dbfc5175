package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// flow is a written item with a flow.
func (w *world) flow() int64 {
	w.Helper()
	list := w.get(keeper, "/flows?q="+url.QueryEscape("食品作坊")).ok().list("items")
	if len(list) == 0 {
		w.Fatal("no flow of a food workshop")
	}
	return int64(list[0]["item"].(float64))
}

func flowStory(w *world) {
	item := w.flow()
	path := fmt.Sprintf("/flows/%d", item)
	w.get("scjg_reviewer_1", path).fails(403, "act.not_allowed")
	table := w.get(keeper, path).ok()
	i := slices.IndexFunc(table.list("rows"), func(r map[string]any) bool { return r["kind"] == "step" })
	if table.num("rev") != 0 || i < 0 || len(table.body["problems"].([]any)) != 0 {
		w.Fatalf("table: %s", table.raw)
	}
	row := table.list("rows")[i]
	step := row["step"].(map[string]any)
	step["term"], step["risk"] = "P4W", "拖着不收"
	edit := map[string]any{"rev": 0, "act": "change", "row": row["id"], "step": step}
	w.post(keeper, path+"/edit", map[string]any{"rev": 0, "act": "tidy"}).ok()
	w.post(keeper, path+"/hand-in", map[string]any{"rev": 1, "from": w.clock.Now().Day() + 10, "reason": "重画"}).fails(422, "change.flow.same")
	w.post(keeper, path+"/drop", map[string]any{"rev": 1}).ok()
	w.edits(path, edit, step)
	w.tries(path)
	w.triesOn()
	w.bpmn(path)

	back := w.get(keeper, path).ok()
	if back.num("rev") != 4 || back.num("changes") == 0 {
		w.Errorf("table: %s", back.raw)
	}
	d := w.all(keeper, path+"/differences")
	if len(d) != 1 || d[0]["kind"] != "changed" || !slices.Contains(d[0]["fields"].([]any), any("term")) {
		w.Fatalf("differences: %v", d)
	}
	from := w.clock.Now().Day() + 10
	w.post(keeper, path+"/hand-in", map[string]any{"rev": 1, "from": from, "reason": "试一试"}).fails(409, "act.changed")
	id := w.post(keeper, path+"/hand-in", map[string]any{"rev": 4, "from": from, "reason": "受理时限缩短"}).ok().num("proposal")
	proposal := fmt.Sprintf("/proposals/%d", id)
	if n := len(w.all(keeper2, fmt.Sprintf("%s/differences?proposal=%d", path, id))); n != 1 {
		w.Errorf("the proposal differs in %d rows", n)
	}
	if n := len(w.all(keeper2, "/proposals")); n != 1 {
		w.Errorf("%d proposals wait", n)
	}
	w.post(keeper, proposal+"/publish", nil).fails(403, "catalog.proposal.same_person")
	w.post(keeper2, proposal+"/publish", nil).ok()
	w.post(keeper2, proposal+"/publish", nil).fails(409, "act.changed")
	if p := w.get(keeper, proposal).ok(); p.str("state") != "published" {
		w.Errorf("proposal: %s", p.raw)
	}
	w.get(keeper, "/flows/1").fails(404, "act.not_found")
	w.files(keeper, "/items/import", file{"items.csv", "不是清单"}).fails(422, "catalog.import.problems")
	w.files(keeper, "/items/import", file{"items.doc", "什么"}).fails(422, "admin.import.wrong")
	w.files("scjg_reviewer_1", "/items/import", file{"items.csv", ""}).fails(403, "act.not_allowed")
}

// edits changes a row: what is wrong is told at its field, and nobody overwrites
// what somebody else saved.
func (w *world) edits(path string, edit, step map[string]any) {
	w.Helper()
	step["name"] = ""
	wrong := w.post(keeper, path+"/edit", edit).fails(422, "catalog.flow.wrong")
	if e := wrong.list("errors"); len(e) != 1 || e[0]["field"] != "step.name" {
		w.Errorf("errors: %s", wrong.raw)
	}
	step["name"] = "收件"
	key := map[string]string{"Idempotency-Key": "flow-1"}
	r := w.do(request{method: http.MethodPost, path: path + "/edit", token: w.token(keeper), body: edit, header: key}).ok()
	if r.num("rev") != 1 || r.header.Get("Idempotency-Key") != "flow-1" {
		w.Errorf("edited: %s", r.raw)
	}
	w.post(keeper2, path+"/edit", edit).fails(409, "act.changed")
	w.post(keeper, path+"/edit", map[string]any{"rev": 1, "act": "remove", "row": "nothing"}).fails(422, "catalog.flow.wrong")
	w.post(keeper, path+"/edit", map[string]any{"rev": 1, "act": "explode"}).fails(422, "api.wrong")
}

// tries plays the flow for two turns, and answers what is asked.
func (w *world) tries(path string) {
	w.Helper()
	start := map[string]any{"turns": []any{}}
	first := w.post(keeper, path+"/try", start).ok()
	open := first.list("open")
	if len(open) != 1 || first.body["over"] != false {
		w.Fatalf("trial: %s", first.raw)
	}
	next := w.post(keeper, path+"/try", map[string]any{"turns": []any{map[string]any{"token": open[0]["token"], "days": 3}}}).ok()
	if len(next.list("log")) <= len(first.list("log")) || next.str("today") == first.str("today") {
		w.Errorf("trial: %s", next.raw)
	}
}

// triesOn plays a flow to a choice on the form, and gives the form's values and a day to
// begin on as the page does: the condition answers itself.
func (w *world) triesOn() {
	w.Helper()
	path := fmt.Sprintf("/flows/%d/try", w.county.Items["tree-felling"].ID)
	turns := []any{}
	ask := func(given map[string]any) reply {
		list := slices.Clone(turns)
		if given != nil {
			last := map[string]any{"given": given}
			for k, x := range turns[len(turns)-1].(map[string]any) {
				last[k] = x
			}
			list[len(list)-1] = last
		}
		return w.post(keeper, path, map[string]any{"start": "2027-03-01", "turns": list})
	}
	got := ask(nil).ok()
	for n := 0; got.body["ask"] == nil && n < 8; n++ {
		turns = append(turns, map[string]any{"token": got.list("open")[0]["token"], "days": 1})
		got = ask(nil).ok()
	}
	names := fmt.Sprint(got.body["ask"])
	if !strings.Contains(names, "form.volume") || got.str("start") != "2027-03-01" {
		w.Fatalf("asked: %s", got.raw)
	}
	few, many := ask(map[string]any{"form.volume": []string{"9"}}).ok(), ask(map[string]any{"form.volume": []string{"２０"}}).ok()
	if few.body["ask"] != nil || many.body["ask"] != nil || fmt.Sprint(few.list("open")[0]["node"]) == fmt.Sprint(many.list("open")[0]["node"]) {
		w.Errorf("few: %s\nmany: %s", few.raw, many.raw)
	}
	wrong := ask(map[string]any{"form.volume": []string{"很多"}, "decision": []string{"yes"}, "weather": []string{"fine"}}).fails(422, "api.wrong").list("errors")
	if at := fmt.Sprintf("turns[%d].given.", len(turns)-1); len(wrong) != 3 || wrong[0]["field"] != at+"decision" || wrong[1]["field"] != at+"form.volume" || wrong[2]["field"] != at+"weather" {
		w.Errorf("wrong values: %v", wrong)
	}
}

// bpmn takes the draft out and in again, and refuses what is no flow.
func (w *world) bpmn(path string) {
	w.Helper()
	got := w.get(keeper, path+"/bpmn").ok()
	if !strings.Contains(string(got.raw), "P4W") {
		w.Error("the file does not have the edit")
	}
	w.files(keeper, path+"/bpmn?rev=1", file{"flow.bpmn", "<html></html>"}).fails(422, "catalog.flow.wrong")
	w.files(keeper, path+"/bpmn?rev=7", file{"flow.bpmn", string(got.raw)}).fails(409, "act.changed")
	if r := w.files(keeper, path+"/bpmn?rev=1", file{"flow.bpmn", string(got.raw)}).ok(); r.num("rev") != 2 {
		w.Errorf("uploaded: %s", r.raw)
	}
	w.post(keeper, path+"/drop", map[string]any{"rev": 1}).fails(409, "act.changed")
	const empty = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p" isExecutable="true"></process></definitions>`
	w.files(keeper, path+"/bpmn?rev=2", file{"empty.bpmn", empty}).ok()
	w.post(keeper, path+"/try", map[string]any{"turns": []any{}}).fails(422, "api.flow.stuck")
	w.files(keeper, path+"/bpmn?rev=3", file{"flow.bpmn", string(got.raw)}).ok()
}

func checkStory(w *world) {
	w.post("scjg_head_1", "/checkup/runs", nil).fails(403, "act.not_allowed")
	w.get("scjg_head_1", "/checkup/findings").fails(403, "act.not_allowed")
	run := w.post(keeper, "/checkup/runs", nil).ok()
	if run.num("entries")+run.num("powers") == 0 || run.num("errors")+run.num("warnings")+run.num("notes") == 0 {
		w.Fatalf("run: %s", run.raw)
	}
	warnings := w.all(keeper, "/checkup/findings?severity=warning")
	if int64(len(warnings)) != run.num("warnings") || len(warnings) == 0 {
		w.Fatalf("%d warnings listed of %d", len(warnings), run.num("warnings"))
	}
	path := "/checkup/findings/" + warnings[0]["id"].(string)
	w.post(keeper, path+"/accept", map[string]any{"rev": 0, "reason": " "}).fails(422, "inspect.wrong")
	if f := w.post(keeper, path+"/accept", map[string]any{"rev": 0, "reason": "年底前补齐"}).ok(); f.str("state") != "accepted" || f.str("reason") != "年底前补齐" {
		w.Errorf("accepted: %s", f.raw)
	}
	w.post(keeper2, path+"/accept", map[string]any{"rev": 0, "reason": "我也看过"}).fails(409, "act.changed")
	if n := len(w.all(keeper, "/checkup/findings?state=accepted")); n != 1 {
		w.Errorf("%d accepted", n)
	}
	if again := w.post(keeper, "/checkup/runs", nil).ok(); again.num("accepted") != 1 || again.num("fresh") != 0 || again.num("warnings") != run.num("warnings")-1 {
		w.Errorf("again: %s", again.raw)
	}
	if f := w.post(keeper2, path+"/reopen", map[string]any{"rev": 1}).ok(); f.str("state") != "open" {
		w.Errorf("reopened: %s", f.raw)
	}
	if errors := w.all(keeper, "/checkup/findings?severity=error"); len(errors) > 0 {
		w.post(keeper, "/checkup/findings/"+errors[0]["id"].(string)+"/accept", map[string]any{"rev": 0, "reason": "算了"}).fails(403, "inspect.error")
	}
	if runs := w.all(keeper, "/checkup/runs"); len(runs) != 2 {
		w.Errorf("%d runs", len(runs))
	}
	if rules := w.get(keeper, "/checkup/rules").ok().list("items"); len(rules) == 0 {
		w.Error("no rule finds anything")
	}
	w.get(keeper, "/checkup/findings/nothing").fails(404, "act.not_found")
	w.get(keeper, "/checkup/findings?severity=x").fails(422, "api.wrong")
}

func hallStory(w *world) {
	for _, path := range []string{"/hall", "/hall/hollow"} {
		w.get("scjg_reviewer_1", path).fails(403, "act.not_allowed")
		w.get(keeper, path).ok()
	}
	w.get(keeper, "/hall/hollow/cases?item=1&window=spj&decider=scjg").ok()
	w.get(keeper, "/hall/hollow/cases").fails(422, "api.wrong")
	item := w.flow()
	manual := w.get("", fmt.Sprintf("/items/%d/manual", item)).ok()
	if p := manual.list("parts"); len(p) == 0 || len(objects(p[0]["points"])) == 0 || objects(p[0]["points"])[0]["key"] == "" {
		w.Errorf("manual: %s", manual.raw)
	}
	pinned := w.get("", fmt.Sprintf("/items/%d/manual?version=%d", item, manual.num("version"))).ok()
	if string(pinned.raw) != string(manual.raw) {
		w.Errorf("pinned: %s", pinned.raw)
	}
	w.get("", fmt.Sprintf("/items/%d/manual?version=5", item)).fails(404, "act.not_found")
	if s := w.all("", fmt.Sprintf("/items/%d/samples", item)); len(s) == 0 {
		w.Error("no sample")
	}
}
