package bulk

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
)

// inPostgres copies, each worker over a connection of its own.
type inPostgres struct {
	conns []*pgx.Conn
	again []string // statements that make the dropped indexes
}

// indexedAfter are the tables whose indexes cost more row by row than at once.
var indexedAfter = []string{
	"event", "entry", "disclosure", "task", "proceeding", "casefile", "paper", "licence", "finding", "duty", "data_key", "notice", "published_grant",
	"person", "account", "known_value", "stream_head",
}

func toPostgres(ctx context.Context, url string, o Options) (*inPostgres, error) {
	x := &inPostgres{}
	for range o.Workers {
		c, err := pgx.Connect(ctx, url)
		if err == nil {
			x.conns = append(x.conns, c)
			_, err = c.Exec(ctx, `set synchronous_commit = off`)
		}
		if err != nil {
			return nil, errors.Join(err, x.close(ctx, false))
		}
	}
	if !o.Rebuild {
		return x, nil
	}
	again, err := DropIndexes(ctx, x.conns[0], indexedAfter...)
	x.again = again
	if err != nil {
		return nil, errors.Join(err, x.close(ctx, false))
	}
	return x, nil
}

func (x *inPostgres) write(ctx context.Context, worker int, rows map[*table][][]any) error {
	t, err := x.conns[worker].Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = t.Rollback(ctx) }()
	for into, list := range rows {
		if _, err := t.CopyFrom(ctx, pgx.Identifier{into.name}, into.columns, pgx.CopyFromRows(list)); err != nil {
			return fmt.Errorf("%s: %w", into.name, err)
		}
	}
	return t.Commit(ctx)
}

// close makes the indexes again, if all went well, and ends the connections.
func (x *inPostgres) close(ctx context.Context, well bool) (err error) {
	if well && len(x.again) > 0 {
		err = MakeIndexes(ctx, x.conns[0], x.again)
	}
	for _, c := range x.conns {
		err = errors.Join(err, c.Close(ctx))
	}
	return err
}

// DropIndexes drops the keys and indexes of tables and returns the statements
// that make them again.
func DropIndexes(ctx context.Context, c *pgx.Conn, tables ...string) (again []string, err error) {
	r, err := c.Query(ctx, `select t.relname, i.relname, pg_get_indexdef(x.indexrelid), coalesce(k.conname, ''), coalesce(pg_get_constraintdef(k.oid), '')
		from pg_index x join pg_class t on t.oid = x.indrelid join pg_class i on i.oid = x.indexrelid left join pg_constraint k on k.conindid = x.indexrelid
		where t.relnamespace = 'public'::regnamespace order by t.relname, i.relname`)
	if err != nil {
		return nil, err
	}
	type index struct{ table, name, made, key, bound string }
	list, err := pgx.CollectRows(r, func(r pgx.CollectableRow) (x index, err error) {
		return x, r.Scan(&x.table, &x.name, &x.made, &x.key, &x.bound)
	})
	for _, x := range list {
		if err != nil || !slices.Contains(tables, x.table) {
			continue
		}
		drop, made := `drop index `+x.name, x.made
		if x.key != "" {
			drop, made = fmt.Sprintf(`alter table %s drop constraint %s`, x.table, x.key), fmt.Sprintf(`alter table %s add constraint %s %s`, x.table, x.key, x.bound)
		}
		again = append(again, made)
		_, err = c.Exec(ctx, drop)
	}
	return again, err
}

// MakeIndexes makes them.
func MakeIndexes(ctx context.Context, c *pgx.Conn, list []string) error {
	if _, err := c.Exec(ctx, `set maintenance_work_mem = '512MB'`); err != nil {
		return err
	}
	for _, sql := range list {
		if _, err := c.Exec(ctx, sql); err != nil {
			return fmt.Errorf("%s: %w", sql, err)
		}
	}
	return nil
}
