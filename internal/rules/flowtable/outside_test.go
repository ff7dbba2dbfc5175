package flowtable_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"
)

// TestWritesForAnIndependentReader leaves flows that were grown by edits in the
// folder that TONGBAN_BPMN_OUT names, for tests/bpmn to read with bpmn-moddle.
func TestWritesForAnIndependentReader(t *testing.T) {
	dir, n, most := os.Getenv("TONGBAN_BPMN_OUT"), 0, 30
	if dir == "" {
		dir, most = t.TempDir(), 1
	}
	rapid.Check(t, func(t *rapid.T) {
		if n++; n > most {
			return
		}
		src := []byte(plain)
		for range 6 {
			src = grow(t, src)
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("grown-by-edits-%02d.bpmn", n)), src, 0o644); err != nil {
			t.Fatalf("%v", err)
		}
	})
}
