package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
)

const listedCode = "APIT-001"

// change puts an entry on the list of powers, or changes its name.
func (w *world) change(name string, codes ...string) {
	w.Helper()
	editor, err := w.county.Actor(w.Context(), "zfb_catalogue_1")
	if err != nil {
		w.Fatal(err)
	}
	b := lists.Batch{List: "power", Document: "云政发〔2026〕3号", Reason: "试一试"}
	for _, code := range codes {
		b.Changes = append(b.Changes, lists.Change{Content: lists.Content{
			Columns: lists.Row{"code": code, "name": name, "type": "01", "agency": "scjg"},
			Tables:  map[string][]lists.Row{"basis": {{"article": "《行政许可法》第三十二条"}}, "duties": {{"step": "受理", "text": "公示"}}, "situations": {{"text": "不公示的"}}}}})
	}
	if _, err := w.h.Lists.Change(w.Context(), editor, "", b); err != nil {
		w.Fatal(err)
	}
}

func TestListsOnTheAPI(t *testing.T) {
	t.Parallel()
	both(t, func(w *world) {
		first := w.clock.Now().Day()
		var codes []string
		for n := range 7 {
			codes = append(codes, fmt.Sprintf("APIT-%03d", n+1))
		}
		w.change("接口看的权力", codes...)
		w.clock.Set(w.clock.Now() + 3*24*3600*day.Second)
		w.change("改过的权力", listedCode)

		w.in("kinds, entries and versions", func(w *world) { entries(w, codes, first) })
		w.in("differences and changes", func(w *world) { differences(w, first) })
		w.in("who has an answer is not sent it again", unchanged)
		w.in("items in linked data", linkedData)
		w.in("what nobody could mean", func(w *world) {
			w.get("", "/lists/nothing").fails(404, "act.not_found")
			w.get("", "/lists/nothing/entries").fails(404, "act.not_found")
			w.get("", "/lists/power/entries/none").fails(404, "act.not_found")
			w.get("", "/lists/power/entries/%00").fails(404, "act.not_found")
			w.get("", "/lists/power/entries/"+listedCode+"/versions/9").fails(404, "act.not_found")
			w.get("", "/lists/power/entries?on=2026-02-30").fails(422, "api.wrong")
			w.get("", "/lists/power/entries?cursor=x").fails(422, "api.cursor")
			w.get("", "/lists/power/entries?limit=9999999999").fails(422, "api.wrong")
			w.get("", "/lists/power/differences").fails(422, "api.wrong")
			w.get("", "/lists/changes?list=nothing").fails(404, "act.not_found")
		})
	})
}

func entries(w *world, codes []string, first day.Day) {
	if n := len(w.get("", "/lists").ok().list("items")); n != len(lists.Kinds()) {
		w.Errorf("%d lists", n)
	}
	if k := w.get("", "/lists/power").ok(); len(k.list("columns")) == 0 || len(k.list("tables")) != 5 || k.num("entries") < 7 {
		w.Errorf("power: %s", k.raw)
	}
	if s := w.get("", "/lists/power/schema").ok(); s.str("$schema") == "" {
		w.Errorf("schema: %s", s.raw)
	}
	seen := map[string]int{}
	for path := "/lists/power/entries?limit=3&agency=scjg&q=权力"; ; {
		r := w.get("", path).ok()
		for _, x := range r.list("items") {
			seen[x["code"].(string)]++
		}
		link, more := strings.CutPrefix(r.header.Get("Link"), "<")
		if !more {
			break
		}
		path, _, _ = strings.Cut(link, ">")
	}
	for _, code := range codes {
		if seen[code] != 1 {
			w.Errorf("%s seen %d times", code, seen[code])
		}
	}
	path := "/lists/power/entries/" + listedCode
	now, then := w.get("", path).ok(), w.get("", path+"?on="+first.String()).ok()
	if now.str("name") != "改过的权力" || then.str("name") != "接口看的权力" || now.str("agency_name") == "" || now.body["content"].(map[string]any)["duties"] == nil {
		w.Errorf("now %s, then %s", now.raw, then.raw)
	}
	if v := w.get("", path+"/versions").ok().list("items"); len(v) != 2 {
		w.Errorf("versions: %v", v)
	}
	if v := w.get("", path+"/versions/1").ok(); v.str("name") != "接口看的权力" {
		w.Errorf("version 1: %s", v.raw)
	}
}

func differences(w *world, first day.Day) {
	d := w.get("", "/lists/power/differences?from="+first.String()).ok().list("items")
	if len(d) != 1 || d[0]["op"] != "edit" || d[0]["code"] != listedCode {
		w.Fatalf("differences: %v", d)
	}
	f := d[0]["fields"].([]any)[0].(map[string]any)
	if f["key"] != "name" || f["before"] != "接口看的权力" || f["after"] != "改过的权力" {
		w.Errorf("fields: %v", f)
	}
	n, path := 0, "/lists/changes?list=power&limit=1"
	for path != "" {
		r := w.get("", path).ok()
		n += len(r.list("items"))
		link, _ := strings.CutPrefix(r.header.Get("Link"), "<")
		path, _, _ = strings.Cut(link, ">")
	}
	if n < 2 {
		w.Errorf("%d changes", n)
	}
}

func unchanged(w *world) {
	for _, path := range []string{"/lists", "/lists/power", "/lists/power/entries", "/lists/power/entries/" + listedCode, "/lists/changes"} {
		tag := w.get("", path).ok().header.Get("ETag")
		again := w.do(request{method: http.MethodGet, path: path, header: map[string]string{"If-None-Match": tag}})
		if tag == "" || again.status != http.StatusNotModified || len(again.raw) != 0 {
			w.Errorf("%s: %d, %d bytes", path, again.status, len(again.raw))
		}
	}
	const path = "/lists/power/entries?q=" + listedCode
	tag := w.get("", path).header.Get("ETag")
	w.change("又改过的权力", listedCode)
	if again := w.do(request{method: http.MethodGet, path: path, header: map[string]string{"If-None-Match": tag}}); again.status != http.StatusOK {
		w.Errorf("after a change: %d", again.status)
	}
}
