package doctor

import (
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"time"

	"tongban/internal/house"
)

// Machine is what the doctor asks of the machine.
type Machine struct {
	Now    func() time.Time
	Space  func(dir string) (size, free uint64, ok bool)
	Synced func() (synced, known bool)          // whether the kernel's clock is kept by a time service
	Drift  func() time.Duration                 // by how much the clock jumped while it was watched
	Files  func() (limit uint64, known bool)    // open files that a process may have
	Owner  func(fs.FileInfo) (uid int, ok bool) // whose file it is
	User   int                                  // who asks; 0 with the zero value means the process's own
}

func (m *Machine) fill() {
	if m.Now == nil {
		m.Now = time.Now
	}
	if m.Space == nil {
		m.Space = house.Space
	}
	if m.Synced == nil {
		m.Synced = synced
	}
	if m.Drift == nil {
		m.Drift = drift
	}
	if m.Files == nil {
		m.Files = openFiles
	}
	if m.Owner == nil {
		m.Owner = owner
	}
	if m.User == 0 {
		m.User = os.Getuid()
	}
}

const (
	watchFor   = 200 * time.Millisecond
	driftMost  = 20 * time.Millisecond
	freeBad    = 1e9 // bytes
	freeWarn   = 0.1 // share
	walWarn    = 500e6
	filesWarn  = 4096
	clockAhead = 2 * time.Second
)

// drift watches the clock for a moment against the time that really passed.
func drift() time.Duration {
	began := time.Now()
	time.Sleep(watchFor)
	now := time.Now()
	return (now.Round(0).Sub(began.Round(0)) - now.Sub(began)).Abs()
}

// disks looks at the room that is left where the server writes.
func (e *examination) disks() {
	places := []struct{ name, dir string }{{"data", e.o.House.Dir}, {"temp", os.TempDir()}, {"backup", e.o.House.Backups.Dir}}
	for _, p := range places {
		if p.dir == "" {
			continue
		}
		size, free, ok := e.o.Machine.Space(p.dir)
		if !ok {
			e.found(Warn, "disk", "disk.unknown", "dir", p.dir)
			continue
		}
		share := float64(free) / math.Max(1, float64(size))
		args := []any{"dir", p.dir, "free", int(free / 1e6), "percent", int(100 * share)}
		switch {
		case free < freeBad:
			e.found(Bad, "disk", "disk.full", args...)
		case share < freeWarn:
			e.found(Warn, "disk", "disk.low", args...)
		default:
			e.ok("disk", "disk.ok", args...)
		}
	}
	if e.o.House.Database != "" {
		return
	}
	if info, err := os.Stat(filepath.Join(e.o.House.Dir, "tongban.db-wal")); err == nil && info.Size() > walWarn {
		e.found(Warn, "disk", "disk.wal", "mb", info.Size()/1e6)
	}
}

// clock looks whether the clock is kept right and runs evenly.
func (e *examination) clock() {
	if jump := e.o.Machine.Drift(); jump > driftMost {
		e.found(Bad, "clock", "clock.jumps", "ms", jump.Milliseconds())
	}
	switch synced, known := e.o.Machine.Synced(); {
	case !known:
		e.found(Warn, "clock", "clock.unknown")
	case !synced:
		e.found(Warn, "clock", "clock.free")
	default:
		e.ok("clock", "clock.ok")
	}
}

// limits looks at what the process may have.
func (e *examination) limits() {
	switch n, known := e.o.Machine.Files(); {
	case !known:
	case n < filesWarn:
		e.found(Warn, "files", "files.limit", "n", n)
	default:
		e.ok("files", "files.limit_ok", "n", n)
	}
}

// files looks at who may read what lies in the data folder, and whose it is.
func (e *examination) files() {
	info, err := os.Stat(e.o.House.Dir)
	if err != nil {
		e.found(Bad, "files", "files.none", "dir", e.o.House.Dir)
		return
	}
	if info.Mode().Perm()&0o077 != 0 {
		e.found(Warn, "files", "files.open", "file", e.o.House.Dir, "mode", info.Mode().Perm().String())
	}
	mine, known := e.o.Machine.Owner(info)
	if known && mine != e.o.Machine.User {
		e.found(Warn, "files", "files.user", "uid", mine)
	}
	for _, name := range []string{"tongban.db", "tongban.db-wal", "tongban.db-shm", "attachments"} {
		file := filepath.Join(e.o.House.Dir, name)
		in, err := os.Stat(file)
		if err != nil {
			continue
		}
		if uid, ok := e.o.Machine.Owner(in); ok && known && uid != mine {
			e.found(Bad, "files", "files.owner", "file", file, "uid", uid, "want", mine)
			return
		}
	}
	e.ok("files", "files.ok", "dir", e.o.House.Dir)
}
