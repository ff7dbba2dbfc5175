package bulk

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"tongban/internal/house"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/rules/gbcode"
)

// Options say how much is loaded, and how.
type Options struct {
	Units   int64 // pieces of work
	Chunk   int64 // of them in one transaction; 0 is 20
	Workers int   // 0 is two a processor
	Rebuild bool  // PostgreSQL: the indexes are dropped first and made afterwards
	Told    func(done int64)
}

// Loaded is what was loaded.
type Loaded struct {
	Acts, Rows int64
	Wrote      time.Duration // how long the rows took
	Indexed    time.Duration // and the indexes after them
	From       int64         // first id
	Span       int64         // ids of one piece of work
}

// Load does the patterns again, in turn, for so many other people. Nobody may
// use the house meanwhile. When it fails the database is of no more use.
func Load(ctx context.Context, h *house.House, patterns []*Pattern, o Options) (Loaded, error) {
	if len(patterns) == 0 || o.Units <= 0 {
		return Loaded{}, errors.New("nothing to load")
	}
	if o.Chunk == 0 {
		o.Chunk = 20
	}
	if o.Workers == 0 {
		o.Workers = 2 * runtime.GOMAXPROCS(0) // one waits for the database while another computes
	}
	if err := settled(ctx, h); err != nil {
		return Loaded{}, err
	}
	l := &loading{h: h, o: o, patterns: patterns, waiting: map[int64][]tlog.Hash{}}
	if err := h.Store.Do(ctx, store.Background, l.begin); err != nil {
		return Loaded{}, err
	}
	to, err := target(ctx, h, o)
	if err != nil {
		return Loaded{}, err
	}
	began := time.Now()
	err = l.run(ctx, to)
	l.out.Wrote, began = time.Since(began), time.Now()
	if closed := to.close(ctx, err == nil); err == nil {
		err = closed
	}
	l.out.Indexed = time.Since(began)
	if err != nil {
		return Loaded{}, err
	}
	return l.out, h.Store.Do(ctx, store.Background, l.end)
}

// sink takes rows.
type sink interface {
	write(ctx context.Context, worker int, rows map[*table][][]any) error
	close(ctx context.Context, well bool) error
}

func target(ctx context.Context, h *house.House, o Options) (sink, error) {
	if h.Store.Engine() == store.Postgres {
		return toPostgres(ctx, h.Options.Database, o)
	}
	return &inSQLite{h.Store}, nil
}

// loading is a load that goes on.
type loading struct {
	h        *house.House
	o        Options
	patterns []*Pattern
	out      Loaded

	begins []int64 // acts of the patterns before each, in one turn
	turn   int64   // acts of all patterns
	seq    int64   // size of the ledger before
	series []counted
	places [][]int // of each pattern: its series among all

	next    atomic.Int64
	rows    atomic.Int64
	mu      sync.Mutex // guards what follows
	tree    *tree
	waiting map[int64][]tlog.Hash // hashes of units whose predecessors are not done
	done    int64
}

// counted is a series of numbers, with how many each pattern takes of it.
type counted struct {
	series
	last int64
	of   []int64
	turn int64
}

// begin takes ids for everything and reads where counters and ledger stand.
func (l *loading) begin(tx *store.Tx) (err error) {
	for _, p := range l.patterns {
		l.begins = append(l.begins, l.turn)
		l.turn += int64(len(p.hashes))
		l.out.Span = max(l.out.Span, p.last-p.first+1)
	}
	if _, err := tx.Get([]any{&l.out.From}, `update id_block set next = next + $2 where home = $1 returning next - $2`, tx.Home(), l.o.Units*l.out.Span+1); err != nil {
		return err
	}
	l.out.From++ // a block's ids are those above its beginning
	if l.tree, err = readTree(tx); err != nil {
		return err
	}
	l.seq = l.tree.size
	return l.readSeries(tx)
}

func (l *loading) readSeries(tx *store.Tx) error {
	at := map[series]int{}
	for i, p := range l.patterns {
		var places []int
		for _, s := range p.series {
			k, ok := at[series{name: s.name, year: s.year}]
			if !ok {
				k = len(l.series)
				at[series{name: s.name, year: s.year}] = k
				c := counted{series: s, of: make([]int64, len(l.patterns))}
				if _, err := tx.Get([]any{&c.last}, `select last from number_counter where home = $1 and series = $2 and year = $3`, tx.Home(), s.name, s.year); err != nil {
					return err
				}
				l.series = append(l.series, c)
			}
			l.series[k].of[i] = s.count
			l.series[k].turn += s.count
			places = append(places, k)
		}
		l.places = append(l.places, places)
	}
	return nil
}

// before is how many of a thing the units before u have, when each turn of the
// patterns has so many and each pattern so many of them.
func (l *loading) before(u, turn int64, of func(pattern int) int64) int64 {
	n := u / int64(len(l.patterns)) * turn
	for i := range u % int64(len(l.patterns)) {
		n += of(int(i))
	}
	return n
}

// clone prepares unit u.
func (l *loading) clone(u int64) (*Pattern, *clone, error) {
	k := int(u % int64(len(l.patterns)))
	p := l.patterns[k]
	who, err := invented(u)
	if err != nil {
		return nil, nil, err
	}
	c := &clone{who: who, ids: l.out.From + u*l.out.Span - p.first, late: later(u), seq: l.seq + u/int64(len(l.patterns))*l.turn + l.begins[k]}
	for _, s := range l.places[k] {
		x := l.series[s]
		c.counts = append(c.counts, x.last+l.before(u, x.turn, func(i int) int64 { return x.of[i] }))
	}
	return p, c, p.do(c)
}

// hoursOfDay is within how many hours the acts of clones are moved: those of the
// patterns happen in the morning.
const hoursOfDay = 7

// later spreads the clones over the day.
func later(u int64) int64 {
	const spread = hoursOfDay * int64(day.Hour)
	return (u*7_919_000_003 + 1) % spread
}

// invented is a resident who does not exist.
func invented(u int64) (Person, error) {
	const names = "安宁清远和嘉禾云溪青石晨曦景行怀瑾若谷文启思源知微乐山志恒明德"
	r := []rune(names)
	n := int64(len(r))
	birth := day.Of(1950, 1, 2) + day.Day(u*7919%20_000)
	idno, err := gbcode.CitizenNumber("990124", birth, int(u/20_000%1000))
	return Person{
		Name: "示" + string(r[u%n]) + string(r[u/n%n]), IDNo: idno, Phone: fmt.Sprintf("1990%07d", u%10_000_000), Birth: birth.String(), Login: fmt.Sprintf("resident%d", u),
	}, err
}

// run has the workers write chunk after chunk.
func (l *loading) run(ctx context.Context, to sink) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var all sync.WaitGroup
	for w := range l.o.Workers {
		all.Go(func() {
			for ctx.Err() == nil {
				from := l.next.Add(l.o.Chunk) - l.o.Chunk
				if from >= l.o.Units {
					return
				}
				if err := l.chunk(ctx, to, w, from, min(from+l.o.Chunk, l.o.Units)); err != nil {
					stop(err)
				}
			}
		})
	}
	all.Wait()
	l.out.Rows, l.out.Acts = l.rows.Load(), l.tree.size-l.seq
	return context.Cause(ctx)
}

func (l *loading) chunk(ctx context.Context, to sink, worker int, from, end int64) error {
	rows := map[*table][][]any{}
	byName := map[string]*table{} // the patterns have their own tables of the same names
	for u := from; u < end; u++ {
		p, c, err := l.clone(u)
		if err != nil {
			return err
		}
		for _, x := range p.rows {
			t, ok := byName[x.table.name]
			if !ok {
				t = x.table
				byName[t.name] = t
			}
			values := make([]any, len(x.cells))
			for i := range x.cells {
				values[i] = x.cells[i].fill(c)
			}
			rows[t] = append(rows[t], values)
		}
		l.rows.Add(int64(len(p.rows)))
		list := make([]tlog.Hash, len(p.hashes))
		for i, n := range p.hashes {
			list[i] = tlog.Hash(c.val[n])
		}
		l.grow(u, list)
	}
	if err := to.write(ctx, worker, rows); err != nil {
		return err
	}
	if l.o.Told != nil {
		l.o.Told(end - from)
	}
	return nil
}

// grow puts the acts of the units into the tree in the units' order.
func (l *loading) grow(u int64, list []tlog.Hash) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting[u] = list
	for {
		list, ok := l.waiting[l.done]
		if !ok {
			return
		}
		delete(l.waiting, l.done)
		for _, h := range list {
			l.tree.push(h)
		}
		l.done++
	}
}

// errMoved says that somebody used the house while it was loaded.
var errMoved = errors.New("the ledger moved while cases were loaded")

// end moves the counters, the end of the ledger and the followers.
func (l *loading) end(tx *store.Tx) error {
	tx.PutRows(`insert into tile(log, level, n, hashes, root)`, l.tree.tiles)
	tx.PutOne(errMoved, `update ledger_log set size = $2, hashes = $3 where log = $1 and size = $4`, l.tree.log, l.tree.size, together(l.tree.edge), l.seq)
	for _, s := range l.series {
		tx.Put(`update number_counter set last = $4 where home = $1 and series = $2 and year = $3`, tx.Home(), s.name, s.year,
			s.last+l.before(l.o.Units, s.turn, func(i int) int64 { return s.of[i] }))
	}
	tx.Put(`update follower set seq = $3 where home = $1 and log = $2`, tx.Home(), l.tree.log, l.tree.size)
	return nil
}
