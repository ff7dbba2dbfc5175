package proceeding

import (
	"tongban/internal/record/store"
)

// Behind is an item of which proceedings run under an earlier version than the one
// in force.
type Behind struct {
	Item int64
	Open int // of them
}

// BehindOf lists such items of a kind by their numbers, behind one, counting only the
// proceedings of an agency ("" of all); at most limit.
func BehindOf(tx *store.Tx, kind, agency string, after int64, limit int) ([]Behind, error) {
	return store.All(tx, func(r store.Row) (b Behind, err error) { return b, r.Scan(&b.Item, &b.Open) },
		`select p.item, cast(sum(p.n) as bigint) from (select item, item_version, count(*) n from proceeding
			where home = $1 and kind = $2 and closed = 0 and item > $4 and ($3 = '' or agency = $3) group by item, item_version) p
		join item_version v on v.home = $1 and v.id = p.item_version
		where exists(select 1 from item_version w where w.home = $1 and w.item = v.item and w.n > v.n and w.from_day <= $5 and (w.until_day = 0 or w.until_day > $5))
		group by p.item order by p.item limit $6`, tx.Home(), kind, agency, after, tx.Today(), limit)
}

// RunningUnder counts the proceedings of an item that run, by the version that they
// run under; those of one agency, or of all for "".
func RunningUnder(tx *store.Tx, kind string, item int64, agency string) (map[int64]int, error) {
	n := map[int64]int{}
	return n, tx.Each(func(r store.Row) error {
		var version int64
		var count int
		err := r.Scan(&version, &count)
		n[version] = count
		return err
	}, `select item_version, count(*) from proceeding where home = $1 and kind = $2 and item = $3 and closed = 0 and ($4 = '' or agency = $4) group by item_version`,
		tx.Home(), kind, item, agency)
}

// OfItem asks for the proceedings of an item that run.
type OfItem struct {
	Kind    string
	Item    int64
	Agency  string // "" for all
	Version int64  // that they run under, 0 for any
	Not     int64  // leaves out this version
	After   int64  // id of the last one of the page before
	Limit   int
}

// RunningOf lists the proceedings of an item that run, by their ids.
func RunningOf(tx *store.Tx, q OfItem) ([]*Proceeding, error) {
	return store.All(tx, scan, `select `+columns+` from proceeding where home = $1 and kind = $2 and item = $3 and closed = 0 and ($4 = '' or agency = $4)
		and ($5 = 0 or item_version = $5) and item_version <> $6 and id > $7 order by id limit $8`,
		tx.Home(), q.Kind, q.Item, q.Agency, q.Version, q.Not, q.After, q.Limit)
}

// RunningIDs are the ids of all that RunningOf would list, without paging.
func RunningIDs(tx *store.Tx, q OfItem) ([]int64, error) {
	return store.All(tx, func(r store.Row) (id int64, err error) { return id, r.Scan(&id) }, `select id from proceeding
		where home = $1 and kind = $2 and item = $3 and closed = 0 and ($4 = '' or agency = $4) and ($5 = 0 or item_version = $5) and item_version <> $6 order by id`,
		tx.Home(), q.Kind, q.Item, q.Agency, q.Version, q.Not)
}
