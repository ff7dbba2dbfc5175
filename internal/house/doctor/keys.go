package doctor

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tongban/internal/record/archive"
	"tongban/internal/record/vault"
	"tongban/internal/rules/wording"
)

const (
	keysOld    = 3 * 365 * 24 * time.Hour
	backupOld  = 26 * time.Hour
	backupSlow = 256 << 20 // bytes; larger ones are read with Full only
)

// keys looks whether the keys are there, whole, private, and not beside what
// they protect.
func (e *examination) keys() {
	dir := e.o.House.Keys
	if _, err := vault.LoadKeys(dir); errors.Is(err, fs.ErrNotExist) {
		e.found(Bad, "keys", "keys.none", "dir", dir)
		return
	} else if err != nil {
		var m wording.Message
		if !errors.As(err, &m) {
			m = wording.M("doctor.raw", "text", err.Error())
		}
		e.found(Bad, "keys", "keys.bad", "why", m, "dir", dir)
		return
	}
	well := true
	if info, err := os.Stat(dir); err == nil && info.Mode().Perm()&0o077 != 0 && dir != os.Getenv("CREDENTIALS_DIRECTORY") {
		e.found(Bad, "keys", "keys.open", "dir", dir, "mode", info.Mode().Perm().String())
		well = false
	}
	if e.o.House.Database == "" && within(dir, e.o.House.Dir) {
		e.found(Warn, "keys", "keys.beside", "dir", dir)
		well = false
	}
	if b := e.o.House.Backups.Dir; b != "" && within(dir, b) {
		e.found(Bad, "keys", "keys.in_backup", "dir", dir)
		well = false
	}
	days := 0
	if info, err := os.Stat(filepath.Join(dir, "master.key")); err == nil {
		age := e.now.Sub(info.ModTime())
		days = int(age.Hours() / 24)
		if age > keysOld {
			e.found(Warn, "keys", "keys.old", "days", days)
			well = false
		}
	}
	if well {
		e.ok("keys", "keys.ok", "dir", dir, "days", days)
	}
}

// within tells whether a folder lies in another.
func within(dir, parent string) bool {
	a, errA := filepath.Abs(dir)
	b, errB := filepath.Abs(parent)
	rel, err := filepath.Rel(b, a)
	return errA == nil && errB == nil && err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// backups looks at the newest backup: how old it is, and whether it reads back.
func (e *examination) backups() {
	dir := e.o.House.Backups.Dir
	if dir == "" {
		e.found(Warn, "backup", "backup.none")
		return
	}
	list, err := archive.List(dir)
	if err != nil || len(list) == 0 {
		e.found(Bad, "backup", "backup.empty", "dir", dir)
		return
	}
	newest := list[len(list)-1]
	taken, _ := archive.TakenAt(newest)
	hours := int(e.now.Sub(taken).Hours())
	args := []any{"file", filepath.Base(newest), "hours", hours, "n", len(list)}
	if e.now.Sub(taken) > max(backupOld, 2*e.o.House.Backups.Every) {
		e.found(Bad, "backup", "backup.old", args...)
		return
	}
	switch read, err := e.readBack(newest); {
	case err != nil:
		e.found(Bad, "backup", "backup.damaged", append(args, "why", err.Error())...)
	case !read:
		e.ok("backup", "backup.unread", args...)
	default:
		e.ok("backup", "backup.ok", args...)
	}
}

// readBack reads an archive as a restore would; a large one only when asked.
func (e *examination) readBack(path string) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil || info.Size() > backupSlow && !e.o.Full {
		return false, err
	}
	_, err = archive.Check(f)
	return true, err
}
