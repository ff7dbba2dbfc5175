package ledger_test

import (
	"testing"

	"tongban/internal/record/ledger"
)

// Leaves, checkpoints, proofs and witnesses' keys come from files and from other
// machines: whatever is in them, reading ends with a value or an error.

func FuzzParseLeaf(f *testing.F) {
	f.Add([]byte(`{"v":1}`))
	f.Add([]byte(`{"v":1,"log":1,"seq":0,"kind":"case.applied","personal":[{"f":"a","h":"AA=="}]}`))
	f.Add([]byte("\x00\xff"))
	f.Fuzz(func(_ *testing.T, b []byte) { _, _ = ledger.ParseLeaf(b) })
}

func FuzzParseCheckpoint(f *testing.F) {
	f.Add("drive.invalid/log/1\n7\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")
	f.Add("a\n-1\n\n")
	f.Add("a\n99999999999999999999\nAAAA\n\n— a AAAA\n")
	f.Fuzz(func(t *testing.T, s string) {
		if _, size, _, err := ledger.ParseCheckpoint(s); err == nil && size < 0 {
			t.Errorf("%q has %d entries", s, size)
		}
	})
}

func FuzzParseProof(f *testing.F) {
	f.Add([]byte(`{"format":"tongban-proof/1","events":[]}`))
	f.Add([]byte(`{"events":[{"leaf":"AA==","index":-1,"path":["AA=="]}]}`))
	f.Fuzz(func(_ *testing.T, b []byte) { _, _ = ledger.ParseProof(b) })
}

func FuzzParseWitnessKey(f *testing.F) {
	f.Add("witness.invalid+00000000+BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Add("++")
	f.Fuzz(func(_ *testing.T, s string) { _, _ = ledger.ParseWitnessKey(s) })
}
