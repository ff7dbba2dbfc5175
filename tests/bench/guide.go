package main

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"tongban/internal/record/store"
	"tongban/tests/drive"
)

// guide measures the guide of an item as data beside the least that a server can
// do: a constant answer of 200 bytes, and one as long as the guide.
func (b *bench) guide(ctx context.Context) (err error) {
	x, err := b.outdoors(ctx, store.SQLite)
	if err != nil {
		return err
	}
	defer func() { err = joined(err, func() error { return x.close(ctx) }) }()
	anybody := &drive.Session{Client: x.client}
	path := "/api/v1/items/" + strconv.FormatInt(x.county.Item, 10)
	ours, size, err := same(ctx, anybody, path)
	if err != nil {
		return err
	}
	list := []contender{{"guide as data", fmt.Sprintf("%d bytes", size), ours}}
	for _, n := range []int{200, size} {
		p, err := b.peer(ctx, "hello", "-size", strconv.Itoa(n))
		if err != nil {
			return err
		}
		defer func() { err = joined(err, p.stop) }()
		run, got, err := same(ctx, p.Session, "/hello")
		if err != nil {
			return err
		}
		list = append(list, contender{"net/http", fmt.Sprintf("%d bytes", got), run})
	}
	all, err := b.turns(ctx, b.each/2, list...)
	if err != nil {
		return err
	}
	for _, p := range all[1:] {
		b.against(fmt.Sprintf("public guide as data, %s, 32 connections; a constant answer of %s", all[0].where, p.where), all[0], p, "/s", 0.5)
	}
	return nil
}

// same is a load of 32 that asks for one thing and sees that as many bytes come
// each time.
func same(ctx context.Context, who *drive.Session, path string) (func(context.Context, time.Duration) (sample, error), int, error) {
	first, err := who.Bytes(ctx, http.MethodGet, path, "", nil)
	if err != nil {
		return nil, 0, err
	}
	return func(ctx context.Context, d time.Duration) (sample, error) {
		return closed(ctx, 32, d, func(ctx context.Context, _, _ int) error {
			got, err := who.Bytes(ctx, http.MethodGet, path, "", nil)
			if err == nil && len(got) != len(first) {
				err = fmt.Errorf("%d bytes came, before %d", len(got), len(first))
			}
			return err
		})
	}, len(first), nil
}
