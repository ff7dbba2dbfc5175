package workday_test

import (
	"testing"

	"tongban/internal/rules/wording"
	"tongban/internal/rules/workday"
)

func TestParseTerm(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]workday.Term{
		"P20W":            {Days: 20, Unit: workday.WorkingDays},
		"P30D":            {Days: 30, Unit: workday.CalendarDays},
		"P0W":             {Unit: workday.WorkingDays},
		"P45W 行政许可法第四十二条": {Days: 45, Unit: workday.WorkingDays, Article: "行政许可法第四十二条"},
	} {
		got, err := workday.ParseTerm(in)
		if err != nil || got != want {
			t.Errorf("%s: %+v %v", in, got, err)
		}
		if again, err := workday.ParseTerm(got.String()); err != nil || again.Days != got.Days || again.Unit != got.Unit {
			t.Errorf("%s written as %s: %v", in, got, err)
		}
	}
	for _, in := range []string{"", "P", "PW", "P5", "5W", "P-5W", "P+5W", "P5M", "P5w", "P 5W", "P100001D", "P99999999999999999999W", "P5WW"} {
		if got, err := workday.ParseTerm(in); err == nil {
			t.Errorf("%q was read as %+v", in, got)
		}
	}
	if err := (workday.Term{Days: 1, Unit: workday.WorkingDays, RollOver: true}).Check(); err == nil {
		t.Error("working days roll over")
	}
}

func TestTermsInCalendarDays(t *testing.T) {
	t.Parallel()
	thirty := workday.Term{Days: 30, Unit: workday.CalendarDays}
	rolling := thirty
	rolling.RollOver = true
	for _, w := range []struct {
		term        workday.Term
		from, due   string
		provisional bool
	}{
		{thirty, "2025-09-01", "2025-10-01", false},
		{rolling, "2025-09-01", "2025-10-09", false}, // past the long holiday
		{rolling, "2025-09-02", "2025-10-09", false},
		{rolling, "2025-08-29", "2025-09-28", false}, // a Sunday that is worked
		{thirty, "2026-12-10", "2027-01-09", false},  // no notice is needed
		{rolling, "2026-12-10", "2027-01-11", true},  // here it is
	} {
		if got := w.term.Due(workday.Default(), at(w.from)); got.Day.String() != w.due || got.Provisional != w.provisional {
			t.Errorf("%+v from %s: %v, want %s", w.term, w.from, got, w.due)
		}
	}
}

func TestTermsCountedBack(t *testing.T) {
	t.Parallel()
	renew, _ := workday.LimitOf(workday.LimitRenew)
	if got := renew.Term.Before(workday.Default(), at("2026-12-31")); got.Day != at("2026-12-01") || got.Provisional {
		t.Errorf("renewal: %v", got)
	}
	hearing, _ := workday.LimitOf("hearing_notice")
	if got := hearing.Term.Before(workday.Default(), at("2025-10-13")); got.Day != at("2025-09-26") || got.Provisional {
		t.Errorf("notice of a hearing: %v", got)
	}
	if got := hearing.Term.Before(workday.Default(), at("2027-01-04")); !got.Provisional {
		t.Errorf("notice of a hearing in a year not known: %v", got)
	}
}

func TestLimitsOfTheLicensingLaw(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]struct {
		term, extension string
		by              workday.Approver
	}{
		workday.LimitNotice:      {"P5W", "", ""},
		workday.LimitDecide:      {"P20W", "P10W", workday.Head},
		workday.LimitDecideJoint: {"P45W", "P15W", workday.Leader},
		workday.LimitDeliver:     {"P10W", "", ""},
		workday.LimitRenew:       {"P30D", "", ""},
	} {
		l, ok := workday.LimitOf(key)
		extension := ""
		if !l.Extension.IsZero() {
			extension = l.Extension.String()
		}
		if !ok || l.Term.String() != want.term || extension != want.extension || l.Approver != want.by {
			t.Errorf("%s: %+v", key, l)
		}
	}
	for _, l := range workday.Limits() {
		if l.Term.Check() != nil || l.Term.Article == "" || !wording.Has(wording.ZH, "workday.limit."+l.Key) {
			t.Errorf("%+v", l)
		}
	}
}

func TestWordingIsWhole(t *testing.T) {
	t.Parallel()
	for _, p := range workday.Procedures() {
		if !wording.Has(wording.ZH, "workday.pause."+string(p)) {
			t.Errorf("%s has no name", p)
		}
	}
	for _, lang := range []wording.Lang{wording.ZH, wording.EN} {
		for _, key := range []string{"approver.head", "approver.leader", "practice", "provisional", "unit.working", "unit.calendar"} {
			if !wording.Has(lang, "workday."+key) {
				t.Errorf("%s lacks workday.%s", lang, key)
			}
		}
	}
	if got := (workday.Term{Days: 20, Unit: workday.WorkingDays}).In(wording.ZH); got != "20个工作日" {
		t.Error(got)
	}
}
