package vault_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"tongban/internal/record/store"
	"tongban/internal/record/store/storetest"
	"tongban/internal/record/vault"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// The messages that go both ways between OpenSSL and us.
var messages = map[string][]byte{
	"empty":     {},
	"a byte":    {0},
	"sentence":  []byte("云禾县行政审批局 准予行政许可决定书"),
	"one block": bytes.Repeat([]byte{0xa5}, 64),
	"a page":    bytes.Repeat([]byte("证照"), 5000),
}

func seal(t testing.TB, s *store.Store, v *vault.Vault, agency string, today day.Day) (vault.Signer, error) {
	t.Helper()
	var signer vault.Signer
	err := s.Read(bg, func(tx *store.Tx) (err error) {
		signer, err = v.SealSigner(tx, agency, today)
		return err
	})
	return signer, err
}

func TestSealKeysSucceedEachOther(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		v := newVault(t)
		issue := func(from day.Day) error {
			return s.Do(bg, store.People, func(tx *store.Tx) error { _, err := v.NewSealKey(tx, "scjg", from); return err })
		}
		must(t, issue(100))
		must(t, issue(200))
		for _, from := range []day.Day{100, 200} {
			if err := issue(from); !errors.Is(keyOf(err), key("vault.seal_order")) {
				t.Errorf("a key from day %d was accepted: %v", from, err)
			}
		}
		do(t, s, func(tx *store.Tx) error { v.EndSealKey(tx, "scjg", 300); return nil })
		held := map[day.Day]string{}
		for _, d := range []day.Day{99, 100, 199, 200, 299, 300} {
			signer, err := seal(t, s, v, "scjg", d)
			if d == 99 || d == 300 {
				if !errors.Is(keyOf(err), key("vault.no_seal")) {
					t.Errorf("day %d: %v", d, err)
				}
				continue
			}
			must(t, err)
			held[d] = signer.KeyID()
		}
		if held[100] != held[199] || held[200] != held[299] || held[199] == held[200] {
			t.Fatalf("keys by day: %v", held)
		}
		must(t, s.Read(bg, func(tx *store.Tx) error {
			k, found, err := v.SealPublic(tx, held[100])
			if err != nil || !found || k.Agency != "scjg" || k.Span != (day.Span{From: 100, Until: 200}) {
				t.Errorf("public side: %+v %v %v", k, found, err)
			}
			for _, none := range []string{"seal-999999999", "seal-", "x"} {
				if _, found, err := v.SealPublic(tx, none); found || err != nil {
					t.Errorf("%q: %v %v", none, found, err)
				}
			}
			return nil
		}))
	})
}

// keyOf and key compare errors by the sentence they carry.
type key string

func (k key) Error() string { return string(k) }
func keyOf(err error) error {
	var m wording.Message
	if errors.As(err, &m) {
		return key(m.Key)
	}
	return err
}

// Whoever can write the database cannot put a key of his own in an agency's place.
func TestExchangedSealKeyDoesNotSign(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		v := newVault(t)
		for _, agency := range []string{"scjg", "xfjy"} {
			do(t, s, func(tx *store.Tx) error { _, err := v.NewSealKey(tx, agency, 100); return err })
		}
		do(t, s, func(tx *store.Tx) error {
			_, err := tx.Exec(`update seal_key set public = (select o.public from seal_key o where o.agency = 'xfjy') where agency = 'scjg'`)
			return err
		})
		if _, err := seal(t, s, v, "scjg", 150); !errors.As(err, new(vault.Tampered)) {
			t.Fatalf("got %v", err)
		}
	})
}

func signer(t testing.TB) vault.Signer {
	t.Helper()
	s, v := storetest.Open(t, store.SQLite, nil), newVault(t)
	do(t, s, func(tx *store.Tx) error { _, err := v.NewSealKey(tx, "scjg", 1); return err })
	k, err := seal(t, s, v, "scjg", 2)
	must(t, err)
	return k
}

func TestOpenSSLVerifiesOurSignatures(t *testing.T) {
	t.Parallel()
	k, dir := signer(t), t.TempDir()
	pub := write(t, dir, "pub.pem", k.Public())
	for name, msg := range messages {
		sig, err := k.Sign(msg)
		must(t, err)
		m, s := write(t, dir, "msg", msg), write(t, dir, "sig", sig)
		if out, err := openssl("pkeyutl", "-verify", "-pubin", "-inkey", pub, "-rawin", "-in", m, "-sigfile", s,
			"-digest", "sm3", "-pkeyopt", "distid:1234567812345678"); err != nil {
			t.Errorf("%s: OpenSSL: %v\n%s", name, err, out)
		}
		if !vault.VerifySM2(k.Public(), msg, sig) || vault.VerifySM2(k.Public(), append([]byte{1}, msg...), sig) {
			t.Errorf("%s: our own verification is wrong", name)
		}
	}
}

func TestWeVerifyOpenSSLsSignatures(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	private, public := filepath.Join(dir, "key.pem"), filepath.Join(dir, "pub.pem")
	for _, args := range [][]string{
		{"genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2", "-out", private},
		{"pkey", "-in", private, "-pubout", "-out", public},
	} {
		if out, err := openssl(args...); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	pub, err := os.ReadFile(public)
	must(t, err)
	for name, msg := range messages {
		m, s := write(t, dir, "msg", msg), filepath.Join(dir, "sig")
		if out, err := openssl("pkeyutl", "-sign", "-inkey", private, "-rawin", "-in", m, "-out", s,
			"-digest", "sm3", "-pkeyopt", "distid:1234567812345678"); err != nil {
			t.Fatalf("%s: OpenSSL: %v\n%s", name, err, out)
		}
		sig, err := os.ReadFile(s)
		must(t, err)
		if !vault.VerifySM2(pub, msg, sig) {
			t.Errorf("%s: OpenSSL's signature is not accepted", name)
		}
		if vault.VerifySM2(pub, append([]byte{1}, msg...), sig) || vault.VerifySM2(signer(t).Public(), msg, sig) {
			t.Errorf("%s: accepted for another message or key", name)
		}
	}
}

func write(t testing.TB, dir, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	must(t, os.WriteFile(path, b, 0o600))
	return path
}

func openssl(args ...string) (string, error) {
	out, err := exec.Command("openssl", args...).CombinedOutput()
	return string(out), err
}
