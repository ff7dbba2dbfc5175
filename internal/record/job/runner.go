package job

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

// Handler does the work of one kind. Its context ends before the lease does.
// An error means "try again later", Park "do not try again", Again "next time
// at that moment".
type Handler func(ctx context.Context, j Job) error

// Options of a runner. Every zero value is usable.
type Options struct {
	Holder  string         // names this runner; default host and process
	Workers int            // jobs at a time; 4
	Lease   time.Duration  // how long a job may take; 5 minutes
	Tries   int            // attempts before it is parked; 8
	Wait    time.Duration  // before the second attempt, doubling up to an hour; 5 seconds
	Jitter  func() float64 // 0 ≤ x < 1, spreads the attempts; default random
	Poll    time.Duration  // how often due jobs are looked for; 1 second
	Grace   time.Duration  // how long running jobs may go on after a stop; 20 seconds
	Log     *slog.Logger
}

const waitMax = time.Hour

// Runner runs due jobs of the kinds it has handlers for. Any number of runners
// on any number of machines share the work.
type Runner struct {
	store    *store.Store
	handlers map[string]Handler
	o        Options
	dueSQL   string // whether anything is due
	claimSQL string
	kinds    []any
	wake     chan struct{}
}

// New makes a runner; Run or RunDue sets it to work.
func New(s *store.Store, handlers map[string]Handler, o Options) *Runner {
	if o.Holder == "" {
		host, _ := os.Hostname()
		o.Holder = fmt.Sprintf("%s/%d/%08x", host, os.Getpid(), rand.Uint32())
	}
	o.Workers, o.Tries = or(o.Workers, 4), or(o.Tries, 8)
	o.Lease, o.Wait = or(o.Lease, 5*time.Minute), or(o.Wait, 5*time.Second)
	o.Poll, o.Grace = or(o.Poll, time.Second), or(o.Grace, 20*time.Second)
	if o.Jitter == nil {
		o.Jitter = rand.Float64
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	r := &Runner{store: s, handlers: handlers, o: o, wake: make(chan struct{}, 1)}
	for kind := range handlers {
		r.kinds = append(r.kinds, kind)
	}
	slices.SortFunc(r.kinds, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
	r.dueSQL = dueSQL(len(r.kinds), 3) + ` limit 1`
	r.claimSQL = claimSQL(len(r.kinds))
	return r
}

func or[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// dueSQL selects the due jobs of so many kinds: $1 home, $2 now, the kinds
// from the parameter first on.
func dueSQL(kinds, first int) string {
	var in strings.Builder
	for i := range kinds {
		fmt.Fprintf(&in, ", $%d", first+i)
	}
	return `select id from job where home = $1 and state = 'waiting' and run_at <= $2 and lease_until <= $2 and kind in (''` + in.String() + `)`
}

// claimSQL begins at most $4 due jobs until $3 for $5. Two runners may choose
// the same rows: the second waits for the first, asks the outer condition
// again and goes without.
func claimSQL(kinds int) string {
	return `with due as materialized (` + dueSQL(kinds, 6) + ` order by run_at, id limit $4)
		update job set lease_until = $3, holder = $5, attempts = attempts + 1, turn = turn + 1
		where home = $1 and state = 'waiting' and lease_until <= $2 and id in (select id from due)
		returning id, kind, key, args, run_at, attempts, turn`
}

// Wake makes Run look for due jobs now: to be called after a commit that added some.
func (r *Runner) Wake() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Run works until ctx ends, then begins nothing more and returns when what was
// running is over, at the latest Grace later.
func (r *Runner) Run(ctx context.Context) {
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	go func() {
		<-ctx.Done()
		select {
		case <-time.After(r.o.Grace):
			stop()
		case <-work.Done():
		}
	}()
	var running sync.WaitGroup
	defer running.Wait()
	free := make(chan struct{}, r.o.Workers)
	for range r.o.Workers {
		free <- struct{}{}
	}
	tick := time.NewTicker(r.o.Poll)
	defer tick.Stop()
	for ctx.Err() == nil {
		jobs := r.claimFree(ctx, free)
		for _, j := range jobs {
			running.Go(func() {
				defer func() { free <- struct{}{}; r.Wake() }()
				r.runOne(work, j, r.store.Now())
			})
		}
		if len(jobs) > 0 {
			continue
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		case <-r.wake:
		}
	}
}

// claimFree takes as many jobs as workers are free.
func (r *Runner) claimFree(ctx context.Context, free chan struct{}) []Job {
	n := 0
	for n < r.o.Workers {
		select {
		case <-free:
			n++
			continue
		default:
		}
		break
	}
	if n == 0 {
		return nil
	}
	jobs, err := r.claim(ctx, r.store.Now(), n)
	if err != nil && ctx.Err() == nil {
		r.o.Log.Error("no jobs could be taken", "err", err)
	}
	for range n - len(jobs) {
		free <- struct{}{}
	}
	return jobs
}

// RunDue runs, one after the other and in the order of their moments, all jobs
// due at now and those that they bring about, and returns how many it ran. It
// is what a simulated clock and tests call instead of Run.
func (r *Runner) RunDue(ctx context.Context, now day.Instant) (int, error) {
	for n := 0; ; n++ {
		jobs, err := r.claim(ctx, now, 1)
		if err != nil || len(jobs) == 0 {
			return n, err
		}
		r.runOne(ctx, jobs[0], now)
	}
}

// claim begins up to limit due jobs in the order of their moments.
func (r *Runner) claim(ctx context.Context, now day.Instant, limit int) ([]Job, error) {
	due := false
	// Looking is a read; only when something is due is the writer asked.
	err := r.store.Read(ctx, func(tx *store.Tx) (err error) {
		var id int64
		due, err = tx.Get([]any{&id}, r.dueSQL, append([]any{tx.Home(), now}, r.kinds...)...)
		return err
	})
	if err != nil || !due {
		return nil, err
	}
	var jobs []Job
	err = r.store.Do(ctx, store.Background, func(tx *store.Tx) (err error) {
		args := append([]any{tx.Home(), now, now + micros(r.o.Lease), limit, r.o.Holder}, r.kinds...)
		jobs, err = store.All(tx, scan, r.claimSQL, args...)
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(jobs, func(a, b Job) int { return cmp.Or(cmp.Compare(a.RunAt, b.RunAt), cmp.Compare(a.ID, b.ID)) })
	return jobs, nil
}

func scan(row store.Row) (j Job, err error) {
	var args string
	err = row.Scan(&j.ID, &j.Kind, &j.Key, &args, &j.RunAt, &j.Attempt, &j.turn)
	j.Args = []byte(args)
	return j, err
}
