package lists_test

import (
	"fmt"
	"testing"

	"tongban/internal/record/store"
	"tongban/internal/register/identity/identitytest"
	"tongban/internal/register/lists"
)

// BenchmarkProvince times a list of 200,000 entries: two batches that make it,
// and then pages of it.
func BenchmarkProvince(b *testing.B) {
	w := identitytest.New(b, store.SQLite)
	r := &rig{w, lists.New(w.Runner, w.Register), w.As(w.Official("测试甲", "zfb", "catalogue"), "zfb", "catalogue")}
	fill := func(from, to int) lists.Batch {
		x := batch("once")
		for i := from; i < to; i++ {
			x.Changes = append(x.Changes, put(lists.Content{Columns: lists.Row{"code": fmt.Sprintf("510A-%06d", i), "name": fmt.Sprintf("第%d号事项的办理", i), "type": "none", "agency": []string{"scjg", "spj"}[i%2]}}))
		}
		return x
	}
	const half = 100_000
	r.change(b, fill(0, half))
	b.Run("change of 100,000", func(b *testing.B) {
		for range b.N {
			b.StopTimer()
			x := fill(half, 2*half)
			b.StartTimer()
			r.change(b, x) // the second time all of them are the same
		}
	})
	for name, q := range map[string]lists.Query{"page": {After: "510A-150000"}, "page of a day": {After: "510A-150000", At: lists.Stand{Day: today, Seq: 2}}, "page of an agency": {Agency: "spj", After: "510A-150000"},
		"rare words": {Text: "第199999号"}} {
		q.List, q.Bare = "once", true
		b.Run(name, func(b *testing.B) {
			for range b.N {
				r.read(b, func(tx *store.Tx) error { _, err := lists.Page(tx, q); return err })
			}
		})
	}
	b.Run("count", func(b *testing.B) {
		for range b.N {
			r.read(b, func(tx *store.Tx) error { _, err := lists.Count(tx, lists.Query{List: "once"}); return err })
		}
	})
	b.Run("read all", func(b *testing.B) {
		for range b.N {
			n := 0
			for _, err := range lists.All(bg, r.Store, lists.Query{List: "once"}) {
				must(b, err)
				n++
			}
			b.ReportMetric(float64(n), "entries")
		}
	})
}
