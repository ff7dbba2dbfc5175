package job_test

import (
	"context"
	"fmt"
	"testing"

	"tongban/internal/record/job"
	"tongban/internal/record/store"
	"tongban/internal/record/store/storetest"
)

// One job: found, begun, done. Two commits of its own.
func BenchmarkRunDue(b *testing.B) {
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		b.Run(string(e), func(b *testing.B) {
			r := &rig{now: 1}
			r.store = storetest.Open(b, e, nil)
			run := r.runner(func(_ context.Context, _ job.Job) error { return nil })
			n := 0
			for b.Loop() {
				n++
				r.add(b, fmt.Sprint(n), 1)
				if k, err := run.RunDue(bg, 1); err != nil || k != 1 {
					b.Fatal(k, err)
				}
			}
		})
	}
}
