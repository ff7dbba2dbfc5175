package ledger

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"tongban/internal/record/store"
)

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

// Outside reads the checkpoint kept outside the database; "" when there is none.
func (l *Ledger) Outside() (string, error) {
	if l.o.Outside == "" {
		return "", nil
	}
	b, err := os.ReadFile(l.o.Outside)
	if errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	return string(b), err
}

// CheckOutside compares the database with the checkpoint kept outside it. Run
// it at start; on ErrRolledBack serve read-only: this ledger signs nothing more.
func (l *Ledger) CheckOutside(ctx context.Context) error {
	err := l.checkOutside(ctx)
	l.rolledBack.Store(errors.Is(err, ErrRolledBack))
	return err
}

func (l *Ledger) checkOutside(ctx context.Context) error {
	text, err := l.Outside()
	if err != nil || text == "" {
		return err
	}
	return l.s.Read(ctx, func(tx *store.Tx) error { return l.holds(tx, text) })
}

// holds tells whether the database has everything that a signed checkpoint
// covers; the error is ErrRolledBack when it does not.
func (l *Ledger) holds(tx *store.Tx, text string) error {
	_, name, kept, err := openNote(text, l.o.Verifiers)
	if err != nil {
		return fmt.Errorf("%w: it cannot be verified: %w", ErrRolledBack, err)
	}
	log, size, found, err := l.logByName(tx, name)
	if err != nil {
		return err
	}
	if !found || size < kept.Size { // not found: an old backup was restored twice
		restored, err := l.continued(tx, name, kept.Size)
		if err != nil || restored {
			return err
		}
	}
	if !found || size < kept.Size {
		return fmt.Errorf("%w: kept %d acts of %s, the database has %d", ErrRolledBack, kept.Size, name, size)
	}
	root, err := tlog.TreeHash(kept.Size, newReader(tx, log, size))
	if err != nil {
		return err
	}
	if root != kept.Root {
		return fmt.Errorf("%w: the first %d acts of %s are not the signed ones", ErrRolledBack, kept.Size, name)
	}
	return nil
}

// continued tells whether a later generation says of itself that it continues
// from this log at this size or beyond: then the log was cut by a restore.
func (l *Ledger) continued(tx *store.Tx, name string, size int64) (bool, error) {
	logs, err := l.Logs(tx)
	if err != nil {
		return false, err
	}
	for _, g := range logs {
		if g.Before == "" {
			continue
		}
		_, of, c, err := openNote(g.Before, l.o.Verifiers)
		if err == nil && of == name && c.Size >= size {
			return true, nil
		}
	}
	return false, nil
}

func (l *Ledger) logByName(tx *store.Tx, name string) (log, size int64, found bool, err error) {
	g, ours := l.generationOf(name)
	if !ours {
		return 0, 0, false, nil
	}
	found, err = tx.Get([]any{&log, &size}, `select log, size from ledger_log where home = $1 and origin = $2 and generation = $3`, tx.Home(), l.o.Origin, g)
	return log, size, found, err
}

// generationOf reads the generation off a log's name and tells whether the log
// is one of this ledger's.
func (l *Ledger) generationOf(name string) (int, bool) {
	number, ours := strings.CutPrefix(name, l.o.Origin+"/")
	g, err := strconv.Atoi(number)
	return g, ours && err == nil && l.name(g) == name
}
