package faults_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tongban/internal/demo"
	"tongban/internal/record/store"
	"tongban/tests/drive"
	"tongban/tests/faults/trace"
)

// moment is a stopped house just before one command, and that command with its
// idempotency key.
type moment struct {
	dir, db string
	send    func(ctx context.Context, c *drive.Client) (drive.Done, error)
	after   tally // what is stored when it was done once
}

// tally counts what one command too many, or half of one, would change.
type tally struct{ Cases, Files, Tasks, Open, Papers, Licences, Findings, Keys int }

func (g *group) tally() (n tally) {
	g.t.Helper()
	g.reopened(func(c *drive.County) error {
		return c.House.Store.Read(g.ctx, func(tx *store.Tx) error {
			_, err := tx.Get([]any{&n.Cases, &n.Files, &n.Tasks, &n.Open, &n.Papers, &n.Licences, &n.Findings, &n.Keys},
				`select (select count(*) from proceeding), (select count(*) from casefile), (select count(*) from task), (select count(*) from task where state = 'open'),
				(select count(*) from paper), (select count(*) from licence), (select count(*) from finding), (select count(*) from idempotency)`)
			return err
		})
	})
	return n
}

// beforeApply is the moment before an application.
func beforeApply(g *group) moment {
	return moment{send: func(ctx context.Context, c *drive.Client) (drive.Done, error) {
		return g.persons[0].At(c).Apply(ctx, "every-write", g.county.Item, 1)
	}}
}

// beforeDecide is the moment before the decision that grants a licence.
func beforeDecide(g *group) moment {
	done, err := g.persons[0].Apply(g.ctx, "prepared", g.county.Item, 1)
	g.must(err)
	way := g.staff[0].Way()
	for _, s := range way[:4] {
		_, err = s.Step(g.ctx, s.Name, done.Case)
		g.must(err)
	}
	on, err := way[4].Prepare(g.ctx, done.Case)
	g.must(err)
	return moment{send: func(ctx context.Context, c *drive.Client) (drive.Done, error) {
		return g.staff[0].Decider.At(c).Decide(ctx, "every-write", on.Case, on.Task, on.Seen)
	}}
}

// TestEveryWrite interferes with every single write, flush, renaming and sending
// of one command: the server is killed before it, in the midst of it, or it
// fails, undone or although it was done. Then the client repeats with its key:
// exactly one case, one decision, one licence, and each time the same answer.
func TestEveryWrite(t *testing.T) {
	t.Parallel()
	if !trace.Here {
		t.Skip(trace.ErrNotHere)
	}
	for _, e := range engines {
		for name, prepare := range map[string]func(*group) moment{"apply": beforeApply, "decide with licence": beforeDecide} {
			if !long() && (e == onSQLite) != (name == "apply") {
				continue
			}
			t.Run(e+"/"+name, func(t *testing.T) {
				t.Parallel()
				r := try(t, "killed or failed at every write of a command: "+name+", "+e)
				g := settled(t, e)
				g.start()
				m := prepare(g)
				g.stop()
				m.dir, m.db = g.dir, g.db
				undisturbed := m.copy(g)
				undisturbed.start()
				_, err := m.send(g.ctx, undisturbed.client)
				g.must(err)
				undisturbed.stop()
				m.after = undisturbed.tally()
				everyWrite(t, g, m, r)
			})
		}
	}
}

func everyWrite(t *testing.T, g *group, m moment, r *report) {
	hows := []trace.How{trace.KillBefore, trace.KillTorn, trace.FailUndone, trace.FailAfterDone}
	first, step := 1, 1
	if !long() {
		first, step = 2, 29
	}
	points := map[trace.How]int{}
	signed := time.Now()
	for i, how := range hows {
		// In the short run each way begins elsewhere.
		for n := first + 7*(i%2)*min(1, step-1); ; n += step {
			if time.Since(signed) > signedFor {
				g.signInAgain()
				signed = time.Now()
			}
			if over := m.struck(g, n, how); over || t.Failed() {
				break
			}
			points[how]++
			if !long() && points[how] == 1 {
				break
			}
		}
	}
	said := make([]string, len(hows))
	for i, how := range hows {
		said[i] = fmt.Sprintf("%d %s", points[how], how)
		if points[how] == 0 {
			t.Errorf("nothing was tried: %s", how)
		}
	}
	r.tells("each call once: %s; each repeated with its key and compared", strings.Join(said, ", "))
}

// copy is a group of its own on a copy of the moment.
func (m *moment) copy(g *group) *group {
	g.t.Helper()
	dir, err := os.MkdirTemp(g.t.TempDir(), "copy")
	g.must(err)
	g.must(copyFolder(dir, m.dir))
	c := &group{t: g.t, ctx: g.ctx, dir: dir, db: copied(g.t, m.db), county: g.county, log: g.log}
	c.killedAtEnd()
	return c
}

// traced starts the group's server under the tracer.
func (g *group) traced(record bool) *trace.Process {
	g.t.Helper()
	args := []string{binary(g.t), "serve", "--addr", "127.0.0.1:0", "--data", g.dir, "--region", demo.Region, "--origin", "drive.invalid/log"}
	if g.db != "" {
		args = append(args, "--database", g.db, "--single-server")
	}
	p, err := trace.Start(trace.Command{Args: args, Within: g.dir, Log: g.log.Name(), Record: record})
	g.must(err)
	if !strings.HasPrefix(p.Line, "http") {
		p.Kill()
		g.t.Fatalf("the traced server did not start: it said %q", p.Line)
	}
	g.runs(p, p.Line)
	return p
}

// struck interferes with the nth call of the command and repeats it; over says
// that the command has fewer calls.
func (m *moment) struck(g *group, n int, how trace.How) (over bool) {
	c := m.copy(g)
	defer func() { _ = os.RemoveAll(c.dir) }()
	p := c.traced(false)
	p.Order(&trace.Hit{N: n, How: how})
	what := fmt.Sprintf("call %d %s", n, how)
	var told []drive.Done // every answer that the client got
	ask := func() error {
		d, err := m.send(c.ctx, c.client)
		var refused *drive.Problem
		switch {
		case err == nil:
			told = append(told, d)
		case errors.As(err, &refused) && refused.Status != http.StatusServiceUnavailable:
			c.t.Errorf("%s: told %v", what, err)
		}
		return err
	}
	_ = ask()
	struck, _ := p.Struck()
	p.Order(nil)
	if struck == nil {
		c.stop()
		return true
	}
	what += fmt.Sprintf(" (%s %s)", struck.Op, filepath.Base(struck.Path))
	if how == trace.FailUndone || how == trace.FailAfterDone {
		_ = ask() // of the server that goes on, or says that it does not
	}
	p.Kill()
	c.client.Close()
	c.start()
	for range 2 {
		if err := ask(); err != nil {
			c.t.Errorf("%s: repeated after the restart: %v", what, err)
		}
	}
	c.stop()
	for _, d := range told {
		if d != told[0] {
			c.t.Errorf("%s: one request was answered %v and %v", what, told[0], d)
		}
	}
	if have := c.tally(); have != m.after {
		c.t.Errorf("%s: stored %+v, want %+v", what, have, m.after)
	}
	return false
}
