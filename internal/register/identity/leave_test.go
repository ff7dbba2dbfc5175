package identity_test

import (
	"slices"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/identity"
	"tongban/internal/register/identity/identitytest"
	"tongban/internal/rules/day"
)

func TestAStandInActsWhileTheLeaveHolds(t *testing.T) {
	t.Parallel()
	identitytest.Both(t, func(t *testing.T, w *identitytest.World) {
		away, in := w.Official("测试甲", "scjg", "decider"), w.Official("测试乙", "scjg", "reviewer")
		today := w.Now().Day()
		self := w.As(away, "scjg", "decider")
		_, err := w.SetLeave(bg, self, "", identity.Leave{Person: away, StandIn: in, Span: spanOf(today+2, today+4)})
		must(t, err)
		deciding := func() (act.Actor, bool) {
			a, ok := identity.Acting(w.As(in, "", ""), "decider", "scjg")
			if ok != (authorise(t, w, stand(w.As(in, "", ""), away), "case.decide", act.Scope{Agency: "scjg"}) == nil) {
				t.Errorf("%s: offered %v, allowed %v", w.Now().Day(), ok, !ok)
			}
			var staff []int64
			must(t, w.Read(func(tx *store.Tx) (err error) {
				staff, err = w.StaffOf(tx, "scjg", "decider", tx.Today())
				return err
			}))
			if ok != slices.Contains(staff, in) || !slices.Contains(staff, away) {
				t.Errorf("%s: staff %v", w.Now().Day(), staff)
			}
			return a, ok
		}
		for i, want := range []bool{false, false, true, true, false} {
			a, ok := deciding()
			if ok != want {
				t.Errorf("day %d: %v", i, ok)
			}
			if ok && (a.StandsFor != away || a.Person != in) {
				t.Errorf("acts as %+v", a)
			}
			w.Pass(24 * day.Hour)
		}
	})
}

// stand is the person acting as decider of scjg for somebody on leave.
func stand(a act.Actor, of int64) act.Actor {
	a.Who, a.Agency, a.Post, a.StandsFor = act.Staff, "scjg", "decider", of
	return a
}

func TestReturningEarlyEndsTheStandIn(t *testing.T) {
	t.Parallel()
	identitytest.Both(t, func(t *testing.T, w *identitytest.World) {
		away, in := w.Official("测试甲", "scjg", "decider"), w.Official("测试乙", "scjg", "reviewer")
		today := w.Now().Day()
		head := w.As(w.Official("测试丙", "scjg", "head"), "scjg", "head")
		id, err := w.SetLeave(bg, head, "", identity.Leave{Person: away, StandIn: in, Span: spanOf(today, today+9)})
		must(t, err)
		must(t, authorise(t, w, stand(w.As(in, "", ""), away), "case.decide", act.Scope{Agency: "scjg"}))
		must(t, w.EndLeave(bg, w.As(away, "scjg", "decider"), "", id))
		wantCode(t, authorise(t, w, stand(w.As(in, "", ""), away), "case.decide", act.Scope{Agency: "scjg"}), "identity.post.gone")
	})
}

func TestLeaveIsCheckedAndNotHandedOn(t *testing.T) {
	t.Parallel()
	identitytest.Both(t, func(t *testing.T, w *identitytest.World) {
		a, b, c := w.Official("测试甲", "scjg", "decider"), w.Official("测试乙", "scjg", "reviewer"), w.Official("测试丙", "scjg", "inspector")
		stranger := w.As(w.Official("测试丁", "spj", "head"), "spj", "head")
		today := w.Now().Day()
		set := func(by act.Actor, person, in int64, from, until day.Day) error {
			_, err := w.SetLeave(bg, by, "", identity.Leave{Person: person, StandIn: in, Span: spanOf(from, until)})
			return err
		}
		wantCode(t, set(stranger, a, b, today, today+3), "act.not_allowed")
		m := act.Machine()
		wantCode(t, set(m, a, a, today, today+3), "identity.leave.self")
		wantCode(t, set(m, a, b, today, today), "identity.leave.days")
		wantCode(t, set(m, a, w.Resident("测试戊"), today, today+3), "identity.leave.stand_in")
		must(t, set(m, a, b, today, today+3))
		wantCode(t, set(m, a, c, today+2, today+5), "identity.leave.twice")
		must(t, set(m, b, c, today, today+3))
		if _, ok := identity.Acting(w.As(c, "", ""), "decider", "scjg"); ok {
			t.Error("the stand-in's stand-in got the first one's post")
		}
		if _, ok := identity.Acting(w.As(c, "", ""), "reviewer", "scjg"); !ok {
			t.Error("the stand-in's own post was not handed over")
		}
	})
}
