package power_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/identity/identitytest"
	"tongban/internal/register/power"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

var bg = context.Background()

const (
	item = "11990124YH000006954992014903000" // its base code is the last twelve
	base = "992014903000"
)

// rig is a county with an officer who decides at scjg.
type rig struct {
	*identitytest.World
	powers  *power.Register
	officer int64
}

func both(t *testing.T, f func(t *testing.T, r *rig)) {
	t.Helper()
	identitytest.Both(t, func(t *testing.T, w *identitytest.World) {
		f(t, &rig{w, power.New(w.Runner, w.Register), w.Official("测试甲", "scjg", "decider")})
	})
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// give gives scjg the power and returns the holding.
func (r *rig) give(t testing.TB, h power.Holding) int64 {
	t.Helper()
	if h.Agency == "" {
		h.Agency = "scjg"
	}
	if h.Power == "" {
		h.Power = item
	}
	ids, err := r.powers.Give(bg, act.Machine(), "", []power.Holding{h})
	must(t, err)
	return ids[0]
}

func (r *rig) assign(t testing.TB, what string) int64 {
	t.Helper()
	ids, err := r.powers.Assign(bg, act.Machine(), "", []power.Assignment{{Person: r.officer, Agency: "scjg", Power: what}})
	must(t, err)
	return ids[0]
}

// decision is a command that asks for the power and does nothing else.
var decision = act.Command{Name: "test.decide", Right: "case.decide"}

// decide asks at the moment of decision, as a command does.
func (r *rig) decide(t testing.TB) error {
	t.Helper()
	_, err := act.Run(bg, r.Runner, r.As(r.officer, "scjg", "decider"), "", decision, item, func(c *act.Call, code string) (struct{}, error) {
		if err := c.Allow(act.Scope{Agency: "scjg"}); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, r.powers.Held(c.Tx, code, "scjg", r.officer, c.Today())
	})
	return err
}

func (r *rig) refused(t testing.TB, code string) {
	t.Helper()
	err := r.decide(t)
	var e *act.Error
	if !errors.As(err, &e) || e.Code != code {
		t.Fatalf("got %v, want %s", err, code)
	}
	if e.Kind != act.Refused || e.Law == "" || e.Next.IsZero() || strings.ContainsAny(e.Msg.In(wording.ZH)+e.Next.In(wording.ZH), "⟦{") {
		t.Errorf("refusal %+v", e)
	}
}

func TestEachMissingLinkIsNamed(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		r.refused(t, "power.none")
		r.give(t, power.Holding{Span: day.Span{From: r.Now().Day() + 1}})
		r.refused(t, "power.not_yet")
		r.Pass(24 * day.Hour)
		r.refused(t, "power.no_officer")
		a := r.assign(t, item)
		must(t, r.decide(t))
		must(t, r.powers.Unassign(bg, act.Machine(), "", a))
		r.refused(t, "power.officer_ended")
		if got := r.Acts("refusals"); len(got) != 4 {
			t.Errorf("recorded refusals: %v", got)
		}
		if got := strings.Join(r.Acts("power/scjg"), " "); got != "power.given power.officer_assigned power.officer_unassigned" {
			t.Errorf("events: %s", got)
		}
	})
}

func TestAPowerWithdrawnThisMorningIsGone(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		h := r.give(t, power.Holding{Basis: "权责清单 2026 第 17 项"})
		r.assign(t, power.Every)
		must(t, r.decide(t))
		r.Pass(24*day.Hour - 3*day.Hour)
		must(t, r.powers.Withdraw(bg, act.Machine(), "", power.Withdrawal{Holding: h, Reason: "上收"}))
		r.refused(t, "power.withdrawn")
		err := r.powers.Withdraw(bg, act.Machine(), "", power.Withdrawal{Holding: h})
		if act.KindOf(err) != act.Conflict {
			t.Errorf("withdrawn twice: %v", err)
		}
		r.give(t, power.Holding{})
		must(t, r.decide(t))
	})
}

func TestADelegationEndsByItself(t *testing.T) {
	t.Parallel()
	for kind, want := range map[power.Kind]string{power.Delegated: "power.ended.delegated", power.Agreement: "power.ended.agreement", power.Own: "power.ended.own"} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			both(t, func(t *testing.T, r *rig) {
				today := r.Now().Day()
				r.give(t, power.Holding{Kind: kind, Giver: "spj", Power: base, Span: day.Span{From: today, Until: today + 2}})
				r.assign(t, base)
				must(t, r.decide(t))
				r.Pass(24 * day.Hour)
				must(t, r.decide(t))
				r.Pass(24 * day.Hour)
				r.refused(t, want)
			})
		})
	}
}

func TestAWithdrawalAheadHoldsFromItsDay(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		h := r.give(t, power.Holding{})
		r.assign(t, power.Every)
		must(t, r.powers.Withdraw(bg, act.Machine(), "", power.Withdrawal{Holding: h, Until: r.Now().Day() + 1}))
		must(t, r.decide(t))
		r.Pass(24 * day.Hour)
		r.refused(t, "power.withdrawn")
	})
}

func TestPowersAreGivenByThoseWhoMay(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		catalogue := r.As(r.Official("测试乙", "zfb", "catalogue"), "zfb", "catalogue")
		head := r.As(r.Official("测试丙", "scjg", "head"), "scjg", "head")
		other := r.As(r.Official("测试丁", "spj", "head"), "spj", "head")
		admin := r.As(r.Official("测试戊", "zfb", "admin"), "zfb", "admin")
		want := []power.Holding{{Power: item, Agency: "scjg"}}
		for _, a := range []act.Actor{head, admin} {
			if _, err := r.powers.Give(bg, a, "", want); act.KindOf(err) != act.Refused {
				t.Errorf("%s gave a power: %v", a.Post, err)
			}
		}
		_, err := r.powers.Give(bg, catalogue, "", want)
		must(t, err)
		officer := []power.Assignment{{Person: r.officer, Agency: "scjg", Power: item}}
		if _, err := r.powers.Assign(bg, other, "", officer); act.KindOf(err) != act.Refused {
			t.Errorf("another agency's head assigned: %v", err)
		}
		_, err = r.powers.Assign(bg, head, "", officer)
		must(t, err)
		must(t, r.decide(t))
	})
}

func TestBadInputIsRefusedWhole(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		good := power.Holding{Power: base, Agency: "scjg"}
		for what, bad := range map[string]power.Holding{
			"code":    {Power: "12345", Agency: "scjg"},
			"agency":  {Power: item, Agency: "nowhere"},
			"span":    {Power: item, Agency: "scjg", Span: day.Span{From: 20000, Until: 20000}},
			"giver":   {Power: item, Agency: "scjg", Kind: power.Delegated},
			"itself":  {Power: item, Agency: "scjg", Kind: power.Agreement, Giver: "scjg"},
			"overlap": good,
		} {
			if _, err := r.powers.Give(bg, act.Machine(), "", []power.Holding{good, bad}); err == nil || act.KindOf(err) == act.Internal {
				t.Errorf("%s: %v", what, err)
			}
		}
		must(t, r.Read(func(tx *store.Tx) error {
			list, err := r.powers.PowersOf(tx, "scjg", tx.Today(), "", 10)
			if len(list) != 0 {
				t.Errorf("half a list is stored: %v", list)
			}
			return err
		}))
	})
}

func TestTwoWhoGiveAtOnceGiveOnce(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		var wg sync.WaitGroup
		errs := make([]error, 5)
		for i := range errs {
			wg.Go(func() {
				_, errs[i] = r.powers.Give(bg, act.Machine(), "", []power.Holding{{Power: item, Agency: "scjg"}})
			})
		}
		wg.Wait()
		given := 0
		for _, err := range errs {
			switch act.KindOf(err) {
			case "":
				given++
			case act.Refused:
			default:
				t.Error(err)
			}
		}
		must(t, r.Read(func(tx *store.Tx) error {
			list, err := r.powers.HoldersOf(tx, item, tx.Today())
			if given != 1 || len(list) != 1 {
				t.Errorf("%d given, %d held", given, len(list))
			}
			return err
		}))
	})
}
