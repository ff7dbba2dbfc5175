package archive_test

import (
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"tongban/internal/record/store"
)

// heap is a writer and reader between the archive and a file that looks at the
// memory in use on the way.
type heap struct {
	f    *os.File
	n    int
	most uint64
}

func (h *heap) look() {
	if h.n++; h.n%200 == 0 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		h.most = max(h.most, m.HeapAlloc)
	}
}

func (h *heap) Write(p []byte) (int, error) { h.look(); return h.f.Write(p) }
func (h *heap) Read(p []byte) (int, error)  { h.look(); return h.f.Read(p) }
func (h *heap) Seek(offset int64, whence int) (int64, error) {
	return h.f.Seek(offset, whence)
}

var _ io.ReadSeeker = (*heap)(nil)

// The test is alone while it looks at the memory: it does not run in parallel.
func TestBigTableInBoundedMemory(t *testing.T) {
	const rows, size = 60_000, 1000
	p := newPlatform(t)
	a := p.open(t, store.SQLite).serve(t)
	for from := 0; from < rows; from += 5000 {
		must(t, a.s.Do(bg, store.People, func(tx *store.Tx) error {
			for i := range 5000 {
				b := make([]byte, size)
				for k := range b {
					b[k] = byte((from+i)*31 + k*k)
				}
				tx.Put(`insert into odd("order", id, raw) values(1, $1, $2)`, from+i, b)
			}
			return nil
		}))
	}
	f, err := os.Create(filepath.Join(t.TempDir(), "big.archive"))
	must(t, err)
	defer func() { _ = f.Close() }()
	var before runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)

	out := &heap{f: f}
	s, err := a.Write(bg, out)
	must(t, err)
	_, err = f.Seek(0, io.SeekStart)
	must(t, err)
	in := &heap{f: f}
	r := p.open(t, store.Postgres)
	_, err = r.Restore(bg, in, nil)
	must(t, err)
	if n := r.count(t, `select count(*) from odd`); n != rows || s.Rows["odd"] != rows {
		t.Fatalf("%d rows restored, %d archived", n, s.Rows["odd"])
	}
	for what, h := range map[string]*heap{"written": out, "read": in} {
		if h.most == 0 || h.most > before.HeapAlloc+24<<20 {
			t.Errorf("%d MB of rows %s with %d KB more in memory (%d looks)", rows*size>>20, what, (int64(h.most)-int64(before.HeapAlloc))>>10, h.n/200)
		}
	}
}
