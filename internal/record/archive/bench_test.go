package archive_test

import (
	"bytes"
	"fmt"
	"testing"

	"tongban/internal/record/store"
)

// BenchmarkWriteAndRestore archives 20,000 acts with a sealed value each from
// SQLite, and restores them into each engine.
func BenchmarkWriteAndRestore(b *testing.B) {
	const acts = 20_000
	p := newPlatform(b)
	a := p.open(b, store.SQLite).serve(b)
	k := a.key(b, 1)
	for n := range acts / 100 {
		must(b, a.s.Do(bg, store.People, func(tx *store.Tx) error {
			for i := range 100 {
				if err := noteAct(tx, a, k, fmt.Sprint("case/", n, "/", i), "申请人"); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	var file []byte
	b.Run("write", func(b *testing.B) {
		for b.Loop() {
			file, _ = a.archive(b)
		}
		b.ReportMetric(float64(b.N*acts)/b.Elapsed().Seconds(), "acts/s")
		b.ReportMetric(float64(len(file))/acts, "B/act")
	})
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		b.Run("restore "+string(e), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				r := p.open(b, e)
				b.StartTimer()
				_, err := r.Restore(bg, bytes.NewReader(file), nil)
				must(b, err)
			}
			b.ReportMetric(float64(b.N*acts)/b.Elapsed().Seconds(), "acts/s")
		})
	}
}
