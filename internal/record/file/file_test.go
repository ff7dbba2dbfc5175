package file_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"tongban/internal/record/file"
	"tongban/internal/record/store"
	"tongban/internal/record/store/storetest"
	"tongban/internal/record/vault"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

var bg = context.Background()

// rig is a shelf with all that it stands on.
type rig struct {
	shelf *file.Shelf
	store *store.Store
	vault *vault.Vault
	dir   string
	now   day.Instant
}

// kinds are the shelves; every test of stored content runs on all of them.
var kinds = map[string]struct {
	engine store.Engine
	open   func(*rig) (*file.Shelf, error)
}{
	"folder":            {store.SQLite, func(r *rig) (*file.Shelf, error) { return file.InFolder(r.store, r.vault, r.dir) }},
	"folder postgres":   {store.Postgres, func(r *rig) (*file.Shelf, error) { return file.InFolder(r.store, r.vault, r.dir) }},
	"database sqlite":   {store.SQLite, func(r *rig) (*file.Shelf, error) { return file.InDatabase(r.store, r.vault), nil }},
	"database postgres": {store.Postgres, func(r *rig) (*file.Shelf, error) { return file.InDatabase(r.store, r.vault), nil }},
}

func each(t *testing.T, f func(t *testing.T, r *rig)) {
	t.Helper()
	for name := range kinds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(t, newRig(t, name))
		})
	}
}

func newRig(t testing.TB, kind string) *rig {
	t.Helper()
	r := &rig{dir: filepath.Join(t.TempDir(), "files"), now: day.MustParse("2026-11-20").Start()}
	r.store = storetest.Open(t, kinds[kind].engine, func(o *store.Options) { o.Clock = func() day.Instant { return r.now } })
	keys, err := vault.NewKeys(nil)
	must(t, err)
	r.vault = vault.New(keys, nil)
	r.shelf, err = kinds[kind].open(r)
	must(t, err)
	return r
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (r *rig) do(t testing.TB, f func(tx *store.Tx) error) {
	t.Helper()
	must(t, r.store.Do(bg, store.People, f))
}

func (r *rig) key(t testing.TB) (k *vault.Key) {
	t.Helper()
	r.do(t, func(tx *store.Tx) (err error) {
		k, err = r.vault.NewKey(tx, "case", 1)
		return err
	})
	return k
}

// put receives a content and stores its row.
func (r *rig) put(t testing.TB, k *vault.Key, owner file.Owner, name string, b []byte) (a file.Attachment) {
	t.Helper()
	got, err := r.shelf.Receive(bg, k, name, bytes.NewReader(b), everything)
	must(t, err)
	r.do(t, func(tx *store.Tx) (err error) {
		a, err = r.shelf.Put(tx, k, owner, "plan", got, everything)
		return err
	})
	return a
}

// read loads an attachment from the store and reads it whole.
func (r *rig) read(t testing.TB, id int64) ([]byte, error) {
	t.Helper()
	var a file.Attachment
	err := r.store.Read(bg, func(tx *store.Tx) (err error) {
		var found bool
		a, found, err = r.shelf.Get(tx, id)
		if err == nil && !found {
			err = errors.New("no such attachment")
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	c, err := r.shelf.Open(bg, a)
	if err != nil {
		return nil, err
	}
	defer func() { _ = c.Close() }()
	return io.ReadAll(c)
}

var (
	everything = file.Limits{Formats: file.Types(), MaxBytes: 8 << 20, MaxCount: 3}
	aCase      = file.Owner{Kind: "case", ID: 41}
)

// aPDF is a content of n bytes that begins as a PDF does.
func aPDF(n int) []byte {
	b := make([]byte, n)
	r := rand.NewChaCha8([32]byte{byte(n)})
	_, _ = r.Read(b)
	copy(b, "%PDF-1.7\n")
	return b
}

func aPicture(w, h int) image.Image {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{40, 40, 40, 255}
			if x < w/2 && y < h/2 {
				c = color.RGBA{250, 250, 250, 255}
			}
			m.SetRGBA(x, y, c)
		}
	}
	return m
}

func aPNG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, png.Encode(&b, m))
	return b.Bytes()
}

func aJPEG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, jpeg.Encode(&b, m, nil))
	return b.Bytes()
}

func aZIP(t testing.TB, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, n := range names {
		w, err := z.Create(n)
		must(t, err)
		_, err = w.Write([]byte("<x/>"))
		must(t, err)
	}
	must(t, z.Close())
	return b.Bytes()
}

// says tells which sentence an error carries.
func says(err error) string {
	var m wording.Message
	if errors.As(err, &m) {
		return m.Key
	}
	return ""
}
