package adjust_test

import (
	"slices"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/power"
	"tongban/internal/rules/day"
	"tongban/internal/work/adjust"
)

// The way of an adjustment, from its draft to the lists: checked, agreed, looked at
// by people who did not write it, decided by another, announced, answered, applied.
func TestTheWayOfAnAdjustment(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		g.stand(t, "P-001", "P-002", "P-003", "P-004", "P-005")
		_, err := g.desk.Power.Give(bg, act.Machine(), "", []power.Holding{{Power: "P-001", Agency: "scjg", Basis: "权责清单"}, {Power: "P-003", Agency: "scjg", Basis: "权责清单"}})
		must(t, err)
		at := g.begin(t, "云政发〔2026〕9号",
			adjust.Entry{List: "power", Code: "P-001", Does: adjust.Cancel},
			adjust.Entry{List: "power", Code: "P-002", Does: adjust.Split, Into: []string{"P-021", "P-022"}},
			adjust.Entry{List: "power", Code: "P-021", Does: adjust.New, Content: powerOf("P-021", "夜间施工噪声处罚", "市场监督管理局")},
			adjust.Entry{List: "power", Code: "P-003", Does: adjust.HandDown, Receiver: "xzz"},
			adjust.Entry{List: "power", Code: "P-004", Does: adjust.Filing},
			adjust.Entry{List: "power", Code: "P-005", Does: adjust.Keep})
		err = g.desk.HandIn(bg, g.ann, "", at)
		refused(t, "a successor that is nowhere", err, "adjust.fault.successor")
		b, err := g.desk.Edit(bg, g.ben, "", adjust.Edit{At: at, Put: []adjust.Entry{
			{List: "power", Code: "P-021", Does: adjust.New, Content: powerOf("P-021", "夜间施工噪声处罚", "云禾县市场监督管理局")},
			{List: "power", Code: "P-022", Does: adjust.New, Content: powerOf("P-022", "商业经营噪声处罚", "spj")}}})
		must(t, says(err))
		at = b.At
		x, err := g.desk.Examine(bg, at.ID)
		must(t, err)
		if len(x.Faults) > 0 || len(x.Plans) != 1 || len(x.Plans[0].Differences) != 6 {
			t.Fatalf("faults %v, plans %+v", x.Faults, x.Plans)
		}
		g.tolerate(t, at)
		must(t, says(g.desk.HandIn(bg, g.ann, "key-1", at)))
		must(t, says(g.desk.HandIn(bg, g.ann, "key-1", at))) // the same submission
		g.consentAndPanel(t, at)

		must(t, g.desk.Announce(bg, g.ann, "", at))
		id, err := g.desk.Say(bg, g.citizen, "", at.ID, "夜间噪声到底归谁管，写清楚")
		must(t, err)
		refused(t, "while the notice runs", func() error { _, err := g.desk.Apply(bg, g.ann, "", at); return err }(), "adjust.notice.runs")
		g.Pass(20 * day.Hour * 24)
		refused(t, "a comment after the end", func() error { _, err := g.desk.Say(bg, g.citizen, "", at.ID, "晚了"); return err }(), "adjust.comment.over")
		refused(t, "an unanswered comment", func() error { _, err := g.desk.Apply(bg, g.ann, "", at); return err }(), "adjust.notice.unanswered")
		must(t, g.desk.Answer(bg, g.ben, "", id, adjust.Taken, "改成归市场监管局和审批局，按场所分"))

		did, err := g.desk.Apply(bg, g.ben, "", at)
		must(t, says(err))
		if did.Changes["power"] == 0 || did.Powers != 4 { // two taken, one handed down, two given: P-001, P-003 taken; P-003 down; P-021, P-022 own
			t.Logf("did %+v", did)
		}
		if got := g.onList(t, later-1); len(got) != 5 {
			t.Errorf("before its day: %v", got)
		}
		got := g.onList(t, later)
		if len(got) != 4 || got["P-021"] == "" || got["P-022"] == "" || got["P-004"] == "" || got["P-005"] == "" {
			t.Errorf("from its day: %v", got)
		}
		g.read(t, func(tx *store.Tx) error {
			for code, want := range map[string][]string{"P-001": nil, "P-003": {"xzz"}, "P-021": {"scjg"}, "P-022": {"spj"}} {
				held, err := g.desk.Power.HoldersOf(tx, code, later)
				must(t, err)
				var who []string
				for _, h := range held {
					who = append(who, h.Agency)
				}
				if !slices.Equal(who, want) {
					t.Errorf("%s is held by %v, want %v", code, who, want)
				}
			}
			return nil
		})
		kinds := g.Acts(adjust.Stream(at.ID))
		want := []string{"adjust.drafted", "adjust.edited", "adjust.edited", "adjust.handed_in", "adjust.consent", "adjust.consent", "adjust.consent", "adjust.convened",
			"adjust.opinion", "adjust.opinion", "adjust.decided", "adjust.announced", "adjust.commented", "adjust.answered", "adjust.applied"}
		kinds = slices.DeleteFunc(kinds, func(k string) bool { return k == "adjust.accepted" })
		if !slices.Equal(kinds, want) {
			t.Errorf("the ledger has %v", kinds)
		}
		if a := g.stage(t, at); a.Stage != adjust.Done || a.DoneBy != g.ben.Person {
			t.Errorf("stands at %+v", a)
		}
	})
}

// consentAndPanel goes from the hand-in to the decision and meets every refusal on
// the way.
func (g *rig) consentAndPanel(t *testing.T, at adjust.At) {
	t.Helper()
	members := []int64{g.member1.Person, g.member2.Person}
	refused(t, "another agency's answer", g.desk.Agree(bg, g.head, "", at, "scjg", true, ""), "act.not_allowed")
	refused(t, "an objection without a reason", g.desk.Agree(bg, g.market, "", at, "scjg", false, " "), "adjust.reason")
	must(t, g.desk.Agree(bg, g.head, "", at, "spj", true, ""))
	must(t, g.desk.Agree(bg, g.market, "", at, "scjg", false, "基层接不住"))
	refused(t, "a second answer", g.desk.Agree(bg, g.market, "", at, "scjg", true, ""), "act.not_found")
	refused(t, "a panel before all answered", g.desk.Convene(bg, g.ann, "", at, members, "已协调"), "adjust.consent.missing")
	town := g.As(g.Official("测试癸", "xzz", "head"), "xzz", "head")
	must(t, g.desk.Agree(bg, town, "", at, "xzz", true, ""))
	refused(t, "over an objection without a reason", g.desk.Convene(bg, g.ann, "", at, members, ""), "adjust.consent.objected")
	refused(t, "a panel of one", g.desk.Convene(bg, g.ann, "", at, members[:1], "已协调"), "adjust.panel.few")
	for _, writer := range []act.Actor{g.ann, g.ben} {
		refused(t, "a writer on the panel", g.desk.Convene(bg, g.ann, "", at, append(members[:1:1], writer.Person), "已协调"), "adjust.panel.own")
	}
	must(t, says(g.desk.Convene(bg, g.ann, "", at, members, "镇里已经配了两名执法人员")))

	err := g.desk.Opine(bg, g.ann, "", at, true, true, "没问题")
	refused(t, "the drafter's own opinion", err, "adjust.panel.own")
	if e, ok := err.(*act.Error); !ok || e.Law == "" || e.Next.IsZero() {
		t.Errorf("no article: %+v", err)
	}
	refused(t, "a stranger's opinion", g.desk.Opine(bg, g.head, "", at, true, true, "没问题"), "adjust.panel.stranger")
	refused(t, "without reasons", g.desk.Opine(bg, g.member1, "", at, true, true, ""), "adjust.reason")
	must(t, g.desk.Opine(bg, g.member1, "", at, true, false, "下放以后没有检测设备"))
	refused(t, "a second opinion", g.desk.Opine(bg, g.member1, "", at, true, true, "改主意了"), "act.changed")
	refused(t, "a decision before all spoke", g.desk.Decide(bg, g.leader, "", at, true, "同意"), "adjust.decide.early")
	must(t, g.desk.Opine(bg, g.member2, "", at, true, true, "于法有据"))
	refused(t, "a manager's decision", g.desk.Decide(bg, g.ann, "", at, true, "同意"), "act.not_allowed")
	refused(t, "a departure without a reason", g.desk.Decide(bg, g.leader, "", at, true, ""), "adjust.decide.reason")
	must(t, g.desk.Decide(bg, g.leader, "", at, true, "县里统一配检测设备"))
	if a := g.stage(t, at); a.Stage != adjust.Decided || a.Decision == "" {
		t.Errorf("decided: %+v", a)
	}
}
