package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"tongban/internal/record/store"
	"tongban/tests/drive"
)

// words are what people search for, of one letter and more.
var words = []string{"食", "证", "许可", "食品", "经营许可", "个体工商户", "老年人", "（示范）", "小作坊", "登记"}

// public measures what anybody reads without signing in.
func (b *bench) public(ctx context.Context) error {
	b.table.section("Public reading over HTTP, SQLite, 8 at once")
	x, err := b.outdoors(ctx, store.SQLite)
	if err != nil {
		return err
	}
	anybody := &drive.Session{Client: x.client}
	get := func(path func(n int) string) operation {
		return func(ctx context.Context, _, n int) error {
			got, err := anybody.Bytes(ctx, http.MethodGet, path(n), "", nil)
			if err == nil && len(got) == 0 {
				err = errors.New("an empty answer")
			}
			return err
		}
	}
	same := func(path string) func(int) string { return func(int) string { return path } }
	item := strconv.FormatInt(x.county.Item, 10)
	var list []contender
	for _, p := range []struct {
		name string
		op   operation
	}{
		{"guide as data", get(same("/api/v1/items/" + item))}, {"guide as a page", get(same("/items/" + item))},
		{"search as data", get(func(n int) string { return "/api/v1/items?q=" + url.QueryEscape(words[n%len(words)]) })},
		{"front page", get(same("/"))},
	} {
		list = append(list, contender{p.name, "sqlite, 8 at once", func(ctx context.Context, d time.Duration) (sample, error) { return closed(ctx, 8, d, p.op) }})
	}
	err = b.interleaved(ctx, "/s", list)
	for path, name := range map[string]string{"/": "front page", "/items/" + item: "guide as a page", "/api/v1/items/" + item: "guide as data"} {
		if err == nil {
			var got []byte
			got, err = anybody.Bytes(ctx, http.MethodGet, path, "", nil)
			b.row(name, "size", fmt.Sprintf("%.1f kB", float64(len(got))/1000), "not compressed")
		}
	}
	return joined(err, func() error { return x.close(ctx) })
}
