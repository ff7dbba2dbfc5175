package calendar_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"tongban/internal/record/act"
	"tongban/internal/record/act/acttest"
	"tongban/internal/record/store"
	"tongban/internal/register/calendar"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
	"tongban/internal/rules/workday"
)

var bg = context.Background()

// only lets one person do everything.
type only int64

func (o only) Authorise(_ *store.Tx, a act.Actor, _ string, _ act.Scope) error {
	if a.Person != int64(o) {
		return act.Refuse("act.not_allowed", "right", "x")
	}
	return nil
}

const officer = 7

type rig struct {
	s   *store.Store
	r   *act.Runner
	cal *calendar.Calendars
}

func both(t *testing.T, f func(t *testing.T, g *rig)) {
	t.Helper()
	acttest.Both(t, func(t *testing.T, e store.Engine) {
		on := acttest.New(t, e, day.MustParse("2026-12-01").Start()+9*day.Hour)
		on.Runner.Rights = only(officer)
		f(t, &rig{s: on.Store, r: on.Runner, cal: calendar.New()})
	})
}

var must = acttest.Must

func (g *rig) bring(file string) (calendar.Imported, error) {
	return g.cal.ImportYear(bg, g.r, act.Actor{Who: act.Staff, Person: officer}, "", []byte(file))
}

func notice(year int, off ...string) string {
	type row struct {
		Name string `json:"name"`
		Date string `json:"date"`
		Off  bool   `json:"isOffDay"`
	}
	file := struct {
		Year   int      `json:"year"`
		Papers []string `json:"papers"`
		Days   []row    `json:"days"`
	}{Year: year, Papers: []string{fmt.Sprintf("http://example.org/zhengceku/%d-11/25/content_1.htm", year-1)}}
	for _, d := range off {
		file.Days = append(file.Days, row{"元旦", d, true})
	}
	b, err := json.Marshal(file)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// A case accepted in December is due in a year whose notice is not there: the
// day is provisional until the notice comes, and then it is counted again.
func TestTheNoticeOfNextYearMakesProvisionalDaysCertain(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		term := workday.Term{Days: 20, Unit: workday.WorkingDays}
		accepted := day.MustParse("2026-12-04")
		before := term.Due(g.cal.Current(), accepted)
		if !before.Provisional {
			t.Fatalf("due %v is not provisional without the notice for 2027", before)
		}
		var told []workday.Due
		g.cal.OnImport(func(c *act.Call, was, now *workday.Calendar) error {
			told = append(told, term.Due(was, accepted), term.Due(now, accepted))
			return nil
		})
		out, err := g.bring(notice(2027, "2027-01-01", "2027-01-04"))
		must(t, err)
		if !out.Changed || out.Year != 2027 || out.Version != g.cal.Current().Version() {
			t.Fatalf("imported %+v", out)
		}
		after := term.Due(g.cal.Current(), accepted)
		if after.Provisional || after.Day <= before.Day {
			t.Fatalf("due %v → %v: the holiday of 4 January was not counted", before, after)
		}
		if len(told) != 2 || told[0] != before || told[1] != after {
			t.Fatalf("who keeps due dates was told %v", told)
		}
		// Another node finds it by itself.
		other := calendar.New()
		must(t, other.Refresh(bg, g.s))
		if other.Current().Version() != out.Version {
			t.Fatal("another node keeps the old calendar")
		}
	})
}

func TestTheSameNoticeTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		_, err := g.bring(notice(2027, "2027-01-01"))
		must(t, err)
		g.cal.OnImport(func(*act.Call, *workday.Calendar, *workday.Calendar) error {
			return errors.New("told of an import that changed nothing")
		})
		again, err := g.bring(notice(2027, "2027-01-01"))
		must(t, err)
		b, err := os.ReadFile("../../rules/workday/calendar/2020.json")
		must(t, err)
		known, err := g.bring(string(b))
		must(t, err)
		if again.Changed || known.Changed || events(t, g) != 1 {
			t.Fatalf("again %+v, inside the program %+v, %d events", again, known, events(t, g))
		}
	})
}

func events(t *testing.T, g *rig) (n int) {
	t.Helper()
	must(t, g.s.Read(bg, func(tx *store.Tx) error {
		_, err := tx.Get([]any{&n}, `select count(*) from event where home = $1 and kind = 'calendar.imported'`, tx.Home())
		return err
	}))
	return n
}

func TestABadFileIsNamedAndLeavesNothing(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		for name, c := range map[string]struct {
			file, want string
			faults     int
		}{
			"not JSON":            {"2027 年放假", "读不下去", 1},
			"a placeholder":       {`{"year": 2027, "papers": [], "days": []}`, "2027年的一天", 1},
			"a day that is not":   {`{"year": 2027, "papers": [], "days": [{"name": "元旦", "date": "2027-02-30", "isOffDay": true}]}`, "2027-02-30", 1},
			"another year's days": {notice(2027, "2028-05-01", "2025-05-01"), "不归2027年", 2},
		} {
			_, err := g.bring(c.file)
			var e *act.Error
			if !errors.As(err, &e) {
				t.Fatalf("%s: %v", name, err)
			}
			text := e.Msg.In(wording.ZH)
			for _, f := range e.Fields {
				text += f.Msg.In(wording.ZH)
			}
			if !strings.Contains(text, c.want) || len(e.Fields) != c.faults && c.faults > 0 {
				t.Errorf("%s: %s (%d faults)", name, text, len(e.Fields))
			}
		}
		if _, ok := g.cal.Current().Year(2027); ok {
			t.Fatal("a bad file made 2027 known")
		}
	})
}

func TestAnEarlierNoticeDoesNotTakeThePlaceOfALaterOne(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		_, err := g.bring(strings.Replace(notice(2027, "2027-01-01"), "2026-11/25", "2027-03/22", 1))
		must(t, err)
		_, err = g.bring(notice(2027, "2027-01-01", "2027-01-04"))
		if act.KindOf(err) != act.Invalid {
			t.Fatalf("the earlier notice: %v", err)
		}
	})
}

func TestWithoutTheRightNothingIsImported(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		_, err := g.cal.ImportYear(bg, g.r, act.Actor{Who: act.Staff, Person: 8}, "", []byte(notice(2027, "2027-01-01")))
		if act.KindOf(err) != act.Refused || events(t, g) != 0 {
			t.Fatalf("imported without the right: %v", err)
		}
	})
}

// When what is told fails, the import is undone and never remembered.
func TestAFailedRecomputationUndoesTheImport(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		fails := true
		g.cal.OnImport(func(c *act.Call, _, now *workday.Calendar) error {
			if _, err := g.cal.In(c.Tx); err != nil {
				return err
			}
			if fails {
				return act.Wrong("act.internal")
			}
			return nil
		})
		if _, err := g.bring(notice(2027, "2027-01-01")); err == nil {
			t.Fatal("imported although the recomputation failed")
		}
		must(t, g.cal.Refresh(bg, g.s))
		if _, ok := g.cal.Current().Year(2027); ok {
			t.Fatal("a year that was not imported is remembered")
		}
		fails = false
		_, err := g.bring(notice(2027, "2027-01-01", "2027-01-04"))
		must(t, err)
		if off, _ := g.cal.Current().IsWorking(day.MustParse("2027-01-04")); off {
			t.Fatal("the second import was not taken")
		}
	})
}

// Two import at once: both are done, one after the other, and every year is known.
func TestImportsAtOnce(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, g *rig) {
		var wg sync.WaitGroup
		for y := range 6 {
			wg.Go(func() {
				if _, err := g.bring(notice(2027+y, fmt.Sprintf("%d-01-01", 2027+y))); err != nil {
					t.Error(err)
				}
			})
			wg.Go(func() { _ = g.cal.Refresh(bg, g.s); _ = g.cal.Current().Years() })
		}
		wg.Wait()
		must(t, g.cal.Refresh(bg, g.s))
		if n := len(g.cal.Current().Years()); n != 18 {
			t.Fatalf("%d years known, want 18", n)
		}
		must(t, g.s.Read(bg, func(tx *store.Tx) error {
			list, err := g.cal.Entries(tx)
			if err == nil && (len(list) != 18 || list[0].Imported != 0 || list[17].By != officer) {
				t.Errorf("entries: %+v", list)
			}
			return err
		}))
	})
}
