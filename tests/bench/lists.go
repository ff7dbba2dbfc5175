package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"tongban/tests/drive"
)

// rowsOfList is how many rows a list has on both sides.
const rowsOfList = 20

// lists measures the page that a clerk sees first, the open tasks of their post at
// their agency with a count, as data, on a county of few and of many cases; beside
// the same list of a PocketBase collection with as many rows. There a rule
// restricts clerks to their agency and post, and clients that know what they may
// see ask for it by a filter as well, which lets PocketBase use the index that is
// made for it; without that filter it reads the whole table.
func (b *bench) lists(ctx context.Context) (err error) {
	var list []contender
	for i, cases := range b.sizes {
		x, n, err := b.loaded(ctx, cases)
		if err != nil {
			return err
		}
		defer func() { err = joined(err, func() error { x.client.Close(); return x.server.Stop() }) }()
		p, in, err := b.listing(ctx, x.county.Agencies, cases)
		if err != nil {
			return err
		}
		defer func() { err = joined(err, p.stop) }()
		if n.total != in.total && !n.more {
			return fmt.Errorf("of %d cases our list counts %d open tasks, PocketBase's %d", cases, n.total, in.total)
		}
		b.table.condition(fmt.Sprintf("list of %s cases: %d open tasks at the agency by PocketBase's count, ours says %s", thousands(cases), in.total, n))
		at := thousands(cases) + " cases"
		list = append(list,
			contender{"clerk's list", at, inTurn(func(ctx context.Context) (counted, error) { return ourList(ctx, x) }, n)},
			contender{"PocketBase", at, inTurn(func(ctx context.Context) (counted, error) { return p.list(ctx, filtered) }, in)})
		if i == len(b.sizes)-1 {
			list = append(list,
				contender{"PocketBase, no total", at, inTurn(func(ctx context.Context) (counted, error) { return p.list(ctx, filtered+"&skipTotal=1") }, counted{rows: in.rows, total: -1})},
				contender{"PocketBase, rule alone", at, inTurn(func(ctx context.Context) (counted, error) { return p.list(ctx, "") }, in)})
		}
	}
	all, err := b.turns(ctx, b.each/2, list...)
	if err != nil {
		return err
	}
	few, many := all[:2], all[2:]
	b.against("clerk's list as data, "+few[0].where+"; a rule, a filter, its total", few[0], few[1], "/s", 10)
	b.against("clerk's list as data, "+many[0].where+", counted to 1,000; counted to the end", many[0], many[1], "/s", 10)
	b.against("clerk's list as data, "+many[0].where+", counted to 1,000; not counted", many[0], many[2], "/s", 0)
	b.against("clerk's list as data, "+many[0].where+", counted to 1,000; restricted by its rule without a filter", many[0], many[3], "/s", 0)
	ratios := make([]float64, b.rounds)
	for i := range ratios {
		ratios[i] = few[0].rounds[i].rate() / many[0].rounds[i].rate()
	}
	p := pair{what: "clerk's list, time at " + many[0].where + " to time at " + few[0].where, ours: rates(many[0].rounds, "/s"), peer: rates(few[0].rounds, "/s"),
		ratio: spread(ratios, fold), goal: "≤ 1.3 ×", met: "yes", note: both(many[0].rounds, few[0].rounds)}
	if median(ratios) > 1.3 {
		p.met = "no"
	}
	b.pair(p)
	return nil
}

// filtered is what PocketBase's clerk may see, as the clerk asks for it.
var filtered = "&filter=" + url.QueryEscape(`agency='scjg' && post='reviewer' && state='open'`)

// counted is a list that came: its rows, and how many it says there are.
type counted struct {
	rows, total int
	more        bool // more than total
}

// String writes the count.
func (c counted) String() string {
	if c.more {
		return "more than " + thousands(c.total)
	}
	return strconv.Itoa(c.total)
}

// inTurn is a load of 8 that sees each answer to be the one of the beginning.
func inTurn(ask func(context.Context) (counted, error), want counted) func(context.Context, time.Duration) (sample, error) {
	return func(ctx context.Context, d time.Duration) (sample, error) {
		return closed(ctx, 8, d, func(ctx context.Context, _, _ int) error {
			got, err := ask(ctx)
			if err == nil && got != want {
				err = fmt.Errorf("the list came as %+v, before as %+v", got, want)
			}
			return err
		})
	}
}

// loaded is the binary on a county of so many cases, and what its list says.
func (b *bench) loaded(ctx context.Context, cases int) (*outdoors, counted, error) {
	x, err := b.stocked(ctx, cases)
	if err != nil {
		return nil, counted{}, err
	}
	if err := x.open(ctx); err != nil {
		return nil, counted{}, err
	}
	n, err := ourList(ctx, x)
	if err == nil && n.rows != rowsOfList && n.rows != n.total {
		err = fmt.Errorf("the list has %d rows of %s", n.rows, n)
	}
	if err != nil {
		return nil, n, errors.Join(err, x.server.Stop())
	}
	return x, n, nil
}

func ourList(ctx context.Context, x *outdoors) (counted, error) {
	got, err := x.staff[0].Market.Bytes(ctx, http.MethodGet, "/api/v1/worklist?limit="+strconv.Itoa(rowsOfList), "", nil)
	if err != nil {
		return counted{}, err
	}
	var page struct {
		Items []json.RawMessage `json:"items"`
		Total struct {
			N        int  `json:"n"`
			MoreThan bool `json:"more_than"`
		} `json:"total"`
	}
	err = json.Unmarshal(got, &page)
	return counted{len(page.Items), page.Total.N, page.Total.MoreThan}, err
}

// listing is PocketBase on as many rows, and what its clerk's list says. Rows are
// loaded by a run of their own that does not serve.
func (b *bench) listing(ctx context.Context, agencies []string, cases int) (*clerk, counted, error) {
	dir, err := b.folder()
	if err != nil {
		return nil, counted{}, err
	}
	bin, err := b.build("pocketbase")
	if err != nil {
		return nil, counted{}, err
	}
	c := exec.CommandContext(ctx, bin, "-dir", dir, "-tasks", strconv.Itoa(cases), "-agencies", strings.Join(agencies, ","))
	if out, err := c.CombinedOutput(); err != nil {
		return nil, counted{}, fmt.Errorf("load PocketBase: %w\n%s", err, out)
	}
	p, err := b.peer(ctx, "pocketbase", "-dir", dir)
	if err != nil {
		return nil, counted{}, err
	}
	in, err := drive.Ask[struct{ Token string }](ctx, p.Session, http.MethodPost, "/api/collections/clerks/auth-with-password", "",
		map[string]string{"identity": "clerk@peer.invalid", "password": "clerk-of-the-peer"})
	if err != nil {
		return nil, counted{}, errors.Join(err, p.stop())
	}
	k := &clerk{p, p.Client.With(in.Token)}
	n, err := k.list(ctx, filtered)
	return k, n, err
}

// clerk is the clerk of PocketBase, signed in.
type clerk struct {
	*peer
	session *drive.Session
}

func (c *clerk) list(ctx context.Context, more string) (counted, error) {
	got, err := c.session.Bytes(ctx, http.MethodGet, fmt.Sprintf("/api/collections/tasks/records?perPage=%d&sort=due,id%s", rowsOfList, more), "", nil)
	if err != nil {
		return counted{}, err
	}
	var page struct {
		Items []json.RawMessage `json:"items"`
		Total int               `json:"totalItems"`
	}
	err = json.Unmarshal(got, &page)
	return counted{rows: len(page.Items), total: page.Total}, err
}
