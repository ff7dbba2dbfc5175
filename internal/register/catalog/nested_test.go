package catalog_test

import (
	"strings"
	"testing"
	"time"

	"tongban/internal/register/catalog"
)

// A few kilobytes must not keep the parser busy for minutes.
func TestDeepFilesAreRefusedAtOnce(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"lists":   strings.Repeat("[", 100_000),
		"maps":    strings.Repeat("{a: ", 50_000),
		"dashes":  strings.Repeat("- ", 50_000),
		"keys":    strings.Repeat("? ", 50_000),
		"by line": deepByLine(2000),
	} {
		began := time.Now()
		if _, problems := catalog.Read([]byte(text), []byte("<x/>"), []byte("{}")); len(problems) == 0 {
			t.Errorf("%s: nothing is wrong with it", name)
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
	}
}

func deepByLine(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}
