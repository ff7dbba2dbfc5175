package ledger

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"tongban/internal/record/store"
)

// Finding is one place where the record is not what was signed.
type Finding struct {
	Log    string `json:"log"`
	Seq    int64  `json:"seq"` // -1 when no single act can be named
	Stream string `json:"stream,omitempty"`
	What   string `json:"what"`
}

// Report is the outcome of checking the whole record.
type Report struct {
	Events      int64     `json:"events"`
	Checkpoints int64     `json:"checkpoints"`
	Values      int64     `json:"values"`
	Erased      int64     `json:"erased"`
	States      int64     `json:"states"`
	Findings    []Finding `json:"findings"`
}

// StateDigest gives the digest of a stream's state as it lies in the database
// now; ok is false for streams that keep no state.
type StateDigest func(tx *store.Tx, stream string) (digest []byte, ok bool, err error)

const (
	verifyPage  = 2000
	findingsMax = 200
)

// Verify recomputes everything: each leaf's hash, the tree, each signed
// checkpoint, the chain of each stream, each stored value against its
// commitment, and the state after each stream's last act. It names the act that
// does not fit, or the interval between two checkpoints.
func (l *Ledger) Verify(ctx context.Context, state StateDigest) (Report, error) {
	v := &verification{l: l, state: state, streams: map[string]last{}}
	var logs []int64
	err := l.s.Read(ctx, func(tx *store.Tx) (err error) {
		logs, err = store.All(tx, func(r store.Row) (n int64, err error) { return n, r.Scan(&n) },
			`select log from ledger_log where home = $1 and origin = $2 order by generation`, tx.Home(), l.o.Origin)
		return err
	})
	for _, log := range logs {
		if err == nil {
			err = v.log(ctx, log)
		}
	}
	if err == nil {
		err = v.states(ctx)
	}
	return v.r, err
}

type last struct {
	log   string
	seq   int64
	n     int64
	hash  string
	state string
}

type verification struct {
	l       *Ledger
	state   StateDigest
	r       Report
	name    string
	streams map[string]last
}

func (v *verification) found(seq int64, stream, format string, args ...any) {
	if len(v.r.Findings) < findingsMax {
		v.r.Findings = append(v.r.Findings, Finding{v.name, seq, stream, fmt.Sprintf(format, args...)})
	}
}

// log walks one generation in pages, never in one long snapshot.
func (v *verification) log(ctx context.Context, log int64) error {
	var h head
	var points []Checkpoint
	err := v.l.s.Read(ctx, func(tx *store.Tx) error {
		var g int
		var b []byte
		if _, err := tx.Get([]any{&g, &h.size, &b}, `select generation, size, hashes from ledger_log where log = $1`, log); err != nil {
			return err
		}
		h.log, h.edge, v.name = log, hashesOf(b), v.l.name(g)
		var err error
		points, err = v.checkpoints(tx, log)
		return err
	})
	if err != nil {
		return err
	}
	calc := head{log: log}
	signed := int64(0) // size of the last checkpoint that held
	for calc.size < h.size {
		var list []Entry
		err := v.l.s.Read(ctx, func(tx *store.Tx) (err error) {
			list, err = v.page(tx, log, calc.size, min(verifyPage, h.size-calc.size))
			return err
		})
		if err != nil {
			return err
		}
		if len(list) == 0 {
			v.found(calc.size, "", "acts %d to %d are missing", calc.size, h.size-1)
			return nil
		}
		for _, e := range list {
			for ; calc.size < e.Seq; calc.push(tlog.Hash{}) {
				v.found(calc.size, "", "the act is missing")
			}
			v.r.Events++
			calc.push(e.Hash)
			for len(points) > 0 && points[0].Size <= calc.size {
				signed = v.point(points[0], &calc, signed)
				points = points[1:]
			}
		}
	}
	if !bytes.Equal(bytesOf(calc.edge), bytesOf(h.edge)) {
		v.found(-1, "", "the stored edge of the tree is not that of its acts (after act %d)", signed)
	}
	return nil
}

// checkpoints opens every checkpoint of the log, in order of size.
func (v *verification) checkpoints(tx *store.Tx, log int64) ([]Checkpoint, error) {
	return store.All(tx, func(r store.Row) (Checkpoint, error) {
		var c Checkpoint
		var size int64
		if err := r.Scan(&size, &c.Note); err != nil {
			return c, err
		}
		v.r.Checkpoints++
		n, err := note.Open([]byte(c.Note), v.l.o.Verifiers)
		if err != nil {
			v.found(-1, "", "the signature of the checkpoint at %d does not hold", size)
			c.Size = size
			return c, nil
		}
		var name string
		name, c.Size, c.Root, err = ParseCheckpoint(n.Text)
		if err != nil || name != v.name || c.Size != size {
			v.found(-1, "", "the checkpoint at %d is of another log or size", size)
			c.Size = size
		}
		return c, nil
	}, `select size, note from checkpoint where log = $1 order by size`, log)
}

func (v *verification) point(c Checkpoint, calc *head, signed int64) int64 {
	if c.Size != calc.size {
		return signed
	}
	if root := calc.root(); root != c.Root {
		v.found(-1, "", "acts %d to %d are not those that were signed at %d", signed, c.Size-1, c.Size)
	}
	return c.Size
}

// page reads entries and checks each by itself: its leaf, its chain, its values.
func (v *verification) page(tx *store.Tx, log, from, limit int64) ([]Entry, error) {
	list, err := store.All(tx, func(r store.Row) (Entry, error) {
		e := Entry{}
		var h []byte
		if err := r.Scan(&e.Log, &e.Seq, &e.Event, &h, &e.Bytes); err != nil {
			return e, err
		}
		copy(e.Hash[:], h)
		leaf, err := ParseLeaf(e.Bytes)
		if err != nil {
			v.found(e.Seq, "", "the act cannot be read: %v", err)
		}
		e.Leaf = leaf
		return e, nil
	}, `select n.log, n.seq, n.event, n.hash, coalesce(e.leaf, $4) from entry n left join event e on e.home = n.home and e.id = n.event
		where n.log = $1 and n.seq >= $2 and n.seq < $3 order by n.seq`, log, from, from+limit, []byte("{}"))
	if err != nil {
		return nil, err
	}
	for _, e := range list {
		v.entry(e)
	}
	return list, v.values(tx, log, from, limit, list)
}

func (v *verification) entry(e Entry) {
	if tlog.RecordHash(e.Bytes) != e.Hash {
		v.found(e.Seq, e.Leaf.Stream, "the act was changed: its bytes are not those that were numbered")
	}
	s := e.Leaf.Stream
	if was := v.streams[s]; e.Leaf.N != was.n+1 || e.Leaf.Prev != was.hash {
		v.found(e.Seq, s, "the act does not follow the stream's act before it")
	}
	v.streams[s] = last{v.name, e.Seq, e.Leaf.N, hex.EncodeToString(e.Hash[:]), e.Leaf.State}
}

// values compares every stored value with its commitment.
func (v *verification) values(tx *store.Tx, log, from, limit int64, list []Entry) error {
	byEvent := make(map[int64]Entry, len(list))
	for _, e := range list {
		byEvent[e.Event] = e
	}
	seen := map[int64]int{}
	type value struct {
		event, key int64
		field      string
		cipher     []byte
	}
	all, err := store.All(tx, func(r store.Row) (x value, err error) {
		return x, r.Scan(&x.event, &x.field, &x.key, &x.cipher)
	}, `select d.event, d.field, d.data_key, d.cipher from entry n join disclosure d on d.home = n.home and d.event = n.event
		where n.log = $1 and n.seq >= $2 and n.seq < $3`, log, from, from+limit)
	if err != nil {
		return err
	}
	for _, x := range all {
		seen[x.event]++
		v.value(tx, byEvent[x.event], x.event, x.key, x.field, x.cipher)
	}
	for _, e := range list {
		if n := len(e.Leaf.Commits); seen[e.Event] < n {
			v.found(e.Seq, e.Leaf.Stream, "%d of %d stored values are missing", n-seen[e.Event], n)
		}
	}
	return nil
}

func (v *verification) value(tx *store.Tx, e Entry, event, key int64, field string, cipher []byte) {
	v.r.Values++
	k, err := v.l.o.Keys.KeyByID(tx, key)
	if err == nil {
		var b []byte
		if b, err = k.Open("disclosure", event, field, cipher); err == nil {
			if len(b) < saltBytes || e.Leaf.Commits[field] != commitment(b[:saltBytes], field, string(b[saltBytes:])) {
				v.found(e.Seq, e.Leaf.Stream, "the stored value of %s is not the one that was recorded", field)
			}
			return
		}
	}
	var gone interface{ Erased() bool }
	if errors.As(err, &gone) && gone.Erased() {
		v.r.Erased++
		return
	}
	v.found(e.Seq, e.Leaf.Stream, "the stored value of %s was changed: %v", field, err)
}

// states compares the state of every stream with the digest in its last act.
func (v *verification) states(ctx context.Context) error {
	if v.state == nil {
		return nil
	}
	return v.l.s.Read(ctx, func(tx *store.Tx) error {
		for s, l := range v.streams {
			if l.state == "" {
				continue
			}
			d, ok, err := v.state(tx, s)
			if err != nil {
				return err
			}
			if !ok {
				continue
			}
			v.r.States++
			if hex.EncodeToString(d) != l.state {
				v.name = l.log
				v.found(l.seq, s, "the stored state is not the one after its last act")
			}
		}
		return nil
	})
}
