package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"tongban/internal/record/store"
	"tongban/tests/drive"
)

// cases measures the unit that the figures of others are given for: a case from
// the application to the decision that signs the licence, three reviews side by
// side between them, beside the same flow on Temporal by signals.
func (b *bench) cases(ctx context.Context) (err error) {
	x, err := b.outdoors(ctx, store.SQLite)
	if err != nil {
		return err
	}
	defer func() { err = joined(err, func() error { return x.closeWith(ctx, x.licences) }) }()
	dir, err := b.folder()
	if err != nil {
		return err
	}
	server, err := b.peer(ctx, "temporal", "serve", "-dir", dir)
	if err != nil {
		return err
	}
	defer func() { err = joined(err, server.stop) }()
	driver, err := b.peer(ctx, "temporal", "drive", "-at", server.address)
	if err != nil {
		return err
	}
	defer func() { err = joined(err, driver.stop) }()
	lists := newDesks(x.staff)
	var list []contender
	for _, n := range workers {
		at := fmt.Sprintf("%d in flight", n)
		list = append(list,
			contender{"each official looks first", at, func(ctx context.Context, d time.Duration) (sample, error) { return closed(ctx, n, d, x.looked) }},
			contender{"acts alone", at, func(ctx context.Context, d time.Duration) (sample, error) {
				return closed(ctx, n, d, func(ctx context.Context, w, k int) error { return x.alone(ctx, lists, w, k) })
			}},
			contender{"Temporal", at, driver.runs(n)})
	}
	all, err := b.turns(ctx, b.each, list...)
	if err != nil {
		return err
	}
	half, err := x.halfway(ctx, driver, all[0], all[2])
	if err != nil {
		return err
	}
	if _, err := driver.Bytes(ctx, http.MethodGet, "/check", "", nil); err != nil {
		return fmt.Errorf("flows of Temporal: %w", err)
	}
	for i, n := range workers {
		goal := map[int]float64{8: 8, 32: 10}[n]
		three := all[3*i : 3*i+3]
		b.against(fmt.Sprintf("whole cases over HTTP, each official looks first (11 requests), %d in flight", n), three[0], three[2], "/s", goal)
		b.against(fmt.Sprintf("whole cases over HTTP, acts alone (6 requests, and %.2f worklists a case), %d in flight",
			lists.share(), n), three[1], three[2], "/s", goal)
	}
	b.pair(half)
	return nil
}

// halfway is an open loop at half the rate of the closed one, each at its own:
// what a case takes where there is time for it, from when it was due.
func (x *outdoors) halfway(ctx context.Context, driver *peer, ours, theirs taken) (pair, error) {
	rate, slow := median(ratesOf(ours.rounds))/2, median(ratesOf(theirs.rounds))/2
	s := arriving(ctx, rate, x.b.each, func(ctx context.Context, n int, _ time.Time) error { return x.looked(ctx, n%len(x.applicants), n) })
	if s.failed > 0 {
		return pair{}, fmt.Errorf("open loop at %s /s: %s, first: %w", round(rate), s.String(), s.first)
	}
	before := usage()
	t, err := driver.load(ctx, x.b.each, "/arrive", url.Values{"rate": {fmt.Sprint(slow)}})
	t.others = usage().others(before)
	one, other := []sample{s.sample}, []sample{t}
	return pair{what: "whole cases over HTTP, each official looks first, open loop at half the closed rate of 8 in flight", ours: round(rate) + " /s arriving",
		oursTook: times(one), peer: theirs.name + ": " + round(slow) + " /s arriving", peerTook: times(other), note: both(one, other)}, err
}

// deed is something done on a case by one official.
type deed struct {
	name string
	do   func(ctx context.Context, key string) (drive.Done, error)
}

// together does deeds side by side, as offices do.
func together(ctx context.Context, key string, deeds ...deed) error {
	errs := make([]error, len(deeds))
	var all sync.WaitGroup
	for i, d := range deeds {
		all.Go(func() {
			if _, err := d.do(ctx, key+d.name); err != nil {
				errs[i] = fmt.Errorf("%s: %w", d.name, err)
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// looked takes a case to its licence; every official opens it before they act on
// it, and that look is recorded.
func (x *outdoors) looked(ctx context.Context, w, n int) error {
	return x.licensed(ctx, w, n, func(ctx context.Context, id int64, s drive.Step) (drive.On, error) { return s.Prepare(ctx, id) })
}

// alone is looked without the looks: officials find their task on their worklist
// and act on it.
func (x *outdoors) alone(ctx context.Context, lists desks, w, n int) error {
	staff := w % len(x.staff)
	return x.licensed(ctx, w, n, func(ctx context.Context, id int64, s drive.Step) (drive.On, error) {
		if d := lists[staff][s.Name]; d != nil {
			return d.take(ctx, id)
		}
		return drive.On{Case: id}, nil // acceptance names no task
	})
}

// licensed takes a case from the application to the licence. find is how an
// official finds the task of a step.
func (x *outdoors) licensed(ctx context.Context, w, n int, find func(context.Context, int64, drive.Step) (drive.On, error)) error {
	key := fmt.Sprintf("%d-%d-", w, time.Now().UnixNano())
	x.cases.Add(1)
	done, err := x.applicants[w].Apply(ctx, key+"apply", x.county.Item, n)
	if err != nil {
		return fmt.Errorf("apply: %w", err)
	}
	way := x.staff[w%len(x.staff)].Way()
	step := func(s drive.Step) deed {
		return deed{s.Name, func(ctx context.Context, key string) (drive.Done, error) {
			on, err := find(ctx, done.Case, s)
			if err != nil {
				return drive.Done{}, err
			}
			return s.Do(ctx, key, on)
		}}
	}
	if err := together(ctx, key, step(way[0])); err != nil {
		return err
	}
	if err := together(ctx, key, step(way[1]), step(way[2]), step(way[3])); err != nil {
		return err
	}
	end, err := step(way[4]).do(ctx, key+way[4].Name)
	if err != nil {
		return fmt.Errorf("decide: %w", err)
	}
	if end.Extra == 0 {
		return fmt.Errorf("case %s was decided without a licence, it is %s", done.Number, end.Status)
	}
	x.granted.Add(1)
	return nil
}

// licences sees that each case that was seen to end has its licence, signed.
func (x *outdoors) licences(ctx context.Context, c *drive.County) error {
	var n int64
	err := c.House.Store.Read(ctx, func(tx *store.Tx) error {
		_, err := tx.Get([]any{&n}, `select count(*) from licence where item = $1 and length(signature) > 0`, c.Item)
		return err
	})
	if err == nil && n != x.granted.Load() {
		err = fmt.Errorf("%d sealed licences are stored, %d cases ended with one", n, x.granted.Load())
	}
	return err
}

// desk is an official's worklist as a client keeps it: it is asked for again
// only when a task is not on it.
type desk struct {
	who   *drive.Session
	mu    sync.Mutex
	tasks map[int64]drive.On
	asked atomic.Int64
	taken atomic.Int64
}

// desks are those of each team, by the step that their owner does.
type desks []map[string]*desk

func newDesks(teams []*drive.Staff) desks {
	var all desks
	for _, s := range teams {
		one := map[string]*desk{}
		for step, who := range map[string]*drive.Session{"market": s.Market, "fire": s.Fire, "env": s.Env, "decide": s.Decider} {
			one[step] = &desk{who: who}
		}
		all = append(all, one)
	}
	return all
}

// share is how many worklists were asked for, for each case.
func (ds desks) share() float64 {
	asked, taken := int64(0), int64(0)
	for _, team := range ds {
		for _, d := range team {
			asked += d.asked.Load()
			taken += d.taken.Load()
		}
	}
	const officials = 4
	return float64(asked) * officials / float64(max(taken, 1))
}

// worklist is what the API answers.
type worklist struct {
	Items []struct {
		Task int64 `json:"task"`
		Case int64 `json:"case"`
		Seen int64 `json:"seen"`
	} `json:"items"`
	Next string `json:"next"`
}

// take finds the task of a case: on the list that is known, else on the list as
// it is now, page after page.
func (d *desk) take(ctx context.Context, id int64) (drive.On, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if on, ok := d.tasks[id]; ok {
		delete(d.tasks, id)
		d.taken.Add(1)
		return on, nil
	}
	d.tasks = map[int64]drive.On{}
	for at := ""; ; {
		d.asked.Add(1)
		list, err := drive.Ask[worklist](ctx, d.who, http.MethodGet, "/api/v1/worklist?limit=100&cursor="+url.QueryEscape(at), "", nil)
		if err != nil {
			return drive.On{}, fmt.Errorf("worklist: %w", err)
		}
		for _, t := range list.Items {
			d.tasks[t.Case] = drive.On{Case: t.Case, Task: t.Task, Seen: t.Seen}
		}
		on, ok := d.tasks[id]
		if ok {
			delete(d.tasks, id)
			d.taken.Add(1)
			return on, nil
		}
		if at = list.Next; at == "" {
			return drive.On{}, fmt.Errorf("case %d is not on the worklist", id)
		}
	}
}
