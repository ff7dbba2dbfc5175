package main

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"tongban/internal/rules/day"
	"tongban/tests/drive"
)

// overdue is a house whose clock is a month behind. What is applied for in it
// has long been overdue for the nodes, so that they must settle it at once.
type overdue struct {
	county *drive.County
	in     *drive.Insiders
	cases  []int64
}

const behindBy = 30 * 24 * time.Hour

func (s *stage) lateHouse(ctx context.Context) (*overdue, error) {
	o := drive.Options(s.dir+"/founder", s.servers.url())
	o.Clock = func() day.Instant { return day.Instant(time.Now().Add(-behindBy).UnixMicro()) }
	c, err := drive.Reopen(ctx, o)
	if err != nil {
		return nil, err
	}
	in, err := c.Insiders(ctx, 0)
	return &overdue{county: c, in: in}, err
}

// plant applies for n cases whose time to be refused or accepted has run out.
func (o *overdue) plant(ctx context.Context, n int) error {
	for range n {
		d, err := o.in.Apply(ctx, len(o.cases), 1_000_000+len(o.cases))
		if err != nil {
			return err
		}
		o.cases = append(o.cases, d.Case)
	}
	return nil
}

// deemed sees that every overdue case was accepted by the law once.
func (s *stage) deemed(ctx context.Context, c *pgx.Conn) error {
	if s.late == nil {
		return nil
	}
	var wrong []error
	for _, id := range s.late.cases {
		n, err := one(ctx, c, `select count(*) from event where stream = 'case/' || $1::bigint and kind = 'case.deemed_accepted'`, id)
		if err != nil {
			return err
		}
		if n != 1 {
			wrong = append(wrong, fmt.Errorf("overdue case %d was deemed accepted %d times", id, n))
		}
	}
	return limited(wrong)
}
