package faults_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"testing"
	"time"

	"tongban/tests/drive"
)

// TestKilledAnywhere kills the server at random moments under load, starts it
// again, and repeats. What was acknowledged is there each time, what was not is
// there wholly or not at all, a repetition of it with the same key is done once,
// and the record verifies.
func TestKilledAnywhere(t *testing.T) {
	t.Parallel()
	for _, e := range engines {
		t.Run(e, func(t *testing.T) {
			t.Parallel()
			killedAnywhere(t, e)
		})
	}
}

func killedAnywhere(t *testing.T, engine string) {
	r := try(t, "kill -9 at random under load, "+engine)
	kills := 5
	if long() {
		kills = 100
	}
	g := settled(t, engine)
	g.start()
	for n := range kills {
		g.underLoad(30*time.Millisecond+rand.N(400*time.Millisecond), g.server.Kill)
		g.start()
		g.repeatUnanswered()
		g.compareNew()
		if n%10 == 9 {
			g.compare()
			g.stop()
			g.verify()
			g.start()
		}
	}
	g.compare()
	g.stop()
	g.verify()
	r.tells("killed %d times; %d applications, %d further acts acknowledged; %d unanswered and repeated", kills, len(g.book), g.acts, g.repeated)
	if g.told < kills {
		t.Errorf("only %d acknowledgements before %d kills: nothing was tried", g.told, kills)
	}
}

// group is a server under load, and the book of what it acknowledged.
type group struct {
	t       *testing.T
	ctx     context.Context
	dir, db string
	county  *drive.County
	filed   filed
	server  running
	log     *os.File // what the servers say; shown when the trial fails
	client  *drive.Client
	persons []*drive.Session
	staff   []*drive.Staff

	mu       sync.Mutex
	book     map[string]*entry // by the key of the application
	files    map[int64][]byte  // contents that were taken, by their ids
	first    func()            // called at each answer: under load a clock starts at the first
	told     int               // answers
	acts     int
	repeated int
	next     int
}

// running is a server that runs, traced or not.
type running interface {
	Kill()
	Stop() error
}

// entry is what the book knows of one case.
type entry struct {
	key    string
	who, n int
	done   drive.Done
	acked  bool
	step   int  // of the way: those before it were acknowledged
	asked  bool // the step was sent and not answered
	news   bool // something was acknowledged since the case was last compared
	on     drive.On
	status string // as last acknowledged
}

const crowd = 8 // who apply and handle cases at once

// found founds a county in a folder, and in a database where one is named.
func found(t *testing.T, dir, database string) *group {
	t.Helper()
	g := &group{t: t, ctx: t.Context(), dir: dir, db: database, book: map[string]*entry{}, log: serverLog(t)}
	var err error
	if g.county, err = drive.Found(g.ctx, drive.Options(dir, database)); err != nil {
		t.Fatal(err)
	}
	g.must(g.county.House.Close())
	g.killedAtEnd()
	return g
}

func (g *group) killedAtEnd() {
	g.t.Cleanup(func() {
		if g.server != nil {
			g.server.Kill()
		}
	})
}

func (g *group) must(err error) {
	g.t.Helper()
	if err != nil {
		g.t.Fatal(err)
	}
}

func (g *group) start() {
	g.t.Helper()
	s, err := drive.Serve(binary(g.t), g.dir, g.db, g.log)
	g.must(err)
	g.runs(s, s.URL)
}

// runs takes a server that somebody started as the group's.
func (g *group) runs(s running, url string) {
	g.server = s
	g.client = drive.NewClient(url, 2*crowd)
	for i, s := range g.persons {
		g.persons[i] = s.At(g.client)
	}
	for i, s := range g.staff {
		g.staff[i] = s.At(g.client)
	}
}

func (g *group) stop() {
	g.t.Helper()
	g.client.Close()
	g.must(g.server.Stop())
	g.server = nil
}

// signIn signs in once: the sessions outlive the server.
func (g *group) signIn() {
	g.t.Helper()
	logins := g.county.Applicants()
	for i := range crowd {
		s, err := g.client.Resident(g.ctx, logins[i%len(logins)])
		g.must(err)
		g.persons = append(g.persons, s)
	}
	for n := 1; n <= 2; n++ {
		s, err := g.client.SignInStaff(g.ctx, n)
		g.must(err)
		g.staff = append(g.staff, s)
	}
}

// underLoad lets everybody work until somebody was answered and then for a time,
// and breaks something while they are at it.
func (g *group) underLoad(d time.Duration, breakIt func()) {
	ctx, stop := context.WithTimeout(g.ctx, time.Minute)
	defer stop()
	g.mu.Lock()
	g.first = sync.OnceFunc(func() { time.AfterFunc(d, stop) })
	g.mu.Unlock()
	var all sync.WaitGroup
	for w := range crowd {
		all.Go(func() {
			for ctx.Err() == nil {
				g.oneCase(ctx, w)
			}
		})
	}
	<-ctx.Done()
	breakIt()
	all.Wait()
}

// acknowledged notes an answer; g.mu is held.
func (g *group) acknowledged() {
	g.told++
	if g.first != nil {
		g.first()
	}
}

// oneCase applies and takes the case as far as it gets.
func (g *group) oneCase(ctx context.Context, w int) {
	e := g.open(w)
	if !g.apply(e) {
		return
	}
	for ctx.Err() == nil && g.step(e) {
	}
}

func (g *group) open(w int) *entry {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.next++
	e := &entry{key: fmt.Sprintf("case-%05d", g.next), who: w, n: g.next}
	g.book[e.key] = e
	return e
}

// answered tells whether the server said anything, and fails the test when it
// refused what it must not.
func (g *group) answered(what string, err error) bool {
	var p *drive.Problem
	if err == nil || !errors.As(err, &p) {
		return err == nil
	}
	if p.Status != 503 {
		g.t.Errorf("%s: %v", what, p)
	}
	return false
}

func (g *group) apply(e *entry) bool {
	done, err := g.persons[e.who].Apply(g.ctx, e.key, g.county.Item, e.n)
	if !g.answered("apply "+e.key, err) {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	e.done, e.acked, e.news, e.status = done, true, true, done.Status
	g.acknowledged()
	return true
}

// step does the next act of the case's way.
func (g *group) step(e *entry) bool {
	way := g.staff[e.n%len(g.staff)].Way()
	if e.step >= len(way) {
		return false
	}
	s := way[e.step]
	on, err := s.Prepare(g.ctx, e.done.Case)
	if !g.answered(e.key+" look for "+s.Name, err) {
		return false
	}
	e.asked, e.on = true, on
	done, err := s.Do(g.ctx, fmt.Sprintf("%s-%s", e.key, s.Name), on)
	if !g.answered(e.key+" "+s.Name, err) {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	e.asked, e.news, e.status = false, true, done.Status
	e.step++
	g.acts++
	g.acknowledged()
	return true
}
