package main

import (
	"context"
	"fmt"

	"tongban/internal/record/store"
	"tongban/tests/drive"
)

// stock is a county with many cases that was made in this run.
type stock struct {
	county *drive.County
	dir    string
	item   int64 // of four steps
}

// stocked is a county of so many cases on SQLite, without its server; it is made
// once, and the parts that need it use it one after the other.
func (b *bench) stocked(ctx context.Context, cases int) (*outdoors, error) {
	made, ok := b.stock[cases]
	if !ok {
		o, err := b.options(ctx, store.SQLite)
		if err != nil {
			return nil, err
		}
		o.NoSync = true // while rows are loaded; the server opens it as always
		made.dir = o.Dir
		if made.county, err = drive.Found(ctx, o); err != nil {
			return nil, err
		}
		made.item, err = made.county.Short(ctx)
		if err == nil && cases > 0 {
			err = load(ctx, made.county, cases)
		}
		if err := joined(err, made.county.House.Close); err != nil {
			return nil, err
		}
		if b.stock == nil {
			b.stock = map[int]stock{}
		}
		b.stock[cases] = made
	}
	return &outdoors{b: b, county: made.county, dir: made.dir}, nil
}

// load fills the tables of the lists straight with SQL, many times faster than
// the commands could: it copies the rows of one real case under new ids. Nine of
// ten cases are done; the tenth waits in one open task at its agency. There is
// no act in the ledger for these rows, so a loaded database does not verify: it
// is for measuring lists and nothing else.
func load(ctx context.Context, c *drive.County, cases int) error {
	s := c.House.Store
	who, err := c.Insiders(ctx, 0)
	if err != nil {
		return err
	}
	done, err := who.Apply(ctx, 0, 0)
	if err != nil {
		return err
	}
	if _, err := who.Way()[0].Do(ctx, done.Case); err != nil {
		return err
	}
	each := cases / len(c.Agencies)
	for k, agency := range c.Agencies {
		err := s.Do(ctx, store.Background, func(tx *store.Tx) error {
			return copies(tx, done.Case, agency, loadedFrom+int64(k*each), each)
		})
		if err != nil {
			return fmt.Errorf("load %s: %w", agency, err)
		}
	}
	for _, step := range who.Way()[1:] { // so that only copies wait
		if _, err := step.Do(ctx, done.Case); err != nil {
			return err
		}
	}
	return s.Do(ctx, store.Background, func(tx *store.Tx) error {
		_, err := tx.Exec(`analyze`)
		return err
	})
}

// loadedFrom is where the ids of loaded rows begin, far from those given out.
const loadedFrom = 1 << 40

const series = ` with recursive s(i) as (select cast(1 as bigint) union all select i + 1 from s where i < cast($4 as bigint)) `

// copies writes n cases of an agency after the pattern of a real one.
func copies(tx *store.Tx, pattern int64, agency string, from int64, n int) error {
	args := []any{tx.Home(), pattern, from, n, agency}
	for _, sql := range []string{
		`insert into proceeding(home, id, kind, number, item, item_version, title, agency, region, applicant, filer, label, status, state, clock, timers,
			received, accepted, closed, due, due_provisional, promised_due, wake, data_key, opened, version, leaf)` + series +
			`select p.home, cast($3 as bigint) + s.i, p.kind, p.number || '-' || (cast($3 as bigint) + s.i), p.item, p.item_version, p.title, cast($5 as text), p.region, p.applicant, p.filer, p.label,
			case when s.i % 10 = 0 then p.status else 'concluded' end, p.state, p.clock, p.timers, p.received, p.accepted,
			case when s.i % 10 = 0 then 0 else p.accepted end, p.due + s.i % 60, false, p.promised_due + s.i % 60, 0, p.data_key, p.opened, p.version, p.leaf
			from proceeding p, s where p.home = $1 and p.id = $2`,
		`insert into casefile(home, id, channel, applicant_kind, agent, name_key, idno_key, facts, secret)` + series +
			`select f.home, cast($3 as bigint) + s.i, f.channel, f.applicant_kind, f.agent, f.name_key, f.idno_key, f.facts, f.secret
			from casefile f, s where f.home = $1 and f.id = $2 and cast($5 as text) <> ''`,
		`insert into task(home, id, proceeding, token, node, name, role, part, agency, post, officers, state, assignee, opened, due, done_at, done_by, outcome, seen)` + series +
			`select t.home, (cast($3 as bigint) + s.i) * 8 + t.token % 8, cast($3 as bigint) + s.i, t.token, t.node, t.name, t.role, t.part, cast($5 as text), t.post, t.officers,
			case when s.i % 10 = 0 and t.role = 'market' then 'open' else 'done' end, 0, t.opened, t.due + s.i % 60, t.done_at, t.done_by, t.outcome, t.seen
			from task t, s where t.home = $1 and t.proceeding = $2`,
	} {
		if _, err := tx.Exec(sql, args...); err != nil {
			return err
		}
	}
	return nil
}
