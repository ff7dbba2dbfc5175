package api_test

import (
	"testing"
)

// Agencies get their English names through the operations, all or nothing; those of the
// county have one each.
func TestAgenciesAreNamedInEnglish(t *testing.T) {
	t.Parallel()
	both(t, func(w *world) {
		list := w.get("", "/agencies").ok().list("items")
		for _, a := range list {
			if name, _ := a["name_en"].(string); name == "" {
				w.Errorf("%v has no English name", a["name"])
			}
		}
		if len(list) != 26 {
			w.Errorf("%d agencies", len(list))
		}
		names := func(list ...string) map[string]any {
			var all []any
			for i := 0; i < len(list); i += 2 {
				all = append(all, map[string]any{"agency": list[i], "name_en": list[i+1]})
			}
			return map[string]any{"names": all}
		}
		w.post("spj_window_1", "/agencies/names", names("swj", "Tax Office")).fails(403, "act.not_allowed")
		w.post(keeper, "/agencies/names", names("swj", "Tax Office", "sw", "水务局")).fails(422, "identity.fields")
		w.post(keeper, "/agencies/names", names("swj", "Tax Office", "none", "Nobody")).fails(404, "act.not_found")
		if a := w.get("", "/agencies/swj").ok(); a.str("name_en") != "Yunhe County Taxation Bureau" {
			w.Errorf("half of it was done: %s", a.raw)
		}
		w.post(keeper, "/agencies/names", names("swj", " Yunhe Tax Office ", "sw", "")).ok()
		a, none := w.get("", "/agencies/swj").ok(), w.get("", "/agencies/sw").ok()
		if a.str("name_en") != "Yunhe Tax Office" || a.list("names")[0]["name_en"] != "Yunhe Tax Office" || none.str("name_en") != "" || none.str("name") != "云禾县水务局" {
			w.Errorf("%s\n%s", a.raw, none.raw)
		}
	})
}
