package ledger_test

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

// The example of C2SP tlog-cosignature names key, time and line; this is the
// same with a key whose seed is known here, worked out from the text alone.
func TestCosignatureIsTheOneOfTheSpecification(t *testing.T) {
	t.Parallel()
	private := ed25519.NewKeyFromSeed([]byte(strings.Repeat("w", 32)))
	key, err := ledger.NewWitnessKey("shi.example/w1", private.Public().(ed25519.PublicKey))
	must(t, err)
	body := "yunhe.example/log/1\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
	line := key.Cosign(private, body, 1679315147*day.Second)
	b, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(strings.TrimPrefix(line, "— shi.example/w1 "), "\n"))
	must(t, err)
	if len(b) != 4+8+64 || fmt.Sprintf("%x", b[4:12]) != "00000000641850cb" {
		t.Fatalf("line %q", line)
	}
	if !ed25519.Verify(private.Public().(ed25519.PublicKey), []byte("cosignature/v1\ntime 1679315147\n"+body), b[12:]) {
		t.Fatal("the signature is not over the text that the specification gives")
	}
	n, err := note.Open([]byte(body+"\n"+line), note.VerifierList(key))
	must(t, err)
	if len(n.Sigs) != 1 {
		t.Fatalf("signatures %v", n.Sigs)
	}
	again, err := ledger.ParseWitnessKey(key.String())
	must(t, err)
	if again.String() != key.String() || again.KeyHash() != key.KeyHash() {
		t.Fatalf("%s read as %s", key, again)
	}
	for at := 4; at < len(b); at++ {
		b[at] ^= 1
		touched := "— shi.example/w1 " + base64.StdEncoding.EncodeToString(b) + "\n"
		if _, err := note.Open([]byte(body+"\n"+touched), note.VerifierList(key)); err == nil {
			t.Fatalf("byte %d changed unseen", at)
		}
		b[at] ^= 1
	}
}

func TestWitnessKeyIsRefusedWhenTouched(t *testing.T) {
	t.Parallel()
	key, _ := aWitness(t, "shi.example/w1")
	for _, text := range []string{"", "x", "+" + key.String(), strings.Replace(key.String(), "w1", "w2", 1), strings.ToUpper(key.String()), key.String() + "=", key.String()[:60]} {
		if _, err := ledger.ParseWitnessKey(text); err == nil {
			t.Errorf("took %q", text)
		}
	}
	_, public := testKey(t)
	if _, err := ledger.ParseWitnessKey(public); !errors.Is(err, ledger.ErrNotWitness) {
		t.Errorf("the key of a log: %v", err)
	}
}

func aWitness(t testing.TB, name string) (ledger.WitnessKey, ed25519.PrivateKey) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	must(t, err)
	key, err := ledger.NewWitnessKey(name, public)
	must(t, err)
	return key, private
}

// honest is a witness in the process: it cosigns whatever it is asked.
type honest struct {
	key     ledger.WitnessKey
	private ed25519.PrivateKey
	at      day.Instant
	fails   error
	asked   int
}

func (h *honest) AddCheckpoint(_ context.Context, _ int64, _ tlog.TreeProof, checkpoint string) (string, error) {
	h.asked++
	if h.fails != nil {
		return "", h.fails
	}
	body, _, _ := strings.Cut(checkpoint, "\n\n")
	return h.key.Cosign(h.private, body+"\n", h.at), nil
}

// watched attaches a second ledger with witnesses to the rig's store.
func watched(t testing.TB, r *rig, names ...string) ([]*honest, *ledger.Ledger) {
	t.Helper()
	o := r.options
	var list []*honest
	for _, name := range names {
		key, private := aWitness(t, name)
		h := &honest{key: key, private: private, at: 1_700_000_000 * day.Second}
		list = append(list, h)
		o.Witnesses = append(o.Witnesses, ledger.Witness{Key: key, Asker: h})
	}
	l := ledger.New(o)
	must(t, l.Attach(bg, r.s))
	return list, l
}

func published(t testing.TB, r *rig, l *ledger.Ledger) ledger.Checkpoint {
	t.Helper()
	var c ledger.Checkpoint
	must(t, r.s.Read(bg, func(tx *store.Tx) error {
		logs, err := l.Logs(tx)
		if err != nil {
			return err
		}
		c, _, err = l.Published(tx, logs[len(logs)-1].ID)
		return err
	}))
	return c
}

func TestCosignedCheckpointIsPublishedAndProven(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, r *rig) {
		witnesses, l := watched(t, r, "shi.example/w1", "sheng.example/w2")
		r.note(t, "case/1", 3)
		_, err := l.Sign(bg)
		must(t, err)
		witnesses[1].fails = errors.New("away")
		must(t, l.AskWitnesses(bg))
		c := published(t, r, l)
		if c.Size != 3 || strings.Count(c.Note, "— shi.example/w1 ") != 1 || strings.Contains(c.Note, "example/w2") {
			t.Fatalf("published %s", c.Note)
		}
		if s := l.Witnesses(); s[0].Err != nil || s[0].Size != 3 || s[0].At != witnesses[0].at || s[1].Err == nil {
			t.Fatalf("witnesses stand %+v", s)
		}

		r.note(t, "case/2", 4) // what nobody cosigned yet is signed, but not what is shown
		_, err = l.Sign(bg)
		must(t, err)
		if c := published(t, r, l); c.Size != 3 {
			t.Fatalf("published %s", c.Note)
		}
		must(t, l.AskWitnesses(bg))
		if witnesses[1].asked != 1 {
			t.Fatalf("asked %d times a witness that has to rest", witnesses[1].asked)
		}
		if c := published(t, r, l); c.Size != 7 {
			t.Fatalf("published %s", c.Note)
		}

		proof, err := l.Prove(bg, "case/1")
		must(t, err)
		all := note.VerifierList(verifierOf(t), witnesses[0].key)
		found, err := ledger.CheckProof(proof, all)
		must(t, err)
		if len(found.Seen) != 1 || found.Seen[0].At != witnesses[0].at || found.Seen[0].Size != 7 || len(found.Signers) != 1 {
			t.Fatalf("found %+v", found)
		}
		if found, err = ledger.CheckProof(proof, r.verifier); err != nil || len(found.Seen) != 0 || len(found.Others) != 1 {
			t.Fatalf("without the witness's key: %+v, %v", found, err)
		}
		if _, err = ledger.CheckProof(proof, note.VerifierList(witnesses[0].key)); err == nil {
			t.Fatal("a witness's key alone proves an act of the log")
		}
	})
}

func verifierOf(t testing.TB) note.Verifier {
	t.Helper()
	_, public := testKey(t)
	v, err := note.NewVerifier(public)
	must(t, err)
	return v
}

func TestAnswerThatDoesNotHoldIsNotKept(t *testing.T) {
	t.Parallel()
	r := newRig(t, store.SQLite, nil)
	witnesses, l := watched(t, r, "shi.example/w1")
	other, _ := aWitness(t, "shi.example/w1")
	witnesses[0].key = other // signs under a name that is not its own
	r.note(t, "case/1", 3)
	_, err := l.Sign(bg)
	must(t, err)
	must(t, l.AskWitnesses(bg))
	if s := l.Witnesses(); s[0].Err == nil || r.count(t, `select count(*) from cosignature`) != 0 {
		t.Fatalf("kept: %+v", s)
	}
}

func TestWhereNoWitnessAnswersTheLogIsShownAMinuteLater(t *testing.T) {
	t.Parallel()
	r := newRig(t, store.SQLite, nil)
	witnesses, l := watched(t, r, "shi.example/w1")
	r.note(t, "case/1", 3)
	_, err := l.Sign(bg)
	must(t, err)
	must(t, l.AskWitnesses(bg))
	witnesses[0].fails = errors.New("away")
	r.note(t, "case/1", 2)
	_, err = l.Sign(bg)
	must(t, err)
	must(t, l.AskWitnesses(bg))
	if c := published(t, r, l); c.Size != 3 {
		t.Fatalf("published %d", c.Size)
	}
	r.write(t, `update checkpoint set at = at - $1`, int64(2*day.Minute))
	if c := published(t, r, l); c.Size != 5 {
		t.Fatalf("published %d", c.Size)
	}
}
