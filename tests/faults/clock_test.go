package faults_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"

	"tongban/internal/demo"
	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/record/store/storetest"
	"tongban/internal/register/identity"
	"tongban/internal/rules/day"
	"tongban/internal/work/casework"
	"tongban/tests/drive"
)

// wildClock stands still, ten minutes before midnight on a working day, until it
// is moved.
type wildClock struct{ at atomic.Int64 }

var evening = day.MustParse("2026-09-16").Start() - 10*day.Minute

func (c *wildClock) now() day.Instant    { return day.Instant(c.at.Add(1000)) } // a millisecond at each look
func (c *wildClock) jump(by day.Instant) { c.at.Store(int64(evening + by)) }

// jumps are where the clock stands at one act after another.
var jumps = []day.Instant{
	0, day.Hour, -day.Hour, 20 * day.Minute, 2 * 24 * day.Hour, -2 * 24 * day.Hour, 24*day.Hour + 20*day.Minute, 0, -24 * day.Hour, 5 * day.Minute, 11 * day.Minute,
}

// TestClockJumps takes cases from application to delivery while the clock of the
// house jumps at every act, back and forth, by hours and days and over midnight.
// Every act is done; a case's deadline is that of any case accepted on its day;
// the record verifies and is in order of what happened, whatever the clock said.
func TestClockJumps(t *testing.T) {
	t.Parallel()
	for _, e := range engines {
		t.Run(e, func(t *testing.T) {
			t.Parallel()
			r := try(t, "the clock jumps at every act, up to two days back and forth, "+e)
			clock := &wildClock{}
			clock.jump(0)
			log := serverLog(t)
			o := drive.Options(t.TempDir(), "")
			if e == onPostgres {
				o.Database = storetest.Options(t, store.Postgres).URL
			}
			o.NoSync, o.Clock, o.Log = true, clock.now, slog.New(slog.NewJSONHandler(log, nil))
			c, err := drive.Found(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			w := &wild{t: t, ctx: t.Context(), county: c, clock: clock}
			w.sessions()
			c.House.Run(context.WithoutCancel(t.Context()))
			cases := len(jumps)
			if long() {
				cases *= 12
			}
			for n := range cases {
				w.oneCase(n)
			}
			w.inOrder()
			if err := drive.Verify(t.Context(), c.House); err != nil {
				t.Error(err)
			}
			if err := c.House.Close(); err != nil {
				t.Error(err)
			}
			r.tells("%d cases of 7 acts, a jump before each; %d acts refused as dated before the last one, done on the right day; deadlines compared with those by a steady clock", cases, w.refused)
			if w.refused == 0 {
				t.Error("no act was refused for its date: the clock did not jump back far enough")
			}
		})
	}
}

// wild is a house with a wild clock.
type wild struct {
	t       *testing.T
	ctx     context.Context
	county  *drive.County
	clock   *wildClock
	refused int
	due     map[day.Day]day.Day // of a case by its day of acceptance, the clock standing still
}

func (w *wild) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// oneCase takes a case the whole way, a jump before each act. An act that would
// be dated on a day before the last one that moved the case's clock is refused,
// whole; on the right day it is done.
func (w *wild) oneCase(n int) {
	w.t.Helper()
	in, err := w.county.Insiders(w.ctx, n)
	w.must(err)
	at, latest := n, day.Instant(0)
	next := func() {
		by := jumps[at%len(jumps)]
		w.clock.jump(by)
		at += 1 + n%3
	}
	next()
	latest = w.clock.now()
	done, err := in.Apply(w.ctx, n, n)
	w.must(err)
	for _, s := range in.Way() {
		next()
		id := done.Case
		done, err = s.Do(w.ctx, id)
		if tooEarly(err) && w.clock.now().Day() < latest.Day() {
			w.refused++
			w.clock.jump(latest - evening)
			done, err = s.Do(w.ctx, id)
		}
		if err != nil {
			w.t.Fatalf("case %d, %s, the clock at %v: %v", n, s.Name, w.clock.now(), err)
		}
		latest = max(latest, w.clock.now())
		if s.Name == "accept" {
			w.rightDeadline(in, n, done.Case)
		}
	}
	if done.Status != casework.Concluded {
		w.t.Errorf("case %d ended as %s", n, done.Status)
	}
}

// tooEarly tells the refusal of an act that would be dated before what happened.
func tooEarly(err error) bool {
	var e *act.Error
	return errors.As(err, &e) && e.Code == "workday.fact.earlier"
}

// rightDeadline compares the deadline of a case just accepted with that of one
// whose whole life so far was on this day.
func (w *wild) rightDeadline(in *drive.Insiders, n int, id int64) {
	w.t.Helper()
	p := w.shown(id)
	if p.Accepted != w.clock.now().Day() {
		w.t.Errorf("case %d was accepted on %v, the clock said %v", n, p.Accepted, w.clock.now().Day())
	}
	if w.due == nil {
		w.due = map[day.Day]day.Day{}
	}
	want, known := w.due[p.Accepted]
	if !known {
		steady, err := in.Apply(w.ctx, n, 100_000+n)
		w.must(err)
		_, err = in.Way()[0].Do(w.ctx, steady.Case)
		w.must(err)
		want = w.shown(steady.Case).Due
		w.due[p.Accepted] = want
	}
	if p.Due != want || want <= p.Accepted {
		w.t.Errorf("case %d, accepted on %v, is due on %v, another of that day on %v", n, p.Accepted, p.Due, want)
	}
}

func (w *wild) shown(id int64) (c *casework.Case) {
	w.t.Helper()
	w.must(w.county.House.Store.Read(w.ctx, func(tx *store.Tx) (err error) {
		c, err = w.county.House.Office.Show(tx, id)
		return err
	}))
	return c
}

// inOrder sees that within each stream the record's numbers follow its versions.
func (w *wild) inOrder() {
	w.t.Helper()
	w.must(w.county.House.Store.Read(w.ctx, func(tx *store.Tx) error {
		var wrong, back int
		_, err := tx.Get([]any{&wrong, &back}, `select
			(select count(*) from entry a join event x on x.id = a.event join event y on y.stream = x.stream and y.home = x.home and y.version = x.version + 1
				join entry b on b.event = y.id and b.log = a.log where b.seq <= a.seq),
			(select count(*) from event x join event y on y.stream = x.stream and y.home = x.home and y.version = x.version + 1 where y.at < x.at)`)
		if err == nil && wrong > 0 {
			err = fmt.Errorf("%d acts are numbered before the act that they follow", wrong)
		}
		if err == nil && back == 0 {
			err = fmt.Errorf("no act is dated before the one that it follows: the clock did not jump")
		}
		return err
	}))
}

// sessions shows what becomes of a session: a clock that is ahead for too long a
// time ends it, and when the clock is right again it goes on, unless it was swept
// away meanwhile; a clock that is behind changes nothing.
func (w *wild) sessions() {
	w.t.Helper()
	people := w.county.House.People
	in, err := people.SignIn(w.ctx, identity.Credentials{Login: w.county.Applicants()[0], Password: demo.PeoplePassword, Source: "127.0.0.1"})
	w.must(err)
	for _, x := range []struct {
		by   day.Instant
		open bool
	}{{0, true}, {day.Hour, true}, {-day.Hour, true}, {-2 * 24 * day.Hour, true}, {2 * 24 * day.Hour, false}, {0, true}, {20 * day.Minute, true}, {8 * 24 * day.Hour, false}, {0, true}} {
		w.clock.jump(x.by)
		_, err := people.Actor(w.ctx, in.Token)
		if (err == nil) != x.open || err != nil && act.KindOf(err) != act.Refused {
			w.t.Errorf("with the clock moved by %d minutes a session is open: %v, want %v (%v)", x.by/day.Minute, err == nil, x.open, err)
		}
	}
	w.clock.jump(8 * 24 * day.Hour)
	w.must(people.DropExpired(w.ctx))
	w.clock.jump(0)
	if _, err := people.Actor(w.ctx, in.Token); act.KindOf(err) != act.Refused {
		w.t.Errorf("a session that was swept away is answered with %v", err)
	}
}
