package api_test

import (
	"fmt"
	"strings"
)

// versionStory reads the versions of the item whose flow was published anew: each at
// its own address, as of any day, and what differs.
func versionStory(w *world) {
	path := fmt.Sprintf("/items/%d", w.flow())
	all := w.get("", path+"/versions").ok().list("items")
	if len(all) != 2 || all[0]["until"] != all[1]["from"] || all[1]["n"] != 2.0 {
		w.Fatalf("versions: %v", all)
	}
	later := all[1]["from"].(string)
	for at, n := range map[string]int64{path: 1, path + "?on=" + later: 2, path + "/versions/1": 1, path + "/versions/2": 2} {
		r := w.get("", at).ok()
		if r.num("n") != n || !strings.Contains(r.header.Get("Link"), fmt.Sprintf(`/versions/%d>; rel="canonical"`, n)) {
			w.Errorf("%s: version %d, link %q", at, r.num("n"), r.header.Get("Link"))
		}
	}
	w.get("", path+"/versions/3").fails(404, "act.not_found")
	if d := w.get("", path+"/versions/2/differences").ok().list("items"); len(d) == 0 || d[0]["table"] != "steps" {
		w.Errorf("differences: %v", d)
	}
	if d := w.get("", path+"/versions/1/differences").ok().list("items"); len(d) != 0 {
		w.Errorf("the first differs from nothing: %v", d)
	}
	code, _ := all[0]["code"].(string)
	list := w.get("", "/items/entries?q="+code+"&on="+later).ok().list("items")
	if len(list) != 1 || list[0]["code"] != code || list[0]["n"] != 2.0 || list[0]["list"] != "item" {
		w.Errorf("the list of that day: %v", list)
	}
	if list := w.get("", "/items/entries?on=2001-01-01").ok().list("items"); len(list) != 0 {
		w.Errorf("the list before the first day: %v", list)
	}
	if all := w.all("", "/items/entries"); len(all) < 3 { // the next link of the list of items leads on in it
		w.Errorf("only %d items", len(all))
	}
	if s := w.get("", "/items/schema").ok(); s.str("title") == "" {
		w.Errorf("schema: %s", s.raw)
	}
}
