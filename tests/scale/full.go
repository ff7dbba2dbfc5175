package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"tongban/internal/work/casework"
	"tongban/tests/drive"
	"tongban/tests/scale/bulk"
)

// rebuildFrom is from how many cases on it pays to drop the indexes meanwhile.
const rebuildFrom = 50_000

// What a case and its indexes take at most, an item of the search, a task in the
// lists with its proceeding, in bytes; and what the server writes ahead.
const (
	caseTakes, itemTakes, taskTakes = 30_000, 1_000, 600
	aheadTakes                      = 1_500_000_000
)

// full loads whole cases into PostgreSQL, verifies them, and asks the binary.
func (r *run) full(ctx context.Context) (err error) {
	if err := r.room(r.cases*caseTakes + r.items*itemTakes + aheadTakes); err != nil {
		return err
	}
	pg, err := r.serve(ctx)
	if err != nil {
		return err
	}
	url, err := pg.database(ctx, "cases")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pg.drop(ctx, "cases")) }()
	dir := r.dir + "/full"
	c, err := r.filled(ctx, pg, dir, url)
	if err != nil {
		return err
	}
	if err = pg.careful(ctx); err == nil {
		err = r.verified(ctx, c, "PostgreSQL")
	}
	if err := errors.Join(err, c.House.Close()); err != nil {
		return err
	}
	if err := r.asked(ctx, c, dir, url); err != nil {
		return err
	}
	again, err := drive.Reopen(ctx, drive.Options(dir, url))
	if err != nil {
		return err
	}
	report, err := again.House.Ledger.VerifyRecent(ctx, 10_000)
	if err == nil && len(report.Findings) > 0 {
		err = fmt.Errorf("the record does not verify after the requests: %v", report.Findings)
	}
	return errors.Join(err, again.House.Close())
}

// filled is a county with all cases and items.
func (r *run) filled(ctx context.Context, pg *postgres, dir, url string) (*drive.County, error) {
	began := time.Now()
	c, l, err := r.county(ctx, drive.Options(dir, url), r.cases, bulk.Options{Rebuild: r.cases >= rebuildFrom})
	if err != nil {
		return nil, err
	}
	r.table.add("PostgreSQL", "whole cases loaded in bulk", thousands(r.cases), fmt.Sprintf("rows in %.1f s, indexes in %.1f s (founding and recording with it %s); %s rows, %s acts; load %s",
		l.Wrote.Seconds(), l.Indexed.Seconds(), took(began), thousands(l.Rows), thousands(l.Acts), load()))
	err = pg.on(ctx, url, func(p *pgx.Conn) error {
		_, err := p.Exec(ctx, `vacuum analyze`)
		return errors.Join(err, r.sizes(ctx, p, r.cases, "a case, its resident with it"))
	})
	began = time.Now()
	if err == nil {
		err = r.loadItems(ctx, pg, url, r.items)
	}
	if err == nil {
		err = pg.on(ctx, url, func(p *pgx.Conn) error {
			var size int64
			err := p.QueryRow(ctx, `select pg_total_relation_size('item_search') + pg_total_relation_size('item_gram')`).Scan(&size)
			r.table.add("PostgreSQL", "items put into the search", thousands(r.items), took(began)+", "+megabytes(size)+" with the indexes")
			_, analyzed := p.Exec(ctx, `vacuum analyze item_search, item_gram`)
			return errors.Join(err, analyzed)
		})
	}
	if err != nil {
		return nil, errors.Join(err, c.House.Close())
	}
	return c, nil
}

// verified checks the whole record as "tongban verify" does.
func (r *run) verified(ctx context.Context, c *drive.County, where string) error {
	before, began := peak(), time.Now()
	report, err := c.House.Ledger.Verify(ctx, casework.StateDigest)
	if err != nil {
		return err
	}
	if len(report.Findings) > 0 || report.Values == 0 || report.States == 0 || report.Checkpoints == 0 {
		return fmt.Errorf("the record does not verify: %+v", report)
	}
	r.table.add(where, "the whole record verified", took(began), fmt.Sprintf("%s acts, %s values, %s states, %s tiles, nothing found; %.0f acts/s; memory of this process up to %d MB (%d before); load %s",
		thousands(report.Events), thousands(report.Values), thousands(report.States), thousands(report.Tiles),
		float64(report.Events)/time.Since(began).Seconds(), peak(), before, load()))
	return nil
}

// sizes tells what lies on the disk: the whole, and each table with its indexes.
func (r *run) sizes(ctx context.Context, c *pgx.Conn, n int64, each string) error {
	var all int64
	if err := c.QueryRow(ctx, `select pg_database_size(current_database())`).Scan(&all); err != nil {
		return err
	}
	r.table.add("PostgreSQL", "size of the database", megabytes(all), fmt.Sprintf("%.1f kB %s", float64(all)/1e3/float64(n), each))
	rows, err := c.Query(ctx, `select relname, n_live_tup, pg_relation_size(relid), pg_indexes_size(relid) from pg_stat_user_tables
		where pg_total_relation_size(relid) > 5000000 order by pg_total_relation_size(relid) desc limit 8`)
	if err != nil {
		return err
	}
	var name string
	var live, heap, indexes int64
	_, err = pgx.ForEachRow(rows, []any{&name, &live, &heap, &indexes}, func() error {
		r.table.add("PostgreSQL", "table "+name, thousands(live)+" rows", megabytes(heap)+", indexes "+megabytes(indexes))
		return nil
	})
	return err
}
