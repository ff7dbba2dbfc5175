package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// TestWrongRoles sends every operation of the table as people who have no
// business with it: on a real case, with the body that the description gives as
// an example.
func TestWrongRoles(t *testing.T) {
	t.Parallel()
	both(t, func(w *world) {
		kase, task := w.openCase()
		with := map[string]int64{"case": kase, "id": kase, "task": task, "item": w.county.Items["food-workshop"].ID}
		w.in("somebody else's case", func(w *world) {
			for _, o := range operations(w.T, w.schemas.doc) {
				if o.public || !strings.Contains(o.path, "{") || !strings.HasPrefix(o.path, "/cases") && !strings.HasPrefix(o.path, "/window") {
					continue
				}
				r := w.try("neighbour", o, with)
				if r.status != http.StatusForbidden && r.status != http.StatusNotFound {
					w.Errorf("%s as a stranger: %d %s", o.id, r.status, r.raw)
				}
				if strings.Contains(string(r.raw), "云小满") {
					w.Errorf("%s tells the stranger who it is", o.id)
				}
			}
		})
		w.in("an official without the right", func(w *world) {
			for _, o := range operations(w.T, w.schemas.doc) {
				if !strings.HasPrefix(o.right, "case.") && o.right != "extension.approve" {
					continue
				}
				r := w.try("zfb_admin_1", o, with)
				if r.status != http.StatusForbidden && r.status != http.StatusNotFound || r.status == http.StatusForbidden && r.str("code") != "act.not_allowed" {
					w.Errorf("%s (%s) as administrator: %d %s", o.id, o.right, r.status, r.raw)
				}
			}
		})
		w.in("residents are no officials", func(w *world) {
			for _, path := range []string{"/worklist", "/cases/find?q=1"} {
				w.get("baker", path).fails(http.StatusForbidden, "api.staff")
			}
			w.get("baker", "/events").fails(http.StatusForbidden, "act.not_allowed")
			w.get("scjg_reviewer_1", "/events").fails(http.StatusForbidden, "act.not_allowed")
		})
		w.in("nothing of it was done", func(w *world) {
			c := w.get("baker", fmt.Sprintf("/cases/%d", kase)).ok()
			if c.str("status") != "received" || len(c.list("timeline")) != 1 {
				w.Errorf("case: %s", c.raw)
			}
		})
	})
}

// try sends an operation as it is described, with its example.
func (w *world) try(who string, o operation, with map[string]int64) reply {
	w.Helper()
	if strings.HasSuffix(o.path, "/files") {
		return w.upload(who, concrete(o.path, with), "plan", "plan.png", picture)
	}
	return w.do(request{method: o.method, path: concrete(o.path, with), token: w.token(who), body: o.body})
}

// openCase applies as the baker and returns the case with its first task.
func (w *world) openCase() (kase, task int64) {
	w.Helper()
	item := w.county.Items["food-workshop"].ID
	draft := w.post("baker", "/drafts", map[string]any{"item": item, "values": workshop}).ok().num("draft")
	for _, m := range []string{"plan", "photo"} {
		w.upload("baker", fmt.Sprintf("/drafts/%d/files", draft), m, m+".png", picture).ok()
	}
	kase = w.post("baker", "/cases", map[string]any{"draft": draft, "delivery": "window"}).ok().num("case")
	c := w.get("spj_window_1", fmt.Sprintf("/cases/%d", kase)).ok()
	return kase, int64(c.list("tasks")[0]["id"].(float64))
}
