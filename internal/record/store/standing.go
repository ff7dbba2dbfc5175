package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// ErrUnconfirmed says that PostgreSQL acknowledges commits that no second server
// has: what is acknowledged could be gone after a failover.
var ErrUnconfirmed = errors.New("PostgreSQL acknowledges commits before a second server has them")

// ErrMoved says that another database server answers than before, and that it
// is not known yet whether it holds everything that was acknowledged.
var ErrMoved = errors.New("another database server took over and is being compared with what was signed")

// standing is what a server says of itself. server is another after every
// failover and every restore: the cluster's identifier and the timeline.
type standing struct {
	server                     string
	standbys, commit, flushing string
}

const standingSQL = `select case when pg_is_in_recovery() then '' else (select system_identifier::text from pg_control_system())
	|| '/' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8) end,
	current_setting('synchronous_standby_names'), current_setting('synchronous_commit'), current_setting('fsync')`

func askStanding(ctx context.Context, c *pgx.Conn) (s standing, err error) {
	err = c.QueryRow(ctx, standingSQL, pgx.QueryExecModeSimpleProtocol).Scan(&s.server, &s.standbys, &s.commit, &s.flushing)
	return s, err
}

// unconfirmed tells why a commit on this server is not confirmed by another.
func (s standing) unconfirmed() error {
	switch {
	case s.standbys == "":
		return fmt.Errorf("%w: synchronous_standby_names is empty", ErrUnconfirmed)
	case s.commit != "on" && s.commit != "remote_apply":
		return fmt.Errorf("%w: synchronous_commit is %s", ErrUnconfirmed, s.commit)
	case s.flushing != "on":
		return fmt.Errorf("%w: fsync is %s", ErrUnconfirmed, s.flushing)
	}
	return nil
}

// attendance knows which server answers and whether it may be written to.
type attendance struct {
	confirmed bool // demanded: a second server has every commit

	mu      sync.Mutex
	watched bool   // somebody compares a server that took over
	server  string // compared, and found to hold what was acknowledged
	why     error  // set: nothing is stored
	look    chan struct{}
}

// met notes what a server said; every new connection asks it, so that nothing is
// stored on a server that was not looked at.
func (a *attendance) met(s standing) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.server == "" {
		a.server = s.server
	}
	var why error
	if a.confirmed {
		why = s.unconfirmed()
	}
	if why == nil && a.watched && s.server != a.server {
		why = ErrMoved
		select {
		case a.look <- struct{}{}:
		default:
		}
	}
	// What a comparison found stands until the next one.
	if why != nil || errors.Is(a.why, ErrUnconfirmed) {
		a.why = why
	}
}

// barred tells why nothing is stored now.
func (a *attendance) barred() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.why
}

// compared notes what the comparison of a server came to.
func (a *attendance) compared(server string, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err == nil {
		a.server = server
	}
	if !errors.Is(a.why, ErrUnconfirmed) {
		a.why = err
	}
}

// moved tells whether this server is another than the one that was compared.
func (a *attendance) moved(server string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return server != a.server
}

const (
	lookEvery = time.Second
	// moveGrace is how long nothing is stored after another server took over, so
	// that every node has compared it with what it knows and told the others.
	moveGrace = 2 * time.Second
)

// Watch looks at PostgreSQL's server every second until ctx ends: whether its
// commits are confirmed (Options.Confirmed), whether it is the one that it was,
// and what compare, which may read, says of it. While compare returns an error,
// and from the moment on which another server answers until compare returned
// nil for it, nothing is stored. On SQLite it does nothing.
func (s *Store) Watch(ctx context.Context, compare func(context.Context) error) {
	if e, ok := s.engine.(*postgresEngine); ok {
		e.watch(ctx, compare)
	}
}

func (e *postgresEngine) watch(ctx context.Context, compare func(context.Context) error) {
	e.at.mu.Lock()
	e.at.watched = true
	e.at.mu.Unlock()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	was := ""
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-e.at.look:
		}
		e.lookAt(ctx, compare)
		if now := e.s.Broken(); now != was {
			e.s.opts.Log.Warn("what the database server is good for has changed", "nothing stored because", now)
			was = now
		}
	}
}

// lookAt asks the server once and compares it with what is known of it.
func (e *postgresEngine) lookAt(ctx context.Context, compare func(context.Context) error) {
	s, err := e.standing(ctx)
	if err != nil {
		return // nobody there: whoever wants to store something is told so
	}
	e.at.met(s)
	moved := e.at.moved(s.server)
	if err = compare(ctx); err == nil && moved {
		select {
		case <-ctx.Done():
			return
		case <-time.After(moveGrace):
		}
		if err = compare(ctx); err == nil {
			var now standing
			if now, err = e.standing(ctx); err == nil && now.server != s.server {
				err = ErrMoved
			}
		}
	}
	e.at.compared(s.server, err)
}

func (e *postgresEngine) standing(ctx context.Context) (s standing, err error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	c, err := e.pool.Acquire(ctx)
	if err != nil {
		return s, err
	}
	defer c.Release()
	return askStanding(ctx, c.Conn())
}

// Settled returns when everything that could be read before the call is as safe
// as what Do answered with nil. PostgreSQL shows a commit whose session was ended
// while it waited for the second server, although that server may lack it.
func (s *Store) Settled(ctx context.Context) error {
	return s.Do(ctx, Background, func(tx *Tx) error {
		tx.Settle()
		return nil
	})
}

// Settle makes the command wait at its end until all that it read is as safe as
// what Do answered with nil, although it may write nothing itself.
func (tx *Tx) Settle() {
	if tx.Engine() == Postgres {
		tx.Put(`select pg_logical_emit_message(true, 'tongban', '')`)
	}
}

// DoAnyway is Do for what must be told to other nodes although nothing may be
// stored: that the database lacks what was signed.
func (s *Store) DoAnyway(ctx context.Context, f func(*Tx) error) error {
	e, ok := s.engine.(*postgresEngine)
	if !ok {
		return s.Do(ctx, Background, f)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commandBudget)
	defer cancel()
	return e.once(ctx, true, f)
}

// warned is set when the server warned of the commit that is under way: that it
// stopped waiting for the second server.
const warnedKey = "tongban warned"

func noticed(c *pgconn.PgConn, n *pgconn.Notice) {
	if n.SeverityUnlocalized != "WARNING" {
		return
	}
	if w, ok := c.CustomData()[warnedKey].(*atomic.Pointer[string]); ok {
		w.Store(&n.Message)
	}
}

// commit commits and tells whether the server did so without a reservation.
func commit(ctx context.Context, t pgx.Tx) error {
	warned := &atomic.Pointer[string]{}
	t.Conn().PgConn().CustomData()[warnedKey] = warned
	if err := t.Commit(ctx); err != nil {
		return err
	}
	if w := warned.Load(); w != nil {
		return errors.New(*w)
	}
	return nil
}
