package flow_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tongban/internal/rules/flow"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestInterchangeModels answers each model of the BPMN Model Interchange
// Working Group with its complete list, kept beside it as a golden file.
func TestInterchangeModels(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/miwg/*.bpmn")
	if err != nil || len(files) < 8 {
		t.Fatalf("models: %v, %v", files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			d := mustParse(t, src)
			r := flow.Check(d, nil)
			covered := 0
			for _, list := range [][]flow.Element{r.Runs, r.Drawn, r.Refused} {
				for _, e := range list {
					covered += e.Covers
				}
			}
			if all := elementsIn(t, src); covered != all {
				t.Errorf("the lists cover %d of %d elements", covered, all)
			}
			if r.OK {
				t.Error("accepted, though it has what does not run")
			}
			golden(t, file+".golden", listing(r))
			if got := flow.Write(d); !bytes.Equal(got, src) {
				t.Error("not written back as it came")
			}
		})
	}
}

// elementsIn counts the elements with a reader that knows nothing of BPMN.
func elementsIn(t *testing.T, src []byte) int {
	dec := xml.NewDecoder(bytes.NewReader(src))
	dec.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	dec.Strict = false
	n := 0
	for {
		tok, err := dec.RawToken()
		if errors.Is(err, io.EOF) {
			return n
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := tok.(xml.StartElement); ok {
			n++
		}
	}
}

func listing(r flow.Report) string {
	var b strings.Builder
	fmt.Fprintf(&b, "process %q, sound %t, ok %t\n", r.Process, r.Sound, r.OK)
	for _, part := range []struct {
		name string
		list []flow.Element
	}{{"runs", r.Runs}, {"drawn", r.Drawn}, {"refused", r.Refused}, {"problems", r.Problems}} {
		fmt.Fprintf(&b, "\n%s: %d\n", part.name, len(part.list))
		for _, e := range part.list {
			fmt.Fprintf(&b, "%5d %-28s %s", e.Line, e.Type, e.Name)
			if !e.Reason.IsZero() {
				fmt.Fprintf(&b, " | %s", strings.TrimPrefix(e.Reason.Key, "flow."))
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; run with -update and look at the change\n%s", file, got)
	}
}
