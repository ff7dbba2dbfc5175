package job

import (
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

// lateAfter is how long a due job may wait before it counts as late.
const lateAfter = day.Minute

// Counts is how the jobs stand.
type Counts struct {
	Waiting int64       // not done, not parked; those below among them
	Running int64       // somebody's lease holds
	Late    int64       // due for more than a minute and nobody is at it
	Parked  int64       // given up until somebody looks
	Oldest  day.Instant // when the longest waiting of the late ones was due; 0 without any
}

// Count counts the jobs of every kind, also of kinds that this binary does not know.
func Count(tx *store.Tx) (c Counts, err error) {
	_, err = tx.Get([]any{&c.Waiting, &c.Running, &c.Late, &c.Oldest}, `select count(*),
		coalesce(sum(case when lease_until > $2 then 1 else 0 end), 0),
		coalesce(sum(case when run_at < $3 and lease_until <= $2 then 1 else 0 end), 0),
		coalesce(min(case when run_at < $3 and lease_until <= $2 then run_at end), 0)
		from job where home = $1 and state = 'waiting'`, tx.Home(), tx.Now(), tx.Now()-lateAfter)
	if err != nil {
		return c, err
	}
	// Twice about the state: so that SQLite, too, sees that the index of the ended serves.
	_, err = tx.Get([]any{&c.Parked}, `select count(*) from job where home = $1 and state <> 'waiting' and state = 'parked'`, tx.Home())
	return c, err
}

// Parked is a job that was given up.
type Parked struct {
	Job
	Error string
	Since day.Instant
}

// ListParked lists parked jobs, the latest first.
func ListParked(tx *store.Tx, limit int) ([]Parked, error) {
	return store.All(tx, func(r store.Row) (p Parked, err error) {
		var args string
		err = r.Scan(&p.ID, &p.Kind, &p.Key, &args, &p.RunAt, &p.Attempt, &p.Error, &p.Since)
		p.Args = []byte(args)
		return p, err
	}, `select id, kind, key, args, run_at, attempts, last_error, ended from job
		where home = $1 and state <> 'waiting' and state = 'parked' order by ended desc, id desc limit $2`, tx.Home(), limit)
}
