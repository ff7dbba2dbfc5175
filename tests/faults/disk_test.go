package faults_test

import (
	"context"
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

// untilRefused lets everybody work until nobody's application is taken any more.
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
	all.Wait()
	if ctx.Err() != nil {
		g.t.Fatal("everything was taken for a minute: the disk was never in the way")
	}
}

// TestFullDisk fills the disk under load. Who was acknowledged is there, who was
// refused was told so, and with room again everything goes on.
func TestFullDisk(t *testing.T) {
	g := diskGroup(t)
	g.remount(0, kilobytes(g.used()+6<<20))
	g.untilRefused()
	g.afterwards()
}

// TestReadOnlyDisk starts the server on a disk that takes no writes, after it
// was killed under load: it must not pretend to serve. With the disk writable
// again everything is there.
func TestReadOnlyDisk(t *testing.T) {
	g := diskGroup(t)
	g.underLoad(300*time.Millisecond, g.server.Kill)
	g.remount(syscall.MS_RDONLY, "512m")
	if s, err := drive.Serve(binary(t), g.dir, "", g.log); err == nil {
		s.Kill()
		t.Error("a server came up on a disk that it cannot write to")
	}
	g.remount(0, "512m")
	g.afterwards()
}

// afterwards gives the room back, starts again, and compares.
func (g *group) afterwards() {
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
	g.stop()
	g.verify()
	g.t.Logf("%d applications and %d further acts acknowledged before, %d unanswered or refused and repeated; lost: nothing", acked, before, g.repeated)
	if acked == 0 {
		g.t.Error("nothing was acknowledged: nothing was tried")
	}
}

func kilobytes(n int64) string { return strconv.FormatInt(n>>10, 10) + "k" }
