package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"tongban/tests/drive"
	"tongban/tests/scale/bulk"
)

// lists fills the tables of the lists, task and proceeding, far beyond what whole
// cases could on this disk: rows of one recorded resident, copied by the
// database under new ids. There is no act for them, so that this database does
// not verify; it is for measuring lists and nothing else.
func (r *run) lists(ctx context.Context) (err error) {
	if err := r.room(r.tasks*taskTakes + aheadTakes); err != nil {
		return err
	}
	pg, err := r.serve(ctx)
	if err != nil {
		return err
	}
	if err := pg.settings(ctx, "fsync=off", "full_page_writes=off", "autovacuum=off"); err != nil {
		return err
	}
	url, err := pg.database(ctx, "lists")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pg.drop(ctx, "lists")) }()
	dir := r.dir + "/lists"
	c, l, err := r.county(ctx, drive.Options(dir, url), int64(fates.Cases()*patterns), bulk.Options{})
	if err != nil {
		return err
	}
	if err := c.House.Close(); err != nil {
		return err
	}
	began := time.Now()
	if err := pg.on(ctx, url, func(p *pgx.Conn) error { return r.copyLists(ctx, p, l) }); err != nil {
		return err
	}
	r.table.add("PostgreSQL, lists", "tasks and their proceedings copied", thousands(r.tasks), took(began)+" with the indexes; load "+load())
	if err := pg.on(ctx, url, func(p *pgx.Conn) error { return r.sizes(ctx, p, r.tasks, "a task") }); err != nil {
		return err
	}
	if err := pg.careful(ctx); err != nil {
		return err
	}
	return r.askedLists(ctx, c, dir, url)
}

// listTables are copied; their cases have no file, because lists do not read it.
var listTables = map[string]string{
	"proceeding": `insert into proceeding select home, id + $1 * s.i, kind, number || '-' || s.i, item, item_version, title, agency, region, applicant + $1 * s.i, filer + $1 * s.i,
		label, status, state, clock, timers, received - s.i %% 60, accepted, closed, due + s.i %% 40, due_provisional, promised_due, 0, data_key, opened, version, leaf
		from proceeding p, generate_series(1, %d) as s(i) where id >= $2`,
	"task": `insert into task select home, id + $1 * s.i, proceeding + $1 * s.i, token, node, name, role, part, agency, post, officers, state, assignee, opened - s.i,
		due + s.i %% 40, done_at, done_by, outcome, seen from task t, generate_series(1, %d) as s(i) where proceeding >= $2`,
}

func (r *run) copyLists(ctx context.Context, c *pgx.Conn, l bulk.Loaded) error {
	var each int64
	if err := c.QueryRow(ctx, `select count(*) from task where proceeding >= $1`, l.From).Scan(&each); err != nil {
		return err
	}
	again, err := bulk.DropIndexes(ctx, c, "task", "proceeding")
	if err != nil {
		return err
	}
	for table, sql := range listTables {
		if _, err := c.Exec(ctx, fmt.Sprintf(sql, max(1, r.tasks/each)), l.Span*patterns*2, l.From); err != nil {
			return fmt.Errorf("%s: %w", table, err)
		}
	}
	if err := bulk.MakeIndexes(ctx, c, again); err != nil {
		return err
	}
	_, err = c.Exec(ctx, `vacuum analyze`)
	return err
}

// listAsks are those of the requests that read lists alone.
var listAsks = asks[:3]

func (r *run) askedLists(ctx context.Context, c *drive.County, dir, database string) error {
	return r.onServer(ctx, dir, database, func(client *drive.Client) error {
		a := &asking{client: client, item: c.Item, units: patterns}
		if err := a.signIn(ctx); err != nil {
			return err
		}
		if err := r.plans(ctx, database, a, listAsks); err != nil {
			return err
		}
		return r.repeatedly(ctx, a, "HTTP on PostgreSQL, lists", listAsks)
	})
}
