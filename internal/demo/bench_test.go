package demo_test

import (
	"testing"

	"tongban/internal/demo"
)

// BenchmarkBuild builds the whole demonstration; it must stay under a minute.
func BenchmarkBuild(b *testing.B) {
	for b.Loop() {
		y, err := demo.Build(b.Context(), demo.Options(b.TempDir(), ""), demo.Play{Seed: 20260309})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(y.Cases)), "cases")
		b.ReportMetric(float64(y.Deeds), "deeds")
	}
}
