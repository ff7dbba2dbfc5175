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
	"tongban/internal/rules/day"
)

func TestRacingRunnersNeverShareAJob(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		const jobs, runners = 120, 4
		r.do(t, func(tx *store.Tx) {
			for i := range jobs {
				job.Add(tx, job.Job{Kind: "k", Key: fmt.Sprint(i), RunAt: tx.Now()})
			}
		})
		var mu sync.Mutex
		times := map[string]int{}
		var wg sync.WaitGroup
		for range runners {
			run := r.runner(func(_ context.Context, j job.Job) error {
				mu.Lock()
				defer mu.Unlock()
				times[j.Key]++
				return nil
			})
			wg.Go(func() {
				if _, err := run.RunDue(bg, r.clock()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for key, n := range times {
			if n != 1 {
				t.Errorf("job %s ran %d times", key, n)
			}
		}
		if len(times) != jobs || r.count(t) != (job.Counts{}) {
			t.Fatalf("%d jobs ran, left %+v", len(times), r.count(t))
		}
	})
}

// A runner that hangs (or died) loses the job when its lease is over, and
// whatever it does then no longer counts.
func TestLostJobIsTakenOverAfterItsLease(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		r.do(t, func(tx *store.Tx) {
			_, err := tx.Exec(`create table effect(who text not null)`)
			must(t, err)
		})
		effect := func(who string, j job.Job) error {
			return r.store.Do(bg, store.Background, func(tx *store.Tx) error {
				tx.Put(`insert into effect(who) values($1)`, who)
				job.Finish(tx, j)
				return nil
			})
		}
		begun, wake, over := make(chan struct{}), make(chan struct{}), make(chan error, 1)
		hangs := r.runner(func(_ context.Context, j job.Job) error {
			close(begun)
			<-wake
			err := effect("hangs", j)
			over <- err
			return err
		})
		r.add(t, "a", r.clock())
		var wg sync.WaitGroup
		wg.Go(func() { _, _ = hangs.RunDue(bg, r.clock()) })
		<-begun

		other := r.runner(func(_ context.Context, j job.Job) error { return effect("other", j) })
		if r.due(t, other) != 0 || r.count(t).Running != 1 {
			t.Fatal("taken while the lease holds")
		}
		r.pass(day.Minute)
		if r.due(t, other) != 1 {
			t.Fatal("not taken over after the lease")
		}
		close(wake)
		if err := <-over; !errors.Is(err, job.ErrTaken) {
			t.Fatalf("the late effect was stored: %v", err)
		}
		wg.Wait()
		var who []string
		must(t, r.store.Read(bg, func(tx *store.Tx) (err error) {
			who, err = store.All(tx, func(row store.Row) (w string, err error) { return w, row.Scan(&w) }, `select who from effect`)
			return err
		}))
		if fmt.Sprint(who) != "[other]" || r.count(t) != (job.Counts{}) {
			t.Fatalf("effects %v, left %+v", who, r.count(t))
		}
	})
}

func TestRunWorksUntilStoppedAndLetsWorkEnd(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		ctx, stop := context.WithCancel(bg)
		begun, finish := make(chan string), make(chan struct{})
		run := job.New(r.store, map[string]job.Handler{"k": func(ctx context.Context, j job.Job) error {
			begun <- j.Key
			<-finish
			r.saw(j.Key)
			return ctx.Err()
		}}, job.Options{Workers: 2, Poll: 10 * time.Millisecond, Grace: time.Hour})
		var wg sync.WaitGroup
		wg.Go(func() { run.Run(ctx) })
		for _, key := range []string{"a", "b", "c"} {
			r.add(t, key, r.clock())
			run.Wake()
		}
		<-begun
		<-begun // two workers: c waits
		stop()
		close(finish)
		wg.Wait()
		if c := r.count(t); c.Waiting != 1 || c.Running != 0 {
			t.Fatalf("after the stop: %+v, ran %s", c, r.seen())
		}
	})
}

// A stop that cannot wait breaks the work off; the attempt does not count.
func TestBrokenOffJobRunsAgainWithoutPenalty(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		ctx, stop := context.WithCancel(bg)
		run := r.runner(func(ctx context.Context, j job.Job) error {
			stop()
			<-ctx.Done()
			return ctx.Err()
		})
		r.add(t, "a", r.clock())
		if _, err := run.RunDue(ctx, r.clock()); err == nil {
			t.Fatal("went on after the stop")
		}
		next := r.runner(func(_ context.Context, j job.Job) error {
			r.saw(fmt.Sprint(j.Attempt))
			return nil
		})
		if r.due(t, next) != 1 || r.seen() != "[1]" {
			t.Fatalf("attempts %s", r.seen())
		}
	})
}
