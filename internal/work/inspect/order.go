package inspect

import (
	"context"
	"strconv"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/job"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/rules/checkup"
	"tongban/internal/rules/day"
)

// JobKind names the jobs that run an ordered check: see Work.
const JobKind = "inspect.run"

// Underway is a check that was ordered and is not done.
type Underway struct {
	ID     int64
	By     int64       // who ordered it
	At     day.Instant // when
	Items  int         // that are judged; 0 until the catalogue is read
	Powers int
	Done   int // rules that were gone through
	Rules  int // of so many
}

// given is how long a check may take; one that was ordered before that, and never
// ended, stands in nobody's way.
const given = 30 * day.Minute

// A run that is under way has its row already, without figures by rule: null.
const underway = `by_rule = 'null'`

// orderedBy is what the job must know of who ordered the check.
type orderedBy struct {
	Run    int64  `json:"run"`
	Person int64  `json:"person"`
	Agency string `json:"agency"`
	Post   string `json:"post"`
}

// Order has the catalogue checked by a job, for who must not wait for it. One that
// is under way already is left to go on.
func (d *Desk) Order(ctx context.Context, a act.Actor, token string) error {
	_, err := act.Run(ctx, d.Runner, a, token, CommandRun, "order "+d.Region, func(c *act.Call, _ string) (struct{}, error) {
		if err := c.Allow(act.Scope{Region: d.Region}); err != nil {
			return struct{}{}, err
		}
		tx := c.Tx
		now, there, err := UnderwayNow(tx)
		if err != nil || there && now.At > c.Now()-given {
			return struct{}{}, err
		}
		tx.Put(`delete from checkup_run where home = $1 and `+underway, tx.Home())
		in := orderedBy{Run: tx.NewID(), Person: c.Actor.Person, Agency: c.Actor.Agency, Post: c.Actor.Post}
		tx.Put(`insert into checkup_run(home, `+runColumns+`) values($1, $2, $3, $4, '', 0, 0, 0, 0, 0, 0, 0, 0, 'null', $5, $6)`,
			tx.Home(), in.Run, d.Region, c.Today(), in.Person, c.Now())
		job.Add(tx, job.Job{Kind: JobKind, Key: strconv.FormatInt(in.Run, 10), RunAt: c.Now(), Args: job.Args(in)})
		_, err = c.Note(nil, ledger.Event{Stream: "checkup/order/" + strconv.FormatInt(in.Run, 10), Kind: "inspect.ordered", Facts: map[string]any{"region": d.Region}})
		return struct{}{}, err
	})
	return err
}

// UnderwayNow tells how far the check is that was ordered and is not done.
func UnderwayNow(tx *store.Tx) (u Underway, there bool, err error) {
	var rules string
	there, err = tx.Get([]any{&u.ID, &u.By, &u.At, &u.Items, &u.Powers, &rules}, `select id, made_by, made_at, items, powers, rules from checkup_run
		where home = $1 and `+underway+` order by id desc limit 1`, tx.Home())
	u.Done, u.Rules = len(strings.Fields(rules)), len(checkup.Rules())
	return u, there, err
}

// Work is the handler of the jobs that Order adds: it asks again whether who
// ordered the check may, and says on the way how far it is.
func (d *Desk) Work(ctx context.Context, j job.Job) error {
	var in orderedBy
	if err := j.Decode(&in); err != nil {
		return err
	}
	var a act.Actor
	var wanted bool
	err := d.Runner.Store.Read(ctx, func(tx *store.Tx) error {
		u, there, err := UnderwayNow(tx)
		if wanted = there && u.ID == in.Run; err != nil || !wanted {
			return err
		}
		a, err = d.People.ActorOf(tx, in.Person, in.Agency, in.Post)
		return err
	})
	if err == nil && wanted {
		_, err = d.check(ctx, a, "", &progress{d: d, ctx: ctx, run: in.Run})
	}
	switch act.KindOf(err) {
	case act.Conflict: // another job was at it
		return nil
	case act.Refused, act.NotFound: // who ordered it may not any more
		return d.Runner.Store.Do(ctx, store.Background, func(tx *store.Tx) error {
			tx.Put(`delete from checkup_run where home = $1 and id = $2 and `+underway, tx.Home(), in.Run)
			return nil
		})
	}
	return err
}

// progress says how far an ordered check is; nil says nothing.
type progress struct {
	d    *Desk
	ctx  context.Context
	run  int64
	said day.Instant
	done []string // keys of the rules that were gone through
	x    Run
}

// saidEvery is how often it is said, at the most.
const saidEvery = day.Second

// read says that the catalogue was read.
func (p *progress) read(x Run) error {
	if p == nil {
		return nil
	}
	p.x = x
	return p.say()
}

// gone says that a rule was gone through.
func (p *progress) gone(rule string) error {
	if p == nil {
		return nil
	}
	p.done = append(p.done, rule)
	if p.d.Runner.Store.Now() < p.said+saidEvery {
		return nil
	}
	return p.say()
}

func (p *progress) say() error {
	p.said = p.d.Runner.Store.Now()
	err := p.d.Runner.Store.Do(p.ctx, store.Background, func(tx *store.Tx) error {
		tx.Put(`update checkup_run set items = $3, powers = $4, rules = $5 where home = $1 and id = $2 and `+underway,
			tx.Home(), p.run, p.x.Items, p.x.Powers, strings.Join(p.done, " "))
		return nil
	})
	if p.d.said != nil {
		p.d.said()
	}
	return err
}

// end takes the row of the run under way out: the run itself is written.
func (p *progress) end(tx *store.Tx) {
	if p != nil {
		tx.PutOne(act.Changed("inspect.thing.run"), `delete from checkup_run where home = $1 and id = $2 and `+underway, tx.Home(), p.run)
	}
}
