package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"tongban/internal/record/store"
	"tongban/tests/drive"
)

var workers = []int{8, 32}

// indoors is a county whose rooms are called without HTTP, with everything that
// works by itself running.
type indoors struct {
	*drive.County
	who   *drive.Insiders
	cases atomic.Int64
}

func (b *bench) indoors(ctx context.Context, e store.Engine) (*indoors, error) {
	o, err := b.options(ctx, e)
	if err != nil {
		return nil, err
	}
	in := &indoors{}
	if in.County, err = drive.Found(ctx, o); err != nil {
		return nil, err
	}
	in.House.Run(ctx)
	said, err := durability(ctx, in.House.Store)
	if err != nil {
		return nil, err
	}
	b.table.condition(said)
	in.who, err = in.Insiders(ctx, 0)
	return in, err
}

func (in *indoors) apply(ctx context.Context, w, n int) error {
	_, err := in.who.Apply(ctx, w, n)
	in.cases.Add(1)
	return err
}

func (in *indoors) whole(ctx context.Context, w, n int) error {
	in.cases.Add(1)
	return in.who.Whole(ctx, w, n)
}

// inside measures the rooms without HTTP: what the commands and the database
// cost by themselves.
func (b *bench) inside(ctx context.Context) error {
	b.table.section("Commands without HTTP (rights, vault, papers, ledger, followers on); CPU of this process, load and database with it on SQLite")
	b.here = true
	defer func() { b.here = false }()
	var list []*indoors
	var applies, wholes []contender
	for _, e := range engines {
		in, err := b.indoors(ctx, e)
		if err != nil {
			return err
		}
		list = append(list, in)
		for _, n := range workers {
			where := fmt.Sprintf("%s, %d at once", e, n)
			applies = append(applies, contender{"applications", where, func(ctx context.Context, d time.Duration) (sample, error) { return closed(ctx, n, d, in.apply) }})
			wholes = append(wholes, contender{"whole cases", where, func(ctx context.Context, d time.Duration) (sample, error) { return closed(ctx, n, d, in.whole) }})
		}
	}
	if err := b.interleaved(ctx, "/s", applies); err != nil {
		return err
	}
	if err := b.interleaved(ctx, "/s", wholes); err != nil {
		return err
	}
	for _, in := range list {
		if err := checked(ctx, in.House, int(in.cases.Load())); err != nil {
			return err
		}
		if err := in.House.Close(); err != nil {
			return err
		}
	}
	return nil
}

// statements counts what each command of a whole case sends to the database,
// the second time, when what may be remembered is remembered.
func (b *bench) statements(ctx context.Context) error {
	b.table.section("Statements a command sends, its numbering in the ledger with it (without begin, savepoint, commit)")
	o, err := b.options(ctx, store.SQLite)
	if err != nil {
		return err
	}
	c, err := drive.Found(ctx, o)
	if err != nil {
		return err
	}
	who, err := c.Insiders(ctx, 0)
	if err != nil {
		return err
	}
	if err := who.Whole(ctx, 0, 0); err != nil {
		return err
	}
	total := 0
	count := func(name string, f func() error) error {
		var reads, writes []string
		c.House.Store.Trace(func(sql string) {
			if strings.HasPrefix(sql, "select") {
				reads = append(reads, sql)
			} else {
				writes = append(writes, sql)
			}
		})
		err := f()
		c.House.Store.Trace(nil)
		total += len(reads) + len(writes)
		b.row(name, "", fmt.Sprintf("%d", len(reads)+len(writes)), fmt.Sprintf("%d read, %d write", len(reads), len(writes)))
		if b.verbose {
			for _, sql := range slices.Concat(reads, writes) {
				fmt.Println("   ", strings.Join(strings.Fields(sql), " "))
			}
		}
		return err
	}
	var id int64
	err = count("apply", func() error {
		done, err := who.Apply(ctx, 0, 1)
		id = done.Case
		return err
	})
	for _, s := range who.Way() {
		if err == nil {
			err = count(s.Name, func() error { _, err := s.Do(ctx, id); return err })
		}
	}
	b.row("whole case", "", fmt.Sprintf("%d", total), "with the finding of tasks")
	if err == nil {
		err = count("an official opens a finished case", func() error { return who.Look(ctx, id) })
	}
	return joined(err, c.House.Close)
}
