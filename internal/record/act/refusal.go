package act

import (
	"errors"

	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

const (
	refusalsKept = 20 // refusals recorded for one person within refusalSpan; more would fill the disk
	refusalSpan  = 10 * day.Minute
)

type burst struct {
	since day.Instant
	n     int
}

// refusal is an *Error that the store writes down after rolling back.
type refusal struct {
	e     *Error
	r     *Runner
	a     Actor
	token string
	c     Command
}

// Error and Unwrap make the refusal stand for its error.
func (f refusal) Error() string { return f.e.Error() }

// Unwrap returns the error itself.
func (f refusal) Unwrap() error { return f.e }

// Record writes the refusal to the ledger, unless the same submission was
// carried out meanwhile by another request: then nobody was refused.
func (f refusal) Record(tx *store.Tx) error {
	if f.token != "" {
		taken, err := tx.Get([]any{new(string)}, `select command from idempotency where home = $1 and person = $2 and token = $3`, tx.Home(), f.a.Person, f.token)
		if err != nil || taken {
			return err
		}
	}
	if !f.r.mayRecord(f.a.Person, tx.Now()) {
		return nil
	}
	e := ledger.Event{
		Stream: "refusals", Kind: "command.refused", By: f.a.by(),
		Facts: map[string]any{"command": f.c.Name, "code": f.e.Code},
	}
	if f.e.Law != "" {
		e.Rules = []ledger.Rule{{Article: f.e.Law}}
	}
	_, err := f.r.Ledger.Note(tx, nil, e)
	return err
}

// recording wraps an error that asked to be recorded.
func (r *Runner) recording(a Actor, token string, c Command, err error) error {
	var e *Error
	if !errors.As(err, &e) || !e.record {
		return err
	}
	return refusal{e, r, a, token, c}
}

func (r *Runner) mayRecord(person int64, now day.Instant) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.recorded == nil || len(r.recorded) > 10_000 {
		r.recorded = map[int64]burst{}
	}
	b := r.recorded[person]
	if now-b.since > refusalSpan {
		b = burst{since: now}
	}
	b.n++
	r.recorded[person] = b
	return b.n <= refusalsKept
}
