// Command bench measures Tongban and prints one table, which it also keeps in
// docs/performance.md with the conditions it was measured under.
//
//	go run ./tests/bench [-rounds 5] [-each 10s] [-only inside,http,list,public,ledger,size]
//
// The rules: contenders in turn, a warm-up each, several rounds, the median with
// its range; closed loop, the load generator on the same cores; the durability
// that is printed is the one that the running database reports; what was written
// is checked before a figure counts.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strings"
	"time"

	"tongban/internal/record/store"
	"tongban/internal/record/store/storetest"
	"tongban/tests/drive"
)

// bench is one run.
type bench struct {
	rounds  int
	each    time.Duration
	sizes   []int // cases in the lists
	dir     string
	bin     string
	verbose bool
	here    bool   // what is measured runs in this process
	pg      string // URL of the server of PostgreSQL
	table   table
}

// part is one part of the table.
type part struct {
	name string
	run  func(*bench, context.Context) error
}

var parts = []part{
	{"statements", (*bench).statements}, {"inside", (*bench).inside}, {"http", (*bench).http}, {"list", (*bench).lists},
	{"public", (*bench).public}, {"ledger", (*bench).ledger}, {"size", (*bench).size},
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run() error {
	b := &bench{}
	only := flag.String("only", "", "parts to measure, with commas; all of them otherwise")
	out := flag.String("out", "docs/performance.md", "where the table is kept; nowhere when empty")
	profile := flag.String("cpuprofile", "", "where a profile of this process is written")
	big := flag.Int("cases", 1_000_000, "cases in the longer list")
	flag.IntVar(&b.rounds, "rounds", 5, "rounds of each measurement")
	flag.DurationVar(&b.each, "each", 10*time.Second, "length of a round")
	flag.StringVar(&b.bin, "bin", "", "binary to be measured; built when empty")
	engine := flag.String("engine", "", "sqlite or postgres; both otherwise")
	flag.BoolVar(&b.verbose, "verbose", false, "print every statement that is counted")
	flag.Parse()
	b.sizes = []int{10_000, *big}
	if *engine != "" {
		engines = []store.Engine{store.Engine(*engine)}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := b.prepare(); err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(b.dir) }()
	if *profile != "" {
		f, err := os.Create(*profile)
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	for _, p := range parts {
		if *only != "" && !slices.Contains(strings.Split(*only, ","), p.name) {
			continue
		}
		if err := p.run(b, ctx); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return b.finish(*out)
}

// prepare builds the binary and starts PostgreSQL with its files in a folder of
// this run, which its user, not ours when we are root, must be able to enter.
func (b *bench) prepare() error {
	var err error
	if b.dir, err = os.MkdirTemp("", "tongban-bench-"); err != nil {
		return err
	}
	if err := os.Chmod(b.dir, 0o711); err != nil {
		return err
	}
	if err := os.Setenv("TMPDIR", b.dir); err != nil {
		return err
	}
	if b.bin == "" {
		if b.bin, err = drive.Build(b.dir); err != nil {
			return err
		}
	}
	b.pg, err = storetest.DurableServer()
	return err
}

// folder makes a new folder of this run.
func (b *bench) folder() (string, error) { return os.MkdirTemp(b.dir, "house-") }

func (b *bench) finish(out string) error {
	text := b.table.markdown(b.conditions())
	if out == "" {
		return nil
	}
	return os.WriteFile(filepath.FromSlash(out), []byte(text), 0o644)
}
