package vault_test

import (
	"testing"

	"tongban/internal/record/store"
	"tongban/internal/record/store/storetest"
	"tongban/internal/record/vault"
)

func BenchmarkSeal(b *testing.B) {
	s, v := storetest.Open(b, store.SQLite, nil), newVault(b)
	k := newKey(b, s, v, "case", 1)
	plain := []byte("990124199001010011")
	b.ReportAllocs()
	for b.Loop() {
		k.Seal("applicant", 1, "idno", plain)
	}
}

func BenchmarkOpen(b *testing.B) {
	s, v := storetest.Open(b, store.SQLite, nil), newVault(b)
	k := newKey(b, s, v, "case", 1)
	sealed := k.Seal("applicant", 1, "idno", []byte("990124199001010011"))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := k.Open("applicant", 1, "idno", sealed); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSeal64KiB(b *testing.B) {
	s, v := storetest.Open(b, store.SQLite, nil), newVault(b)
	k := newKey(b, s, v, "case", 1)
	plain := make([]byte, 64<<10)
	b.SetBytes(int64(len(plain)))
	for b.Loop() {
		k.Seal("file", 1, "content", plain)
	}
}

func BenchmarkIndex(b *testing.B) {
	v := newVault(b)
	b.ReportAllocs()
	for b.Loop() {
		v.Index("person.idno", "990124199001010011")
	}
}

func BenchmarkFingerprint64KiB(b *testing.B) {
	v, content := newVault(b), make([]byte, 64<<10)
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		v.Fingerprint(content)
	}
}

// Making a key without the write it is batched with.
func BenchmarkNewKey(b *testing.B) {
	s, v := storetest.Open(b, store.SQLite, nil), newVault(b)
	b.ReportAllocs()
	_ = s.Do(bg, store.People, func(tx *store.Tx) error {
		for b.Loop() {
			if _, err := v.NewKey(tx, "case", 1); err != nil {
				b.Fatal(err)
			}
		}
		return vault.ErrNoKey // nothing of it is stored
	})
}

func BenchmarkSignSM2(b *testing.B) {
	k, msg := signer(b), make([]byte, 1024)
	for b.Loop() {
		if _, err := k.Sign(msg); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerifySM2(b *testing.B) {
	k, msg := signer(b), make([]byte, 1024)
	sig, err := k.Sign(msg)
	must(b, err)
	for b.Loop() {
		if !vault.VerifySM2(k.Public(), msg, sig) {
			b.Fatal("not verified")
		}
	}
}
