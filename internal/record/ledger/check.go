package ledger

import (
	"bytes"
	"encoding/json"
	"fmt"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"tongban/internal/rules/wording"
)

// Encode writes the proof as the file that a person downloads.
func (p Proof) Encode() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", " ")
	err := e.Encode(p)
	return b.Bytes(), err
}

// ParseProof reads a downloaded proof. It takes only the exact bytes that Encode
// writes, so that nothing in the file can be changed unseen.
func ParseProof(b []byte) (Proof, error) {
	var p Proof
	if err := json.Unmarshal(b, &p); err != nil || p.Format != ProofFormat {
		return Proof{}, wording.M("ledger.proof.format", "format", ProofFormat)
	}
	exact, err := p.Encode()
	if err != nil || !bytes.Equal(exact, b) {
		return Proof{}, wording.M("ledger.proof.touched")
	}
	return p, nil
}

// Checked is what a proof was found to prove.
type Checked struct {
	Stream  string
	Acts    []Leaf
	Opened  map[int]map[string]string // act index → field → value, for commitments that were opened and hold
	Signers []string                  // keys of the log whose signatures hold, as name+hash, for each checkpoint in turn
	Seen    []Cosigned                // what witnesses said whose keys were given
	Others  []string                  // keys that signed too and were not given, so not looked at
	Trees   []string                  // names of the logs
}

// CheckProof verifies a proof offline against keys that the reader got elsewhere.
// It proves: each act stands in a tree that these keys signed, and the acts of
// the stream follow each other from the first to the last shown without a hole.
// With the key of a witness that cosigned (Seen) it also proves that the witness
// was shown the same log. It cannot prove that nothing was done after the last
// act shown. Its errors are messages for the reader.
func CheckProof(p Proof, keys note.Verifiers) (Checked, error) {
	c := Checked{Stream: p.Stream, Opened: map[int]map[string]string{}}
	if p.Format != ProofFormat {
		return c, wording.M("ledger.proof.format", "format", ProofFormat)
	}
	if len(p.Acts) == 0 {
		return c, wording.M("ledger.proof.no_act")
	}
	trees, err := c.openTrees(p, keys)
	if err != nil {
		return c, err
	}
	prev := ""
	for i, a := range p.Acts {
		t, ok := trees[a.Log]
		if !ok {
			return c, wording.M("ledger.proof.no_tree", "n", i+1, "log", a.Log)
		}
		h := tlog.RecordHash([]byte(a.Leaf))
		if tlog.CheckRecord(a.Path, t.Size, t.Root, a.Seq, h) != nil {
			return c, wording.M("ledger.proof.not_in_tree", "n", i+1)
		}
		leaf, err := ParseLeaf([]byte(a.Leaf))
		if err != nil {
			return c, wording.M("ledger.proof.unreadable", "n", i+1)
		}
		if leaf.Stream != p.Stream || leaf.N != int64(i+1) || leaf.Prev != prev {
			return c, wording.M("ledger.proof.hole", "n", i+1)
		}
		prev = fmt.Sprintf("%x", h[:])
		c.Acts = append(c.Acts, leaf)
		if err := c.openValues(i, leaf, a.Disclosed); err != nil {
			return c, err
		}
	}
	return c, nil
}

func (c *Checked) openValues(act int, leaf Leaf, list []Disclosure) error {
	for _, d := range list {
		if leaf.Commits[d.Field] != commitment(d.Salt, d.Field, d.Value) {
			return wording.M("ledger.proof.value", "n", act+1, "field", d.Field)
		}
		if c.Opened[act] == nil {
			c.Opened[act] = map[string]string{}
		}
		c.Opened[act][d.Field] = d.Value
	}
	return nil
}

func (c *Checked) openTrees(p Proof, keys note.Verifiers) (map[string]Checkpoint, error) {
	trees := map[string]Checkpoint{}
	for _, t := range p.Checkpoint {
		n, name, tree, err := openNote(t.Checkpoint, keys)
		if err != nil {
			return nil, wording.M("ledger.proof.unsigned", "log", t.Log)
		}
		if name != t.Log {
			return nil, wording.M("ledger.proof.other_log", "log", t.Log, "name", name)
		}
		trees[name] = tree
		c.Trees = append(c.Trees, name)
		own, seen := splitSigs(n, keys, name, tree.Size)
		c.Seen = append(c.Seen, seen...)
		for _, s := range own {
			c.Signers = append(c.Signers, keyName(s))
		}
		for _, s := range n.UnverifiedSigs {
			c.Others = append(c.Others, keyName(s))
		}
	}
	return trees, nil
}
