package job_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"tongban/internal/record/job"
	"tongban/internal/record/store"
	"tongban/internal/record/store/storetest"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

var bg = context.Background()

// rig is a store with a clock that stands still, and what its handler saw.
type rig struct {
	store *store.Store
	mu    sync.Mutex
	now   day.Instant
	ran   []string
}

func both(t *testing.T, f func(t *testing.T, r *rig)) {
	t.Helper()
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			r := &rig{now: day.MustParse("2026-11-20").Start()}
			r.store = storetest.Open(t, e, func(o *store.Options) { o.Clock = r.clock })
			f(t, r)
		})
	}
}

func (r *rig) clock() day.Instant {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.now
}

func (r *rig) pass(d day.Instant) day.Instant {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now += d
	return r.now
}

func (r *rig) saw(what string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ran = append(r.ran, what)
}

func (r *rig) seen() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return fmt.Sprint(r.ran)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (r *rig) do(t testing.TB, f func(tx *store.Tx)) {
	t.Helper()
	must(t, r.store.Do(bg, store.People, func(tx *store.Tx) error { f(tx); return nil }))
}

func (r *rig) add(t testing.TB, key string, at day.Instant) {
	t.Helper()
	r.do(t, func(tx *store.Tx) { job.Add(tx, job.Job{Kind: "k", Key: key, RunAt: at}) })
}

// runner makes a runner of kind k; half of its jitter, five tries.
func (r *rig) runner(h job.Handler) *job.Runner {
	return job.New(r.store, map[string]job.Handler{"k": h}, job.Options{
		Tries: 5, Wait: 8 * time.Second, Lease: time.Minute, Jitter: func() float64 { return 0.5 },
	})
}

// due runs what is due now and tells how many jobs ran.
func (r *rig) due(t testing.TB, run *job.Runner) int {
	t.Helper()
	n, err := run.RunDue(bg, r.clock())
	must(t, err)
	return n
}

func (r *rig) count(t testing.TB) (c job.Counts) {
	t.Helper()
	must(t, r.store.Read(bg, func(tx *store.Tx) (err error) {
		c, err = job.Count(tx)
		return err
	}))
	return c
}

func (r *rig) note(_ context.Context, j job.Job) error {
	r.saw(j.Key)
	return nil
}

func TestJobsRunOnceWhenDueInOrder(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		run := r.runner(r.note)
		at := r.clock()
		r.add(t, "later", at+day.Hour)
		r.add(t, "second", at)
		r.add(t, "first", at-1)
		r.add(t, "second", at-2) // the same work
		r.do(t, func(tx *store.Tx) { job.Add(tx, job.Job{Kind: "of a newer binary", Key: "x", RunAt: at}) })
		if n := r.due(t, run); n != 2 || r.seen() != "[first second]" {
			t.Fatalf("ran %d: %s", n, r.seen())
		}
		r.add(t, "first", at) // done already
		r.pass(day.Hour)
		if r.due(t, run); r.seen() != "[first second later]" {
			t.Fatalf("ran %s", r.seen())
		}
		if c := r.count(t); c != (job.Counts{Waiting: 1, Late: 1, Oldest: at}) {
			t.Fatalf("counts %+v", c)
		}
	})
}

func TestRefusedCommandAddsNoJob(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		no := errors.New("no")
		err := r.store.Do(bg, store.People, func(tx *store.Tx) error {
			job.Add(tx, job.Job{Kind: "k", Key: "a", RunAt: tx.Now()})
			return no
		})
		if !errors.Is(err, no) || r.due(t, r.runner(r.note)) != 0 {
			t.Fatalf("a job without its command: %v %s", err, r.seen())
		}
	})
}

func TestArgumentsArrive(t *testing.T) {
	t.Parallel()
	type args struct {
		Case int64
		Day  day.Day
	}
	both(t, func(t *testing.T, r *rig) {
		want := args{7, day.MustParse("2026-12-01")}
		r.do(t, func(tx *store.Tx) {
			job.Add(tx, job.Job{Kind: "k", Key: "a", RunAt: tx.Now(), Args: job.Args(want)})
		})
		var got args
		r.due(t, r.runner(func(_ context.Context, j job.Job) error { return j.Decode(&got) }))
		if got != want {
			t.Fatalf("got %+v", got)
		}
	})
}

// Tries at 6, 12, 24, 48 seconds' distance (three quarters of 8, 16, …), then parked.
func TestFailureIsTriedAgainLaterAndLaterThenParked(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		broken := true
		run := r.runner(func(_ context.Context, j job.Job) error {
			r.saw(fmt.Sprint(j.Attempt))
			if broken {
				return errors.New("the other side is away")
			}
			return nil
		})
		r.add(t, "a", r.clock())
		for i, pause := range []day.Instant{0, 6, 12, 24, 48} {
			if i > 0 {
				r.pass(pause*day.Second - 1)
				if r.due(t, run) != 0 {
					t.Fatalf("attempt %d came too early", i+1)
				}
				r.pass(1)
			}
			if r.due(t, run) != 1 {
				t.Fatalf("attempt %d did not come", i+1)
			}
		}
		r.pass(100 * day.Hour)
		if r.due(t, run) != 0 || r.seen() != "[1 2 3 4 5]" || r.count(t) != (job.Counts{Parked: 1}) {
			t.Fatalf("not parked: %s %+v", r.seen(), r.count(t))
		}
		var parked []job.Parked
		must(t, r.store.Read(bg, func(tx *store.Tx) (err error) {
			parked, err = job.ListParked(tx, 10)
			return err
		}))
		if len(parked) != 1 || parked[0].Error != "the other side is away" || parked[0].Key != "a" {
			t.Fatalf("parked: %+v", parked)
		}
		broken = false
		r.do(t, func(tx *store.Tx) { job.Retry(tx, parked[0].ID) })
		if r.due(t, run) != 1 || r.count(t) != (job.Counts{}) {
			t.Fatalf("not done after the retry: %+v", r.count(t))
		}
		err := r.store.Do(bg, store.People, func(tx *store.Tx) error { job.Retry(tx, parked[0].ID); return nil })
		if m := new(wording.Message); !errors.As(err, m) || m.Key != "job.not_parked" {
			t.Fatalf("retried a job that is done: %v", err)
		}
	})
}

func TestParkAndPanic(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		run := r.runner(func(_ context.Context, j job.Job) error {
			if j.Key == "faulty" {
				panic("nil map")
			}
			return fmt.Errorf("while sending: %w", job.Park(errors.New("address unknown\x00\xff")))
		})
		r.add(t, "hopeless", r.clock())
		r.add(t, "faulty", r.clock())
		r.due(t, run)
		if c := r.count(t); c.Parked != 1 || c.Waiting != 1 {
			t.Fatalf("counts %+v", c)
		}
	})
}

func TestPeriodicJobComesAgain(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		run := r.runner(func(_ context.Context, j job.Job) error {
			r.saw(fmt.Sprint(j.Attempt))
			return job.Again(r.clock() + day.Hour)
		})
		r.add(t, "nightly", r.clock())
		for range 8 { // more often than a failing job is tried
			if r.due(t, run) != 1 {
				t.Fatal("did not come")
			}
			r.pass(day.Hour)
		}
		if r.seen() != "[1 1 1 1 1 1 1 1]" {
			t.Fatalf("attempts %s", r.seen())
		}
	})
}

func TestCancelAndMove(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		run, at := r.runner(r.note), r.clock()
		r.add(t, "a", at+day.Minute)
		r.add(t, "b", at+day.Minute)
		r.do(t, func(tx *store.Tx) {
			job.Cancel(tx, "k", "a")
			job.Move(tx, "k", "b", at+day.Hour)
		})
		r.pass(2 * day.Minute)
		if r.due(t, run) != 0 {
			t.Fatalf("ran %s", r.seen())
		}
		r.add(t, "a", at) // wanted after all
		r.pass(day.Hour)
		if r.due(t, run); r.seen() != "[a b]" {
			t.Fatalf("ran %s", r.seen())
		}
	})
}

func TestPruneForgetsDoneJobs(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		run := r.runner(r.note)
		r.add(t, "a", r.clock())
		r.due(t, run)
		r.pass(day.Hour)
		var n int64
		r.do(t, func(tx *store.Tx) {
			var err error
			n, err = job.Prune(tx, tx.Now())
			must(t, err)
		})
		r.add(t, "a", r.clock())
		if r.due(t, run) != 1 || n != 1 {
			t.Fatalf("pruned %d", n)
		}
	})
}
