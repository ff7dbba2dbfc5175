package adjust

import (
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
)

// Successors are the items that took the place of one in adjustments which have
// taken effect: those that its split, its merger, or its turning into a filing under
// another code named. A case that stayed with the
// item that is gone may be moved to one of them.
func (d *Desk) Successors(tx *store.Tx, item int64) ([]int64, error) {
	all, err := d.Items.Versions(tx, item)
	if err != nil {
		return nil, err
	}
	named, err := store.All(tx, func(r store.Row) (codes string, err error) { return codes, r.Scan(&codes) },
		`select e.into_codes from adjustment_entry e join adjustment a on a.home = e.home and a.id = e.adjustment
		where e.home = $1 and e.list = $2 and e.code = $3 and e.does in ($4, $5, $6) and a.stage = $7 order by e.id`,
		tx.Home(), OnItems, all[len(all)-1].Code, string(Split), string(Merge), string(Filing), string(Done))
	if err != nil {
		return nil, err
	}
	var list []int64
	for _, code := range strings.Fields(strings.Join(named, " ")) {
		next, err := d.Items.ByCode(tx, code)
		if err != nil && act.KindOf(err) != act.NotFound {
			return nil, err
		}
		if err == nil {
			list = append(list, next)
		}
	}
	return list, nil
}
