package house_test

import (
	"maps"
	"testing"

	"tongban/tests/house"
)

const aTable = "-- +goose Up\ncreate table task (\n  home bigint not null,\n  id bigint not null,\n  primary key (home, id)\n);\n"

// with puts one more file into a repository of three rooms, of which
// proceeding owns the table task.
func with(path, text string) map[string]string {
	files := map[string]string{
		"internal/record/store/schema/00020_proceeding.sql": aTable,
		"internal/process/proceeding/run.go":                "package proceeding",
		"internal/process/paper/paper.go":                   "package paper",
		"internal/record/job/job.go":                        "package job",
	}
	maps.Copy(files, file(path, text))
	return files
}

func TestTablesFindsForeignWriters(t *testing.T) {
	t.Parallel()
	sql := func(dir, body string) map[string]string { return with(dir+"/b.go", "package x\n"+body) }
	try(t, house.Tables, []sample{
		{"own", sql("internal/process/proceeding", "const q = `update task set id = 1`"), ""},
		{"insert", sql("internal/process/paper", "const q = `insert into task(home) values(1)`"), "process/paper writes task, which belongs to proceeding"},
		{"update", sql("internal/process/paper", "const q = `update task set id = 1`"), "writes task"},
		{"delete", sql("internal/process/paper", "func f() { g(`delete from task where id = 1`) }"), "writes task"},
		{"put together", sql("internal/process/paper", "const cols = `home`\nvar q = `insert into ` + `task(` + cols + `) values(1)`"), "writes task"},
		{"by a constant", sql("internal/process/paper", "const name = `task`\nvar q = `delete from ` + name"), "writes task"},
		{"by a name not known", sql("internal/process/paper", "func f(name string) { g(`delete from ` + name) }"), "nobody can see whose"},
		{"inside a with", sql("internal/process/paper", "const q = `with gone as (delete from task returning id) select id from gone`"), "writes task"},
		{"no such table", sql("internal/process/paper", "const q = `insert into nowhere(home) values(1)`"), "writes nowhere, which no migration makes"},
		{"upsert", sql("internal/process/proceeding", "const q = `insert into task(home) values(1) on conflict (home) do update set id = 2`"), ""},
		{"lock", sql("internal/process/proceeding", "const q = `select id from task for update skip locked`"), ""},
		{"read from above", sql("internal/process/paper", "const q = `select id from task`"), ""},
		{"read from below", sql("internal/record/job", "const q = `select id from task`"), "record/job reads task of proceeding"},
		{"join from below", sql("internal/record/job", "const q = `select 1 from x join task on true`"), "reads task"},
		{"a face", sql("internal/web", "const q = `select 1`"), "web is a face and holds SQL"},
		{"an English sentence", sql("internal/record/job", "const q = `update of the task failed`"), ""},
		{"a test", with("internal/process/paper/b_test.go", "package x\nconst q = `delete from task`"), ""},
	})
}

func TestSchemaFindsBadMigrations(t *testing.T) {
	t.Parallel()
	migration := func(name, text string) map[string]string {
		return with("internal/record/store/schema/"+name, text)
	}
	const up = "-- +goose Up\n"
	try(t, house.Schema, []sample{
		{"good", with("a.md", ""), ""},
		{"name", migration("20_job.sql", up), "is not named"},
		{"number twice", migration("00020_job.sql", up), "has the number of"},
		{"owner", migration("00021_weather.sql", up), "package weather, which there is not"},
		{"no direction", migration("00021_job.sql", ""), "does not say"},
		{"backwards", migration("00021_job.sql", up+"-- +goose Down\n"), "goes backwards"},
		{"engine's type", migration("00021_job.sql", up+"create table a (home bigint primary key, at timestamptz);"), "uses timestamptz"},
		{"deferred", migration("00021_job.sql", up+"create table a (home bigint primary key, b bigint references c deferrable);"), "uses deferrable"},
		{"one engine only", migration("00021_job.sql", up+"-- +sqlite\ncreate table a (home bigint primary key);\n-- +both\n"), "other tables on SQLite"},
		{"no home", migration("00021_job.sql", up+"create table a (id bigint primary key);"), "table a has no primary key that begins with home"},
		{"home not first", migration("00021_job.sql", up+"create table a (home bigint, id bigint, primary key (id, home));"), "table a has no primary key"},
	})
}

func TestOwnersFindsTwoOwners(t *testing.T) {
	t.Parallel()
	owners := func(tree *house.Tree) []house.Fault { _, f := house.Owners(tree); return f }
	try(t, owners, []sample{
		{"two", with("internal/record/store/schema/00021_job.sql", aTable), "table task belongs to"},
	})
}
