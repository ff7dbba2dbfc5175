package demo_test

import (
	"strings"
	"testing"

	"tongban/internal/demo"
	"tongban/internal/house"
	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/record/store/storetest"
	"tongban/internal/register/identity"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
	"tongban/internal/work/casework"
)

// open opens an empty house of an engine under a clock that stands still.
func open(t *testing.T, e store.Engine, clock *demo.Clock, seed uint64) *house.House {
	t.Helper()
	o := demo.Options(t.TempDir(), storetest.Options(t, e).URL)
	o.Clock, o.Rand, o.NoSync = clock.Now, demo.Randomness(seed), true
	h, err := house.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	return h
}

// both runs a test on both engines.
func both(t *testing.T, f func(t *testing.T, e store.Engine)) {
	t.Helper()
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			f(t, e)
		})
	}
}

// count counts rows.
func count(t *testing.T, h *house.House, query string, args ...any) (n int) {
	t.Helper()
	err := h.Store.Read(t.Context(), func(tx *store.Tx) error {
		_, err := tx.Get([]any{&n}, query, append([]any{tx.Home()}, args...)...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestFoundLeavesTheCounty(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, e store.Engine) {
		h := open(t, e, demo.NewClock(demo.Founded), 1)
		var steps []string
		c, err := demo.Found(t.Context(), h, func(step string, done, total int) { steps = append(steps, step) })
		if err != nil {
			t.Fatal(err)
		}
		if len(c.Agencies) != 26 || len(c.Towns) != 13 || len(c.Items) != 16+3 || c.NameOnly != 1135 {
			t.Errorf("agencies %d, towns %d, written items and variants %d, others %d", len(c.Agencies), len(c.Towns), len(c.Items), c.NameOnly)
		}
		if len(steps) == 0 || steps[len(steps)-1] != "demo.step.founded" {
			t.Errorf("progress told %v", steps)
		}
		for _, step := range steps {
			if !wording.Has(wording.ZH, step) || !wording.Has(wording.EN, step) {
				t.Errorf("progress tells %s, which has no words", step)
			}
		}
		for _, x := range []struct {
			query string
			want  int
		}{
			{`select count(*) from agency where home = $1`, 26},
			{`select count(*) from region where home = $1`, 16},
			{`select count(*) from seal_key where home = $1`, 26},
			{`select count(*) from item where home = $1`, 1135 + 16 + 3},
			{`select count(*) from person where home = $1`, 60 + 135},
			{`select count(*) from legal_person where home = $1`, 25 + 7},
			{`select count(*) from staff_post where home = $1`, 135},
			{`select count(*) from staff_leave where home = $1`, 2},
			{`select count(*) from account where home = $1`, len(c.Accounts())},
			{`select count(*) from power_holding where home = $1`, 16},
			{`select count(*) from paper_template where home = $1`, 14},
			{`select count(*) from proceeding where home = $1`, 0},
		} {
			if got := count(t, h, x.query); got != x.want {
				t.Errorf("%s: %d, want %d", x.query, got, x.want)
			}
		}
	})
}

func TestFoundCountyCanBeWorkedIn(t *testing.T) {
	t.Parallel()
	h := open(t, store.SQLite, demo.NewClock(demo.Start), 1)
	if _, err := demo.Found(t.Context(), h, nil); err != nil {
		t.Fatal(err)
	}
	c, err := demo.Find(t.Context(), h)
	if err != nil {
		t.Fatal(err)
	}
	baker, err := c.Actor(t.Context(), "baker")
	if err != nil || baker.Who != act.Applicant {
		t.Fatalf("baker: %+v, %v", baker, err)
	}
	if a, err := c.Actor(t.Context(), "scjg_reviewer_1"); err != nil || a.Who != act.Staff || a.Post != "reviewer" || a.Agency != "scjg" {
		t.Errorf("reviewer: %+v, %v", a, err)
	}
	// Away on the day on which the clock starts: the stand-in has the post.
	if a, err := c.ActorIn(t.Context(), "xfjy_reviewer_2", "xfjy", "reviewer"); err != nil || !standsFor(a, c.Person("xfjy_reviewer_1")) {
		t.Errorf("stand-in: %+v, %v", a, err)
	}
	done, err := h.Office.ApplyFor(t.Context(), actor(t, c, "spj_window_1"), "", casework.ApplyIn{
		Item: c.Items["senior-card"].ID, Subject: c.Person("uncle"), Agent: c.Person("neighbour"), Shown: []string{"portrait"},
		Values: map[string]any{"grade": "silver", "reason": "first", "residence": true, "phone": "19995550003"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(done.Number, demo.Region) {
		t.Errorf("number %s", done.Number)
	}
}

func standsFor(a act.Actor, person int64) bool {
	for _, g := range a.Grants {
		if g.Of == person {
			return true
		}
	}
	return false
}

func actor(t *testing.T, c *demo.County, key string) act.Actor {
	t.Helper()
	a, err := c.Actor(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAccountsOpenWithTheDocumentedSecrets(t *testing.T) {
	t.Parallel()
	clock := demo.NewClock(demo.Start)
	h := open(t, store.SQLite, clock, 1)
	c, err := demo.Found(t.Context(), h, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range c.Accounts() {
		if a.Key != "baker" && a.Key != "scjg_decider_2" && a.Key != "zfb_admin_1" {
			continue
		}
		in, err := h.People.SignIn(t.Context(), identity.Credentials{Login: a.Login, Password: a.Password, Source: "test"})
		if err != nil {
			t.Errorf("%s: %v", a.Key, err)
			continue
		}
		if a.TOTP != "" {
			code, err := identity.TOTPCode(a.TOTP, clock.Now())
			if err != nil {
				t.Fatal(err)
			}
			if in, err = h.People.SignInSecond(t.Context(), in.Token, code, "test"); err != nil {
				t.Errorf("%s: %v", a.Key, err)
			}
		}
		if in.Next != identity.Ready {
			t.Errorf("%s still has to do %q", a.Key, in.Next)
		}
	}
}

func TestClockNeverGoesBack(t *testing.T) {
	t.Parallel()
	c := demo.NewClock(demo.Start)
	c.Set(demo.Start - day.Hour)
	if c.Now() != demo.Start {
		t.Errorf("set back to %s", c.Now())
	}
	c.Set(demo.Start + day.Hour)
	if c.Now() != demo.Start+day.Hour {
		t.Errorf("set to %s", c.Now())
	}
	c.Run()
	if now := c.Now(); now < demo.Start+day.Hour || now > demo.Start+2*day.Hour {
		t.Errorf("runs from %s", now)
	}
}
