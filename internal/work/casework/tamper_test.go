package casework_test

import (
	"strings"
	"testing"

	"tongban/internal/record/store"
	"tongban/internal/work/casework"
)

// Whoever changes a case's row or file behind the product's back is found: the
// last act of the case is named.
func TestAChangedRowIsNamed(t *testing.T) {
	both(t, func(w *world) {
		one, two, three := w.applied().Case, w.applied().Case, w.applied().Case
		if w.Store.Engine() == store.Postgres {
			_, err := w.Ledger.Number(w.ctx, 10_000)
			w.must(err)
		}
		report, err := w.Ledger.Verify(w.ctx, casework.StateDigest)
		w.must(err)
		if len(report.Findings) > 0 || report.States < 3 {
			t.Fatalf("before: %+v", report)
		}
		w.must(w.Store.Do(w.ctx, store.People, func(tx *store.Tx) error {
			tx.Put(`update proceeding set agency = 'lyj' where home = $1 and id = $2`, tx.Home(), one)
			tx.Put(`update casefile set facts = replace(facts, 'window', 'courier') where home = $1 and id = $2`, tx.Home(), two)
			tx.Put(`delete from casefile where home = $1 and id = $2`, tx.Home(), three)
			return nil
		}))
		report, err = w.Ledger.Verify(w.ctx, casework.StateDigest)
		w.must(err)
		for _, id := range []int64{one, two, three} {
			named := false
			for _, f := range report.Findings {
				named = named || f.Stream == casework.ProofStream(id) && f.Seq >= 0
			}
			if !named {
				t.Errorf("case %d was changed and not named: %+v", id, report.Findings)
			}
		}
		if len(report.Findings) != 3 || strings.Contains(report.Findings[0].What.Error(), "⟦") {
			t.Errorf("findings: %+v", report.Findings)
		}
	})
}
