package ledger

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

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
	b, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(b) != hashSize {
		return "", 0, root, errors.New("checkpoint root is not a hash")
	}
	copy(root[:], b)
	return lines[0], size, root, nil
}

// Sign signs the tree as it is committed and read back, copies the checkpoint
// outside the database and keeps it. It does nothing when the last checkpoint
// covers every entry or there is none.
func (l *Ledger) Sign(ctx context.Context) (Checkpoint, error) {
	l.signing.Lock()
	defer l.signing.Unlock()
	if l.rolledBack.Load() {
		return Checkpoint{}, ErrRolledBack
	}
	c, name, done, err := l.signable(ctx)
	if err != nil || done {
		return c, err
	}
	// What was read must not be lost once it is signed.
	if err := l.s.Settled(ctx); err != nil {
		return c, err
	}
	if c.Note, err = l.signed(name, c.Size, c.Root); err != nil {
		return c, err
	}
	if err := l.keepOutside(c.Note); err != nil {
		return c, fmt.Errorf("keep checkpoint outside the database: %w", err)
	}
	return c, l.s.Do(ctx, store.Background, func(tx *store.Tx) error {
		tx.Put(`insert into checkpoint(log, size, at, note) values($1, $2, $3, $4) on conflict do nothing`, c.Log, c.Size, tx.Now(), c.Note)
		return nil
	})
}

// signable reads the tree that is to be signed; done is true when the last
// checkpoint covers it, or it is empty. What is signed extends what was signed.
func (l *Ledger) signable(ctx context.Context) (c Checkpoint, name string, done bool, err error) {
	kept, err := l.Outside()
	if err != nil {
		return c, "", false, err
	}
	err = l.s.Read(ctx, func(tx *store.Tx) error {
		if c, name, err = l.tree(tx); err != nil {
			return err
		}
		last, found, err := l.Last(tx, c.Log)
		switch {
		case err != nil:
			return err
		case c.Size == 0:
			done = true
			return nil
		case found && last.Size == c.Size:
			c, done = last, true
			return nil
		case kept == "":
			return nil
		}
		return l.holds(tx, kept)
	})
	if errors.Is(err, ErrRolledBack) {
		l.rolledBack.Store(true)
	}
	return c, name, done, err
}

// SignView signs the tree exactly as a read transaction sees it, without keeping
// the checkpoint: a backup carries it, so that all it holds is signed.
func (l *Ledger) SignView(tx *store.Tx) (Checkpoint, error) {
	c, name, err := l.tree(tx)
	if err == nil {
		c.Note, err = l.signed(name, c.Size, c.Root)
	}
	return c, err
}

// tree is the unsigned checkpoint of the newest generation.
func (l *Ledger) tree(tx *store.Tx) (Checkpoint, string, error) {
	h, found, err := l.head(tx)
	if err != nil {
		return Checkpoint{}, "", err
	}
	if !found {
		return Checkpoint{}, "", errNoLog
	}
	name, err := l.Name(tx)
	return Checkpoint{Log: h.log, Size: h.size, Root: h.root()}, name, err
}

func (l *Ledger) signed(name string, size int64, root tlog.Hash) (string, error) {
	b, err := note.Sign(&note.Note{Text: checkpointText(name, size, root)}, l.o.Signers...)
	if err != nil {
		return "", fmt.Errorf("sign checkpoint: %w", err)
	}
	return string(b), nil
}

// Last returns the newest signed checkpoint of a log.
func (l *Ledger) Last(tx *store.Tx, log int64) (Checkpoint, bool, error) {
	return store.Find(tx, scanCheckpoint(log), `select note from checkpoint where log = $1 order by size desc limit 1`, log)
}

// openNote checks the signatures of a checkpoint and reads it. At least one of
// the log's own must hold: what only a witness signed is not a checkpoint.
func openNote(text string, keys note.Verifiers) (n *note.Note, name string, c Checkpoint, err error) {
	if n, err = note.Open([]byte(text), keys); err != nil {
		return nil, "", c, err
	}
	if own, _ := splitSigs(n, keys, "", 0); len(own) == 0 {
		return nil, "", c, errors.New("only witnesses' signatures hold, none of the log")
	}
	for _, s := range append(n.Sigs[:len(n.Sigs):len(n.Sigs)], n.UnverifiedSigs...) {
		// The note package lets the unused bits of the last character be anything.
		if _, err := base64.StdEncoding.Strict().DecodeString(s.Base64); err != nil {
			return nil, "", c, fmt.Errorf("signature of %s: %w", s.Name, err)
		}
	}
	c.Note = text
	name, c.Size, c.Root, err = ParseCheckpoint(n.Text)
	return n, name, c, err
}
