package api_test

import (
	"fmt"
	"net/http"
	"testing"

	"tongban/internal/work/reorganise"
)

// A program drafts a reorganisation, is told what is not settled, settles it, another
// person decides, the day comes, and everybody finds who answers.
func TestAReorganisationOnTheAPI(t *testing.T) {
	t.Parallel()
	both(t, func(w *world) {
		const who, leader = "zfb_catalogue_1", "zfb_leader_1"
		from := w.h.Store.Now().Day() + 1
		plan := map[string]any{"document": "云委〔2026〕8号", "reason": "深化机构改革", "from": from.String(), "agencies": []map[string]any{{"agency": "lyj", "fate": "end"}}, "moves": []any{}}
		id := w.post(who, "/reorganisations", plan).ok().num("reorganisation")
		path := fmt.Sprintf("/reorganisations/%d", id)
		rev := func() int64 { return w.get(who, path).ok().num("rev") }

		before := w.get(who, path+"/preview").ok()
		if before.body["ready"] != false || len(before.body["faults"].([]any)) == 0 {
			w.Fatalf("nothing is settled yet: %s", before.raw)
		}
		w.post(leader, path+"/decision", map[string]any{"rev": rev(), "approve": true}).fails(422, "reorganise.not_ready")
		first := w.get(who, path+"/things?unassigned=true&limit=2").ok()
		if len(first.list("items")) != 2 || first.str("next") == "" {
			w.Fatalf("things: %s", first.raw)
		}
		second := w.get(who, path+"/things?unassigned=true&limit=200&cursor="+first.str("next")).ok()
		var things []map[string]any
		for _, x := range append(first.list("items"), second.list("items")...) {
			if x["to"] != "" || x["name"] == "" {
				w.Errorf("thing: %v", x)
			}
			things = append(things, map[string]any{"agency": x["agency"], "kind": x["kind"], "ref": x["ref"]})
		}
		seen := rev()
		w.post(who, path+"/assignments", map[string]any{"rev": seen, "to": "nyj", "things": things}).ok()
		w.post(who, path+"/assignments", map[string]any{"rev": seen, "to": "sw", "things": things}).fails(409, "act.changed")
		for len(w.get(who, path+"/things?unassigned=true").ok().list("items")) > 0 {
			w.Fatal("still unassigned")
		}
		after := w.get(leader, path+"/preview").ok()
		if after.body["ready"] != true || len(after.list("ways")) == 0 || len(after.list("agencies")) != 2 {
			w.Fatalf("preview: %s", after.raw)
		}
		w.post(who, path+"/decision", map[string]any{"rev": rev(), "approve": true}).fails(403, "act.not_allowed")
		w.post("scjg_reviewer_1", "/reorganisations", plan).fails(403, "act.not_allowed")
		w.get("scjg_reviewer_1", path).fails(403, "act.not_allowed")
		w.get(who, "/reorganisations/1").fails(404, "act.not_found")
		answers := after.list("answers")
		if len(answers) != 1 || answers[0]["agency"] != "lyj" || fmt.Sprint(answers[0]["documents"], answers[0]["liabilities"]) != "[nyj] [nyj]" || answers[0]["article"] == "" {
			w.Errorf("who answers: %v", answers)
		}
		w.post(who, path+"/carry", map[string]any{"rev": rev()}).fails(409, "act.changed") // not decided
		w.post(leader, path+"/decision", map[string]any{"rev": rev(), "approve": true}).ok()
		w.post(who, path+"/carry", map[string]any{"rev": rev()}).fails(403, "reorganise.early")
		w.do(request{method: http.MethodPut, path: path, token: w.token(who), body: map[string]any{"rev": rev(), "document": "又一号", "reason": "改", "from": from.String(),
			"agencies": []any{}, "moves": []any{}}}).fails(409, "act.changed")

		if a := w.get("", "/agencies/lyj").ok(); a.str("until") != "" || a.body["answers"].([]any)[0] != "lyj" {
			w.Errorf("before its day: %s", a.raw)
		}
		w.later(1)
		w.post("scjg_reviewer_1", path+"/carry", map[string]any{"rev": 1}).fails(403, "act.not_allowed")
		w.post(who, path+"/carry", map[string]any{"rev": rev()}).ok()
		if n, err := w.h.Reform.CarryDue(t.Context()); n != 0 || err != nil {
			w.Fatalf("%d carried out again: %v", n, err)
		}
		if done := w.get(who, path+"/preview").ok(); len(done.list("answers")) != 1 || fmt.Sprint(done.list("answers")[0]["liabilities"]) != "[nyj]" {
			w.Errorf("who answers now: %s", done.raw)
		}
		story := w.get("", "/agencies/lyj").ok()
		if story.str("until") != from.String() || fmt.Sprint(story.body["answers"]) != "[nyj]" || story.list("steps")[0]["document"] != "云委〔2026〕8号" {
			w.Errorf("afterwards: %s", story.raw)
		}
		if took := w.get("", "/agencies/nyj").ok().list("took"); len(took) != 1 || took[0]["from"] != "lyj" {
			w.Errorf("took over %v", took)
		}
		went := w.get(who, path+"/things?kind="+reorganise.OnPost).ok()
		for _, x := range went.list("items") {
			if x["to"] != "nyj" || x["name"] == "" {
				w.Errorf("went: %v", x)
			}
		}
		if list := w.get(who, "/reorganisations").ok().list("items"); len(list) != 1 || list[0]["stage"] != "done" {
			w.Errorf("list %v", list)
		}
		w.get("", "/agencies/nobody").fails(404, "act.not_found")
		plan["from"] = (from - 1).String()
		other := w.post(who, "/reorganisations", plan).fails(422, "reorganise.wrong")
		if len(other.list("errors")) == 0 {
			w.Errorf("in the past: %s", other.raw)
		}
		plan["from"] = (from + 30).String()
		id = w.post(who, "/reorganisations", plan).ok().num("reorganisation")
		w.post(who, fmt.Sprintf("/reorganisations/%d/drop", id), map[string]any{"rev": 1, "reason": "另行发文"}).ok()
	})
}
