package store

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
)

const (
	cutTries      = 3                // how often a command whose connection was cut is run
	raceTries     = 6                // how often a command that lost a race is run again
	commandBudget = 30 * time.Second // a command's own time limit; no request's context reaches it
)

// postgresEngine is a pool of connections.
type postgresEngine struct {
	s          *Store
	pool       *pgxpool.Pool
	background chan struct{}
	reserving  sync.Mutex
	at         *attendance
	conns      int32 // at most in the pool
}

func openPostgres(ctx context.Context, s *Store) (engine, error) {
	cfg, err := pgxpool.ParseConfig(s.opts.URL)
	if err != nil {
		return nil, errors.New("the PostgreSQL URL cannot be read") // not the cause: it may carry the password
	}
	if cfg.MaxConns < 4 {
		cfg.MaxConns = int32(max(16, 4*runtime.NumCPU()))
	}
	cfg.ConnConfig.RuntimeParams["application_name"] = "tongban"
	cfg.ConnConfig.RuntimeParams["timezone"] = "UTC"
	cfg.ConnConfig.OnNotice = noticed
	at := &attendance{confirmed: s.opts.Confirmed, look: make(chan struct{}, 1)}
	cfg.AfterConnect = func(ctx context.Context, c *pgx.Conn) error {
		now, err := askStanding(ctx, c)
		if err == nil {
			at.met(now)
		}
		return err
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if err = pool.Ping(ctx); err == nil {
		err = at.barred()
	}
	if err != nil {
		pool.Close()
		return nil, err
	}
	return &postgresEngine{s: s, pool: pool, background: make(chan struct{}, max(2, int(cfg.MaxConns)/4)), at: at, conns: cfg.MaxConns}, nil
}

func (e *postgresEngine) name() Engine { return Postgres }

func (e *postgresEngine) migrate(ctx context.Context) error {
	db := stdlib.OpenDBFromPool(e.pool)
	defer func() { _ = db.Close() }()
	return migrate(ctx, db, Postgres)
}

func (e *postgresEngine) close() error {
	e.pool.Close()
	return nil
}

func (e *postgresEngine) do(ctx context.Context, p Priority, f func(*Tx) error) error {
	if p == Background {
		select {
		case e.background <- struct{}{}:
			defer func() { <-e.background }()
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", ErrUnavailable, ctx.Err())
		}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commandBudget)
	defer cancel()
	err := e.doInTurn(ctx, f)
	var r Recorder
	if errors.As(err, &r) {
		if recErr := e.doInTurn(ctx, r.Record); recErr != nil {
			e.s.opts.Log.Error("refusal not recorded", "err", recErr)
		}
	}
	return err
}

// doInTurn runs f until it is committed, refused, or has lost too many races.
func (e *postgresEngine) doInTurn(ctx context.Context, f func(*Tx) error) error {
	for try := 1; ; try++ {
		err := e.once(ctx, false, f)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, errCut) && try < cutTries:
		case !lostRace(err):
			return err
		case try == raceTries:
			return fmt.Errorf("%w: %w", ErrConflict, err)
		}
	}
}

// beginCommand begins a command. A process that is held up in the midst of one
// must not keep others waiting for its locks.
const beginCommand = `begin isolation level read committed; set local idle_in_transaction_session_timeout = '15s'`

// errCut says that the connection was lost before the commit was asked for:
// nothing is stored, and the command may be run again.
var errCut = errors.New("connection lost")

// once runs f in one transaction; anyway also while nothing may be stored.
func (e *postgresEngine) once(ctx context.Context, anyway bool, f func(*Tx) error) error {
	if why := e.at.barred(); why != nil && !anyway {
		return fmt.Errorf("%w: %w", ErrUnavailable, why)
	}
	if err := e.reserve(ctx); err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	t, err := e.begin(ctx, pgx.TxOptions{BeginQuery: beginCommand})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	defer func() { _ = t.Rollback(ctx) }()
	// The connection may be new, and to another server than before.
	if why := e.at.barred(); why != nil && !anyway {
		return fmt.Errorf("%w: %w", ErrUnavailable, why)
	}
	tx := &Tx{s: e.s, conn: &pgConn{ctx, t}, now: e.s.opts.Clock()}
	err = guard(tx, f)
	if err == nil {
		err = tx.Flush()
	}
	if err != nil {
		return cutOff(t, away(err))
	}
	// A commit whose answer is lost may have been stored: the caller is told
	// "unavailable" and finds out by its idempotency key.
	began := time.Now()
	if err := commit(ctx, t); err != nil {
		return fmt.Errorf("%w: commit: %w", ErrUnavailable, err)
	}
	e.s.committed(1, began)
	for _, g := range tx.after {
		g()
	}
	return nil
}

func (e *postgresEngine) read(ctx context.Context, f func(*Tx) error) error {
	t, err := e.begin(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	defer func() { _ = t.Rollback(context.WithoutCancel(ctx)) }()
	if err = f(&Tx{s: e.s, conn: &pgConn{ctx, t}, readOnly: true, now: e.s.opts.Clock()}); err != nil {
		return cutOff(t, away(err))
	}
	return nil
}

// begin begins a transaction. A kept connection that was cut meanwhile shows here
// and not before; nothing was asked of it yet, so the next one is taken.
func (e *postgresEngine) begin(ctx context.Context, o pgx.TxOptions) (t pgx.Tx, err error) {
	for range e.conns + 1 {
		var none *pgconn.ConnectError
		if t, err = e.pool.BeginTx(ctx, o); err == nil || errors.As(err, &none) || ctx.Err() != nil {
			break
		}
	}
	return t, err
}

// reserve takes the next block of ids in a transaction of its own.
func (e *postgresEngine) reserve(ctx context.Context) error {
	if !e.s.ids.low() {
		return nil
	}
	e.reserving.Lock()
	defer e.reserving.Unlock()
	if !e.s.ids.low() {
		return nil
	}
	var next int64
	err := e.pool.QueryRow(ctx, `insert into id_block(home, next) values($1, $2)
		on conflict (home) do update set next = id_block.next + $2 returning next`, e.s.opts.Home, int64(idBlock)).Scan(&next)
	if undefinedTable(err) {
		return nil
	}
	if err == nil {
		e.s.ids.use(next)
	}
	return err
}

// lostRace tells the errors after which the whole command is run again.
func lostRace(err error) bool {
	var pe *pgconn.PgError
	return errors.As(err, &pe) && (pe.Code == "40001" || pe.Code == "40P01")
}

func undefinedTable(err error) bool {
	var pe *pgconn.PgError
	return errors.As(err, &pe) && pe.Code == "42P01"
}

// away marks the errors that mean "the database is not there", so that people
// are told to come back rather than that something broke.
func away(err error) error {
	if err == nil || errors.Is(err, ErrUnavailable) {
		return err
	}
	var pe *pgconn.PgError
	if errors.As(err, &pe) {
		switch pe.Code[:2] {
		case "08", "53", "57", "58":
			return fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
		if pe.Code == "25006" { // read-only: the primary has moved
			return fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
		return err
	}
	var ce *pgconn.ConnectError
	if errors.As(err, &ce) || pgconn.Timeout(err) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return err
}

// cutOff marks the error of a transaction whose connection broke: the database
// went away in the midst of it, whatever the broken call said.
func cutOff(t pgx.Tx, err error) error {
	if err == nil || !t.Conn().IsClosed() {
		return err
	}
	return fmt.Errorf("%w: %w: %w", ErrUnavailable, errCut, err)
}

// pgConn is a transaction of pgx.
type pgConn struct {
	ctx context.Context
	t   pgx.Tx
}

func (c *pgConn) query(sql string, args []any) (rows, error) {
	r, err := c.t.Query(c.ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("%w in: %s", err, sql)
	}
	return pgRows{r}, nil
}

func (c *pgConn) exec(sql string, args []any) (int64, error) {
	tag, err := c.t.Exec(c.ctx, sql, args...)
	if err != nil {
		return 0, fmt.Errorf("%w in: %s", err, sql)
	}
	return tag.RowsAffected(), nil
}

func (c *pgConn) batch(puts []put) error {
	b := &pgx.Batch{}
	for _, p := range puts {
		b.Queue(p.sql, p.args...)
	}
	res := c.t.SendBatch(c.ctx, b)
	for _, p := range puts {
		tag, err := res.Exec()
		if err != nil {
			_ = res.Close()
			return fmt.Errorf("write: %w in: %s", err, p.sql)
		}
		if err := checkPut(p, tag.RowsAffected()); err != nil {
			_ = res.Close()
			return err
		}
	}
	return res.Close()
}

// pgRows gives pgx's rows the shape of the standard library's.
type pgRows struct{ pgx.Rows }

func (r pgRows) Close() error {
	r.Rows.Close()
	return nil
}

func stack() string { return string(debug.Stack()) }
