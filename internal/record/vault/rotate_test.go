package vault_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"tongban/internal/record/store"
	"tongban/internal/record/store/storetest"
	"tongban/internal/record/vault"
	"tongban/internal/rules/wording"
)

func load(t testing.TB, dir string) *vault.Vault {
	t.Helper()
	keys, err := vault.LoadKeys(dir)
	must(t, err)
	return vault.New(keys, nil)
}

func keyFolder(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "keys")
	_, err := vault.CreateKeys(dir, nil)
	must(t, err)
	return dir
}

// rewrap goes through a table from the beginning.
func rewrap(s *store.Store, v *vault.Vault, table string) (n int, err error) {
	last, more := int64(0), true
	for more {
		err = s.Do(bg, store.Background, func(tx *store.Tx) (err error) {
			var k int
			last, k, more, err = v.Rewrap(tx, table, last)
			n += k
			return err
		})
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// uses are the ids of a folder's keys by what they are.
func uses(t testing.TB, dir string) map[string][]string {
	t.Helper()
	list, err := vault.Ages(dir)
	must(t, err)
	by := map[string][]string{}
	for _, k := range list {
		by[k.Use] = append(by[k.Use], k.ID)
	}
	return by
}

func TestMasterKeyRotates(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		dir := keyFolder(t)
		v := load(t, dir)
		k := newKey(t, s, v, "case", 1)
		sealed, index, digest := k.Seal("t", 1, "c", []byte("张三")), v.Index("person.name", "张三"), v.Digest("code", "ABC")
		do(t, s, func(tx *store.Tx) error { _, err := v.NewSealKey(tx, "scjg", 100); return err })
		l, err := v.LogSigner("a.example/log")
		must(t, err)

		next, err := vault.PrepareMaster(dir)
		must(t, err)
		twice, err := vault.PrepareMaster(dir)
		must(t, err)
		now, err := vault.RotateMaster(dir)
		must(t, err)
		if next != twice || next != now {
			t.Fatalf("prepared %s, %s, rotated to %s", next, twice, now)
		}
		running := v // a server that goes on: it opens what others wrap under the new key
		other := load(t, dir)
		fresh := newKey(t, s, other, "case", 2)
		if _, err := open(t, s, running, "t", 2, "c", fresh.Seal("t", 2, "c", []byte("李四"))); err != nil {
			t.Fatalf("the running server: %v", err)
		}
		if _, err := vault.DropMasters(dir); err != nil {
			t.Fatal(err) // the folder alone cannot know: the caller asks Under first
		}

		// What was dropped too early cannot be opened, and says by which key.
		if _, err := open(t, s, load(t, dir), "t", 1, "c", sealed); !isMessage(err, "vault.other_master") {
			t.Fatalf("without the old key: %v", err)
		}
		_, err = rewrap(s, running, "data_key") // it still knows both
		must(t, err)
		_, err = rewrap(s, running, "seal_key")
		must(t, err)
		for _, after := range []*vault.Vault{running, load(t, dir)} {
			if got, err := open(t, s, after, "t", 1, "c", sealed); err != nil || string(got) != "张三" {
				t.Fatalf("after rewrapping: %q %v", got, err)
			}
			do(t, s, func(tx *store.Tx) error { _, err := after.SealSigner(tx, "scjg", 200); return err })
			if !slices.Equal(index, after.Index("person.name", "张三")) || !slices.Equal(digest, after.Digest("code", "ABC")) {
				t.Error("indexes or digests changed with the wrapping key: printed codes would no longer hold")
			}
			again, err := after.LogSigner("a.example/log")
			must(t, err)
			if again.Ed25519Key != l.Ed25519Key {
				t.Error("the log's keys changed with the wrapping key")
			}
		}
	})
}

func isMessage(err error, key string) bool {
	var m wording.Message
	return errors.As(err, &m) && m.Key == key
}

// Whatever step a rotation is broken off at, the folder loads, opens what lies
// under both keys, and the same call goes on.
func TestRotationBrokenOffAtEachStep(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, store.SQLite, nil)
	dir := keyFolder(t)
	v := load(t, dir)
	sealed := newKey(t, s, v, "case", 1).Seal("t", 1, "c", []byte("x"))
	before := uses(t, dir)["master"][0]
	_, err := vault.PrepareMaster(dir)
	must(t, err)
	master, err := os.ReadFile(filepath.Join(dir, "master.key"))
	must(t, err)
	logKey, err := os.ReadFile(filepath.Join(dir, "log.key"))
	must(t, err)
	steps := map[string]func(){
		"nothing done":         func() {},
		"a torn new file":      func() { must(t, os.WriteFile(filepath.Join(dir, "old-"+before+".key.new"), master[:20], 0o600)) },
		"the old one copied":   func() { must(t, os.WriteFile(filepath.Join(dir, "old-"+before+".key"), master, 0o600)) },
		"renamed, log not yet": func() { must(t, os.WriteFile(filepath.Join(dir, "log.key"), logKey, 0o600)) },
	}
	for _, name := range []string{"nothing done", "a torn new file", "the old one copied", "renamed, log not yet"} {
		if name == "renamed, log not yet" {
			_, err := vault.RotateMaster(dir)
			must(t, err)
		}
		steps[name]()
		if got, err := open(t, s, load(t, dir), "t", 1, "c", sealed); err != nil || string(got) != "x" {
			t.Fatalf("%s: %q %v", name, got, err)
		}
	}
	_, err = vault.RotateMaster(dir)
	must(t, err)
	_, err = rewrap(s, load(t, dir), "data_key")
	must(t, err)
	dropped, err := vault.DropMasters(dir)
	must(t, err)
	if u := uses(t, dir); len(dropped) != 1 || dropped[0] != before || len(u["old"]) != 0 || u["master"][0] == before {
		t.Fatalf("dropped %v, left %v", dropped, u)
	}
	if got, err := open(t, s, load(t, dir), "t", 1, "c", sealed); err != nil || string(got) != "x" {
		t.Fatalf("in the end: %q %v", got, err)
	}
}

// Keys that are destroyed while others are rewrapped stay destroyed.
func TestRewrappingBringsNothingBack(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		dir := keyFolder(t)
		v := load(t, dir)
		var keys []*vault.Key
		for i := range 600 {
			keys = append(keys, newKey(t, s, v, "case", int64(i)))
		}
		_, err := vault.RotateMaster(dir)
		must(t, err)
		after := load(t, dir)
		erase := func(k *vault.Key) {
			if err := s.Do(bg, store.People, func(tx *store.Tx) error { return v.Erase(tx, k.ID()) }); err != nil {
				t.Error(err)
			}
		}
		for _, k := range keys[:100] {
			erase(k)
		}
		if s.Engine() == store.Postgres { // SQLite has one writer: nothing comes in between
			do(t, s, func(tx *store.Tx) error {
				_, n, _, err := after.Rewrap(tx, "data_key", 0)
				for _, k := range keys[100:200] { // read, not yet written: now they are destroyed
					erase(k)
				}
				if n == 0 {
					t.Error("nothing was rewrapped")
				}
				return err
			})
		} else {
			for _, k := range keys[100:200] {
				erase(k)
			}
		}
		_, err = rewrap(s, after, "data_key")
		must(t, err)
		must(t, s.Read(bg, func(tx *store.Tx) error {
			var alive, back int
			if _, err := tx.Get([]any{&alive}, `select count(*) from data_key where erased_at = 0`); err != nil {
				return err
			}
			if _, err := tx.Get([]any{&back}, `select count(*) from data_key where erased_at <> 0 and length(wrapped) > 0`); err != nil {
				return err
			}
			under, err := after.Under(tx)
			if alive != 400 || back != 0 || len(under) != 0 {
				t.Errorf("%d alive, %d came back, under others %v", alive, back, under)
			}
			return err
		}))
	})
}

func TestIndexKeyRotates(t *testing.T) {
	t.Parallel()
	dir := keyFolder(t)
	v := load(t, dir)
	was := v.Index("person.idno", "1")
	_, err := v.Reload()
	must(t, err)
	_, err = vault.RotateIndex(dir)
	must(t, err)
	_, err = vault.RotateIndex(dir) // broken off and called again: no third key
	must(t, err)
	if fresh, err := v.Reload(); err != nil || !fresh {
		t.Fatalf("a running server does not notice: %v %v", fresh, err)
	}
	list := v.Indexes("person.idno", "1")
	if len(list) != 2 || !slices.Equal(list[1], was) || slices.Equal(list[0], was) || !v.OfCurrent(list[0]) || v.OfCurrent(was) || !v.Rotating() {
		t.Fatalf("indexes %x, before %x", list, was)
	}
	must(t, vault.DropIndex(dir))
	if after := load(t, dir); len(after.Indexes("a", "b")) != 1 || after.Rotating() || !slices.Equal(after.Index("person.idno", "1"), list[0]) {
		t.Fatal("the old index key is still there")
	}
	must(t, edit(filepath.Join(dir, "master.key"), 150))
	if _, err := vault.LoadKeys(dir); !isMessage(err, "vault.key_damaged") {
		t.Fatalf("a damaged subkey: %v", err)
	}
}

func TestLogKeyRotates(t *testing.T) {
	t.Parallel()
	dir := keyFolder(t)
	before, err := load(t, dir).LogSigner("a.example/log")
	must(t, err)
	text := "a.example/log/1\n12\nroot=\n"
	old, err := note.Sign(&note.Note{Text: text}, before.Signers()...)
	must(t, err)
	_, err = vault.RotateLog(dir, 1000)
	must(t, err)
	after, err := load(t, dir).LogSigner("a.example/log")
	must(t, err)
	if after.Ed25519Key == before.Ed25519Key || after.SM2Key == before.SM2Key || !slices.Equal(after.Former, []string{before.Ed25519Key, before.SM2Key}) {
		t.Fatalf("rotated to %+v", after)
	}
	var all []note.Verifier
	for _, k := range append([]string{after.Ed25519Key, after.SM2Key}, after.Former...) {
		x, err := vault.Verifier(k)
		must(t, err)
		all = append(all, x)
	}
	fresh, err := note.Sign(&note.Note{Text: text}, after.Signers()...)
	must(t, err)
	for name, c := range map[string]struct {
		note []byte
		keys []note.Verifier
		sigs int
	}{"old with former": {old, all, 2}, "new with current": {fresh, all[:2], 2}, "old with current": {old, all[:2], 0}, "new with former": {fresh, all[2:], 0}} {
		n, err := note.Open(c.note, note.VerifierList(c.keys...))
		if got := 0; err == nil {
			got = len(n.Sigs)
			if got != c.sigs {
				t.Errorf("%s: %d signatures hold", name, got)
			}
		} else if c.sigs != 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Rotating the master key carries the public halves on.
	_, err = vault.RotateMaster(dir)
	must(t, err)
	if again, err := load(t, dir).LogSigner("a.example/log"); err != nil || again.Ed25519Key != after.Ed25519Key || len(again.Former) != 2 {
		t.Fatalf("after the master key: %+v %v", again, err)
	}
}

const killKeys = "TONGBAN_TEST_ROTATE"

// TestKilledWhileRotating kills a process at random moments of a rotation, again
// and again, and wants everything to open in the end.
func TestKilledWhileRotating(t *testing.T) {
	t.Parallel()
	if at := os.Getenv(killKeys); at != "" {
		rotateUntilKilled(t, at)
		return
	}
	base := t.TempDir()
	dir := filepath.Join(base, "keys")
	_, err := vault.CreateKeys(dir, nil)
	must(t, err)
	sealed := map[int64][]byte{}
	s, err := store.Open(bg, store.Options{Dir: base})
	must(t, err)
	must(t, s.Migrate(bg))
	v := load(t, dir)
	do(t, s, func(tx *store.Tx) error {
		for i := range int64(2000) {
			k, err := v.NewKey(tx, "case", i)
			if err != nil {
				return err
			}
			sealed[i] = k.Seal("t", i, "c", fmt.Append(nil, "value ", i))
		}
		return nil
	})
	must(t, s.Close())
	killed := 0
	for range 8 {
		c := exec.CommandContext(bg, os.Args[0], "-test.run=^TestKilledWhileRotating$", "-test.count=1")
		c.Env = append(os.Environ(), killKeys+"="+base)
		must(t, c.Start())
		time.Sleep(time.Duration(20+rand.IntN(400)) * time.Millisecond) //nolint:gosec // when to kill needs no secret
		if c.Process.Kill() == nil {
			killed++
		}
		_ = c.Wait() // it was killed
	}
	s, err = store.Open(bg, store.Options{Dir: base})
	must(t, err)
	t.Cleanup(func() { _ = s.Close() })
	for _, step := range []func() error{
		func() error { _, err := vault.RotateMaster(dir); return err },
		func() error { _, err := rewrap(s, load(t, dir), "data_key"); return err },
		func() error { _, err := vault.DropMasters(dir); return err },
	} {
		must(t, step())
	}
	v = load(t, dir)
	for i, b := range sealed {
		if got, err := open(t, s, v, "t", i, "c", b); err != nil || string(got) != fmt.Sprint("value ", i) {
			t.Fatalf("value %d after %d kills: %q %v", i, killed, got, err)
		}
	}
	t.Logf("killed %d times", killed)
}

// rotateUntilKilled rotates, rewraps and drops over and over.
func rotateUntilKilled(t *testing.T, base string) {
	dir := filepath.Join(base, "keys")
	s, err := store.Open(bg, store.Options{Dir: base})
	must(t, err)
	for {
		_, err := vault.RotateMaster(dir)
		must(t, err)
		v := load(t, dir)
		_, err = rewrap(s, v, "data_key")
		must(t, err)
		must(t, s.Read(bg, func(tx *store.Tx) error {
			under, err := v.Under(tx)
			if len(under) > 0 {
				t.Errorf("left under %s", strings.Join(uses(t, dir)["old"], " "))
			}
			return err
		}))
		_, err = vault.DropMasters(dir)
		must(t, err)
	}
}
