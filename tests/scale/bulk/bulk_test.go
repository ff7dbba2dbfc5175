package bulk_test

import (
	"testing"
	"time"

	"tongban/internal/record/store"
	"tongban/internal/record/store/storetest"
	"tongban/internal/rules/day"
	"tongban/internal/work/casework"
	"tongban/tests/drive"
	"tongban/tests/scale/bulk"
)

func TestTry(t *testing.T) {
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			today := day.Instant(time.Now().UnixMicro()).Day()
			clock := &bulk.Clock{}
			clock.Set(bulk.Begun(today))
			o := drive.Options(t.TempDir(), "")
			o.NoSync, o.Clock = true, clock.Now
			if e == store.Postgres {
				o.Database = storetest.Options(t, e).URL
			}
			c, err := drive.Found(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			defer c.House.Close()
			began := time.Now()
			list, err := bulk.Patterns(t.Context(), c, clock, today, 2, bulk.Fates{Done: 2, Reviewing: 1, Waiting: 1})
			if err != nil {
				t.Fatal(err)
			}
			t.Log("patterns", time.Since(began))
			began = time.Now()
			l, err := bulk.Load(t.Context(), c.House, list, bulk.Options{Units: 50, Rebuild: true})
			if err != nil {
				t.Fatal(err)
			}
			t.Log("loaded", l, time.Since(began), list[0].Rows(), list[0].Acts())
			began = time.Now()
			r, err := c.House.Ledger.Verify(t.Context(), casework.StateDigest)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%+v %s", r, time.Since(began))
		})
	}
}
