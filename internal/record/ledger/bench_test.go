package ledger_test

import (
	"crypto/sha256"
	"fmt"
	"testing"

	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
)

// onEach runs a benchmark on both engines.
func onEach(b *testing.B, f func(b *testing.B, r *rig)) {
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		b.Run(string(e), func(b *testing.B) { f(b, newRig(b, e, nil)) })
	}
}

// BenchmarkAppend appends and numbers events, twenty in a transaction, so that
// the figure is the ledger's and not the flush's.
func BenchmarkAppend(b *testing.B) {
	onEach(b, func(b *testing.B, r *rig) {
		for n := 0; b.Loop(); n++ {
			appendSome(b, r, n)
		}
		r.numberAll(b)
		b.ReportMetric(float64(b.N*20)/b.Elapsed().Seconds(), "acts/s")
	})
}

func appendSome(b testing.TB, r *rig, n int) {
	b.Helper()
	must(b, r.s.Do(bg, store.People, func(tx *store.Tx) error {
		for i := range 20 {
			if _, _, err := r.Append(tx, ledger.Chain{}, fakeKey(7), ledger.Event{Stream: fmt.Sprintf("case/%d/%d", n, i), Kind: "case.received",
				By: ledger.By{Person: 9, Post: "window", Agency: "spj"}, State: make([]byte, 32),
				Rules:    []ledger.Rule{{Article: "行政许可法第三十二条", Inputs: map[string]any{"days": 5}}},
				Personal: []ledger.Personal{{Field: "person.name", Value: "申请人"}}}); err != nil {
				return err
			}
		}
		return nil
	}))
	_, err := r.Number(bg, 500)
	must(b, err)
}

// BenchmarkVerify recomputes a record of 20,000 acts, each with a value.
func BenchmarkVerify(b *testing.B) {
	onEach(b, func(b *testing.B, r *rig) {
		const acts = 20_000
		for n := range acts / 20 {
			appendSome(b, r, n)
		}
		r.numberAll(b)
		_, err := r.Sign(bg)
		must(b, err)
		for b.Loop() {
			report, err := r.Verify(bg, nil)
			must(b, err)
			if len(report.Findings) != 0 || report.Events != acts {
				b.Fatalf("%+v", report)
			}
		}
		b.ReportMetric(float64(b.N*acts)/b.Elapsed().Seconds(), "acts/s")
	})
}

// BenchmarkHash is the limit that Verify cannot pass: SHA-256 of a leaf of
// 500 bytes and of one node.
func BenchmarkHash(b *testing.B) {
	leaf, node := make([]byte, 501), make([]byte, 65)
	for b.Loop() {
		sha256.Sum256(leaf)
		sha256.Sum256(node)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "acts/s")
}

// BenchmarkProve makes the proof of a stream of ten acts in a record of 70,000.
func BenchmarkProve(b *testing.B) {
	onEach(b, func(b *testing.B, r *rig) {
		_, err := r.Fill(bg, 70_000)
		must(b, err)
		for i := range 10 {
			r.act(b, "case/1", fmt.Sprint(i), nil)
		}
		for b.Loop() {
			_, err := r.Prove(bg, "case/1")
			must(b, err)
		}
	})
}
