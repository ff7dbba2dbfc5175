package catalog_test

import (
	"strings"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/identity"
	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

const felling = "tree-felling"

// listing changes a list of the county.
func (g *rig) listing(t testing.TB, list, document, from string, changes ...lists.Change) {
	t.Helper()
	people := identity.New(g.s, g.r, g.Vault, identity.Options{Hash: identity.Argon{MemoryKiB: 64, Passes: 1, Lanes: 1}})
	_, err := lists.New(g.r, people).Change(bg, act.Machine(), "", lists.Batch{List: list, Document: document, From: day.MustParse(from), Reason: "公布", Region: region, Changes: changes})
	must(t, err)
}

func (g *rig) fee(t *testing.T, agency string) {
	g.listing(t, "fee_admin", "云财〔2024〕1号", "2024-06-01", lists.Change{Content: lists.Content{Columns: lists.Row{
		"code": "F-1", "name": "采伐检验费", "agency": agency, "standard": "每件20元", "basis": "示范财综〔2024〕1号", "funds": "treasury"}}})
}

func (g *rig) service(t *testing.T, item string) {
	g.listing(t, "intermediary", "云办〔2024〕1号", "2024-06-01", lists.Change{Content: lists.Content{Columns: lists.Row{
		"code": "Z-1", "name": "采伐作业设计编制", "agency": "lyj", "item": item, "item_name": "采伐", "basis": "示范林木办法第六条", "who": "有能力的单位", "price": "market", "days": 10, "result": "作业设计"}}})
}

// charging is the item that charges a fee and asks for a service.
func charging(t *testing.T, more ...string) *catalog.Draft {
	return good(t, felling, append([]string{"fees: {charged: false, text: 不收费, basis: 行政许可法第五十八条}", "fees: {charged: true, on: [采伐检验费], text: 按件收, basis: 示范财综〔2024〕1号}",
		"materials:\n", "materials:\n  - {key: design, name: 采伐作业设计, source: self, intermediary: Z-1, required: true, formats: [pdf], max_mb: 5, why: 看采多少, basis: 示范林木办法第六条, how: 委托编制}\n"}, more...)...)
}

// A fee and a service of an intermediary are asked for while they are on their
// lists, for this item and in these hands, and nowhere after: bringing in and
// proposing are refused with the article, and the guide stops to show them.
func TestWhatIsOffItsListIsNotAskedFor(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		d := charging(t)
		off := func(what string, err error, want ...string) {
			t.Helper()
			if act.KindOf(err) != act.Invalid {
				t.Fatalf("%s: %v", what, err)
			}
			for _, w := range append(want, "优化营商环境条例第", "不要") {
				if !strings.Contains(sentences(err), w) {
					t.Errorf("%s: %q is not in %s", what, w, sentences(err))
				}
			}
		}
		enter := func() error {
			_, err := catalog.ImportItems(bg, g.r, by(ann), catalog.ImportOptions{Region: region, From: day.MustParse("2025-01-01")}, d)
			return err
		}
		off("neither listed", enter(), "采伐检验费", "中介服务“Z-1”", "第二十五条", "第四十三条")
		g.fee(t, "lyj")
		off("the service is not", enter(), "Z-1")
		g.service(t, "990164915000")
		item := g.bring(t, d).New[0].Item

		now := func(on string) (v *catalog.Version, text string) {
			g.read(t, func(tx *store.Tx) (err error) {
				v, err = g.items.InForce(tx, item, day.MustParse(on))
				return err
			})
			guide := catalog.Guide(v, nil, day.MustParse(on), wording.ZH)
			for _, m := range guide.Bring {
				text += m.Name + " "
			}
			return v, text + strings.Join(guide.Facts, " ") + " " + guide.Fees.Text
		}
		if v, text := now("2025-06-03"); !v.Fees.Charged || !strings.Contains(text, "采伐检验费：每件20元") || !strings.Contains(text, "采伐作业设计") {
			t.Errorf("while it is listed: %s", text)
		}
		g.listing(t, "fee_admin", "云财〔2026〕2号", "2026-01-01", lists.Change{Op: lists.End, Code: "F-1"})
		g.listing(t, "intermediary", "云办〔2026〕2号", "2026-01-01", lists.Change{Op: lists.End, Code: "Z-1"})
		if _, text := now("2025-12-31"); !strings.Contains(text, "每件20元") {
			t.Errorf("the day before: %s", text)
		}
		if v, text := now("2026-01-01"); v.Fees.Charged || strings.Contains(text, "20元") || strings.Contains(text, "作业设计") || !strings.Contains(text, "不收费") {
			t.Errorf("since it has left its list: %s", text)
		}
		g.set("2026-01-05")
		err := g.Command("item.propose", func(c *act.Call) error {
			_, err := catalog.Propose(c, item, charging(t, "in_force: {from: 2025-01-01}", "in_force: {from: 2026-02-01}"), "改")
			return err
		})
		off("proposed afterwards", err, "从 2026", "取消")
	})
}

func TestAFeeInOtherHandsIsRefused(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		g.fee(t, "scjg")
		g.service(t, "990164915999")
		_, err := catalog.ImportItems(bg, g.r, by(ann), catalog.ImportOptions{Region: region, From: day.MustParse("2025-01-01")}, charging(t))
		if got := sentences(err); !strings.Contains(got, "不是这个事项、这些部门收的") || !strings.Contains(got, "别的事项的") {
			t.Error(got)
		}
	})
	for name, fees := range map[string]string{
		"charged and not named": "fees: {charged: true, text: 每件10元, basis: 某条}", "free and named": "fees: {charged: false, on: [F-1], text: 不收费}", "free and told otherwise": "fees: {charged: false, text: 工本费十元}",
	} {
		if _, problems := written(t, felling, "fees: {charged: false, text: 不收费, basis: 行政许可法第五十八条}", fees); len(problems) != 1 {
			t.Errorf("%s: %v", name, catalog.Problems(problems))
		}
	}
}
