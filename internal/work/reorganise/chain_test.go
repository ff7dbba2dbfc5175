package reorganise_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/power"
	"tongban/internal/rules/day"
	"tongban/internal/work/reorganise"
)

// An agency is renamed, then splits, then one half merges: names are what they were on
// each day, and every document finds who answers for it.
func TestAMergerOfASplitOfARenamedOne(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		must(t, g.seal("scjg"))
		g.give(t, "scjg", codeOf(1), codeOf(2))
		officer := g.Official("测试丙", "scjg", "decider")
		_, err := g.power.Assign(bg, act.Machine(), "", []power.Assignment{{Person: officer, Agency: "scjg", Power: power.Every}})
		must(t, err)
		first := g.today()
		g.Pass(24 * day.Hour)
		g.done(t, "一号", nil, reorganise.Agency{Key: "scjg", Fate: reorganise.Rename, Name: "云禾县市场监管局"})
		renamed := g.today()
		if was, is := g.name(t, "scjg", renamed-1), g.name(t, "scjg", renamed); was != "云禾县市场监督管理局" || is != "云禾县市场监管局" {
			t.Errorf("names %s, %s", was, is)
		}
		moves := []reorganise.Move{{Agency: "scjg", Kind: reorganise.OnPower, Ref: codeOf(1), To: "spa"}, {Agency: "scjg", Kind: reorganise.OnPower, Ref: codeOf(2), To: "zlj"},
			{Agency: "scjg", Kind: reorganise.OnPost, Ref: g.post(t, officer, "scjg"), To: "spa"}}
		g.done(t, "二号", moves, merge("scjg", ""), founded("spa", "云禾县食品局"), founded("zlj", "云禾县质量局"))
		split := g.today()
		g.done(t, "三号", nil, merge("spa", "spj"))
		if got := g.holders(t, codeOf(1), g.today()); !slices.Equal(got, []string{"spj"}) {
			t.Errorf("the first power is held by %v", got)
		}
		if got := g.holders(t, codeOf(2), g.today()); !slices.Equal(got, []string{"zlj"}) {
			t.Errorf("the second by %v", got)
		}
		// All powers of the old agency are not all powers of the new one.
		g.give(t, "spj", codeOf(3))
		g.read(t, func(tx *store.Tx) error {
			if err := g.power.Held(tx, codeOf(1), "spj", officer, tx.Today()); err != nil {
				t.Error(err)
			}
			if err := g.power.Held(tx, codeOf(3), "spj", officer, tx.Today()); code(err) != "power.no_officer" {
				t.Errorf("an officer of the old agency decides on more: %v", err)
			}
			for about, want := range map[string]string{codeOf(1): "[spj]", codeOf(2): "[zlj]", "": "[spj zlj]"} {
				a, err := reorganise.Answers(tx, "scjg", first, tx.Today(), reorganise.About{Item: about})
				if got := fmt.Sprint(a.Now); err != nil || got != want || a.Steps[0].Fate != reorganise.Rename {
					t.Errorf("%s: %s answers, %+v %v", about, got, a.Steps, err)
				}
			}
			a, err := reorganise.Answers(tx, "spa", split, tx.Today(), reorganise.About{})
			if fmt.Sprint(a.Now) != "[spj]" || len(a.Steps) != 1 {
				t.Errorf("of the second: %+v", a)
			}
			return err
		})
		if g.name(t, "scjg", split) != "" || g.name(t, "scjg", split-1) != "云禾县市场监管局" {
			t.Error("when it ended")
		}
	})
}

func (g *rig) seal(agency string) error {
	_, err := g.MakeSealKey(bg, act.Machine(), "", sealFrom(agency, g.today()))
	return err
}

func (g *rig) post(t testing.TB, person int64, agency string) (ref string) {
	t.Helper()
	g.read(t, func(tx *store.Tx) error {
		list, err := g.PostsOf(tx, person)
		for _, p := range list {
			if p.Agency == agency {
				ref = strconv.FormatInt(p.ID, 10)
			}
		}
		return err
	})
	return ref
}

// What nobody is named for blocks the act, each by its name.
func TestWhatIsLeftUnassignedBlocks(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		g.give(t, "scjg", codeOf(1), codeOf(2))
		g.Official("测试丙", "scjg", "reviewer")
		at := g.begin(t, "一号", g.today()+1, []reorganise.Move{{Agency: "scjg", Kind: reorganise.OnPower, Ref: codeOf(1), To: "spj"}}, merge("scjg", ""))
		err := g.desk.Decide(bg, g.leader, "", at, true, "")
		if got := faults(err); len(got) != 2 || got[0] != "reorganise.fault.unassigned" || got[1] != got[0] {
			t.Errorf("%v", says(err))
		}
		for what, plan := range map[string][]reorganise.Agency{
			"reorganise.fault.receiver": {merge("scjg", "nowhere")},
			"reorganise.fault.ends":     {merge("scjg", "spj"), merge("spj", "zfb")},
			"reorganise.fault.known":    {founded("spj", "又一个审批局")},
			"reorganise.fault.gone":     {merge("nobody", "spj")},
			"reorganise.fault.nothing":  nil,
		} {
			x := g.begin(t, what, g.today()+1, nil, plan...)
			if err := g.desk.Decide(bg, g.leader, "", x, true, ""); !slices.Contains(faults(err), what) {
				t.Errorf("%s: %v", what, says(err))
			}
		}
		_, err = g.desk.Begin(bg, g.ann, "", reorganise.Plan{Document: "旧", Reason: "旧", From: g.today() - 1, Agencies: []reorganise.Agency{merge("scjg", "spj")}})
		if got := faults(err); !slices.Contains(got, "reorganise.past") {
			t.Errorf("in the past: %v", got)
		}
	})
}

// Two acts on one agency: the second that is decided is a conflict, also at one moment.
func TestTwoActsOnOneAgency(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		acts := []reorganise.At{g.begin(t, "一号", g.today()+1, nil, merge("scjg", "spj")), g.begin(t, "二号", g.today()+2, nil, merge("scjg", "zfb"))}
		if err := g.desk.Decide(bg, g.ann, "", acts[0], true, ""); act.KindOf(err) != act.Refused {
			t.Errorf("its writer decided: %v", err)
		}
		errs := make([]error, 2)
		var wg sync.WaitGroup
		for i, at := range acts {
			wg.Go(func() { errs[i] = g.desk.Decide(bg, g.leader, "", at, true, "") })
		}
		wg.Wait()
		kinds := []act.Kind{act.KindOf(errs[0]), act.KindOf(errs[1])}
		if slices.Sort(kinds); kinds[0] != "" || kinds[1] != act.Conflict {
			t.Errorf("%v %v", errs[0], errs[1])
		}
		for _, at := range acts {
			if err := g.desk.Carry(bg, g.ann, "", at); act.KindOf(err) != act.Refused && act.KindOf(err) != act.Conflict {
				t.Errorf("before its day: %v", err)
			}
		}
	})
}

// After any chain of acts every power has exactly one holder, an agency that is: the
// one that a replay of the acts finds, and the one that answers for it.
func TestEveryPowerHasOneHolder(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		holder := map[string]string{}
		for i := range 6 {
			agency := []string{"scjg", "spj"}[i%2]
			g.give(t, agency, codeOf(i))
			holder[codeOf(i)] = agency
		}
		origin, written, n := maps.Clone(holder), g.today(), 0
		live := []string{"scjg", "spj", "xzz"}
		rapid.Check(t, func(rt *rapid.T) {
			if n++; n > 25 {
				return // one long chain
			}
			i := rapid.IntRange(0, len(live)-1).Draw(rt, "from")
			from, to := live[i], live[(i+1)%len(live)]
			agencies := []reorganise.Agency{{Key: from, Fate: rapid.SampledFrom([]string{reorganise.End, reorganise.Cede, reorganise.Rename}).Draw(rt, "fate"), Name: fmt.Sprintf("第%d局", n)}}
			fresh := fmt.Sprintf("new%d", n)
			agencies = append(agencies, founded(fresh, "新局"+strconv.Itoa(n)))
			var moves []reorganise.Move
			switch agencies[0].Fate {
			case reorganise.End, reorganise.Cede:
				for _, c := range slices.Sorted(maps.Keys(holder)) {
					if holder[c] != from {
						continue
					}
					dest := rapid.SampledFrom([]string{to, fresh, ""}).Draw(rt, c)
					if dest == "" && agencies[0].Fate == reorganise.End {
						dest = to // the heir's
					} else if dest != "" {
						moves = append(moves, reorganise.Move{Agency: from, Kind: reorganise.OnPower, Ref: c, To: dest})
					}
					if dest != "" {
						holder[c] = dest
					}
				}
			}
			live = append(live, fresh)
			if agencies[0].Fate == reorganise.End {
				agencies[0].Heir = to
				live = slices.DeleteFunc(live, func(k string) bool { return k == from })
			}
			g.done(t, "文"+strconv.Itoa(n), moves, agencies...)
			for c, want := range holder {
				if got := g.holders(t, c, g.today()); len(got) != 1 || got[0] != want {
					rt.Fatalf("%s is held by %v, want %s", c, got, want)
				}
				g.read(t, func(tx *store.Tx) error {
					a, err := reorganise.Answers(tx, origin[c], written, tx.Today(), reorganise.About{Item: c})
					if len(a.Now) != 1 || a.Now[0] != want {
						rt.Fatalf("%s: %v answers, want %s", c, a.Now, want)
					}
					_, missing := g.Agency(tx, want, tx.Today())
					if missing != nil {
						rt.Fatalf("%s is held by %s, which is gone", c, want)
					}
					return err
				})
			}
		})
	})
}
