package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"tongban/internal/record/store"
)

// create measures applications beside the creation of one record of five fields.
func (b *bench) create(ctx context.Context) (err error) {
	x, err := b.outdoors(ctx, store.SQLite)
	if err != nil {
		return err
	}
	defer func() { err = joined(err, func() error { return x.close(ctx) }) }()
	dir, err := b.folder()
	if err != nil {
		return err
	}
	p, err := b.peer(ctx, "pocketbase", "-dir", dir)
	if err != nil {
		return err
	}
	defer func() { err = joined(err, p.stop) }()
	created := 0
	record := func(ctx context.Context, _, n int) error {
		_, err := p.Bytes(ctx, http.MethodPost, "/api/collections/applications/records", "", map[string]any{
			"name": fmt.Sprintf("小满糕点坊%d号店", n), "phone": "19995550001", "address": "云禾县云溪镇青石巷12号", "category": "pastry", "area": 38.5,
		})
		return err
	}
	const at = 8
	all, err := b.turns(ctx, b.each,
		contender{"applications over HTTP", "8 at once", func(ctx context.Context, d time.Duration) (sample, error) { return closed(ctx, at, d, x.apply) }},
		contender{"PocketBase", "8 at once", func(ctx context.Context, d time.Duration) (sample, error) {
			s, err := closed(ctx, at, d, record)
			created += s.ops
			return s, err
		}})
	if err != nil {
		return err
	}
	t, err := p.told(ctx)
	if err != nil {
		return err
	}
	if t.Applications != created {
		return fmt.Errorf("PocketBase holds %d records, %d were created", t.Applications, created)
	}
	b.against("applications over HTTP, all rows and the event; a record of five fields, created by anybody", all[0], all[1], "/s", 1.5)
	return nil
}
