// Package job keeps work that is done outside a command and sees that it gets
// done: timers, renderings, messages to other systems, sweeping.
//
// A job is added in the transaction that makes it necessary, so neither exists
// without the other. It is run at least once: a runner may die between the
// work and the note that it was done, so a handler is idempotent by the job's
// key. A handler whose effect lies in this database makes it exactly once, by
// calling Finish in the transaction of the effect.
package job

import (
	"encoding/json"
	"errors"
	"fmt"

	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// Job is a piece of work.
type Job struct {
	Kind  string // which handler does it
	Key   string // what it is about; one job of a kind and key is ever added
	RunAt day.Instant
	Args  json.RawMessage // small, nothing personal: ids, days; empty means {}

	// What a handler is told besides.
	ID      int64
	Attempt int // 1 the first time

	turn int
}

// Args writes arguments as JSON. A value that cannot be written is a fault of
// the program and panics.
func Args(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("job: arguments: %v", err))
	}
	return b
}

// Decode reads the arguments into v.
func (j Job) Decode(v any) error {
	if err := json.Unmarshal(j.Args, v); err != nil {
		return fmt.Errorf("arguments of job %s %s: %w", j.Kind, j.Key, err)
	}
	return nil
}

// ErrTaken says that a job's lease ran out and another runner began it, or
// that it was done or cancelled meanwhile.
var ErrTaken = errors.New("job is no longer ours")

// Add puts the job into the command's batch. A job of this kind and key that
// was ever added and not cancelled stays as it is, also when it is done.
func Add(tx *store.Tx, j Job) {
	if len(j.Args) == 0 {
		j.Args = json.RawMessage(`{}`)
	}
	tx.Put(`insert into job(home, id, kind, key, args, run_at, created) values($1, $2, $3, $4, $5, $6, $7) on conflict (home, kind, key) do nothing`,
		tx.Home(), tx.NewID(), j.Kind, j.Key, string(j.Args), j.RunAt, tx.Now())
}

// Cancel takes back a job that is not done; one that is just running may still
// have its effect, so handlers ask whether the work is still wanted.
func Cancel(tx *store.Tx, kind, key string) {
	tx.Put(`delete from job where home = $1 and kind = $2 and key = $3 and state <> 'done'`, tx.Home(), kind, key)
}

// Move changes when a waiting job is due: the calendar has changed.
func Move(tx *store.Tx, kind, key string, runAt day.Instant) {
	tx.Put(`update job set run_at = $4 where home = $1 and kind = $2 and key = $3 and state = 'waiting' and attempts = 0`,
		tx.Home(), kind, key, runAt)
}

// Finish marks a job done in the transaction of its effect. When the job is no
// longer this runner's, the command ends with ErrTaken and nothing of it is stored.
func Finish(tx *store.Tx, j Job) {
	tx.PutOne(ErrTaken, finishSQL, tx.Home(), j.ID, j.turn, tx.Now())
}

// ours is the condition that nobody began the job after us: who was paused
// beyond his lease changes nothing any more.
const ours = `home = $1 and id = $2 and turn = $3 and state = 'waiting'`

const finishSQL = `update job set state = 'done', ended = $4, lease_until = 0, last_error = '' where ` + ours

// Retry lets a parked job run again, at once and with all its tries.
func Retry(tx *store.Tx, id int64) {
	tx.PutOne(wording.M("job.not_parked"), `update job set state = 'waiting', attempts = 0, run_at = $3, lease_until = 0, ended = 0
		where home = $1 and id = $2 and state = 'parked'`, tx.Home(), id, tx.Now())
}

// Prune forgets done jobs that ended before a moment, and with them that their
// keys were ever used. Parked jobs stay.
func Prune(tx *store.Tx, before day.Instant) (int64, error) {
	return tx.Exec(`delete from job where home = $1 and state = 'done' and ended < $2`, tx.Home(), before)
}
