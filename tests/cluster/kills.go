package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

const (
	underLoad = 5 * time.Second // before something is broken, and after it came back
	overdueAt = 20              // overdue cases planted just before each kill
)

// primaryKilled kills the primary again and again under load, Patroni and every
// process of PostgreSQL at once, and brings the server back afterwards.
func (r *run) primaryKilled(ctx context.Context) error {
	s, err := r.strict(ctx)
	if err != nil {
		return err
	}
	if err := s.nodes[2].stop(); err != nil { // two nodes here, three in what follows
		return err
	}
	if s.late, err = s.lateHouse(ctx); err != nil {
		return err
	}
	var outages []time.Duration
	began := time.Now()
	for n := range r.kills {
		d, err := s.oneKill(ctx, n+1)
		if err != nil {
			return err
		}
		outages = append(outages, d)
	}
	took := time.Since(began)
	if err := s.nodes[2].start(s.bin, s.servers.url(), s.more...); err != nil {
		return err
	}
	if err := s.afterwards(ctx); err != nil {
		return err
	}
	slices.Sort(outages)
	s.say("%d kills in %v: outage median %.1f s, longest %.1f s (ttl %d s)", r.kills, took.Round(time.Second),
		outages[len(outages)/2].Seconds(), outages[len(outages)-1].Seconds(), r.ttl)
	s.sum()
	return nil
}

// undisturbed takes one case its whole way while nothing is broken: what all
// others are compared with.
func (s *stage) undisturbed(ctx context.Context) error {
	s.load.oneCase(ctx, 0)
	if e := s.load.book[0]; e.status != "concluded" || e.extra == 0 {
		return fmt.Errorf("the first case ended as %q with licence %d: %w", e.status, e.extra, errors.Join(s.load.wrong...))
	}
	return nil
}

// oneKill kills the primary and returns how long nobody was answered.
func (s *stage) oneKill(ctx context.Context, n int) (time.Duration, error) {
	s.load.start(ctx)
	time.Sleep(underLoad)
	x := s.servers.primary()
	if x == nil {
		return 0, errors.New("no server leads before the kill")
	}
	if err := s.late.plant(ctx, overdueAt); err != nil {
		return 0, fmt.Errorf("plant overdue cases: %w", err)
	}
	at := time.Now()
	s.servers.kill(x)
	err := until(ctx, healWithin, "another server to lead", func() bool { return s.servers.primary() != nil })
	led := time.Since(at)
	err = errors.Join(err, s.recovers(ctx))
	outage := s.load.outage(at)
	if err := errors.Join(err, s.servers.start(x)); err != nil {
		return 0, err
	}
	time.Sleep(underLoad)
	if err := s.load.finish(); err != nil {
		return 0, err
	}
	if err := s.compare(ctx); err != nil {
		return 0, fmt.Errorf("after kill %d: %w", n, err)
	}
	cases, acts := s.load.counted()
	s.say("kill %d: %s; another leads after %.1f s, outage %.1f s; %d cases, %d acts acknowledged so far, all there", n, x.name, led.Seconds(), outage.Seconds(), cases, acts)
	return outage, s.servers.healed(ctx)
}

// sum prints what was compared.
func (s *stage) sum() {
	cases, acts := s.load.counted()
	late := 0
	if s.late != nil {
		late = len(s.late.cases)
	}
	s.say("%d cases with %d acts acknowledged, %d overdue cases settled; %d requests unanswered or put off and sent again: %v", cases, acts, late, s.load.silent, s.load.why)
	s.say("there: %d cases, %d licences, %d papers, %d notices, %d events, each numbered once; verify passes; lost: nothing",
		s.seen.cases, s.seen.licences, s.seen.papers, s.seen.notices, s.seen.events)
}
