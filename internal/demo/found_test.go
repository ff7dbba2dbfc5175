package demo_test

import (
	"testing"
	"time"

	"tongban/internal/demo"
	"tongban/internal/house"
	"tongban/internal/register/identity"
)

// open opens an empty house on SQLite under a clock that stands still.
func open(t *testing.T, clock *demo.Clock, seed uint64) *house.House {
	t.Helper()
	h, err := house.Open(t.Context(), house.Options{
		Dir: t.TempDir(), Region: demo.Region, Remedies: demo.Remedies(), Clock: clock.Now, Rand: demo.Randomness(seed), Sample: true, NoSync: true,
		Hash: identity.Argon{MemoryKiB: 64, Passes: 1, Lanes: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	return h
}

func TestFoundLeavesTheCounty(t *testing.T) {
	t.Parallel()
	h := open(t, demo.NewClock(demo.Founded), 1)
	began := time.Now()
	c, err := demo.Found(t.Context(), h, func(step string, done, total int) { t.Log(step, done, total, time.Since(began)) })
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Agencies) != 26 || len(c.Towns) != 13 || len(c.Items) != 16 || c.NameOnly != 1135 {
		t.Errorf("agencies %d, towns %d, written items %d, others %d", len(c.Agencies), len(c.Towns), len(c.Items), c.NameOnly)
	}
}
