package main

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"tongban/internal/record/store"
)

// postgres measures applications without HTTP on PostgreSQL beside pgbench with
// the statements that an application sends.
func (b *bench) postgres(ctx context.Context) error {
	s, database, err := b.tapped(ctx)
	if err != nil {
		return err
	}
	b.table.condition(fmt.Sprintf("one application sends %d statements to PostgreSQL in %d round trips, begin and commit with them; pgbench sends the same at once what we send "+
		"at once (values longer than %d characters are constants), but not the numbering in the ledger, which ours does beside it", s.statements, s.trips, long))
	if b.verbose {
		fmt.Println(s.text)
	}
	p, err := b.pgbench(s, database)
	if err != nil {
		return err
	}
	before, err := stored(ctx, database)
	if err != nil {
		return err
	}
	in, err := b.indoors(ctx, store.Postgres)
	if err != nil {
		return err
	}
	var list []contender
	for _, n := range workers {
		at := fmt.Sprintf("%d clients", n)
		list = append(list, contender{"applications inside", at, func(ctx context.Context, d time.Duration) (sample, error) { return closed(ctx, n, d, in.apply) }},
			contender{"pgbench", at, p.runs(b, n)})
	}
	all, err := b.turns(ctx, b.each, list...)
	if err == nil {
		err = checked(ctx, in.House, int(in.cases.Load()))
	}
	if err = joined(err, in.House.Close); err != nil {
		return err
	}
	after, err := stored(ctx, database)
	if err != nil {
		return err
	}
	if after-before != p.done {
		return fmt.Errorf("pgbench stored %d cases in %d transactions", after-before, p.done)
	}
	for i, n := range workers {
		b.against(fmt.Sprintf("applications on PostgreSQL, no HTTP, %d clients; the same statements, prepared", n), all[2*i], all[2*i+1], "/s", 0.6)
	}
	return nil
}

// stored counts the cases in a database.
func stored(ctx context.Context, database string) (n int, err error) {
	c, err := pgx.Connect(ctx, database)
	if err != nil {
		return 0, err
	}
	err = c.QueryRow(ctx, `select count(*) from proceeding`).Scan(&n)
	return n, joined(err, func() error { return c.Close(ctx) })
}
