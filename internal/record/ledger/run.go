package ledger

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"time"

	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

const (
	leaseFor    = 5 * day.Second // how long a numberer that fell silent keeps others waiting
	numberBatch = 500            // events numbered in one transaction
)

// Run numbers (PostgreSQL, while holding the lease) and signs until ctx ends.
// At most one checkpoint a second is signed. holder names this process for the
// lease; "" is a name that no other has.
func (l *Ledger) Run(ctx context.Context, holder string) {
	if holder == "" {
		holder = nodeName()
	}
	wake := l.Wake()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	var signed time.Time
	for {
		select {
		case <-ctx.Done():
			ctx = context.WithoutCancel(ctx)
			_, _ = l.Sign(ctx)
			l.letGo(ctx, holder)
			return
		case <-wake:
		case <-tick.C:
		}
		if l.s.Engine() == store.Postgres && !l.numberAll(ctx, holder) {
			continue
		}
		if time.Since(signed) < time.Second {
			continue
		}
		signed = time.Now()
		if _, err := l.Sign(ctx); err != nil && ctx.Err() == nil {
			l.o.Log.Error("checkpoint not signed", "err", err)
		}
	}
}

// nodeName is a name for this process that no other has, and by which an
// operator finds it.
func nodeName() string {
	host, _ := os.Hostname()
	return fmt.Sprintf("%s/%d/%s", host, os.Getpid(), rand.Text())
}

// numberAll numbers what waits and tells whether this node holds the lease.
func (l *Ledger) numberAll(ctx context.Context, holder string) bool {
	mine, err := l.hold(ctx, "number", holder, leaseFor)
	if err != nil || !mine {
		return false
	}
	for {
		n, err := l.Number(ctx, numberBatch)
		if err != nil {
			l.o.Log.Error("events not numbered", "err", err)
			return true
		}
		if n < numberBatch {
			return true
		}
	}
}

// hold takes or renews a lease for liveness and tells whether this holder has it.
func (l *Ledger) hold(ctx context.Context, name, holder string, ttl day.Instant) (bool, error) {
	got := false
	err := l.s.Do(ctx, store.Background, func(tx *store.Tx) error {
		n, err := tx.Exec(`insert into lease(home, name, holder, until_at) values($1, $2, $3, $4)
			on conflict (home, name) do update set holder = $3, until_at = $4
			where lease.holder = $3 or lease.until_at < $5`, tx.Home(), name, holder, tx.Now()+ttl, tx.Now())
		got = n == 1
		return err
	})
	return got, err
}

// letGo gives the lease back, so that another node need not wait for its end.
func (l *Ledger) letGo(ctx context.Context, holder string) {
	if l.s.Engine() != store.Postgres {
		return
	}
	_ = l.s.Do(ctx, store.Background, func(tx *store.Tx) error {
		tx.Put(`delete from lease where home = $1 and name = 'number' and holder = $2`, tx.Home(), holder)
		return nil
	})
}
