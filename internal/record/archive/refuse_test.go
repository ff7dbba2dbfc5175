package archive_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"tongban/internal/record/archive"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/record/store/storetest"
	"tongban/internal/rules/wording"
)

func openFile(t testing.TB, path string) *os.File {
	t.Helper()
	f, err := os.Open(path)
	must(t, err)
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// refused: told in words that a person can act on.
func refused(t testing.TB, err error, word string) {
	t.Helper()
	var m wording.Message
	if !errors.As(err, &m) || !strings.Contains(m.Error(), word) || strings.Contains(m.Error(), "⟦") {
		t.Fatalf("refused with %v, which does not say %q", err, word)
	}
}

// isEmpty: nothing of a refused archive is left.
func isEmpty(t testing.TB, r *rig) {
	t.Helper()
	for _, table := range []string{"event", "entry", "ledger_log", "data_key", "odd", "z_parent", "attachment", "restore_mark"} {
		if n := r.count(t, `select count(*) from `+table); n != 0 {
			t.Fatalf("%d rows in %s", n, table)
		}
	}
}

func small(t *testing.T) (*platform, []byte) {
	t.Helper()
	p := newPlatform(t)
	a := p.open(t, store.SQLite).serve(t)
	fillOdd(t, a)
	a.act(t, a.key(t, 1), "case/1", "甲")
	a.attach(t, 1, sealedContent(5000))
	b, _ := a.archive(t)
	return p, b
}

func TestCutArchiveIsRefused(t *testing.T) {
	t.Parallel()
	p, whole := small(t)
	r := p.open(t, store.SQLite)
	for n := 0; n < len(whole); n += 1 + len(whole)/60 {
		_, err := r.Restore(bg, bytes.NewReader(whole[:n]), nil)
		refused(t, err, "备份")
	}
	isEmpty(t, r)
	_, err := r.Restore(bg, bytes.NewReader(whole), nil)
	must(t, err)
}

func TestChangedArchiveIsRefused(t *testing.T) {
	t.Parallel()
	_, whole := small(t)
	want, err := archive.Check(bytes.NewReader(whole))
	must(t, err)
	rapid.Check(t, func(rt *rapid.T) {
		b := bytes.Clone(whole)
		at, bit := rapid.IntRange(0, len(b)-1).Draw(rt, "at"), rapid.IntRange(0, 7).Draw(rt, "bit")
		b[at] ^= 1 << bit
		// A few bits of a compressed stream mean nothing (padding, codes that
		// are not used): an archive that differs only there says the same.
		if s, err := archive.Check(bytes.NewReader(b)); err == nil && (s.SHA256 != want.SHA256 || s.Checkpoint != want.Checkpoint || s.Files != want.Files) {
			rt.Fatalf("bit %d of byte %d of %d changed unseen", bit, at, len(b))
		}
	})
}

// Even somebody who packs the changed text anew is found by the digest, and who
// writes the digest anew by the signed checkpoint.
func TestChangedTextIsRefused(t *testing.T) {
	t.Parallel()
	p, whole := small(t)
	text := archive.Plain(t, whole)
	r := p.open(t, store.SQLite)
	rapid.Check(t, func(rt *rapid.T) {
		b := bytes.Clone(text)
		at := rapid.IntRange(0, len(b)-1).Draw(rt, "at")
		b[at] ^= 1 << rapid.IntRange(0, 7).Draw(rt, "bit")
		if _, err := archive.Check(bytes.NewReader(archive.Pack(t, b))); err == nil {
			rt.Fatalf("byte %d changed unseen", at)
		}
	})
	for name, c := range map[string]struct{ old, new, says string }{
		"a row less":   {`[1,1]` + "\n", ``, "损坏"},
		"schema":       {`"schema":`, `"schema":9`, "数据结构"},
		"home":         {`"home":1`, `"home":2`, "单位"},
		"acts":         {`"acts":1`, `"acts":2`, "签名"},
		"other format": {`tongban-archive/1`, `tongban-archive/2`, "不是"},
		"more after":   {``, ``, "损坏"},
	} {
		b := bytes.Replace(text, []byte(c.old), []byte(c.new), 1)
		if name == "more after" {
			b = append(bytes.Clone(text), '\n')
		}
		_, err := r.Restore(bg, bytes.NewReader(archive.Pack(t, redigest(t, b))), nil)
		if err == nil {
			t.Fatalf("%s: restored", name)
		}
		refused(t, err, c.says)
	}
	isEmpty(t, r)
}

var digest = regexp.MustCompile(`"sha256":"[0-9a-f]{64}"`)

// redigest writes the digest of a changed text anew.
func redigest(t *testing.T, text []byte) []byte {
	t.Helper()
	i := bytes.LastIndex(text, []byte(`{"end":`))
	return append(bytes.Clone(text[:i]), digest.ReplaceAll(text[i:], []byte(`"sha256":"`+sum(text[:i])+`"`))...)
}

// An archive made over from its digest up is still contradicted by the signed
// checkpoint, which is found only when the rows are in: they go out again.
func TestForgedRecordIsRefusedAndTakenOutAgain(t *testing.T) {
	t.Parallel()
	p, whole := small(t)
	forged := archive.Pack(t, redigest(t, forgeEntry(t, archive.Plain(t, whole))))
	_, err := archive.Check(bytes.NewReader(forged))
	must(t, err)
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		r := p.open(t, e)
		if _, err := r.Restore(bg, bytes.NewReader(forged), nil); !errors.Is(err, ledger.ErrOtherLog) {
			t.Fatalf("a forged record: %v", err)
		}
		isEmpty(t, r)
		_, err = r.Restore(bg, bytes.NewReader(whole), nil)
		must(t, err)
		r.verify(t)
	}
}

// forgeEntry changes the leaf hash of the only entry.
func forgeEntry(t *testing.T, text []byte) []byte {
	t.Helper()
	i := bytes.Index(text, []byte(`{"table":"entry"`))
	if i < 0 {
		t.Fatal("no entries")
	}
	i += bytes.IndexByte(text[i:], '\n') + 1
	j := i + bytes.IndexByte(text[i:], '"') + 1
	b := bytes.Clone(text)
	if b[j] == 'A' {
		b[j] = 'B'
	} else {
		b[j] = 'A'
	}
	return b
}

func TestRestoreIntoWhatHoldsSomethingIsRefused(t *testing.T) {
	t.Parallel()
	p, whole := small(t)
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		r := p.open(t, e).serve(t)
		r.write(t, `insert into z_parent(id, word) values(77, '已有')`)
		_, err := r.Restore(bg, bytes.NewReader(whole), nil)
		refused(t, err, "z_parent")
		if n := r.count(t, `select count(*) from z_parent`) + r.count(t, `select count(*) from ledger_log`); n != 2 {
			t.Fatalf("%d rows of 2 after the refusal", n)
		}
		r.write(t, `delete from z_parent`)
		_, err = r.Restore(bg, bytes.NewReader(whole), nil) // a log that was only opened is nothing
		must(t, err)
		_, err = r.Restore(bg, bytes.NewReader(whole), nil)
		refused(t, err, "已经有数据")
		r.verify(t)
	}
}

// failingShelf breaks off in the middle of a restore.
type failingShelf struct {
	archive.Shelf
	fail bool
}

func (f *failingShelf) CopyIn(ctx context.Context, ref string, r io.Reader) error {
	if f.fail {
		return errors.New("the disk is full")
	}
	return f.Shelf.CopyIn(ctx, ref, r)
}

func TestBrokenOffRestoreLeavesNothing(t *testing.T) {
	t.Parallel()
	p, whole := small(t)
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		r := p.open(t, e)
		shelf := &failingShelf{r.shelf, true}
		a := archive.New(archive.Options{Store: r.s, Ledger: r.l, Shelf: shelf, Erasures: r.v})
		if _, err := a.Restore(bg, bytes.NewReader(whole), nil); err == nil || !strings.Contains(err.Error(), "full") {
			t.Fatalf("got %v", err)
		}
		isEmpty(t, r)
		// A crash leaves the mark and what was loaded: found at start, and mended by running again.
		r.write(t, `insert into restore_mark(home, started, taken) values(1, 1, 1)`)
		r.write(t, `insert into z_parent(id, word) values(1, 'half')`)
		refused(t, archive.Unfinished(bg, r.s), "没有做完")
		shelf.fail = false
		_, err := a.Restore(bg, bytes.NewReader(whole), nil)
		must(t, err)
		must(t, archive.Unfinished(bg, r.s))
		r.verify(t)
	}
}

// Every room's tables must be carried, by both engines alike, or named as derived.
func TestEveryTableIsCarriedOrDerived(t *testing.T) {
	t.Parallel()
	lists := map[store.Engine][]string{}
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		s := storetest.Open(t, e, nil)
		must(t, s.Read(bg, func(tx *store.Tx) (err error) {
			lists[e], err = archive.Catalogue(tx)
			for _, line := range lists[e] {
				name, _, _ := strings.Cut(line, " ")
				var n int
				if _, err := tx.Get([]any{&n}, `select count(*) from "`+name+`"`); err == nil && n > 0 && name != "id_block" {
					t.Errorf("a migration fills %s: a restore would find it not empty", name)
				}
			}
			return err
		}))
		slices.Sort(lists[e])
	}
	if !slices.Equal(lists[store.SQLite], lists[store.Postgres]) {
		t.Fatalf("the engines differ:\n%s\n\n%s", strings.Join(lists[store.SQLite], "\n"), strings.Join(lists[store.Postgres], "\n"))
	}
	if len(lists[store.SQLite]) < 15 {
		t.Fatalf("only %d tables", len(lists[store.SQLite]))
	}
}

func TestBackupsAreKeptAndPruned(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	a := p.open(t, store.SQLite).serve(t)
	fillOdd(t, a)
	dir := filepath.Join(t.TempDir(), "backups")
	must(t, os.MkdirAll(dir, 0o700))
	for i, name := range []string{"tongban-20200101T000000Z.archive", "tongban-20210101T000000Z.archive", "tongban-123.partial", "tongban-notes.archive", "other.txt"} {
		must(t, os.WriteFile(filepath.Join(dir, name), []byte{byte(i)}, 0o600))
	}
	path, err := a.Backup(bg, dir, 2)
	must(t, err)
	if _, err := archive.Check(openFile(t, path)); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(dir)
	must(t, err)
	var names []string
	for _, e := range left {
		names = append(names, e.Name())
	}
	want := fmt.Sprint([]string{"erased-keys.txt", "other.txt", "tongban-20210101T000000Z.archive", filepath.Base(path), "tongban-notes.archive"})
	if fmt.Sprint(names) != want {
		t.Fatalf("left are %v, not %v", names, want)
	}
	if st := a.Status(); st.Last == 0 || st.Running != 0 || st.Rows == 0 || st.Bytes == 0 || st.LastErr != "" {
		t.Fatalf("status %+v", st)
	}
	if _, err := a.Backup(bg, filepath.Join(dir, "other.txt", "x"), 2); err == nil || a.Status().LastErr == "" {
		t.Fatal("a folder that cannot be")
	}
}

func TestMissingAttachmentIsToldNotFatal(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	a := p.open(t, store.SQLite).serve(t)
	ref := a.attach(t, 1, sealedContent(500))
	a.write(t, `update attachment set ref = $1`, strings.Repeat("ab", 32))
	b, s := a.archive(t)
	if s.Files != 0 || len(s.Missing) != 1 || s.Missing[0] == ref {
		t.Fatalf("archived %+v", s)
	}
	r := p.open(t, store.SQLite)
	got, err := r.Restore(bg, bytes.NewReader(b), nil)
	must(t, err)
	if len(got.Missing) != 1 {
		t.Fatalf("restored %+v", got)
	}
}

func TestTwoBackupsAtOnce(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	a := p.open(t, store.SQLite).serve(t)
	fillOdd(t, a)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			var b bytes.Buffer
			if _, err := a.Write(bg, &b); err != nil {
				t.Error(err)
			} else if _, err := archive.Check(&b); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}
