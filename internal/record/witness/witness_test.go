package witness_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"tongban/internal/record/ledger"
	"tongban/internal/record/witness"
	"tongban/internal/rules/day"
)

var bg = context.Background()

const origin = "yunhe.example/log"

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// madeLog is a log of made-up leaves, by the functions of tlog alone.
type madeLog struct {
	signer note.Signer
	public string
	hashes []tlog.Hash // stored hashes
	size   int64
}

func newLog(t testing.TB, name string) *madeLog {
	t.Helper()
	secret, public, err := note.GenerateKey(nil, name)
	must(t, err)
	signer, err := note.NewSigner(secret)
	must(t, err)
	return &madeLog{signer: signer, public: public}
}

// ReadHashes implements tlog.HashReader.
func (l *madeLog) ReadHashes(at []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(at))
	for i, x := range at {
		out[i] = l.hashes[x]
	}
	return out, nil
}

func (l *madeLog) grow(t testing.TB, what string, n int) {
	t.Helper()
	for i := range n {
		h, err := tlog.StoredHashes(l.size, fmt.Appendf(nil, "%s %d", what, i), l)
		must(t, err)
		l.hashes = append(l.hashes, h...)
		l.size++
	}
}

func (l *madeLog) branch() *madeLog {
	b := *l
	b.hashes = append([]tlog.Hash(nil), l.hashes...)
	return &b
}

// checkpoint is the signed tree of a size under a name.
func (l *madeLog) checkpoint(t testing.TB, name string, size int64) string {
	t.Helper()
	root, err := tlog.TreeHash(size, l)
	must(t, err)
	b, err := note.Sign(&note.Note{Text: fmt.Sprintf("%s\n%d\n%s\n", name, size, root)}, l.signer)
	must(t, err)
	return string(b)
}

func (l *madeLog) proof(t testing.TB, size, old int64) tlog.TreeProof {
	t.Helper()
	if old == 0 || old == size {
		return nil
	}
	p, err := tlog.ProveTree(size, old, l)
	must(t, err)
	return p
}

// request is the body of add-checkpoint, written down as the specification reads.
func request(old int64, proof tlog.TreeProof, checkpoint string) string {
	s := fmt.Sprintf("old %d\n", old)
	for _, h := range proof {
		s += h.String() + "\n"
	}
	return s + "\n" + checkpoint
}

type served struct {
	*witness.Witness
	url string
	dir string
	o   witness.Options
}

func serve(t testing.TB, dir string, logs ...*madeLog) *served {
	t.Helper()
	o := witness.Options{Dir: dir, Name: "shi.example/w1", Now: func() day.Instant { return 1_800_000_000 * day.Second }}
	for _, l := range logs {
		v, err := note.NewVerifier(l.public)
		must(t, err)
		o.Logs = append(o.Logs, v)
	}
	w, err := witness.Open(o)
	must(t, err)
	t.Cleanup(func() { _ = w.Close() })
	s := httptest.NewServer(w.Handler())
	t.Cleanup(s.Close)
	return &served{w, s.URL, dir, o}
}

// post sends a request as it stands.
func (s *served) post(t testing.TB, body string) (status int, kind, answer string) {
	t.Helper()
	a, err := http.Post(s.url+"/add-checkpoint", "text/plain", strings.NewReader(body))
	must(t, err)
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	must(t, err)
	return a.StatusCode, a.Header.Get("Content-Type"), string(b)
}

func TestWitnessAnswersAsTheSpecificationSays(t *testing.T) {
	t.Parallel()
	l, stranger := newLog(t, origin), newLog(t, "other.example/log")
	l.grow(t, "act", 300)
	w := serve(t, t.TempDir(), l)
	name := origin + "/1"
	forged := newLog(t, origin) // the same name with another key
	forged.grow(t, "act", 300)
	fork := l.branch()
	fork.hashes, fork.size = nil, 0
	fork.grow(t, "other", 300)

	for _, c := range []struct {
		what   string
		body   string
		status int
		answer string // "" any
	}{
		{"nothing", "", 400, ""},
		{"no old size", l.checkpoint(t, name, 5), 400, ""},
		{"a leading zero", request(0, nil, l.checkpoint(t, name, 5))[4:], 400, ""},
		{"old 00", strings.Replace(request(0, nil, l.checkpoint(t, name, 5)), "old 0", "old 00", 1), 400, ""},
		{"old -1", strings.Replace(request(0, nil, l.checkpoint(t, name, 5)), "old 0", "old -1", 1), 400, ""},
		{"64 lines of proof", request(0, make(tlog.TreeProof, 64), l.checkpoint(t, name, 5)), 400, ""},
		{"a line that is no hash", strings.Replace(request(0, nil, l.checkpoint(t, name, 5)), "\n\n", "\nAAAA\n\n", 1), 400, ""},
		{"too much", request(0, nil, l.checkpoint(t, name, 5)) + strings.Repeat("x", 70<<10), 413, ""},
		{"an unknown log", request(0, nil, stranger.checkpoint(t, "other.example/log", 0)), 404, ""},
		{"a name that only looks alike", request(0, nil, l.checkpoint(t, origin+"/01", 5)), 404, ""},
		{"a name that goes on", request(0, nil, l.checkpoint(t, origin+"/1/2", 5)), 404, ""},
		{"a forged signature", request(0, nil, forged.checkpoint(t, name, 5)), 403, ""},
		{"old beyond the checkpoint", request(6, nil, l.checkpoint(t, name, 5)), 400, ""},
		{"an old size never seen", request(3, l.proof(t, 5, 3), l.checkpoint(t, name, 5)), 409, "0\n"},
		{"a proof where none may be", request(0, l.proof(t, 5, 3), l.checkpoint(t, name, 5)), 422, ""},
		{"the first", request(0, nil, l.checkpoint(t, name, 5)), 200, ""},
		{"the first again, as if new", request(0, nil, l.checkpoint(t, name, 5)), 409, "5\n"},
		{"the same again", request(5, nil, l.checkpoint(t, name, 5)), 200, ""},
		{"another tree of that size", request(5, nil, fork.checkpoint(t, name, 5)), 409, "5\n"},
		{"no proof", request(5, nil, l.checkpoint(t, name, 300)), 422, ""},
		{"a proof of another tree", request(5, fork.proof(t, 300, 5), l.checkpoint(t, name, 300)), 422, ""},
		{"a fork with its own proof", request(5, fork.proof(t, 300, 5), fork.checkpoint(t, name, 300)), 422, ""},
		{"what extends it", request(5, l.proof(t, 300, 5), l.checkpoint(t, name, 300)), 200, ""},
		{"back again", request(5, l.proof(t, 200, 5), l.checkpoint(t, name, 200)), 409, "300\n"},
		{"a smaller tree", request(300, nil, l.checkpoint(t, name, 200)), 400, ""},
		{"the next generation is a log of its own", request(0, nil, l.checkpoint(t, origin+"/2", 5)), 200, ""},
	} {
		status, kind, answer := w.post(t, c.body)
		if status != c.status || c.answer != "" && answer != c.answer {
			t.Errorf("%s: %d %q, want %d %q", c.what, status, answer, c.status, c.answer)
		}
		if (status == 409) != (kind == "text/x.tlog.size") {
			t.Errorf("%s: %d is %s", c.what, status, kind)
		}
		if status == 200 && (!strings.HasPrefix(answer, "— shi.example/w1 ") || !strings.HasSuffix(answer, "\n")) {
			t.Errorf("%s: %q", c.what, answer)
		}
	}
	if a, err := http.Get(w.url + "/add-checkpoint"); err != nil || a.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("GET: %v %v", a, err)
	}
}

func TestClientCarriesWhatTheWitnessSays(t *testing.T) {
	t.Parallel()
	l := newLog(t, origin)
	l.grow(t, "act", 20)
	w := serve(t, t.TempDir(), l)
	c := witness.NewClient(w.url + "/")
	text := l.checkpoint(t, origin, 7)
	line, err := c.AddCheckpoint(bg, 0, nil, text)
	must(t, err)
	n, err := note.Open([]byte(text+line), note.VerifierList(w.Key()))
	if err != nil || len(n.Sigs) != 1 {
		t.Fatalf("%v: %q", err, line)
	}
	_, err = c.AddCheckpoint(bg, 0, nil, l.checkpoint(t, origin, 20))
	if size := (ledger.OtherSize{}); !errors.As(err, &size) || size.Size != 7 {
		t.Fatalf("got %v", err)
	}
	if _, err = c.AddCheckpoint(bg, 7, nil, l.checkpoint(t, origin, 20)); !errors.Is(err, ledger.ErrApart) {
		t.Fatalf("got %v", err)
	}
	if _, err = c.AddCheckpoint(bg, 7, l.proof(t, 20, 7), l.checkpoint(t, origin, 20)); err != nil {
		t.Fatal(err)
	}
	if _, err = c.AddCheckpoint(bg, 0, nil, l.checkpoint(t, "elsewhere", 20)); err == nil || errors.Is(err, ledger.ErrApart) {
		t.Fatalf("an unknown log: %v", err)
	}
}

// Many send at once: the sizes cosigned must be one chain, whatever the order.
func TestRacingRequestsNeverGoBack(t *testing.T) {
	t.Parallel()
	l := newLog(t, origin)
	l.grow(t, "act", 64)
	w := serve(t, t.TempDir(), l)
	var mu sync.Mutex
	var steps [][2]int64
	var all sync.WaitGroup
	for k := range int64(8) {
		all.Go(func() {
			at := int64(0)
			for size := k + 1; size <= 64; size += 3 {
				_, err := w.AddCheckpoint(request(at, l.proof(t, size, min(at, size)), l.checkpoint(t, origin, size)))
				if err == nil {
					mu.Lock()
					steps = append(steps, [2]int64{at, size})
					mu.Unlock()
					at = size
					continue
				}
				_, _, answer := w.post(t, request(0, nil, l.checkpoint(t, origin, size)))
				if _, err := fmt.Sscan(answer, &at); err != nil || at > size {
					at = 0
				}
			}
		})
	}
	all.Wait()
	seen := map[int64]int{}
	for _, s := range steps {
		if s[0] != s[1] {
			seen[s[0]]++
		}
	}
	for size, n := range seen {
		if n > 1 {
			t.Errorf("%d checkpoints were cosigned that each follow the one of size %d", n, size)
		}
	}
	if len(steps) == 0 {
		t.Fatal("nothing was cosigned")
	}
}

func TestWitnessRemembersAcrossStarts(t *testing.T) {
	t.Parallel()
	l := newLog(t, origin)
	l.grow(t, "act", 20)
	dir := t.TempDir()
	w := serve(t, dir, l)
	_, err := w.AddCheckpoint(request(0, nil, l.checkpoint(t, origin, 12)))
	must(t, err)
	if _, err := witness.Open(w.o); err == nil {
		t.Fatal("a second process opened the same folder")
	}
	must(t, w.Close())
	again, err := witness.Open(w.o)
	must(t, err)
	if again.Key().String() != w.Key().String() {
		t.Fatal("another key after a start")
	}
	if _, err = again.AddCheckpoint(request(0, nil, l.checkpoint(t, origin, 20))); err == nil {
		t.Fatal("what was cosigned before the start is forgotten")
	}
	must(t, again.Close())

	seen := filepath.Join(dir, "witness.seen")
	kept, err := os.ReadFile(seen)
	must(t, err)
	must(t, os.WriteFile(seen, []byte("{"), 0o600))
	if _, err := witness.Open(w.o); err == nil {
		t.Fatal("opened with a memory that cannot be read")
	}
	must(t, os.Remove(seen))
	if _, err := witness.Open(w.o); !errors.Is(err, witness.ErrForgotten) {
		t.Fatalf("opened without its memory: %v", err)
	}
	must(t, os.WriteFile(seen, kept, 0o600))
	last, err := witness.Open(w.o)
	must(t, err)
	must(t, last.Close())
}

// A witness that cannot write answers nobody, and goes on answering nobody.
func TestNothingIsCosignedThatIsNotOnDisk(t *testing.T) {
	t.Parallel()
	l := newLog(t, origin)
	l.grow(t, "act", 20)
	dir := t.TempDir()
	w := serve(t, dir, l)
	must(t, os.Mkdir(filepath.Join(dir, "witness.seen.new"), 0o700)) // where the new file would be written
	for range 2 {
		if status, _, answer := w.post(t, request(0, nil, l.checkpoint(t, origin, 12))); status == 200 {
			t.Fatalf("cosigned: %s", answer)
		}
	}
	must(t, os.Remove(filepath.Join(dir, "witness.seen.new")))
	if status, _, _ := w.post(t, request(12, nil, l.checkpoint(t, origin, 12))); status == 200 {
		t.Fatal("cosigned though nobody knows what is on disk")
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	_, private, err := ed25519.GenerateKey(nil)
	must(t, err)
	key, err := ledger.NewWitnessKey("shi.example/w1", private.Public().(ed25519.PublicKey))
	must(t, err)
	w, err := witness.Parse(key.String() + "@https://shi.example/witness")
	if err != nil || w.Key.String() != key.String() {
		t.Fatalf("%v %v", w, err)
	}
	for _, text := range []string{"", key.String(), "x@https://shi.example", key.String() + "@ftp://shi.example", key.String() + "@http://", key.String() + "@https://a/b?c=d"} {
		if _, err := witness.Parse(text); err == nil {
			t.Errorf("took %q", text)
		}
	}
}
