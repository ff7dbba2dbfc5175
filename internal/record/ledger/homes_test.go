package ledger_test

import (
	"testing"

	"tongban/internal/record/store"
	"tongban/internal/record/store/storetest"
)

// Two homes in one database have a log each, and neither sees the other's.
func TestTwoHomesInOneDatabase(t *testing.T) {
	t.Parallel()
	url := storetest.Options(t, store.Postgres).URL
	var homes []*rig
	for home := range int64(2) {
		r := newRig(t, store.Postgres, func(o *store.Options) { o.URL, o.Home = url, home+1 })
		r.note(t, "case/1", 300+int(home))
		r.numberAll(t)
		_, err := r.Sign(bg)
		must(t, err)
		homes = append(homes, r)
	}
	for home, r := range homes {
		report, err := r.Verify(bg, nil)
		must(t, err)
		if report.Events != int64(300+home) || report.Checkpoints != 1 || report.Tiles != 1 || len(report.Findings) > 0 {
			t.Errorf("home %d: %+v", home+1, report)
		}
	}
}
