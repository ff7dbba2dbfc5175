package object_test

import (
	"strings"
	"testing"

	"tongban/internal/process/notice"
	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/work/object"
)

// Who objected with an account finds the answer in the inbox. A set time after it who
// made an objection and what they wrote is destroyed, by an act that names the key;
// what was published stays, and the record verifies.
func TestWhoObjectedIsToldAndForgotten(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		number, x := g.file(t, g.citizen, "power", "P-1", "我叫某甲，名称不对")
		_, waits := g.file(t, g.citizen, "power", "P-1", "还没有答复")
		must(t, g.desk.Answer(bg, g.market, "", to(x, nil)))
		inbox := func() (texts []string) {
			t.Helper()
			if _, err := g.Ledger.Number(bg, 1000); err != nil {
				t.Fatal(err)
			}
			if _, err := g.Ledger.CatchUp(bg, (&notice.Desk{Store: g.Store, Runner: g.Runner, Vault: g.Vault}).Follower()); err != nil {
				t.Fatal(err)
			}
			g.read(t, func(tx *store.Tx) error {
				list, err := notice.Inbox(tx, notice.Person(g.citizen.Person), 0, 10)
				for _, n := range list {
					texts = append(texts, n.Text("zh"))
				}
				return err
			})
			return texts
		}
		if got := inbox(); len(got) != 1 || !strings.Contains(got[0], x.Name) || !strings.Contains(got[0], number.Number) || !strings.Contains(got[0], "不改") {
			t.Errorf("the inbox has %q", got)
		}
		now := func() (x object.Objection) {
			g.read(t, func(tx *store.Tx) (err error) {
				list, err := object.Page(tx, object.Query{State: object.Answered, Limit: 10})
				x = list[0]
				return err
			})
			return x
		}
		keep := day.Instant(object.Terms().Keep.Days) * 24 * day.Hour
		g.Set(g.Now() + keep)
		must(t, g.desk.EraseDue(bg))
		if said, err := g.desk.Read(bg, g.market, "", x.ID); err != nil || said.Name != "某甲" || now().Erased != 0 {
			t.Errorf("on the last day: %+v, %v", said, err)
		}
		g.Set(g.Now() + 24*day.Hour)
		for range 2 {
			must(t, g.desk.EraseDue(bg))
		}
		if y := now(); y.Erased == 0 || y.Person != 0 || y.Shown != reply.Shown || y.Answer != reply.Reason {
			t.Errorf("afterwards: %+v", y)
		}
		_, err := g.desk.Read(bg, g.market, "", x.ID)
		refused(t, "who it was", err, "object.erased")
		g.read(t, func(tx *store.Tx) error {
			gone := now()
			if words, err := g.desk.Words(tx, &gone); words != "" || err != nil {
				t.Errorf("words %q, %v", words, err)
			}
			left, err := object.ByID(tx, waits.ID)
			if err != nil || left.Erased != 0 || left.Person != g.citizen.Person {
				t.Errorf("what waits for its answer: %+v, %v", left, err)
			}
			if alive, err := g.Vault.KeysOf(tx, "objection", x.ID); len(alive) != 0 || err != nil {
				t.Errorf("keys %v, %v", alive, err)
			}
			return nil
		})
		if got := inbox(); len(got) != 0 {
			t.Errorf("the inbox still has %q", got)
		}
		if _, err := g.desk.Progress(bg, number.Number, number.Code); err != nil {
			t.Errorf("by number and code: %v", err)
		}
		acts := g.Acts("objection/" + number.Number)
		if len(acts) != 4 || acts[3] != "objection.erased" {
			t.Errorf("events %v", acts)
		}
		r, err := g.Ledger.Verify(bg, nil)
		if err != nil || len(r.Findings) != 0 || !erasedOnce(r.ErasedBy, "objection/"+number.Number) {
			t.Errorf("%+v, %v", r, err)
		}
	})
}

func erasedOnce(list []ledger.ErasedBy, stream string) bool {
	return len(list) == 1 && list[0].Stream == stream && list[0].Keys == 1
}

// An answer in words that ask for what is on no list is refused; one about a listed
// fee may speak of it.
func TestAnswersAskForNothing(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		_, x := g.file(t, g.anyone, "power", "P-1", "为什么这么慢")
		err := g.desk.Answer(bg, g.market, "", to(x, func(r *object.Reply) { r.Reason = "没有缴纳检验费，缴清后再办。" }))
		refused(t, "asking for money", err, "catalog.said.wrong")
		if e := err.(*act.Error); len(e.Fields) != 1 || e.Fields[0].Name != "reason" { //nolint:errorlint // refused has seen it
			t.Errorf("%+v", e)
		}
		must(t, g.desk.Answer(bg, g.market, "", to(x, func(r *object.Reply) {
			r.Reason = "这项权力不收费，也不用找中介。"
			r.Shown = "要我交500元检验费"
		})))
	})
}
