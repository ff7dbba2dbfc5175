package adjust_test

import (
	"strings"
	"sync"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
	"tongban/internal/work/adjust"
)

func TestWhatADraftMustSay(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		g.stand(t, "P-001", "P-002")
		begin := func(a act.Actor, h adjust.Head) error { _, err := g.desk.Begin(bg, a, "", h); return err }
		good := adjust.Head{Document: "云政发〔2026〕9号", Reason: "简政放权", From: later}
		for want, change := range map[string]func(*adjust.Head){
			"adjust.document": func(h *adjust.Head) { h.Document = " " },
			"adjust.reason":   func(h *adjust.Head) { h.Reason = strings.Repeat("长", 1001) },
			"adjust.past":     func(h *adjust.Head) { h.From = today - 1 },
			"adjust.from":     func(h *adjust.Head) { h.From = 0 },
			"adjust.level":    func(h *adjust.Head) { h.Level = "moon" },
			"adjust.source":   func(h *adjust.Head) { h.Source = adjust.Law },
		} {
			h := good
			change(&h)
			refused(t, want, begin(g.ann, h), want)
		}
		for _, a := range []act.Actor{g.head, g.leader, g.window, g.citizen, {Who: act.Anyone}} {
			if err := begin(a, good); act.KindOf(err) != act.Refused {
				t.Errorf("%s begins: %v", a.Post, err)
			}
		}
		at := g.begin(t, "云政发〔2026〕9号")
		for _, c := range []struct {
			want string
			e    adjust.Entry
		}{
			{"adjust.entry.code", adjust.Entry{List: "power", Does: adjust.Cancel}},
			{"adjust.entry.does", adjust.Entry{List: "power", Code: "P-001", Does: "burn"}},
			{"adjust.entry.not_there", adjust.Entry{List: "power", Code: "P-009", Does: adjust.Cancel}},
			{"adjust.entry.not_there", adjust.Entry{List: "power", Code: "P-009", Does: adjust.Resume}},
			{"adjust.entry.there", adjust.Entry{List: "power", Code: "P-001", Does: adjust.New, Content: powerOf("P-001", "甲", "spj")}},
			{"adjust.entry.content", adjust.Entry{List: "power", Code: "P-001", Does: adjust.Change}},
			{"adjust.entry.into", adjust.Entry{List: "power", Code: "P-001", Does: adjust.Split}},
			{"adjust.entry.itself", adjust.Entry{List: "power", Code: "P-001", Does: adjust.Merge, Into: []string{"P-001"}}},
			{"adjust.entry.receiver", adjust.Entry{List: "power", Code: "P-001", Does: adjust.HandDown, Receiver: "nobody"}},
			{"adjust.entry.not_there", adjust.Entry{List: adjust.OnItems, Code: "P-001", Does: adjust.Cancel}},
			{"adjust.entry.item", adjust.Entry{List: adjust.OnItems, Code: "P-001", Does: adjust.HandDown}},
			{"act.not_found", adjust.Entry{List: "moon", Code: "P-001", Does: adjust.Cancel}},
		} {
			_, err := g.desk.Edit(bg, g.ann, "", adjust.Edit{At: at, Put: []adjust.Entry{c.e}})
			refused(t, string(c.e.Does), err, c.want)
		}
		refused(t, "nothing in it", g.desk.HandIn(bg, g.ann, "", at), "adjust.fault.empty")
		b, err := g.desk.Edit(bg, g.ann, "", adjust.Edit{At: at, Put: []adjust.Entry{{List: "power", Code: "P-001"}}})
		must(t, err)
		refused(t, "not settled", g.desk.HandIn(bg, g.ann, "", b.At), "adjust.fault.unsettled")
		bad := powerOf("P-007", "", "spj")
		b, err = g.desk.Edit(bg, g.ann, "", adjust.Edit{At: b.At, Put: []adjust.Entry{{List: "power", Code: "P-001", Does: adjust.Keep}, {List: "power", Code: "P-007", Does: adjust.New, Content: bad}}})
		must(t, err)
		refused(t, "what the list itself refuses", g.desk.HandIn(bg, g.ann, "", b.At), "lists.place")
	})
}

// Two managers change one draft, and two drafts change one entry: nothing is
// overwritten, and whoever comes second is told.
func TestTwoManagersAtOneEntry(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		g.stand(t, "P-001", "P-002")
		at := g.begin(t, "云政发〔2026〕9号")
		put := func(a act.Actor, at adjust.At, does adjust.Does) error {
			_, err := g.desk.Edit(bg, a, "", adjust.Edit{At: at, Put: []adjust.Entry{{List: "power", Code: "P-001", Does: does}}})
			return err
		}
		errs := make([]error, 2)
		var both sync.WaitGroup
		both.Go(func() { errs[0] = put(g.ann, at, adjust.Cancel) })
		both.Go(func() { errs[1] = put(g.ben, at, adjust.Suspend) })
		both.Wait()
		if (act.KindOf(errs[0]) == act.Conflict) == (act.KindOf(errs[1]) == act.Conflict) || errs[0] != nil && errs[1] != nil {
			t.Fatalf("both at once: %v, %v", errs[0], errs[1])
		}
		first := adjust.At{ID: at.ID, Rev: at.Rev + 1}
		second := g.begin(t, "云政发〔2026〕10号", adjust.Entry{List: "power", Code: "P-001", Does: adjust.Internal})
		g.tolerate(t, first)
		g.tolerate(t, second)
		both.Go(func() { errs[0] = g.desk.HandIn(bg, g.ann, "", first) })
		both.Go(func() { errs[1] = g.desk.HandIn(bg, g.ben, "", second) })
		both.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("both handed in: %v, %v", errs[0], errs[1])
		}
		for _, err := range errs {
			if err != nil {
				refused(t, "the second", err, "adjust.fault.rival")
			}
		}
	})
}

// What changed on the list since the draft is not overwritten when it is applied,
// and nothing of the adjustment is.
func TestAnEntryThatChangedMeanwhile(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		g.stand(t, "P-001", "P-002")
		changed := powerOf("P-002", "换了名字的处罚", "scjg")
		at := g.begin(t, "云政发〔2026〕9号", adjust.Entry{List: "power", Code: "P-001", Does: adjust.Cancel}, adjust.Entry{List: "power", Code: "P-002", Does: adjust.Change, Content: changed})
		g.through(t, at)
		_, err := g.lists.Change(bg, g.ben, "", lists.Batch{List: "power", Document: "云政发〔2026〕8号", Reason: "更正", From: today + 1,
			Changes: []lists.Change{{Content: *powerOf("P-002", "别人改的名字", "scjg")}}})
		must(t, says(err))
		g.Pass(20 * day.Hour * 24)
		if _, err := g.desk.Apply(bg, g.ann, "", at); act.KindOf(err) != act.Conflict {
			t.Errorf("applied over another's change: %v", err)
		}
		if got := g.onList(t, later); got["P-001"] == "" || got["P-002"] != "别人改的名字" {
			t.Errorf("stands: %v", got)
		}
		must(t, g.desk.Reopen(bg, g.ann, "", at, "清单已经变了"))
		if a := g.stage(t, at); a.Stage != adjust.Draft || a.Approved || a.NoticeUntil != 0 {
			t.Errorf("reopened: %+v", a)
		}
		if act.KindOf(g.desk.HandIn(bg, g.ann, "", at)) != act.Conflict {
			t.Error("the former text was handed in")
		}
	})
}

// A day that has passed while the way took long is refused with what to do.
func TestADayThatHasPassed(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		g.stand(t, "P-001")
		at := g.begin(t, "云政发〔2026〕9号", adjust.Entry{List: "power", Code: "P-001", Does: adjust.Suspend})
		g.through(t, at)
		g.Pass(70 * 24 * day.Hour)
		_, err := g.desk.Apply(bg, g.ann, "", at)
		refused(t, "in the past", err, "adjust.past")
		refused(t, "a day in the past", g.desk.Redate(bg, g.ann, "", at, later), "adjust.past")
		must(t, g.desk.Redate(bg, g.ann, "", at, today+80))
		_, err = g.desk.Apply(bg, g.ann, "", at)
		must(t, says(err))
		if len(g.onList(t, today+79)) != 1 || len(g.onList(t, today+80)) != 0 {
			t.Error("not suspended from its day")
		}
		g.Pass(20 * 24 * day.Hour)
		back, err := g.desk.Begin(bg, g.ann, "", adjust.Head{Document: "云政发〔2026〕20号", Reason: "恢复", From: today + 200})
		must(t, err)
		back, err = g.desk.Edit(bg, g.ann, "", adjust.Edit{At: back.At, Put: []adjust.Entry{{List: "power", Code: "P-001", Does: adjust.Resume}}})
		must(t, says(err))
		g.through(t, back.At)
		g.Pass(20 * 24 * day.Hour)
		_, err = g.desk.Apply(bg, g.ann, "", back.At)
		must(t, says(err))
		if got := g.onList(t, today+200); got["P-001"] != names[0] {
			t.Errorf("resumed: %v", got)
		}
	})
}

// A batch of a higher level asks every body below, and the days from decree to list
// are counted for those that follow.
func TestABatchFromAbove(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		g.stand(t, "P-001")
		in := adjust.NewOrder{Document: "省政发〔2026〕5号", Issuer: "省人民政府", Title: "关于取消一批行政许可事项的决定", Items: 25, Decreed: today - 10, Days: 10}
		for want, change := range map[string]func(*adjust.NewOrder){
			"adjust.order.items": func(o *adjust.NewOrder) { o.Items = 0 }, "adjust.order.decreed": func(o *adjust.NewOrder) { o.Decreed = today + 1 },
			"adjust.order.days": func(o *adjust.NewOrder) { o.Days = 0 }, "adjust.order.agencies": func(o *adjust.NewOrder) { o.Agencies = []string{"nobody"} },
		} {
			bad := in
			change(&bad)
			_, err := g.desk.Order(bg, g.ann, "", bad)
			refused(t, want, err, want)
		}
		id, err := g.desk.Order(bg, g.ann, "", in)
		must(t, says(err))
		if _, err := g.desk.Order(bg, g.ben, "", in); code(err) != "adjust.order.twice" {
			t.Errorf("twice: %v", err)
		}
		refused(t, "another's task", g.desk.Settle(bg, g.head, "", id, "scjg", adjust.Follow, ""), "act.not_allowed")
		refused(t, "not applicable without why", g.desk.Settle(bg, g.head, "", id, "spj", adjust.NotApplicable, ""), "adjust.reason")
		must(t, g.desk.Settle(bg, g.head, "", id, "spj", adjust.NotApplicable, "本部门没有这些事项"))
		must(t, g.desk.Settle(bg, g.market, "", id, "scjg", adjust.Follow, ""))
		h := adjust.Head{Document: "云政发〔2026〕11号", Reason: "落实省里取消", Source: adjust.Above, Order: id, From: later}
		b, err := g.desk.Begin(bg, g.ann, "", h)
		must(t, says(err))
		b, err = g.desk.Edit(bg, g.ann, "", adjust.Edit{At: b.At, Put: []adjust.Entry{{List: "power", Code: "P-001", Does: adjust.Cancel}}})
		must(t, err)
		g.through(t, b.At)
		g.Pass(20 * 24 * day.Hour)
		_, err = g.desk.Apply(bg, g.ann, "", b.At)
		must(t, says(err))
		g.read(t, func(tx *store.Tx) error {
			o, err := adjust.OrderByID(tx, id)
			must(t, err)
			tasks, err := adjust.Tasks(tx, o)
			must(t, err)
			if len(tasks) != 4 {
				t.Fatalf("%d bodies were asked: %+v", len(tasks), tasks)
			}
			for _, x := range tasks {
				switch x.Agency {
				case "scjg":
					if x.Listed != later || x.Days != 70 || x.Late {
						t.Errorf("follows: %+v", x)
					}
				case "spj":
					if x.Days != 0 || x.Late || x.Reason == "" {
						t.Errorf("does not apply: %+v", x)
					}
				default:
					if x.Days != 30 || !x.Late {
						t.Errorf("said nothing: %+v", x)
					}
				}
			}
			return nil
		})
	})
}

// An agency that says nothing within its limit, in working days of the calendar,
// holds nobody up.
func TestAnAgencyThatSaysNothing(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		g.stand(t, "P-001")
		at := g.begin(t, "云政发〔2026〕9号", adjust.Entry{List: "power", Code: "P-001", Does: adjust.Cancel})
		g.tolerate(t, at)
		must(t, says(g.desk.HandIn(bg, g.ann, "", at)))
		members := []int64{g.member1.Person, g.member2.Person}
		a := g.stage(t, at)
		if a.ConsentUntil != today+7 { // Monday and five working days
			t.Errorf("until %s", a.ConsentUntil)
		}
		g.read(t, func(tx *store.Tx) error {
			w, err := adjust.WaitingFor(tx, g.market.Person, "scjg")
			if len(w.Consents) != 1 || len(w.Opinions)+len(w.Orders) != 0 {
				t.Errorf("waits: %+v", w)
			}
			return err
		})
		g.Pass(7 * 24 * day.Hour)
		refused(t, "on the last day", g.desk.Convene(bg, g.ann, "", at, members, ""), "adjust.consent.missing")
		g.Pass(24 * day.Hour)
		must(t, says(g.desk.Convene(bg, g.ann, "", at, members, "")))
	})
}
