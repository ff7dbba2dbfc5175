package change_test

import (
	"strings"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/register/catalog"
	"tongban/internal/register/law"
	"tongban/internal/rules/wording"
)

// A proposal is judged by the check of the catalogue before it is handed in: what
// it makes wrong is named and nothing is proposed; what was wrong before is not
// held against it. One that files brought in is judged when it is published.
func TestAProposalIsJudged(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		_, err := law.New(g.Runner).Import(bg, act.Machine(), "", law.Library())
		must(t, err)
		written := files(t, "items")
		g.asked(t, written)
		_, err = g.desk.Import(bg, by(ann), where, written)
		must(t, err)
		d := files(t, "items/tree-felling")[0]
		item := g.item(t, d.Code)
		next := func(from, old, text string) *catalog.Draft {
			t.Helper()
			yaml := strings.Replace(string(d.ItemYAML), "from: 2025-01-01", "from: "+from, 1)
			if !strings.Contains(yaml, old) {
				t.Fatalf("the item has no %q", old)
			}
			x, problems := catalog.Read([]byte(strings.Replace(yaml, old, text, 1)), d.FlowXML, d.FormJSON)
			if len(problems) > 0 {
				t.Fatal(catalog.Problems(problems))
			}
			return x
		}
		const basis = "basis:\n"
		bad := next("2025-07-01", basis, basis+"  - {law: 中华人民共和国行政许可法, article: 第九百条, text: 没有这一条}\n")
		_, err = g.desk.Propose(bg, by(ann), "", item, bad, "县里改了办法")
		e, _ := err.(*act.Error)
		if e == nil || e.Kind != act.Invalid || len(e.Fields) != 1 || !strings.Contains(e.Fields[0].Msg.In(wording.ZH), "第九百条") {
			t.Fatalf("handed in: %v", err)
		}
		p, err := g.desk.Propose(bg, by(ann), "", item, next("2025-07-01", basis, basis), "县里改了办法")
		must(t, err)
		_, err = g.desk.Drop(bg, by(ann), "", p.Proposal, "另报")
		must(t, err)
		out, err := g.desk.Import(bg, by(ann), where, []*catalog.Draft{bad})
		must(t, err)
		if _, err := g.desk.Publish(bg, by(ben), "", out.Proposed[0].Version); act.KindOf(err) != act.Invalid {
			t.Errorf("published: %v", err)
		}
	})
}
