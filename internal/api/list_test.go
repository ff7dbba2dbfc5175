package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestLists(t *testing.T) {
	t.Parallel()
	both(t, func(w *world) {
		var cases []int64
		for range 7 {
			kase, _ := w.openCase()
			cases = append(cases, kase)
			w.clock.Set(w.clock.Now() + 1)
		}
		w.in("pages hold everything once", func(w *world) {
			for _, x := range []struct{ who, path, key string }{
				{"baker", "/cases", "id"}, {"spj_window_1", "/worklist", "case"}, {"spj_window_1", "/worklist?of=all", "case"},
			} {
				got := w.walk(x.who, x.path, x.key)
				slices.Sort(got)
				if !slices.Equal(got, cases) {
					w.Errorf("%s: %v, want %v", x.path, got, cases)
				}
			}
			if n := len(w.walk("spj_window_1", "/worklist?of=me", "case")); n != 0 {
				w.Errorf("%d tasks are given to the clerk", n)
			}
			if n := len(w.walk("spj_window_1", "/worklist?until=2026-03-10", "case")); n != 0 {
				w.Errorf("%d tasks are due tomorrow", n)
			}
			if got := w.walk("", "/items?q=食品", "id"); len(got) < 3 || len(slices.Compact(slices.Sorted(slices.Values(got)))) != len(got) {
				w.Errorf("items: %v", got)
			}
		})
		w.in("the feed is read to its end, without a hole", feed)
		w.in("the inbox", inbox)
	})
}

// walk follows a list from page to page, three lines each, by its Link header.
func (w *world) walk(who, path, key string) []int64 {
	w.Helper()
	var got []int64
	if strings.Contains(path, "?") {
		path += "&limit=3"
	} else {
		path += "?limit=3"
	}
	for range 400 {
		r := w.get(who, path).ok()
		for _, x := range r.list("items") {
			got = append(got, int64(x[key].(float64)))
		}
		link, more := strings.CutPrefix(r.header.Get("Link"), "<")
		if more != (r.str("next") != "") {
			w.Fatalf("%s: link %q, next %q", path, link, r.str("next"))
		}
		if !more {
			return got
		}
		path, _, _ = strings.Cut(link, ">")
	}
	w.Fatalf("%s never ends", path)
	return nil
}

func feed(w *world) {
	if _, err := w.h.Ledger.Number(w.Context(), 1_000_000); err != nil {
		w.Fatal(err)
	}
	reader := "zfb_supervisor_1"
	if !slices.ContainsFunc(w.county.Officials("zfb", "supervisor"), func(k string) bool { return k == reader }) {
		reader = "zfb_admin_1"
	}
	want, path := int64(0), "/events?limit=500"
	for {
		r := w.get(reader, path).ok()
		list := r.list("items")
		for _, e := range list {
			if int64(e["seq"].(float64)) != want {
				w.Fatalf("entry %v, want %d", e["seq"], want)
			}
			want++
		}
		if strings.Contains(string(r.raw), "云小满") {
			w.Fatal("the feed holds a name")
		}
		path = "/events?limit=500&after=" + r.str("next")
		if len(list) == 0 {
			break
		}
	}
	if want < 1000 {
		w.Errorf("%d entries", want)
	}
	got := make(chan reply, 1)
	token := w.token(reader)
	go func() { got <- w.do(request{method: http.MethodGet, path: path + "&wait=20", token: token}) }()
	kase, _ := w.openCase()
	if _, err := w.h.Ledger.Number(w.Context(), 1000); err != nil {
		w.Fatal(err)
	}
	if r := (<-got).ok(); len(r.list("items")) == 0 || !strings.Contains(string(r.raw), fmt.Sprintf("case/%d", kase)) && !strings.Contains(string(r.raw), "look/") {
		w.Errorf("waited for nothing: %s", r.raw)
	}
	w.get(reader, "/events?after=nonsense").fails(422, "api.cursor")
}

func inbox(w *world) {
	if _, err := w.h.Ledger.CatchUp(w.Context(), w.h.Notices.Follower()); err != nil {
		w.Fatal(err)
	}
	box := w.get("baker", "/inbox?limit=3").ok()
	list := box.list("items")
	if len(list) != 3 || box.num("unread") < 7 || box.str("next") == "" || strings.Contains(list[0]["text"].(string), "⟦") {
		w.Fatalf("inbox: %s", box.raw)
	}
	if n := len(w.get("neighbour", "/inbox").ok().list("items")); n != 0 {
		w.Errorf("somebody else's inbox has %d notices", n)
	}
	w.post("baker", "/inbox/read", map[string]any{"ids": []any{list[0]["id"]}}).ok()
	if after := w.get("baker", "/inbox").ok(); after.num("unread") != box.num("unread")-1 {
		w.Errorf("unread: %s", after.raw)
	}
}

func TestItemsKnownByNameOnlySaySo(t *testing.T) {
	t.Parallel()
	both(t, func(w *world) {
		n := 0
		for _, x := range w.get("", "/items?q=登记&limit=200").ok().list("items") {
			if x["complete"] == true {
				continue
			}
			n++
			path := fmt.Sprintf("/items/%d", int64(x["id"].(float64)))
			if g := w.get("", path).ok(); len(g.body["lacks"].([]any)) == 0 || g.body["form"] != nil {
				w.Errorf("guide: %s", g.raw)
			}
			if n == 1 {
				w.get("", path+"/flow.svg").fails(404, "act.not_found")
				w.get("baker", path+"/known").fails(403, "catalog.name_only")
				w.post("baker", "/drafts", map[string]any{"item": x["id"]}).fails(403, "casework.apply.name_only")
			}
		}
		if n < 10 {
			w.Errorf("%d items known by name only", n)
		}
	})
}
