package ledger

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"tongban/internal/record/store"
)

// ProofFormat names the file that a person downloads.
const ProofFormat = "tongban-proof/1"

// Proof is what a person downloads: every act of one stream up to now, each with
// its place in the signed tree, and the values that only they are shown. It says
// nothing that is not proven, so it has no title.
type Proof struct {
	Format     string      `json:"format"`
	Stream     string      `json:"stream"`
	Acts       []ProofAct  `json:"acts"`
	Checkpoint []ProofTree `json:"trees"`
}

// ProofAct is one act: its leaf, its number, the path to the root of its tree.
type ProofAct struct {
	Log       string       `json:"log"`
	Seq       int64        `json:"seq"`
	Leaf      string       `json:"leaf"`
	Path      []tlog.Hash  `json:"path"`
	Disclosed []Disclosure `json:"disclosed,omitempty"`
}

// Disclosure opens one commitment of an act.
type Disclosure struct {
	Field string `json:"field"`
	Salt  []byte `json:"salt"`
	Value string `json:"value"`
}

// ProofTree is the signed checkpoint of one generation of the log.
type ProofTree struct {
	Log        string `json:"log"`
	Checkpoint string `json:"checkpoint"`
}

// ErrNotYetNumbered says that the newest act has no number yet (PostgreSQL, for
// a fraction of a second): ask again.
var ErrNotYetNumbered = errors.New("ledger: the newest act is not numbered yet")

// ErrNoActs says that nothing was recorded on the stream.
var ErrNoActs = errors.New("ledger: the stream has no act")

// proofActs bounds the acts of one proof; no case comes near it.
const proofActs = 5000

const proveTries = 3 // how often an act that came in between is waited for

// Prove makes the proof of a stream against the newest checkpoint that witnesses
// cosigned and that covers every act of it, else against one signed now.
func (l *Ledger) Prove(ctx context.Context, stream string) (Proof, error) {
	for try := 1; ; try++ {
		p, err := l.proveNow(ctx, stream)
		if try == proveTries || !errors.Is(err, ErrNotYetNumbered) {
			return p, err
		}
		// Any node may number: the head decides. On SQLite nothing waits here.
		if _, err := l.Number(ctx, numberBatch); err != nil {
			return p, err
		}
	}
}

func (l *Ledger) proveNow(ctx context.Context, stream string) (Proof, error) {
	if _, err := l.Sign(ctx); err != nil {
		return Proof{}, err
	}
	p := Proof{Format: ProofFormat, Stream: stream}
	err := l.s.Read(ctx, func(tx *store.Tx) error {
		acts, err := l.Stream(tx, stream, proofActs)
		if err != nil {
			return err
		}
		var all int
		if _, err := tx.Get([]any{&all}, `select count(*) from event where home = $1 and stream = $2`, tx.Home(), stream); err != nil {
			return err
		}
		switch {
		case all == 0:
			return ErrNoActs
		case all > proofActs:
			return fmt.Errorf("ledger: %s has %d acts, a proof holds %d", stream, all, proofActs)
		case all != len(acts):
			return ErrNotYetNumbered
		}
		return l.prove(tx, &p, acts)
	})
	return p, err
}

func (l *Ledger) prove(tx *store.Tx, p *Proof, acts []Entry) error {
	trees := map[int64]Checkpoint{}
	names := map[int64]string{}
	readers := map[int64]*reader{}
	last := map[int64]int64{} // number of the stream's newest act in each log
	for _, a := range acts {
		last[a.Log] = a.Seq
	}
	for _, a := range acts {
		c, ok := trees[a.Log]
		if !ok {
			var found bool
			var err error
			if c, found, err = l.covering(tx, a.Log, last[a.Log]); err != nil {
				return err
			} else if !found {
				return ErrNotYetNumbered
			}
			trees[a.Log] = c
			name, _, _, err := ParseCheckpoint(c.Note)
			if err != nil {
				return err
			}
			names[a.Log] = name
			readers[a.Log] = newReader(tx, a.Log, c.Size)
			p.Checkpoint = append(p.Checkpoint, ProofTree{name, c.Note})
		}
		if a.Seq >= c.Size {
			return ErrNotYetNumbered
		}
		path, err := tlog.ProveRecord(c.Size, a.Seq, readers[a.Log])
		if err != nil {
			return fmt.Errorf("prove act %d: %w", a.Seq, err)
		}
		open, err := l.Disclosures(tx, a.Event)
		if err != nil {
			return err
		}
		p.Acts = append(p.Acts, ProofAct{Log: names[a.Log], Seq: a.Seq, Leaf: string(a.Bytes), Path: path, Disclosed: open})
	}
	return nil
}

// Disclosures opens what can be opened of an event's commitments; erased values
// are left out.
func (l *Ledger) Disclosures(tx *store.Tx, event int64) ([]Disclosure, error) {
	type sealed struct {
		field  string
		key    int64
		cipher []byte
	}
	list, err := store.All(tx, func(r store.Row) (s sealed, err error) {
		return s, r.Scan(&s.field, &s.key, &s.cipher)
	}, `select field, data_key, cipher from disclosure where home = $1 and event = $2 order by field`, tx.Home(), event)
	if err != nil {
		return nil, err
	}
	var out []Disclosure
	for _, s := range list {
		if l.o.Keys == nil {
			break
		}
		k, err := l.o.Keys.KeyByID(tx, s.key)
		if err != nil {
			continue
		}
		b, err := k.Open("disclosure", event, s.field, s.cipher)
		if err != nil || len(b) < saltBytes {
			continue
		}
		out = append(out, Disclosure{s.field, b[:saltBytes], string(b[saltBytes:])})
	}
	return out, nil
}
