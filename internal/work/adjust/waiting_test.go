package adjust_test

import (
	"testing"

	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/work/adjust"
)

// What waits moves from one to the next: the agency, who convenes, the panel, the
// government, who announces, and, when the notice has ended, who applies.
func TestWhatWaitsMovesOn(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		g.stand(t, "W-1")
		at := g.begin(t, "云政发〔2026〕31号", adjust.Entry{List: "power", Code: "W-1", Does: adjust.Cancel})
		is := func(when string, consents, opinions, decisions, next int) {
			t.Helper()
			g.read(t, func(tx *store.Tx) error {
				market, err := adjust.WaitingFor(tx, g.market.Person, "scjg")
				must(t, err)
				member, err := adjust.WaitingFor(tx, g.member1.Person, "zfb")
				must(t, err)
				if len(market.Consents) != consents || len(member.Opinions) != opinions || len(member.Decisions) != decisions || len(member.Next) != next {
					t.Errorf("%s: %d consents, %d opinions, %d decisions, %d to be taken on", when, len(market.Consents), len(member.Opinions), len(member.Decisions), len(member.Next))
				}
				return nil
			})
		}
		is("a draft", 0, 0, 0, 0)
		g.tolerate(t, at)
		must(t, says(g.desk.HandIn(bg, g.ann, "", at)))
		is("agencies are asked", 1, 0, 0, 0)
		must(t, says(g.desk.Agree(bg, g.market, "", at, "scjg", true, "")))
		is("the agency agreed", 0, 0, 0, 1)
		must(t, says(g.desk.Convene(bg, g.ann, "", at, []int64{g.member1.Person, g.member2.Person}, "")))
		is("the panel sits", 0, 1, 0, 0)
		must(t, g.desk.Opine(bg, g.member1, "", at, true, true, "有依据"))
		is("one member spoke", 0, 0, 0, 0)
		must(t, g.desk.Opine(bg, g.member2, "", at, true, true, "同意"))
		is("all members spoke", 0, 0, 1, 0)
		must(t, says(g.desk.Decide(bg, g.leader, "", at, true, "")))
		is("decided", 0, 0, 0, 1)
		must(t, says(g.desk.Announce(bg, g.ann, "", at)))
		is("the notice runs", 0, 0, 0, 0)
		g.Pass(20 * 24 * day.Hour)
		is("the notice has ended", 0, 0, 0, 1)
		_, err := g.desk.Apply(bg, g.ben, "", at)
		must(t, says(err))
		is("applied", 0, 0, 0, 0)
	})
}

// A code as people type it, in full width, with blanks or small letters, is the code.
func TestCodesAsPeopleTypeThem(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		g.stand(t, "T-1", "T-2")
		src := "权力编码,权力名称,权力类型,实施机关\n Ｔ-１００ ,夜间施工噪声处罚,行政处罚,scjg\n"
		entries, err := adjust.ReadEntries("power", adjust.New, "新增.csv", []byte(src))
		must(t, err)
		entries[0].Content.Tables = powerOf("T-100", "", "scjg").Tables
		at := g.begin(t, "云政发〔2026〕32号", append(entries,
			adjust.Entry{List: "power", Code: " t－1 ", Does: adjust.Merge, Into: []string{"ｔ-１００"}}, adjust.Entry{List: "power", Code: "Ｔ-２", Does: adjust.Keep})...)
		x, err := g.desk.Examine(bg, at.ID)
		must(t, err)
		if len(x.Faults) > 0 || len(x.Plans) != 1 || x.Plans[0].Added != 1 || x.Plans[0].Ended != 1 || len(x.Entries) != 3 || x.Entries[1].Code != "T-100" {
			t.Fatalf("faults %v, %+v", x.Faults, x.Entries)
		}
		_, err = g.desk.Edit(bg, g.ann, "", adjust.Edit{At: at, Put: []adjust.Entry{{List: "power", Code: "　", Does: adjust.Cancel}}})
		refused(t, "blanks alone", err, "adjust.entry.code")
	})
}
