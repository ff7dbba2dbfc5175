package faults_test

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// ownPostgres is a PostgreSQL server of one test, which flushes as one in
// service does and which may be broken.
type ownPostgres struct {
	bin, data string
	port      int
	who       *syscall.Credential
	cmd       *exec.Cmd
	gone      chan struct{}
}

// newPostgres makes and starts a server.
func newPostgres(t *testing.T) *ownPostgres {
	t.Helper()
	bins, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil || len(bins) == 0 {
		t.Fatal("no PostgreSQL for the test (install the package postgresql)")
	}
	dir, err := os.MkdirTemp("", "tongban-own-pg-")
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &ownPostgres{bin: bins[len(bins)-1], data: filepath.Join(dir, "data"), port: l.Addr().(*net.TCPAddr).Port}
	_ = l.Close()
	if os.Getuid() == 0 {
		u, err := user.Lookup("postgres")
		if err != nil {
			t.Fatal(err)
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		p.who = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		if err := os.Chown(dir, uid, gid); err != nil {
			t.Fatal(err)
		}
	}
	made := exec.Command(filepath.Join(p.bin, "initdb"), "-D", p.data, "-U", "tongban", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8")
	made.Dir, made.SysProcAttr = dir, &syscall.SysProcAttr{Credential: p.who}
	if out, err := made.CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	t.Cleanup(func() {
		p.crash()
		_ = os.RemoveAll(dir)
	})
	p.start(t)
	return p
}

func (p *ownPostgres) url() string {
	return fmt.Sprintf("postgres://tongban@127.0.0.1:%d/postgres?sslmode=disable", p.port)
}

// start starts the server and waits until it has recovered.
func (p *ownPostgres) start(t *testing.T) {
	t.Helper()
	p.cmd = exec.Command(filepath.Join(p.bin, "postgres"), "-D", p.data, "-p", strconv.Itoa(p.port), "-k", filepath.Dir(p.data),
		"-c", "listen_addresses=127.0.0.1", "-c", "fsync=on", "-c", "synchronous_commit=on", "-c", "log_min_messages=panic", "-c", "shared_buffers=64MB")
	p.cmd.Dir = filepath.Dir(p.data)
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Credential: p.who, Pdeathsig: syscall.SIGQUIT}
	started, gone := make(chan error), make(chan struct{})
	go func() {
		runtime.LockOSThread() // the kernel ends the server with the thread that started it
		err := p.cmd.Start()
		started <- err
		if err == nil {
			_ = p.cmd.Wait()
		}
		close(gone)
	}()
	if err := <-started; err != nil {
		t.Fatal(err)
	}
	p.gone = gone
	for range 400 {
		if exec.Command(filepath.Join(p.bin, "pg_isready"), "-q", "-h", "127.0.0.1", "-p", strconv.Itoa(p.port)).Run() == nil {
			return
		}
		time.Sleep(25 * time.Millisecond) // waiting for another program to start, not for ours
	}
	t.Fatal("PostgreSQL did not come up in ten seconds")
}

// crash ends the server as "pg_ctl stop -m immediate" does: nothing is written
// any more, and the next start recovers from its log.
func (p *ownPostgres) crash() {
	_ = p.cmd.Process.Signal(syscall.SIGQUIT)
	<-p.gone
}

// untilReady waits until the server says that it serves again.
func (g *group) untilReady() {
	g.t.Helper()
	var err error
	for range 300 {
		if err = g.ready(); err == nil {
			return
		}
		time.Sleep(100 * time.Millisecond) // waiting for another program
	}
	g.t.Fatalf("not ready half a minute after the database was: %v", err)
}

// TestDatabaseCrashes ends PostgreSQL at once under load, again and again, while
// the same Tongban goes on running and finds its way back by itself.
func TestDatabaseCrashes(t *testing.T) {
	t.Parallel()
	if !long() {
		t.Skip("make faults")
	}
	const crashes = 10
	r := try(t, "PostgreSQL stopped at once (-m immediate) under load")
	pg := newPostgres(t)
	g := found(t, t.TempDir(), pg.url())
	g.start()
	g.signIn()
	var away time.Duration
	for range crashes {
		var down time.Time
		g.underLoad(200*time.Millisecond+rand.N(400*time.Millisecond), func() {
			pg.crash()
			down = time.Now()
		})
		pg.start(t)
		g.untilReady()
		g.repeatUnanswered()
		away = max(away, time.Since(down))
		g.compare()
	}
	g.stop()
	g.verify()
	r.tells("%d times, the same Tongban running on; %d applications, %d further acts acknowledged; %d unanswered and repeated; back after at most %v",
		crashes, len(g.book), g.acts, g.repeated, away.Round(100*time.Millisecond))
	if g.told < crashes {
		t.Errorf("only %d acknowledgements: nothing was tried", g.told)
	}
}
