package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestOnlyAdditionsAreTaken(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, sql string
		good      bool
	}{
		{"column with a default", `alter table job add column why text not null default '';`, true},
		{"column that may be empty", `alter table job add column why text;`, true},
		{"table with its indexes", "create table a (home bigint primary key); -- new\ncreate unique index a_home on a (home);", true},
		{"index made beside", "-- +goose NO TRANSACTION\n-- +postgres\ncreate index concurrently job_why on job (home, why);\n-- +sqlite\ncreate index job_why on job (home, why);\n-- +both\n", true},
		{"an index of words of SQLite", "-- +sqlite\ncreate virtual table a_gram using fts5 (tokens);\n-- +both\n", true},
		{"column that must be filled", `alter table job add column why text not null;`, false},
		{"unique column", `alter table job add column why text unique;`, false},
		{"column gone", `alter table job drop column holder;`, false},
		{"column renamed", `alter table job rename column holder to who;`, false},
		{"other type", `alter table job alter column attempts type bigint;`, false},
		{"table gone", `drop table job;`, false},
		{"index gone", `drop index job_due;`, false},
		{"new constraint", `create unique index job_once on job (home, args);`, false},
		{"index in the way of writers", `create index job_why on job (home, why);`, false},
		{"index in the way, before a block of SQLite's", "create index job_why on job (home, why);\n-- +sqlite\ncreate table b (home bigint primary key);\n-- +both\n", false},
		{"index made beside, inside a transaction", `create index concurrently job_why on job (home, why);`, false},
		{"rows changed", `update job set state = 'done';`, false},
		{"rows gone, in capitals", `DELETE FROM job;`, false},
	} {
		if wrong := additions("-- +goose Up\n\n" + c.sql); (len(wrong) == 0) != c.good {
			t.Errorf("%s: %v", c.name, wrong)
		}
	}
	if wrong := additions(additive); len(wrong) > 0 {
		t.Errorf("the migration of the trial: %v", wrong)
	}
}

// TestMigrationsSinceTheFirstTag sees that what was released stays as it was, and
// that what came after only adds and is numbered after it. Before the first tag
// there is nothing to hold the files against.
func TestMigrationsSinceTheFirstTag(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	if _, err := os.Stat(filepath.Join(root, ".git")); err != nil {
		t.Skip("no history here")
	}
	tag, err := oldestTag(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(root, schemaDir, "*.sql"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no migrations: %v", err)
	}
	if tag == "" {
		t.Logf("%d migrations, none released", len(files))
		return
	}
	out, err := exec.Command("git", "-C", root, "ls-tree", "--name-only", tag, schemaDir+"/").Output()
	if err != nil {
		t.Fatal(err)
	}
	released := strings.Fields(string(out))
	last := filepath.Base(released[len(released)-1])
	for _, name := range released {
		was, err := exec.Command("git", "-C", root, "show", tag+":"+name).Output()
		if err != nil {
			t.Fatal(err)
		}
		if is, err := os.ReadFile(filepath.Join(root, name)); err != nil || string(is) != string(was) {
			t.Errorf("%s was released with %s and is not as it was (%v): write another migration", name, tag, err)
		}
	}
	for _, path := range files {
		name := filepath.Base(path)
		if strings.Contains(strings.Join(released, " "), name) {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if name < last {
			t.Errorf("%s is numbered before %s, which is released: it would never run", name, last)
		}
		for _, w := range additions(string(text)) {
			t.Errorf("%s: %s", name, w)
		}
	}
}
