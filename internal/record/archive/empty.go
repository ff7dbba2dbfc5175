package archive

import (
	"context"
	"fmt"
	"slices"

	"tongban/internal/record/store"
	"tongban/internal/rules/wording"
)

// Unfinished tells, as a message, that a restore into this database was begun
// and not ended. Ask it at start, before serving.
func Unfinished(ctx context.Context, s *store.Store) error {
	return s.Read(ctx, func(tx *store.Tx) error {
		marked, err := marked(tx)
		if err == nil && marked {
			err = wording.M("archive.unfinished")
		}
		return err
	})
}

func marked(tx *store.Tx) (bool, error) {
	var n int64
	_, err := tx.Get([]any{&n}, `select count(*) from restore_mark where home = $1`, tx.Home())
	return n > 0, err
}

// makeEmpty refuses a database that holds anything, takes out what an earlier
// restore left half done, and marks that one runs now.
func (a *Archive) makeEmpty(ctx context.Context, h Header) error {
	var begun bool
	if err := a.o.Store.Read(ctx, func(tx *store.Tx) (err error) {
		begun, err = marked(tx)
		return err
	}); err != nil {
		return err
	}
	if begun {
		if err := a.clear(ctx); err != nil {
			return err
		}
	}
	return a.o.Store.Do(ctx, store.People, func(tx *store.Tx) error {
		tables, err := catalogue(tx)
		if err != nil {
			return err
		}
		// A log that was opened at start and never written to is nothing.
		if _, err := tx.Exec(`delete from ledger_log where size = 0 and not exists (select 1 from event)`); err != nil {
			return err
		}
		for _, t := range tables {
			if t.Name == "id_block" {
				continue
			}
			var one int
			found, err := tx.Get([]any{&one}, `select 1 from `+quote(t.Name)+` limit 1`)
			if err != nil {
				return err
			}
			if found {
				return wording.M("archive.not_empty", "table", t.Name)
			}
		}
		tx.Put(`insert into restore_mark(home, started, taken) values($1, $2, $3)`, tx.Home(), tx.Now(), h.Taken)
		return nil
	})
}

// clear takes everything out again that a restore put in. Only a marked
// database is ever cleared.
func (a *Archive) clear(ctx context.Context) error {
	return a.o.Store.Do(ctx, store.People, func(tx *store.Tx) error {
		is, err := marked(tx)
		if err != nil || !is {
			return err
		}
		tables, err := catalogue(tx)
		if err != nil {
			return err
		}
		slices.Reverse(tables) // what refers to others first
		for _, t := range tables {
			if t.Name == "id_block" {
				continue // ids that were given out stay given out
			}
			if tx.Engine() == store.Postgres {
				_, err = tx.Exec(`truncate ` + quote(t.Name) + ` cascade`)
			} else {
				_, err = tx.Exec(`delete from ` + quote(t.Name))
			}
			if err != nil {
				return fmt.Errorf("clear %s: %w", t.Name, err)
			}
		}
		tx.Put(`delete from restore_mark where home = $1`, tx.Home())
		return nil
	})
}

// burn is how many ids are thrown away in one command: fewer than the store
// always has in hand.
const burn = 1 << 17

// freshIDs makes this process go on with ids that the restored record has never
// seen: those it holds were reserved while the database was empty. On
// PostgreSQL the counters of its own are set behind the rows too.
func (a *Archive) freshIDs(ctx context.Context) error {
	var used int64
	for id := int64(-1); id < used; {
		if err := a.o.Store.Do(ctx, store.People, func(tx *store.Tx) error {
			if used == 0 {
				if _, err := tx.Get([]any{&used}, `select next from id_block where home = $1`, tx.Home()); err != nil {
					return err
				}
			}
			for n := 0; n < burn && id < used; n++ {
				id = tx.NewID()
			}
			return nil
		}); err != nil {
			return err
		}
	}
	if a.o.Store.Engine() != store.Postgres {
		return nil
	}
	return a.o.Store.Do(ctx, store.People, func(tx *store.Tx) error {
		return setSequences(tx)
	})
}

func setSequences(tx *store.Tx) error {
	type serial struct{ table, column, sequence string }
	list, err := store.All(tx, func(r store.Row) (s serial, err error) { return s, r.Scan(&s.table, &s.column, &s.sequence) },
		`select c.relname::text, a.attname::text, pg_get_serial_sequence(quote_ident(c.relname), a.attname)::text
		from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
		where n.nspname = current_schema() and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
		and pg_get_serial_sequence(quote_ident(c.relname), a.attname) is not null and c.relname <> 'goose_db_version'`)
	if err != nil {
		return err
	}
	for _, s := range list {
		var n int64
		if _, err := tx.Get([]any{&n}, `select setval($1::regclass, coalesce((select max(`+quote(s.column)+`) from `+quote(s.table)+`), 0) + 1, false)`, s.sequence); err != nil {
			return fmt.Errorf("sequence of %s: %w", s.table, err)
		}
	}
	return nil
}
