package main

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// pair is a row of the table: ours beside the peer's of the same run, and
// whether the goal was met.
type pair struct {
	what, ours, oursTook, peer, peerTook, ratio, goal, met, note string
}

const pairsHead = "| what | ours | p50 / p99 | peer | peer's p50 / p99 | ratio | goal | met | † |\n|---|---|---|---|---|---|---|---|---|\n"

func (p pair) cells() []string {
	return []string{p.what, p.ours, p.oursTook, p.peer, p.peerTook, p.ratio, p.goal, p.met, p.note}
}

func (b *bench) pair(p pair) {
	b.table.pairs = append(b.table.pairs, p)
	told := []string{p.ours}
	for _, x := range []struct{ name, value string }{{"", p.peer}, {"ratio ", p.ratio}, {"goal ", p.goal}, {"met: ", p.met}} {
		if x.value != "" {
			told = append(told, x.name+x.value)
		}
	}
	fmt.Printf("  %s: %s\n", p.what, strings.Join(told, "; "))
}

// against adds a row of two that were measured in turn. The goal is the least
// ratio of our rate to theirs; 0 is none.
func (b *bench) against(what string, ours, peer taken, unit string, goal float64) {
	ratios := make([]float64, len(ours.rounds))
	for i := range ours.rounds {
		ratios[i] = ours.rounds[i].rate() / peer.rounds[i].rate()
	}
	p := pair{
		what: what, ours: rates(ours.rounds, unit), oursTook: times(ours.rounds), peer: peer.name + ": " + rates(peer.rounds, unit), peerTook: times(peer.rounds),
		ratio: spread(ratios, fold), note: both(ours.rounds, peer.rounds),
	}
	if goal > 0 {
		p.goal, p.met = fmt.Sprintf("≥ %s ×", short(goal)), verdict(median(ratios), goal)
	}
	b.pair(p)
}

// atLeast adds a row of a rate of ours that has a goal of its own.
func (b *bench) atLeast(what string, ours taken, unit string, goal float64) {
	b.pair(pair{what: what, ours: rates(ours.rounds, unit), oursTook: times(ours.rounds), goal: "≥ " + round(goal) + " " + unit,
		met: verdict(median(ratesOf(ours.rounds)), goal), note: both(ours.rounds, nil)})
}

// atMost adds a row of a figure that must not be larger than its goal; a goal of 0
// is none.
func (b *bench) atMost(what string, figure, goal float64, unit string) {
	p := pair{what: what, ours: short(figure) + " " + unit}
	if goal > 0 {
		p.goal, p.met = "< "+short(goal)+" "+unit, "no"
		if figure < goal {
			p.met = "yes"
		}
	}
	b.pair(p)
}

// within is a row of requests of which ninety-nine of a hundred must be answered
// within so many milliseconds.
func within(what string, s sample, goal float64) pair {
	p := pair{what: what, ours: round(s.rate()) + " /s", oursTook: times([]sample{s}), goal: "p99 < " + short(goal) + " ms", met: "no"}
	if float64(s.percentile(99).Microseconds())/1000 < goal {
		p.met = "yes"
	}
	return p
}

func both(ours, peer []sample) string {
	var list []string
	if s := disturbance(ours); s != "" {
		list = append(list, "ours"+s)
	}
	if s := disturbance(peer); s != "" {
		list = append(list, "peer"+s)
	}
	return strings.Join(list, ", ")
}

func verdict(figure, goal float64) string {
	if figure >= goal {
		return "yes"
	}
	return fmt.Sprintf("no, %s of the goal", percent(figure/goal))
}

func percent(f float64) string { return fmt.Sprintf("%.0f %%", math.Round(f*100)+0) }

// fold writes a ratio.
func fold(f float64) string {
	switch {
	case f >= 10:
		return fmt.Sprintf("%.1f ×", f)
	case f < 0.1:
		return fmt.Sprintf("%.3f ×", f)
	}
	return fmt.Sprintf("%.2f ×", f)
}

// short writes a number without zeros at its end.
func short(f float64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.2f", f), "0"), ".")
}

// microseconds are durations as peers tell them.
func microseconds(list []int64) []time.Duration {
	out := make([]time.Duration, len(list))
	for i, us := range list {
		out[i] = time.Duration(us) * time.Microsecond
	}
	return out
}
