// Package proceeding runs flows: it owns the root row of everything that has a
// flow, a clock and tasks, and that row is the lock of every command on it.
//
// It knows no application, no licence and no form: what a task means is the
// business of the room in work/ that runs it. One engine, one worklist, one
// table of duties for all of them.
package proceeding

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/rules/flow"
	"tongban/internal/rules/workday"
)

// Proceeding is the root row, as it stands inside a command.
type Proceeding struct {
	ID          int64
	Kind        string // "case"
	Number      string // 办件编号
	Item        int64  // the item through its versions
	ItemVersion int64  // the version pinned at the start
	Title       string // the item's name, for lists
	Agency      string // the body responsible
	Region      string
	Applicant   int64  // natural person or legal person whose matter it is
	Filer       int64  // natural person who filed and may act in it
	Label       string // the applicant's name, masked, for lists
	Status      string
	State       flow.State
	Clock       workday.Clock
	Timers      []Timer
	Received    day.Day
	Accepted    day.Day
	Closed      day.Day
	Due         day.Day // statutory, while it runs
	Provisional bool    // Due rests on days whose notice is not in
	PromisedDue day.Day
	Wake        day.Instant
	Key         int64 // data key of everything personal in it
	Opened      day.Instant
	Chain       ledger.Chain

	read  int64   // version of the row as it was read: what Save expects to find
	found indexed // what indexes hold of it, as it was read

	written *written // left by Digest for Save
}

// indexed is what the lists find a proceeding by. Most acts change none of it,
// and then no index is written.
type indexed struct {
	status      string
	closed, due day.Day
	provisional bool
	wake        day.Instant
	applicant   int64
	filer       int64
	agency      string
	item        int64
	version     int64
	title       string
}

func (p *Proceeding) indexed() indexed {
	return indexed{p.Status, p.Closed, p.Due, p.Provisional, p.Wake, p.Applicant, p.Filer, p.Agency, p.Item, p.ItemVersion, p.Title}
}

// Timer is a timer of the flow that runs.
type Timer struct {
	ID   string      `json:"id"`
	Node string      `json:"n"`
	At   day.Instant `json:"at"`
}

// Stream is the ledger stream of a proceeding.
func Stream(kind string, id int64) string { return fmt.Sprintf("%s/%d", kind, id) }

// Stream is the ledger stream of this proceeding.
func (p *Proceeding) Stream() string { return Stream(p.Kind, p.ID) }

const columns = `id, kind, number, item, item_version, title, agency, region, applicant, filer, label, status, state, clock, timers,
	received, accepted, closed, due, due_provisional, promised_due, wake, data_key, opened, version, leaf`

func scan(r store.Row) (*Proceeding, error) {
	p := &Proceeding{}
	var state, clock, timers string
	if err := r.Scan(&p.ID, &p.Kind, &p.Number, &p.Item, &p.ItemVersion, &p.Title, &p.Agency, &p.Region, &p.Applicant, &p.Filer,
		&p.Label, &p.Status, &state, &clock, &timers, &p.Received, &p.Accepted, &p.Closed, &p.Due, &p.Provisional, &p.PromisedDue,
		&p.Wake, &p.Key, &p.Opened, &p.Chain.Version, &p.Chain.Leaf); err != nil {
		return nil, err
	}
	p.read, p.found = p.Chain.Version, p.indexed()
	return p, errors.Join(json.Unmarshal([]byte(state), &p.State), json.Unmarshal([]byte(clock), &p.Clock), json.Unmarshal([]byte(timers), &p.Timers))
}

// written is the row's JSON columns.
type written struct{ state, clock, timers string }

// stored writes the row's JSON columns; keep leaves them for the saving that
// follows upon the digest.
func (p *Proceeding) stored(keep bool) (w written, err error) {
	if !keep && p.written != nil {
		w, p.written = *p.written, nil
		return w, nil
	}
	list := p.Timers
	if list == nil {
		list = []Timer{}
	}
	for _, x := range []struct {
		into *string
		v    any
	}{{&w.state, p.State}, {&w.clock, p.Clock}, {&w.timers, list}} {
		b, err := json.Marshal(x.v)
		if err != nil {
			return written{}, err
		}
		*x.into = string(b)
	}
	if keep {
		p.written = &w
	}
	return w, nil
}

// Digest writes the row's content to h, in the order of its columns, so that
// the ledger binds it. The lock's own columns (version, leaf) and the wake-up,
// which follows from the rest, are left out. Nothing may change between it and
// the Save or Insert whose event carries it.
func (p *Proceeding) Digest(h hash.Hash) error {
	w, err := p.stored(true)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(h, "%d\x00%s\x00%s\x00%d\x00%d\x00%s\x00%s\x00%s\x00%d\x00%d\x00%s\x00%s\x00%s\x00%s\x00%s\x00%d\x00%d\x00%d\x00%d\x00%t\x00%d\x00%d\x00%d\x00",
		p.ID, p.Kind, p.Number, p.Item, p.ItemVersion, p.Title, p.Agency, p.Region, p.Applicant, p.Filer, p.Label, p.Status,
		w.state, w.clock, w.timers, p.Received, p.Accepted, p.Closed, p.Due, p.Provisional, p.PromisedDue, p.Key, p.Opened)
	return err
}

// Lock takes the proceeding for this command. It is the command's first
// statement on it: from here to the commit nobody else is in it.
func Lock(tx *store.Tx, id int64) (*Proceeding, error) {
	p, found, err := store.Held(tx, scan, `select `+columns+` from proceeding where home = $1 and id = $2`, tx.Home(), id)
	if err == nil && !found {
		err = act.Missing("proceeding.case")
	}
	return p, err
}

// Get reads the proceeding without taking it.
func Get(tx *store.Tx, id int64) (*Proceeding, error) {
	p, found, err := store.Find(tx, scan, `select `+columns+` from proceeding where home = $1 and id = $2`, tx.Home(), id)
	if err == nil && !found {
		err = act.Missing("proceeding.case")
	}
	return p, err
}

// ByNumber finds a proceeding by its number.
func ByNumber(tx *store.Tx, number string) (*Proceeding, error) {
	p, found, err := store.Find(tx, scan, `select `+columns+` from proceeding where home = $1 and number = $2`, tx.Home(), number)
	if err == nil && !found {
		err = act.Missing("proceeding.case")
	}
	return p, err
}

// Insert writes a new proceeding together with its first event.
func (p *Proceeding) Insert(c *act.Call, key ledger.Key, e ledger.Event) (int64, error) {
	id, err := p.append(c, key, e)
	if err != nil {
		return 0, err
	}
	w, err := p.stored(false)
	if err != nil {
		return 0, err
	}
	c.Tx.Put(`insert into proceeding(home, `+columns+`) values($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27)`,
		c.Tx.Home(), p.ID, p.Kind, p.Number, p.Item, p.ItemVersion, p.Title, p.Agency, p.Region, p.Applicant, p.Filer, p.Label, p.Status,
		w.state, w.clock, w.timers, p.Received, p.Accepted, p.Closed, p.Due, p.Provisional, p.PromisedDue, p.Wake, p.Key, p.Opened, p.Chain.Version, p.Chain.Leaf)
	return id, nil
}

// Save writes the proceeding back together with the event of what was done. The
// caller has put the state's digest into the event.
func (p *Proceeding) Save(c *act.Call, key ledger.Key, e ledger.Event) (int64, error) {
	id, err := p.append(c, key, e)
	if err != nil {
		return 0, err
	}
	w, err := p.stored(false)
	if err != nil {
		return 0, err
	}
	c.Tx.PutOne(act.Changed("proceeding.case"), `update proceeding set label = $3, state = $4, clock = $5, timers = $6, received = $7, accepted = $8,
		promised_due = $9, version = $10, leaf = $11 where home = $1 and id = $2 and version = $12`,
		c.Tx.Home(), p.ID, p.Label, w.state, w.clock, w.timers, p.Received, p.Accepted, p.PromisedDue, p.Chain.Version, p.Chain.Leaf, p.read)
	p.saveIndexed(c)
	p.read, p.found = p.Chain.Version, p.indexed() // a command may save again after more was done
	return id, nil
}

// saveIndexed writes what indexes hold, if it is another than was read.
func (p *Proceeding) saveIndexed(c *act.Call) {
	now := p.indexed()
	if now.applicant != p.found.applicant || now.filer != p.found.filer {
		c.Tx.Put(`update proceeding set applicant = $3, filer = $4 where home = $1 and id = $2`, c.Tx.Home(), p.ID, p.Applicant, p.Filer)
		now.applicant, now.filer = p.found.applicant, p.found.filer
	}
	if now.agency != p.found.agency {
		c.Tx.Put(`update proceeding set agency = $3 where home = $1 and id = $2`, c.Tx.Home(), p.ID, p.Agency)
		now.agency = p.found.agency
	}
	if now.item != p.found.item || now.version != p.found.version || now.title != p.found.title {
		c.Tx.Put(`update proceeding set item = $3, item_version = $4, title = $5 where home = $1 and id = $2`, c.Tx.Home(), p.ID, p.Item, p.ItemVersion, p.Title)
		now.item, now.version, now.title = p.found.item, p.found.version, p.found.title
	}
	if now != p.found {
		c.Tx.Put(`update proceeding set status = $3, closed = $4, due = $5, due_provisional = $6, wake = $7 where home = $1 and id = $2`,
			c.Tx.Home(), p.ID, p.Status, p.Closed, p.Due, p.Provisional, p.Wake)
	}
}

// Also appends an event that comes before the command's own, which Save writes:
// what time had decided already.
func (p *Proceeding) Also(c *act.Call, key ledger.Key, e ledger.Event) error {
	_, err := p.append(c, key, e)
	return err
}

// MoveTask gives the open task of a token that was due with the proceeding its
// new due day.
func (p *Proceeding) MoveTask(c *act.Call, token int, was day.Day) {
	c.Tx.Put(`update task set due = $3 where home = $1 and proceeding = $2 and token = $5 and state = 'open' and due = $4`, c.Tx.Home(), p.ID, p.Due, was, token)
}

// HandTasks gives the open tasks of one agency to another. A task that was somebody's
// own stays theirs where keep says that they go with it.
func (p *Proceeding) HandTasks(c *act.Call, from, to string, keep func(person int64) bool) error {
	list, err := Tasks(c.Tx, p.ID)
	if err != nil {
		return err
	}
	for _, t := range list {
		if t.State != TaskOpen || t.Agency != from {
			continue
		}
		if t.Assignee != 0 && !keep(t.Assignee) {
			t.Assignee = 0
		}
		c.Tx.PutOne(act.Changed("proceeding.task"), `update task set agency = $3, assignee = $4, seen = seen + 1 where home = $1 and id = $2 and state = 'open' and seen = $5`,
			c.Tx.Home(), t.ID, to, t.Assignee, t.Seen)
	}
	return nil
}

// SleepUntil writes only when the proceeding must be looked at next: nothing was
// done, so there is no event.
func (p *Proceeding) SleepUntil(c *act.Call) {
	c.Tx.Put(`update proceeding set wake = $3 where home = $1 and id = $2`, c.Tx.Home(), p.ID, p.Wake)
}

// Awake lists the proceedings of a kind whose wake-up has come, oldest first.
func Awake(tx *store.Tx, kind string, limit int) ([]int64, error) {
	return store.All(tx, func(r store.Row) (id int64, err error) { return id, r.Scan(&id) },
		`select id from proceeding where home = $1 and wake > 0 and wake <= $2 and kind = $3 order by wake limit $4`, tx.Home(), tx.Now(), kind, limit)
}

func (p *Proceeding) append(c *act.Call, key ledger.Key, e ledger.Event) (int64, error) {
	e.Stream, e.Item = p.Stream(), p.ItemVersion
	chain, id, err := c.Append(p.Chain, key, e)
	p.Chain = chain
	return id, err
}

// NextNumber gives the next number of a series in a year. It is asked late in
// a command: the counter's row is held until the commit. A refused command
// leaves no gap; a gap can still be left by a restore, and is reported then.
func NextNumber(tx *store.Tx, series string, year int) (int64, error) {
	var n int64
	_, err := tx.Get([]any{&n}, `insert into number_counter(home, series, year, last) values($1, $2, $3, 1)
		on conflict (home, series, year) do update set last = number_counter.last + 1 returning last`, tx.Home(), series, year)
	return n, err
}
