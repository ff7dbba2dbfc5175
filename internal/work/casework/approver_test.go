package casework_test

import (
	"fmt"
	"testing"

	"tongban/internal/register/identity"
	"tongban/internal/rules/day"
	"tongban/internal/work/casework"
)

// Whoever approves an extension does it in the post that the article names, also
// when they sit in another one that has the same right.
func TestExtensionIsApprovedInThePostTheArticleNames(t *testing.T) {
	both(t, func(w *world) {
		leader := w.of("zfb", "leader", 0)
		_, err := w.People.GrantPost(w.ctx, w.as("zfb_admin_1"), "",
			identity.Post{Person: leader.Person, Agency: "zfb", Post: "head", Span: day.Span{From: w.clock.Now().Day()}})
		w.must(err)
		id := w.accepted()
		_, err = w.Office.AskExtension(w.ctx, w.of("scjg", "decider", 0), "", casework.AskExtensionIn{Case: id, Days: 5, Reason: "人手不够"})
		w.must(err)
		_, err = w.Office.SettleExtension(w.ctx, w.byPerson(leader.Person, "zfb", "head"), "", casework.SettleExtensionIn{Case: id, Approve: true})
		w.must(err)
		found := false
		for _, a := range w.acts(fmt.Sprintf("case/%d", id)) {
			if a.Kind != "case.extended" {
				continue
			}
			if found = true; a.By.Post != "leader" {
				w.t.Errorf("the extension of a joint case was approved as %s", a.By.Post)
			}
		}
		if !found {
			w.t.Error("no extension in the record")
		}
	})
}
