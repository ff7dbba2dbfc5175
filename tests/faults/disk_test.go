package faults_test

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"tongban/tests/drive"
)

// disk is a small disk of its own for a data folder.
func disk(t *testing.T, dir, size string) {
	t.Helper()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("a disk of its own needs the rights to mount one (%v); the store's own test fills a database", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
}

// remount changes the disk under the running server.
func (g *group) remount(flags uintptr, size string) {
	g.t.Helper()
	g.must(syscall.Mount("tmpfs", g.dir, "tmpfs", syscall.MS_REMOUNT|flags, "size="+size))
}

// diskGroup is a group whose data folder is a disk with this much room behind
// what the county takes.
func diskGroup(t *testing.T) *group {
	t.Helper()
	dir := t.TempDir()
	disk(t, dir, "512m")
	g := settled(t, onSQLite)
	g.must(copyFolder(dir, g.dir))
	g.dir = dir
	g.start()
	return g
}

// used is how many bytes the folder's disk holds.
func (g *group) used() int64 {
	g.t.Helper()
	var s syscall.Statfs_t
	g.must(syscall.Statfs(g.dir, &s))
	return int64(s.Blocks-s.Bfree) * s.Bsize
}

// untilRefused lets everybody work and hand files in until nothing is taken any
// more. Whoever is refused must be told that it is for now.
func (g *group) untilRefused() {
	g.t.Helper()
	ctx, stop := context.WithTimeout(g.ctx, time.Minute)
	defer stop()
	var all sync.WaitGroup
	for w := range crowd {
		all.Go(func() {
			for ctx.Err() == nil {
				e := g.open(w)
				if !g.apply(e) {
					return
				}
				for g.step(e) {
				}
			}
		})
	}
	all.Go(func() {
		for n := 0; ctx.Err() == nil; n++ {
			if err := g.upload(0, n); !g.answered("upload", err) {
				return
			}
		}
	})
	all.Wait()
	if ctx.Err() != nil {
		g.t.Fatal("everything was taken for a minute: the disk was never in the way")
	}
}

// TestFullDisk fills the disk under load. Who was acknowledged is there, who was
// refused was told so. A server whose disk was full once writes nothing more
// until it is started again, and says so; reading goes on.
func TestFullDisk(t *testing.T) {
	r := try(t, "disk full under load: cases, files and the WAL")
	g := diskGroup(t)
	g.remount(0, kilobytes(g.used()+6<<20))
	g.untilRefused()
	if err := g.upload(1, 99_000); err == nil || g.answered("upload on a full disk", err) {
		t.Errorf("an upload on a full disk was answered %v", err)
	}
	for _, e := range g.book {
		if e.acked {
			if _, err := g.persons[e.who].Look(g.ctx, e.done.Case); err != nil {
				t.Errorf("with the disk full a case cannot be read: %v", err)
			}
			break
		}
	}
	g.remount(0, "512m")
	if err := g.ready(); err == nil {
		t.Error("the server says that it is ready although it writes nothing")
	}
	if e := g.open(0); g.apply(e) {
		t.Error("the server writes again without a restart: its store was thought to have stopped")
	}
	g.afterwards(r)
}

// ready asks whether the server is ready.
func (g *group) ready() error {
	a, err := http.Get(g.client.URL + "/readyz")
	if err != nil {
		return err
	}
	defer func() { _ = a.Body.Close() }()
	if a.StatusCode != http.StatusOK {
		return errors.New(a.Status)
	}
	return nil
}

// TestReadOnlyDisk starts the server on a disk that takes no writes, after it
// was killed under load: it must not pretend to serve. With the disk writable
// again everything is there.
func TestReadOnlyDisk(t *testing.T) {
	r := try(t, "disk read-only at the start, after a kill under load")
	g := diskGroup(t)
	g.underLoad(300*time.Millisecond, g.server.Kill)
	g.remount(syscall.MS_RDONLY, "512m")
	if s, err := drive.Serve(binary(t), g.dir, "", g.log); err == nil {
		s.Kill()
		t.Error("a server came up on a disk that it cannot write to")
	}
	g.afterwards(r)
}

// afterwards gives the room back, starts again, and compares.
func (g *group) afterwards(r *report) {
	g.t.Helper()
	acked := 0
	for _, e := range g.book {
		if e.acked {
			acked++
		}
	}
	g.server.Kill()
	g.remount(0, "512m")
	before := g.acts
	g.start()
	g.repeatUnanswered()
	g.compare()
	g.must(g.ready())
	g.stop()
	g.verify()
	r.tells("%d applications, %d further acts, %d files acknowledged before; %d unanswered or refused and repeated after", acked, before, len(g.files), g.repeated)
	if acked == 0 {
		g.t.Error("nothing was acknowledged: nothing was tried")
	}
}

func kilobytes(n int64) string { return strconv.FormatInt(n>>10, 10) + "k" }
