package api_test

import (
	"fmt"
	"net/http"
)

// opens hands in an application of the baker's.
func (w *world) opens() int64 {
	w.Helper()
	draft := w.post("baker", "/drafts", map[string]any{"item": w.flow(), "values": map[string]any{"area": 30}}).ok().num("draft")
	path := fmt.Sprintf("/drafts/%d", draft)
	w.do(request{method: http.MethodPut, path: path, token: w.token("baker"), body: map[string]any{"values": workshop}}).ok()
	w.upload("baker", path+"/files", "plan", "plan.png", picture).ok()
	w.upload("baker", path+"/files", "photo", "photo.png", picture).ok()
	return w.post("baker", "/cases", map[string]any{"draft": draft, "delivery": "window"}).ok().num("case")
}

// runningStory finds a case that runs under the version before, and has it moved.
func runningStory(w *world, waits int64) {
	const head = "scjg_head_1"
	item := w.flow()
	path := fmt.Sprintf("/running/%d", item)
	w.get("scjg_reviewer_1", "/running").fails(403, "act.not_allowed")
	w.get("scjg_reviewer_1", path).fails(403, "act.not_allowed")
	if b := w.all(keeper, "/running"); len(b) != 1 || int64(b[0]["item"].(float64)) != item || b[0]["open"] != 1.0 || b[0]["n"] != 2.0 {
		w.Errorf("behind: %v", b)
	}
	x := w.get(keeper, path).ok()
	if x.num("open") != 1 || x.num("to") == 0 || len(x.list("versions")) != 1 || len(x.list("targets")) != 1 {
		w.Fatalf("running: %s", x.raw)
	}
	for _, who := range []string{keeper, head} {
		list := w.all(who, path+"/cases")
		if len(list) != 1 || int64(list[0]["case"].(float64)) != waits || list[0]["possible"] != true || list[0]["plan"].(map[string]any)["n"] != 2.0 {
			w.Fatalf("%s reads %v", who, list)
		}
		if named := list[0]["label"] != nil; named != (who == head) {
			w.Errorf("%s reads the label %v", who, list[0]["label"])
		}
	}
	if list := w.all("rsj_head_1", path+"/cases"); len(list) != 0 {
		w.Errorf("another agency's head reads %v", list)
	}
	order := map[string]any{"cases": []int64{waits}, "article": "示范办法第二十条", "reason": "新版本先受理后补"}
	w.post(keeper, path+"/moves", order).fails(403, "act.not_allowed")
	w.post(head, path+"/moves", map[string]any{"all": true, "article": "", "reason": "一"}).fails(422, "casework.text.wrong")
	w.post(head, path+"/moves", map[string]any{"article": "一", "reason": "一"}).fails(422, "casework.moves.none")
	id := w.post(head, path+"/moves", order).ok().num("id")
	if _, err := w.h.Jobs.RunDue(w.Context(), w.h.Store.Now()); err != nil {
		w.Fatal(err)
	}
	moves := fmt.Sprintf("/moves/%d", id)
	if m := w.get(keeper, moves).ok(); m.str("state") != "done" || m.num("moved") != 1 || m.num("refused") != 0 || m.num("total") != 1 {
		w.Errorf("moves: %s %v", m.raw, w.all(head, moves+"/cases"))
	}
	if l := w.all(head, moves+"/cases?state=moved"); len(l) != 1 || int64(l[0]["case"].(float64)) != waits {
		w.Errorf("moved: %v", l)
	}
	w.get("rsj_head_1", moves).fails(404, "act.not_found")
	w.get(keeper, "/moves/1").fails(404, "act.not_found")
}
