package proceeding

import (
	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

// The states of a task.
const (
	TaskOpen   = "open"
	TaskDone   = "done"
	TaskClosed = "closed" // taken away: returned, interrupted, or the whole case ended
)

// Task is one piece of work on somebody's list.
type Task struct {
	ID         int64
	Proceeding int64
	Token      int    // of the flow's state
	Node       string // of the flow
	Name       string
	Role       string // as the flow names the body: "fire"
	Part       string // accept, review, visit, test, decide, deliver
	Agency     string // who holds the role on this item
	Post       string
	Officers   int // how many must act together; a site visit needs two (行政许可法 34)
	State      string
	Assignee   int64
	Opened     day.Instant
	Due        day.Day
	DoneAt     day.Instant
	DoneBy     int64
	Outcome    string // public facts of the outcome, JSON
	Seen       int64  // version: what a person saw when they began
}

const taskColumns = `id, proceeding, token, node, name, role, part, agency, post, officers, state, assignee, opened, due, done_at, done_by, outcome, seen`

func scanTask(r store.Row) (*Task, error) {
	t := &Task{}
	return t, r.Scan(&t.ID, &t.Proceeding, &t.Token, &t.Node, &t.Name, &t.Role, &t.Part, &t.Agency, &t.Post, &t.Officers, &t.State,
		&t.Assignee, &t.Opened, &t.Due, &t.DoneAt, &t.DoneBy, &t.Outcome, &t.Seen)
}

// tasksMax bounds the tasks of one proceeding that are read at once.
const tasksMax = 500

// Tasks returns the tasks of a proceeding, oldest first.
func Tasks(tx *store.Tx, proceeding int64) ([]*Task, error) {
	return store.All(tx, scanTask, `select `+taskColumns+` from task where home = $1 and proceeding = $2 order by token limit $3`, tx.Home(), proceeding, tasksMax)
}

// OpenTask finds an open task of the proceeding. When the reader began with
// another version of it (seen, 0 for "whatever it is"), or it is done, they are
// told that somebody else was first.
func OpenTask(tx *store.Tx, proceeding, task, seen int64) (*Task, error) {
	t, found, err := store.Find(tx, scanTask, `select `+taskColumns+` from task where home = $1 and id = $2 and proceeding = $3`, tx.Home(), task, proceeding)
	switch {
	case err != nil:
		return nil, err
	case !found:
		return nil, act.Missing("proceeding.task")
	case t.State != TaskOpen || seen != 0 && t.Seen != seen:
		return nil, act.Changed("proceeding.task")
	}
	return t, nil
}

// OpenPart finds the open task that plays a part, the only one when several
// could be.
func OpenPart(tx *store.Tx, proceeding int64, part string) (*Task, error) {
	t, found, err := store.Find(tx, scanTask, `select `+taskColumns+` from task where home = $1 and proceeding = $2 and part = $3 and state = 'open' order by token limit 1`,
		tx.Home(), proceeding, part)
	if err == nil && !found {
		err = act.Changed("proceeding.task")
	}
	return t, err
}

// TokenOf is the token of the flow's state that a task, open or done, stands for.
func TokenOf(tx *store.Tx, proceeding, task int64) (token int, err error) {
	found, err := tx.Get([]any{&token}, `select token from task where home = $1 and proceeding = $2 and id = $3`, tx.Home(), proceeding, task)
	if err == nil && !found {
		err = act.Missing("proceeding.task")
	}
	return token, err
}

func insertTasks(tx *store.Tx, list []*Task) {
	rows := make([][]any, len(list))
	for i, t := range list {
		rows[i] = []any{tx.Home(), t.ID, t.Proceeding, t.Token, t.Node, t.Name, t.Role, t.Part, t.Agency, t.Post, t.Officers, t.State, t.Assignee,
			t.Opened, t.Due, t.DoneAt, t.DoneBy, t.Outcome, t.Seen}
	}
	tx.PutRows(`insert into task(home, `+taskColumns+`)`, rows)
}

// finish marks a task done by this actor.
func (t *Task) finish(c *act.Call, outcome string) {
	t.State, t.DoneAt, t.DoneBy, t.Outcome = TaskDone, c.Now(), c.Actor.Person, outcome
	c.Tx.PutOne(act.Changed("proceeding.task"), `update task set state = 'done', done_at = $3, done_by = $4, outcome = $5, seen = seen + 1
		where home = $1 and id = $2 and state = 'open'`, c.Tx.Home(), t.ID, t.DoneAt, t.DoneBy, t.Outcome)
}

// Assign gives an open task to a person of its agency, or to nobody (0).
func Assign(c *act.Call, t *Task, person int64) {
	c.Tx.PutOne(act.Changed("proceeding.task"), `update task set assignee = $3, seen = seen + 1 where home = $1 and id = $2 and state = 'open' and seen = $4`,
		c.Tx.Home(), t.ID, person, t.Seen)
	t.Assignee = person
	t.Seen++
}

// Touch raises the version of an open task after something about it changed
// that its owner must see: an answer came in, a test was ordered.
func Touch(c *act.Call, t *Task, due day.Day) {
	c.Tx.PutOne(act.Changed("proceeding.task"), `update task set due = $3, seen = seen + 1 where home = $1 and id = $2 and state = 'open'`, c.Tx.Home(), t.ID, due)
	t.Due = due
	t.Seen++
}

// Take enters this person for an exclusive class on a proceeding: whoever
// accepted does not decide. The table's key is the person, not the account and
// not the post, so a second post or a stand-in changes nothing, and two browsers
// at once collide on the same row. Nobody plays a part in a matter of their own,
// or in one that they filed for another.
func Take(c *act.Call, p *Proceeding, class, part string, person int64) error {
	if person == p.Applicant || person == p.Filer {
		return act.Refuse("proceeding.own").Then("proceeding.duty.next").Recorded()
	}
	c.Tx.PutOne(act.Refuse("proceeding.duty").By("行政许可法第三十二条、第三十四条").Then("proceeding.duty.next").Recorded(),
		`insert into duty(home, proceeding, person, class, part) values($1, $2, $3, $4, $5)
		on conflict (home, proceeding, person) do update set part = excluded.part where duty.class = excluded.class`,
		c.Tx.Home(), p.ID, person, class, part)
	return nil
}
