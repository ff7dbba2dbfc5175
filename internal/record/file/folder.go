package file

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

// sweepBatch is how many addresses are looked up or removed at a time.
const sweepBatch = 200

// folder keeps each content in a file: <dir>/<2 digits>/<address>. What is
// being written lies in <dir>/tmp.
type folder struct {
	dir string
	now func() day.Instant // file times follow the store's clock, as sweeping does
	mu  sync.Mutex         // between putting a content at its address and removing it there
}

func openFolder(dir string, now func() day.Instant) (*folder, error) {
	f := &folder{dir: dir, now: now}
	return f, os.MkdirAll(f.tmp(), 0o700)
}

func (f *folder) tmp() string { return filepath.Join(f.dir, "tmp") }

func (f *folder) path(ref string) string { return filepath.Join(f.dir, ref[:2], ref) }

func (f *folder) begin(context.Context) (draft, error) {
	file, err := os.CreateTemp(f.tmp(), "*")
	if err != nil {
		return nil, away(err)
	}
	return &folderDraft{folderBlob: folderBlob{file: file}, folder: f}, nil
}

func (f *folder) open(_ context.Context, ref string) (blob, error) {
	if !isAddress(ref) {
		return nil, missing(ref)
	}
	file, err := os.Open(f.path(ref))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, missing(ref)
	}
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	body := info.Size() - headSize
	return &folderBlob{file: file, count: 1 + int((body+sealedSize-1)/sealedSize), size: info.Size()}, nil
}

// folderBlob reads frames from a file.
type folderBlob struct {
	file  *os.File
	count int   // frames, the head among them
	size  int64 // bytes of the file
}

func (b *folderBlob) frames() int  { return b.count }
func (b *folderBlob) close() error { return b.file.Close() }

func (b *folderBlob) frame(n int) ([]byte, error) {
	if n < 0 || n >= b.count {
		return nil, fmt.Errorf("frame %d of %d: %w", n, b.count, ErrMissing)
	}
	at, size := int64(0), int64(headSize)
	if n > 0 {
		at = headSize + int64(n-1)*sealedSize
		size = min(sealedSize, b.size-at)
	}
	buf := make([]byte, size)
	_, err := b.file.ReadAt(buf, at)
	return buf, err
}

// folderDraft writes frames behind the place of the head.
type folderDraft struct {
	folderBlob
	folder *folder
}

func (d *folderDraft) add(sealed []byte) error {
	if d.count == 0 {
		d.count, d.size = 1, headSize
	}
	n, err := d.file.WriteAt(sealed, d.size)
	d.size += int64(n)
	d.count++
	return away(err)
}

func (d *folderDraft) finish(head []byte, ref string) error { return away(d.put(head, ref)) }

// away marks what the disk refuses (full, read-only, broken) as a store that is
// away: nothing was taken, and the same may be sent again.
func away(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
}

// put writes the head and gives the content its address.
func (d *folderDraft) put(head []byte, ref string) error {
	now := d.folder.now().Time()
	if _, err := d.file.WriteAt(head, 0); err != nil {
		return err
	}
	if err := os.Chtimes(d.file.Name(), now, now); err != nil {
		return err
	}
	if err := errors.Join(d.file.Sync(), d.file.Close()); err != nil {
		return err
	}
	path := d.folder.path(ref)
	if err := d.folder.ready(filepath.Dir(path)); err != nil {
		return err
	}
	// A content that is there already is replaced by its equal, and is young again.
	d.folder.mu.Lock()
	err := os.Rename(d.file.Name(), path)
	d.folder.mu.Unlock()
	if err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

func (d *folderDraft) drop() {
	_ = d.file.Close()
	_ = os.Remove(d.file.Name()) // sweeping takes what stays
}

// ready makes a subfolder that survives a power cut.
func (f *folder) ready(dir string) error {
	err := os.Mkdir(dir, 0o700)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return syncDir(f.dir)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func (f *folder) old(ctx context.Context, before day.Instant, visit func([]string) error) error {
	subs, err := os.ReadDir(f.dir)
	if err != nil {
		return err
	}
	for _, sub := range subs {
		names, err := f.oldIn(filepath.Join(f.dir, sub.Name()), before)
		if err != nil {
			return err
		}
		for len(names) > 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			n := min(len(names), sweepBatch)
			if err := visit(names[:n]); err != nil {
				return err
			}
			names = names[n:]
		}
	}
	return nil
}

// oldIn lists the old contents of a subfolder and removes old temporary files.
func (f *folder) oldIn(dir string, before day.Instant) ([]string, error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var refs []string
	for _, file := range files {
		path := filepath.Join(dir, file.Name())
		switch {
		case !f.isOld(path, before):
		case dir == f.tmp():
			if err := os.Remove(path); err != nil {
				return nil, err
			}
		case isAddress(file.Name()) && strings.HasPrefix(file.Name(), filepath.Base(dir)):
			refs = append(refs, file.Name())
		}
	}
	return refs, nil
}

func (f *folder) isOld(path string, before day.Instant) bool {
	info, err := os.Stat(path)
	return err == nil && day.FromTime(info.ModTime()) < before
}

func (f *folder) remove(_ context.Context, before day.Instant, refs []string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, ref := range refs {
		if path := f.path(ref); f.isOld(path, before) {
			if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}
