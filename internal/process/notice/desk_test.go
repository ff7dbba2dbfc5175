package notice_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"

	"tongban/internal/process/notice"
	"tongban/internal/record/act"
	"tongban/internal/record/job"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/record/store/storetest"
	"tongban/internal/record/vault"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

var bg = context.Background()

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// anybody lets everybody do everything: rights are another room's.
type anybody struct{}

func (anybody) Authorise(*store.Tx, act.Actor, string, act.Scope) error { return nil }

// desk is a desk with a ledger, a runner of its jobs and a clock in hand.
type desk struct {
	*notice.Desk
	t    testing.TB
	l    *ledger.Ledger
	jobs *job.Runner
	now  atomic.Int64
}

func newDesk(t testing.TB, e store.Engine) *desk {
	t.Helper()
	keys, err := vault.NewKeys(nil)
	must(t, err)
	d := &desk{t: t, l: ledger.New(ledger.Options{Origin: "test.invalid/log"})}
	d.now.Store(int64(day.MustParse("2026-11-23").Start() + 10*day.Hour))
	s := storetest.Open(t, e, func(o *store.Options) { o.Clock, o.BeforeCommit, o.NoSync = d.clock, d.l.BeforeCommit, true })
	must(t, d.l.Attach(bg, s))
	d.Desk = &notice.Desk{
		Store: s, Vault: vault.New(keys, nil),
		Runner: &act.Runner{Store: s, Ledger: d.l, Rights: anybody{}, Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Rand: rand.Reader},
		Gate:   notice.Gate{Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}},
	}
	d.jobs = job.New(s, map[string]job.Handler{notice.JobKind: d.Deliver}, job.Options{Jitter: func() float64 { return 1 }})
	return d
}

func (d *desk) clock() day.Instant { return day.Instant(d.now.Load()) }

// happen writes an event that names its readers.
func (d *desk) happen(kind string, facts map[string]any) {
	d.t.Helper()
	_, err := act.Run(bg, d.Runner, act.Machine(), "", act.Command{Name: "test"}, 0, func(c *act.Call, _ int) (int, error) {
		if err := c.Allow(act.Scope{}); err != nil {
			return 0, err
		}
		_, err := c.Note(nil, ledger.Event{Stream: "case/1", Kind: kind, Facts: facts})
		return 0, err
	})
	must(d.t, err)
}

// accepted is an acceptance of which person 7 hears.
func (d *desk) accepted() {
	d.t.Helper()
	d.happen("case.accepted", map[string]any{"case": 77, "number": "990124-2026-0000017", "title": "食品作坊经营许可", "due": day.MustParse("2027-01-28"), "notify": []int64{7}})
}

// follow numbers what waits and follows it to the end.
func (d *desk) follow() {
	d.t.Helper()
	if d.Store.Engine() == store.Postgres {
		for {
			n, err := d.l.Number(bg, 500)
			must(d.t, err)
			if n == 0 {
				break
			}
		}
	}
	_, err := d.l.CatchUp(bg, d.Follower())
	must(d.t, err)
}

// runFor lets time pass in steps and runs what is due.
func (d *desk) runFor(span, step day.Instant) {
	d.t.Helper()
	for end := d.clock() + span; d.clock() < end; d.now.Add(int64(step)) {
		_, err := d.jobs.RunDue(bg, d.clock())
		must(d.t, err)
	}
}

func (d *desk) inbox(r notice.Reader, before int64, limit int) (list []notice.Notice) {
	d.t.Helper()
	d.read(func(tx *store.Tx) (err error) { list, err = notice.Inbox(tx, r, before, limit); return err })
	return list
}

func (d *desk) unread(r notice.Reader) (n int64) {
	d.t.Helper()
	d.read(func(tx *store.Tx) (err error) { n, err = notice.Unread(tx, r); return err })
	return n
}

func (d *desk) read(f func(tx *store.Tx) error) {
	d.t.Helper()
	must(d.t, d.Store.Read(bg, f))
}

// hook sets the hook of person 7 and returns it.
func (d *desk) hook(url string) (h notice.Hook) {
	d.t.Helper()
	host, _, _ := strings.Cut(strings.TrimPrefix(url, "http://"), "/")
	d.Gate.Hosts = []string{host}
	_, err := d.SetHook(bg, baker, "", notice.HookIn{URL: url})
	must(d.t, err)
	return d.hookOf(notice.Person(7))
}

func (d *desk) hookOf(r notice.Reader) (h notice.Hook) {
	d.t.Helper()
	d.read(func(tx *store.Tx) error {
		var found bool
		var err error
		h, found, err = d.Hook(tx, r)
		if err == nil && !found {
			err = fmt.Errorf("no hook of %s", r)
		}
		return err
	})
	return h
}

var (
	baker = act.Actor{Who: act.Applicant, Person: 7}
	clerk = act.Actor{Who: act.Staff, Person: 9, Agency: "scjg", Post: "window"}
)

// codeOf is the stable code of an error.
func codeOf(err error) string {
	var e *act.Error
	var m wording.Message
	switch {
	case errors.As(err, &e):
		return e.Code
	case errors.As(err, &m):
		return m.Key
	case err != nil:
		return err.Error()
	}
	return ""
}

func both(t *testing.T, f func(t *testing.T, d *desk)) {
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) { t.Parallel(); f(t, newDesk(t, e)) })
	}
}
