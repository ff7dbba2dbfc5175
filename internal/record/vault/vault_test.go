package vault_test

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"tongban/internal/record/store"
	"tongban/internal/record/store/storetest"
	"tongban/internal/record/vault"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

var bg = context.Background()

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newVault(t testing.TB) *vault.Vault {
	t.Helper()
	keys, err := vault.NewKeys(nil)
	must(t, err)
	return vault.New(keys, nil)
}

func do(t testing.TB, s *store.Store, f func(tx *store.Tx) error) {
	t.Helper()
	must(t, s.Do(bg, store.People, f))
}

func newKey(t testing.TB, s *store.Store, v *vault.Vault, kind string, owner int64) *vault.Key {
	t.Helper()
	var k *vault.Key
	do(t, s, func(tx *store.Tx) (err error) {
		k, err = v.NewKey(tx, kind, owner)
		return err
	})
	return k
}

func open(t testing.TB, s *store.Store, v *vault.Vault, table string, row int64, column string, sealed []byte) ([]byte, error) {
	t.Helper()
	var plain []byte
	err := s.Read(bg, func(tx *store.Tx) (err error) {
		plain, err = v.Open(tx, table, row, column, sealed)
		return err
	})
	return plain, err
}

func TestSealedValueOpensOnlyInItsPlace(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		keys, err := vault.NewKeys(nil)
		must(t, err)
		v := vault.New(keys, nil)
		k := newKey(t, s, v, "case", 7)
		other := newKey(t, s, v, "case", 8)
		sealed := k.Seal("person", 12, "idno", []byte("990124199001010011"))
		if bytes.Contains(sealed, []byte("9901")) {
			t.Fatal("the value lies open in what is stored")
		}
		again := vault.New(keys, nil) // another process with the same master key
		got, err := open(t, s, again, "person", 12, "idno", sealed)
		must(t, err)
		if string(got) != "990124199001010011" {
			t.Fatalf("opened %q", got)
		}
		moved := append([]byte{}, sealed...)
		copy(moved[1:9], other.Seal("person", 12, "idno", []byte("x"))[1:9])
		flipped := append([]byte{}, sealed...)
		flipped[len(flipped)-1] ^= 1
		for name, c := range map[string]struct {
			table  string
			row    int64
			column string
			sealed []byte
		}{
			"other table":  {"persons", 12, "idno", sealed},
			"other row":    {"person", 13, "idno", sealed},
			"other column": {"person", 12, "idn", sealed},
			"shifted":      {"perso", 12, "nidno", sealed},
			"other key":    {"person", 12, "idno", moved},
			"changed":      {"person", 12, "idno", flipped},
			"cut":          {"person", 12, "idno", sealed[:20]},
			"not sealed":   {"person", 12, "idno", []byte("990124199001010011990124199001010011")},
		} {
			if _, err := open(t, s, again, c.table, c.row, c.column, c.sealed); !errors.As(err, new(vault.Tampered)) {
				t.Errorf("%s: got %v", name, err)
			}
		}
	})
}

func TestErasedKeyIsGoneEverywhere(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		v := newVault(t)
		k := newKey(t, s, v, "person", 3)
		stays := newKey(t, s, v, "person", 3)
		sealed := k.Seal("person", 3, "name", []byte("张三"))
		_, err := open(t, s, v, "person", 3, "name", sealed)
		must(t, err)
		for range 2 { // the second time is a restore that plays the list back
			do(t, s, func(tx *store.Tx) error { return v.Erase(tx, k.ID()) })
		}
		_, err = open(t, s, v, "person", 3, "name", sealed)
		var e vault.Erased
		if !errors.As(err, &e) || e.Key != k.ID() {
			t.Fatalf("opened after erasure: %v", err)
		}
		if m := new(wording.Message); !errors.As(err, m) || m.Key != "vault.erased" {
			t.Fatalf("no sentence for people in %v", err)
		}
		must(t, s.Read(bg, func(tx *store.Tx) error {
			var wrapped []byte
			if _, err := tx.Get([]any{&wrapped}, `select wrapped from data_key where id = $1`, k.ID()); err != nil || len(wrapped) != 0 {
				t.Errorf("wrapped key still there: %x %v", wrapped, err)
			}
			gone, err := v.Destroyed(tx, 0, 10)
			if err != nil || len(gone) != 1 || gone[0].Key != k.ID() {
				t.Errorf("list of destroyed keys: %v %v", gone, err)
			}
			left, err := v.KeysOf(tx, "person", 3)
			if err != nil || len(left) != 1 || left[0] != stays.ID() {
				t.Errorf("living keys: %v %v", left, err)
			}
			return nil
		}))
		err = s.Do(bg, store.People, func(tx *store.Tx) error { return v.Erase(tx, 987654321) })
		if !errors.Is(err, vault.ErrNoKey) {
			t.Fatalf("erased a key that never was: %v", err)
		}
	})
}

// Another machine remembers a key for a minute at most.
func TestErasureElsewhereIsSeenWithinAMinute(t *testing.T) {
	t.Parallel()
	now := day.MustParse("2026-11-20").Start()
	set := func(o *store.Options) { o.Clock = func() day.Instant { return now } }
	s := storetest.Open(t, store.SQLite, set)
	keys, err := vault.NewKeys(nil)
	must(t, err)
	here, there := vault.New(keys, nil), vault.New(keys, nil)
	k := newKey(t, s, here, "case", 1)
	sealed := k.Seal("c", 1, "v", []byte("x"))
	now += 5 * day.Minute
	_, err = open(t, s, there, "c", 1, "v", sealed)
	must(t, err)
	do(t, s, func(tx *store.Tx) error { return here.Erase(tx, k.ID()) })
	now += day.Minute + 1
	if _, err := open(t, s, there, "c", 1, "v", sealed); !errors.As(err, new(vault.Erased)) {
		t.Fatalf("still opens elsewhere: %v", err)
	}
}

// A key whose command was rolled back is not remembered: its id may come back
// as another key's.
func TestRolledBackKeyIsForgotten(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		v := newVault(t)
		var id int64
		changed := errors.New("changed its mind")
		err := s.Do(bg, store.People, func(tx *store.Tx) error {
			k, err := v.NewKey(tx, "case", 1)
			must(t, err)
			must(t, tx.Flush())
			_, err = v.Key(tx, k.ID())
			must(t, err)
			id = k.ID()
			return changed
		})
		if !errors.Is(err, changed) {
			t.Fatal(err)
		}
		err = s.Read(bg, func(tx *store.Tx) error { _, err := v.Key(tx, id); return err })
		if !errors.Is(err, vault.ErrNoKey) {
			t.Fatalf("got %v", err)
		}
	})
}

func TestSealIsInvertedByOpen(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, store.SQLite, nil)
	v := newVault(t)
	k := newKey(t, s, v, "case", 1)
	rapid.Check(t, func(t *rapid.T) {
		table, column := rapid.String().Draw(t, "table"), rapid.String().Draw(t, "column")
		row := rapid.Int64().Draw(t, "row")
		plain := rapid.SliceOf(rapid.Byte()).Draw(t, "plain")
		sealed := k.Seal(table, row, column, plain)
		got, err := k.Open(table, row, column, sealed)
		if err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("opened %x, %v", got, err)
		}
		if len(plain) == 0 {
			return
		}
		if bytes.Equal(sealed, k.Seal(table, row, column, plain)) {
			t.Fatal("sealed twice alike: equal values can be seen")
		}
		sealed[rapid.IntRange(0, len(sealed)-1).Draw(t, "at")] ^= byte(rapid.IntRange(1, 255).Draw(t, "by"))
		if _, err := k.Open(table, row, column, sealed); !errors.As(err, new(vault.Tampered)) {
			t.Fatalf("changed value opened: %v", err)
		}
	})
}

func TestIndexDigestFingerprintAreKeyedAndApart(t *testing.T) {
	t.Parallel()
	keys, err := vault.NewKeys(nil)
	must(t, err)
	v, same, other := vault.New(keys, nil), vault.New(keys, nil), newVault(t)
	if i := v.Index("person.idno", "1"); len(i) != vault.IndexSize || !bytes.Equal(i, same.Index("person.idno", "1")) {
		t.Fatalf("index %x is not stable", i)
	}
	seen := map[string]string{}
	for name, b := range map[string][]byte{
		"index": v.Index("a", "bc"), "index other column": v.Index("ab", "c"), "index other master": other.Index("a", "bc"),
		"digest": v.Digest("a", "bc"), "digest other purpose": v.Digest("ab", "c"), "digest other master": other.Digest("a", "bc"),
		"fingerprint": v.Fingerprint([]byte("abc")), "fingerprint other master": other.Fingerprint([]byte("abc")),
	} {
		tail := string(b[4:20])
		if was, ok := seen[tail]; ok {
			t.Errorf("%s and %s are alike", name, was)
		}
		seen[tail] = name
	}
	h := v.NewFingerprint()
	_, _ = h.Write([]byte("a"))
	_, _ = h.Write([]byte("bc"))
	if !bytes.Equal(h.Sum(nil), v.Fingerprint([]byte("abc"))) {
		t.Fatal("running fingerprint differs")
	}
}

func TestSeedGivesTheSameVault(t *testing.T) {
	t.Parallel()
	var first []byte
	for range 4 {
		seed := rand.NewChaCha8([32]byte{42})
		keys, err := vault.NewKeys(seed)
		must(t, err)
		v := vault.New(keys, seed)
		s := storetest.Open(t, store.SQLite, nil)
		k := newKey(t, s, v, "case", 1)
		var signer vault.Signer
		do(t, s, func(tx *store.Tx) error { _, err := v.NewSealKey(tx, "scjg", 100); return err })
		do(t, s, func(tx *store.Tx) (err error) { signer, err = v.SealSigner(tx, "scjg", 100); return err })
		sig, err := signer.Sign([]byte("证照"))
		must(t, err)
		all := append(append(k.Seal("t", 1, "c", []byte("v")), sig...), keys.ID()...)
		if first == nil {
			first = all
		}
		if !bytes.Equal(first, all) {
			t.Fatal("one seed gave two vaults")
		}
	}
}
