package faults_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tongban/tests/drive"
)

// report is what a trial says of itself at its end.
type report struct {
	t   *testing.T
	did string
}

// try begins a trial. Whatever becomes of it, it has a row in the table.
func try(t *testing.T, what string) *report {
	t.Helper()
	r := &report{t: t, did: "not finished"}
	began := time.Now()
	t.Cleanup(func() {
		lost := "nothing"
		switch {
		case t.Failed():
			lost = "FAILED, see the log"
		case t.Skipped():
			lost = "not tried here"
		}
		if err := (drive.Trial{What: what, Tried: r.did, Lost: lost, Took: time.Since(began)}).Tell(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// tells says what was done.
func (r *report) tells(format string, args ...any) {
	r.t.Helper()
	r.did = fmt.Sprintf(format, args...)
	r.t.Log(r.did)
}

// serverLog is a file for what servers say; its end is shown when the test fails.
func serverLog(t *testing.T) *os.File {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "server.log"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if b, err := os.ReadFile(f.Name()); err == nil && t.Failed() {
			worth := slices.DeleteFunc(strings.Split(string(b), "\n"), func(line string) bool { return strings.Contains(line, `"level":"INFO"`) })
			t.Logf("the servers warned at last:\n%s", strings.Join(worth[max(0, len(worth)-25):], "\n"))
		}
		_ = f.Close()
	})
	return f
}
