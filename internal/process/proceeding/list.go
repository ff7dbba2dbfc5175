package proceeding

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

// Place is a post at an agency: whose worklist is asked for.
type Place struct{ Agency, Post string }

// Query asks for a page of open tasks, the ones due first in front.
type Query struct {
	Places []Place     // the posts that the reader holds; one index range each
	Given  []int64     // only tasks given to these persons; Places are then not needed
	From   day.Day     // only tasks due on this day or later
	Until  day.Day     // only tasks due by this day; 0 is all
	Since  day.Instant // only tasks opened at this moment or later
	Part   string      // only tasks that play this part; "" is all
	Title  string      // only cases of the item with this name; "" is all
	Number string      // only the case with this number; "" is all
	After  Cursor
	Limit  int // 0 means 25
}

// Cursor is the last row of a page.
type Cursor struct {
	Due day.Day `json:"d"`
	ID  int64   `json:"i"`
}

// Row is one line of a worklist.
type Row struct {
	Task
	Number      string
	Title       string
	Label       string
	Status      string
	PromisedDue day.Day
	Statutory   day.Day
}

const (
	pageSize = 25
	pageMax  = 201 // the longest page that a face gives, and one row more to know whether another follows
	// CountMax is where exact counting of a list stops; pages say "more than".
	CountMax = 1000
)

const rowColumns = `t.id, t.proceeding, t.token, t.node, t.name, t.role, t.part, t.agency, t.post, t.officers, t.state, t.assignee, t.opened, t.due,
	t.done_at, t.done_by, t.outcome, t.seen, p.number, p.title, p.label, p.status, p.promised_due, p.due`

func scanRow(r store.Row) (x Row, err error) {
	return x, r.Scan(&x.ID, &x.Proceeding, &x.Token, &x.Node, &x.Name, &x.Role, &x.Part, &x.Agency, &x.Post, &x.Officers, &x.State, &x.Assignee,
		&x.Opened, &x.Due, &x.DoneAt, &x.DoneBy, &x.Outcome, &x.Seen, &x.Number, &x.Title, &x.Label, &x.Status, &x.PromisedDue, &x.Statutory)
}

func (q *Query) bound() {
	if q.Limit <= 0 {
		q.Limit = pageSize
	}
	q.Limit = min(q.Limit, pageMax)
	if q.Until == 0 {
		q.Until = 1 << 30
	}
}

// where is what a query asks of one index range, with its arguments. The range
// comes first, what filters its rows after it; a filter that is not set asks
// nothing.
func (q Query) where(tx *store.Tx, at span) (string, []any) {
	args := []any{tx.Home(), at.Agency, at.Post}
	text := `t.home = $1 and t.agency = $2 and t.post = $3 and t.state = 'open'`
	if at.given != 0 {
		args = []any{tx.Home(), at.given}
		text = `t.home = $1 and t.assignee = $2 and t.assignee > 0 and t.state = 'open'`
	}
	and := func(condition string, arg any) {
		args = append(args, arg)
		text += fmt.Sprintf(" and "+condition+" $%d", len(args))
	}
	and("t.due <=", q.Until)
	if q.From != 0 {
		and("t.due >=", q.From)
	}
	if q.Since != 0 {
		and("t.opened >=", q.Since)
	}
	if q.Part != "" {
		and("t.part =", q.Part)
	}
	if q.Title != "" {
		and("p.title =", q.Title)
	}
	if q.Number != "" {
		and("p.number =", q.Number)
	}
	return text, args
}

// span is one index range of a query: a post's tasks, or those given to a person.
type span struct {
	Place
	given int64
}

func (q Query) ranges() []span {
	var list []span
	for _, person := range q.Given {
		list = append(list, span{given: person})
	}
	if len(list) > 0 {
		return list
	}
	for _, p := range q.Places {
		list = append(list, span{Place: p})
	}
	return list
}

// Worklist returns a page of open tasks. Each of the reader's posts is one range
// of an index; the ranges are merged here.
func Worklist(tx *store.Tx, q Query) ([]Row, error) {
	q.bound()
	var all []Row
	for _, at := range q.ranges() {
		where, args := q.where(tx, at)
		n := len(args)
		args = append(args, q.After.Due, q.After.ID, q.Limit)
		rows, err := store.All(tx, scanRow, fmt.Sprintf(`select %s from task t join proceeding p on p.home = t.home and p.id = t.proceeding
			where %s and (t.due > $%d or t.due = $%d and t.id > $%d) order by t.due, t.id limit $%d`, rowColumns, where, n+1, n+1, n+2, n+3), args...)
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
	}
	slices.SortFunc(all, func(a, b Row) int { return cmp.Or(cmp.Compare(a.Due, b.Due), cmp.Compare(a.ID, b.ID)) })
	return all[:min(len(all), q.Limit)], nil
}

// Count counts the open tasks of a query, up to CountMax; over is true when
// there are more.
func Count(tx *store.Tx, q Query) (n int, over bool, err error) {
	q.bound()
	for _, at := range q.ranges() {
		where, args := q.where(tx, at)
		from := `task t`
		if q.Title != "" || q.Number != "" {
			from += ` join proceeding p on p.home = t.home and p.id = t.proceeding`
		}
		var k int
		args = append(args, CountMax+1)
		if _, err := tx.Get([]any{&k}, fmt.Sprintf(`select count(*) from (select 1 from %s where %s limit $%d) x`, from, where, len(args)), args...); err != nil {
			return 0, false, err
		}
		n += k
	}
	return min(n, CountMax), n > CountMax, nil
}

// titlesMax bounds the tasks that are looked through for the names of their items.
const titlesMax = 2000

// Titles lists the names of the items on the worklists of these posts, for a filter.
func Titles(tx *store.Tx, places []Place) ([]string, error) {
	seen := map[string]bool{}
	for _, at := range places {
		list, err := store.All(tx, func(r store.Row) (s string, err error) { return s, r.Scan(&s) },
			`select distinct title from (select p.title from task t join proceeding p on p.home = t.home and p.id = t.proceeding
			where t.home = $1 and t.agency = $2 and t.post = $3 and t.state = 'open' order by t.due, t.id limit $4) x`, tx.Home(), at.Agency, at.Post, titlesMax)
		if err != nil {
			return nil, err
		}
		for _, s := range list {
			seen[s] = true
		}
	}
	return slices.Sorted(maps.Keys(seen)), nil
}

// Of lists the proceedings of a kind that concern any of these persons, as
// applicant or as the one who filed, newest first, before an id (0: from the newest).
func Of(tx *store.Tx, kind string, persons []int64, before int64, limit int) ([]*Proceeding, error) {
	if before == 0 {
		before = 1 << 62
	}
	seen := map[int64]bool{}
	var all []*Proceeding
	for _, person := range persons {
		for _, column := range []string{"applicant", "filer"} {
			list, err := store.All(tx, scan, `select `+columns+` from proceeding where home = $1 and `+column+` = $2 and kind = $3 and id < $4 order by id desc limit $5`,
				tx.Home(), person, kind, before, limit)
			if err != nil {
				return nil, err
			}
			for _, p := range list {
				if !seen[p.ID] {
					seen[p.ID] = true
					all = append(all, p)
				}
			}
		}
	}
	slices.SortFunc(all, func(a, b *Proceeding) int { return cmp.Compare(b.ID, a.ID) })
	return all[:min(len(all), limit)], nil
}

// At lists the proceedings of an agency in a status, the ones due first in front.
func At(tx *store.Tx, kind, agency, status string, after Cursor, limit int) ([]*Proceeding, error) {
	return store.All(tx, scan, `select `+columns+` from proceeding where home = $1 and agency = $2 and status = $3 and (due > $4 or due = $4 and id > $5) and kind = $6 order by due, id limit $7`,
		tx.Home(), agency, status, after.Due, after.ID, kind, min(max(limit, 1), pageMax))
}

// RestingOn lists the running proceedings of a kind whose due days rest on days
// whose notice was not in, or on days from this one on (0: on none of them).
func RestingOn(tx *store.Tx, kind string, from day.Day) ([]int64, error) {
	if from == 0 {
		from = 1 << 30
	}
	return store.All(tx, func(r store.Row) (id int64, err error) { return id, r.Scan(&id) },
		`select id from proceeding where home = $1 and kind = $2 and closed = 0 and (due_provisional or due >= $3 or promised_due >= $3) order by id`, tx.Home(), kind, from)
}

// Running lists the proceedings of a kind that are not closed, by their due
// day, up to limit: what a dashboard counts.
func Running(tx *store.Tx, kind string, limit int) ([]*Proceeding, error) {
	return store.All(tx, scan, `select `+columns+` from proceeding where home = $1 and kind = $2 and closed = 0 order by due, id limit $3`, tx.Home(), kind, limit)
}

// Closed lists the proceedings of a kind that were closed on a day or later,
// the newest first, up to limit.
func Closed(tx *store.Tx, kind string, from day.Day, limit int) ([]*Proceeding, error) {
	return store.All(tx, scan, `select `+columns+` from proceeding where home = $1 and kind = $2 and closed >= $3 order by closed desc, id desc limit $4`,
		tx.Home(), kind, from, limit)
}
