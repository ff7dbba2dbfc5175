// Command bench measures Tongban beside what people would take in its place, and
// prints one table, which it also keeps in docs/performance.md with the
// conditions it was measured under.
//
//	go run ./tests/bench [-rounds 5] [-each 10s] [-only cases,create] [-long] [-detail]
//
// The rules: contenders in turn, a warm-up each, several rounds, the median with
// its range; peers are processes of their own (tests/peers); the load generator
// is on the same cores; the durability that is printed is the one that the
// running database reports; what was written is checked before a figure counts;
// rounds in which others took more than a tenth of the processors are marked.
//
// A part that fails is named under the table, and the next one is measured. The
// page is kept when all parts were asked for, else only with -out.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
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
	rounds int
	each   time.Duration
	long   bool // the lifecycle for its ten minutes

	arriving float64 // lifecycles a second
	sizes    []int   // cases in the lists
	items    int     // of the province
	dir      string
	bin      string
	out      string
	log      *os.File // what servers write; each request of ours is in it
	verbose  bool
	here     bool          // what is measured runs in this process
	pg       string        // URL of the server of PostgreSQL
	flush    string        // how long a flush takes here
	stock    map[int]stock // counties with many cases, by their number
	table    table
}

// part is one part of the table.
type part struct {
	name string
	run  func(*bench, context.Context) error
}

var (
	parts = []part{
		{"cases", (*bench).cases}, {"create", (*bench).create}, {"sqlite", (*bench).sqlite}, {"postgres", (*bench).postgres},
		{"list", (*bench).lists}, {"guide", (*bench).guide}, {"ledger", (*bench).ledger}, {"lifecycle", (*bench).lifecycle}, {"size", (*bench).size},
		{"province", (*bench).province},
	}
	// details have no peer: measured with -detail, or by their names.
	details = []part{
		{"statements", (*bench).statements}, {"inside", (*bench).inside}, {"http", (*bench).http}, {"pages", (*bench).public},
	}
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run() error {
	b := &bench{}
	only := flag.String("only", "", "parts to measure, with commas; without it all that have a peer or a goal")
	detail := flag.Bool("detail", false, "measure also what has neither")
	out := flag.String("out", "", "where the table is kept; docs/performance.md when all parts are measured, else nowhere")
	profile := flag.String("cpuprofile", "", "where a profile of this process is written")
	big := flag.Int("cases", 1_000_000, "cases in the longer list, and stored before the lifecycle")
	flag.IntVar(&b.items, "items", 200_000, "items of the province's catalogue, and entries of its list (in a long run 1,000,000)")
	flag.IntVar(&b.rounds, "rounds", 5, "rounds of each measurement")
	flag.DurationVar(&b.each, "each", 10*time.Second, "length of a round")
	flag.BoolVar(&b.long, "long", false, "run each lifecycle for ten minutes, and give the province's list 1,000,000 entries")
	flag.Float64Var(&b.arriving, "arriving", 10*digitRate/digitSteps, "lifecycles that begin each second, ten times DIGIT's rate")
	flag.StringVar(&b.bin, "bin", "", "binary to be measured; built when empty")
	engine := flag.String("engine", "", "sqlite or postgres in the details; both otherwise")
	flag.BoolVar(&b.verbose, "verbose", false, "print every statement that is counted or replayed")
	flag.Parse()
	b.sizes = []int{10_000, *big}
	if *engine != "" {
		engines = []store.Engine{store.Engine(*engine)}
	}
	if b.out = *out; b.out == "" && *only == "" {
		b.out = "docs/performance.md"
	}
	list, err := chosen(*only, *detail)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	defer func() { _ = os.RemoveAll(b.dir) }()
	if err := b.prepare(); err != nil {
		return err
	}
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
	return b.measure(ctx, list)
}

// chosen are the parts that were asked for.
func chosen(only string, detail bool) ([]part, error) {
	all := slices.Concat(parts, details)
	if only == "" && detail {
		return all, nil
	}
	if only == "" {
		return parts, nil
	}
	var list []part
	for name := range strings.SplitSeq(only, ",") {
		i := slices.IndexFunc(all, func(p part) bool { return p.name == name })
		if i < 0 {
			return nil, fmt.Errorf("there is no part %q", name)
		}
		list = append(list, all[i])
	}
	return list, nil
}

// measure runs the parts. One that fails leaves a line and does not stop the
// others; the table is kept after each.
func (b *bench) measure(ctx context.Context, list []part) error {
	var failed []error
	for _, p := range list {
		began := time.Now()
		fmt.Printf("\n== %s\n", p.name)
		if err := b.measured(ctx, p); err != nil {
			err = fmt.Errorf("%s: %w", p.name, err)
			failed = append(failed, err)
			b.table.failed = append(b.table.failed, err.Error())
			fmt.Println("  failed:", err)
			fmt.Println(b.said())
		}
		fmt.Printf("  (%s)\n", time.Since(began).Round(time.Second))
		if err := b.keep(); err != nil {
			return errors.Join(append(failed, err)...)
		}
		if ctx.Err() != nil {
			break
		}
	}
	fmt.Println("\n" + b.table.markdown(b.conditions()))
	return errors.Join(failed...)
}

// partLimit is when a part is given up, beside the lifecycle's own time.
const partLimit = 30 * time.Minute

// measured runs one part within its time; that it falls over is an error like others.
func (b *bench) measured(ctx context.Context, p part) (err error) {
	ctx, end := context.WithTimeout(ctx, partLimit)
	defer end()
	defer func() {
		if x := recover(); x != nil {
			err = fmt.Errorf("it fell over: %v\n%s", x, debug.Stack())
		}
	}()
	return p.run(b, ctx)
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
	if b.log, err = os.Create(filepath.Join(b.dir, "servers.log")); err != nil {
		return err
	}
	if b.flush, err = flushTime(b.dir); err != nil {
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

// said is the end of what servers wrote, for a part that failed.
func (b *bench) said() string {
	text, err := os.ReadFile(b.log.Name())
	if err != nil {
		return err.Error()
	}
	lines := slices.DeleteFunc(strings.Split(strings.TrimSpace(string(text)), "\n"), func(l string) bool { return strings.Contains(l, `"level":"INFO"`) })
	return strings.Join(lines[max(len(lines)-8, 0):], "\n")
}

// folder makes a new folder of this run.
func (b *bench) folder() (string, error) { return os.MkdirTemp(b.dir, "house-") }
