package demo_test

import (
	"context"
	"encoding/hex"
	"testing"

	"tongban/internal/demo"
	"tongban/internal/house"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
	"tongban/internal/work/casework"
	"tongban/internal/work/inspect"
)

// year founds a county and plays a year of n cases in it.
func year(t *testing.T, e store.Engine, seed uint64, n int) (*house.House, *demo.County, *demo.Played) {
	t.Helper()
	clock := demo.NewClock(demo.Founded)
	h := open(t, e, clock, seed)
	c, err := demo.Found(t.Context(), h, nil)
	if err != nil {
		t.Fatal(err)
	}
	y, err := demo.Year(t.Context(), h, c, demo.Play{Clock: clock, Seed: seed, Cases: n})
	if err != nil {
		t.Fatal(err)
	}
	if clock.Now() != demo.Start {
		t.Errorf("the clock stands at %s", clock.Now())
	}
	return h, c, y
}

func TestYearIsAsItWasPlanned(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, e store.Engine) {
		n := 300
		if e == store.Postgres {
			n = 60
		}
		h, c, y := year(t, e, 1, n)
		if len(y.Cases) != n {
			t.Errorf("%d cases, want %d", len(y.Cases), n)
		}
		statuses, slugs := map[string]int{}, map[string]int{}
		for _, x := range y.Cases {
			statuses[x.Status]++
			slugs[x.Slug]++
			if got := count(t, h, `select count(*) from proceeding where home = $1 and id = $2 and status = $3`, x.ID, x.Status); got != 1 {
				t.Errorf("case %s of %s is not %s, as it was planned", x.Number, x.Slug, x.Status)
			}
		}
		for _, s := range []string{casework.Received, casework.Correcting, casework.Handling, casework.Delivering, casework.Concluded,
			casework.NotAccepted, casework.Withdrawn, casework.Lapsed} {
			if statuses[s] == 0 {
				t.Errorf("no case is %s: %v", s, statuses)
			}
		}
		if len(slugs) != len(c.Items) {
			t.Errorf("%d items were applied for, want %d", len(slugs), len(c.Items))
		}
		shows(t, h)
		verified(t, h)
		if e == store.SQLite && count(t, h, `select count(*) from event where home = $1 and kind = 'case.visited' and cast(leaf as text) like '%"for":%'`) == 0 {
			t.Error("no stand-in acted for somebody on leave")
		}
	})
}

// shows wants every page to have something to show.
func shows(t *testing.T, h *house.House) {
	t.Helper()
	today := demo.Start.Day()
	for what, query := range map[string]string{
		"task overdue":           `select count(*) from task where home = $1 and state = 'open' and due < $2`,
		"task due in three days": `select count(*) from task where home = $1 and state = 'open' and due >= $2 and due <= $2 + 3`,
		"task of one person":     `select count(*) from task where home = $1 and state = 'open' and assignee > 0 and opened > 0 and $2 > 0`,
		"case overdue":           `select count(*) from proceeding where home = $1 and closed = 0 and status = 'handling' and due < $2`,
		"case of today":          `select count(*) from proceeding where home = $1 and status = 'received' and received = $2`,
		"case paused":            `select count(*) from casefile where home = $1 and facts like '%"tests":[%' and facts not like '%"until":%' and $2 > 0`,
		"extension asked for":    `select count(*) from casefile where home = $1 and facts like '%"extension":{%' and facts not like '%"settled":%' and $2 > 0`,
		"case deemed accepted":   `select count(*) from casefile where home = $1 and facts like '%"deemed":%' and $2 > 0`,
		"reminder sent":          `select count(*) from casefile where home = $1 and facts like '%"reminded":%' and facts not like '%"ended":%' and $2 > 0`,
		"question open":          `select count(*) from inquiry where home = $1 and answered = 0 and due > 0 and $2 > 0`,
		"grant published":        `select count(*) from published_grant where home = $1 and day < $2`,
		"draft":                  `select count(*) from draft where home = $1 and not submitted and expires >= $2`,
		"application by agent":   `select count(*) from casefile where home = $1 and channel = 'window' and agent > 0 and $2 > 0`,
	} {
		if count(t, h, query, today) == 0 {
			t.Errorf("there is no %s", what)
		}
	}
	if n := count(t, h, `select count(*) from proceeding p where p.home = $1 and p.status in ('received', 'correcting', 'handling', 'delivering')
		and not exists (select 1 from task t where t.home = p.home and t.proceeding = p.id and t.state = 'open')`); n > 0 {
		t.Errorf("%d cases are stuck", n)
	}
	if n := count(t, h, `select count(*) from task t join proceeding p on p.home = t.home and p.id = t.proceeding where t.home = $1 and t.state = 'open' and p.closed > 0`); n > 0 {
		t.Errorf("%d tasks are open in cases that have ended", n)
	}
}

// verified wants the record to be whole.
func verified(t *testing.T, h *house.House) {
	t.Helper()
	r, err := h.Ledger.Verify(t.Context(), casework.StateDigest)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Findings {
		t.Errorf("%s %d %s: %s", f.Log, f.Seq, f.Stream, f.What.In(wording.ZH))
	}
	if r.Events < 1000 || r.Waiting != 0 || r.States == 0 || r.Checkpoints == 0 {
		t.Errorf("verified %+v", r)
	}
}

func TestSomeCasesWereDecidedLate(t *testing.T) {
	t.Parallel()
	h, _, y := year(t, store.SQLite, 2, 200)
	late, inTime := 0, 0
	err := h.Store.Read(t.Context(), func(tx *store.Tx) error {
		for _, x := range y.Cases {
			c, err := h.Office.Show(tx, x.ID)
			switch {
			case err != nil:
				return err
			case c.Facts.Decision == nil:
			case c.Statutory.Overdue:
				late++
			default:
				inTime++
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if late == 0 || late*10 > inTime {
		t.Errorf("%d late, %d in time", late, inTime)
	}
}

func root(t *testing.T, h *house.House) string {
	t.Helper()
	c, err := h.Ledger.Sign(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(c.Root[:])
}

func TestTheSameSeedGivesTheSameRecord(t *testing.T) {
	t.Parallel()
	h1, _, _ := year(t, store.SQLite, 7, 40)
	h2, _, _ := year(t, store.SQLite, 7, 40)
	h3, _, _ := year(t, store.SQLite, 8, 5)
	if root(t, h1) != root(t, h2) {
		t.Error("the same seed gave two records")
	}
	if root(t, h1) == root(t, h3) {
		t.Error("two seeds gave one record")
	}
}

func TestBuiltCountyIsReopenedAtItsStart(t *testing.T) {
	t.Parallel()
	o := demo.Options(t.TempDir(), "")
	y, err := demo.Build(t.Context(), o, demo.Play{Seed: 4, Cases: 10})
	if err != nil {
		t.Fatal(err)
	}
	h, c, err := demo.Reopen(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	if now := h.Store.Now(); now < demo.Start || now > demo.Start+day.Hour {
		t.Errorf("the clock is at %s", now)
	}
	if err := h.ReadOnly(); err != nil {
		t.Error(err)
	}
	underWay(t, h, c)
	changed(t, h)
	checkedUp(t, h)
	list, err := h.Office.Mine(t.Context(), actor(t, c, "baker"), 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 1 || list[0].Status != casework.Concluded || list[0].ID != y.Cases[0].ID {
		t.Errorf("the baker has %+v", list)
	}
}

// checkedUp wants that the catalogue was checked once, with something to read and
// nothing said a thousand times.
func checkedUp(t *testing.T, h *house.House) {
	t.Helper()
	if err := h.Store.Read(t.Context(), func(tx *store.Tx) error {
		runs, err := inspect.Recent(tx, 0, 9)
		if err != nil || len(runs) != 1 {
			t.Fatalf("%d runs: %v", len(runs), err)
		}
		x := runs[0]
		if x.Items < 1000 || x.Powers < 2000 || x.Errors+x.Warnings+x.Notes == 0 || x.ByRule["law_unknown"] > 100 {
			t.Errorf("the check of the demonstration: %+v", x)
		}
		t.Logf("%d errors, %d warnings, %d notes: %v", x.Errors, x.Warnings, x.Notes, x.ByRule)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
