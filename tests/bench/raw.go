package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"tongban/internal/record/store"
	"tongban/tests/drive"
)

// raw writes rows to SQLite with nothing around: one connection, kept statements,
// no foreign keys, so many acts in a commit.
type raw struct {
	w     *written
	db    *sql.DB
	c     *sql.Conn
	kept  []*sql.Stmt
	table string // whose rows are counted in the end
	base  int
	n     int64 // acts written
}

// raw opens a copy of the database that the rows were observed in.
func (b *bench) raw(ctx context.Context, w *written, table string) (*raw, error) {
	dir, err := b.folder()
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "raw.db")
	if err := copyOf(ctx, w.file, file); err != nil {
		return nil, err
	}
	r := &raw{w: w, table: table}
	if r.db, err = sql.Open("sqlite", "file:"+file+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=cache_size(-16000)"); err != nil {
		return nil, err
	}
	if r.c, err = r.db.Conn(ctx); err != nil {
		return nil, err
	}
	var version, mode string
	var level int
	if err := errors.Join(r.c.QueryRowContext(ctx, `select sqlite_version()`).Scan(&version), r.c.QueryRowContext(ctx, `pragma journal_mode`).Scan(&mode),
		r.c.QueryRowContext(ctx, `pragma synchronous`).Scan(&level)); err != nil {
		return nil, err
	}
	b.table.condition(fmt.Sprintf("raw SQLite %s (modernc), journal_mode %s, synchronous %d (2 is FULL), the same tables and indexes, no foreign keys", version, mode, level))
	same := map[string]*sql.Stmt{}
	for _, in := range w.inserts {
		if same[in.sql] == nil {
			if same[in.sql], err = r.c.PrepareContext(ctx, in.sql); err != nil {
				return nil, err
			}
		}
		r.kept = append(r.kept, same[in.sql])
	}
	r.base, err = r.count(ctx)
	return r, err
}

func (r *raw) count(ctx context.Context) (n int, err error) {
	return n, r.c.QueryRowContext(ctx, fmt.Sprintf(`select count(*) from "%s"`, r.table)).Scan(&n)
}

// runs writes acts until the time is over, so many in each commit.
func (r *raw) runs(each int) func(context.Context, time.Duration) (sample, error) {
	return func(ctx context.Context, d time.Duration) (sample, error) {
		s, err := closed(ctx, 1, d, func(ctx context.Context, _, _ int) error { return r.commit(ctx, each) })
		s.ops, s.credit = s.ops*each, s.credit*float64(each)
		return s, err
	}
}

func (r *raw) commit(ctx context.Context, acts int) error {
	if _, err := r.c.ExecContext(ctx, `begin immediate`); err != nil {
		return err
	}
	for range acts {
		r.n++
		for i := range r.w.inserts {
			if _, err := r.kept[i].ExecContext(ctx, r.w.inserts[i].arguments(r.n)...); err != nil {
				return fmt.Errorf("%s: %w", r.w.inserts[i].sql, err)
			}
		}
	}
	_, err := r.c.ExecContext(ctx, `commit`)
	return err
}

// end counts the rows and closes the database.
func (r *raw) end(ctx context.Context) error {
	n, err := r.count(ctx)
	perAct := int64(r.w.rows[r.table])
	if err == nil && int64(n-r.base) != r.n*perAct {
		err = fmt.Errorf("raw: %d rows more in %s, %d acts of %d were written", n-r.base, r.table, r.n, perAct)
	}
	return errors.Join(err, r.c.Close(), r.db.Close())
}

// sqlite measures applications without HTTP beside the same rows written with
// nothing around.
func (b *bench) sqlite(ctx context.Context) error {
	w, err := b.observed(ctx, func(c *drive.County, who *drive.Insiders) func() error {
		return func() error { _, err := who.Apply(ctx, 0, 1); return err }
	})
	if err != nil {
		return err
	}
	b.table.condition("one application writes on SQLite, its numbering with it, what followers write later not: " + w.told())
	if b.verbose {
		for _, in := range w.inserts {
			fmt.Println("   ", in.sql, in.values)
		}
	}
	one, err := b.raw(ctx, w, "proceeding")
	if err != nil {
		return err
	}
	many, err := b.raw(ctx, w, "proceeding")
	if err != nil {
		return err
	}
	in, err := b.indoors(ctx, store.SQLite)
	if err != nil {
		return err
	}
	const grouped = 32
	all, err := b.turns(ctx, b.each,
		contender{"applications inside", "32 at once", func(ctx context.Context, d time.Duration) (sample, error) { return closed(ctx, 32, d, in.apply) }},
		contender{"raw SQLite", "one case a commit", one.runs(1)},
		contender{"raw SQLite", "32 cases a commit", many.runs(grouped)})
	if err == nil {
		err = checked(ctx, in.House, int(in.cases.Load()))
	}
	if err = errors.Join(err, in.House.Close(), one.end(ctx), many.end(ctx)); err != nil {
		return err
	}
	b.against("applications on SQLite, no HTTP, 32 at once; the same rows, one case a commit", all[0], all[1], "/s", 1)
	b.against("applications on SQLite, no HTTP, 32 at once; the same rows, 32 cases a commit", all[0], all[2], "/s", 0.3)
	return nil
}

// observed finds out the rows of an act in a county of its own, in which nothing
// works by itself.
func (b *bench) observed(ctx context.Context, act func(*drive.County, *drive.Insiders) func() error) (*written, error) {
	o, err := b.options(ctx, store.SQLite)
	if err != nil {
		return nil, err
	}
	o.NoSync = true
	c, err := drive.Found(ctx, o)
	if err != nil {
		return nil, err
	}
	who, err := c.Insiders(ctx, 0)
	if err != nil {
		return nil, joined(err, c.House.Close)
	}
	w, err := b.observe(ctx, o.Dir, act(c, who))
	return w, joined(err, c.House.Close)
}

// oneLine writes a statement without its line breaks.
func oneLine(sql string) string { return strings.Join(strings.Fields(sql), " ") }
