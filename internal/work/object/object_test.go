package object_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/act/acttest"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/identity/identitytest"
	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
	"tongban/internal/rules/workday"
	"tongban/internal/work/object"
)

var (
	bg   = context.Background()
	must = acttest.Must
	code = acttest.Code
)

// rig is a small county with a power of scjg on the list, and a list without agencies.
type rig struct {
	*identitytest.World
	desk                         *object.Desk
	lists                        *lists.Register
	keeper, market, head, school act.Actor
	citizen, anyone              act.Actor
	documents                    map[string]int64 // of adjustments
}

func both(t *testing.T, f func(t *testing.T, g *rig)) {
	t.Helper()
	identitytest.Both(t, func(t *testing.T, w *identitytest.World) {
		as := func(name, agency, post string) act.Actor { return w.As(w.Official(name, agency, post), agency, post) }
		g := &rig{World: w, lists: lists.New(w.Runner, w.Register), documents: map[string]int64{}}
		g.desk = &object.Desk{Runner: w.Runner, People: w.Register, Items: catalog.New(), Vault: w.Vault, Calendar: workday.Default, Region: identitytest.County,
			Adjusts: func(_ *store.Tx, document, list, code string) (int64, bool, error) {
				id, found := g.documents[document+" "+list+" "+code]
				return id, found, nil
			}}
		g.keeper, g.market, g.head, g.school = as("测试甲", "zfb", "catalogue"), as("测试乙", "scjg", "manager"), as("测试丙", "scjg", "head"), as("测试丁", "spj", "manager")
		g.citizen, g.anyone = w.As(w.Resident("测试戊"), "", ""), act.Actor{Who: act.Anyone}
		_, err := g.lists.Change(bg, g.keeper, "", lists.Batch{List: "power", Document: "云政发〔2026〕1号", Reason: "首次公布", Region: identitytest.County, From: g.Now().Day(), Changes: []lists.Change{{Content: power("对无照经营的处罚")}}})
		must(t, err)
		_, err = g.lists.Change(bg, g.keeper, "", lists.Batch{List: "negative", Document: "云政发〔2026〕2号", Reason: "首次公布", Region: identitytest.County, From: g.Now().Day(), Changes: []lists.Change{
			{Content: lists.Content{Columns: lists.Row{"code": "100001", "name": "禁止的", "type": "prohibited", "industry": "不分行业", "measure": "禁止准入"}}}}})
		must(t, err)
		f(t, g)
	})
}

func power(name string) lists.Content {
	return lists.Content{Columns: lists.Row{"code": "P-1", "name": name, "type": "02", "agency": "scjg"},
		Tables: map[string][]lists.Row{"basis": {{"article": "《无证无照经营查处办法》第十三条"}}, "duties": {{"step": "受理", "text": "依法受理"}}, "situations": {{"text": "不依法公示的"}}}}
}

func (g *rig) file(t *testing.T, a act.Actor, list, entry, words string) (object.Filed, object.Objection) {
	t.Helper()
	f, err := g.desk.File(bg, a, "", object.New{List: list, Code: entry, Said: object.Said{Name: "某甲", Contact: "19990001111", Words: words}, Source: "10.0.0.1"})
	must(t, err)
	x, err := g.desk.Progress(bg, f.Number, f.Code)
	must(t, err)
	return f, x
}

func (g *rig) read(t *testing.T, f func(tx *store.Tx) error) {
	t.Helper()
	must(t, g.Store.Read(bg, f))
}

func refused(t *testing.T, what string, err error, want string) {
	t.Helper()
	if got := code(err); got != want {
		t.Errorf("%s: %q (%v), not %q", what, got, err, want)
	}
}

var reply = object.Reply{Outcome: object.Kept, Reason: "依据仍然有效", Shown: "这条权力的依据已经废止"}

func to(x object.Objection, change func(*object.Reply)) object.Reply {
	r := reply
	r.ID = x.ID
	if change != nil {
		change(&r)
	}
	return r
}

// Anybody objects, sees how it stands by number and code, and is answered by the
// agency whose entry it is; the public reads it without who it was.
func TestAnObjectionIsAnsweredByTheAgency(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		f, x := g.file(t, g.anyone, "power", "P-1", "这条权力的依据已经废止，我叫某甲")
		until := workday.Default().Add(g.Now().Day(), object.Terms().Answer.Days).Day
		if x.Agency != "scjg" || x.Until != until || f.Until != until || x.Second <= x.Until || x.StateOn(g.Now().Day()) != object.Open || x.Due(g.Now().Day()) != until {
			t.Fatalf("%+v", x)
		}
		typed := strings.ToLower(f.Code[:5]) + " " + strings.ReplaceAll(f.Code[5:], "L", "1")
		if _, err := g.desk.Progress(bg, " "+strings.ToLower(f.Number), typed); err != nil {
			t.Errorf("%s as typed: %v", typed, err)
		}
		for _, pair := range [][2]string{{f.Number, "AAAAAAAAAA"}, {f.Number + "1", f.Code}, {"", ""}} {
			if _, err := g.desk.Progress(bg, pair[0], pair[1]); act.KindOf(err) != act.NotFound {
				t.Errorf("%v: %v", pair, err)
			}
		}
		if !object.IsNumber(f.Number) || object.IsNumber("990124-260309-000123") {
			t.Error("numbers are mistaken")
		}
		refused(t, "another agency", g.desk.Answer(bg, g.school, "", to(x, nil)), "act.not_allowed")
		refused(t, "the county, before the agency is overdue", g.desk.Answer(bg, g.keeper, "", to(x, nil)), "object.early")
		refused(t, "a citizen", g.desk.Answer(bg, g.citizen, "", to(x, nil)), "act.not_allowed")
		for name, change := range map[string]func(*object.Reply){"outcome": func(r *object.Reply) { r.Outcome = "maybe" }, "reason": func(r *object.Reply) { r.Reason = " " },
			"shown": func(r *object.Reply) { r.Shown = strings.Repeat("长", 1001) }, "document": func(r *object.Reply) { r.Outcome, r.Document = object.Mended, "没有的文号" }} {
			err := g.desk.Answer(bg, g.market, "", to(x, change))
			if e, ok := err.(*act.Error); !ok || e.Kind != act.Invalid || len(e.Fields) != 1 || e.Fields[0].Name != name {
				t.Errorf("%s: %v", name, err)
			}
		}
		_, err := g.desk.Read(bg, g.school, "", x.ID)
		refused(t, "another agency reads who it was", err, "act.not_allowed")
		said, err := g.desk.Read(bg, g.market, "", x.ID)
		if err != nil || said.Name != "某甲" || said.Contact != "19990001111" {
			t.Errorf("%+v, %v", said, err)
		}
		g.read(t, func(tx *store.Tx) error {
			list, err := object.Published(tx, "power", "P-1", 0, 10)
			if len(list) != 0 {
				t.Error("published before it was answered")
			}
			return err
		})
		must(t, g.desk.Answer(bg, g.market, "", to(x, nil)))
		refused(t, "twice", g.desk.Answer(bg, g.head, "", to(x, nil)), "act.changed")
		g.read(t, func(tx *store.Tx) error {
			list, err := object.Published(tx, "power", "P-1", 0, 10)
			if len(list) != 1 || list[0].Level != object.ByAgency || list[0].Answer != reply.Reason || strings.Contains(list[0].Shown, "某甲") {
				t.Errorf("published: %+v", list)
			}
			counts, err2 := object.Count(tx, "")
			if len(counts) != 1 || counts[0] != (object.Counts{Agency: "scjg", Kept: 1}) || err2 != nil {
				t.Errorf("%+v, %v", counts, err2)
			}
			var sealed []byte
			_, err3 := tx.Get([]any{&sealed}, `select said from objection where home = $1 and id = $2`, tx.Home(), x.ID)
			if len(sealed) == 0 || strings.Contains(string(sealed), "某甲") || err3 != nil {
				t.Error("what was said lies open")
			}
			return err
		})
		if got, want := fmt.Sprint(g.Acts("objection/"+f.Number)), "[objection.filed objection.opened objection.answered]"; got != want {
			t.Errorf("events %s, want %s", got, want)
		}
	})
}

// What the agency does not answer in time goes upward, with a limit of its own; what
// no agency of the area has is the county's from the start.
func TestAnOverdueObjectionGoesUpward(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		_, x := g.file(t, g.citizen, "power", "P-1", "名称不对")
		_, none := g.file(t, g.anyone, "negative", "100001", "不该禁止")
		if none.Agency != "" || none.StateOn(g.Now().Day()) != object.Overdue || none.Due(g.Now().Day()) != none.Until || none.Late(g.Now().Day()) {
			t.Errorf("nobody's entry: %+v", none)
		}
		refused(t, "an agency about what is the county's", g.desk.Answer(bg, g.market, "", to(none, nil)), "act.not_allowed")
		must(t, g.desk.Answer(bg, g.keeper, "", to(none, nil)))

		g.Set(g.Now() + day.Instant(x.Until-g.Now().Day())*24*day.Hour) // the last day
		refused(t, "the county on the agency's last day", g.desk.Answer(bg, g.keeper, "", to(x, nil)), "object.early")
		g.Set(g.Now() + 24*day.Hour)
		today := g.Now().Day()
		if x.StateOn(today) != object.Overdue || x.Due(today) != x.Second || !x.Late(today) {
			t.Errorf("the day after: %s, due %s", x.StateOn(today), x.Due(today))
		}
		g.read(t, func(tx *store.Tx) error {
			counts, err := object.Count(tx, "scjg")
			if len(counts) != 1 || counts[0].Overdue != 1 || counts[0].Open != 0 {
				t.Errorf("%+v", counts)
			}
			for state, n := range map[object.State]int{"": 2, object.Open: 0, object.Overdue: 1, object.Answered: 1} {
				list, err := object.Page(tx, object.Query{State: state, Limit: 10})
				if len(list) != n || err != nil {
					t.Errorf("%s: %d, %v", state, len(list), err)
				}
			}
			return err
		})
		refused(t, "the agency after its limit", g.desk.Answer(bg, g.market, "", to(x, nil)), "object.raised")
		must(t, g.desk.Answer(bg, g.keeper, "", to(x, nil)))
		g.read(t, func(tx *store.Tx) error {
			x, err := object.ByID(tx, x.ID)
			if x.Level != object.ByCounty || !x.Late(today) || x.StateOn(today) != object.Answered {
				t.Errorf("%+v", x)
			}
			counts, _ := object.Count(tx, "scjg")
			if counts[0].Late != 1 {
				t.Errorf("%+v", counts)
			}
			return err
		})
	})
}

// An answer that mends names the adjustment, or rests on a version that came since.
func TestWhatMendsIsNamed(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		_, x := g.file(t, g.anyone, "power", "P-1", "名称不对")
		_, y := g.file(t, g.anyone, "power", "P-1", "依据不对")
		mend := func(document string) func(*object.Reply) {
			return func(r *object.Reply) { r.Outcome, r.Document = object.Mended, document }
		}
		err := g.desk.Answer(bg, g.market, "", to(x, mend("")))
		if act.KindOf(err) != act.Invalid {
			t.Errorf("mended by nothing: %v", err)
		}
		g.documents["云政发〔2026〕9号 power P-1"] = 77
		must(t, g.desk.Answer(bg, g.market, "", to(x, mend("云政发〔2026〕9号"))))
		_, err = g.lists.Change(bg, g.keeper, "", lists.Batch{List: "power", Document: "云政发〔2026〕9号", Reason: "改名称", Region: identitytest.County, From: g.Now().Day(), Changes: []lists.Change{{Op: lists.Edit, Content: power("对无证经营的处罚")}}})
		must(t, err)
		must(t, g.desk.Answer(bg, g.head, "", to(y, mend(""))))
		g.read(t, func(tx *store.Tx) error {
			list, err := object.Published(tx, "power", "P-1", 0, 10)
			if len(list) != 2 || list[1].Adjustment != 77 || list[1].Document != "云政发〔2026〕9号" || list[0].Mending != 2 {
				t.Errorf("%+v", list)
			}
			return err
		})
	})
}

// Empty and overlong words, entries that are on no list, floods, repetitions, and
// officials who would answer themselves.
func TestBadObjections(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		in := object.New{List: "power", Code: "P-1", Said: object.Said{Words: "不对"}, Source: "10.9.9.9"}
		for what, c := range map[string]struct {
			in   object.New
			kind act.Kind
		}{
			"no words":        {object.New{List: "power", Code: "P-1", Said: object.Said{Words: " \n"}}, act.Invalid},
			"many words":      {object.New{List: "power", Code: "P-1", Said: object.Said{Words: strings.Repeat("长", 1001)}}, act.Invalid},
			"a long contact":  {object.New{List: "power", Code: "P-1", Said: object.Said{Words: "不对", Contact: strings.Repeat("1", 101)}}, act.Invalid},
			"no such list":    {object.New{List: "wishes", Code: "P-1", Said: object.Said{Words: "不对"}}, act.NotFound},
			"no such entry":   {object.New{List: "power", Code: "P-9", Said: object.Said{Words: "不对"}}, act.NotFound},
			"no such item":    {object.New{List: object.OnItems, Code: "P-1", Said: object.Said{Words: "不对"}}, act.NotFound},
			"a hostile entry": {object.New{List: "power", Code: "P-1' or '1'='1", Said: object.Said{Words: "不对"}}, act.NotFound},
		} {
			if _, err := g.desk.File(bg, g.anyone, "", c.in); act.KindOf(err) != c.kind {
				t.Errorf("%s: %v", what, err)
			}
		}
		once, err := g.desk.File(bg, g.anyone, "key-1", in)
		must(t, err)
		again, err := g.desk.File(bg, g.anyone, "key-1", in)
		if err != nil || again != once {
			t.Errorf("sent twice: %+v, %+v, %v", once, again, err)
		}
		own, err := g.desk.File(bg, g.market, "", in)
		must(t, err)
		x, err := g.desk.Progress(bg, own.Number, own.Code)
		must(t, err)
		refused(t, "their own", g.desk.Answer(bg, g.market, "", to(x, nil)), "object.own")
		must(t, g.desk.Answer(bg, g.head, "", to(x, nil)))
		for n := 1; ; n++ {
			if _, err = g.desk.File(bg, g.anyone, "", in); err != nil || n > 100 {
				break
			}
		}
		refused(t, "from one place", err, "object.many")
		for n := 0; n <= 50; n++ {
			in.Source = fmt.Sprint("10.1.1.", n)
			if _, err = g.desk.File(bg, g.anyone, "", in); err != nil {
				break
			}
		}
		refused(t, "to one entry", err, "object.many_open")
	})
}
