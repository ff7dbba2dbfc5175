package main

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// sample is what one round measured.
type sample struct {
	ops     int
	credit  float64 // operations with those under way at the end by the part of them that lies within; 0: as many as ops
	elapsed time.Duration
	cpu     time.Duration   // of this process: what others do on the machine hardly shows in it
	took    []time.Duration // sorted
	others  float64         // share of the machine that others took
}

func (s sample) rate() float64 {
	if s.credit > 0 {
		return s.credit / s.elapsed.Seconds()
	}
	return float64(s.ops) / s.elapsed.Seconds()
}

// percentile is the time within which so many of a hundred operations ended.
func (s sample) percentile(p float64) time.Duration {
	if len(s.took) == 0 {
		return 0
	}
	return s.took[min(len(s.took)-1, int(math.Ceil(p/100*float64(len(s.took))))-1)]
}

// operation is one unit of work of a worker; n is its running number, which no
// other operation of the round has.
type operation func(ctx context.Context, worker, n int) error

// closed runs workers in a closed loop until the time is over: each begins its
// next operation when its last one has ended. What is under way at the end is
// waited for and counts by the part of it that lies within the time: else slow
// operations would be counted worse than quick ones. The first error ends the
// round, because a figure with errors in it counts for nothing.
func closed(ctx context.Context, workers int, d time.Duration, op operation) (sample, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var next atomic.Int64
	var all sync.WaitGroup
	took := make([][]time.Duration, workers)
	credit := make([]float64, workers)
	began, before := time.Now(), processor()
	for w := range workers {
		all.Go(func() {
			for ctx.Err() == nil {
				at := time.Since(began)
				if at >= d {
					return
				}
				if err := op(ctx, w, int(next.Add(1))); err != nil {
					stop(fmt.Errorf("worker %d: %w", w, err))
					return
				}
				end := time.Since(began)
				took[w] = append(took[w], end-at)
				credit[w] += min(1, float64(d-at)/float64(end-at))
			}
		})
	}
	all.Wait()
	s := sample{elapsed: d, cpu: processor() - before, took: slices.Concat(took...)}
	s.ops = len(s.took)
	for _, c := range credit {
		s.credit += c
	}
	slices.Sort(s.took)
	return s, context.Cause(ctx)
}

// processor is the time that this process has spent on processors.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// contender is one of several that are measured in turn.
type contender struct {
	name, where string
	run         func(ctx context.Context, d time.Duration) (sample, error)
}

// taken is what was measured of a contender.
type taken struct {
	contender
	rounds []sample
}

// turns measures the contenders in turn, so that what disturbs the machine
// disturbs all of them: a warm-up each, then the rounds of this length.
func (b *bench) turns(ctx context.Context, each time.Duration, list ...contender) ([]taken, error) {
	out := make([]taken, len(list))
	for i, c := range list {
		out[i].contender = c
		if _, err := c.run(ctx, each/4); err != nil {
			return nil, fmt.Errorf("%s, %s: %w", c.name, c.where, err)
		}
	}
	for range b.rounds {
		for i, c := range list {
			before := usage()
			s, err := c.run(ctx, each)
			if err != nil {
				return nil, fmt.Errorf("%s, %s: %w", c.name, c.where, err)
			}
			s.others = usage().others(before)
			out[i].rounds = append(out[i].rounds, s)
			fmt.Printf("    %-60s %12s /s%s\n", c.name+", "+c.where, round(s.rate()), disturbance([]sample{s}))
		}
	}
	return out, nil
}

// interleaved measures contenders that have no peer: one row comes of each, the
// median with its range.
func (b *bench) interleaved(ctx context.Context, unit string, list []contender) error {
	all, err := b.turns(ctx, b.each, list...)
	if err != nil {
		return err
	}
	for _, t := range all {
		b.row(t.name, t.where, rates(t.rounds, unit), times(t.rounds)+b.spent(t.rounds)+disturbance(t.rounds))
	}
	return nil
}

// spent is the processor time of this process for one operation, where the work
// is done in this process and not in a server.
func (b *bench) spent(rounds []sample) string {
	if !b.here {
		return ""
	}
	var cpu time.Duration
	ops := 0
	for _, s := range rounds {
		cpu += s.cpu
		ops += s.ops
	}
	return ", CPU " + millis(cpu/time.Duration(max(ops, 1)))
}

// rates is the median of the rounds with their range.
func rates(rounds []sample, unit string) string {
	text := spread(ratesOf(rounds), round)
	figure, span, ok := strings.Cut(text, " ")
	if ok {
		span = " " + span
	}
	return figure + " " + unit + span
}

func ratesOf(rounds []sample) []float64 {
	list := make([]float64, len(rounds))
	for i, s := range rounds {
		list[i] = s.rate()
	}
	return list
}

// spread is the median with the range.
func spread(list []float64, write func(float64) string) string {
	list = slices.Sorted(slices.Values(list))
	if len(list) == 1 {
		return write(list[0])
	}
	return fmt.Sprintf("%s (%s–%s)", write(median(list)), write(list[0]), write(list[len(list)-1]))
}

func median(list []float64) float64 { return slices.Sorted(slices.Values(list))[len(list)/2] }

// times are the percentiles of all rounds together.
func times(rounds []sample) string {
	var all sample
	for _, s := range rounds {
		all.took = append(all.took, s.took...)
	}
	if len(all.took) == 0 {
		return ""
	}
	slices.Sort(all.took)
	return fmt.Sprintf("%s / %s", millis(all.percentile(50)), millis(all.percentile(99)))
}

// round writes a number with commas between its thousands, small ones with a tenth.
func round(f float64) string {
	if f < 10 {
		return fmt.Sprintf("%.1f", f)
	}
	return thousands(int(math.Round(f)))
}

// thousands writes a whole number with commas.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func millis(d time.Duration) string {
	ms := float64(d.Microseconds()) / 1000
	switch {
	case ms >= 100:
		return fmt.Sprintf("%.0f ms", ms)
	case ms >= 10:
		return fmt.Sprintf("%.1f ms", ms)
	}
	return fmt.Sprintf("%.2f ms", ms)
}
