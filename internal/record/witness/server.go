package witness

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"tongban/internal/record/ledger"
	"tongban/internal/rules/day"
)

// Options of a witness.
type Options struct {
	Dir  string          // of its key and of what it saw
	Name string          // of its key, such as "shi.example/w1"
	Logs []note.Verifier // keys of the logs that it watches
	Now  day.Clock       // nil is the machine's
	Log  *slog.Logger
}

// Witness cosigns what extends what it saw. A log is known by the name of its
// key: the checkpoints of NAME and of its generations NAME/1, NAME/2 … are
// taken, each as a log of its own.
type Witness struct {
	o       Options
	key     ledger.WitnessKey
	private ed25519.PrivateKey

	mu     sync.Mutex // over check and keeping, so that they are one step
	memory *memory
	broken error // what is on disk is not known any more
}

// Open opens the witness in its folder. The key is made when the folder is new.
func Open(o Options) (*Witness, error) {
	if o.Now == nil {
		o.Now = day.System
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	m, private, err := open(o.Dir)
	if err != nil {
		return nil, err
	}
	w := &Witness{o: o, private: private, memory: m}
	if w.key, err = ledger.NewWitnessKey(o.Name, private.Public().(ed25519.PublicKey)); err != nil {
		return nil, errors.Join(err, m.close())
	}
	return w, nil
}

// Key is the witness's public key, for those who verify.
func (w *Witness) Key() ledger.WitnessKey { return w.key }

// Close lets another process have the folder.
func (w *Witness) Close() error { return w.memory.close() }

// Handler answers POST …/add-checkpoint, and GET / with the key of the witness
// and the last checkpoint of each log.
func (w *Witness) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+addPath, w.add)
	mux.HandleFunc("GET /{$}", w.show)
	return mux
}

func (w *Witness) show(rw http.ResponseWriter, _ *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
	rw.Header().Set("Cache-Control", "no-store")
	fmt.Fprintf(rw, "%s\n", w.key)
	for _, text := range w.memory.seen {
		fmt.Fprintf(rw, "\n%s", text)
	}
}

func (w *Witness) add(rw http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, requestMost))
	if err != nil {
		http.Error(rw, err.Error(), http.StatusRequestEntityTooLarge)
		return
	}
	line, err := w.AddCheckpoint(string(b))
	rw.Header().Set("Cache-Control", "no-store")
	var no refusal
	switch {
	case err == nil:
		rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(rw, line)
	case !errors.As(err, &no):
		w.o.Log.Error("checkpoint not cosigned", "err", err)
		http.Error(rw, "the witness cannot keep what it sees", http.StatusInternalServerError)
	case no.isSize:
		rw.Header().Set("Content-Type", sizeType)
		rw.WriteHeader(no.status)
		fmt.Fprintf(rw, "%d\n", no.size)
	default:
		http.Error(rw, no.why, no.status)
	}
}

// refusal is an answer other than a cosignature.
type refusal struct {
	status int
	why    string
	size   int64 // where the witness stands, when that is the answer
	isSize bool
}

// Error implements error.
func (r refusal) Error() string { return strconv.Itoa(r.status) + " " + r.why }

// AddCheckpoint judges the body of a request and returns the line that cosigns
// its checkpoint. What was judged is on disk before it returns.
func (w *Witness) AddCheckpoint(body string) (string, error) {
	r, err := parseRequest(body)
	if err != nil {
		return "", refusal{status: http.StatusBadRequest, why: err.Error()}
	}
	origin, _, _ := strings.Cut(r.checkpoint, "\n")
	keys := w.keysOf(origin)
	if len(keys) == 0 {
		return "", refusal{status: http.StatusNotFound, why: "this witness does not watch " + strconv.Quote(origin)}
	}
	n, err := note.Open([]byte(r.checkpoint), note.VerifierList(keys...))
	if err != nil {
		return "", refusal{status: http.StatusForbidden, why: "no signature of a key of the log holds"}
	}
	name, size, root, err := ledger.ParseCheckpoint(n.Text)
	if err != nil || name != origin || r.old > size {
		return "", refusal{status: http.StatusBadRequest, why: "the checkpoint cannot be read, or the old size is beyond it"}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.extends(origin, r, size, root); err != nil {
		w.o.Log.Warn("checkpoint refused", "log", origin, "old", r.old, "size", size, "why", err, "checkpoint", r.checkpoint)
		return "", err
	}
	if err := w.keep(origin, onlyOf(n)); err != nil {
		return "", err
	}
	return w.key.Cosign(w.private, n.Text, w.o.Now()), nil
}

// keysOf are the keys whose logs may have this origin.
func (w *Witness) keysOf(origin string) (list []note.Verifier) {
	for _, v := range w.o.Logs {
		generation, isOne := strings.CutPrefix(origin, v.Name()+"/")
		g, err := parseSize(generation)
		if origin == v.Name() || isOne && err == nil && g > 0 {
			list = append(list, v)
		}
	}
	return list
}

// extends compares a checkpoint with the last one of its log.
func (w *Witness) extends(origin string, r request, size int64, root tlog.Hash) error {
	var last int64
	var lastRoot tlog.Hash
	if text, ok := w.memory.seen[origin]; ok {
		var err error
		if _, last, lastRoot, err = ledger.ParseCheckpoint(text); err != nil {
			return fmt.Errorf("what was kept of %s: %w", origin, err)
		}
	}
	apart := refusal{status: http.StatusUnprocessableEntity, why: "the proof does not lead from what was seen to the checkpoint"}
	switch {
	case r.old != last:
		return refusal{status: http.StatusConflict, why: "another size was seen", size: last, isSize: true}
	case last == size && last > 0 && root != lastRoot:
		return refusal{status: http.StatusConflict, why: "another tree of this size was seen", size: last, isSize: true}
	case last == 0 || last == size:
		empty, _ := tlog.TreeHash(0, nil)
		if len(r.proof) > 0 || size == 0 && root != empty {
			return apart
		}
	case tlog.CheckTree(r.proof, size, root, last, lastRoot) != nil:
		return apart
	}
	return nil
}

// keep puts the checkpoint on disk. When that fails nobody knows what lies
// there, so nothing more is cosigned until the witness is started again.
func (w *Witness) keep(origin, checkpoint string) error {
	if w.broken != nil {
		return w.broken
	}
	if w.memory.seen[origin] == checkpoint {
		return nil
	}
	w.memory.seen[origin] = checkpoint
	w.broken = w.memory.keep()
	return w.broken
}

// onlyOf writes a note with only the signatures that hold.
func onlyOf(n *note.Note) string {
	text := n.Text + "\n"
	for _, s := range n.Sigs {
		text += "— " + s.Name + " " + s.Base64 + "\n"
	}
	return text
}
