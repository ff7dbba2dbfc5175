package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"

	"github.com/jackc/pgx/v5"

	"tongban/internal/house"
	"tongban/internal/record/store"
	"tongban/tests/drive"
)

// engines are the databases that are measured.
var engines = []store.Engine{store.SQLite, store.Postgres}

// options of a new house on an engine. On PostgreSQL a new database is made; it
// goes with the server.
func (b *bench) options(ctx context.Context, e store.Engine) (house.Options, error) {
	dir, err := b.folder()
	if err != nil || e == store.SQLite {
		return drive.Options(dir, ""), err
	}
	c, err := pgx.Connect(ctx, b.pg)
	if err != nil {
		return house.Options{}, err
	}
	defer func() { _ = c.Close(ctx) }()
	name := fmt.Sprintf("bench%016x", rand.Uint64())
	if _, err := c.Exec(ctx, `create database `+name+` template template0 encoding 'UTF8' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'`); err != nil {
		return house.Options{}, err
	}
	u, err := url.Parse(b.pg)
	if err != nil {
		return house.Options{}, err
	}
	u.Path = "/" + name
	return drive.Options(dir, u.String()), nil
}

// durability is what the running database says about its flushing.
func durability(ctx context.Context, s *store.Store) (string, error) {
	var out string
	err := s.Read(ctx, func(tx *store.Tx) error {
		if s.Engine() == store.Postgres {
			var version, fsync, commit string
			if _, err := tx.Get([]any{&version, &fsync, &commit},
				`select current_setting('server_version'), current_setting('fsync'), current_setting('synchronous_commit')`); err != nil {
				return err
			}
			out = fmt.Sprintf("PostgreSQL %s, fsync %s, synchronous_commit %s", version, fsync, commit)
			return nil
		}
		var version, mode string
		var level int
		if _, err := tx.Get([]any{&version}, `select sqlite_version()`); err != nil {
			return err
		}
		if _, err := tx.Get([]any{&level}, `pragma synchronous`); err != nil {
			return err
		}
		if _, err := tx.Get([]any{&mode}, `pragma journal_mode`); err != nil {
			return err
		}
		out = fmt.Sprintf("SQLite %s, journal_mode %s, synchronous %s", version, mode, [...]string{"OFF", "NORMAL", "FULL", "EXTRA"}[level])
		if level == 1 {
			out += " and each commit flushed by ourselves before it is answered (fdatasync), which is what FULL promises"
		}
		return nil
	})
	return out, err
}

// checked sees that what was written is whole: the ledger verifies, every case
// row among it.
func checked(ctx context.Context, h *house.House, want int) error {
	if _, err := h.Ledger.CatchUp(ctx, h.Followers[0]); err != nil {
		return err
	}
	var n int
	if err := h.Store.Read(ctx, func(tx *store.Tx) error {
		_, err := tx.Get([]any{&n}, `select count(*) from proceeding`)
		return err
	}); err != nil {
		return err
	}
	if n != want {
		return fmt.Errorf("%d cases are stored, %d were acknowledged", n, want)
	}
	return drive.Verify(ctx, h)
}
