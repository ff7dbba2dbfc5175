package lists_test

import (
	"fmt"
	"io"
	"iter"
	"os"
	"runtime"
	"testing"
	"time"

	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
)

// synthetic is a list of n entries that exist nowhere but one after the other.
func synthetic(n int, g *gauge) iter.Seq2[lists.Entry, error] {
	return func(yield func(lists.Entry, error) bool) {
		for i := range n {
			if i%20_000 == 0 {
				g.read()
			}
			code := fmt.Sprintf("SYN-%08d", i)
			e := lists.Entry{List: "hall", Code: code, Name: "合成的事项", N: 1, Span: day.Span{From: day.Of(2026, 1, 1)}, Content: lists.Content{Columns: lists.Row{
				"code": code, "name": "合成的事项", "agency": "scjg", "type": "out", "reason": "=1+1"}}}
			if !yield(e, nil) {
				return
			}
		}
	}
}

// gauge counts what is written and remembers the largest heap on the way.
type gauge struct {
	bytes int64
	heap  uint64
}

func (g *gauge) Write(p []byte) (int, error) { g.bytes += int64(len(p)); return len(p), nil }

func (g *gauge) read() {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	g.heap = max(g.heap, m.HeapAlloc)
}

// A list of a million rows is sent row by row: what lives in memory meanwhile
// does not grow with it. Formats that take longer have fewer rows, but where
// TONGBAN_SCALE is set (make scale-stream).
func TestAMillionRowsStream(t *testing.T) {
	k, err := lists.KindOf("hall")
	must(t, err)
	x := lists.Export{Kind: k}
	const bound = 48 << 20
	for _, f := range []struct {
		name string
		rows int
		send func(io.Writer, iter.Seq2[lists.Entry, error]) error
	}{
		{"csv", 1_000_000, func(w io.Writer, rows iter.Seq2[lists.Entry, error]) error { return x.CSV(w, "", rows) }},
		{"xlsx", 60_000, x.Excel},
		{"json", 200_000, func(w io.Writer, rows iter.Seq2[lists.Entry, error]) error {
			return x.JSON(w, lists.Stand{Day: day.Of(2026, 5, 1)}, rows)
		}},
	} {
		if os.Getenv("TONGBAN_SCALE") != "" {
			f.rows = 1_000_000
		}
		t.Run(f.name, func(t *testing.T) {
			began := time.Now()
			g := &gauge{}
			g.read()
			before := g.heap
			must(t, f.send(g, synthetic(f.rows, g)))
			g.read()
			if g.bytes < int64(f.rows)*5 {
				t.Fatalf("%d bytes for %d rows", g.bytes, f.rows)
			}
			if grown := int64(g.heap) - int64(before); grown > bound {
				t.Errorf("the heap grew by %d MB over %d MB of file", grown>>20, g.bytes>>20)
			}
			t.Logf("%d rows, %d MB in %v, heap at most %d MB, before %d MB", f.rows, g.bytes>>20, time.Since(began).Round(time.Second), g.heap>>20, before>>20)
		})
	}
}
