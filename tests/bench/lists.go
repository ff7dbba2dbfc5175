package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"tongban/internal/record/store"
	"tongban/tests/drive"
)

// lists measures the page that a clerk sees first, the open tasks of one post at
// one agency, on a county of many cases: as data, and as the page itself.
func (b *bench) lists(ctx context.Context) error {
	b.table.section("A clerk's list of open tasks at one agency, 25 rows with a count; 2,000 requests after each other")
	for _, e := range engines {
		for _, n := range b.sizes {
			if err := b.listOf(ctx, e, n); err != nil {
				return err
			}
		}
	}
	return nil
}

const listRequests = 2000

func (b *bench) listOf(ctx context.Context, e store.Engine, cases int) error {
	o, err := b.options(ctx, e)
	if err != nil {
		return err
	}
	o.NoSync = true // while rows are loaded; the server opens it as always
	x := &outdoors{b: b, dir: o.Dir, db: o.Database}
	if x.county, err = drive.Found(ctx, o); err != nil {
		return err
	}
	if err := joined(load(ctx, x.county, cases), x.county.House.Close); err != nil {
		return err
	}
	if err := x.open(ctx); err != nil {
		return err
	}
	clerk := x.staff[0].Market
	where := fmt.Sprintf("%s, %s cases", e, round(float64(cases)))
	for _, p := range []struct {
		name, path string
		check      func([]byte) error
	}{{"list as data", "/api/v1/worklist", twentyFive}, {"list as a page", "/office", nil}} {
		get := func(ctx context.Context, _, _ int) error {
			got, err := clerk.Bytes(ctx, http.MethodGet, p.path, "", nil)
			if err == nil && p.check != nil {
				err = p.check(got)
			}
			return err
		}
		if _, err := requests(ctx, listRequests/10, get); err != nil {
			return err
		}
		s, err := requests(ctx, listRequests, get)
		if err != nil {
			return err
		}
		b.row(p.name, where, rates([]sample{s}, "/s"), times([]sample{s}))
	}
	x.client.Close()
	return x.server.Stop()
}

// twentyFive sees that a whole page came, with its count.
func twentyFive(b []byte) error {
	var page struct {
		Items []json.RawMessage `json:"items"`
		Total struct{ N int }   `json:"total"`
	}
	if err := json.Unmarshal(b, &page); err != nil {
		return err
	}
	if len(page.Items) == 0 || page.Total.N < len(page.Items) {
		return fmt.Errorf("the list has %d rows of %d", len(page.Items), page.Total.N)
	}
	return nil
}
