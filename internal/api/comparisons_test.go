package api_test

import (
	"fmt"
	"strings"
	"testing"
)

// A program hands a list in, is told what is wrong with it, and reads the rows
// page by page.
func TestAnOwnListOnTheAPI(t *testing.T) {
	t.Parallel()
	both(t, func(w *world) {
		list := func(lines ...map[string]any) map[string]any {
			return map[string]any{"agency": "scjg", "entries": lines}
		}
		good := list(map[string]any{"code": "W1", "name": "食品作坊经营许可（示范）", "days": "99个工作日", "steps": []string{"受理", "决定"}}, map[string]any{"name": "值班轮换安排"})
		const who = "zfb_catalogue_1"
		id := w.post(who, "/comparisons", good).ok().num("comparison")
		path := fmt.Sprintf("/comparisons/%d/rows", id)
		first := w.get(who, path+"?limit=1").ok()
		if row := first.list("items")[0]; row["relation"] != "same" || len(row["differences"].([]any)) == 0 || len(row["why"].([]any)) == 0 {
			w.Errorf("row: %s", first.raw)
		}
		if first.str("next") == "" {
			w.Errorf("no next page: %s", first.raw)
		}
		if alone := w.get(who, path+"?relation=only_theirs").ok(); len(alone.list("items")) != 1 || !strings.Contains(string(alone.raw), "值班轮换安排") {
			w.Errorf("alone: %s", alone.raw)
		}
		w.decides(path, first.list("items")[0])
		if n := len(w.all(who, "/comparisons")); n != 1 {
			w.Errorf("%d comparisons", n)
		}
		w.post(who, "/comparisons", list(map[string]any{"name": "甲", "days": "很快"})).fails(422, "lists.problems")
		w.post(who, "/comparisons", list()).fails(422, "api.wrong")
		w.post(who, "/comparisons", map[string]any{"agency": "nobody", "entries": good["entries"]}).fails(422, "compare.agency")
		w.get(who, "/comparisons/1/rows").fails(404, "act.not_found")
		w.get(who, path+"?relation=x").fails(422, "api.wrong")
	})
}

// decides confirms a row; nobody decides over what somebody else decided.
func (w *world) decides(path string, row map[string]any) {
	w.Helper()
	at := fmt.Sprintf("%s/%v/verdict", path, row["row"])
	w.post("scjg_reviewer_1", at, map[string]any{"rev": 0, "verdict": "confirmed"}).fails(403, "act.not_allowed")
	w.post("zfb_catalogue_1", at, map[string]any{"rev": 0, "verdict": "rejected"}).fails(422, "compare.reason")
	w.post("zfb_catalogue_1", at, map[string]any{"rev": 0, "verdict": "confirmed"}).ok()
	w.post("zfb_catalogue_2", at, map[string]any{"rev": 0, "verdict": "rejected", "reason": "不是一件事"}).fails(409, "act.changed")
	if now := w.get("zfb_catalogue_1", path+"?limit=1").ok().list("items")[0]; now["verdict"] != "confirmed" || now["rev"] != float64(1) {
		w.Errorf("row: %v", now)
	}
	w.post("zfb_catalogue_1", strings.TrimSuffix(path, "/rows")+"/agree", nil).ok()
}
