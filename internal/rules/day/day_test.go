package day_test

import (
	"testing"
	"time"

	"tongban/internal/rules/day"
)

func TestDayAgreesWithTimePackage(t *testing.T) {
	for i := -200_000; i < 200_000; i += 37 {
		d := day.Day(i)
		w := time.Unix(int64(i)*86400, 0).UTC()
		y, m, n := d.Date()
		if y != w.Year() || m != int(w.Month()) || n != w.Day() || d.Weekday() != w.Weekday() {
			t.Fatalf("day %d: got %d-%d-%d %v, want %v", i, y, m, n, d.Weekday(), w)
		}
		if day.Of(y, m, n) != d {
			t.Fatalf("Of(%d,%d,%d) is not day %d", y, m, n, i)
		}
		if d.Start().Day() != d || (d.Start()-1).Day() != d-1 {
			t.Fatalf("day %d does not begin at its Start", i)
		}
	}
}

func TestInstantFallsOnTheDayInChina(t *testing.T) {
	i := day.FromTime(time.Date(2026, 11, 20, 16, 30, 0, 0, time.UTC))
	if got := i.Day().String(); got != "2026-11-21" {
		t.Fatalf("00:30 on the 21st in China fell on %s", got)
	}
}

func TestSpan(t *testing.T) {
	a, b := day.MustParse("2026-01-01"), day.MustParse("2026-02-01")
	for _, c := range []struct {
		s    day.Span
		d    day.Day
		want bool
	}{
		{day.Span{From: a}, a - 1, false}, {day.Span{From: a}, a, true}, {day.Span{From: a}, a + 9999, true},
		{day.Span{From: a, Until: b}, b - 1, true}, {day.Span{From: a, Until: b}, b, false},
	} {
		if c.s.Holds(c.d) != c.want {
			t.Errorf("%v.Holds(%v) = %v", c.s, c.d, !c.want)
		}
	}
}

func TestAddMonthsKeepsToTheMonth(t *testing.T) {
	for from, want := range map[string]string{"2026-01-31": "2026-02-28", "2028-01-31": "2028-02-29", "2026-03-15": "2026-04-15"} {
		if got := day.MustParse(from).AddMonths(1).String(); got != want {
			t.Errorf("%s + 1 month = %s, want %s", from, got, want)
		}
	}
}

func TestParseRefusesDaysThatDoNotExist(t *testing.T) {
	for _, s := range []string{"", "2026-02-30", "2026-13-01", "20260101", "2026-1-1"} {
		if d, err := day.Parse(s); err == nil {
			t.Errorf("Parse(%q) = %v", s, d)
		}
	}
}
