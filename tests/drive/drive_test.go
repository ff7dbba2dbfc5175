package drive_test

import (
	"testing"

	"tongban/internal/record/store"
	"tongban/internal/record/store/storetest"
	"tongban/tests/drive"
)

// The items that are measured can be entered and found on both engines; without
// it every figure would be of something else.
func TestTheCountyIsFounded(t *testing.T) {
	t.Parallel()
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			o := drive.Options(t.TempDir(), "")
			o.NoSync = true
			if e == store.Postgres {
				o.Database = storetest.Options(t, e).URL
			}
			c, err := drive.Found(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			if c.Item == 0 || len(c.Applicants()) < 10 {
				t.Errorf("item %d, %d applicants", c.Item, len(c.Applicants()))
			}
			if short, err := c.Short(t.Context()); err != nil || short == 0 || short == c.Item {
				t.Errorf("the item of four steps is %d: %v", short, err)
			}
			if err := c.House.Close(); err != nil {
				t.Fatal(err)
			}
			again, err := drive.Reopen(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			if again.Item != c.Item {
				t.Errorf("found item %d, entered %d", again.Item, c.Item)
			}
			if err := again.House.Close(); err != nil {
				t.Fatal(err)
			}
		})
	}
}
