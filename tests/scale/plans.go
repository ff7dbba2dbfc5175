package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// From how many rows on no statement of a request may read a table from one end
// to the other: any table, and those of the search, which the database rightly
// reads as a whole while they are small and the word is common.
const (
	largeTable  = 20_000
	largeSearch = 100_000
)

var (
	scanned = regexp.MustCompile(`(?:Parallel )?Seq Scan on (\w+)`)
	indexed = regexp.MustCompile(`(?:Index Scan(?: Backward)?|Index Only Scan(?: Backward)?) using (\w+)|Bitmap Index Scan on (\w+)`)
)

// plans has the server write down the plan of each statement while each request
// is made a few times, and looks for tables that were read as a whole. It is the
// plan that was run, not one that was asked for.
func (r *run) plans(ctx context.Context, database string, a *asking, list []ask) error {
	pg := r.server
	large, err := largeTables(ctx, pg, database)
	if err != nil {
		return err
	}
	if err := pg.settings(ctx, "auto_explain.log_min_duration=0"); err != nil {
		return err
	}
	before, err := pg.logged()
	if err != nil {
		return err
	}
	time.Sleep(time.Second) // every connection of the server reads its settings before its next statement
	for _, x := range list {
		for n := range 8 { // a prepared statement gets its lasting plan at the sixth
			if err := x.do(ctx, a, n); err != nil {
				return fmt.Errorf("%s: %w", x.name, err)
			}
		}
	}
	after, err := pg.logged()
	if err != nil {
		return err
	}
	if err := pg.settings(ctx, "auto_explain.log_min_duration=-1"); err != nil {
		return err
	}
	return r.judge(strings.TrimPrefix(after, before), large)
}

// largeTables lists the tables with many rows.
func largeTables(ctx context.Context, pg *postgres, database string) (list []string, err error) {
	return list, pg.on(ctx, database, func(c *pgx.Conn) error {
		rows, err := c.Query(ctx, `select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace 
			and reltuples::bigint >= case when relname in ('item_search', 'item_gram') then $2::bigint else $1::bigint end`, largeTable, largeSearch)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
}

func (r *run) judge(log string, large []string) error {
	plans := strings.Count(log, "Query Text:")
	used := map[string]bool{}
	for _, m := range indexed.FindAllStringSubmatch(log, -1) {
		used[m[1]+m[2]] = true
	}
	if plans == 0 || len(used) == 0 {
		return errors.New("the server wrote down no plan")
	}
	var wrong []string
	for _, one := range strings.Split(log, "Query Text:")[1:] {
		for _, m := range scanned.FindAllStringSubmatch(one, -1) {
			if slices.Contains(large, m[1]) && !strings.Contains(one, "copy ") {
				wrong = append(wrong, m[1]+" in "+strings.Join(strings.Fields(one[:min(len(one), 600)]), " "))
			}
		}
	}
	if len(wrong) > 0 {
		return fmt.Errorf("%d statements read a whole table of %d rows or more:\n%s", len(wrong), largeTable, strings.Join(slices.Compact(wrong), "\n"))
	}
	r.table.add("PostgreSQL", "plans of all statements behind the requests below", fmt.Sprint(plans),
		fmt.Sprintf("none reads a table of %s rows or more as a whole (%d such tables); %d indexes used", thousands(largeTable), len(large), len(used)))
	return nil
}
