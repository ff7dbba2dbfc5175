package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tongban/internal/rules/wording"
)

const (
	prefix  = "tongban-"
	suffix  = ".archive"
	partial = ".partial"
)

// Backup writes an archive into dir, reads it back from there, and only then
// gives it its name (tongban-YYYYMMDDThhmmssZ.archive) and removes older ones
// beyond the newest keep (0 keeps all). Beside them it keeps the list of
// destroyed keys, which a restore needs. It returns the archive's path.
func (a *Archive) Backup(ctx context.Context, dir string, keep int) (string, error) {
	path, s, size, err := a.backup(ctx, dir)
	a.note(func(st *Status) {
		st.LastErr = ""
		if err != nil {
			st.LastErr = err.Error()
			return
		}
		st.Last, st.Bytes, st.Files, st.Rows = s.Taken, size, s.Files, 0
		for _, n := range s.Rows {
			st.Rows += n
		}
	})
	if err != nil {
		return "", fmt.Errorf("backup: %w", err)
	}
	if err := a.KeepErased(ctx, filepath.Join(dir, ErasedFile)); err != nil {
		return path, fmt.Errorf("list of destroyed keys: %w", err)
	}
	if keep > 0 {
		err = prune(dir, keep)
	}
	return path, err
}

func (a *Archive) backup(ctx context.Context, dir string) (path string, s Summary, size int64, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", s, 0, err
	}
	if err := removePartial(dir); err != nil {
		return "", s, 0, err
	}
	tmp, err := os.CreateTemp(dir, prefix+"*"+partial)
	if err != nil {
		return "", s, 0, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(tmp.Name()))
		}
	}()
	s, err = a.Write(ctx, tmp)
	if err == nil {
		err = tmp.Sync()
	}
	if err == nil {
		size, err = readBack(tmp, s)
	}
	if err = errors.Join(err, tmp.Close()); err != nil {
		return "", s, 0, err
	}
	path = filepath.Join(dir, prefix+s.Taken.Time().UTC().Format("20060102T150405Z")+suffix)
	if err = os.Rename(tmp.Name(), path); err != nil {
		return "", s, 0, err
	}
	return path, s, size, syncFolder(dir)
}

// readBack reads what lies on the disk: an archive that was never read is none.
func readBack(f *os.File, s Summary) (int64, error) {
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return 0, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return 0, err
	}
	got, err := Check(f)
	if err == nil && got.SHA256 != s.SHA256 {
		err = wording.M("archive.damaged")
	}
	return size, err
}

// removePartial clears away what a crash left half written.
func removePartial(dir string) error {
	list, err := filepath.Glob(filepath.Join(dir, prefix+"*"+partial))
	for _, p := range list {
		err = errors.Join(err, os.Remove(p))
	}
	return err
}

// List names the archives of a folder, oldest first.
func List(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, e := range entries {
		stamp, ok := strings.CutPrefix(e.Name(), prefix)
		stamp, ends := strings.CutSuffix(stamp, suffix)
		if _, err := time.Parse("20060102T150405Z", stamp); ok && ends && err == nil {
			out = append(out, filepath.Join(dir, e.Name()))
		}
	}
	slices.Sort(out)
	return out, nil
}

// TakenAt reads off an archive's name when it was taken.
func TakenAt(path string) (time.Time, bool) {
	stamp := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), prefix), suffix)
	at, err := time.Parse("20060102T150405Z", stamp)
	return at, err == nil
}

func prune(dir string, keep int) error {
	list, err := List(dir)
	if err != nil || len(list) <= keep {
		return err
	}
	for _, p := range list[:len(list)-keep] {
		err = errors.Join(err, os.Remove(p))
	}
	return err
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
