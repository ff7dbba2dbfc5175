package api_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"tongban/internal/api"
	"tongban/internal/demo/demotest"
	"tongban/internal/house"
	"tongban/internal/record/act"
	"tongban/internal/record/job"
	"tongban/internal/record/store"
	"tongban/internal/record/store/storetest"
	"tongban/internal/register/lists"
	"tongban/internal/register/received"
	"tongban/internal/rules/day"
	"tongban/internal/work/publish"
)

// above is the portal of the higher level, on an engine of its own, with somebody
// at its wire.
type above struct {
	h    *house.House
	url  string
	mu   sync.Mutex
	cut  func(n int) string // what happens to the nth portion: "", before, after
	n    int                // portions
	seen bytes.Buffer       // every address and body that came
}

func openAbove(t *testing.T, e store.Engine, clock day.Clock) *above {
	t.Helper()
	o := house.Options{Dir: t.TempDir(), Clock: clock, NoSync: true, Region: "9901"}
	if e == store.Postgres {
		o.Database = storetest.Options(t, e).URL
	}
	h, err := house.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	a := &above{h: h}
	machines := api.Handler(h, api.Options{Version: "test"})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		a.mu.Lock()
		fmt.Fprintf(&a.seen, "%s\n%s\n", r.URL, body)
		how := ""
		if r.Method == http.MethodPost {
			if a.n++; a.cut != nil {
				how = a.cut(a.n)
			}
		}
		a.mu.Unlock()
		r.Body = io.NopCloser(bytes.NewReader(body))
		switch how {
		case "before":
			panic(http.ErrAbortHandler)
		case "after":
			machines.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		}
		machines.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	a.url = srv.URL
	return a
}

func (a *above) wire(cut func(n int) string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.cut, a.n = cut, 0
}

// heard is how many portions came since wire, and all that came at all.
func (a *above) heard() (n int, seen string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.n, a.seen.String()
}

// sender is the county whose lists go up.
type sender struct {
	*world
	above *above
	desk  *publish.Desk
	actor act.Actor
	key   string // the file
}

func bothUp(t *testing.T, f func(s *sender)) {
	t.Helper()
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			h, county, clock := demotest.Open(t, e, house.Options{})
			a := openAbove(t, e, clock.Now)
			srv := httptest.NewServer(api.Handler(h, api.Options{Version: "test", Cookie: "tb_session"}))
			t.Cleanup(srv.Close)
			w := &world{T: t, h: h, county: county, clock: clock, url: srv.URL, client: srv.Client(), mu: &sync.Mutex{}, tokens: map[string]string{}, schemas: answersOf(t, srv.URL)}
			s := &sender{world: w, above: a, desk: h.Publish, key: filepath.Join(t.TempDir(), "key")}
			s.desk.Higher = publish.Higher{URL: a.url, KeyFile: s.key, Address: "https://yunhe.example"}
			var err error
			s.actor, err = county.Actor(t.Context(), keeper)
			s.must(err)
			f(s)
		})
	}
}

func (s *sender) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// put changes entries of a list from today on.
func (s *sender) put(list string, rows ...lists.Row) {
	s.Helper()
	b := lists.Batch{List: list, Document: "云政发〔2026〕7号", Reason: "试推", Region: "990124"}
	for _, r := range rows {
		c := lists.Content{Columns: r}
		if list == "power" {
			c.Tables = map[string][]lists.Row{"basis": {{"article": "《行政许可法》第三十二条"}}, "duties": {{"step": "受理", "text": "公示<依据>&条件"}}, "situations": {{"text": "不公示的"}}}
		}
		b.Changes = append(b.Changes, lists.Change{Content: c})
	}
	_, err := s.h.Lists.Change(s.Context(), act.Machine(), "", b)
	if e, ok := err.(*act.Error); ok {
		s.Fatal(e, e.Fields)
	}
	s.must(err)
}

func powers(from, to int, name string) (rows []lists.Row) {
	for i := from; i <= to; i++ {
		rows = append(rows, lists.Row{"code": fmt.Sprintf("PUSH-%03d", i), "name": fmt.Sprintf("%s%d", name, i), "type": "01", "agency": "scjg"})
	}
	return rows
}

// run lets an hour pass, so that no pause is left, and does what is due.
func (s *sender) run() publish.Standing {
	s.Helper()
	s.clock.Set(s.clock.Now() + day.Hour)
	_, err := s.h.Jobs.RunDue(s.Context(), s.clock.Now())
	s.must(err)
	return s.stand()
}

func (s *sender) stand() (st publish.Standing) {
	s.Helper()
	s.must(s.read(func(tx *store.Tx) (err error) { st, err = s.desk.Stand(tx, s.actor); return err }))
	return st
}

func (s *sender) read(f func(*store.Tx) error) error { return s.h.Store.Read(s.Context(), f) }

// portions counts the acts by which something was kept above.
func (s *sender) portions() (n int) {
	s.must(s.above.h.Store.Read(s.Context(), func(tx *store.Tx) error {
		acts, err := s.above.h.Ledger.Acts(tx, "received/990124", 100)
		for _, a := range acts {
			if a.Kind == "received.portion" {
				n++
			}
		}
		return err
	}))
	return n
}

// versions is how many versions are held above, and name what an entry is called there.
func (s *sender) versions() (n int) {
	s.must(s.above.h.Store.Read(s.Context(), func(tx *store.Tx) error {
		all, err := received.Lists(tx, "990124", tx.Today())
		for _, l := range all {
			n += l.Versions
		}
		return err
	}))
	return n
}

func (s *sender) name(code string) (name string) {
	s.must(s.above.h.Store.Read(s.Context(), func(tx *store.Tx) error {
		all, err := received.VersionsOf(tx, "990124", "power", code)
		if len(all) > 0 {
			name = all[len(all)-1].Name()
		}
		return err
	}))
	return name
}

func (s *sender) differences() (out string) {
	s.must(s.read(func(tx *store.Tx) error {
		all, err := publish.Differences(tx, publish.Query{Limit: 50})
		for _, x := range all {
			out += fmt.Sprintf("%s %s/%d %v\n", x.Kind, x.Code, x.N, x.Fields)
		}
		return err
	}))
	return out
}

// What is published reaches the higher level's portal, whatever happens on the way,
// and where that one says something else is told by its column.
func TestPublishedListsReachTheHigherPortal(t *testing.T) {
	t.Parallel()
	bothUp(t, func(s *sender) {
		s.must(os.WriteFile(s.key, []byte("not the key\n"), 0o600))
		key, err := s.above.h.Received.Admit(s.Context(), act.Machine(), "", received.AdmitIn{Region: "990124", Name: "云禾县"})
		s.must(err)
		s.put("power", powers(1, 120, "第一次公布的权力")...)
		s.unpublished()
		s.must(s.desk.Begin(s.Context()))

		if st := s.run(); st.Why.Key != "publish.why.key" || st.Waiting < 120 || st.Next <= st.Tried || s.versions() != 0 {
			s.Fatalf("with another key: %+v", st)
		}
		total := s.stand().Waiting                           // with what the county was founded with
		s.must(os.WriteFile(s.key, []byte(key+"\n"), 0o600)) // no restart
		if st := s.run(); st.Why.Key != "" || st.Waiting != 0 || st.Figures != (publish.Figures{Same: total}) || s.versions() != total || s.portions() != 2 {
			s.Fatalf("%+v, %d held in %d portions", st, s.versions(), s.portions())
		}
		s.put("power", powers(7, 7, "改过的权力")...)
		if st := s.run(); st.Same != total+1 || s.name("PUSH-007") != "改过的权力7" {
			s.Errorf("a change: %+v", st)
		}

		s.above.wire(func(int) string { return "before" })
		s.put("power", powers(8, 8, "改过的权力")...)
		for range 3 {
			if st := s.run(); st.Why.Key != "publish.why.unreachable" || st.Waiting != 1 {
				s.Errorf("away: %+v", st)
			}
		}
		s.above.wire(nil)
		if st := s.run(); st.Waiting != 0 || st.Same != total+2 || s.name("PUSH-008") != "改过的权力8" {
			s.Errorf("back: %+v", st)
		}
		s.killed()
		s.together()
		s.tampered()
		s.put("power", powers(9, 9, "再改的权力")...)
		if st := s.run(); st.Waiting != 0 || st.Differ() != 0 {
			s.Errorf("at the end: %+v", st)
		}
		_, seen := s.above.heard()
		for _, word := range []string{"没有公布的权力", "PUSH-999", "云政发〔2026〕30号"} {
			if strings.Contains(seen, word) {
				s.Errorf("%s was sent", word)
			}
		}
		if !strings.Contains(seen, "https://yunhe.example/lists/power/PUSH-007/v2") {
			s.Error("no permanent link was sent")
		}
		s.shown()
	})
}

// unpublished drafts an adjustment that nobody decided.
func (s *sender) unpublished() {
	today := s.clock.Now().Day()
	begun := s.post(keeper, "/adjustments", map[string]any{"document": "云政发〔2026〕30号", "reason": "上位法修改", "from": (today + 60).String()}).ok()
	content := map[string]any{"code": "PUSH-999", "name": "没有公布的权力", "type": "01", "agency": "scjg", "basis": []any{map[string]any{"article": "《行政许可法》第三十二条"}},
		"duties": []any{map[string]any{"step": "受理", "text": "公示"}}, "situations": []any{map[string]any{"text": "不公示的"}}}
	s.post(keeper, fmt.Sprintf("/adjustments/%d/edit", begun.num("adjustment")),
		map[string]any{"rev": 1, "put": []any{map[string]any{"list": "power", "code": "PUSH-999", "does": "new", "content": content}}}).ok()
}

// killed stops between a portion and its acknowledgement, and goes on as another
// program: nothing is lost and nothing is done twice.
func (s *sender) killed() {
	s.Helper()
	before, held := s.portions(), s.versions()
	s.put("power", powers(11, 120, "第二次公布的权力")...)
	s.above.wire(func(n int) string {
		if n == 2 {
			return "after"
		}
		return ""
	})
	if st := s.run(); st.Waiting != 10 || s.versions() != held+110 {
		s.Errorf("killed: %+v, %d held", st, s.versions())
	}
	s.above.wire(nil)
	old := s.desk
	s.desk = &publish.Desk{Runner: old.Runner, Lists: old.Lists, Region: old.Region, Higher: old.Higher}
	s.must(s.desk.Begin(s.Context()))
	if st := s.run(); st.Waiting != 0 || st.Differ() != 0 || s.versions() != held+110 || s.portions() != before+2 {
		s.Errorf("after: %+v, %d held in %d portions", st, s.versions(), s.portions()-before)
	}
}

// together has two servers at the same job: a portion goes out once.
func (s *sender) together() {
	s.Helper()
	s.put("power", powers(30, 39, "两台服务器推的权力")...)
	s.above.wire(nil)
	s.clock.Set(s.clock.Now() + day.Hour)
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			other := job.New(s.h.Store, map[string]job.Handler{publish.JobKind: s.desk.Work}, job.Options{})
			if _, err := other.RunDue(s.Context(), s.clock.Now()); err != nil {
				s.Error(err)
			}
		})
	}
	both.Wait()
	if n, _ := s.above.heard(); n != 1 || s.stand().Waiting != 0 || s.stand().Differ() != 0 {
		s.Errorf("%d portions, %+v", n, s.stand())
	}
}

// tampered changes by hand what is held above; it is told, and put right.
func (s *sender) tampered() {
	s.Helper()
	total := s.stand().Same
	s.must(s.above.h.Store.Do(s.Context(), store.People, func(tx *store.Tx) error {
		tx.Put(`update received_entry set content = replace(content, '第一次公布的权力3"', '别的权力"') where home = $1 and code = 'PUSH-003'`, tx.Home())
		tx.Put(`update received_entry set from_day = from_day + 1 where home = $1 and code = 'PUSH-004'`, tx.Home())
		tx.Put(`delete from received_entry where home = $1 and code = 'PUSH-005'`, tx.Home())
		tx.Put(`insert into received_entry(home, region, list, code, n, from_day, ended, holds, link, digest, name, names, content, at)
			select home, region, list, 'ALIEN-1', n, from_day, ended, holds, link, digest, '多出的', names, content, at from received_entry where home = $1 and code = 'PUSH-006'`, tx.Home())
		return nil
	}))
	window, err := s.county.Actor(s.Context(), "spj_window_1")
	s.must(err)
	if err := s.desk.Compare(s.Context(), window, ""); act.KindOf(err) != act.Refused {
		s.Errorf("a window compares: %v", err)
	}
	s.must(s.desk.Compare(s.Context(), s.actor, ""))
	if st := s.stand(); !st.Going {
		s.Errorf("ordered: %+v", st)
	}
	if st := s.run(); st.Figures != (publish.Figures{Same: total - 3, Missing: 1, Extra: 1, Different: 2}) || st.Going {
		s.Errorf("%+v", st)
	}
	told := s.differences()
	for _, want := range []string{"extra ALIEN-1/1", "different PUSH-003/1 [{权力名称 第一次公布的权力3 别的权力}]", "different PUSH-004/1 [{生效日 ", "missing PUSH-005/1"} {
		if !strings.Contains(told, want) {
			s.Errorf("%q is not told:\n%s", want, told)
		}
	}
	s.must(s.desk.Again(s.Context(), s.actor, ""))
	if st := s.run(); st.Figures != (publish.Figures{Same: total}) || s.differences() != "" || s.name("PUSH-003") != "第一次公布的权力3" {
		s.Errorf("sent again: %+v\n%s", st, s.differences())
	}
}

// shown reads above what was received, as a program does.
func (s *sender) shown() {
	w := *s.world
	srv := httptest.NewServer(api.Handler(s.above.h, api.Options{Version: "test"}))
	defer srv.Close()
	w.url, w.client, w.schemas, w.tokens = srv.URL, srv.Client(), answersOf(s.T, srv.URL), map[string]string{}
	if b := w.get("", "/lower").ok(); b.body["items"].([]any)[0].(map[string]any)["name"] != "云禾县" {
		s.Errorf("%s", b.raw)
	}
	listed := w.get("", "/lower/990124").ok()
	entries := w.get("", "/lower/990124/lists/power/entries?limit=2&q=%E5%85%AC%E5%B8%83").ok()
	one := entries.body["items"].([]any)[0].(map[string]any)
	if one["code"] != "PUSH-001" || one["agency_name"] == "" || one["content"].(map[string]any)["duties"] == nil || entries.str("next") == "" {
		s.Errorf("%s", entries.raw)
	}
	n := len(w.all("", "/lower/990124/lists/power/versions"))
	if want := fmt.Sprintf(`"list":"power","name":"部门权责清单","entries":120,"versions":%d`, n); n < 230 || !strings.Contains(string(listed.raw), want) {
		s.Errorf("%d versions: %s", n, listed.raw)
	}
	w.get("", "/lower/990124/lists/power/entries/PUSH-007").ok()
	for _, path := range []string{"/lower/990125", "/lower/990125/lists/power/entries", "/lower/990124/lists/power/entries/NONE"} {
		w.get("", path).fails(404, "act.not_found")
	}
	nothing := map[string]any{"format": received.Format, "entries": []any{}, "gone": []any{}}
	w.post("", "/lower/990124/portions", nothing).fails(401, "received.key")
	key, err := os.ReadFile(s.key)
	s.must(err)
	with := func(region string, body any) reply {
		return w.do(request{method: http.MethodPost, path: "/lower/" + region + "/portions", token: strings.TrimSpace(string(key)), body: body})
	}
	with("990124", nothing).ok()
	with("990125", nothing).fails(403, "received.other")
	one["names"], one["region"] = map[string]any{}, "990125"
	for _, more := range []string{"name", "agency_name", "received"} {
		delete(one, more)
	}
	bad := with("990124", map[string]any{"format": received.Format, "entries": []any{one}, "gone": []any{}}).fails(422, "received.wrong")
	if !strings.Contains(string(bad.raw), "entries[0] power PUSH-001 v1") || !strings.Contains(string(bad.raw), "990124") {
		s.Errorf("the row is not named: %s", bad.raw)
	}
}
