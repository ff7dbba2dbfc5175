package ledger

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"tongban/internal/record/store"
)

// ErrOtherLog says that a checkpoint speaks of another record than the one restored.
var ErrOtherLog = errors.New("ledger: the checkpoint is of another record than this one")

// NextGeneration opens a new generation of the log after a restore. Its first
// leaf is last, the newest signed checkpoint known of the old one: as kept
// outside the database when that goes further, else the last one restored. A
// checkpoint that this record contradicts is refused with ErrOtherLog. Events
// that were waiting for a number get theirs in the new generation.
func (l *Ledger) NextGeneration(ctx context.Context, last string) error {
	err := l.s.Do(ctx, store.People, func(tx *store.Tx) error {
		var g int
		if _, err := tx.Get([]any{&g}, `select coalesce(max(generation), 0) from ledger_log where home = $1 and origin = $2`, tx.Home(), l.o.Origin); err != nil {
			return err
		}
		if last != "" {
			reached, err := l.extends(tx, last)
			if err != nil {
				return err
			}
			g = max(g, reached)
		}
		opened, err := l.open(tx, g+1, last)
		if err != nil {
			return err
		}
		if !opened {
			return errors.New("ledger: another node opened the next generation")
		}
		if err := l.firstLeaf(tx, g+1, last); err != nil {
			return err
		}
		return l.numberWaiting(tx)
	})
	if err == nil {
		l.rolledBack.Store(false) // the new generation says so itself
	}
	return err
}

// extends checks that the restored record is a part of the one that the
// checkpoint signed, as far as both reach, and returns the generation that the
// checkpoint is of: when one old backup is restored twice, no generation may be
// opened twice.
func (l *Ledger) extends(tx *store.Tx, last string) (int, error) {
	_, name, c, err := openNote(last, l.o.Verifiers)
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrOtherLog, err)
	}
	g, ours := l.generationOf(name)
	if !ours {
		return 0, fmt.Errorf("%w: it speaks of %s", ErrOtherLog, name)
	}
	log, size, found, err := l.logByName(tx, name)
	if err != nil || !found || c.Size > size {
		return g, err // acts after the backup: the first leaf says that they were
	}
	root, err := tlog.TreeHash(c.Size, newReader(tx, log, size))
	if err == nil && root != c.Root {
		err = fmt.Errorf("%w: the first %d acts are not those it signed", ErrOtherLog, c.Size)
	}
	return g, err
}

// OpenNote checks the signatures of a checkpoint with this ledger's keys and
// reads it; name is the log that it is of.
func (l *Ledger) OpenNote(text string) (name string, c Checkpoint, err error) {
	_, name, c, err = openNote(text, l.o.Verifiers)
	return name, c, err
}

// Newest returns the one of two checkpoints of this log that reaches further; a
// later generation reaches further than any earlier one. One that does not hold
// counts for nothing.
func (l *Ledger) Newest(a, b string) string {
	reach := func(text string) (int, int64) {
		name, c, err := l.OpenNote(text)
		g, ours := l.generationOf(name)
		if err != nil || !ours {
			return 0, -1
		}
		return g, c.Size
	}
	ga, na := reach(a)
	gb, nb := reach(b)
	if gb > ga || gb == ga && nb > na {
		return b
	}
	return a
}

// Adopt keeps a signed checkpoint of this record that came with it, such as the
// one in a backup, after comparing it with the record.
func (l *Ledger) Adopt(ctx context.Context, text string) error {
	return l.s.Do(ctx, store.People, func(tx *store.Tx) error {
		if _, err := l.extends(tx, text); err != nil {
			return err
		}
		name, c, err := l.OpenNote(text)
		if err != nil {
			return err
		}
		log, size, found, err := l.logByName(tx, name)
		if err != nil {
			return err
		}
		if !found || c.Size > size {
			return fmt.Errorf("%w: it reaches beyond it", ErrOtherLog)
		}
		tx.Put(`insert into checkpoint(log, size, at, note) values($1, $2, $3, $4) on conflict do nothing`, log, c.Size, tx.Now(), text)
		return nil
	})
}

// firstLeaf writes the act of the restore and numbers it at once, before any
// act that waits.
func (l *Ledger) firstLeaf(tx *store.Tx, generation int, last string) error {
	const stream = "log"
	at, err := lockStream(tx, stream)
	if err != nil {
		return err
	}
	next, n, err := l.write(tx, at, nil, Event{Stream: stream, Kind: kindRestored,
		Facts: map[string]any{"generation": generation, "last_checkpoint": last}})
	if err != nil {
		return err
	}
	moveStream(tx, stream, next)
	if err := tx.Flush(); err != nil {
		return err
	}
	tx.After(l.woken)
	return l.number(tx, []numberable{n})
}

// kindRestored is the kind of a later generation's first leaf.
const kindRestored = "log.restored"

func (l *Ledger) numberWaiting(tx *store.Tx) error {
	for {
		if err := tx.Flush(); err != nil {
			return err
		}
		list, err := waiting(tx, numberBatch)
		if err != nil || len(list) == 0 {
			return err
		}
		if err := l.number(tx, list); err != nil {
			return err
		}
	}
}

// Standing is how an act of a proof stands to the record as it is now.
type Standing string

// The standings.
const (
	Held        Standing = "held"         // it is in the record at its number
	NotRestored Standing = "not_restored" // of an older generation, after the backup that was restored
	Differs     Standing = "differs"      // another act has its number: record or proof is false
	Beyond      Standing = "beyond"       // the record does not reach its number: it was rolled back
	Foreign     Standing = "foreign"      // of a log that this record does not know
)

// Located is where one act of a proof stands.
type Located struct {
	Log        string   `json:"log"`
	Generation int      `json:"generation"` // 0 when foreign
	Seq        int64    `json:"seq"`
	Standing   Standing `json:"standing"`
}

// Locate compares a proof that CheckProof found good with the record: which of
// its acts the record holds, and which were lost by a restore and are evidence
// for entering them again.
func (l *Ledger) Locate(ctx context.Context, p Proof) ([]Located, error) {
	var out []Located
	err := l.s.Read(ctx, func(tx *store.Tx) error {
		logs, err := l.Logs(tx)
		if err != nil {
			return err
		}
		out = make([]Located, len(p.Acts))
		for i, a := range p.Acts {
			if out[i], err = l.locate(tx, logs, a); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

func (l *Ledger) locate(tx *store.Tx, logs []Log, a ProofAct) (Located, error) {
	at := Located{Log: a.Log, Seq: a.Seq, Standing: Foreign}
	g, ours := l.generationOf(a.Log)
	if !ours || len(logs) == 0 {
		return at, nil
	}
	at.Generation, at.Standing = g, Beyond
	if newest := logs[len(logs)-1].Generation; g < newest {
		at.Standing = NotRestored
	}
	for _, known := range logs {
		if known.Generation == g && a.Seq < known.Size {
			var err error
			at.Standing, err = standing(tx, known, a)
			return at, err
		}
	}
	return at, nil
}

func standing(tx *store.Tx, g Log, a ProofAct) (Standing, error) {
	var b []byte
	found, err := tx.Get([]any{&b}, `select hash from entry where log = $1 and seq = $2`, g.ID, a.Seq)
	if h := tlog.RecordHash([]byte(a.Leaf)); err != nil || !found || string(b) != string(h[:]) {
		return Differs, err
	}
	return Held, nil
}
