package catalog

import (
	"context"
	"fmt"
	"strings"

	"tongban/internal/record/store"
	"tongban/internal/rules/checkup"
	"tongban/internal/rules/day"
	"tongban/internal/rules/gram"
)

// KeysStand tells whether every version has its keys: one that was there before
// there were keys, or that an older program wrote beside this one, has none. A
// state without them is judged whole.
func KeysStand(tx *store.Tx) (bool, error) {
	epoch, err := Epoch(tx)
	if err != nil || epoch == 0 { // nothing was ever entered
		return err == nil, err
	}
	var mark int64
	var edition string
	_, err = tx.Get([]any{&mark, &edition}, `select epoch, edition from item_key_mark where home = $1`, tx.Home())
	return err == nil && mark == epoch && edition == checkup.KeysEdition, err
}

// carryMark has the mark of the keys follow the catalogue into its next state, where
// nothing was missing in the one before. It is put before the new state is.
func carryMark(tx *store.Tx, epoch int64) {
	tx.Put(`update item_key_mark set epoch = $2 where home = $1 and epoch = (select n from catalog_epoch where home = $1)`, tx.Home(), epoch)
	tx.Put(`insert into item_key_mark(home, epoch, edition) select cast($1 as bigint), cast($2 as bigint), cast($3 as text)
		where not exists (select 1 from catalog_epoch where home = $1) on conflict do nothing`, tx.Home(), epoch, checkup.KeysEdition)
}

// putKeys puts the keys of a version.
func putKeys(tx *store.Tx, version int64, it *checkup.Item) {
	for _, k := range it.Keys() {
		tx.Put(`insert into item_key(home, kind, key, region, version) values($1, $2, $3, $4, $5) on conflict do nothing`,
			tx.Home(), string(k.Kind), k.Text, k.Region, version)
	}
}

// keysBatch is how many versions IndexKeys takes at a time.
const keysBatch = 500

// IndexKeys gives every version its keys, in small transactions, where one may have
// none. What is judged is right without them, and slower.
func (c *Catalog) IndexKeys(ctx context.Context, s *store.Store) error {
	var stand bool
	var epoch, last int64
	if err := s.Read(ctx, func(tx *store.Tx) (err error) {
		if stand, err = KeysStand(tx); err == nil {
			epoch, err = Epoch(tx)
		}
		return err
	}); err != nil || stand {
		return err
	}
	for more := true; more; {
		if err := s.Do(ctx, store.Background, func(tx *store.Tx) error {
			rows, err := store.All(tx, scanVersion, `select id, item, n, from_day, until_day, region, written, flow, form from item_version
				where home = $1 and id > $2 order by id limit $3`, tx.Home(), last, keysBatch)
			if err != nil {
				return err
			}
			for _, r := range rows {
				v, err := c.read(r)
				if err != nil {
					return fmt.Errorf("item %d version %d: %w", r.Of, r.N, err)
				}
				it := v.Checkup()
				putKeys(tx, r.ID, &it)
				last = r.ID
			}
			if more = len(rows) == keysBatch; more {
				return nil
			}
			// What was written meanwhile moved the catalogue on: the next time goes over it.
			tx.Put(`insert into item_key_mark(home, epoch, edition) values($1, $2, $3)
				on conflict (home) do update set epoch = excluded.epoch, edition = excluded.edition`, tx.Home(), epoch, checkup.KeysEdition)
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// Met is a version in force that was found by what it has in common with others:
// by name, without its guide.
type Met struct {
	Version  int64
	Complete bool
	Item     checkup.Item
}

func scanMet(r store.Row) (m Met, err error) {
	it := &m.Item
	err = r.Scan(&m.Version, &m.Complete, &it.Code, &it.Name, &it.Type, &it.Agency, &it.Region, &it.From)
	it.ReadCode()
	return m, err
}

const metColumns = `select s.version, s.complete, s.code, s.name, s.type, s.agency, v.region, s.from_day`

// metBy reads versions in force on a day from where they are found; the joins keep
// SQLite to that order.
func metBy(tx *store.Tx, on day.Day, from, where string, args ...any) ([]Met, error) {
	n := len(args)
	sql := metColumns + ` from ` + from + ` cross join item_version v where v.home = s.home and v.id = s.version and ` + where +
		fmt.Sprintf(` and s.home = $%d and s.from_day <= $%d and (s.until_day = 0 or s.until_day > $%d)`, n+1, n+2, n+2)
	return store.All(tx, scanMet, sql, append(args, tx.Home(), on)...)
}

// MetByKey are the versions in force on a day with a key; those of the key's region,
// or of any of several.
func MetByKey(tx *store.Tx, on day.Day, k checkup.Key, regions ...string) ([]Met, error) {
	args := []any{tx.Home(), string(k.Kind), k.Text}
	var in []string
	for _, r := range append(regions, k.Region) {
		args = append(args, r)
		in = append(in, fmt.Sprintf("$%d", len(args)))
	}
	return metBy(tx, on, `item_key k cross join item_search s`, `s.home = k.home and s.version = k.version and k.home = $1 and k.kind = $2 and k.key = $3
		and k.region in (`+strings.Join(in, ", ")+`)`, args...)
}

// MetByCode is the version of a code in force on a day.
func MetByCode(tx *store.Tx, on day.Day, code string) (m Met, found bool, err error) {
	all, err := metBy(tx, on, `item_search s`, `s.code = $1`, code)
	if err != nil || len(all) == 0 {
		return m, false, err
	}
	return all[0], true, nil
}

// MetInRegion are all versions in force of a region, in no order.
func MetInRegion(tx *store.Tx, on day.Day, region string) ([]Met, error) {
	return metBy(tx, on, `item_search s`, `v.region = $1`, region)
}

// commonPair is from how many names on a pair of characters is common.
const commonPair = 500

// MetBySpelling are versions in force of a region among which are all whose name
// lies near one; whole is false where the index of characters cannot tell them.
func MetBySpelling(tx *store.Tx, on day.Day, region, name string) (list []Met, whole bool, err error) {
	s, whole := checkup.Spelled(name)
	if s.Need == 0 || !whole {
		return nil, whole, nil
	}
	if err := tx.PlanAnew(); err != nil {
		return nil, false, err
	}
	pairs, total, err := rarest(tx, s)
	if err != nil {
		return nil, false, err
	}
	if total <= commonPair {
		s.Marks = nil
	}
	where, args := spelled(tx, 0, pairs, s.Marks)
	from := `item_gram g cross join item_search s`
	if tx.Engine() == store.SQLite {
		where += ` and s.version = g.rowid`
	} else {
		where += ` and s.home = g.home and s.version = g.version`
	}
	args = append(args, region)
	list, err = metBy(tx, on, from, where+fmt.Sprintf(` and v.region = $%d`, len(args)), args...)
	return list, true, err
}

// rarest are as many pairs of a spelling as it needs, those that the fewest names
// hold, and how many names hold one.
func rarest(tx *store.Tx, s checkup.Spelling) (pairs []string, total int, err error) {
	var sql []string
	var args []any
	for i, p := range s.Pairs {
		where, more := spelled(tx, len(args), []string{p}, nil)
		args = append(args, append(more, commonPair+1)...)
		sql = append(sql, fmt.Sprintf(`select %d as pair, count(*) as n from (select 1 from item_gram g where %s limit $%d) x%d`, i, where, len(args), i))
	}
	if err := tx.Each(func(r store.Row) error {
		var i, n int
		err := r.Scan(&i, &n)
		if len(pairs) < s.Need {
			pairs, total = append(pairs, s.Pairs[i]), total+n
		}
		return err
	}, strings.Join(sql, ` union all `)+` order by n, pair`, args...); err != nil {
		return nil, 0, err
	}
	return pairs, total, nil
}

// spelled is the condition that a name holds one of the pairs and all of the marks;
// its arguments come after so many others.
func spelled(tx *store.Tx, after int, pairs, marks []string) (where string, args []any) {
	if tx.Engine() == store.SQLite {
		return fmt.Sprintf(`g.item_gram match $%d`, after+1), []any{gram.Any(phrases(pairs), phrases(marks))}
	}
	var one, all []string
	for _, p := range phrases(pairs) {
		one = append(one, p...)
	}
	for _, m := range phrases(marks) {
		all = append(all, m...)
	}
	where, args = fmt.Sprintf(`g.home = $%d and g.tokens && $%d`, after+1, after+2), []any{tx.Home(), one}
	if len(all) > 0 {
		where, args = where+fmt.Sprintf(` and g.tokens @> $%d`, after+3), append(args, all)
	}
	return where, args
}

func phrases(texts []string) [][]string {
	out := make([][]string, len(texts))
	for i, t := range texts {
		out[i] = gram.Phrase(t)
	}
	return out
}

// Checkup is a version that was met, as the checkup of a whole catalogue takes it:
// with its guide where it is fully written.
func (c *Catalog) Checkup(tx *store.Tx, m Met) (checkup.Item, error) {
	if !m.Complete {
		return m.Item, nil
	}
	v, err := c.Pinned(tx, m.Version)
	if err != nil {
		return m.Item, err
	}
	it := v.Checkup()
	it.From = m.Item.From
	return it, nil
}
