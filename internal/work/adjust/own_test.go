package adjust_test

import (
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/work/adjust"
)

// An agency's manager drafts and hands in what is about their own agency; what
// follows is the county's. Nobody answers for an agency about what they wrote.
func TestAnAgencyDraftsAboutWhatIsItsOwn(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		g.stand(t, "S-1", "S-2")
		manager := g.As(g.Official("测试癸", "scjg", "manager"), "scjg", "manager")
		stranger := g.As(g.Official("测试子", "spj", "manager"), "spj", "manager")
		begun, err := g.desk.Begin(bg, manager, "", adjust.Head{Document: "云市监〔2026〕1号", Reason: "清理", From: later})
		must(t, says(err))
		at := begun.At
		foreign := adjust.Entry{List: "power", Code: "Z-1", Does: adjust.New, Content: powerOf("Z-1", "别人的权力", "spj")}
		_, err = g.desk.Edit(bg, manager, "", adjust.Edit{At: at, Put: []adjust.Entry{foreign}})
		refused(t, "by an agency", err, "act.not_allowed")
		moved := powerOf("S-1", "改名", "spj") // its own power, moved to another: the other is asked
		begun, err = g.desk.Edit(bg, manager, "", adjust.Edit{At: at, Put: []adjust.Entry{{List: "power", Code: "S-1", Does: adjust.Change, Content: moved}}})
		must(t, says(err))
		at = begun.At
		_, err = g.desk.Edit(bg, stranger, "", adjust.Edit{At: at, Head: &adjust.Head{Document: "改文号", Reason: "夺", From: later}})
		refused(t, "by an agency", err, "act.not_allowed")
		begun, err = g.desk.Edit(bg, manager, "", adjust.Edit{At: at, Put: []adjust.Entry{{List: "power", Code: "S-1", Does: adjust.Cancel}}})
		must(t, says(err))
		at = begun.At
		for who, want := range map[*act.Actor]bool{&manager: true, &stranger: false, &g.member1: false} {
			if got := g.sees(t, *who, at.ID); got != want {
				t.Errorf("a draft of scjg is seen by %s of %s: %v", who.Post, who.Agency, got)
			}
		}
		for _, f := range g.warnings(t, at) {
			must(t, says(g.desk.Accept(bg, manager, "", at, f, "已核对")))
		}
		refused(t, "by an agency", g.desk.HandIn(bg, stranger, "", at), "act.not_allowed")
		must(t, says(g.desk.HandIn(bg, manager, "", at)))
		refused(t, "by an agency", g.desk.Agree(bg, manager, "", at, "scjg", true, ""), "adjust.consent.own")
		refused(t, "by an agency", g.desk.Agree(bg, stranger, "", at, "scjg", true, ""), "act.not_allowed")
		refused(t, "by an agency", g.desk.Reopen(bg, manager, "", at, "再改"), "act.not_allowed")
		refused(t, "by an agency", g.desk.Drop(bg, manager, "", at, "不改了"), "act.not_allowed")
		must(t, says(g.desk.Agree(bg, g.market, "", at, "scjg", true, "")))
		members := []int64{g.member1.Person, g.member2.Person}
		refused(t, "by an agency", g.desk.Convene(bg, manager, "", at, members, ""), "act.not_allowed")
		must(t, says(g.desk.Convene(bg, g.ann, "", at, members, "")))
		if !g.sees(t, g.member1, at.ID) || g.sees(t, stranger, at.ID) {
			t.Error("seen by whom it does not concern, or not by a member of the panel")
		}
		refused(t, "by an agency", g.desk.Announce(bg, manager, "", at), "act.not_allowed")

		county := g.begin(t, "云政发〔2026〕8号", adjust.Entry{List: "power", Code: "S-2", Does: adjust.Cancel})
		_, err = g.desk.Edit(bg, manager, "", adjust.Edit{At: county, Head: &adjust.Head{Document: "县里的", Reason: "改", From: later}})
		refused(t, "by an agency", err, "act.not_allowed")
		if g.sees(t, manager, county.ID) {
			t.Error("a draft of the county is seen by an agency before it is asked")
		}
	})
}

// sees tells whether an adjustment concerns somebody, and whether their list has it.
func (g *rig) sees(t *testing.T, a act.Actor, id int64) (seen bool) {
	t.Helper()
	must(t, g.Store.Read(bg, func(tx *store.Tx) (err error) {
		if seen, err = adjust.Concerns(tx, id, a.Person, a.Agency); err != nil {
			return err
		}
		list, err := adjust.PageFor(tx, a.Person, a.Agency, "", 0, 50)
		listed := false
		for _, x := range list {
			listed = listed || x.ID == id
		}
		if listed != seen {
			t.Errorf("concerns %v, listed %v", seen, listed)
		}
		return err
	}))
	return seen
}

// warnings are the rules whose warnings have to be accepted.
func (g *rig) warnings(t *testing.T, at adjust.At) (rules []string) {
	t.Helper()
	x, err := g.desk.Examine(bg, at.ID)
	must(t, err)
	done := map[string]bool{}
	for _, f := range x.Findings {
		if f.Blocks() && !done[f.Rule] {
			done[f.Rule] = true
			rules = append(rules, f.Rule)
		}
	}
	return rules
}
