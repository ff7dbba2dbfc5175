package notice_test

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"tongban/internal/process/notice"
	"tongban/internal/record/act"
	"tongban/internal/record/act/acttest"
	"tongban/internal/record/job"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

var bg = context.Background()

var must, codeOf = acttest.Must, acttest.Code

// anybody lets everybody do everything: rights are another room's.
type anybody struct{}

func (anybody) Authorise(*store.Tx, act.Actor, string, act.Scope) error { return nil }

// desk is a desk on a rig, with a runner of its jobs.
type desk struct {
	*notice.Desk
	*acttest.Rig
	jobs *job.Runner
}

func newDesk(t testing.TB, e store.Engine) *desk {
	t.Helper()
	d := &desk{Rig: acttest.New(t, e, day.MustParse("2026-11-23").Start()+10*day.Hour)}
	d.Rig.Runner.Rights = anybody{}
	d.Desk = &notice.Desk{
		Store: d.Rig.Store, Vault: d.Rig.Vault, Runner: d.Rig.Runner,
		Gate: notice.Gate{Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}},
	}
	d.jobs = job.New(d.Rig.Store, map[string]job.Handler{notice.JobKind: d.Deliver}, job.Options{Jitter: func() float64 { return 1 }})
	return d
}

// happen writes an event that names its readers.
func (d *desk) happen(kind string, facts map[string]any) {
	d.T.Helper()
	must(d.T, d.Command("test", func(c *act.Call) error {
		_, err := c.Note(nil, ledger.Event{Stream: "case/1", Kind: kind, Facts: facts})
		return err
	}))
}

// accepted is an acceptance of which person 7 hears.
func (d *desk) accepted() {
	d.T.Helper()
	d.happen("case.accepted", map[string]any{"case": 77, "number": "990124-2026-0000017", "title": "食品作坊经营许可", "due": day.MustParse("2027-01-28"), "notify": []int64{7}})
}

// follow numbers what waits and follows it to the end.
func (d *desk) follow() {
	d.T.Helper()
	if d.Rig.Store.Engine() == store.Postgres {
		for {
			n, err := d.Ledger.Number(bg, 500)
			must(d.T, err)
			if n == 0 {
				break
			}
		}
	}
	_, err := d.Ledger.CatchUp(bg, d.Follower())
	must(d.T, err)
}

// runFor lets time pass in steps and runs what is due.
func (d *desk) runFor(span, step day.Instant) {
	d.T.Helper()
	for end := d.Now() + span; d.Now() < end; d.Pass(step) {
		_, err := d.jobs.RunDue(bg, d.Now())
		must(d.T, err)
	}
}

func (d *desk) inbox(r notice.Reader, before int64, limit int) (list []notice.Notice) {
	d.T.Helper()
	d.Read(func(tx *store.Tx) (err error) { list, err = notice.Inbox(tx, r, before, limit); return err })
	return list
}

func (d *desk) unread(r notice.Reader) (n int64) {
	d.T.Helper()
	d.Read(func(tx *store.Tx) (err error) { n, err = notice.Unread(tx, r); return err })
	return n
}

// hook sets the hook of person 7 and returns it.
func (d *desk) hook(url string) (h notice.Hook) {
	d.T.Helper()
	host, _, _ := strings.Cut(strings.TrimPrefix(url, "http://"), "/")
	d.Gate.Hosts = []string{host}
	_, err := d.SetHook(bg, baker, "", notice.HookIn{URL: url})
	must(d.T, err)
	return d.hookOf(notice.Person(7))
}

func (d *desk) hookOf(r notice.Reader) (h notice.Hook) {
	d.T.Helper()
	d.Read(func(tx *store.Tx) error {
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

func both(t *testing.T, f func(t *testing.T, d *desk)) {
	t.Helper()
	acttest.Both(t, func(t *testing.T, e store.Engine) { f(t, newDesk(t, e)) })
}
