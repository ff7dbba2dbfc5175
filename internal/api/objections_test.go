package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"tongban/internal/register/lists"
)

// An objection through operations: made by nobody in particular, seen by number and
// code, answered by the agency's manager, read by everybody without who it was.
func TestAnObjectionThroughOperations(t *testing.T) {
	t.Parallel()
	both(t, func(w *world) {
		editor, err := w.county.Actor(w.Context(), "zfb_catalogue_1")
		if err != nil {
			w.Fatal(err)
		}
		if _, err := w.h.Lists.Change(w.Context(), editor, "", lists.Batch{List: "hall", Document: "云政发〔2026〕9号", Reason: "公布", Region: "990124", From: w.h.Store.Now().Day(), Changes: []lists.Change{
			{Content: lists.Content{Columns: lists.Row{"code": "A-001", "name": "某项许可", "agency": "scjg", "type": "out", "reason": "涉密"}}}}}); err != nil {
			w.Fatal(err)
		}
		in := map[string]any{"list": "hall", "code": "A-001", "words": "这不涉密", "name": "某乙"}
		w.post("", "/objections", map[string]any{"list": "hall", "code": "A-001", "words": " "}).fails(422, "object.wrong")
		w.post("", "/objections", map[string]any{"list": "hall", "code": "B-9", "words": "不对"}).fails(404, "act.not_found")
		filed := w.post("", "/objections", in).ok()
		number, code := filed.str("number"), filed.str("query_code")
		if state := w.post("", "/objections/progress", map[string]any{"number": number, "code": code}).ok(); state.str("state") != "open" || state.str("due") != filed.str("until") {
			w.Errorf("progress: %s", state.raw)
		}
		w.post("", "/objections/progress", map[string]any{"number": number, "code": "AAAAAAAAAA"}).fails(404, "act.not_found")
		line := w.get("scjg_manager_1", "/objections?state=open").ok().list("items")[0]
		at := fmt.Sprintf("/objections/%.0f", line["id"])
		if shown := w.get("scjg_manager_1", at).ok(); shown.str("words") != "这不涉密" || strings.Contains(string(shown.raw), "某乙") {
			w.Errorf("shown: %s", shown.raw)
		}
		for _, q := range []string{"/objections", "/objections/counts"} {
			if others := w.get("jtj_manager_1", q).ok(); strings.Contains(string(others.raw), "scjg") {
				w.Errorf("another agency's: %s", others.raw)
			}
			w.get("scjg_reviewer_1", q).fails(http.StatusForbidden, "act.not_allowed")
		}
		w.get("jtj_manager_1", at).fails(404, "act.not_found")
		reply := map[string]any{"outcome": "kept", "reason": "没有解密", "shown": "这不涉密"}
		w.post("jtj_manager_1", at+"/answer", reply).fails(http.StatusForbidden, "act.not_allowed")
		w.post("zfb_catalogue_1", at+"/answer", reply).fails(http.StatusForbidden, "object.early")
		if who := w.post("scjg_manager_1", at+"/who", map[string]any{}).ok(); who.str("name") != "某乙" {
			w.Errorf("who: %s", who.raw)
		}
		w.post("scjg_manager_1", at+"/answer", reply).ok()
		w.post("scjg_head_1", at+"/answer", reply).fails(http.StatusConflict, "act.changed")
		if told := w.get("", "/objections/answers?list=hall&code=A-001").ok(); len(told.list("items")) != 1 || told.list("items")[0]["answer"] != "没有解密" || strings.Contains(string(told.raw), "某乙") || strings.Contains(string(told.raw), number) {
			w.Errorf("published: %s", told.raw)
		}
		if counts := w.get("zfb_catalogue_1", "/objections/counts").ok().list("items"); len(counts) != 1 || counts[0]["kept"] != 1.0 {
			w.Errorf("counts: %v", counts)
		}
	})
}
