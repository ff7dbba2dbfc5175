package storetest

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"
)

// ServerURL returns the URL of a PostgreSQL server for tests: the one named by
// TONGBAN_TEST_POSTGRES, or one that this process starts and that ends with it.
// Without PostgreSQL's programs the test fails; it is never skipped.
func ServerURL(t testing.TB) string {
	t.Helper()
	if u := os.Getenv("TONGBAN_TEST_POSTGRES"); u != "" {
		return u
	}
	u, err := Server()
	if err != nil {
		t.Fatalf("no PostgreSQL for the test (install the package postgresql): %v", err)
	}
	return u
}

// Server starts a PostgreSQL server that ends with this process, once, and
// returns its URL. Its files lie in the folder of temporary files.
var Server = sync.OnceValues(func() (string, error) {
	return startServer("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "shared_buffers=64MB")
})

// DurableServer is a server like Server that flushes as one in service does,
// for measuring.
var DurableServer = sync.OnceValues(func() (string, error) {
	return startServer("-c", "fsync=on", "-c", "synchronous_commit=on", "-c", "shared_buffers=256MB")
})

// ServerWith starts another server, with settings of its own ("-c", "fsync=on", …),
// which also ends with this process.
func ServerWith(settings ...string) (string, error) { return startServer(settings...) }

func startServer(settings ...string) (string, error) {
	bin, err := programs()
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "tongban-pg-")
	if err != nil {
		return "", err
	}
	who, err := owner(dir)
	if err != nil {
		return "", err
	}
	data := filepath.Join(dir, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "tongban", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
	initdb.SysProcAttr = &syscall.SysProcAttr{Credential: who}
	initdb.Dir = dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return "", fmt.Errorf("initdb: %w\n%s", err, out)
	}
	port, err := freePort()
	if err != nil {
		return "", err
	}
	pg := exec.Command(filepath.Join(bin, "postgres"), append([]string{"-D", data, "-p", strconv.Itoa(port), "-k", dir,
		"-c", "listen_addresses=127.0.0.1", "-c", "max_connections=300", "-c", "log_min_messages=fatal"}, settings...)...)
	pg.Dir = dir
	pg.SysProcAttr = &syscall.SysProcAttr{Credential: who, Pdeathsig: syscall.SIGQUIT}
	if err := startBound(pg); err != nil {
		return "", err
	}
	if err := waitFor(filepath.Join(bin, "pg_isready"), port); err != nil {
		return "", err
	}
	return fmt.Sprintf("postgres://tongban@127.0.0.1:%d/postgres?sslmode=disable", port), nil
}

// startBound starts the server from a thread that lives as long as this
// process: the kernel ends the server when that thread is gone.
func startBound(c *exec.Cmd) error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		err := c.Start()
		started <- err
		if err == nil {
			_ = c.Wait()
		}
	}()
	return <-started
}

func waitFor(ready string, port int) error {
	for range 100 {
		if exec.Command(ready, "-q", "-h", "127.0.0.1", "-p", strconv.Itoa(port)).Run() == nil {
			return nil
		}
		time.Sleep(50 * time.Millisecond) // waiting for another program to start, not for ours
	}
	return errors.New("the server did not come up in five seconds")
}

// programs finds the folder of initdb and postgres, newest version first.
func programs() (string, error) {
	dirs, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return "", err
	}
	for i := len(dirs) - 1; i >= 0; i-- {
		if _, err := os.Stat(filepath.Join(dirs[i], "initdb")); err == nil {
			return dirs[i], nil
		}
	}
	p, err := exec.LookPath("initdb")
	return filepath.Dir(p), err
}

// owner gives the folder to the user that the server runs as: PostgreSQL
// refuses to run as root.
func owner(dir string) (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, err
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, os.Chown(dir, uid, gid)
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port, nil
}
