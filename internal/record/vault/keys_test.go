package vault_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"tongban/internal/record/store"
	"tongban/internal/record/store/storetest"
	"tongban/internal/record/vault"
	"tongban/internal/rules/wording"
)

func TestKeyFolderIsMadeOnceAndReadBack(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "keys")
	if _, err := vault.LoadKeys(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("loaded from nowhere: %v", err)
	}
	made, err := vault.ReadyKeys(dir, nil)
	must(t, err)
	read, err := vault.ReadyKeys(dir, nil)
	must(t, err)
	a, b := vault.New(made, nil), vault.New(read, nil)
	if made.ID() != read.ID() || string(a.Index("c", "v")) != string(b.Index("c", "v")) {
		t.Fatal("the folder holds other keys than were made")
	}
	la, err := a.LogSigner("example.cn/log/1")
	must(t, err)
	lb, err := b.LogSigner("example.cn/log/1")
	must(t, err)
	if la.SM2Key != lb.SM2Key || la.Ed25519Key != lb.Ed25519Key {
		t.Fatal("the log's keys changed")
	}
	if _, err := vault.CreateKeys(dir, nil); !errors.Is(err, fs.ErrExist) {
		t.Fatalf("keys were overwritten: %v", err)
	}
	for _, f := range []string{"master.key", "log.key"} {
		info, err := os.Stat(filepath.Join(dir, f))
		must(t, err)
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %o", f, info.Mode().Perm())
		}
	}
}

func TestDamagedKeyFolderIsRefusedAndKept(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		harm func(dir string) error
		want string // key of the sentence, "" when the file is missing
	}{
		"one digit": {func(dir string) error { return edit(filepath.Join(dir, "master.key"), 50) }, "vault.key_damaged"},
		"the id":    {func(dir string) error { return edit(filepath.Join(dir, "master.key"), 26) }, "vault.key_damaged"},
		"cut short": {func(dir string) error { return os.Truncate(filepath.Join(dir, "master.key"), 60) }, "vault.key_damaged"},
		"readable":  {func(dir string) error { return os.Chmod(filepath.Join(dir, "master.key"), 0o640) }, "vault.key_open"},
		"log key":   {func(dir string) error { return edit(filepath.Join(dir, "log.key"), 90) }, "vault.tampered"},
		"no log":    {func(dir string) error { return os.Remove(filepath.Join(dir, "log.key")) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "keys")
			_, err := vault.CreateKeys(dir, nil)
			must(t, err)
			must(t, c.harm(dir))
			_, err = vault.ReadyKeys(dir, nil)
			var m wording.Message
			if c.want == "" && !errors.Is(err, fs.ErrNotExist) || c.want != "" && (!errors.As(err, &m) || m.Key != c.want) {
				t.Fatalf("got %v", err)
			}
		})
	}
}

// edit changes one hexadecimal digit.
func edit(path string, at int) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if b[at] == '0' {
		b[at] = '1'
	} else {
		b[at] = '0'
	}
	return os.WriteFile(path, b, 0o600)
}

func TestOtherMasterKeyIsNoticedAtStart(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		v := newVault(t)
		must(t, s.Read(bg, v.Check)) // an empty database suits any key
		k := newKey(t, s, v, "case", 1)
		must(t, s.Read(bg, v.Check))
		stranger := newVault(t)
		for what, err := range map[string]error{
			"check": s.Read(bg, stranger.Check),
			"key":   s.Read(bg, func(tx *store.Tx) error { _, err := stranger.Key(tx, k.ID()); return err }),
		} {
			if m := new(wording.Message); !errors.As(err, m) || m.Key != "vault.other_master" {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}

func TestCheckpointIsSignedTwice(t *testing.T) {
	t.Parallel()
	l, err := newVault(t).LogSigner("990124.example.cn/tongban/1")
	must(t, err)
	text := "990124.example.cn/tongban/1\n12\nrootrootroot=\n"
	signed, err := note.Sign(&note.Note{Text: text}, l.Signers()...)
	must(t, err)
	ed, err := vault.Verifier(l.Ed25519Key)
	must(t, err)
	sm, err := vault.Verifier(l.SM2Key)
	must(t, err)
	n, err := note.Open(signed, note.VerifierList(ed, sm))
	must(t, err)
	if len(n.Sigs) != 2 || n.Text != text {
		t.Fatalf("%d signatures verified on %q", len(n.Sigs), n.Text)
	}
	// Who knows one algorithm only reads the note all the same.
	for _, v := range []note.Verifier{ed, sm} {
		if n, err := note.Open(signed, note.VerifierList(v)); err != nil || len(n.Sigs) != 1 || len(n.UnverifiedSigs) != 1 {
			t.Fatalf("with %T alone: %v", v, err)
		}
	}
	signed[5] ^= 1
	for _, v := range []note.Verifier{ed, sm} {
		if _, err := note.Open(signed, note.VerifierList(v)); err == nil {
			t.Fatalf("%T accepted a changed checkpoint", v)
		}
	}
}

func TestVerifierKeysAreChecked(t *testing.T) {
	t.Parallel()
	l, err := newVault(t).LogSigner("a.example/1")
	must(t, err)
	k := l.SM2Key
	for _, bad := range []string{"", "a.example/1", k[:len(k)-8], "b" + k[1:], k[:len(k)-4] + "AAAA", "a b" + k[1:]} {
		if _, err := vault.Verifier(bad); err == nil {
			t.Errorf("accepted %q", bad)
		}
	}
	// A well-formed key whose point lies on no curve.
	key := append([]byte("\xfftongban/sm2-with-sm3\x04"), bytes.Repeat([]byte{7}, 64)...)
	sum := sha256.Sum256(append([]byte("a.example/1\n"), key...))
	if _, err := vault.Verifier(fmt.Sprintf("a.example/1+%x+%s", sum[:4], base64.StdEncoding.EncodeToString(key))); err == nil {
		t.Error("accepted a point that lies on no curve")
	}
	for _, origin := range []string{"", "a b", "a+b"} {
		if _, err := newVault(t).LogSigner(origin); err == nil {
			t.Errorf("accepted origin %q", origin)
		}
	}
}
