package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/record/vault"
	"tongban/internal/rules/wording"
)

// How much is loaded in one transaction.
const (
	loadRows  = 500
	loadBytes = 1 << 20
)

// Restore reads an archive into the empty, migrated database of either engine,
// while nothing else uses it. The archive is read to its end before anything is
// written; what fails after that is taken out again. erased are the keys
// destroyed since the backup (ReadErased): they are destroyed here too, before
// anything is served. In the end the next generation of the log is open and
// signed. Errors that a person can do something about are messages.
func (a *Archive) Restore(ctx context.Context, r io.ReadSeeker, erased []vault.Gone) (Summary, error) {
	start, err := r.Seek(0, io.SeekCurrent)
	if err != nil {
		return Summary{}, err
	}
	s, err := Check(r)
	if err != nil {
		return s, err
	}
	if err := a.fits(ctx, s.Header); err != nil {
		return s, err
	}
	if _, err := r.Seek(start, io.SeekStart); err != nil {
		return s, err
	}
	if err := a.makeEmpty(ctx, s.Header); err != nil {
		return s, err
	}
	if err := a.load(ctx, r, erased, s); err != nil {
		if undo := a.clear(context.WithoutCancel(ctx)); undo != nil {
			a.o.Log.Error("the unfinished restore could not be taken out", "err", undo)
		}
		return s, fmt.Errorf("restore: %w", err)
	}
	for name := range derived {
		s.Derived = append(s.Derived, name)
	}
	slices.Sort(s.Derived)
	_, err = a.o.Ledger.Sign(ctx)
	return s, err
}

// fits checks what the header says against this database and these keys.
func (a *Archive) fits(ctx context.Context, h Header) error {
	return a.o.Store.Read(ctx, func(tx *store.Tx) error {
		have, err := schemaVersion(tx)
		if err != nil {
			return err
		}
		if h.Schema != have {
			return wording.M("archive.schema", "archive", h.Schema, "here", have)
		}
		if h.Home != tx.Home() {
			return wording.M("archive.home", "archive", h.Home, "here", tx.Home())
		}
		name, c, err := a.o.Ledger.OpenNote(h.Checkpoint)
		if err != nil || name != h.Log || c.Size != h.Acts {
			return wording.M("archive.unsigned", "log", h.Log)
		}
		return nil
	})
}

// load applies a checked archive.
func (a *Archive) load(ctx context.Context, r io.Reader, erased []vault.Gone, s Summary) error {
	l := &loader{a: a, ctx: ctx}
	again, err := read(r, visitor{header: l.header, table: l.table, row: l.row, file: l.file})
	if err == nil {
		err = l.flush()
	}
	if err != nil {
		return err
	}
	if again.SHA256 != s.SHA256 {
		return errors.New("the archive changed while it was read")
	}
	if err := a.freshIDs(ctx); err != nil {
		return err
	}
	gone, err := a.eraseAgain(ctx, erased)
	if err != nil {
		return err
	}
	if err := a.openLog(ctx, s.Checkpoint); err != nil {
		return err
	}
	if a.o.Again != nil && len(gone) > 0 {
		if err := a.o.Again(ctx, gone); err != nil {
			return err
		}
	}
	return a.o.Store.Do(ctx, store.People, func(tx *store.Tx) error {
		tx.Put(`delete from restore_mark where home = $1`, tx.Home())
		return nil
	})
}

// openLog keeps the archive's own checkpoint and opens the next generation with
// the newest that is known: what was kept outside may reach beyond the backup.
func (a *Archive) openLog(ctx context.Context, checkpoint string) error {
	l := a.o.Ledger
	if err := l.Attach(ctx, a.o.Store); err != nil {
		return err
	}
	outside, err := l.Outside()
	if err != nil {
		return err
	}
	if err = l.Adopt(ctx, checkpoint); err == nil {
		err = l.NextGeneration(ctx, l.Newest(checkpoint, outside))
	}
	if errors.Is(err, ledger.ErrOtherLog) {
		err = fmt.Errorf("%w (%w)", wording.M("archive.other_log"), err)
	}
	return err
}

// loader writes rows, many in a transaction.
type loader struct {
	a     *Archive
	ctx   context.Context
	here  map[string]table
	sql   string
	rows  [][]any
	bytes int
}

func (l *loader) header(Header) error {
	l.here = map[string]table{}
	return l.a.o.Store.Read(l.ctx, func(tx *store.Tx) error {
		list, err := catalogue(tx)
		for _, t := range list {
			l.here[t.Name] = t
		}
		return err
	})
}

// table checks that this database has the table with these columns; the names
// in an archive reach SQL only if the database itself knows them.
func (l *loader) table(t table) error {
	if err := l.flush(); err != nil {
		return err
	}
	have, ok := l.here[t.Name]
	same := ok && len(have.Columns) == len(t.Columns)
	for i := range t.Columns {
		same = same && t.Columns[i].Name == have.Columns[i].Name && t.Columns[i].Kind == have.Columns[i].Kind
	}
	if !same {
		return fmt.Errorf("table %s is another here", t.Name)
	}
	l.sql = t.insertSQL()
	if t.Name == "id_block" {
		l.sql += ` on conflict (home) do update set next = case when id_block.next > excluded.next then id_block.next else excluded.next end`
	}
	return nil
}

func (l *loader) row(t table, line []byte) error {
	args, err := parseRow(line, t.Columns)
	if err != nil {
		return fmt.Errorf("table %s: %w", t.Name, err)
	}
	l.rows = append(l.rows, args)
	if l.bytes += len(line); len(l.rows) < loadRows && l.bytes < loadBytes {
		return nil
	}
	return l.flush()
}

func (l *loader) flush() error {
	if len(l.rows) == 0 {
		return nil
	}
	err := l.a.o.Store.Do(l.ctx, store.People, func(tx *store.Tx) error {
		for _, args := range l.rows {
			tx.Put(l.sql, args...)
		}
		return nil
	})
	clear(l.rows)
	l.rows, l.bytes = l.rows[:0], 0
	return err
}

func (l *loader) file(ref string, r io.Reader) error {
	if err := l.flush(); err != nil {
		return err
	}
	if l.a.o.Shelf == nil {
		return errors.New("the archive holds attachments, and there is no shelf for them")
	}
	if err := l.a.o.Shelf.CopyIn(l.ctx, ref, r); err != nil {
		return fmt.Errorf("attachment %s: %w", ref, err)
	}
	return nil
}
