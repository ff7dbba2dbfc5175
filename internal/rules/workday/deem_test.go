package workday_test

import (
	"testing"

	"tongban/internal/rules/day"
	"tongban/internal/rules/workday"
)

func TestDeemedAcceptance(t *testing.T) {
	t.Parallel()
	limit, _ := workday.LimitOf(workday.LimitNotice)
	for name, w := range map[string]struct {
		received, acted, today string
		deemed                 bool
		due                    string
	}{
		"day 5, nothing yet":           {"2026-06-01", "", "2026-06-08", false, "2026-06-08"},
		"day 6":                        {"2026-06-01", "", "2026-06-09", true, "2026-06-08"},
		"notice on day 5":              {"2026-06-01", "2026-06-08", "2026-07-01", false, "2026-06-08"},
		"notice on day 6":              {"2026-06-01", "2026-06-09", "2026-06-09", true, "2026-06-08"},
		"at once":                      {"2026-06-01", "2026-06-01", "2026-07-01", false, "2026-06-08"},
		"holiday between":              {"2025-09-29", "", "2025-10-13", false, "2025-10-13"},
		"received on a Sunday":         {"2026-06-07", "", "2026-06-13", true, "2026-06-12"},
		"before a later notice is out": {"2026-06-01", "2026-06-12", "2026-06-08", false, "2026-06-08"},
	} {
		var acted day.Day
		if w.acted != "" {
			acted = at(w.acted)
		}
		d := workday.Deem(at(w.received), limit.Term, acted, workday.Default(), at(w.today))
		from := day.Day(0)
		if w.deemed {
			from = at(w.received)
		}
		if d.Deemed != w.deemed || d.From != from || d.Due.Day != at(w.due) {
			t.Errorf("%s: %+v", name, d)
		}
	}
	if d := workday.Deem(at("2026-12-22"), limit.Term, 0, workday.Default(), at("2027-01-20")); !d.Deemed || !d.Due.Provisional {
		t.Errorf("without the notice for 2027: %+v", d)
	}
}

func TestLapse(t *testing.T) {
	t.Parallel()
	lapse := workday.Term{Days: 30, Unit: workday.CalendarDays}
	remind := workday.Term{Days: 20, Unit: workday.CalendarDays}
	for name, w := range map[string]struct {
		corrected, today string
		now, lapsed      bool
	}{
		"quiet":              {"", "2026-06-20", false, false},
		"reminder":           {"", "2026-06-21", true, false},
		"last day":           {"", "2026-07-01", true, false},
		"over":               {"", "2026-07-02", false, true},
		"corrected":          {"2026-06-25", "2026-07-02", false, false},
		"corrected too late": {"2026-07-02", "2026-07-02", false, true},
	} {
		var corrected day.Day
		if w.corrected != "" {
			corrected = at(w.corrected)
		}
		l := workday.Lapse(at("2026-06-01"), lapse, remind, corrected, workday.Default(), at(w.today))
		if l.Now != w.now || l.Lapsed != w.lapsed || l.Remind.Day != at("2026-06-21") || l.End.Day != at("2026-07-01") {
			t.Errorf("%s: %+v", name, l)
		}
	}
	if l := workday.Lapse(at("2026-06-01"), remind, lapse, 0, workday.Default(), at("2026-06-20")); l.Remind.Day != at("2026-06-20") || !l.Now {
		t.Errorf("a reminder after the end: %+v", l)
	}
}
