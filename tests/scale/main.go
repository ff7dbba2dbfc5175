// Command scale loads a province's worth of cases on this machine and measures
// what stands on them, for docs/scale.md:
//
//	go run ./tests/scale -bin bin/tongban [-cases 10000] [-sqlite 2000] [-items 20000] [-tasks 100000] [-only full,lists,sqlite] [-out docs/scale.md]
//
// full: so many whole cases on PostgreSQL, loaded by tests/scale/bulk with the
// rows that the commands write; sizes on disk; the whole record verified; the
// binary started on it and asked over HTTP; the plans of every statement that was
// sent. lists: so many tasks in the lists of one database, and nothing else with
// them. sqlite: so many whole cases on SQLite, verified. What was loaded is
// removed afterwards.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"

	"tongban/internal/house"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/tests/drive"
	"tongban/tests/scale/bulk"
)

// run is one run.
type run struct {
	bin, dir, out string
	cases, sqlite int64
	items, tasks  int64
	each          time.Duration

	server *postgres
	table  table
}

func main() {
	if err := start(); err != nil {
		fmt.Fprintln(os.Stderr, "scale:", err)
		os.Exit(1)
	}
}

func start() (err error) {
	r := &run{}
	only := flag.String("only", "full,lists,sqlite", "parts to run")
	flag.StringVar(&r.bin, "bin", "bin/tongban", "the binary")
	flag.StringVar(&r.dir, "dir", "", "where data lie while it runs; \"\" is the folder of temporary files")
	flag.StringVar(&r.out, "out", "", "page whose table of measured figures is written anew")
	flag.Int64Var(&r.cases, "cases", 10_000, "whole cases on PostgreSQL")
	flag.Int64Var(&r.sqlite, "sqlite", 2_000, "whole cases on SQLite")
	flag.Int64Var(&r.items, "items", 20_000, "items in the search")
	flag.Int64Var(&r.tasks, "tasks", 100_000, "tasks in the lists")
	flag.DurationVar(&r.each, "each", 2*time.Second, "how long each request is repeated")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if r.dir, err = os.MkdirTemp(r.dir, "tongban-scale-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(r.dir)) }()
	for _, p := range []struct {
		name string
		do   func(context.Context) error
	}{{"full", r.full}, {"lists", r.lists}, {"sqlite", r.inSQLite}} {
		if !slices.Contains(strings.Split(*only, ","), p.name) {
			continue
		}
		if err := p.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	fmt.Println(r.table.text())
	if r.out == "" {
		return nil
	}
	return r.table.keep(r.out)
}

// fates are the cases of one resident: of ten, eight are done.
var fates = bulk.Fates{Done: 8, Reviewing: 1, Waiting: 1}

// patterns is how many residents are recorded.
const patterns = 8

// county founds a county and loads so many cases into it.
func (r *run) county(ctx context.Context, o house.Options, cases int64, b bulk.Options) (*drive.County, bulk.Loaded, error) {
	today := day.Instant(time.Now().UnixMicro()).Day()
	clock := &bulk.Clock{}
	clock.Set(bulk.Begun(today))
	o.NoSync, o.Clock = true, clock.Now
	c, err := drive.Found(ctx, o)
	if err != nil {
		return nil, bulk.Loaded{}, err
	}
	list, err := bulk.Patterns(ctx, c, clock, today, patterns, fates)
	if err != nil {
		return nil, bulk.Loaded{}, errors.Join(err, c.House.Close())
	}
	b.Units = cases / int64(fates.Cases())
	var n int64
	said := time.Now()
	b.Told = func(units int64) {
		if n += units; time.Since(said) > 10*time.Second {
			said = time.Now()
			fmt.Fprintf(os.Stderr, "%s of %s cases\n", thousands(n*int64(fates.Cases())), thousands(cases))
		}
	}
	l, err := bulk.Load(ctx, c.House, list, b)
	if err == nil {
		_, err = c.House.Ledger.Sign(ctx)
	}
	if err != nil {
		return nil, l, errors.Join(err, c.House.Close())
	}
	return c, l, nil
}

// inSQLite loads cases into SQLite and verifies them.
func (r *run) inSQLite(ctx context.Context) (err error) {
	dir := r.dir + "/sqlite"
	began := time.Now()
	c, l, err := r.county(ctx, drive.Options(dir, ""), r.sqlite, bulk.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.House.Close(), os.RemoveAll(dir)) }()
	if c.House.Store.Engine() != store.SQLite {
		return errors.New("not SQLite")
	}
	r.table.add("SQLite", "whole cases loaded in bulk", thousands(r.sqlite), fmt.Sprintf("rows in %.1f s (founding and recording with it %s); %s rows, %s acts",
		l.Wrote.Seconds(), took(began), thousands(l.Rows), thousands(l.Acts)))
	if err := r.verified(ctx, c, "SQLite"); err != nil {
		return err
	}
	size, err := sizeOf(dir + "/tongban.db")
	r.table.add("SQLite", "size of the database", megabytes(size), fmt.Sprintf("%.1f kB a case", float64(size)/1e3/float64(r.sqlite)))
	return err
}
