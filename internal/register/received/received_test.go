package received_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/identity/identitytest"
	"tongban/internal/register/lists"
	"tongban/internal/register/received"
	"tongban/internal/rules/day"
)

var bg = context.Background()

// rig is a city's portal with somebody who keeps its lists.
type rig struct {
	*identitytest.World
	received *received.Register
	editor   act.Actor
}

const city, below = "990124", "990124101"

func both(t *testing.T, f func(t *testing.T, r *rig)) {
	t.Helper()
	identitytest.Both(t, func(t *testing.T, w *identitytest.World) {
		r := &rig{w, received.New(w.Runner, w.Vault, city), w.As(w.Official("测试甲", "zfb", "catalogue"), "zfb", "catalogue")}
		f(t, r)
	})
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (r *rig) read(t testing.TB, f func(tx *store.Tx) error) {
	t.Helper()
	must(t, r.Store.Read(bg, f))
}

func (r *rig) admit(t testing.TB) string {
	t.Helper()
	key, err := r.received.Admit(bg, r.editor, "", received.AdmitIn{Region: below, Name: "禾口镇"})
	must(t, err)
	return key
}

// row is a version that is in order.
func row(code, name string, n int, from day.Day) received.Row {
	content := map[string]any{"code": code, "name": name, "agency": "xzz", "type": "01", "duties": []any{map[string]any{"step": "受理", "text": name + "的责任"}}}
	b, err := lists.Content{Columns: content}.MarshalJSON()
	if err != nil {
		panic(err)
	}
	sum := sha256.Sum256(b)
	return received.Row{List: "power", Code: code, N: n, From: from, Region: below, Link: "https://he.example/lists/power/" + code + "/v1", Digest: hex.EncodeToString(sum[:]),
		Names: map[string]string{"xzz": "禾口镇人民政府"}, Content: content}
}

func portion(rows ...received.Row) received.Portion {
	return received.Portion{Format: received.Format, Entries: rows, Gone: []received.Gone{}}
}

func (r *rig) held(t testing.TB, on day.Day) string {
	t.Helper()
	var out []string
	r.read(t, func(tx *store.Tx) error {
		all, err := received.Page(tx, received.Query{Region: below, List: "power", On: on, Limit: 50})
		for _, e := range all {
			out = append(out, fmt.Sprintf("%s/%d %s", e.Code, e.N, e.Name()))
		}
		return err
	})
	return strings.Join(out, ", ")
}

var today = identitytest.Start.Day()

// A body's key is told once, belongs to it alone, and is taken until another is
// made or it is ended.
func TestAKeyBelongsToABody(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		with := func(key string) (b received.Body, err error) {
			_ = r.Store.Read(bg, func(tx *store.Tx) error { b, err = r.received.BodyWith(tx, key); return nil })
			return b, err
		}
		in := received.AdmitIn{Region: below, Name: " 禾口镇 "}
		first, err := r.received.Admit(bg, r.editor, "once", in)
		must(t, err)
		if b, err := with(first); err != nil || b.Region != below || b.Name != "禾口镇" || len(first) != 64 {
			t.Fatalf("%+v %v", b, err)
		}
		if again, err := r.received.Admit(bg, r.editor, "once", in); err != nil || again != "" {
			t.Errorf("the same submission told a key: %q %v", again, err)
		}
		second := r.admit(t)
		for _, bad := range []string{"", first, second[1:], second + "0"} {
			if _, err := with(bad); act.KindOf(err) != act.Refused {
				t.Errorf("%q was taken: %v", bad, err)
			}
		}
		must(t, r.received.End(bg, r.editor, "", below))
		if _, err := with(second); act.KindOf(err) != act.Refused {
			t.Errorf("a key that was ended: %v", err)
		}
		if _, err := r.received.Receive(bg, below, portion(row("A", "甲", 1, today))); act.KindOf(err) != act.NotFound {
			t.Errorf("a body that was ended sends: %v", err)
		}
		if got := strings.Join(r.Acts("received/"+below), " "); got != "received.admitted received.admitted received.ended" {
			t.Errorf("acts: %s", got)
		}
		for _, bad := range []received.AdmitIn{{Region: city, Name: "自己"}, {Region: "99", Name: ""}, {Region: "9901241", Name: "x"}, {Region: below, Name: strings.Repeat("长", 101)}} {
			if _, err := r.received.Admit(bg, r.editor, "", bad); act.KindOf(err) != act.Invalid {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		window := r.As(r.Official("测试乙", "spj", "window"), "spj", "window")
		if _, err := r.received.Admit(bg, window, "", in); act.KindOf(err) != act.Refused {
			t.Errorf("a window admits: %v", err)
		}
		if err := r.received.End(bg, window, "", below); act.KindOf(err) != act.Refused {
			t.Errorf("a window ends: %v", err)
		}
	})
}

// Portions that come twice, late, or in another order leave the same behind, and
// any day can be read.
func TestOrderAndRepetitionMakeNoDifference(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		r.admit(t)
		one, two, three := row("A", "甲", 1, today-10), row("A", "甲改", 2, today), row("A", "甲改", 3, today+5)
		three.Ended = true
		other := row("B", "乙", 1, today-10)
		send := func(rows ...received.Row) received.Done {
			done, err := r.received.Receive(bg, below, portion(rows...))
			must(t, err)
			return done
		}
		if done := send(three, two); done.Kept != 2 {
			t.Errorf("%+v", done)
		}
		if done := send(one, other, two); done.Kept != 2 || done.Same != 1 {
			t.Errorf("%+v", done)
		}
		for range 2 {
			if done := send(one, two, three, other); done.Same != 4 || done.Kept != 0 {
				t.Errorf("repeated: %+v", done)
			}
		}
		for on, want := range map[day.Day]string{today - 11: "", today - 1: "A/1 甲, B/1 乙", today: "A/2 甲改, B/1 乙", today + 5: "B/1 乙"} {
			if got := r.held(t, on); got != want {
				t.Errorf("%s: %s, want %s", on, got, want)
			}
		}
		if acts := r.Acts("received/" + below); len(acts) != 3 {
			t.Errorf("what changed nothing is an act: %v", acts)
		}
		r.read(t, func(tx *store.Tx) error {
			q := received.Query{Region: below, List: "power", On: today, Text: "乙", Limit: 9}
			if list, err := received.Page(tx, q); err != nil || len(list) != 1 || list[0].Agency() != "禾口镇人民政府" || list[0].Content.Tables["duties"][0].Text("step") != "受理" {
				t.Errorf("%+v %v", list, err)
			}
			for text, want := range map[string]int{"%": 0, "A": 1, "_": 0, "甲": 1} {
				if q.Text = text; text != "" {
					if n, err := received.Count(tx, q); err != nil || n != want {
						t.Errorf("%q finds %d: %v", text, n, err)
					}
				}
			}
			some, err := received.Lists(tx, below, today)
			if err != nil || len(some) != 1 || some[0] != (received.Listed{List: "power", Versions: 4, Entries: 2}) {
				t.Errorf("%+v %v", some, err)
			}
			page, err := received.Versions(tx, below, "power", received.Place{Code: "A", N: 1}, 2)
			if err != nil || len(page) != 2 || page[0].N != 2 || page[1].N != 3 {
				t.Errorf("%+v %v", page, err)
			}
			return nil
		})
	})
}

// A portion with anything wrong in it is refused whole, and every bad row is named.
func TestABadPortionIsRefusedWhole(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		r.admit(t)
		good := row("OK", "好的", 1, today)
		for what, spoil := range map[string]func(*received.Row){
			"list":    func(e *received.Row) { e.List = "../x" },
			"code":    func(e *received.Row) { e.Code = "" },
			"control": func(e *received.Row) { e.Code = "A\x00" },
			"n":       func(e *received.Row) { e.N = 0 },
			"from":    func(e *received.Row) { e.From = 0 },
			"region":  func(e *received.Row) { e.Region = "990125" },
			"link":    func(e *received.Row) { e.Link = "javascript:alert(1)" },
			"user":    func(e *received.Row) { e.Link = "https://a:b@he.example/" },
			"other":   func(e *received.Row) { e.Code = "B" },
			"name":    func(e *received.Row) { e.Content["name"] = " " },
			"digest":  func(e *received.Row) { e.Content["name"] = "别的" },
			"empty":   func(e *received.Row) { e.Digest = "" },
			"value":   func(e *received.Row) { e.Content["most"] = map[string]any{} },
			"half":    func(e *received.Row) { e.Content["most"] = 1.5 },
			"nul":     func(e *received.Row) { e.Content["note"] = "a\x00b" },
			"row":     func(e *received.Row) { e.Content["duties"] = []any{[]any{}} },
		} {
			bad, bad2 := row("A", "甲", 1, today), row("C", "丙", 1, today)
			spoil(&bad)
			bad2.Digest = strings.Repeat("0", 64)
			_, err := r.received.Receive(bg, below, portion(good, bad, bad2))
			e, ok := err.(*act.Error)
			if !ok || e.Kind != act.Invalid || len(e.Fields) != 2 || !strings.HasPrefix(e.Fields[0].Name, "entries[1] ") || !strings.HasPrefix(e.Fields[1].Name, "entries[2] power C") {
				t.Errorf("%s: %v %+v", what, err, e)
			}
		}
		if _, err := r.received.Receive(bg, below, portion(good, good)); act.KindOf(err) != act.Invalid {
			t.Errorf("twice in one portion: %v", err)
		}
		if _, err := r.received.Receive(bg, below, received.Portion{Format: "x"}); act.KindOf(err) != act.Invalid {
			t.Errorf("another format: %v", err)
		}
		if _, err := r.received.Receive(bg, below, portion(make([]received.Row, received.MostRows+1)...)); act.KindOf(err) != act.Invalid {
			t.Errorf("too many: %v", err)
		}
		if _, err := r.received.Receive(bg, "990125", portion()); act.KindOf(err) != act.NotFound {
			t.Errorf("a body that nobody admitted: %v", err)
		}
		if got := r.held(t, today+1); got != "" {
			t.Errorf("kept of what was refused: %s", got)
		}
	})
}

// What was changed here by hand is told by its digest, put right when it comes
// again, and taken away where it was never published.
func TestWhatIsHeldIsToldByItsDigest(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		r.admit(t)
		e := row("A", "甲", 1, today)
		_, err := r.received.Receive(bg, below, portion(e))
		must(t, err)
		digest := func() string {
			var d string
			r.read(t, func(tx *store.Tx) error {
				all, err := received.VersionsOf(tx, below, "power", "A")
				d = all[0].Digest
				return err
			})
			return d
		}
		if digest() != e.Digest {
			t.Fatal("another digest than was sent")
		}
		tamper := func(content string) {
			must(t, r.Store.Do(bg, store.People, func(tx *store.Tx) error {
				tx.Put(`update received_entry set content = $2 where home = $1`, tx.Home(), content)
				return nil
			}))
		}
		for _, content := range []string{`{"code":"A","name":"乙"}`, `{`, ``} {
			if tamper(content); digest() == e.Digest {
				t.Errorf("%q has the digest of what was sent", content)
			}
			if done, err := r.received.Receive(bg, below, portion(e)); err != nil || done.Kept != 1 || digest() != e.Digest {
				t.Errorf("%q was not put right: %+v %v", content, done, err)
			}
		}
		gone := received.Portion{Format: received.Format, Entries: []received.Row{}, Gone: []received.Gone{{List: "power", Code: "A", N: 1, Digest: strings.Repeat("0", 64)}}}
		if done, err := r.received.Receive(bg, below, gone); err != nil || done.Gone != 0 {
			t.Errorf("taken away under another digest: %+v %v", done, err)
		}
		gone.Gone[0].Digest = e.Digest
		for _, want := range []int{1, 0} {
			if done, err := r.received.Receive(bg, below, gone); err != nil || done.Gone != want {
				t.Errorf("%+v %v", done, err)
			}
		}
		b, err := json.Marshal(gone)
		must(t, err)
		if !strings.Contains(string(b), `"digest":"`+e.Digest) || r.held(t, today) != "" {
			t.Errorf("%s", b)
		}
	})
}
