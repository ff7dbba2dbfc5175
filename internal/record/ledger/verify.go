package ledger

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"

	"golang.org/x/mod/sumdb/tlog"

	"tongban/internal/record/store"
	"tongban/internal/record/vault"
	"tongban/internal/rules/wording"
)

// Finding is one place where the record is not what was signed.
type Finding struct {
	Log    string // origin/generation
	Seq    int64  // -1 when no single act can be named
	Stream string
	What   wording.Message
}

// MarshalJSON writes the finding with its sentence in Chinese and the
// sentence's key, which programs can rely on.
func (f Finding) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Log    string `json:"log"`
		Seq    int64  `json:"seq"`
		Stream string `json:"stream,omitempty"`
		Code   string `json:"code"`
		What   string `json:"what"`
	}{f.Log, f.Seq, f.Stream, f.What.Key, f.What.Error()})
}

// Report is the outcome of checking the whole record.
type Report struct {
	Events      int64      `json:"events"`      // numbered acts read
	Waiting     int64      `json:"waiting"`     // acts without a number yet
	Checkpoints int64      `json:"checkpoints"` // signed checkpoints compared
	Tiles       int64      `json:"tiles"`       // published tiles compared
	Values      int64      `json:"values"`      // stored values compared with their commitments
	Erased      int64      `json:"erased"`      // values whose keys are destroyed
	ErasedBy    []ErasedBy `json:"erased_by"`   // the acts that destroyed keys by rule
	States      int64      `json:"states"`      // states compared with the last act of their stream
	Lost        int64      `json:"lost"`        // acts once signed that a restore did not bring back
	Findings    []Finding  `json:"findings"`    // the first ones, at most 200
}

// StateDigest gives the digest of a stream's state as it lies in the database
// now; ok is false for streams that keep no state.
type StateDigest func(tx *store.Tx, stream string) (digest []byte, ok bool, err error)

const (
	verifyPage  = 1000 // acts read in one snapshot
	statePage   = 200  // streams compared in one snapshot
	findingsMax = 200
)

// Verify recomputes everything: each leaf's hash, the tree with its tiles, each
// signed checkpoint, the chain of each stream, each stored value against its
// commitment, and the state after each stream's last act. It names the act that
// does not fit, or the interval between two checkpoints. It reads in pages, some side
// by side, and may run while the record grows. Without Keys the values are not looked at.
func (l *Ledger) Verify(ctx context.Context, state StateDigest) (Report, error) {
	v := &verification{l: l, state: state, names: map[int64]string{}, sizes: map[int64]int64{}}
	var logs []Log
	if err := l.s.Read(ctx, func(tx *store.Tx) (err error) {
		logs, err = l.Logs(tx)
		return err
	}); err != nil {
		return v.r, err
	}
	for i, g := range logs {
		v.names[g.ID] = g.Name
		next := ""
		if i+1 < len(logs) {
			next = logs[i+1].Before
		}
		if err := v.log(ctx, g, next); err != nil {
			return v.r, err
		}
	}
	if err := v.left(ctx); err != nil {
		return v.r, err
	}
	if err := v.settleErasures(ctx); err != nil {
		return v.r, err
	}
	return v.r, v.states(ctx)
}

type verification struct {
	l     *Ledger
	state StateDigest
	r     Report
	name  string           // of the log that is read now
	names map[int64]string // log → name
	sizes map[int64]int64  // log → how far it was read
	gone  int64            // entries whose event is missing
	e     erasures
}

func (v *verification) found(seq int64, stream, key string, pairs ...any) {
	if len(v.r.Findings) < findingsMax {
		v.r.Findings = append(v.r.Findings, Finding{v.name, seq, stream, wording.M("ledger.finding."+key, pairs...)})
	}
}

// log walks one generation in pages, never in one long snapshot. next is the
// checkpoint that the generation after it continues from.
func (v *verification) log(ctx context.Context, g Log, next string) error {
	v.name = g.Name
	w := &walk{v: v, log: g.ID, tree: head{log: g.ID}}
	var edge []byte
	if err := v.read(ctx, func(tx *store.Tx) error {
		if _, err := tx.Get([]any{&w.size, &edge}, `select size, hashes from ledger_log where log = $1`, g.ID); err != nil {
			return err
		}
		return w.beyond(tx)
	}); err != nil {
		return err
	}
	w.continues(next)
	if err := w.pages(ctx, func(p *page) error { return w.take(ctx, p) }); err != nil {
		return err
	}
	w.endInterval()
	v.sizes[g.ID] = w.size
	if g.Generation > 1 && w.first.Kind != kindRestored || w.first.Kind == kindRestored && w.first.Facts["last_checkpoint"] != g.Before {
		v.found(0, "", "first_leaf")
	}
	if !bytes.Equal(bytesOf(w.tree.edge), edge) {
		v.found(-1, "", "edge", "from", w.held)
	}
	return nil
}

func (v *verification) read(ctx context.Context, f func(*store.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return v.l.s.Read(ctx, f)
}

// row is an entry with what stands beside it: the columns of its event, and the
// place and hash of the stream's act before.
type row struct {
	Entry
	home, version, at, prevLog, prevSeq int64
	stream, kind                        string
	prev                                []byte
}

const verifySelect = `select n.log, n.seq, n.event, n.hash, n.home, e.leaf, coalesce(e.stream, ''), coalesce(e.version, 0), coalesce(e.kind, ''), coalesce(e.at, 0),
	coalesce(q.log, 0), coalesce(q.seq, -1), q.hash
	from entry n left join event e on e.home = n.home and e.id = n.event
	left join event p on p.home = e.home and p.stream = e.stream and p.version = e.version - 1
	left join entry q on q.home = p.home and q.event = p.id
	where n.log = $1 and n.seq >= $2 and n.seq < $3 order by n.seq`

func scanRow(r store.Row) (row, error) {
	var x row
	var h []byte
	err := r.Scan(&x.Log, &x.Seq, &x.Event, &h, &x.home, &x.Bytes, &x.stream, &x.version, &x.kind, &x.at, &x.prevLog, &x.prevSeq, &x.prev)
	copy(x.Hash[:], h)
	if x.Bytes == nil {
		x.fault = errEventMissing
	} else if err == nil {
		x.Leaf, x.fault = parseSpine(x.Bytes)
	}
	return x, err
}

// entry checks one act by itself: its bytes, its columns, its place in its stream.
func (v *verification) entry(x row) {
	v.r.Events++
	if x.fault != nil && x.Bytes == nil {
		v.gone++
		v.found(x.Seq, "", "event_missing")
		return
	}
	if tlog.RecordHash(x.Bytes) != x.Hash {
		v.found(x.Seq, x.stream, "changed")
	}
	if x.fault != nil {
		v.found(x.Seq, x.stream, "unreadable")
		return
	}
	f := x.Leaf
	if f.Home != x.home || f.Stream != x.stream || f.N != x.version || f.Kind != x.kind || f.At != x.at {
		v.found(x.Seq, x.stream, "columns")
	}
	after := x.prevLog != 0 && (x.prevLog != x.Log || x.prevSeq < x.Seq)
	if f.Prev != hex.EncodeToString(x.prev) || (f.N > 1) != after {
		v.found(x.Seq, x.stream, "chain")
	}
	v.erasing(v.name, x.Seq, f)
}

// left looks for acts that never got a number and do not wait for one.
func (v *verification) left(ctx context.Context) error {
	v.name = ""
	return v.read(ctx, func(tx *store.Tx) error {
		var events, entries int64
		for _, c := range []struct {
			n   *int64
			sql string
		}{
			{&events, `select count(*) from event where home = $1`},
			{&entries, `select count(*) from entry where home = $1`},
			{&v.r.Waiting, `select count(*) from unnumbered where home = $1`},
		} {
			if _, err := tx.Get([]any{c.n}, c.sql, tx.Home()); err != nil {
				return err
			}
		}
		if events == entries-v.gone+v.r.Waiting {
			return nil
		}
		return tx.Each(func(r store.Row) error {
			var stream string
			err := r.Scan(&stream)
			v.found(-1, stream, "unnumbered")
			return err
		}, `select e.stream from event e left join entry n on n.home = e.home and n.event = e.id
			left join unnumbered u on u.home = e.home and u.event = e.id
			where e.home = $1 and n.seq is null and u.pos is null order by e.id limit $2`, tx.Home(), findingsMax)
	})
}

// states compares the state of every stream with the digest in its last act,
// a page of streams in each snapshot, state and last act in the same one.
func (v *verification) states(ctx context.Context) error {
	if v.state == nil {
		return nil
	}
	from, more := "", true
	for more {
		if err := v.read(ctx, func(tx *store.Tx) error {
			list, err := lastActs(tx, from)
			if err != nil {
				return err
			}
			if more = len(list) == statePage; more {
				from = list[len(list)-1].stream
			}
			for _, x := range list {
				if err := v.stateOf(tx, x); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// lastActsSelect is a cross join so that SQLite goes from the page of streams to their
// acts, and not through all acts for each page.
const lastActsSelect = `select coalesce(n.log, 0), coalesce(n.seq, -1), e.stream, e.leaf
	from (select stream, max(version) as version from event where home = $1 and stream > $2 group by stream order by stream limit $3) m
	cross join event e left join entry n on n.home = e.home and n.event = e.id
	where e.home = $1 and e.stream = m.stream and e.version = m.version order by m.stream`

// lastActs reads the last act of each of the streams after from.
func lastActs(tx *store.Tx, from string) ([]row, error) {
	return store.All(tx, func(r store.Row) (row, error) {
		var x row
		err := r.Scan(&x.Log, &x.Seq, &x.stream, &x.Bytes)
		if err == nil {
			x.Leaf, x.fault = parseSpine(x.Bytes)
		}
		return x, err
	}, lastActsSelect, tx.Home(), from, statePage)
}

func (v *verification) stateOf(tx *store.Tx, x row) error {
	if x.fault != nil || x.Leaf.State == "" {
		return nil
	}
	d, ok, err := v.state(tx, x.stream)
	if err != nil || !ok {
		return err
	}
	v.r.States++
	if hex.EncodeToString(d) != x.Leaf.State {
		v.name = v.names[x.Log]
		v.found(x.Seq, x.stream, "state")
	}
	return nil
}

// erased tells whether an error says that a key was destroyed by rule: the
// vault's own, or that of another keeper of keys, which says so of itself.
func erased(err error) bool {
	var gone interface{ Erased() bool }
	return errors.As(err, new(vault.Erased)) || errors.As(err, &gone) && gone.Erased()
}
