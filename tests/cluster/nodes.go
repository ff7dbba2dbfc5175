package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// nodesLost kills a node, then the node that numbers the ledger, and holds the
// one that numbers it then for a minute: it wakes up as if no time had passed.
func (r *run) nodesLost(ctx context.Context) error {
	s, err := r.strict(ctx)
	if err != nil {
		return err
	}
	s.load.start(ctx)
	for _, holds := range []bool{false, true} {
		time.Sleep(underLoad)
		if err := s.killNode(ctx, holds); err != nil {
			return err
		}
	}
	time.Sleep(underLoad)
	if err := s.pauseHolder(ctx, r.pause); err != nil {
		return err
	}
	if err := s.load.finish(); err != nil {
		return err
	}
	return s.afterwards(ctx)
}

// killNode kills a node at once and starts it again.
func (s *stage) killNode(ctx context.Context, holder bool) error {
	n, err := s.find(ctx, holder)
	if err != nil {
		return err
	}
	at := time.Now()
	n.kill()
	time.Sleep(underLoad)
	outage := s.load.outage(at)
	what := "one that does not number"
	if holder {
		what = "the one that numbers"
	}
	s.say("%s killed, %s: longest time without an acknowledgement %.1f s", n.name, what, outage.Seconds())
	if err := n.start(s.bin, s.servers.url(), s.more...); err != nil {
		return err
	}
	return s.allReady(ctx)
}

// pauseHolder holds the node that numbers the ledger.
func (s *stage) pauseHolder(ctx context.Context, d time.Duration) error {
	n, err := s.find(ctx, true)
	if err != nil {
		return err
	}
	before, err := s.numbered(ctx)
	if err != nil {
		return err
	}
	at := time.Now()
	if err := n.pause(); err != nil {
		return err
	}
	time.Sleep(d)
	other, err := s.find(ctx, true)
	if err != nil {
		return errors.Join(err, n.wake())
	}
	after, err := s.numbered(ctx)
	if err = errors.Join(err, n.wake()); err != nil {
		return err
	}
	if other == n || after == before {
		return fmt.Errorf("%s was paused for %v and nobody else took over: %s numbers, %d acts then, %d now", n.name, d, other.name, before, after)
	}
	time.Sleep(underLoad)
	s.say("%s, which numbered, paused for %v: %s took over and numbered %d acts meanwhile; longest time without an acknowledgement %.1f s",
		n.name, d, other.name, after-before, s.load.outage(at).Seconds())
	return s.allReady(ctx)
}

// find returns a node that holds the lease of the ledger, or one that does not.
// The holder's name ends with its process and a random part.
func (s *stage) find(ctx context.Context, holder bool) (*node, error) {
	var name string
	err := s.direct(ctx, func(c *pgx.Conn) error {
		return c.QueryRow(ctx, `select holder from lease where name = 'number'`).Scan(&name)
	})
	if err != nil {
		return nil, err
	}
	for _, n := range s.nodes {
		if n.s != nil && strings.Contains(name, "/"+strconv.Itoa(n.s.PID())+"/") == holder {
			return n, nil
		}
	}
	return nil, fmt.Errorf("the lease is held by %q: no node fits", name)
}

// numbered is how many acts have a number.
func (s *stage) numbered(ctx context.Context) (n int64, err error) {
	err = s.direct(ctx, func(c *pgx.Conn) (err error) {
		n, err = one(ctx, c, `select max(size) from ledger_log`)
		return err
	})
	return n, err
}
