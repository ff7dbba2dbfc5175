package catalog_test

import (
	"strings"
	"testing"

	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/wording"
)

// An item leads to its variants and each variant back, by the two digits of their
// codes; a variant's name may say more than the base item's, another item's may not.
func TestVariantsOfAnItem(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		g.list(t, "云政发〔2025〕1号", "2024-06-01", "林木采伐许可（示范）")
		main := good(t, "tree-felling")
		g.bring(t, main)
		code := main.Code
		variant := func(n, name string) *catalog.Draft {
			return good(t, "tree-felling", code, code+n, "name: 林木采伐许可（示范）", "name: "+name, "summary: ", "situation: 这一种\nsummary: ")
		}
		g.bring(t, variant("02", "林木采伐许可（示范）：更新采伐"), variant("01", "林木采伐许可（示范）：抚育采伐"))
		other := strings.Replace(code, code[:18], "11990124YH00002452", 1)
		if _, err := catalog.ImportItems(bg, g.r, by(ann), catalog.ImportOptions{Region: region}, good(t, "tree-felling", code, other, "name: 林木采伐许可（示范）", "name: 采伐证")); err == nil {
			t.Error("an item with another name than its base item")
		}
		local := "511A0138000000-511602000000-000-115113010833722043-1-"
		g.bring(t, good(t, "tree-felling", code, local+"00"), good(t, "tree-felling", code, local+"07", "name: 林木采伐许可（示范）", "name: 林木采伐许可（示范）：补办", "summary: ", "situation: 丢了\nsummary: "))
		g.read(t, func(tx *store.Tx) error {
			for at, want := range map[string]string{
				code: "林木采伐许可（示范）：抚育采伐 林木采伐许可（示范）：更新采伐", code + "01": "of 林木采伐许可（示范）",
				local + "00": "林木采伐许可（示范）：补办", local + "07": "of 林木采伐许可（示范）", "LOCAL-1": "",
			} {
				of, list, err := catalog.Variants(tx, at, tx.Today())
				must(t, err)
				var got []string
				if of != nil {
					got = append(got, "of "+of.Name)
				}
				for _, v := range list {
					got = append(got, v.Name)
				}
				if strings.Join(got, " ") != want {
					t.Errorf("%s: %q, want %q", at, got, want)
				}
			}
			id, err := g.items.ByCode(tx, code)
			must(t, err)
			it, err := g.items.InForce(tx, id, tx.Today())
			must(t, err)
			short := good(t, "tree-felling", code, code+"03", "summary: ", "situation: 零星采伐\nsummary: ", "name: 采伐位置图", "name: 位置简图", "promised:  {days: 10", "promised:  {days: 3")
			v := *it
			v.Written = short.Item
			var told []string
			for _, m := range catalog.Differs(it, &v) {
				told = append(told, m.In(wording.ZH))
			}
			if got := strings.Join(told, "\n"); got != "另外要交：位置简图\n不用交：采伐位置图\n承诺3个工作日（原事项10个工作日）" {
				t.Errorf("differs: %s", got)
			}
			if catalog.OfItem(code+"03") != code || catalog.OfItem(code) != "" || catalog.OfItem("LOCAL-1") != "" {
				t.Error("whose variant it is")
			}
			of, list, err := catalog.Variants(tx, code, tx.Today()-4000)
			if of != nil || len(list) > 0 {
				t.Error("variants before there were any")
			}
			return err
		})
	})
}
