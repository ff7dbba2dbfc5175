package catalog

import (
	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

// NamedIn lists the items whose version of a day, or a later one, names an agency:
// as the body responsible or in a role. Their newest versions are returned.
func (c *Catalog) NamedIn(tx *store.Tx, agency string, on day.Day) (named []*Version, err error) {
	// The agency's key stands in the written text wherever it is named; the text is
	// read to be sure.
	items, err := store.All(tx, func(r store.Row) (id int64, err error) { return id, r.Scan(&id) },
		`select distinct item from item_version where home = $1 and (agency = $3 or complete) and (until_day = 0 or until_day > $2) order by item`, tx.Home(), on, agency)
	if err != nil {
		return nil, err
	}
	for _, id := range items {
		all, err := c.Versions(tx, id)
		if err != nil {
			return nil, err
		}
		if v := all[len(all)-1]; v.Names(agency) {
			named = append(named, v)
		}
	}
	return named, nil
}

// Names tells whether a version names an agency, as the body responsible or in a role.
func (v *Version) Names(agency string) bool {
	if v.Agency == agency {
		return true
	}
	for _, a := range v.Roles {
		if a == agency {
			return true
		}
	}
	return false
}

// HandIn publishes an item's next version, in which other agencies stand where the
// old ones stood and nothing else differs, inside a command that was decided by two
// people and has asked for its own right. base is the version that they saw. A
// version that begins on that day or later stands in the way.
func (c *Catalog) HandIn(call *act.Call, item int64, base int, to map[string]string, from day.Day, proposedBy int64) error {
	r, err := lockItem(call.Tx, item)
	if err != nil {
		return err
	}
	if r.newest != base {
		return act.Changed("catalog.thing.item")
	}
	all, err := c.Versions(call.Tx, item)
	if err != nil {
		return err
	}
	d, problems := all[len(all)-1].again(from, func(it *Item) {
		if next := to[it.Agency]; next != "" {
			it.Agency = next
		}
		for role, a := range it.Roles {
			if next := to[a]; next != "" {
				it.Roles[role] = next
			}
		}
	})
	if err := AsError(problems); err != nil {
		return err
	}
	_, err = r.renew(call, newRow{d: d, proposed: proposedBy, handed: true})
	return err
}
