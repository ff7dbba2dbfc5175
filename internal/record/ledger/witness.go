package ledger

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

// Witness is another server, run by somebody else, that this log asks to
// cosign its checkpoints.
type Witness struct {
	Key WitnessKey
	Asker
}

// Asker carries a checkpoint to a witness with the proof that it extends the
// tree of size old, and brings back signature lines: C2SP tlog-witness. When the
// witness stands at another size the error is OtherSize; when it says that the
// checkpoint does not extend what it saw, the error is ErrApart.
type Asker interface {
	AddCheckpoint(ctx context.Context, old int64, proof tlog.TreeProof, checkpoint string) (lines string, err error)
}

// OtherSize says at which size of the log a witness stands.
type OtherSize struct{ Size int64 }

// Error implements error.
func (e OtherSize) Error() string {
	return fmt.Sprintf("the witness stands at %d acts of the log", e.Size)
}

// ErrApart says that a witness saw another log under the same name: the
// database was rolled back or replaced since, or another one signs with its key.
var ErrApart = errors.New("ledger: the witness saw a log that this one does not extend")

// WitnessState is how a witness stood when it was last asked by this process.
type WitnessState struct {
	Key  WitnessKey
	Log  string // that it cosigned last; "" when it never did
	Size int64
	At   day.Instant
	Err  error // of the last attempt; nil when it went well
}

// asked is a witness with what this process knows of it.
type asked struct {
	Witness
	mu    sync.Mutex
	state WitnessState
	log   int64 // that size is of
	size  int64
	fails int
	rest  time.Time // not asked again before
}

const (
	askTime     = 10 * time.Second // for one witness to answer
	askEvery    = 10 * time.Second // between two rounds, unless Options say otherwise
	askRestMost = 5 * time.Minute  // between two attempts with a witness that fails
)

// RunWitnesses asks the witnesses, all at once about the same checkpoint, until
// ctx ends. Nobody waits for it: what is signed is signed without them. On
// PostgreSQL one node asks.
func (l *Ledger) RunWitnesses(ctx context.Context) {
	if len(l.witnesses) == 0 {
		return
	}
	every := l.o.WitnessEvery
	if every <= 0 {
		every = askEvery
	}
	holder := nodeName()
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if l.asks(ctx, holder, every) {
			if err := l.AskWitnesses(ctx); err != nil && ctx.Err() == nil {
				l.o.Log.Error("witnesses not asked", "err", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// asks tells whether this node is the one that asks.
func (l *Ledger) asks(ctx context.Context, holder string, every time.Duration) bool {
	if l.s.Engine() != store.Postgres {
		return true
	}
	mine, err := l.hold(ctx, "witness", holder, 3*day.Instant(max(every, askTime)/time.Microsecond))
	return err == nil && mine
}

// AskWitnesses has the newest checkpoint cosigned by every witness that has not
// done so and is not resting after a failure. What one of them answers is seen
// in Witnesses; the error is that of the database.
func (l *Ledger) AskWitnesses(ctx context.Context) error {
	var c Checkpoint
	if l.rolledBack.Load() {
		return nil
	}
	err := l.s.Read(ctx, func(tx *store.Tx) error {
		h, found, err := l.head(tx)
		if err == nil && found {
			c, _, err = l.Last(tx, h.log)
		}
		return err
	})
	if err != nil || c.Note == "" {
		return err
	}
	var all sync.WaitGroup
	for _, w := range l.witnesses {
		all.Go(func() { l.askOne(ctx, w, c) })
	}
	all.Wait()
	return nil
}

// Witnesses tells how each witness stands.
func (l *Ledger) Witnesses() []WitnessState {
	out := make([]WitnessState, len(l.witnesses))
	for i, w := range l.witnesses {
		w.mu.Lock()
		out[i] = w.state
		w.mu.Unlock()
	}
	return out
}

func (l *Ledger) askOne(ctx context.Context, w *asked, c Checkpoint) {
	w.mu.Lock()
	resting := time.Now().Before(w.rest)
	w.mu.Unlock()
	if resting {
		return
	}
	within, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	seen, err := l.ask(within, w, c)
	if ctx.Err() != nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.state.Err = err; err == nil {
		w.log, w.size, w.fails, w.rest = c.Log, c.Size, 0, time.Time{}
		w.state.Log, w.state.Size, w.state.At = seen.Log, seen.Size, max(seen.At, w.state.At)
		return
	}
	w.rest = time.Now().Add(min(time.Second<<min(w.fails, 20), askRestMost))
	w.fails++
	l.o.Log.Error("not cosigned", "witness", w.Key.Name(), "log", c.Log, "size", c.Size, "apart", errors.Is(err, ErrApart), "err", err)
}

// ask asks one witness; told another size, it tries once more from there.
func (l *Ledger) ask(ctx context.Context, w *asked, c Checkpoint) (Cosigned, error) {
	old, err := l.stands(ctx, w, c.Log)
	if err != nil {
		return Cosigned{}, err
	}
	if old == c.Size {
		return l.cosignedBy(ctx, w, c)
	}
	lines, err := l.submit(ctx, w, old, c)
	var other OtherSize
	if errors.As(err, &other) && other.Size != old {
		if other.Size > c.Size {
			return Cosigned{}, l.beyond(ctx, c, other)
		}
		lines, err = l.submit(ctx, w, other.Size, c)
	}
	if errors.As(err, &other) {
		err = fmt.Errorf("%w: %w", ErrApart, err)
	}
	if err != nil {
		return Cosigned{}, err
	}
	return l.keepCosignature(ctx, w, c, lines)
}

// beyond: the witness cosigned more acts than this checkpoint has. Either
// another node had a newer one cosigned meanwhile, or acts were lost.
func (l *Ledger) beyond(ctx context.Context, c Checkpoint, other OtherSize) error {
	return l.s.Read(ctx, func(tx *store.Tx) error {
		last, _, err := l.Last(tx, c.Log)
		if err == nil && last.Size < other.Size {
			err = fmt.Errorf("%w: %w, the log has %d", ErrApart, other, last.Size)
		}
		return err
	})
}

// stands is the size at which the witness stood last, as far as is known here.
func (l *Ledger) stands(ctx context.Context, w *asked, log int64) (int64, error) {
	w.mu.Lock()
	size, known := w.size, w.log == log
	w.mu.Unlock()
	if known {
		return size, nil
	}
	err := l.s.Read(ctx, func(tx *store.Tx) error {
		_, err := tx.Get([]any{&size}, `select coalesce(max(size), 0) from cosignature where log = $1 and witness = $2`, log, witnessName(w.Key))
		return err
	})
	return size, err
}

func (l *Ledger) submit(ctx context.Context, w *asked, old int64, c Checkpoint) (string, error) {
	var proof tlog.TreeProof
	if old > 0 && old < c.Size {
		if err := l.s.Read(ctx, func(tx *store.Tx) (err error) {
			proof, err = tlog.ProveTree(c.Size, old, newReader(tx, c.Log, c.Size))
			return err
		}); err != nil {
			return "", err
		}
	}
	return w.AddCheckpoint(ctx, old, proof, c.Note)
}

// keepCosignature stores the line of this witness's key, if it holds.
func (l *Ledger) keepCosignature(ctx context.Context, w *asked, c Checkpoint, lines string) (Cosigned, error) {
	n, err := note.Open([]byte(c.Note+lines), note.VerifierList(w.Key))
	if err != nil {
		return Cosigned{}, fmt.Errorf("answer of the witness %s: %w", w.Key.Name(), err)
	}
	name, _, _, err := ParseCheckpoint(n.Text)
	if err != nil {
		return Cosigned{}, err
	}
	_, seen := splitSigs(n, note.VerifierList(w.Key), name, c.Size)
	line := "— " + n.Sigs[0].Name + " " + n.Sigs[0].Base64 + "\n"
	return seen[0], l.s.Do(ctx, store.Background, func(tx *store.Tx) error {
		tx.Put(`insert into cosignature(log, size, witness, at, line) values($1, $2, $3, $4, $5) on conflict do nothing`,
			c.Log, c.Size, witnessName(w.Key), seen[0].At, line)
		return nil
	})
}

// cosignedBy is the statement that is stored already.
func (l *Ledger) cosignedBy(ctx context.Context, w *asked, c Checkpoint) (Cosigned, error) {
	name, _, _, err := ParseCheckpoint(c.Note)
	seen := Cosigned{Log: name, Witness: witnessName(w.Key), Size: c.Size}
	if err != nil {
		return seen, err
	}
	return seen, l.s.Read(ctx, func(tx *store.Tx) error {
		_, err := tx.Get([]any{&seen.At}, `select at from cosignature where log = $1 and size = $2 and witness = $3`, c.Log, c.Size, witnessName(w.Key))
		return err
	})
}

func witnessName(k WitnessKey) string { return fmt.Sprintf("%s+%08x", k.name, k.hash) }
