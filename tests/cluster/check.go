package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// seen is what was counted in the end.
type seen struct {
	cases, licences, papers, notices, events int64
}

// compare holds the book against the database, by SQL and without the product:
// everything acknowledged is there, as it was acknowledged.
func (s *stage) compare(ctx context.Context) error {
	return s.direct(ctx, func(c *pgx.Conn) error {
		type row struct{ number, status string }
		rows, err := c.Query(ctx, `select id, number, status from proceeding`)
		if err != nil {
			return err
		}
		there := map[int64]row{}
		var id int64
		var r row
		if _, err := pgx.ForEachRow(rows, []any{&id, &r.number, &r.status}, func() error { there[id] = r; return nil }); err != nil {
			return err
		}
		licences, err := ids(ctx, c, `select id from licence`)
		if err != nil {
			return err
		}
		var lost []error
		for _, e := range s.load.book {
			if e.done.Case == 0 {
				continue // never acknowledged
			}
			if r, ok := there[e.done.Case]; !ok || r.number != e.done.Number || r.status != e.status && !e.asked {
				lost = append(lost, fmt.Errorf("%s: acknowledged as case %d %s %s, there is %q %q", e.key, e.done.Case, e.done.Number, e.status, r.number, r.status))
			}
			if e.extra != 0 && !licences[e.extra] {
				lost = append(lost, fmt.Errorf("%s: licence %d was acknowledged and is not there", e.key, e.extra))
			}
		}
		return limited(lost)
	})
}

// limited joins the first few of many errors.
func limited(list []error) error {
	if len(list) > 10 {
		list = append(list[:10:10], fmt.Errorf("and %d more", len(list)-10))
	}
	return errors.Join(list...)
}

func ids(ctx context.Context, c *pgx.Conn, sql string) (map[int64]bool, error) {
	rows, err := c.Query(ctx, sql)
	if err != nil {
		return nil, err
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	set := map[int64]bool{}
	for _, id := range list {
		set[id] = true
	}
	return set, err
}

// direct asks the primary itself, as the superuser.
func (s *stage) direct(ctx context.Context, f func(*pgx.Conn) error) error {
	x := s.servers.primary()
	if x == nil {
		return errors.New("no server leads")
	}
	c, err := s.servers.connect(ctx, x, "tongban")
	if err != nil {
		return err
	}
	defer func() { _ = c.Close(ctx) }()
	return f(c)
}

// one reads one number.
func one(ctx context.Context, c *pgx.Conn, sql string, args ...any) (n int64, err error) {
	err = c.QueryRow(ctx, sql, args...).Scan(&n)
	return n, err
}

// must be nothing: each statement counts what must not be.
var nothing = []struct{ what, sql string }{
	{"case numbers given twice", `select count(*) from (select number from proceeding group by number having count(*) > 1) x`},
	{"licence numbers given twice", `select count(*) from (select number from licence group by number having count(*) > 1) x`},
	{"paper numbers given twice", `select count(*) from (select number from paper group by number having count(*) > 1) x`},
	{"paper numbers left out", `select coalesce(sum(last - had), 0) from (select max(n) as last, count(*) as had from paper where n <> id group by agency, kind, year) x`},
	{"cases with two licences", `select count(*) from (select proceeding from licence group by proceeding having count(*) > 1) x`},
	{"events without a number", `select count(*) from event e where not exists (select 1 from entry n where n.home = e.home and n.event = e.id)`},
	{"events numbered twice", `select count(*) from (select event from entry group by event having count(*) > 1) x`},
	{"numbers left out", `select coalesce(sum(size - had), 0) from (select l.size, (select count(*) from entry n where n.log = l.log) as had from ledger_log l) x`},
	{"generations too many", `select count(*) - 1 from ledger_log`},
	{"streams with a hole", `select count(*) from (select stream from event group by stream having count(*) <> max(version)) x`},
	{"entries parked by a follower", `select count(*) from parked`},
	{"jobs parked", `select count(*) from job where state = 'parked'`},
	{"notices doubled", `select count(*) from (select event, reader from notice group by event, reader having count(*) > 1) x`},
	{"overdue wake-ups nobody answered", `select count(*) from proceeding where wake > 0 and wake < (extract(epoch from now()) * 1000000)::bigint - 10000000`},
	{"open tasks of cases that ended", `select count(*) from task t join proceeding p on p.id = t.proceeding where t.state = 'open' and p.closed > 0 and p.status <> 'concluded' and t.part <> 'deliver'`},
}

// afterwards waits until nothing is under way and compares everything.
func (s *stage) afterwards(ctx context.Context) error {
	if err := s.servers.healed(ctx); err != nil {
		return err
	}
	if err := s.allReady(ctx); err != nil {
		return err
	}
	if err := s.quiet(ctx); err != nil {
		return err
	}
	var wrong []error
	err := s.direct(ctx, func(c *pgx.Conn) error {
		for _, q := range nothing {
			n, err := one(ctx, c, q.sql)
			if err != nil {
				return fmt.Errorf("%s: %w", q.what, err)
			}
			if n != 0 {
				wrong = append(wrong, fmt.Errorf("%s: %d", q.what, n))
			}
		}
		wrong = append(wrong, s.alike(ctx, c, "events", `select p.id, e.kind from event e join proceeding p on e.stream = 'case/' || p.id`))
		wrong = append(wrong, s.alike(ctx, c, "notices", `select proceeding, kind || ' to ' || reader from notice where proceeding > 0`))
		wrong = append(wrong, s.alike(ctx, c, "papers", `select proceeding, kind from paper`))
		wrong = append(wrong, s.deemed(ctx, c))
		return s.count(ctx, c)
	})
	return errors.Join(err, errors.Join(wrong...), s.compare(ctx), s.verify(ctx))
}

// quiet waits until everything is numbered, signed and digested, and no job is due.
func (s *stage) quiet(ctx context.Context) error {
	var last string
	err := until(ctx, healWithin, "ledger and followers to be through", func() bool {
		err := s.direct(ctx, func(c *pgx.Conn) error {
			return c.QueryRow(ctx, `select concat_ws(' ', (select count(*) from unnumbered),
				(select max(size) - (select max(size) from checkpoint) from ledger_log), (select max(l.size) - min(f.seq) from ledger_log l, follower f),
				(select count(*) from job where state = 'waiting' and run_at <= (extract(epoch from now()) * 1000000)::bigint),
				(select count(*) from proceeding where wake > 0 and wake < (extract(epoch from now()) * 1000000)::bigint))`).Scan(&last)
		})
		return err == nil && last == "0 0 0 0 0"
	})
	if err != nil {
		return fmt.Errorf("%w; unnumbered, unsigned, not followed, jobs due, wake-ups due: %s", err, last)
	}
	return nil
}

// alike sees that every driven case has what the first one, which nothing
// disturbed, has: as many of each kind, no more and no fewer.
func (s *stage) alike(ctx context.Context, c *pgx.Conn, what, sql string) error {
	rows, err := c.Query(ctx, sql)
	if err != nil {
		return err
	}
	have := map[int64]map[string]int{}
	var id int64
	var kind string
	if _, err := pgx.ForEachRow(rows, []any{&id, &kind}, func() error {
		if have[id] == nil {
			have[id] = map[string]int{}
		}
		have[id][class(kind)]++
		return nil
	}); err != nil {
		return err
	}
	first := have[s.load.book[0].done.Case]
	if len(first) == 0 {
		return fmt.Errorf("the first case has no %s: nothing can be compared", what)
	}
	var wrong []error
	for _, e := range s.load.book {
		if got := have[e.done.Case]; !maps.Equal(got, first) {
			wrong = append(wrong, fmt.Errorf("%s (case %d): %s %v, the undisturbed case has %v", e.key, e.done.Case, what, got, first))
		}
	}
	return limited(wrong)
}

// class makes readers who are persons alike.
func class(kind string) string {
	if before, _, ok := strings.Cut(kind, "person/"); ok {
		return before + "person"
	}
	return kind
}

func (s *stage) count(ctx context.Context, c *pgx.Conn) error {
	s.seen = &seen{}
	return c.QueryRow(ctx, `select (select count(*) from proceeding), (select count(*) from licence), (select count(*) from paper), (select count(*) from notice),
		(select count(*) from event)`).Scan(&s.seen.cases, &s.seen.licences, &s.seen.papers, &s.seen.notices, &s.seen.events)
}

// verify runs "tongban verify" on the whole record.
func (s *stage) verify(ctx context.Context) error {
	ctx, stop := context.WithTimeout(ctx, 5*time.Minute)
	defer stop()
	args := slices.Concat([]string{"verify", "--data", s.nodes[0].dir, "--database", s.servers.url(), "--origin", origin}, s.verifyOptions)
	out, err := exec.CommandContext(ctx, s.bin, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("tongban verify: %w\n%s", err, out)
	}
	return nil
}
