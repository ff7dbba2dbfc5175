package catalog_test

import (
	"errors"
	"strings"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// Each version is found by its number for ever, and what it tells otherwise than the
// one before is named, nothing else.
func TestTwoVersionsSideBySide(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		ref := g.bring(t, good(t, "senior-card")).New[0]
		g.next(t, ref.Item, good(t, "senior-card", "in_force: {from: 2025-01-01}", "in_force: {from: 2025-07-01}", "complaint: \"12345\"", "complaint: \"12388\""))
		g.read(t, func(tx *store.Tx) error {
			was, err := g.items.Numbered(tx, ref.Item, 1)
			must(t, err)
			is, err := g.items.Numbered(tx, ref.Item, 2)
			must(t, err)
			if was.N != 1 || is.N != 2 || was.Span.Until != day.MustParse("2025-07-01") {
				t.Fatalf("%d until %v, %d", was.N, was.Span.Until, is.N)
			}
			for _, n := range []int{0, 3, -1} {
				if _, err := g.items.Numbered(tx, ref.Item, n); act.KindOf(err) != act.NotFound {
					t.Errorf("version %d: %v", n, err)
				}
			}
			called := func(key string) string { return "局" + key }
			changes := catalog.Differences(was, is, called)
			if len(changes) != 1 || changes[0].Key != "contact" || changes[0].Before == changes[0].After {
				t.Errorf("%+v", changes)
			}
			if same := catalog.Differences(is, is, called); len(same) != 0 {
				t.Errorf("a version differs from itself: %+v", same)
			}
			for on, want := range map[string]int{"2025-06-30": 1, "2025-07-01": 2, "2024-12-31": 0} { // as of a day
				list, err := catalog.Listed(tx, lists.Query{At: lists.Stand{Day: day.MustParse(on)}})
				must(t, err)
				if want == 0 && len(list) != 0 || want > 0 && (len(list) != 1 || list[0].N != want) {
					t.Errorf("on %s: %+v", on, list)
				}
			}
			return nil
		})
	})
}

// What is new begins today or later; only the first items write down what held before.
func TestANewItemDoesNotBeginInThePast(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		bring := func(code, from string, try bool) (catalog.Imported, error) {
			t.Helper()
			drafts, problems := catalog.ReadCSV([]byte("编码,名称,类型,部门,起办日期\n" + code + ",事" + code + ",01,scjg," + from + "\n"))
			if len(problems) > 0 {
				t.Fatal(catalog.Problems(problems))
			}
			return catalog.ImportItems(bg, g.r, by(ann), catalog.ImportOptions{Region: region, Ahead: true, Try: try}, drafts...)
		}
		_, err := bring("510A-1", "2020-01-01", false) // the catalogue is empty
		must(t, err)
		for _, try := range []bool{true, false} {
			_, err = bring("510A-2", "2020-01-01", try)
			var e *act.Error
			if !errors.As(err, &e) || len(e.Fields) != 1 || !strings.Contains(e.Fields[0].Msg.In(wording.ZH), "2020年1月1日") {
				t.Errorf("a new item of 2020: %v", err)
			}
		}
		_, err = bring("510A-1", "2020-01-01", false) // known, and the same
		must(t, err)
		_, err = bring("510A-3", "", false)
		must(t, err)
	})
}
