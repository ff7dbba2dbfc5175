package main

import (
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/testscript"
)

// withItems tells the scripts where the county's written items lie.
func withItems(env *testscript.Env) error {
	dir, err := filepath.Abs("../../internal/demo/county/items")
	env.Setenv("ITEMS", dir)
	return err
}

// copyKeys copies a house's key folder, as a person does before a restore:
//
//	cp-keys FROM TO
func copyKeys(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: cp-keys FROM TO")
	}
	ts.Check(os.MkdirAll(ts.MkAbs(args[1]), 0o700))
	ts.Check(os.CopyFS(filepath.Join(ts.MkAbs(args[1]), "keys"), os.DirFS(filepath.Join(ts.MkAbs(args[0]), "keys"))))
	ts.Check(filepath.WalkDir(filepath.Join(ts.MkAbs(args[1]), "keys"), func(p string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		return os.Chmod(p, 0o600)
	}))
}

// restoreNewest restores the newest archive of a folder:
//
//	restore-newest FOLDER DATA
func restoreNewest(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: restore-newest FOLDER DATA")
	}
	list, err := filepath.Glob(filepath.Join(ts.MkAbs(args[0]), "*.archive"))
	ts.Check(err)
	if len(list) == 0 {
		ts.Fatalf("no archive in %s", args[0])
	}
	ts.Check(ts.Exec("tongban", "restore", list[len(list)-1], "--data", args[1]))
}
