package adjust_test

import (
	"fmt"
	"testing"

	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/work/adjust"
)

// A document as counties publish them: hundreds of entries on a list of thousands,
// one number, all of it or nothing.
func TestABatchOfHundreds(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		var codes []string
		for i := range 600 {
			codes = append(codes, fmt.Sprintf("P-%04d", i))
		}
		g.stand(t, codes...)
		var entries []adjust.Entry
		for i, c := range codes[:469] {
			e := adjust.Entry{List: "power", Code: c, Does: adjust.Cancel}
			switch {
			case i >= 304:
				e.Does = adjust.Keep
			case i >= 122:
				e.Does, e.Content = adjust.Change, powerOf(c, fmt.Sprintf("调整后的权力%d", i), "spj")
			}
			entries = append(entries, e)
		}
		at := g.begin(t, "云政发〔2026〕12号", entries...)
		g.through(t, at)
		g.Pass(20 * 24 * day.Hour)
		did, err := g.desk.Apply(bg, g.ben, "", at)
		must(t, says(err))
		g.read(t, func(tx *store.Tx) error {
			counts, err := adjust.Counts(tx, at.ID)
			if counts[adjust.Change] != 182 || counts[adjust.Cancel] != 122 || counts[adjust.Keep] != 165 {
				t.Errorf("%v", counts)
			}
			return err
		})
		if got := g.onList(t, later); len(got) != 478 || got["P-0200"] != "调整后的权力200" || did.Powers != 182 {
			t.Errorf("%d stand, did %+v", len(got), did)
		}
	})
}
