package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"tongban/tests/drive"
)

// asking is the binary on what was loaded, with people signed in.
type asking struct {
	client    *drive.Client
	residents []*drive.Session
	window    *drive.Session
	fire      *drive.Session
	item      int64
	units     int64 // residents that were loaded
	second    string
	sent      atomic.Int64
}

// ask is one kind of request.
type ask struct {
	name string
	do   func(ctx context.Context, a *asking, n int) error
}

// inTurn is how many ask at once: enough to keep two processors busy.
const inTurn = 4

// asks are what people do most, and what a large database could make slow.
var asks = []ask{
	{"worklist at the window, first page with its count", func(ctx context.Context, a *asking, _ int) error {
		return listed(ctx, a.window, "/api/v1/worklist?limit=25", 1)
	}},
	{"worklist at the window, second page", func(ctx context.Context, a *asking, _ int) error {
		return listed(ctx, a.window, a.second, 1)
	}},
	{"worklist of a reviewer, as a page", func(ctx context.Context, a *asking, _ int) error {
		_, err := a.fire.Bytes(ctx, http.MethodGet, "/office", "", nil)
		return err
	}},
	{"a resident's own cases", func(ctx context.Context, a *asking, n int) error {
		return listed(ctx, a.residents[n%len(a.residents)], "/api/v1/cases", fates.Cases())
	}},
	{"a resident's inbox", func(ctx context.Context, a *asking, n int) error {
		return listed(ctx, a.residents[n%len(a.residents)], "/api/v1/inbox", 20)
	}},
	{"who looked at a resident's data", func(ctx context.Context, a *asking, n int) error {
		return listed(ctx, a.residents[n%len(a.residents)], "/api/v1/looks", 1)
	}},
	{"grants published", func(ctx context.Context, a *asking, _ int) error {
		return listed(ctx, &drive.Session{Client: a.client}, "/api/v1/grants", 1)
	}},
	{"search for a rare name", func(ctx context.Context, a *asking, n int) error {
		return listed(ctx, &drive.Session{Client: a.client}, "/api/v1/items?q="+url.QueryEscape(itemName(int64(n*7919)%1000)), 1)
	}},
	{"search for a common word", func(ctx context.Context, a *asking, n int) error {
		return listed(ctx, &drive.Session{Client: a.client}, "/api/v1/items?q="+url.QueryEscape([]string{"许可", "补贴", "食品", "登记"}[n%4]), 20)
	}},
	{"search for a common word within an agency", func(ctx context.Context, a *asking, n int) error {
		return listed(ctx, &drive.Session{Client: a.client}, "/api/v1/items?agency=scjg&q="+url.QueryEscape([]string{"许可", "食品"}[n%2]), 1)
	}},
	{"a case found in its applicant's list and opened by the window clerk, which is recorded: two requests", func(ctx context.Context, a *asking, _ int) error {
		return a.someCase(ctx)
	}},
	{"an application handed in", func(ctx context.Context, a *asking, n int) error {
		_, err := a.residents[n%len(a.residents)].Apply(ctx, fmt.Sprintf("scale-%d-%d", n, a.sent.Add(1)), a.item, n)
		return err
	}},
}

// someCase opens a case that waits at the window, from somewhere in the list.
func (a *asking) someCase(ctx context.Context) error {
	resident := a.residents[rand.IntN(len(a.residents))]
	list, err := drive.Ask[struct{ Items []struct{ ID int64 } }](ctx, resident, http.MethodGet, "/api/v1/cases?limit=20", "", nil)
	if err != nil || len(list.Items) == 0 {
		return fmt.Errorf("no case: %w", err)
	}
	_, err = a.window.Look(ctx, list.Items[rand.IntN(len(list.Items))].ID)
	return err
}

// listed asks for a list and sees that it has as many rows as it must.
func listed(ctx context.Context, s *drive.Session, path string, least int) error {
	b, err := s.Bytes(ctx, http.MethodGet, path, "", nil)
	if err != nil {
		return err
	}
	var list struct{ Items []json.RawMessage }
	if err := json.Unmarshal(b, &list); err != nil {
		return err
	}
	if len(list.Items) < least {
		return fmt.Errorf("%s has %d rows", path, len(list.Items))
	}
	return nil
}

// asked measures the requests on the running binary.
func (r *run) asked(ctx context.Context, c *drive.County, dir, database string) error {
	return r.onServer(ctx, dir, database, func(client *drive.Client) error {
		a := &asking{client: client, item: c.Item, units: r.cases / int64(fates.Cases())}
		if err := a.signIn(ctx); err != nil {
			return err
		}
		if err := r.plans(ctx, database, a, asks); err != nil {
			return err
		}
		return r.repeatedly(ctx, a, "HTTP on PostgreSQL", asks)
	})
}

// onServer runs f while the binary serves a database.
func (r *run) onServer(ctx context.Context, dir, database string, f func(*drive.Client) error) error {
	log, err := os.Create(r.dir + "/server.log")
	if err != nil {
		return err
	}
	server, err := drive.Serve(r.bin, dir, database, log)
	if err != nil {
		return errors.Join(err, log.Close())
	}
	client := drive.NewClient(server.URL, 16)
	err = f(client)
	client.Close()
	return errors.Join(err, server.Stop(), log.Close())
}

// repeatedly measures each of the requests.
func (r *run) repeatedly(ctx context.Context, a *asking, where string, list []ask) error {
	for _, x := range list {
		s, err := repeated(ctx, r.each, x, a)
		if err != nil {
			return fmt.Errorf("%s: %w", x.name, err)
		}
		r.table.add(where, x.name, s, "load "+load())
	}
	return nil
}

// residentsAsked is how many of the loaded residents sign in.
const residentsAsked = 16

func (a *asking) signIn(ctx context.Context) (err error) {
	for i := range min(residentsAsked, a.units) {
		s, err := a.client.Resident(ctx, fmt.Sprintf("resident%d", (a.units-1)*i/max(1, min(residentsAsked, a.units)-1)))
		if err != nil {
			return err
		}
		a.residents = append(a.residents, s)
	}
	if a.window, err = a.client.Official(ctx, "spj.window1"); err != nil {
		return err
	}
	if a.fire, err = a.client.Official(ctx, "xfjy.reviewer1"); err != nil {
		return err
	}
	first, err := drive.Ask[struct{ Next string }](ctx, a.window, http.MethodGet, "/api/v1/worklist?limit=25", "", nil)
	if a.second = "/api/v1/worklist?limit=25&cursor=" + url.QueryEscape(first.Next); err == nil && first.Next == "" {
		err = errors.New("the window's list has one page only")
	}
	return err
}

// repeated asks again and again for so long and tells how long it took.
func repeated(ctx context.Context, d time.Duration, x ask, a *asking) (string, error) {
	for i := range inTurn { // warm
		if err := x.do(ctx, a, i); err != nil {
			return "", err
		}
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var all sync.WaitGroup
	var n atomic.Int64
	lists := make([][]time.Duration, inTurn)
	began := time.Now()
	for w := range inTurn {
		all.Go(func() {
			for ctx.Err() == nil && (time.Since(began) < d || len(lists[w]) < 5) {
				at := time.Now()
				if err := x.do(ctx, a, int(n.Add(1))); err != nil {
					stop(err)
					return
				}
				lists[w] = append(lists[w], time.Since(at))
			}
		})
	}
	all.Wait()
	if err := context.Cause(ctx); err != nil {
		return "", err
	}
	lasted, list := time.Since(began), slices.Concat(lists...)
	slices.Sort(list)
	at := func(p int) string {
		return fmt.Sprintf("%.1f", float64(list[min(len(list)-1, len(list)*p/100)].Microseconds())/1e3)
	}
	return fmt.Sprintf("p50 %s ms, p99 %s ms, %.0f /s by %d at once", at(50), at(99), float64(len(list))/lasted.Seconds(), inTurn), nil
}
