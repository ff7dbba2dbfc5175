package faults_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"tongban/internal/record/store"
	"tongban/tests/drive"
	"tongban/tests/faults/trace"
)

// recording is what a server did to its disk, and what it acknowledged.
type recording struct {
	dir    string // as it was durably before
	events []*trace.Event
	acks   []trace.Ack
}

// TestPowerCut records every write, flush and renaming of a server under load,
// and rebuilds what its disk may hold when the power is cut at any place: what
// was not flushed dropped, reordered or torn. Each result must open, verify and
// hold everything acknowledged until then. (The power was not really cut.)
func TestPowerCut(t *testing.T) {
	t.Parallel()
	if !trace.Here {
		t.Skip(trace.ErrNotHere)
	}
	r := try(t, "power cut, replayed from the record of writes and flushes")
	cases, cuts := 2, 8
	if long() {
		cases, cuts = 150, 400
	}
	g := settled(t, onSQLite)
	rec := g.record(cases, func() *trace.Process { return g.traced(true) })
	if len(rec.acks) < 7*cases || len(g.files) == 0 {
		t.Fatalf("only %d acknowledgements and %d uploads in the record", len(rec.acks), len(g.files))
	}
	writes, back := rec.written()
	if long() && back == 0 {
		t.Error("the WAL was never written back under load: that was not tried")
	}
	checked := 0
	for _, err := range g.cuts(rec, cuts) {
		if checked++; err != nil {
			t.Error(err)
		}
	}

	// The same of a server that does not flush must lose something.
	bad := settled(t, onSQLite)
	careless := bad.record(1, func() *trace.Process {
		p, err := trace.Start(trace.Command{Args: []string{os.Args[0], careless, bad.dir}, Within: bad.dir, Log: bad.log.Name(), Record: true})
		bad.must(err)
		bad.runs(p, p.Line)
		return p
	})
	lost := 0
	for _, err := range bad.cuts(careless, 12) {
		if err != nil {
			lost++
		}
	}
	if lost == 0 {
		t.Error("a server that never flushes lost nothing in any of 12 power cuts: the trial sees nothing")
	}
	r.tells("%d cuts, %d acknowledgements and %d uploads in the record of %d writes; of a server that does not flush, %d of 12 cuts lost something",
		checked, len(rec.acks), len(g.files), writes, lost)
}

// written counts the writes, and those into the database itself while people
// were still answered: the WAL written back under load.
func (rec *recording) written() (all, back int) {
	last := rec.acks[len(rec.acks)-1].Began
	for _, e := range rec.events {
		if e.Op == trace.Write {
			all++
			if strings.HasSuffix(e.Path, ".db") && e.Began < last {
				back++
			}
		}
	}
	return all, back
}

// record lets a traced server work and stop, beginning with everything durable.
func (g *group) record(cases int, start func() *trace.Process) *recording {
	g.t.Helper()
	rec := &recording{dir: filepath.Join(g.t.TempDir(), "before")}
	g.must(copyFolder(rec.dir, g.dir))
	p := start()
	var all sync.WaitGroup
	for w := range crowd {
		all.Go(func() {
			for n := w; n < cases; n += crowd {
				g.oneCase(context.WithoutCancel(g.ctx), w)
			}
		})
		all.Go(func() {
			for n := w; n < max(4, cases/10); n += crowd {
				if err := g.upload(w, n); err != nil {
					g.t.Errorf("upload: %v", err)
				}
			}
		})
	}
	all.Wait()
	g.must(p.Stop())
	g.server = nil
	rec.events = p.Events()
	rec.acks = trace.Acks(rec.events)
	return rec
}

// cuts cuts the power at n places: half of them just where an answer was sent.
func (g *group) cuts(rec *recording, n int) []error {
	g.t.Helper()
	began := g.dir
	moved := make([]*trace.Event, len(rec.events))
	for i, e := range rec.events {
		c := *e
		moved[i] = &c
		c.Path = strings.Replace(c.Path, began, rec.dir, 1)
		c.To = strings.Replace(c.To, began, rec.dir, 1)
	}
	disk, err := trace.NewDisk(rec.dir, moved)
	g.must(err)
	last := rec.events[len(rec.events)-1].Began
	r := rand.New(rand.NewPCG(3, uint64(n)))
	answers := make([]error, 0, n)
	for i := range n {
		place := (i + 1) * last / n
		if a := nearest(rec.acks, place); i%2 == 0 && a > 0 && a <= place {
			place = a
		}
		disk.Until(place)
		keep := []float64{0, 0.5, 0.9, 1, 0.1}[i%5]
		if err := g.afterCut(rec, disk.Cut(r, keep), place); err != nil {
			answers = append(answers, fmt.Errorf("cut at %d of %d, unflushed sectors kept with %.1f: %w", place, last, keep, err))
			continue
		}
		answers = append(answers, nil)
	}
	return answers
}

// nearest is where the last acknowledgement up to a place was sent.
func nearest(acks []trace.Ack, place int) int {
	at := 0
	for _, a := range acks {
		if a.Began <= place {
			at = max(at, a.Began)
		}
	}
	return at
}

// memory is where rebuilt disks are laid out, when the machine has it.
const memory = "/dev/shm"

// afterCut opens and verifies what a disk holds, and looks for everything that
// was acknowledged before a place.
func (g *group) afterCut(rec *recording, files map[string][]byte, place int) error {
	where := memory
	if _, err := os.Stat(where); err != nil {
		where = g.t.TempDir()
	}
	dir, err := os.MkdirTemp(where, "tongban-cut-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	for path, b := range files {
		at := filepath.Join(dir, strings.TrimPrefix(path, rec.dir))
		if err := errors.Join(os.MkdirAll(filepath.Dir(at), 0o700), os.WriteFile(at, b, 0o600)); err != nil {
			return err
		}
	}
	c, err := drive.Reopen(g.ctx, drive.Options(dir, ""))
	if err != nil {
		return fmt.Errorf("does not open: %w", err)
	}
	err = errors.Join(c.House.ReadOnly(), drive.Verify(g.ctx, c.House), g.holds(c, rec, place))
	return errors.Join(err, c.House.Close())
}

// holds looks for what was acknowledged before a place, and reads its files.
func (g *group) holds(c *drive.County, rec *recording, place int) error {
	return c.House.Store.Read(g.ctx, func(tx *store.Tx) error {
		for _, a := range rec.acks {
			if a.Began > place {
				continue
			}
			if err := g.keeps(tx, c, a); err != nil {
				return fmt.Errorf("acknowledged %s: %w", a.Key, err)
			}
		}
		return nil
	})
}

func (g *group) keeps(tx *store.Tx, c *drive.County, a trace.Ack) error {
	if strings.HasPrefix(a.Key, "upload-") {
		var up struct {
			File int64 `json:"file"`
		}
		if err := json.Unmarshal(a.Body, &up); err != nil {
			return err
		}
		return g.keepsFile(tx, c, up.File)
	}
	var told, kept drive.Done
	var result, status string
	found, err := tx.Get([]any{&result}, `select result from idempotency where home = $1 and token = $2`, tx.Home(), a.Key)
	if err != nil || !found {
		return fmt.Errorf("it is not there: %w", err)
	}
	if err := errors.Join(json.Unmarshal(a.Body, &told), json.Unmarshal([]byte(result), &kept)); err != nil {
		return err
	}
	if strings.HasPrefix(a.Key, "draft-") {
		return nil
	}
	found, err = tx.Get([]any{&status}, `select status from proceeding where home = $1 and id = $2 and number = $3`, tx.Home(), told.Case, told.Number)
	if err != nil || !found || told.Number != kept.Number || told.Status != kept.Status {
		return fmt.Errorf("told %v, kept %v, status %q: %w", told, kept, status, err)
	}
	return nil
}
