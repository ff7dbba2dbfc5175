package api_test

import (
	"fmt"
	"net/http"
	"testing"
)

// The guide of an item with variants says of each for whom it is and in what it
// differs; a variant's guide leads to its item, a search says whose variant it is, and
// it is applied for like any item.
func TestVariantsInTheGuide(t *testing.T) {
	t.Parallel()
	both(t, func(w *world) {
		item, renewal := w.county.Items["lease-filing"], w.county.Items["lease-filing/renewal"]
		g := w.get("", fmt.Sprintf("/items/%d", item.ID)).ok()
		list, _ := g.body["variants"].([]any)
		if len(list) != 3 || g.body["of_item"] != nil || g.body["guide"].(map[string]any)["situation"] != "新签了租房合同，第一次备案" {
			w.Fatalf("the item: %s", g.raw)
		}
		second := list[1].(map[string]any)
		if second["code"] != renewal.Code || second["situation"] != "已经备过案，租约到期接着租" || len(second["differs"].([]any)) != 3 {
			w.Errorf("its variant: %v", second)
		}
		path := fmt.Sprintf("/items/%d", renewal.ID)
		en := w.do(request{method: http.MethodGet, path: path, header: map[string]string{"Accept-Language": "en"}}).ok()
		of, _ := en.body["of_item"].(map[string]any)
		if of["code"] != item.Code || of["situation"] != "A lease newly signed, filed for the first time" || en.body["variants"] != nil {
			w.Errorf("the variant: %s", en.raw)
		}
		hits := w.get("", "/items?q=续租备案").ok().list("items")
		if len(hits) == 0 || hits[0]["code"] != renewal.Code || hits[0]["variant_of"] != item.Code {
			w.Errorf("search: %v", hits)
		}
		w.get("", path+"/flow.svg").ok()
		w.post("baker", "/drafts", map[string]any{"item": renewal.ID}).ok()
	})
}
