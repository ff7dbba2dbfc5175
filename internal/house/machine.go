package house

import (
	"os"
	"path/filepath"
	"time"

	"tongban/internal/record/archive"
	"tongban/internal/record/store"
)

var (
	gDisk      = gauge("disk_bytes", "Size of the file system that a folder lies on.", "place")
	gDiskFree  = gauge("disk_free_bytes", "What may still be written to it.", "place")
	gDatabase  = gauge("database_bytes", "Size of the database file (SQLite).")
	gWAL       = gauge("wal_bytes", "Size of the write-ahead log (SQLite).")
	gCopies    = gauge("backup_configured", "1 when backups are made by themselves.")
	gCopyAge   = gauge("backup_age_seconds", "Age of the newest backup; since the start of the server while there is none.")
	gCopyGood  = gauge("backup_good", "0 when the newest attempt of this server at a backup was not good.")
	gCopyBytes = gauge("backup_bytes", "Size of the newest backup.")
)

var started = time.Now()

// Space is the size of the file system that a folder lies on, and what may
// still be written to it, in bytes; ok is false where that cannot be found out.
func Space(dir string) (size, free uint64, ok bool) { return space(dir) }

// disks tells of the file systems that the server writes to.
func (m *measured) disks(put func(string, float64, ...string)) {
	for place, dir := range map[string]string{"data": m.h.Options.Dir, "temp": os.TempDir(), "backup": m.h.Options.Backups.Dir} {
		if dir == "" {
			continue
		}
		if size, free, ok := space(dir); ok {
			put(gDisk, float64(size), place)
			put(gDiskFree, float64(free), place)
		}
	}
	if m.h.Store.Engine() != store.SQLite {
		return
	}
	file := filepath.Join(m.h.Options.Dir, "tongban.db")
	for _, x := range []struct{ name, file string }{{gDatabase, file}, {gWAL, file + "-wal"}} {
		if info, err := os.Stat(x.file); err == nil {
			put(x.name, float64(info.Size()))
		}
	}
}

// copies tells of the backups.
func (m *measured) copies(put func(string, float64, ...string)) {
	b := m.h.Options.Backups
	if b.Dir == "" || b.Every <= 0 {
		put(gCopies, 0)
		return
	}
	put(gCopies, 1)
	good := 1.0
	if m.h.Archive.Status().LastErr != "" {
		good = 0
	}
	put(gCopyGood, good)
	age := time.Since(started)
	if list, err := archive.List(b.Dir); err == nil && len(list) > 0 {
		newest := list[len(list)-1]
		if info, err := os.Stat(newest); err == nil {
			put(gCopyBytes, float64(info.Size()))
		}
		if at, ok := archive.TakenAt(newest); ok {
			age = time.Since(at)
		}
	}
	put(gCopyAge, max(0, age.Seconds()))
}
