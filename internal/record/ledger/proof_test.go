package ledger_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
)

// story fills a record: five cases beside each other, a few hundred acts.
func story(t testing.TB, r *rig) {
	t.Helper()
	for i := range 60 {
		r.act(t, fmt.Sprintf("case/%d", i%5), fmt.Sprintf("申请人%d", i), []byte{byte(i)})
	}
	r.note(t, "catalog", 250)
}

func TestEveryActIsProven(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		story(t, r)
		for i := range 5 {
			stream := fmt.Sprintf("case/%d", i)
			p, err := r.Prove(bg, stream)
			must(t, err)
			b, err := p.Encode()
			must(t, err)
			p, err = ledger.ParseProof(b)
			must(t, err)
			c, err := ledger.CheckProof(p, r.verifier)
			must(t, err)
			if len(c.Acts) != 12 || c.Opened[3]["person.name"] != fmt.Sprintf("申请人%d", 15+i) || len(c.Signers) != 1 {
				t.Fatalf("%s proves %d acts, opens %v, signed by %v", stream, len(c.Acts), c.Opened[3], c.Signers)
			}
			byDefinition(t, r, p)
			where, err := r.Locate(bg, p)
			must(t, err)
			for _, at := range where {
				if at.Standing != ledger.Held || at.Generation != 1 {
					t.Fatalf("act %d stands %+v", at.Seq, at)
				}
			}
		}
	})
}

// byDefinition checks a proof with RFC 6962 and the note format only.
func byDefinition(t *testing.T, r *rig, p ledger.Proof) {
	t.Helper()
	n, err := note.Open([]byte(p.Checkpoint[0].Checkpoint), r.verifier)
	must(t, err)
	lines := strings.Split(n.Text, "\n")
	if lines[0] != "yunhe.example/log/1" || len(lines) != 4 {
		t.Fatalf("checkpoint reads %q", n.Text)
	}
	var size int64
	_, err = fmt.Sscan(lines[1], &size)
	must(t, err)
	root, err := tlog.ParseHash(lines[2])
	must(t, err)
	for _, a := range p.Acts {
		if !provedByDefinition(a.Path, size, a.Seq, leafByDefinition([]byte(a.Leaf)), root) {
			t.Fatalf("act %d is not proven by the definition", a.Seq)
		}
	}
}

func TestOneChangedByteOfAProofIsFound(t *testing.T) {
	t.Parallel()
	r := newRig(t, store.SQLite, nil)
	story(t, r)
	p, err := r.Prove(bg, "case/2")
	must(t, err)
	whole, err := p.Encode()
	must(t, err)
	check := func(b []byte) error {
		p, err := ledger.ParseProof(b)
		if err == nil {
			_, err = ledger.CheckProof(p, r.verifier)
		}
		return err
	}
	must(t, check(whole))
	for at := 0; at < len(whole); at += 1 + at%5 { // with one bit
		b := bytes.Clone(whole)
		b[at] ^= 1 << (at % 8)
		if check(b) == nil {
			t.Fatalf("byte %d changed from %q to %q unseen", at, whole[at], b[at])
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		b := bytes.Clone(whole)
		at := rapid.IntRange(0, len(b)-1).Draw(rt, "at")
		to := rapid.Byte().Draw(rt, "to")
		if b[at] == to {
			return
		}
		b[at] = to
		if check(b) == nil {
			rt.Fatalf("byte %d changed from %q to %q unseen", at, whole[at], to)
		}
	})
}

func TestFalseProofsAreRefused(t *testing.T) {
	t.Parallel()
	r := newRig(t, store.SQLite, nil)
	story(t, r)
	secret, _, err := note.GenerateKey(nil, "yunhe.example/log")
	must(t, err)
	stranger, err := note.NewSigner(secret)
	must(t, err)
	good := func() ledger.Proof {
		p, err := r.Prove(bg, "case/2")
		must(t, err)
		return p
	}
	for name, c := range map[string]struct {
		change func(*ledger.Proof)
		want   string
	}{
		"another format":   {func(p *ledger.Proof) { p.Format = "tongban-proof/2" }, "不是"},
		"no act":           {func(p *ledger.Proof) { p.Acts = nil }, "没有"},
		"a hole":           {func(p *ledger.Proof) { p.Acts = append(p.Acts[:3:3], p.Acts[4:]...) }, "缺口"},
		"the first left":   {func(p *ledger.Proof) { p.Acts = p.Acts[1:] }, "缺口"},
		"turned round":     {func(p *ledger.Proof) { p.Acts[0], p.Acts[1] = p.Acts[1], p.Acts[0] }, "缺口"},
		"another stream":   {func(p *ledger.Proof) { p.Stream = "case/3" }, "缺口"},
		"no checkpoint":    {func(p *ledger.Proof) { p.Checkpoint = nil }, "签名页"},
		"another log":      {func(p *ledger.Proof) { p.Checkpoint[0].Log = "yunhe.example/log/2" }, "其实"},
		"a value replaced": {func(p *ledger.Proof) { p.Acts[0].Disclosed[0].Value = "别人" }, "不一样"},
		"a value moved":    {func(p *ledger.Proof) { p.Acts[0].Disclosed = p.Acts[1].Disclosed }, "不一样"},
		"a value invented": {func(p *ledger.Proof) { p.Acts[0].Disclosed[0].Field = "person.idno" }, "不一样"},
		"signed by another": {func(p *ledger.Proof) {
			text, _, _ := strings.Cut(p.Checkpoint[0].Checkpoint, "\n\n")
			b, err := note.Sign(&note.Note{Text: text + "\n"}, stranger)
			must(t, err)
			p.Checkpoint[0].Checkpoint = string(b)
		}, "公钥"},
	} {
		p := good()
		c.change(&p)
		if _, err := ledger.CheckProof(p, r.verifier); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestErasedValuesLeaveTheProofWhole(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		r.act(t, "case/1", "王某", nil)
		r.keys.gone[7] = true
		p, err := r.Prove(bg, "case/1")
		must(t, err)
		c, err := ledger.CheckProof(p, r.verifier)
		must(t, err)
		if len(c.Opened) != 0 || len(c.Acts[0].Commits) != 2 {
			t.Fatalf("opened %v of %v", c.Opened, c.Acts[0].Commits)
		}
		if b, err := p.Encode(); err != nil || bytes.Contains(b, []byte("王某")) {
			t.Fatalf("the erased name is in the proof (%v)", err)
		}
	})
}

func TestNoPersonalValueIsStoredInTheClear(t *testing.T) {
	t.Parallel()
	r := newRig(t, store.SQLite, nil)
	r.act(t, "case/1", "申请人甲", nil)
	must(t, r.s.Read(bg, func(tx *store.Tx) error {
		return tx.Each(func(row store.Row) error {
			var leaf, cipher []byte
			err := row.Scan(&leaf, &cipher)
			for _, b := range [][]byte{leaf, cipher} {
				if bytes.Contains(b, []byte("申请人甲")) || strings.Contains(hex.EncodeToString(b), hex.EncodeToString([]byte("申请人甲"))) {
					return errors.New("the name stands there to be read")
				}
			}
			return err
		}, `select e.leaf, d.cipher from event e join disclosure d on d.event = e.id`)
	}))
}

func TestSameValueIsNeverCommittedToAlike(t *testing.T) {
	t.Parallel()
	r := newRig(t, store.SQLite, nil)
	r.act(t, "case/1", "申请人甲", nil)
	r.act(t, "case/1", "申请人甲", nil)
	list := r.entries(t)
	if a, b := list[0].Leaf.Commits["person.name"], list[1].Leaf.Commits["person.name"]; a == b || len(a) != 64 {
		t.Fatalf("commitments %s and %s", a, b)
	}
}

func TestProofWhileOthersWrite(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		var wg sync.WaitGroup
		for w := range 4 {
			wg.Go(func() {
				for range 20 {
					if err := r.s.Do(bg, store.People, func(tx *store.Tx) error {
						_, err := r.Note(tx, nil, ledger.Event{Stream: fmt.Sprint("case/", w), Kind: "test.noted"})
						return err
					}); err != nil {
						t.Error(err)
					}
					// Its own stream rests while it asks: what it was told is committed must be in.
					p, err := r.Prove(bg, fmt.Sprint("case/", w))
					if err == nil {
						_, err = ledger.CheckProof(p, r.verifier)
					}
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
	})
}

func TestProofOfNothing(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		if _, err := r.Prove(bg, "case/404"); !errors.Is(err, ledger.ErrNoActs) {
			t.Fatalf("got %v", err)
		}
	})
}
