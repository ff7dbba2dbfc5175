package ledger

import (
	"context"
	"errors"

	"tongban/internal/record/store"
)

// forkLease is the row in which a node tells the others what it kept and the
// database lacks. Whoever reads it checks it: it is a signed checkpoint.
const forkLease = "fork"

// Compare holds the database against the checkpoint that this node kept outside
// it and against what another node found missing, and keeps the newest signed
// checkpoint, whoever signed it. Run it every second where several nodes share a
// database: then every node would know a database that lost something. The error
// is ErrRolledBack when it did; from then on this ledger signs nothing.
func (l *Ledger) Compare(ctx context.Context) error {
	err := l.checkOutside(ctx)
	lacks := errors.Is(err, ErrRolledBack)
	if err == nil {
		err = l.checkTold(ctx)
	}
	l.rolledBack.Store(errors.Is(err, ErrRolledBack))
	switch {
	case lacks:
		return errors.Join(err, l.tell(ctx))
	case err != nil:
		return err
	}
	return l.keepNewest(ctx)
}

// tell shows the other nodes what this one kept.
func (l *Ledger) tell(ctx context.Context) error {
	text, err := l.Outside()
	if err != nil || text == "" {
		return err
	}
	return l.s.DoAnyway(ctx, func(tx *store.Tx) error {
		tx.Put(`insert into lease(home, name, holder, until_at) values($1, $2, $3, 0) on conflict (home, name) do update set holder = $3`,
			tx.Home(), forkLease, text)
		return nil
	})
}

func (l *Ledger) checkTold(ctx context.Context) error {
	return l.s.Read(ctx, func(tx *store.Tx) error {
		var text string
		told, err := tx.Get([]any{&text}, `select holder from lease where home = $1 and name = $2`, tx.Home(), forkLease)
		if err != nil || !told {
			return err
		}
		if _, _, _, err := openNote(text, l.o.Verifiers); err != nil {
			return nil // anybody who writes to the database can write this; only a signature counts
		}
		return l.holds(tx, text)
	})
}

// keepNewest keeps the newest signed checkpoint beside this node's keys, so that
// whichever node is left can tell a database that lost something.
func (l *Ledger) keepNewest(ctx context.Context) error {
	l.signing.Lock()
	defer l.signing.Unlock()
	kept, err := l.Outside()
	if err != nil {
		return err
	}
	var newest string
	err = l.s.Read(ctx, func(tx *store.Tx) error {
		h, found, err := l.head(tx)
		if err != nil || !found {
			return err
		}
		c, found, err := l.Last(tx, h.log)
		if err != nil || !found || c.Note == kept {
			return err
		}
		_, size, _, err := ParseCheckpoint(kept)
		if err == nil && size >= c.Size {
			var name string
			if name, err = l.Name(tx); err != nil {
				return err
			}
			if keptName, _, _, _ := ParseCheckpoint(kept); keptName == name {
				return nil
			}
		}
		newest = c.Note
		return l.holds(tx, c.Note)
	})
	if err != nil || newest == "" {
		return err
	}
	return l.keepOutside(newest)
}
