package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	sqlitedriver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Health is how the database stands by its own account.
type Health struct {
	Engine   Engine
	Schema   int64             // newest migration that it has; 0 when it has none
	Newest   int64             // newest migration that this program has
	Faults   []string          // what its own check found (SQLite), the first ones
	Settings map[string]string // those that decide whether what is acknowledged is on the disk
	Standbys int               // replicas that are connected (PostgreSQL)
	Replica  bool              // it is a replica itself and takes no writes (PostgreSQL)
}

// settings are read by name; the last is a function.
var pgSettings = []string{"fsync", "full_page_writes", "synchronous_commit", "synchronous_standby_names", "server_encoding", "data_checksums", "server_version"}

// Health asks the database how it stands. With whole, SQLite checks itself, which reads the whole
// file.
func (s *Store) Health(ctx context.Context, whole bool) (Health, error) {
	h := Health{Engine: s.Engine(), Settings: map[string]string{}}
	var err error
	if h.Newest, err = NewestMigration(); err != nil {
		return h, err
	}
	err = s.Read(ctx, func(tx *Tx) error {
		if h.Engine == SQLite {
			return h.sqlite(tx, whole)
		}
		return h.postgres(tx)
	})
	if Damaged(err) {
		h.Faults = append(h.Faults, err.Error())
		return h, nil
	}
	if err != nil {
		return h, err
	}
	// A statement of its own transaction: where there is no schema it fails, and on
	// PostgreSQL what follows it would too.
	err = s.Read(ctx, func(tx *Tx) error {
		_, err := tx.Get([]any{&h.Schema}, `select coalesce(max(version_id), 0) from goose_db_version where is_applied`)
		return err
	})
	if undefinedTable(err) || err != nil && strings.Contains(err.Error(), "no such table") {
		err = nil
	}
	return h, err
}

// Damaged tells the errors of a file that is no sound database any more.
func Damaged(err error) bool {
	var se *sqlitedriver.Error
	if !errors.As(err, &se) {
		return false
	}
	code := se.Code() & 0xff
	return code == sqlite3.SQLITE_CORRUPT || code == sqlite3.SQLITE_NOTADB
}

func (h *Health) sqlite(tx *Tx, whole bool) error {
	for _, name := range []string{"journal_mode", "synchronous"} {
		var v string
		if _, err := tx.Get([]any{&v}, `pragma `+name); err != nil {
			return err
		}
		h.Settings[name] = v
	}
	if !whole {
		return nil
	}
	list, err := All(tx, func(r Row) (s string, err error) { return s, r.Scan(&s) }, `pragma quick_check(10)`)
	if err == nil && (len(list) != 1 || list[0] != "ok") {
		h.Faults = list
	}
	return err
}

func (h *Health) postgres(tx *Tx) error {
	for _, name := range pgSettings {
		var v string
		if _, err := tx.Get([]any{&v}, `select current_setting($1)`, name); err != nil {
			return err
		}
		h.Settings[name] = v
	}
	if _, err := tx.Get([]any{&h.Replica}, `select pg_is_in_recovery()`); err != nil {
		return err
	}
	_, err := tx.Get([]any{&h.Standbys}, `select count(*) from pg_stat_replication`)
	return err
}

// NewestMigration is the number of the newest migration that this program has.
func NewestMigration() (int64, error) {
	names, err := fs.Glob(schema, "schema/*.sql")
	if err != nil || len(names) == 0 {
		return 0, errors.Join(err, errors.New("no migrations"))
	}
	number, _, _ := strings.Cut(strings.TrimPrefix(names[len(names)-1], "schema/"), "_")
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("migration %s: %w", names[len(names)-1], err)
	}
	return n, nil
}
