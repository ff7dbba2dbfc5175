package faults_test

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tongban/tests/drive"
)

// The places at which the wire to PostgreSQL is cut.
const (
	beforeCommit = "before COMMIT reaches the server"
	afterCommit  = "after COMMIT was done, before its answer"
)

// cut is a plan: whose commit is cut, told by its idempotency key, and where.
type cut struct {
	key   []byte
	place string
}

// wire stands between Tongban and PostgreSQL and can cut the connection of one
// command at its commit.
type wire struct {
	to   string
	l    net.Listener
	plan atomic.Pointer[cut] // taken by the connection that does it
	// withheld is closed when a commit is done and its answer is held back; the
	// connection is cut when release is closed.
	withheld, release chan struct{}
}

// newWire listens; the returned address is the database's through the wire.
func newWire(t *testing.T, database string) (*wire, string) {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{to: u.Host, l: l}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go w.carry(c)
		}
	}()
	u.Host = l.Addr().String()
	return w, u.String()
}

// commitMessage is COMMIT as pgx sends it: one simple query.
var commitMessage = append([]byte{'Q', 0, 0, 0, 11}, "commit\x00"...)

// carry carries one connection.
func (w *wire) carry(client net.Conn) {
	server, err := net.Dial("tcp", w.to)
	if err != nil {
		_ = client.Close()
		return
	}
	var held atomic.Bool // answers are held back
	end := func() {
		_ = client.Close()
		_ = server.Close()
	}
	go func() {
		defer end()
		buf := make([]byte, 64<<10)
		for {
			n, err := server.Read(buf)
			if err != nil {
				return
			}
			if held.Load() {
				// The first thing that comes now is the answer to COMMIT.
				close(w.withheld)
				<-w.release
				return
			}
			if _, err := client.Write(buf[:n]); err != nil {
				return
			}
		}
	}()
	defer end()
	buf := make([]byte, 64<<10)
	mine := false // the command of the plan is under way here
	for {
		n, err := client.Read(buf)
		if err != nil {
			return
		}
		if plan := w.plan.Load(); plan != nil {
			mine = mine || bytes.Contains(buf[:n], plan.key)
			if mine && bytes.Contains(buf[:n], commitMessage) && w.plan.CompareAndSwap(plan, nil) {
				if plan.place == beforeCommit {
					return
				}
				held.Store(true)
			}
		}
		if _, err := server.Write(buf[:n]); err != nil {
			return
		}
	}
}

// TestCutAtCommit cuts the connection to PostgreSQL just at a commit of a
// command: before COMMIT arrived, and after it was done but before its answer.
// As long as the answer is missing the client is acknowledged nothing; its
// repetition finds what happened: one case, one answer.
func TestCutAtCommit(t *testing.T) {
	t.Parallel()
	r := try(t, "the wire to PostgreSQL cut at a commit")
	rounds := 3
	if long() {
		rounds = 40
	}
	g := settled(t, onPostgres)
	direct := g.db
	w, through := newWire(t, direct)
	g.db = through
	g.start()
	found := 0
	for n := range 2 * rounds {
		place := []string{beforeCommit, afterCommit}[n%2]
		key := fmt.Sprintf("cut-%05d", n)
		told, err := g.cutOne(w, cut{[]byte(key), place}, n)
		var p *drive.Problem
		unavailable := errors.As(err, &p) && p.Status == http.StatusServiceUnavailable
		// Behind the commit the house may look by the key, and find what is stored.
		if !unavailable && (err != nil || place == beforeCommit) {
			t.Errorf("cut %s: answered %v %v", place, told, err)
		}
		first, err := g.persons[0].Apply(g.ctx, key, g.county.Item, n)
		g.must(err)
		again, err := g.persons[0].Apply(g.ctx, key, g.county.Item, n)
		g.must(err)
		if first != again || !unavailable && told != first {
			t.Errorf("cut %s: one application was answered %v, %v and %v", place, told, first, again)
		}
		if !unavailable {
			found++
		}
		g.book[key] = &entry{key: key, acked: true, done: first, status: first.Status}
	}
	g.compare()
	g.stop()
	g.db = direct
	g.verify()
	r.tells("%d applications, half cut before COMMIT arrived and half behind it, each repeated twice: one case, one answer; %d times the house itself found by the key that it was done", 2*rounds, found)
}

// cutOne applies while the commit of the application is cut. Nothing may be
// answered as long as the answer to COMMIT is held back.
func (g *group) cutOne(w *wire, plan cut, n int) (done drive.Done, err error) {
	w.withheld, w.release = make(chan struct{}), make(chan struct{})
	w.plan.Store(&plan)
	var asked sync.WaitGroup
	answered := make(chan struct{})
	asked.Go(func() {
		done, err = g.persons[0].Apply(g.ctx, string(plan.key), g.county.Item, n)
		close(answered)
	})
	if plan.place == afterCommit {
		<-w.withheld
		select {
		case <-answered:
			g.t.Error("an application was answered before its commit was")
		case <-time.After(20 * time.Millisecond): // to give a wrong answer the time to come
		}
		close(w.release)
	}
	asked.Wait()
	return done, err
}
