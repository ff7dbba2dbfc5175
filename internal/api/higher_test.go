package api_test

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/received"
	"tongban/internal/work/publish"
)

// What the pages of the portals above and below do is done by operations: a body gets
// a key once, the two portals are compared, and all is sent again.
func TestThePortalsAboveAndBelowOnTheAPI(t *testing.T) {
	t.Parallel()
	bothUp(t, func(s *sender) {
		s.in("a body below gets a key, once", belowStory)
		key, err := s.above.h.Received.Admit(s.Context(), act.Machine(), "", received.AdmitIn{Region: "990124", Name: "云禾县"})
		s.must(err)
		s.must(os.WriteFile(s.key, []byte(key), 0o600))
		at := s.desk.Higher
		s.desk.Higher = publish.Higher{}
		if x := s.get(keeper, "/higher").ok(); x.str("portal") != "" || len(s.get(keeper, "/higher/differences").ok().list("items")) != 0 {
			s.Errorf("no portal: %s", x.raw)
		}
		s.post(keeper, "/higher/compare", nil).fails(403, "publish.none")
		s.desk.Higher = at
		s.post(keeper, "/higher/again", nil).fails(403, "publish.begins")

		s.put("power", powers(1, 3, "推送的权力")...)
		s.must(s.desk.Begin(s.Context()))
		if x := s.get(keeper, "/higher").ok(); x.num("waiting") < 3 || x.str("sent") != "" || x.str("compared") != "" {
			s.Errorf("before: %s", x.raw)
		}
		s.run()
		s.tampering()
		for _, path := range []string{"/higher", "/higher/differences", "/lower/keys"} {
			s.get("spj_window_1", path).fails(403, "act.not_allowed")
		}
		for _, path := range []string{"/higher/compare", "/higher/again"} {
			s.post("spj_window_1", path, nil).fails(403, "act.not_allowed")
		}
		if x := s.post(keeper, "/higher/compare", nil).ok(); x.body["comparing"] != true || x.num("different") != 0 {
			s.Errorf("ordered: %s", x.raw)
		}
		s.run()
		s.later(0)
		found := s.all(keeper, "/higher/differences")
		if len(found) != 3 || found[0]["code"] != "PUSH-001" || found[0]["kind"] != "different" || found[1]["kind"] != "missing" || found[2]["kind"] != "missing" {
			s.Fatalf("found %v", found)
		}
		if f := objects(found[0]["fields"]); len(f) != 1 || f[0]["here"] != "推送的权力1" || f[0]["there"] != "别的权力" {
			s.Errorf("the column: %v", found[0])
		}
		if n := len(s.get(keeper, "/higher/differences?kind=different").ok().list("items")); n != 1 {
			s.Errorf("%d different", n)
		}
		if x := s.post(keeper, "/higher/again", nil).ok(); x.body["comparing"] != true || x.num("waiting") < 3 {
			s.Errorf("again: %s", x.raw)
		}
		s.run()
		s.later(0)
		if x := s.get(keeper, "/higher").ok(); x.num("waiting")+x.num("different")+x.num("missing") != 0 || x.body["comparing"] != false || x.str("compared") == "" || s.name("PUSH-001") != "推送的权力1" {
			s.Errorf("put right: %s", x.raw)
		}
	})
}

// tampering changes by hand what is held above.
func (s *sender) tampering() {
	s.Helper()
	s.must(s.above.h.Store.Do(s.Context(), store.People, func(tx *store.Tx) error {
		tx.Put(`update received_entry set content = replace(content, '推送的权力1"', '别的权力"') where home = $1 and code = 'PUSH-001'`, tx.Home())
		tx.Put(`delete from received_entry where home = $1 and code in ('PUSH-002', 'PUSH-003')`, tx.Home())
		return nil
	}))
	s.later(0)
}

func belowStory(w *world) {
	town := map[string]any{"region": "990124101", "name": "禾口镇"}
	w.post("spj_window_1", "/lower", town).fails(403, "act.not_allowed")
	if x := w.post(keeper, "/lower", map[string]any{"region": "990124", "name": ""}).fails(422, "received.admit.wrong"); len(x.list("errors")) != 2 {
		w.Errorf("wrong: %s", x.raw)
	}
	admit := func(key string) reply {
		return w.do(request{method: http.MethodPost, path: "/lower", token: w.token(keeper), body: town, header: map[string]string{"Idempotency-Key": key}}).ok()
	}
	key := admit("town-1").str("key")
	if again := admit("town-1"); len(key) != 64 || again.str("key") != "" {
		w.Errorf("told %q, then again %s", key, again.raw)
	}
	send := func() reply {
		return w.do(request{method: http.MethodPost, path: "/lower/990124101/portions", token: key, body: map[string]any{"format": received.Format, "entries": []any{}, "gone": []any{}}})
	}
	send().ok()
	listed := w.all(keeper, "/lower/keys")
	if len(listed) != 1 || listed[0]["region"] != "990124101" || listed[0]["on"] != true || strings.Contains(fmt.Sprint(listed), key) {
		w.Errorf("keys: %v", listed)
	}
	if x := w.post(keeper, "/lower/990124101/end", nil).ok(); x.body["on"] != false {
		w.Errorf("ended: %s", x.raw)
	}
	send().fails(401, "received.key")
	w.post(keeper, "/lower/990199/end", nil).fails(404, "act.not_found")
}
