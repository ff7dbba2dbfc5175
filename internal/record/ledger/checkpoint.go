package ledger

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"tongban/internal/record/store"
)

// Checkpoint is a signed statement of the tree: C2SP tlog-checkpoint.
type Checkpoint struct {
	Log  int64
	Size int64
	Root tlog.Hash
	Note string // the signed note, as published
}

// name is the origin line of a generation's checkpoints.
func (l *Ledger) name(generation int) string { return fmt.Sprintf("%s/%d", l.o.Origin, generation) }

// Name is the origin line of the log that is written to now.
func (l *Ledger) Name(tx *store.Tx) (string, error) {
	var g int
	_, err := tx.Get([]any{&g}, `select generation from ledger_log where home = $1 and origin = $2 order by generation desc limit 1`, tx.Home(), l.o.Origin)
	return l.name(g), err
}

func checkpointText(name string, size int64, root tlog.Hash) string {
	return fmt.Sprintf("%s\n%d\n%s\n", name, size, base64.StdEncoding.EncodeToString(root[:]))
}

// ParseCheckpoint reads the body of a checkpoint; it does not look at signatures.
func ParseCheckpoint(text string) (name string, size int64, root tlog.Hash, err error) {
	lines := strings.SplitN(text, "\n", 4)
	if len(lines) < 4 {
		return "", 0, root, errors.New("a checkpoint has three lines: log, size, root")
	}
	size, err = strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 {
		return "", 0, root, fmt.Errorf("checkpoint size %q is not a number", lines[1])
	}
	b, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(b) != hashSize {
		return "", 0, root, errors.New("checkpoint root is not a hash")
	}
	copy(root[:], b)
	return lines[0], size, root, nil
}

// Sign signs the tree as it is committed and read back, keeps the checkpoint,
// and copies it outside the database. It does nothing when the last checkpoint
// covers every entry.
func (l *Ledger) Sign(ctx context.Context) (Checkpoint, error) {
	var c Checkpoint
	var name string
	done := false
	err := l.s.Read(ctx, func(tx *store.Tx) error {
		h, found, err := l.head(tx)
		if err != nil || !found {
			return err
		}
		last, found, err := l.Last(tx, h.log)
		if err != nil {
			return err
		}
		if found && last.Size == h.size {
			c, done = last, true
			return nil
		}
		c = Checkpoint{Log: h.log, Size: h.size, Root: h.root()}
		name, err = l.Name(tx)
		return err
	})
	if err != nil || done {
		return c, err
	}
	signed, err := note.Sign(&note.Note{Text: checkpointText(name, c.Size, c.Root)}, l.o.Signers...)
	if err != nil {
		return c, fmt.Errorf("sign checkpoint: %w", err)
	}
	c.Note = string(signed)
	if err := l.keepOutside(c.Note); err != nil {
		return c, fmt.Errorf("keep checkpoint outside the database: %w", err)
	}
	return c, l.s.Do(ctx, store.Background, func(tx *store.Tx) error {
		tx.Put(`insert into checkpoint(log, size, at, note) values($1, $2, $3, $4) on conflict do nothing`, c.Log, c.Size, tx.Now(), c.Note)
		return nil
	})
}

// Last returns the newest signed checkpoint of a log.
func (l *Ledger) Last(tx *store.Tx, log int64) (Checkpoint, bool, error) {
	return store.Find(tx, func(r store.Row) (Checkpoint, error) {
		c := Checkpoint{Log: log}
		if err := r.Scan(&c.Note); err != nil {
			return c, err
		}
		var err error
		_, c.Size, c.Root, err = ParseCheckpoint(c.Note)
		return c, err
	}, `select note from checkpoint where log = $1 order by size desc limit 1`, log)
}

// keepOutside replaces the file beside the keys: written, flushed, renamed,
// and the folder flushed, so that it survives a power cut whole or not at all.
func (l *Ledger) keepOutside(text string) error {
	if l.o.Outside == "" {
		return nil
	}
	tmp := l.o.Outside + ".new"
	f, err := os.OpenFile(tmp, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(tmp, l.o.Outside); err != nil {
		return err
	}
	d, err := os.Open(filepath.Dir(l.o.Outside))
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// ErrRolledBack says that the database does not extend the checkpoint that was
// kept outside it: it was restored or replaced, and must not be written to.
var ErrRolledBack = errors.New("ledger: the database does not extend the last signed checkpoint kept outside it")

// CheckOutside compares the database with the checkpoint kept outside it. Run
// it at start; on ErrRolledBack serve read-only.
func (l *Ledger) CheckOutside(ctx context.Context) error {
	if l.o.Outside == "" {
		return nil
	}
	b, err := os.ReadFile(l.o.Outside)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	n, err := note.Open(b, l.o.Verifiers)
	if err != nil {
		return fmt.Errorf("%w: its signature does not hold: %w", ErrRolledBack, err)
	}
	name, size, root, err := ParseCheckpoint(n.Text)
	if err != nil {
		return err
	}
	return l.s.Read(ctx, func(tx *store.Tx) error {
		log, stored, found, err := l.logByName(tx, name)
		if err != nil {
			return err
		}
		if !found || stored < size {
			return fmt.Errorf("%w: kept %d acts of %s, the database has %d", ErrRolledBack, size, name, stored)
		}
		h, err := tlog.TreeHash(size, reader{tx, log, stored})
		if err != nil {
			return err
		}
		if !bytes.Equal(h[:], root[:]) {
			return fmt.Errorf("%w: the first %d acts of %s are not the signed ones", ErrRolledBack, size, name)
		}
		return nil
	})
}

func (l *Ledger) logByName(tx *store.Tx, name string) (log, size int64, found bool, err error) {
	i := strings.LastIndexByte(name, '/')
	g, err := strconv.Atoi(name[i+1:])
	if i < 0 || err != nil {
		return 0, 0, false, nil
	}
	found, err = tx.Get([]any{&log, &size}, `select log, size from ledger_log where home = $1 and origin = $2 and generation = $3`, tx.Home(), name[:i], g)
	return log, size, found, err
}

// NextGeneration opens a new generation of the log after a restore: its first
// leaf is the last checkpoint of the old one (given as kept outside, or the
// last one restored).
func (l *Ledger) NextGeneration(ctx context.Context, last string) error {
	return l.s.Do(ctx, store.People, func(tx *store.Tx) error {
		var g int
		if _, err := tx.Get([]any{&g}, `select coalesce(max(generation), 0) from ledger_log where home = $1 and origin = $2`, tx.Home(), l.o.Origin); err != nil {
			return err
		}
		if err := l.open(tx, g+1, last); err != nil {
			return err
		}
		if err := tx.Flush(); err != nil {
			return err
		}
		_, err := l.Note(tx, nil, Event{Stream: "log", Kind: "log.restored", Facts: map[string]any{"generation": g + 1, "last_checkpoint": last}})
		return err
	})
}

// Run numbers (PostgreSQL, while holding the lease) and signs until ctx ends.
// At most one checkpoint a second is signed.
func (l *Ledger) Run(ctx context.Context, holder string) {
	wake := l.Wake()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	var signed time.Time
	for {
		select {
		case <-ctx.Done():
			_, _ = l.Sign(context.WithoutCancel(ctx))
			return
		case <-wake:
		case <-tick.C:
		}
		if l.s.Engine() == store.Postgres && !l.numberAll(ctx, holder) {
			continue
		}
		if time.Since(signed) < time.Second {
			continue
		}
		signed = time.Now()
		if _, err := l.Sign(ctx); err != nil && ctx.Err() == nil {
			l.o.Log.Error("checkpoint not signed", "err", err)
		}
	}
}

// numberAll numbers what waits and tells whether this node holds the lease.
func (l *Ledger) numberAll(ctx context.Context, holder string) bool {
	mine, err := l.hold(ctx, "number", holder, 5_000_000)
	if err != nil || !mine {
		return false
	}
	for {
		n, err := l.Number(ctx, 500)
		if err != nil {
			l.o.Log.Error("events not numbered", "err", err)
		}
		if n < 500 {
			return true
		}
	}
}
