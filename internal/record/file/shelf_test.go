package file_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"tongban/internal/record/file"
	"tongban/internal/record/store"
	"tongban/internal/record/vault"
	"tongban/internal/rules/day"
)

func TestContentComesBackAsItWas(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *rig) {
		k := r.key(t)
		const frame = 64 << 10
		for i, n := range []int{16, frame - 1, frame, frame + 1, 3*frame + 5, 40 * frame} {
			want := aPDF(n)
			a := r.put(t, k, file.Owner{Kind: "case", ID: int64(i)}, "平面图.PDF", want)
			got, err := r.read(t, a.ID)
			must(t, err)
			if !bytes.Equal(got, want) || a.Size != int64(n) || a.Name != "平面图.pdf" || a.Type != file.PDF {
				t.Fatalf("%d bytes: got %d, %+v", n, len(got), a)
			}
		}
	})
}

// A browser asks for parts of a file, in any order.
func TestContentIsReadFromAnyPlace(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *rig) {
		want := aPDF(300_000)
		a := r.put(t, r.key(t), aCase, "a.pdf", want)
		c, err := r.shelf.Open(bg, a)
		must(t, err)
		defer func() { _ = c.Close() }()
		for _, at := range []int64{299_990, 65_530, 0, 131_072, 200_000} {
			_, err := c.Seek(at, io.SeekStart)
			must(t, err)
			got := make([]byte, 10)
			_, err = io.ReadFull(c, got)
			must(t, err)
			if !bytes.Equal(got, want[at:at+10]) {
				t.Fatalf("at %d", at)
			}
		}
	})
}

func TestNothingLiesOpen(t *testing.T) {
	t.Parallel()
	r := newRig(t, "folder")
	secret := []byte("990124199001010011")
	b := append(aPDF(1000), bytes.Repeat(secret, 10_000)...)
	r.put(t, r.key(t), aCase, "身份证990124.pdf", b)
	seen := 0
	must(t, filepath.WalkDir(filepath.Dir(r.dir), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		seen++
		if bytes.Contains(b, secret) || bytes.Contains(b, []byte("身份证")) {
			t.Errorf("%s shows what was handed in", path)
		}
		return err
	}))
	if seen == 0 {
		t.Fatal("nothing was written")
	}
}

func TestChangedContentIsNoticed(t *testing.T) {
	t.Parallel()
	r := newRig(t, "folder")
	k := r.key(t)
	const frame, head, sealed = 64 << 10, 93, 64<<10 + 37
	for name, harm := range map[string]func(b []byte) []byte{
		"a bit of the content": func(b []byte) []byte { b[len(b)/2] ^= 1; return b },
		"a bit of the head":    func(b []byte) []byte { b[40] ^= 1; return b },
		"cut at a frame":       func(b []byte) []byte { return b[:head+2*sealed] },
		"cut in a frame":       func(b []byte) []byte { return b[:len(b)-9] },
		"frames exchanged": func(b []byte) []byte {
			one, two := append([]byte{}, b[head:head+sealed]...), append([]byte{}, b[head+sealed:head+2*sealed]...)
			copy(b[head:], two)
			copy(b[head+sealed:], one)
			return b
		},
		"a frame doubled": func(b []byte) []byte { return append(b, b[head+sealed:head+2*sealed]...) },
	} {
		a := r.put(t, k, aCase, "a.pdf", aPDF(3*frame+len(name)))
		r.do(t, func(tx *store.Tx) error { r.shelf.Remove(tx, aCase, a.ID); return nil })
		path := r.path(t, a)
		b, err := os.ReadFile(path)
		must(t, err)
		must(t, os.WriteFile(path, harm(b), 0o600))
		c, err := r.shelf.Open(bg, a)
		if err == nil {
			_, err = io.ReadAll(c)
			_ = c.Close()
		}
		if !errors.As(err, new(vault.Tampered)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// path finds the file of an attachment whose content was put last.
func (r *rig) path(t *testing.T, a file.Attachment) string {
	t.Helper()
	var path string
	must(t, filepath.WalkDir(r.dir, func(p string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			if info, _ := d.Info(); info.Size() == 93+a.Size+37*((a.Size+65535)/65536) {
				path = p
			}
		}
		return err
	}))
	return path
}

// Two people's papers cannot be exchanged in the database or on the shelf.
func TestExchangedRowsAreNoticed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *rig) {
		k := r.key(t)
		a, b := r.put(t, k, aCase, "a.pdf", aPDF(900)), r.put(t, k, aCase, "b.pdf", aPDF(901))
		for _, set := range []string{"ref = o.ref", "content = o.content", "size = o.size, fingerprint = o.fingerprint", "name = o.name", "type = 'png'"} {
			broken := r.store.Do(bg, store.People, func(tx *store.Tx) error {
				if _, err := tx.Exec(`update attachment set `+set+` from attachment o where attachment.id = $1 and o.id = $2`, a.ID, b.ID); err != nil {
					return err
				}
				got, _, err := r.shelf.Get(tx, a.ID)
				if err != nil {
					return err
				}
				c, err := r.shelf.Open(bg, got)
				if err != nil {
					return err
				}
				_ = c.Close()
				return nil
			})
			if !errors.As(broken, new(vault.Tampered)) {
				t.Errorf("%s: %v", set, broken)
			}
		}
	})
}

func TestErasedKeyErasesItsAttachments(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *rig) {
		k := r.key(t)
		a := r.put(t, k, aCase, "a.pdf", aPDF(100))
		r.do(t, func(tx *store.Tx) error { return r.vault.Erase(tx, k.ID()) })
		if _, err := r.read(t, a.ID); !errors.As(err, new(vault.Erased)) {
			t.Fatalf("got %v", err)
		}
	})
}

func TestOwnersListMoveAndRemove(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *rig) {
		k := r.key(t)
		draft := file.Owner{Kind: "draft", ID: 7}
		a, b := r.put(t, k, draft, "a.pdf", aPDF(100)), r.put(t, k, draft, "b.pdf", aPDF(200))
		r.do(t, func(tx *store.Tx) error { r.shelf.Move(tx, draft, aCase); return nil })
		list := func(o file.Owner) (names string) {
			must(t, r.store.Read(bg, func(tx *store.Tx) error {
				l, err := r.shelf.List(tx, o)
				for _, a := range l {
					names += a.Name + " "
				}
				return err
			}))
			return names
		}
		if list(draft) != "" || list(aCase) != "a.pdf b.pdf " {
			t.Fatalf("after the move: %q %q", list(draft), list(aCase))
		}
		remove := func(o file.Owner, id int64) error {
			return r.store.Do(bg, store.People, func(tx *store.Tx) error { r.shelf.Remove(tx, o, id); return nil })
		}
		if err := remove(draft, b.ID); says(err) != "file.gone" {
			t.Fatalf("another owner removed it: %v", err)
		}
		must(t, remove(aCase, a.ID))
		if list(aCase) != "b.pdf " {
			t.Fatalf("after removing: %q", list(aCase))
		}
	})
}

func TestSlotHoldsOnlySoMany(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *rig) {
		k := r.key(t)
		for i := range everything.MaxCount {
			r.put(t, k, aCase, "a.pdf", aPDF(100+i))
		}
		got, err := r.shelf.Receive(bg, k, "a.pdf", bytes.NewReader(aPDF(99)), everything)
		must(t, err)
		put := func(slot string) error {
			return r.store.Do(bg, store.People, func(tx *store.Tx) error {
				_, err := r.shelf.Put(tx, k, aCase, slot, got, everything)
				return err
			})
		}
		if err := put("plan"); says(err) != "file.too_many" {
			t.Fatalf("got %v", err)
		}
		must(t, put("other"))
		r.now += 2 * day.Hour
		if err := put("third"); says(err) != "file.again" {
			t.Fatalf("a content received long ago was referred to: %v", err)
		}
	})
}

func TestSweepTakesOnlyWhatNobodyRefersTo(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *rig) {
		k := r.key(t)
		kept := r.put(t, k, aCase, "a.pdf", aPDF(200_000))
		twice := r.put(t, k, aCase, "b.pdf", aPDF(70_000))
		again := r.put(t, k, aCase, "c.pdf", aPDF(70_000)) // the same content
		lost, err := r.shelf.Receive(bg, k, "d.pdf", bytes.NewReader(aPDF(5000)), everything)
		must(t, err)
		young, err := r.shelf.Receive(bg, k, "e.pdf", bytes.NewReader(aPDF(6000)), everything)
		must(t, err)
		r.do(t, func(tx *store.Tx) error { r.shelf.Remove(tx, aCase, twice.ID); return nil })

		sweep := func(want int) {
			t.Helper()
			n, err := r.shelf.Sweep(bg)
			must(t, err)
			if n != want {
				t.Fatalf("swept %d, not %d", n, want)
			}
		}
		sweep(0)
		r.now += 23 * day.Hour
		_, err = r.shelf.Receive(bg, k, "e.pdf", bytes.NewReader(aPDF(6000)), everything) // touched again
		must(t, err)
		r.now += 2 * day.Hour
		sweep(1)
		for ref, want := range map[string]bool{lost.Ref: false, young.Ref: true} {
			if err := r.shelf.CopyOut(bg, ref, io.Discard); (err == nil) != want {
				t.Errorf("content there: %v, want %v", err, want)
			}
		}
		for _, a := range []file.Attachment{kept, again} {
			_, err := r.read(t, a.ID)
			must(t, err)
		}
		r.now += 25 * day.Hour
		sweep(1)
		r.now += 25 * day.Hour
		sweep(0)
	})
}

// What broke off leaves nothing, at once or after a day.
func TestBrokenUploadLeavesNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *rig) {
		k := r.key(t)
		torn := io.MultiReader(bytes.NewReader(aPDF(3<<20)), brokenReader{})
		if _, err := r.shelf.Receive(bg, k, "a.pdf", torn, everything); says(err) != "file.interrupted" || !errors.Is(err, errGone) {
			t.Fatalf("got %v", err)
		}
		var rows int
		must(t, r.store.Read(bg, func(tx *store.Tx) error {
			_, err := tx.Get([]any{&rows}, `select (select count(*) from file_blob) + (select count(*) from file_frame)`)
			return err
		}))
		files, err := filepath.Glob(filepath.Join(r.dir, "*", "*"))
		must(t, err)
		if rows+len(files) != 0 {
			t.Fatalf("%d rows and %v left", rows, files)
		}
	})
}

var errGone = errors.New("connection reset")

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errGone }

// A process that died in an upload leaves a temporary file; a day later it is gone.
func TestSweepTakesHalfWrittenContent(t *testing.T) {
	t.Parallel()
	r := newRig(t, "folder")
	path := filepath.Join(r.dir, "tmp", "123")
	must(t, os.WriteFile(path, []byte("half"), 0o600))
	old := (r.now - 30*day.Hour).Time()
	must(t, os.Chtimes(path, old, old))
	_, err := r.shelf.Sweep(bg)
	must(t, err)
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Fatalf("still there: %v", err)
	}

	d := newRig(t, "database sqlite")
	d.do(t, func(tx *store.Tx) error {
		tx.Put(`insert into file_blob(home, id, touched) values($1, 9, $2)`, tx.Home(), d.now-30*day.Hour)
		tx.Put(`insert into file_frame(home, blob, n, sealed) values($1, 9, 1, $2)`, tx.Home(), []byte("half"))
		return nil
	})
	_, err = d.shelf.Sweep(bg)
	must(t, err)
	must(t, d.store.Read(bg, func(tx *store.Tx) error {
		var n int
		_, err := tx.Get([]any{&n}, `select count(*) from file_frame`)
		if n != 0 {
			t.Errorf("%d frames left", n)
		}
		return err
	}))
}

// A backup goes from any shelf to any other without a key.
func TestSealedContentMovesBetweenShelves(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *rig) {
		k := r.key(t)
		want := aPDF(200_001)
		a := r.put(t, k, aCase, "a.pdf", want)
		for _, other := range []string{"folder", "database sqlite"} {
			to := &rig{store: r.store, vault: r.vault, dir: t.TempDir()}
			var err error
			to.shelf, err = kinds[other].open(to)
			must(t, err)
			must(t, r.shelf.Refs(bg, func(ref string) error {
				var sealed bytes.Buffer
				if err := r.shelf.CopyOut(bg, ref, &sealed); err != nil {
					return err
				}
				return to.shelf.CopyIn(bg, ref, &sealed)
			}))
			got, err := to.read(t, a.ID)
			must(t, err)
			if !bytes.Equal(got, want) {
				t.Fatalf("copied %d bytes to %s", len(got), other)
			}
		}
		if err := r.shelf.CopyIn(bg, "../../etc", bytes.NewReader(nil)); err == nil {
			t.Fatal("a path was taken for an address")
		}
	})
}

func TestMissingContentIsNamed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *rig) {
		a := r.put(t, r.key(t), aCase, "a.pdf", aPDF(100))
		elsewhere, err := file.InFolder(r.store, r.vault, t.TempDir())
		must(t, err)
		if _, err := elsewhere.Open(bg, a); !errors.Is(err, file.ErrMissing) {
			t.Fatalf("got %v", err)
		}
	})
}

func TestManyUploadsOfOneContentAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *rig) {
		k := r.key(t)
		want := aPDF(150_000)
		var wg sync.WaitGroup
		refs := make([]string, 8)
		for i := range refs {
			wg.Go(func() {
				got, err := r.shelf.Receive(bg, k, "a.pdf", bytes.NewReader(want), everything)
				if err != nil {
					t.Error(err)
				}
				refs[i] = got.Ref
			})
		}
		wg.Wait()
		for _, ref := range refs[1:] {
			if ref != refs[0] {
				t.Fatal("one content has two addresses")
			}
		}
		a := r.put(t, k, aCase, "a.pdf", want)
		got, err := r.read(t, a.ID)
		must(t, err)
		if !bytes.Equal(got, want) {
			t.Fatal("content differs")
		}
	})
}
