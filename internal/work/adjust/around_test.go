package adjust_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/identity/identitytest"
	"tongban/internal/register/lists"
	"tongban/internal/rules/checkup"
	"tongban/internal/rules/wording"
	"tongban/internal/work/adjust"
)

var sameNames = []string{"食品摊贩占道处罚", "食品摊贩（占道）处罚", "其他违法处罚", "其它违法处罚", "其他", "噪声扰民处罚", "噪声扰民的处罚"}

// feeOf is a fee that is in order.
func feeOf(code, name, item string) *lists.Content {
	return &lists.Content{Columns: lists.Row{"code": code, "name": name, "agency": "spj", "standard": "10元", "basis": "《行政许可法》第五十八条", "funds": "treasury", "item": item}}
}

// stock fills the lists of powers and fees, and enters an item that charges one.
func (g *rig) stock(t *testing.T, rnd *rand.Rand) (item string) {
	t.Helper()
	b := lists.Batch{List: "power", Document: "云政发〔2026〕1号", Reason: "首次公布", From: today}
	for i := range 40 {
		b.Changes = append(b.Changes, lists.Change{Content: *powerOf(fmt.Sprintf("P-%02d", i), sameNames[rnd.IntN(len(sameNames))], []string{"spj", "scjg"}[rnd.IntN(2)])})
	}
	_, err := g.lists.Change(bg, g.ann, "", b)
	must(t, says(err))
	b = lists.Batch{List: "fee_admin", Document: "云财〔2026〕1号", Reason: "公布", From: today}
	for i, name := range []string{"工本费", "考试费", "检验费"} {
		b.Changes = append(b.Changes, lists.Change{Content: *feeOf(fmt.Sprintf("F-%d", i+1), name, "")})
	}
	_, err = g.lists.Change(bg, g.ann, "", b)
	must(t, says(err))
	read := func(name string) []byte {
		src, err := os.ReadFile("../../demo/county/items/senior-card/" + name)
		must(t, err)
		return src
	}
	var drafts []*catalog.Draft
	for i, fees := range []string{`on: [工本费, "F-2"]`, `on: [考试费]`, ``} {
		text := strings.Replace(string(read("item.yaml")), "P4992011902000", fmt.Sprintf("P499201190200%d", i), 1)
		text = strings.Replace(text, `base: {code: "992011902000"}`, "base: {none: 示范}", 1)
		text = strings.Replace(text, "from: 2025-01-01", "from: "+today.String(), 1)
		if fees != "" {
			text = strings.Replace(text, "fees: {charged: false,", "fees: {charged: true, "+fees+",", 1)
		}
		d, problems := catalog.Read([]byte(text), read("flow.bpmn"), read("form.json"))
		if len(problems) > 0 {
			t.Fatal(catalog.Problems(problems))
		}
		drafts = append(drafts, d)
	}
	_, err = catalog.ImportItems(bg, g.Runner, g.ann, catalog.ImportOptions{Region: identitytest.County, From: today}, drafts...)
	must(t, says(err))
	return drafts[0].Code
}

// made are a few changes by chance, each of another entry.
func made(rnd *rand.Rand, item string) (list []adjust.Entry) {
	for len(list) < 1+rnd.IntN(4) {
		e := adjust.Entry{List: "power", Code: fmt.Sprintf("P-%02d", rnd.IntN(50)), Does: adjust.Change}
		if e.Code >= "P-40" {
			e.Does = adjust.New
		}
		e.Content = powerOf(e.Code, sameNames[rnd.IntN(len(sameNames))]+[]string{"", "甲"}[rnd.IntN(2)], []string{"spj", "scjg", "zfb"}[rnd.IntN(3)])
		if rnd.IntN(3) == 0 {
			e = adjust.Entry{List: "fee_admin", Code: fmt.Sprintf("F-%d", 1+rnd.IntN(3)), Does: adjust.Change}
			e.Content = feeOf(e.Code, []string{"工本费", "考试费", "新的费"}[rnd.IntN(3)], []string{"", item}[rnd.IntN(2)])
		}
		if e.Does == adjust.Change && rnd.IntN(3) == 0 {
			e.Does, e.Content = adjust.Cancel, nil
		}
		if !slices.ContainsFunc(list, func(x adjust.Entry) bool { return x.Code == e.Code }) {
			list = append(list, e)
		}
	}
	return list
}

// What is found about an adjustment by reading what can matter for it is what is
// found by reading the lists whole.
func TestAnAdjustmentIsJudgedAsByTheWholeLists(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		rnd := rand.New(rand.NewPCG(3, 1))
		item := g.stock(t, rnd)
		found, fewer := map[string]int{}, 0
		for i := range 40 {
			x := &adjust.Examined{Adjustment: adjust.Adjustment{Document: "云政发〔2026〕12号", Reason: "调整", From: later}, Entries: made(rnd, item)}
			var err error
			x.Plans, err = g.desk.Plans(bg, x.Adjustment, x.Entries)
			must(t, says(err))
			n := 0
			for _, p := range x.Plans {
				if len(p.Problems) > 0 {
					t.Fatal(p.Problems[0].Sentence().In(wording.ZH))
				}
				n += len(p.Differences)
			}
			if n < len(x.Entries) { // an entry that stays as it is
				continue
			}
			g.read(t, func(tx *store.Tx) error {
				got, few, err := g.desk.Differing(tx, x, false)
				must(t, err)
				want, all, err := g.desk.Differing(tx, x, true)
				must(t, err)
				if told(got) != told(want) {
					t.Fatalf("%d %+v: found\n%s\nby the whole lists\n%s", i, x.Entries, told(got), told(want))
				}
				for _, f := range got {
					found[f.Rule]++
				}
				if few < all/2 {
					fewer++
				}
				return nil
			})
		}
		if found["power_shared"] == 0 || found["fee_off_list"] == 0 || fewer == 0 {
			t.Errorf("found %v, %d times less than half was read", found, fewer)
		}
	})
}

// told writes findings down in an order of their own.
func told(list []checkup.Finding) string {
	var lines []string
	for _, f := range list {
		lines = append(lines, f.ID+" "+f.Rule+" "+f.Subject.Code+" "+f.Message.In(wording.ZH))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
