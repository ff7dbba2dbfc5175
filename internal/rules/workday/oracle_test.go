package workday_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"tongban/internal/rules/day"
	"tongban/internal/rules/workday"
)

// oracle is a calendar that knows nothing of the package's tables: one byte a
// day, filled from the raw files by the rule as DESIGN.md states it.
type oracle struct {
	tables *workday.Calendar
	days   []byte // from oracleFirst on; bit 0: working, bit 1: known
}

const (
	oracleFirst = -40_000
	oracleLast  = 60_000
)

func (o *oracle) working(d day.Day) bool { return o.days[d-oracleFirst]&1 != 0 }
func (o *oracle) known(d day.Day) bool   { return o.days[d-oracleFirst]&2 != 0 }

type rawYear struct {
	Year   int      `json:"year"`
	Papers []string `json:"papers"`
	Days   []rawDay `json:"days"`
}

type rawDay struct {
	Name string `json:"name"`
	Date string `json:"date"`
	Off  bool   `json:"isOffDay"`
}

// oracleCalendars makes calendars out of the real files: the full one first,
// then some with years left out, days turned over, and years imported later.
func oracleCalendars(t testing.TB, count int) []*oracle {
	t.Helper()
	var real []rawYear
	for year := 2015; year <= 2026; year++ {
		b, err := os.ReadFile(fmt.Sprintf("calendar/%d.json", year))
		if err != nil {
			t.Fatal(err)
		}
		var y rawYear
		if err := json.Unmarshal(b, &y); err != nil {
			t.Fatal(err)
		}
		real = append(real, y)
	}
	rng := rand.New(rand.NewPCG(2026, 11))
	list := make([]*oracle, count)
	for i := range list {
		years := real
		if i > 0 {
			years = disturb(rng, real)
		}
		list[i] = &oracle{tables: tablesOf(t, rng, years), days: daysOf(years)}
	}
	return list
}

// disturb leaves out years, adds 2027, and turns over some days.
func disturb(rng *rand.Rand, real []rawYear) []rawYear {
	var years []rawYear
	all := append([]rawYear{}, real...)
	all = append(all, rawYear{Year: 2027, Days: []rawDay{{"元旦", "2026-12-31", true}, {"元旦", "2027-01-01", true}}})
	for _, y := range all {
		if rng.IntN(6) == 0 {
			continue
		}
		seen := map[string]bool{}
		days := append([]rawDay{}, y.Days...)
		for _, d := range days {
			seen[d.Date] = true
		}
		for range rng.IntN(20) {
			date := time.Date(y.Year, 1, 1+rng.IntN(365), 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
			if !seen[date] {
				seen[date] = true
				days = append(days, rawDay{"调整", date, rng.IntN(2) == 0})
			}
		}
		years = append(years, rawYear{Year: y.Year, Days: days})
	}
	return years
}

// tablesOf builds the package's calendar, importing the years one by one in
// any order, sometimes over an earlier import of the same year.
func tablesOf(t testing.TB, rng *rand.Rand, years []rawYear) *workday.Calendar {
	t.Helper()
	c, err := workday.New()
	for _, i := range rng.Perm(len(years)) {
		b, jerr := json.Marshal(years[i])
		if jerr != nil {
			t.Fatal(jerr)
		}
		y, perr := workday.Parse(b)
		if perr != nil {
			t.Fatal(perr)
		}
		if err == nil && rng.IntN(3) == 0 {
			first := y
			first.Rows = y.Rows[len(y.Rows)-1:]
			c, err = c.With(first)
		}
		if err == nil {
			c, err = c.With(y)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func daysOf(years []rawYear) []byte {
	in, rows := map[int]bool{}, map[string]bool{}
	for _, y := range years { // in ascending order: the later notice holds
		in[y.Year] = true
		for _, d := range y.Days {
			rows[d.Date] = !d.Off
		}
	}
	days := make([]byte, oracleLast-oracleFirst)
	for i := range days {
		date := time.Unix(int64(i+oracleFirst)*86400, 0).UTC()
		working, named := rows[date.Format(time.DateOnly)]
		if !named {
			working = date.Weekday() != time.Saturday && date.Weekday() != time.Sunday
		}
		known := in[date.Year()]
		if date.Month() == time.December && date.Day() >= 25 {
			known = known && in[date.Year()+1]
		}
		if working {
			days[i] |= 1
		}
		if known {
			days[i] |= 2
		}
	}
	return days
}

// answer is what the day-by-day counter says about a timeline.
type answer struct {
	used, paused, overdueDays int
	due                       day.Day
	dueGuessed, guessed       bool
	overdue, isPaused         bool
}

// walk goes through every single day. A day counts when the clock was running
// at its first moment. It is written without regard for speed or cleverness.
func (o *oracle) walk(facts []workday.Fact, t workday.Term, today day.Day) answer {
	var (
		a       answer
		total   = t.Days
		start   = facts[0].On
		last    = today
		counted = 0
		dark    = false
		open    = map[string]bool{}
	)
	for _, f := range facts {
		if f.On <= today && f.Act == workday.Extended {
			total += f.Days
		}
		if f.On <= today && f.Act == workday.Stopped {
			last = f.On
		}
	}
	if total == 0 {
		a.due = start
	}
	next := 0
	for d := start; d <= last || a.due == 0; d++ {
		unit := t.Unit == workday.CalendarDays || o.working(d)
		unsure := t.Unit == workday.WorkingDays && !o.known(d)
		stands := len(open) > 0 && d <= last // beyond the last day it is taken as resumed
		if d > start && stands {
			if unit {
				a.paused++
			}
			a.guessed = a.guessed || unsure
		}
		if d > start && !stands {
			dark = dark || unsure
			if unit {
				counted++
			}
			if d <= last {
				a.used = counted
				a.guessed = a.guessed || unsure
			}
			if a.due == 0 && counted == total {
				a.due, a.dueGuessed = d, dark
			}
		}
		for next < len(facts) && facts[next].On == d && d <= last {
			switch f := facts[next]; f.Act {
			case workday.Paused:
				open[f.Ref] = true
			case workday.Resumed:
				delete(open, f.Ref)
			}
			next++
		}
	}
	if t.RollOver {
		a.dueGuessed = a.dueGuessed || !o.known(a.due)
		for !o.working(a.due) {
			a.due++
			a.dueGuessed = a.dueGuessed || !o.known(a.due)
		}
	}
	a.guessed = a.guessed || a.dueGuessed
	for d := a.due + 1; d <= last; d++ {
		a.overdue = true
		if t.Unit == workday.CalendarDays || o.working(d) {
			a.overdueDays++
		}
		a.guessed = a.guessed || t.Unit == workday.WorkingDays && !o.known(d)
	}
	a.isPaused = len(open) > 0 && facts[len(facts)-1].Act != workday.Stopped
	return a
}

// timeline draws facts that With accepts: a start, pauses that may overlap,
// resumes, perhaps an extension, perhaps a stop.
func timeline(rng *rand.Rand, buf []workday.Fact) []workday.Fact {
	on := day.Day(16_000 + rng.IntN(5_000)) // 2013 to 2027
	fact := func(f workday.Fact) {
		f.Scope, f.On = workday.Case, on
		buf = append(buf, f)
	}
	fact(workday.Fact{Act: workday.Started})
	refs := [3]string{"a", "b", "c"}
	var open [3]bool
	extended := false
	for range rng.IntN(9) {
		on += day.Day(rng.IntN(9))
		switch i := rng.IntN(4); {
		case i == 3 && !extended:
			extended = true
			fact(workday.Fact{Kind: workday.Statutory, Act: workday.Extended, Days: 1 + rng.IntN(15), By: workday.Head})
		case i == 3:
		case open[i]:
			open[i] = false
			fact(workday.Fact{Act: workday.Resumed, Ref: refs[i]})
		default:
			open[i] = true
			fact(workday.Fact{Act: workday.Paused, For: workday.Testing, Ref: refs[i]})
		}
	}
	if rng.IntN(3) == 0 {
		on += day.Day(rng.IntN(20))
		fact(workday.Fact{Act: workday.Stopped})
	}
	return buf
}

// TestSettleEqualsDayCounter compares Settle, on a million random timelines,
// with a counter that goes day by day and shares nothing with the tables.
func TestSettleEqualsDayCounter(t *testing.T) {
	t.Parallel()
	tries := 1_000_000
	if testing.Short() {
		tries = 50_000
	}
	calendars := oracleCalendars(t, 48)
	seed := uint64(45)
	rng := rand.New(rand.NewPCG(seed, seed))
	buf := make([]workday.Fact, 0, 16)
	var guessed, paused, overdue, ended int
	for i := range tries {
		o := calendars[rng.IntN(len(calendars))]
		facts := timeline(rng, buf[:0])
		c := clockOf(t, facts, i%64 == 0)
		term := workday.Term{Days: rng.IntN(46), Unit: workday.WorkingDays}
		if rng.IntN(4) == 0 {
			term.Unit, term.RollOver = workday.CalendarDays, rng.IntN(2) == 0
		}
		today := facts[0].On + day.Day(rng.IntN(90))
		got := c.Settle(workday.Case, workday.Statutory, term, o.tables, today)
		facts = upTo(facts, today)
		want := o.walk(facts, term, today)
		same := answer{
			got.Used, got.PausedDays, got.OverdueDays, got.Due.Day,
			got.Due.Provisional, got.Provisional, got.Overdue, got.Paused,
		}
		if same != want || got.Left != max(0, got.Total-got.Used) {
			t.Fatalf("seed %d, timeline %d: %v on %v with %+v\n got %+v\nwant %+v", seed, i, term, today, facts, got, want)
		}
		guessed, paused = guessed+one(got.Provisional), paused+one(got.Paused)
		overdue, ended = overdue+one(got.Overdue), ended+one(got.Ended)
	}
	t.Logf("%d timelines, seed %d, %d calendars: %d provisional, %d paused, %d overdue, %d ended",
		tries, seed, len(calendars), guessed, paused, overdue, ended)
	for what, n := range map[string]int{"provisional": guessed, "paused": paused, "overdue": overdue, "ended": ended} {
		if n < tries/50 {
			t.Errorf("only %d of %d timelines were %s", n, tries, what)
		}
	}
}

// clockOf builds a clock, by hand through With, which must take every fact, or
// directly, which is faster in bulk.
func clockOf(t testing.TB, facts []workday.Fact, byHand bool) workday.Clock {
	t.Helper()
	if !byHand {
		return workday.ClockOf(facts)
	}
	var c workday.Clock
	for _, f := range facts {
		var err error
		if c, err = c.With(f); err != nil {
			t.Fatalf("%+v after %+v: %v", f, c.Facts(), err)
		}
	}
	return c
}

func upTo(facts []workday.Fact, today day.Day) []workday.Fact {
	n := 0
	for n < len(facts) && facts[n].On <= today {
		n++
	}
	return facts[:n]
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}
