package workday_test

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
	"tongban/internal/rules/workday"
)

func at(date string) day.Day { return day.MustParse(date) }

func start(date string) workday.Fact {
	return workday.Fact{Scope: workday.Case, Act: workday.Started, On: at(date)}
}

func pause(date, ref string, p workday.Procedure) workday.Fact {
	return workday.Fact{Scope: workday.Case, Act: workday.Paused, On: at(date), Ref: ref, For: p}
}

func resume(date, ref string) workday.Fact {
	return workday.Fact{Scope: workday.Case, Act: workday.Resumed, On: at(date), Ref: ref}
}

func extend(date string, days int, by workday.Approver) workday.Fact {
	return workday.Fact{
		Scope: workday.Case, Kind: workday.Statutory, Act: workday.Extended,
		On: at(date), Days: days, By: by, Article: "行政许可法第四十二条",
	}
}

func stop(date string) workday.Fact {
	return workday.Fact{Scope: workday.Case, Act: workday.Stopped, On: at(date)}
}

func joint(t *testing.T) workday.Limit {
	t.Helper()
	l, ok := workday.LimitOf(workday.LimitDecideJoint)
	if !ok {
		t.Fatal("no joint limit")
	}
	return l
}

// A case of joint handling, accepted on 24 August 2026, tested in a laboratory
// from 7 to 16 September, extended on 3 November.
func TestStoryOfAJointCase(t *testing.T) {
	t.Parallel()
	c := clockOf(t, []workday.Fact{
		start("2026-08-24"),
		pause("2026-09-07", "lab", workday.Testing), resume("2026-09-16", "lab"),
		extend("2026-11-03", 15, workday.Leader), stop("2026-11-30"),
	}, true)
	term := joint(t).Term
	for _, w := range []struct {
		today        string
		used, paused int
		due          string
		is           string
	}{
		{"2026-08-23", 0, 0, "", "not started"},
		{"2026-08-24", 0, 0, "2026-10-30", ""},
		{"2026-08-31", 5, 0, "2026-10-30", ""},
		{"2026-09-07", 10, 0, "2026-10-30", "paused"},
		{"2026-09-10", 10, 3, "2026-11-04", "paused"},
		{"2026-09-16", 10, 7, "2026-11-10", ""},
		{"2026-09-17", 11, 7, "2026-11-10", ""},
		{"2026-11-03", 40, 7, "2026-12-01", ""},
		{"2026-11-30", 59, 7, "2026-12-01", "ended"},
		{"2026-12-09", 59, 7, "2026-12-01", "ended"},
	} {
		s := c.Settle(workday.Case, workday.Statutory, term, workday.Default(), at(w.today))
		is := map[bool]string{s.Paused: "paused", s.Ended: "ended", !s.Started: "not started"}[true]
		if s.Used != w.used || s.PausedDays != w.paused || s.Due.Day.String() != w.due || is != w.is || s.Overdue {
			t.Errorf("%s: %+v, want used %d paused %d due %s %s", w.today, s, w.used, w.paused, w.due, w.is)
		}
	}
}

func TestOverdueIsCountedFromTheLastDay(t *testing.T) {
	t.Parallel()
	term := workday.Term{Days: 5, Unit: workday.WorkingDays}
	c := clockOf(t, []workday.Fact{start("2026-06-01"), pause("2026-06-10", "e", workday.Expert)}, true)
	for today, days := range map[string]int{"2026-06-08": 0, "2026-06-09": 1, "2026-06-12": 4} {
		s := c.Settle(workday.Case, workday.Statutory, term, workday.Default(), at(today))
		if s.OverdueDays != days || s.Overdue != (days > 0) || s.Due.Day != at("2026-06-08") || s.Left != 0 {
			t.Errorf("%s: %+v, want %d days overdue", today, s, days)
		}
	}
	late := clockOf(t, []workday.Fact{start("2026-06-01"), stop("2026-06-09")}, true)
	if s := late.Settle(workday.Case, workday.Promised, term, workday.Default(), at("2026-08-01")); !s.Overdue || s.OverdueDays != 1 {
		t.Errorf("ended late: %+v", s)
	}
}

func TestPausesThatOverlapCountOnce(t *testing.T) {
	t.Parallel()
	c := clockOf(t, []workday.Fact{
		start("2026-06-01"),
		pause("2026-06-03", "lab", workday.Testing), pause("2026-06-04", "expert", workday.Expert),
		resume("2026-06-08", "lab"),
	}, true)
	s := c.Settle(workday.Case, workday.Statutory, workday.Term{Days: 20, Unit: workday.WorkingDays}, workday.Default(), at("2026-06-09"))
	if !s.Paused || s.PausedSince != at("2026-06-03") || len(s.PausedFor) != 1 || s.PausedFor[0] != workday.Expert || s.PausedDays != 4 {
		t.Errorf("%+v", s)
	}
}

func TestClocksOfACaseAreApart(t *testing.T) {
	t.Parallel()
	lab := workday.Task("17")
	task := func(f workday.Fact) workday.Fact { f.Scope = lab; return f }
	promised := func(f workday.Fact) workday.Fact { f.Kind = workday.Promised; return f }
	c := clockOf(t, []workday.Fact{
		start("2026-06-01"), task(start("2026-06-03")), task(pause("2026-06-04", "", workday.Testing)),
		promised(pause("2026-06-08", "", workday.Appraisal)),
	}, true)
	term := workday.Term{Days: 20, Unit: workday.WorkingDays}
	used := func(s workday.Scope, k workday.Kind) int {
		return c.Settle(s, k, term, workday.Default(), at("2026-06-12")).Used
	}
	if a, b, d := used(workday.Case, workday.Statutory), used(workday.Case, workday.Promised), used(lab, workday.Statutory); a != 9 || b != 5 || d != 1 {
		t.Errorf("used %d %d %d, want 9 5 1", a, b, d)
	}
	if c.Settle(workday.Stage("1"), workday.Statutory, term, workday.Default(), at("2026-06-12")).Started {
		t.Error("a stage that never began has started")
	}
}

func TestFactsThatCannotBe(t *testing.T) {
	t.Parallel()
	running := []workday.Fact{start("2026-06-01")}
	stopped := append(running[:1:1], stop("2026-06-05"))
	waiting := append(running[:1:1], pause("2026-06-05", "lab", workday.Testing))
	extended := append(running[:1:1], extend("2026-06-05", 10, workday.Head))
	visit := pause("2026-06-05", "", "visit")
	both := extend("2026-06-05", 10, workday.Head)
	both.Kind = ""
	elsewhere := start("2026-06-01")
	elsewhere.Scope = "task/"
	for name, w := range map[string]struct {
		before []workday.Fact
		fact   workday.Fact
		key    string
	}{
		"visit":            {running, visit, "workday.pause.not_visit"},
		"no procedure":     {running, pause("2026-06-05", "", "holiday"), "workday.pause.not"},
		"pause twice":      {waiting, pause("2026-06-06", "lab", workday.Testing), "workday.pause.open"},
		"resume nothing":   {running, resume("2026-06-05", "lab"), "workday.pause.none"},
		"resume the other": {waiting, resume("2026-06-05", "court"), "workday.pause.none"},
		"extend twice":     {extended, extend("2026-06-08", 10, workday.Head), "workday.extend.twice"},
		"extend both":      {running, both, "workday.extend.kind"},
		"extend by none":   {running, extend("2026-06-05", 10, "clerk"), "workday.extend.by"},
		"extend by 0":      {running, extend("2026-06-05", 0, workday.Head), "workday.extend.days"},
		"before the start": {nil, stop("2026-06-05"), "workday.clock.not_started"},
		"start twice":      {running, start("2026-06-05"), "workday.clock.started"},
		"after the end":    {stopped, pause("2026-06-08", "", workday.Testing), "workday.clock.ended"},
		"back in time":     {waiting, resume("2026-06-04", "lab"), "workday.fact.earlier"},
		"no day":           {running, workday.Fact{Scope: workday.Case, Act: workday.Stopped}, "workday.fact.day"},
		"no act":           {running, workday.Fact{Scope: workday.Case, On: at("2026-06-05")}, "workday.fact.act"},
		"no scope":         {nil, elsewhere, "workday.fact.scope"},
		"no kind":          {running, workday.Fact{Scope: workday.Case, Kind: "x", Act: workday.Stopped, On: 1}, "workday.fact.kind"},
	} {
		c := clockOf(t, w.before, true)
		after, err := c.With(w.fact)
		var m wording.Message
		if !errors.As(err, &m) || m.Key != w.key {
			t.Errorf("%s: got %v, want %s", name, err, w.key)
			continue
		}
		if len(after.Facts()) != len(w.before) {
			t.Errorf("%s: the fact was taken", name)
		}
		forced := workday.ClockOf(append(w.before[:len(w.before):len(w.before)], w.fact))
		if wrong := forced.Validate(); len(wrong) != 1 || wrong[0].Args["n"] != len(w.before)+1 {
			t.Errorf("%s: Validate says %v", name, wrong)
		}
		term, today := workday.Term{Days: 20, Unit: workday.WorkingDays}, at("2026-07-20")
		a := c.Settle(workday.Case, workday.Statutory, term, workday.Default(), today)
		b := forced.Settle(workday.Case, workday.Statutory, term, workday.Default(), today)
		if a.Due != b.Due || a.Used != b.Used || a.Ended != b.Ended {
			t.Errorf("%s: the wrong fact moved the clock from %+v to %+v", name, a, b)
		}
	}
}

func TestExtensionByTheArticle(t *testing.T) {
	t.Parallel()
	decide, _ := workday.LimitOf(workday.LimitDecide)
	c := clockOf(t, []workday.Fact{start("2026-06-01")}, true) // ends on 2026-06-30
	for name, w := range map[string]struct {
		fact workday.Fact
		key  string
	}{
		"in time":      {extend("2026-06-15", 10, workday.Head), ""},
		"last day":     {extend("2026-06-30", 1, workday.Head), ""},
		"a day late":   {extend("2026-07-01", 10, workday.Head), "workday.extend.late"},
		"too long":     {extend("2026-06-15", 11, workday.Head), "workday.extend.most"},
		"by the wrong": {extend("2026-06-15", 10, workday.Leader), "workday.extend.approver"},
		"no extension": {pause("2026-06-15", "", workday.Testing), "workday.fact.act"},
	} {
		err := c.Extendable(w.fact, decide.Term, decide, workday.Default())
		var m wording.Message
		if errors.As(err, &m); m.Key != w.key {
			t.Errorf("%s: got %v, want %s", name, err, w.key)
		}
	}
}

// The stored form of version 1 must be read for ever and settle alike.
func TestStoredClockOfVersion1(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("testdata/clock_v1.json")
	if err != nil {
		t.Fatal(err)
	}
	var c workday.Clock
	if err := json.Unmarshal(b, &c); err != nil {
		t.Fatal(err)
	}
	if wrong := c.Validate(); len(wrong) > 0 {
		t.Fatal(wrong)
	}
	s := c.Settle(workday.Case, workday.Statutory, joint(t).Term, workday.Default(), at("2026-09-17"))
	if s.Used != 11 || s.PausedDays != 7 || s.Due.Day != at("2026-11-10") {
		t.Errorf("%+v", s)
	}
	again, err := json.Marshal(c)
	if err != nil || string(again) != strings.TrimSpace(string(b)) {
		t.Errorf("written again: %s %v", again, err)
	}
	if err := json.Unmarshal([]byte(`{"v":2,"f":[]}`), &c); err == nil {
		t.Error("a clock of a newer version was read")
	}
}

func BenchmarkAdd(b *testing.B) {
	c, d := workday.Default(), at("2026-01-05")
	for b.Loop() {
		c.Add(d, 45)
	}
}

func BenchmarkSettle(b *testing.B) {
	c := workday.ClockOf([]workday.Fact{
		start("2026-08-24"), pause("2026-09-07", "lab", workday.Testing), resume("2026-09-16", "lab"),
		extend("2026-11-03", 15, workday.Leader),
	})
	cal, today := workday.Default(), at("2026-11-20")
	term := workday.Term{Days: 45, Unit: workday.WorkingDays}
	for b.Loop() {
		c.Settle(workday.Case, workday.Statutory, term, cal, today)
	}
}

func BenchmarkImport(b *testing.B) {
	y, _ := workday.Default().Year(2026)
	for b.Loop() {
		if _, err := workday.Default().With(y); err != nil {
			b.Fatal(err)
		}
	}
}
