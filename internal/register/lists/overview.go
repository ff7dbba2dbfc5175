package lists

import (
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

// Standing is how a list stands on a day.
type Standing struct {
	Entries int
	Changed day.Day // effective day of the newest change that holds; 0 when there is none
	Coming  day.Day // effective day of the next change that does not hold yet; 0 when there is none
	Edition int     // of the newest change that is known
}

// Overview tells how every list stands on a day, by key of the kind; a list that
// was never filled has none.
func Overview(tx *store.Tx, d day.Day) (map[string]Standing, error) {
	all := map[string]Standing{}
	err := tx.Each(func(r store.Row) error {
		var list string
		var s Standing
		if err := r.Scan(&list, &s.Changed, &s.Coming, &s.Edition); err != nil {
			return err
		}
		all[list] = s
		return nil
	}, `select list, coalesce(max(case when from_day <= $2 then from_day end), 0), coalesce(min(case when from_day > $2 then from_day end), 0), max(edition)
		from list_change where home = $1 group by list`, tx.Home(), d)
	if err != nil {
		return nil, err
	}
	err = tx.Each(func(r store.Row) error {
		var list string
		var n int
		if err := r.Scan(&list, &n); err != nil {
			return err
		}
		s := all[list]
		s.Entries = n
		all[list] = s
		return nil
	}, `select list, count(*) from list_version where home = $1 and not ended and from_day <= $2 and (until_day = 0 or until_day > $2) group by list`, tx.Home(), d)
	return all, err
}

// Filled are the lists that were filled once.
func Filled(tx *store.Tx) (map[string]bool, error) {
	all := map[string]bool{}
	return all, tx.Each(func(r store.Row) error {
		var list string
		err := r.Scan(&list)
		all[list] = true
		return err
	}, `select distinct list from list_change where home = $1`, tx.Home())
}

// CountedRegion is how many entries of a list hold in a region.
type CountedRegion struct {
	Region  string
	Entries int
}

// CountRegions counts a list's entries by the region in which they hold.
func CountRegions(tx *store.Tx, q Query) ([]CountedRegion, error) {
	if q.At.Day == 0 {
		q.At.Day = tx.Today()
	}
	f, err := q.filter(tx, everything)
	if err != nil {
		return nil, err
	}
	return store.All(tx, func(r store.Row) (c CountedRegion, err error) { return c, r.Scan(&c.Region, &c.Entries) },
		`select v.region, count(*)`+f.text()+` group by v.region order by v.region`, f.args...)
}
