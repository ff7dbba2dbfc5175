package ledger

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"tongban/internal/record/store"
)

// reader reads the tree of one log from its tiles and entries.
type reader struct {
	tx        *store.Tx
	log, size int64
}

// ReadHashes implements tlog.HashReader.
func (r reader) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		level, n := tlog.SplitStoredHashIndex(x)
		h, err := r.node(level, n)
		if err != nil {
			return nil, err
		}
		out[i] = h
	}
	return out, nil
}

// node is the root of the complete subtree n at a level of the tree.
func (r reader) node(level int, n int64) (tlog.Hash, error) {
	row, in := level/tileHeight, level%tileHeight
	first := n << in // index of its leftmost hash in that tile row
	b, err := r.tile(row, first/tileWidth, int(first%tileWidth)+1<<in)
	if err != nil {
		return tlog.Hash{}, err
	}
	at := int(first % tileWidth)
	return subtree(hashesOf(b[at*hashSize : (at+1<<in)*hashSize])), nil
}

// tile returns at least the first width hashes of a tile: the complete one as
// written, a partial one gathered.
func (r reader) tile(level int, n int64, width int) ([]byte, error) {
	var b []byte
	found, err := r.tx.Get([]any{&b}, `select hashes from tile where log = $1 and level = $2 and n = $3`, r.log, level, n)
	if err != nil || found {
		return b, err
	}
	return tileHashes(r.tx, r.log, level, n, width)
}

// Tile returns the published bytes of a tile of the given width (256 when
// complete) for the tree of this size.
func (l *Ledger) Tile(tx *store.Tx, log int64, level int, n int64, width int) ([]byte, error) {
	b, err := reader{tx: tx, log: log}.tile(level, n, width)
	if err != nil {
		return nil, err
	}
	return b[:width*hashSize], nil
}

// ProofFormat names the file that a person downloads.
const ProofFormat = "tongban-proof/1"

// Proof is what a person downloads: every act of one stream up to now, each with
// its place in the signed tree, and the values that only they are shown.
type Proof struct {
	Format     string      `json:"format"`
	Stream     string      `json:"stream"`
	Title      string      `json:"title,omitempty"`
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

// proofActs bounds the acts of one proof; no case comes near it.
const proofActs = 5000

// Prove makes the proof of a stream against a checkpoint signed now.
func (l *Ledger) Prove(ctx context.Context, stream, title string) (Proof, error) {
	if _, err := l.Sign(ctx); err != nil {
		return Proof{}, err
	}
	p := Proof{Format: ProofFormat, Stream: stream, Title: title}
	err := l.s.Read(ctx, func(tx *store.Tx) error {
		acts, err := l.Stream(tx, stream, proofActs)
		if err != nil {
			return err
		}
		all, err := l.Acts(tx, stream, proofActs)
		if err != nil {
			return err
		}
		if len(all) != len(acts) {
			return ErrNotYetNumbered
		}
		return l.prove(tx, &p, acts)
	})
	return p, err
}

func (l *Ledger) prove(tx *store.Tx, p *Proof, acts []Entry) error {
	trees := map[int64]Checkpoint{}
	names := map[int64]string{}
	for _, a := range acts {
		c, ok := trees[a.Log]
		if !ok {
			var found bool
			var err error
			if c, found, err = l.Last(tx, a.Log); err != nil {
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
			p.Checkpoint = append(p.Checkpoint, ProofTree{name, c.Note})
		}
		if a.Seq >= c.Size {
			return ErrNotYetNumbered
		}
		path, err := tlog.ProveRecord(c.Size, a.Seq, reader{tx, a.Log, c.Size})
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

// Checked is what a proof was found to prove.
type Checked struct {
	Stream  string
	Acts    []Leaf
	Opened  map[int]map[string]string // act index → field → value, for commitments that were opened and hold
	Signers []string                  // names of the keys whose signatures hold, per checkpoint joined
	Trees   []string                  // log names
}

// CheckProof verifies a proof offline against keys that the reader got elsewhere.
// It proves: each act stands in a tree that these keys signed, and the acts of
// the stream follow each other from the first to the last shown without a hole.
// It cannot prove that nothing was done after the last act shown.
func CheckProof(p Proof, keys note.Verifiers) (Checked, error) {
	c := Checked{Stream: p.Stream, Opened: map[int]map[string]string{}}
	if p.Format != ProofFormat {
		return c, fmt.Errorf("this is not a %s file", ProofFormat)
	}
	if len(p.Acts) == 0 {
		return c, errors.New("the file holds no act")
	}
	trees, err := openTrees(p, keys, &c)
	if err != nil {
		return c, err
	}
	prev := ""
	for i, a := range p.Acts {
		t, ok := trees[a.Log]
		if !ok {
			return c, fmt.Errorf("act %d: no checkpoint of log %s", i+1, a.Log)
		}
		h := tlog.RecordHash([]byte(a.Leaf))
		if err := tlog.CheckRecord(a.Path, t.Size, t.Root, a.Seq, h); err != nil {
			return c, fmt.Errorf("act %d is not in the signed tree: %w", i+1, err)
		}
		leaf, err := ParseLeaf([]byte(a.Leaf))
		if err != nil {
			return c, fmt.Errorf("act %d: %w", i+1, err)
		}
		if leaf.Stream != p.Stream || leaf.N != int64(i+1) || leaf.Prev != prev {
			return c, fmt.Errorf("act %d does not follow the one before it: the record has a hole here", i+1)
		}
		prev = fmt.Sprintf("%x", h[:])
		c.Acts = append(c.Acts, leaf)
		for _, d := range a.Disclosed {
			if leaf.Commits[d.Field] != commitment(d.Salt, d.Field, d.Value) {
				return c, fmt.Errorf("act %d: the value of %s is not the one that was recorded", i+1, d.Field)
			}
			if c.Opened[i] == nil {
				c.Opened[i] = map[string]string{}
			}
			c.Opened[i][d.Field] = d.Value
		}
	}
	return c, nil
}

func openTrees(p Proof, keys note.Verifiers, c *Checked) (map[string]Checkpoint, error) {
	trees := map[string]Checkpoint{}
	for _, t := range p.Checkpoint {
		n, err := note.Open([]byte(t.Checkpoint), keys)
		if err != nil {
			return nil, fmt.Errorf("the checkpoint of %s is not signed by the key given: %w", t.Log, err)
		}
		name, size, root, err := ParseCheckpoint(n.Text)
		if err != nil {
			return nil, err
		}
		if name != t.Log {
			return nil, fmt.Errorf("the checkpoint named %s is of %s", t.Log, name)
		}
		trees[name] = Checkpoint{Size: size, Root: root, Note: t.Checkpoint}
		c.Trees = append(c.Trees, name)
		for _, s := range n.Sigs {
			c.Signers = append(c.Signers, s.Name)
		}
	}
	return trees, nil
}
