package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the scripts run this binary under the name tongban.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"tongban": main})
}

// TestScripts plays testdata/script: one file a subject, the command line as a
// person types it, its answers and exit codes. TONGBAN_UPDATE_SCRIPTS=1 writes
// changed answers into the files.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: os.Getenv("TONGBAN_UPDATE_SCRIPTS") != "",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "cp-keys": copyKeys, "restore-newest": restoreNewest,
		},
		Setup: withItems,
	})
}
