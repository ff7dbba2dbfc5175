package object

import (
	"context"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
)

// ByID returns an objection; a NotFound error when there is none.
func ByID(tx *store.Tx, id int64) (Objection, error) {
	x, found, err := store.Find(tx, scan, `select `+columns+` from objection where home = $1 and id = $2`, tx.Home(), id)
	if err == nil && !found {
		err = act.Missing("object.thing.objection")
	}
	return x, err
}

// Progress shows how an objection stands to whoever has its number and query code,
// in whatever way people type them.
func (d *Desk) Progress(ctx context.Context, number, code string) (x Objection, err error) {
	number = tidy(number)
	err = d.Runner.Store.Read(ctx, func(tx *store.Tx) (err error) {
		var found bool
		x, found, err = store.Find(tx, scan, `select `+columns+` from objection where home = $1 and number = $2`, tx.Home(), number)
		if right := d.Vault.IsCode(codes, number, code); err == nil && !(found && right) {
			err = act.Missing("object.number_and_code")
		}
		return err
	})
	if err != nil {
		return Objection{}, d.Runner.Settle("objection.progress", err)
	}
	return x, nil
}

// Published lists the objections to an entry that were answered, the latest made
// first, behind the one with the id before; 0 begins. At most limit. Nothing of who
// made them is in what Shown and Answer say.
func Published(tx *store.Tx, list, code string, before int64, limit int) ([]Objection, error) {
	return store.All(tx, scan, `select `+columns+` from objection where home = $1 and list = $2 and code = $3 and outcome <> '' and ($4 = 0 or id < $4)
		order by id desc limit $5`, tx.Home(), list, code, before, limit)
}

// Counts are how many objections there are.
type Counts struct {
	Agency  string // "" the county itself
	Open    int    // within the limit
	Overdue int    // that the county answers now
	Mended  int
	Kept    int
	Late    int // answered after the agency's limit
}

// Count counts objections by the agency that answers, one or all for "", the
// agencies with overdue ones first.
func Count(tx *store.Tx, agency string) ([]Counts, error) {
	return store.All(tx, func(r store.Row) (c Counts, err error) {
		return c, r.Scan(&c.Agency, &c.Open, &c.Overdue, &c.Mended, &c.Kept, &c.Late)
	}, `select agency, sum(case when outcome = '' and agency <> '' and until_day >= $3 then 1 else 0 end),
		sum(case when outcome = '' and (agency = '' or until_day < $3) then 1 else 0 end) as overdue,
		sum(case when outcome = 'mended' then 1 else 0 end), sum(case when outcome = 'kept' then 1 else 0 end),
		sum(case when level = 'county' and agency <> '' then 1 else 0 end)
		from objection where home = $1 and ($2 = '' or agency = $2) group by agency order by overdue desc, agency`, tx.Home(), agency, tx.Today())
}

// Query asks for objections.
type Query struct {
	Agency string // that answers; "" all
	State  State  // "" all
	Before int64  // id of the one before the first; 0 begins
	Limit  int
}

// Page lists objections, the latest first.
func Page(tx *store.Tx, q Query) ([]Objection, error) {
	return store.All(tx, scan, `select `+columns+` from objection where home = $1 and ($2 = '' or agency = $2) and ($3 = 0 or id < $3)
		and ($4 = '' or $4 = case when outcome <> '' then 'answered' when agency = '' or until_day < $5 then 'overdue' else 'open' end)
		order by id desc limit $6`, tx.Home(), q.Agency, q.Before, string(q.State), tx.Today(), q.Limit)
}
