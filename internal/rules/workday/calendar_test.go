package workday_test

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
	"tongban/internal/rules/workday"
)

func TestDaysOfTheRealCalendar(t *testing.T) {
	t.Parallel()
	c := workday.Default()
	for _, w := range []struct {
		day            string
		working, known bool
	}{
		{"2014-12-31", true, false},  // before the first year
		{"2015-09-03", false, true},  // added by the notice of 2015-05-13
		{"2015-09-06", true, true},   // the Sunday made up for it
		{"2018-12-29", true, true},   // Saturday, by the notice for 2019
		{"2018-12-31", false, true},  // Monday, by the notice for 2019
		{"2020-01-31", false, true},  // Spring Festival was made longer
		{"2020-02-03", true, true},   // and ended here
		{"2022-12-31", false, true},  // by the notice for 2023
		{"2024-02-18", true, true},   // Sunday, make-up day
		{"2025-10-08", false, true},  // last day of the long holiday
		{"2025-10-11", true, true},   // Saturday, make-up day
		{"2026-02-14", true, true},   // Saturday before Spring Festival
		{"2026-12-24", true, true},   // the last day that 2026 alone can tell
		{"2026-12-25", true, false},  // needs the notice for 2027
		{"2026-12-27", false, false}, // Sunday, guessed
		{"2027-01-04", true, false},
	} {
		working, known := c.IsWorking(day.MustParse(w.day))
		if working != w.working || known != w.known {
			t.Errorf("%s: working %t known %t, want %t %t", w.day, working, known, w.working, w.known)
		}
	}
}

func TestAddAndBetweenInRealYears(t *testing.T) {
	t.Parallel()
	c := workday.Default()
	for _, w := range []struct {
		from        string
		n           int
		due         string
		provisional bool
	}{
		{"2024-02-08", 1, "2024-02-09", false}, // New Year's Eve was a working day in 2024
		{"2024-02-09", 1, "2024-02-18", false}, // eight days off, back on a Sunday
		{"2024-02-09", 5, "2024-02-22", false},
		{"2025-09-26", 3, "2025-09-30", false}, // Sunday the 28th is made up
		{"2025-09-30", 1, "2025-10-09", false},
		{"2025-09-30", 3, "2025-10-11", false}, // Saturday
		{"2025-10-10", 2, "2025-10-13", false},
		{"2020-01-23", 1, "2020-02-03", false},
		{"2022-12-30", 1, "2023-01-03", false},
		{"2018-12-28", 2, "2019-01-02", false}, // Saturday the 29th, then the holiday
		{"2026-11-20", 24, "2026-12-24", false},
		{"2026-11-20", 25, "2026-12-25", true},
		{"2026-12-04", 20, "2027-01-01", true}, // guessed: weekends off only
		{"2026-06-01", 0, "2026-06-01", false},
		{"2014-12-30", 1, "2014-12-31", true},
		{"2026-12-31", 1, "2027-01-01", true}, // the first day beyond the files
		{"2014-12-31", 1, "2015-01-04", false},
	} {
		got := c.Add(day.MustParse(w.from), w.n)
		if got.Day.String() != w.due || got.Provisional != w.provisional {
			t.Errorf("%s + %d = %v, want %s %t", w.from, w.n, got, w.due, w.provisional)
		}
		if n, _ := c.Between(day.MustParse(w.from), got.Day); n != w.n {
			t.Errorf("between %s and %v: %d, want %d", w.from, got, n, w.n)
		}
	}
}

// The notices fix the number of working days of a year; these were counted by
// hand: weekdays less days off on weekdays plus made-up weekend days.
func TestWorkingDaysOfAYear(t *testing.T) {
	t.Parallel()
	for year, want := range map[int]int{2021: 250, 2022: 249, 2023: 249, 2024: 251, 2025: 248} {
		n, guessed := workday.Default().Between(day.Of(year-1, 12, 31), day.Of(year, 12, 31))
		if n != want || guessed {
			t.Errorf("%d: %d working days (guessed %t), want %d", year, n, guessed, want)
		}
	}
}

func TestAtTheShellWhatIsNotKnownIsAnError(t *testing.T) {
	t.Parallel()
	c := workday.Default()
	dec := day.MustParse("2026-12-04")
	_, err := c.Nth(dec, 20, false)
	var m wording.Message
	if !errors.As(err, &m) || m.Key != "workday.unknown" || !strings.Contains(err.Error(), "2027") {
		t.Fatalf("got %v, want the year 2027 named", err)
	}
	if due, err := c.Nth(dec, 20, true); err != nil || !due.Provisional {
		t.Errorf("provisional: %v %v", due, err)
	}
	if due, err := c.Nth(dec, 14, false); err != nil || due.Day != day.MustParse("2026-12-24") {
		t.Errorf("known: %v %v", due, err)
	}
	for _, n := range []int{-1, workday.MaxDays + 1} {
		if _, err := c.Nth(dec, n, true); err == nil {
			t.Errorf("n = %d was taken", n)
		}
	}
	if _, _, err := c.Count(dec, dec-1, true); err == nil {
		t.Error("a second day before the first was taken")
	}
	if _, _, err := c.Count(day.MustParse("2014-12-01"), dec, false); err == nil || !strings.Contains(err.Error(), "2014") {
		t.Errorf("2014: %v", err)
	}
	if n, guessed, err := c.Count(day.MustParse("2014-12-31"), day.MustParse("2015-01-05"), false); n != 2 || guessed || err != nil {
		t.Errorf("first days of 2015: %d %t %v", n, guessed, err)
	}
}

func TestImportMakesDaysKnown(t *testing.T) {
	t.Parallel()
	old := workday.Default()
	y, err := workday.Parse([]byte(`{"year":2027,"papers":["https://example.gov/2026-11/05/x.htm"],"days":[
		{"name":"元旦","date":"2026-12-31","isOffDay":true},{"name":"元旦","date":"2027-01-01","isOffDay":true},
		{"name":"元旦","date":"2027-01-03","isOffDay":false}]}`))
	if err != nil {
		t.Fatal(err)
	}
	c, err := old.With(y)
	if err != nil {
		t.Fatal(err)
	}
	dec := day.MustParse("2026-12-04")
	if got := c.Add(dec, 20); got.Day != day.MustParse("2027-01-04") || got.Provisional {
		t.Errorf("with the notice: %v", got)
	}
	if got := old.Add(dec, 20); got.Day != day.MustParse("2027-01-01") || !got.Provisional {
		t.Errorf("the old calendar changed: %v", got)
	}
	if c.Version() == old.Version() {
		t.Error("both calendars have one version")
	}
	row, notice, ok := c.Row(day.MustParse("2026-12-31"))
	if !ok || row.Name != "元旦" || notice.On != day.MustParse("2026-11-05") {
		t.Errorf("row %v notice %v", row, notice)
	}
	if again, err := c.With(y); err != nil || again.Version() != c.Version() {
		t.Errorf("importing the same year twice: %v", err)
	}
	if _, err := workday.New(y, y); err == nil {
		t.Error("New took a year twice")
	}
}

func TestYearsTellTheirNotices(t *testing.T) {
	t.Parallel()
	changed := map[int]string{2015: "2015-05-13", 2019: "2019-03-22", 2020: "2020-01-27"}
	for _, year := range workday.Default().Years() {
		y, ok := workday.Default().Year(year)
		if !ok || len(y.Notices) == 0 {
			t.Errorf("%d has no notice", year)
		}
		if want, ok := changed[year]; y.Changed() != ok || ok && y.KnownFrom().String() != want {
			t.Errorf("%d: changed %t, known from %v", year, y.Changed(), y.KnownFrom())
		}
	}
	if y, _ := workday.Default().Year(2023); y.KnownFrom().String() != "2022-12-08" {
		t.Errorf("2023 known from %v", y.KnownFrom())
	}
	if y, _ := workday.Default().Year(2026); y.KnownFrom() != 0 {
		t.Error("the address for 2026 has no day")
	}
}

func TestParseNamesEveryBadRow(t *testing.T) {
	t.Parallel()
	_, err := workday.Parse([]byte(`{"year":2027,"papers":[],"days":[
		{"name":"元旦","date":"2027-01-01","isOffDay":true},
		{"name":"元旦","date":"2027-02-30","isOffDay":true},
		{"name":"元旦","date":"2026-12-24","isOffDay":true},
		{"name":"","date":"2027-01-02","isOffDay":true},
		{"name":"元旦","date":"2027-01-01","isOffDay":false},
		{"name":"元旦","date":"2027-01-03"},
		7,
		{"name":"元旦","date":"2026-12-25","isOffDay":false}]}`))
	var faults workday.Faults
	if !errors.As(err, &faults) {
		t.Fatalf("got %v", err)
	}
	want := []string{"row.date", "row.outside", "row.name", "row.twice", "row.missing", "row.form"}
	if len(faults) != len(want) {
		t.Fatalf("faults:\n%v", faults)
	}
	for i, f := range faults {
		if f.Args["n"] != i+2 || f.Args["why"].(wording.Message).Key != "workday."+want[i] {
			t.Errorf("fault %d: %v", i, f)
		}
		if strings.Contains(f.In(wording.EN), "⟦") || strings.Contains(f.Error(), "{") {
			t.Errorf("fault %d is not worded: %v", i, f)
		}
	}
}

func TestParseRefusesWhatIsNoYear(t *testing.T) {
	t.Parallel()
	row := `{"name":"元旦","date":"2027-01-01","isOffDay":true}`
	for name, file := range map[string]string{
		"nothing":     ``,
		"no object":   `[]`,
		"no year":     `{"days":[` + row + `]}`,
		"placeholder": `{"year":2027,"papers":[],"days":[]}`,
		"only before": `{"year":2027,"days":[{"name":"元旦","date":"2026-12-31","isOffDay":true}]}`,
		"two":         `{"year":2027,"days":[` + row + `]}{}`,
		"rows":        `{"year":2027,"days":[` + strings.Repeat(row+",", 500) + row + `]}`,
		"large":       strings.Repeat(" ", 1<<20+1),
	} {
		if y, err := workday.Parse([]byte(file)); err == nil {
			t.Errorf("%s was read as %v", name, y)
		}
	}
}

func TestParseReadsWhatYearsWrite(t *testing.T) {
	t.Parallel()
	for _, year := range workday.Default().Years() {
		y, _ := workday.Default().Year(year)
		b, err := json.Marshal(y)
		if err != nil {
			t.Fatal(err)
		}
		again, err := workday.Parse(b)
		if err != nil {
			t.Fatal(err)
		}
		if c, _ := json.Marshal(again); string(c) != string(b) {
			t.Errorf("%d: %s became %s", year, b, c)
		}
	}
}

func TestCountingProperties(t *testing.T) {
	t.Parallel()
	calendars := oracleCalendars(t, 8)
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom(calendars).Draw(t, "calendar").tables
		a := day.Day(rapid.IntRange(-30_000, 40_000).Draw(t, "a"))
		n := rapid.IntRange(1, 3000).Draw(t, "n")
		due := c.Add(a, n)
		if got, guessed := c.Between(a, due.Day); got != n || guessed != due.Provisional {
			t.Fatalf("between %v and %v: %d %t, want %d", a, due, got, guessed, n)
		}
		if working, _ := c.IsWorking(due.Day); !working {
			t.Fatalf("%v is a day off", due.Day)
		}
		if next := c.Add(a, n+1); next.Day <= due.Day || !next.Provisional && due.Provisional {
			t.Fatalf("not monotone: %v then %v", due, next)
		}
		if c.Add(a+1, n).Day < due.Day {
			t.Fatal("a later start ends earlier")
		}
		back := workday.Term{Days: n, Unit: workday.WorkingDays}.Before(c, due.Day+1)
		if got, _ := c.Between(a, back.Day); got != 1 {
			t.Fatalf("%d days before %v is %v", n, due.Day+1, back)
		}
		b := a + day.Day(rapid.IntRange(0, 3000).Draw(t, "b"))
		ab, _ := c.Between(a, b)
		if bd, _ := c.Between(b, due.Day); b <= due.Day && ab+bd != n {
			t.Fatalf("%d + %d days, want %d", ab, bd, n)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, year := range []string{"2015", "2019", "2026"} {
		b, err := os.ReadFile("calendar/" + year + ".json")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(`{"year":2027,"papers":[],"days":[]}`))
	f.Add([]byte(`{"year":2027,"days":[{"name":"元旦","date":"2026-12-31","isOffDay":true},{"date":1}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		y, err := workday.Parse(b)
		if err != nil {
			var faults workday.Faults
			if !errors.As(err, &faults) || len(faults) == 0 || strings.Contains(faults.In(wording.EN), "⟦") {
				t.Fatalf("a refusal without reason: %v", err)
			}
			return
		}
		c, err := workday.New(y)
		if err != nil {
			t.Fatalf("Parse took what New refuses: %v", err)
		}
		for _, r := range y.Rows {
			if working, _ := c.IsWorking(r.Day); working == r.Off {
				t.Fatalf("row %v does not hold", r)
			}
		}
		out, err := json.Marshal(y)
		if err != nil {
			t.Fatal(err)
		}
		again, err := workday.Parse(out)
		if err != nil {
			t.Fatal(err)
		}
		if d, err := workday.New(again); err != nil || d.Version() != c.Version() {
			t.Fatalf("written and read again it differs: %v", err)
		}
	})
}
