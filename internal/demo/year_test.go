package demo_test

import (
	"os"
	"strconv"
	"testing"
	"time"

	"tongban/internal/demo"
)

func TestTryYear(t *testing.T) {
	n := 60
	if s := os.Getenv("N"); s != "" {
		n, _ = strconv.Atoi(s)
	}
	clock := demo.NewClock(demo.Founded)
	h := open(t, clock, 1)
	c, err := demo.Found(t.Context(), h, nil)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	y, err := demo.Year(t.Context(), h, c, demo.Play{Clock: clock, Seed: 1, Cases: n})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(len(y.Cases), y.Deeds, time.Since(began))
	counts := map[string]int{}
	for _, x := range y.Cases {
		counts[x.Status]++
	}
	t.Log(counts)
}
