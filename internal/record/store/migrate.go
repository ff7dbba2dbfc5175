package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"testing/fstest"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// schema holds every migration, numbered, forward only, the same for both
// engines. The word after the number is the package that owns its tables and
// alone writes them; a test reads it. A migration speaks PostgreSQL; what truly
// differs stands between "-- +sqlite" or "-- +postgres" and "-- +both".
//
// For SQLite bytea becomes blob, an index is not made concurrently, and a table is kept in one tree and not in two:
// a key of home and id becomes the row's number, because a file of SQLite holds
// one home, and a table of short rows with another key that ends with
// "-- clustered" is kept in the order of that key.
//
//go:embed schema/*.sql
var schema embed.FS

// SchemaFiles returns the migrations as written, for the tests of ownership.
func SchemaFiles() fs.FS { return schema }

func migrate(ctx context.Context, db *sql.DB, e Engine) error {
	files, err := dialect(e)
	if err != nil {
		return err
	}
	d := goose.DialectPostgres
	if e == SQLite {
		d = goose.DialectSQLite3
	}
	o := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	if e == Postgres { // several nodes may start at once: one migrates, the others wait
		turn, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 600), lock.WithUnlockTimeout(1, 30))
		if err != nil {
			return err
		}
		o = append(o, goose.WithSessionLocker(turn))
	}
	p, err := goose.NewProvider(d, db, files, o...)
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

// dialect rewrites the migrations for one engine.
func dialect(e Engine) (fs.FS, error) {
	out := fstest.MapFS{}
	names, err := fs.Glob(schema, "schema/*.sql")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		b, err := schema.ReadFile(name)
		if err != nil {
			return nil, err
		}
		out[strings.TrimPrefix(name, "schema/")] = &fstest.MapFile{Data: []byte(translate(string(b), e))}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("no migrations")
	}
	return out, nil
}

func translate(text string, e Engine) string {
	var b strings.Builder
	keep := true
	for line := range strings.Lines(text) {
		switch strings.TrimSpace(line) {
		case "-- +sqlite":
			keep = e == SQLite
		case "-- +postgres":
			keep = e == Postgres
		case "-- +both":
			keep = true
		default:
			if keep {
				b.WriteString(line)
			}
		}
	}
	if e == SQLite {
		return forSQLite(b.String())
	}
	return b.String()
}

var (
	tableText = regexp.MustCompile(`(?s)create table \w+ \(.*?\n\);`)
	idColumn  = regexp.MustCompile(`(?m)^  id +bigint +not null,`)
	homeAndID = regexp.MustCompile(`(,)((?: *--[^\n]*)?)\n  primary key \(home, id\)(,?)`)
)

func forSQLite(text string) string {
	text = strings.NewReplacer("bytea", "blob", "); -- clustered", ") without rowid;", "index concurrently", "index").Replace(text)
	return tableText.ReplaceAllStringFunc(text, func(table string) string {
		if !homeAndID.MatchString(table) {
			return table
		}
		table = idColumn.ReplaceAllString(table, "  id integer primary key not null,")
		return homeAndID.ReplaceAllString(table, "$3$2")
	})
}
