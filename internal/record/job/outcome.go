package job

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

// runOne runs a job that was begun at a moment and notes what became of it.
func (r *Runner) runOne(ctx context.Context, j Job, begun day.Instant) {
	limited, cancel := context.WithTimeout(ctx, r.o.Lease*9/10)
	err := r.handle(limited, j)
	cancel()
	if err != nil && ctx.Err() != nil {
		err = stopped{err}
	}
	// The note must get through when the work was stopped, too.
	if noteErr := r.note(context.WithoutCancel(ctx), j, begun, err); noteErr != nil {
		r.o.Log.Error("job not noted, it will run again", "kind", j.Kind, "key", j.Key, "err", noteErr)
	}
}

// handle calls the handler; its panic is an error like any other.
func (r *Runner) handle(ctx context.Context, j Job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			r.o.Log.Error("panic in a job", "kind", j.Kind, "key", j.Key, "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return r.handlers[j.Kind](ctx, j)
}

// stopped is the error of a job that the runner's own stop broke off.
type stopped struct{ error }

// again is a handler's wish to run at another moment.
type again struct{ at day.Instant }

func (a again) Error() string { return "again at " + a.at.String() }

// Again is what a handler returns when its work comes back at a moment: the
// sweep of every night, an answer that is not there yet. It is no failure.
func Again(at day.Instant) error { return again{at} }

// park is an error that trying again will not mend.
type park struct{ error }

func (p park) Unwrap() error { return p.error }

// Park wraps an error that trying again will not mend: the job is parked at once.
func Park(err error) error { return park{err} }

// errorMax is how much of an error is kept with the job.
const errorMax = 500

// note writes what became of an attempt, unless the job is no longer ours.
func (r *Runner) note(ctx context.Context, j Job, begun day.Instant, err error) error {
	var (
		more  again
		ends  park
		broke stopped
	)
	return r.store.Do(ctx, store.Background, func(tx *store.Tx) error {
		mine := []any{tx.Home(), j.ID, j.turn}
		switch {
		case err == nil:
			tx.Put(finishSQL, append(mine, tx.Now())...)
		case errors.As(err, &more):
			tx.Put(`update job set run_at = $4, attempts = 0, lease_until = 0, last_error = '' where `+ours, append(mine, max(more.at, begun+day.Second))...)
		case errors.As(err, &broke): // the attempt does not count
			tx.Put(`update job set attempts = attempts - 1, lease_until = 0 where `+ours, mine...)
		case errors.As(err, &ends) || j.Attempt >= r.o.Tries:
			r.o.Log.Error("job parked", "kind", j.Kind, "key", j.Key, "attempt", j.Attempt, "err", err)
			tx.Put(`update job set state = 'parked', lease_until = 0, ended = $4, last_error = $5 where `+ours, append(mine, tx.Now(), short(err))...)
		default:
			r.o.Log.Warn("job failed, will be tried again", "kind", j.Kind, "key", j.Key, "attempt", j.Attempt, "err", err)
			tx.Put(`update job set run_at = $4, lease_until = 0, last_error = $5 where `+ours, append(mine, begun+r.wait(j.Attempt), short(err))...)
		}
		return nil
	})
}

// wait is the pause after a failed attempt: doubling, bounded, and between
// half and whole of that so that what failed together does not come back together.
func (r *Runner) wait(attempt int) day.Instant {
	d := waitMax
	if attempt < 20 {
		d = min(r.o.Wait<<(attempt-1), waitMax)
	}
	return micros(d/2 + time.Duration(r.o.Jitter()*float64(d/2)))
}

func micros(d time.Duration) day.Instant { return day.Instant(d.Microseconds()) }

func short(err error) string {
	text := strings.ToValidUTF8(strings.ReplaceAll(err.Error(), "\x00", ""), "")
	if len(text) > errorMax {
		text = strings.ToValidUTF8(text[:errorMax], "")
	}
	return text
}
