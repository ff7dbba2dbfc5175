package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

const heldFor = 12 * time.Second // how long a standby is held

// standbyBehind holds first the standby whose word is not waited for, then the
// one whose word is, so that nothing can be acknowledged. Meanwhile the sessions
// that wait are ended: their commits are then visible on the primary although no
// second server has them, and the same requests come again. Then the primary dies.
func (r *run) standbyBehind(ctx context.Context) error {
	s, err := r.strict(ctx)
	if err != nil {
		return err
	}
	s.load.start(ctx)
	time.Sleep(underLoad)
	if err := s.holdOther(ctx); err != nil {
		return err
	}
	x := s.servers.primary()
	sync, err := s.hold(ctx, x, "sync", "")
	if err != nil {
		return err
	}
	time.Sleep(time.Second) // what was on its way
	from := s.load.acknowledged()
	ended, err := s.endWaiting(ctx, x, heldFor)
	if err != nil {
		return err
	}
	if n := s.load.acknowledged() - from; n > 0 {
		return fmt.Errorf("%d acts were acknowledged while no second server could have them", n)
	}
	at := time.Now()
	s.servers.kill(x)
	sync.drop()
	if err := s.recovers(ctx); err != nil {
		return err
	}
	outage := s.load.outage(at)
	if err := s.servers.start(x); err != nil {
		return err
	}
	time.Sleep(underLoad)
	if err := s.load.finish(); err != nil {
		return err
	}
	s.say("%s, whose word counts, held for %v: nothing acknowledged, %d sessions ended in mid-commit; then %s killed: outage %.1f s, everything acknowledged is there",
		sync.name, heldFor, ended, x.name, outage.Seconds())
	return s.afterwards(ctx)
}

// holdOther holds the standby whose word is not waited for: everything goes on.
func (s *stage) holdOther(ctx context.Context) error {
	other, err := s.hold(ctx, s.servers.primary(), "async", "")
	if err != nil {
		return err
	}
	from := s.load.acknowledged()
	time.Sleep(heldFor)
	other.wake()
	n := s.load.acknowledged() - from
	if n == 0 {
		return fmt.Errorf("with %s behind nothing was acknowledged for %v, although nobody waits for it", other.name, heldFor)
	}
	s.say("%s, for which nobody waits, held for %v: %d acts acknowledged meanwhile", other.name, heldFor, n)
	return nil
}

// receiver is the process of a standby that receives the log, stopped.
type receiver struct {
	name string // of the standby
	pid  int
}

// wake lets it go on, with what waits in its socket.
func (r receiver) wake() { _ = syscall.Kill(r.pid, syscall.SIGCONT) }

// drop ends it at once, and with it what waits in its socket; the standby starts
// itself anew.
func (r receiver) drop() { _ = syscall.Kill(r.pid, syscall.SIGKILL) }

// hold stops the process that receives the log on a standby of this state,
// another than the one that is named.
func (s *stage) hold(ctx context.Context, primary *server, state, other string) (r receiver, err error) {
	if primary == nil {
		return r, errors.New("no server leads")
	}
	if err := s.servers.ask(ctx, primary, "postgres", `select application_name from pg_stat_replication
		where sync_state = '`+state+`' and application_name <> '`+other+`' order by 1 limit 1`, &r.name); err != nil {
		return r, fmt.Errorf("find a standby that is %s: %w", state, err)
	}
	for _, x := range s.servers.list {
		if x.name != r.name {
			continue
		}
		if err := s.servers.ask(ctx, x, "postgres", `select pid from pg_stat_wal_receiver`, &r.pid); err != nil {
			return r, err
		}
		return r, syscall.Kill(r.pid, syscall.SIGSTOP)
	}
	return r, fmt.Errorf("no server is called %s", r.name)
}

// endWaiting ends, for a while, every session of the product that waits for the
// second server, half of them by cancelling the wait only.
func (s *stage) endWaiting(ctx context.Context, x *server, within time.Duration) (ended int64, err error) {
	c, err := s.servers.connect(ctx, x, "postgres")
	if err != nil {
		return 0, err
	}
	defer func() { _ = c.Close(ctx) }()
	for until := time.Now().Add(within); time.Now().Before(until); time.Sleep(500 * time.Millisecond) {
		how := []string{"pg_terminate_backend", "pg_cancel_backend"}[rand.N(2)]
		n, err := one(ctx, c, `select count(`+how+`(pid)) from pg_stat_activity where usename = 'tongban' and wait_event = 'SyncRep'`)
		if err != nil {
			return ended, err
		}
		ended += n
	}
	if ended == 0 {
		return 0, errors.New("no session waited for the second server: nothing was tried")
	}
	return ended, nil
}

const cutFor = 20 * time.Second

// connectionsCut ends sessions of the product at random, cancels what they do,
// and resets all its connections now and then.
func (r *run) connectionsCut(ctx context.Context) error {
	s, err := r.strict(ctx)
	if err != nil {
		return err
	}
	s.load.start(ctx)
	time.Sleep(underLoad)
	from, ended, cut := s.load.acknowledged(), int64(0), 0
	err = s.direct(ctx, func(c *pgx.Conn) error {
		for i, until := 0, time.Now().Add(cutFor); time.Now().Before(until); i++ {
			n, err := one(ctx, c, `select count(case when random() < 0.7 then pg_terminate_backend(pid) else pg_cancel_backend(pid) end) from
				(select pid from pg_stat_activity where usename = 'tongban' and state <> 'idle' order by random() limit 2) x`)
			if err != nil {
				return err
			}
			ended += n
			if i%10 == 9 {
				for _, x := range s.servers.list {
					cut += x.wire.cut()
				}
			}
			time.Sleep(200 * time.Millisecond)
		}
		return nil
	})
	if err != nil {
		return err
	}
	during := s.load.acknowledged() - from
	if err := s.load.finish(); err != nil {
		return err
	}
	s.say("%d sessions ended or cancelled in the midst, %d connections reset, in %v; %d acts acknowledged meanwhile", ended, cut, cutFor, during)
	if ended == 0 || cut == 0 {
		return errors.New("nothing was cut: nothing was tried")
	}
	return s.afterwards(ctx)
}
