package proceeding

import (
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

// ElsewhereMax bounds the proceedings of a year that Elsewhere looks at, the
// newest first.
const ElsewhereMax = 50_000

// Elsewhere is how many proceedings of an item a window of one agency accepted
// and another agency decided.
type Elsewhere struct {
	Item            int64
	Window, Decider string // keys of agencies
	Count           int
}

// DecidedElsewhere counts the proceedings of a kind accepted in [from, until) at
// a window whose agency is not the one that decided them, by item and
// agencies, most first, at most limit rows.
func DecidedElsewhere(tx *store.Tx, kind string, from, until day.Day, limit int) ([]Elsewhere, error) {
	return store.All(tx, func(r store.Row) (e Elsewhere, err error) {
		err = r.Scan(&e.Item, &e.Window, &e.Decider, &e.Count)
		return e, err
	}, `select p.item, a.agency, d.agency, count(distinct p.id) n`+elsewhere+` group by p.item, a.agency, d.agency order by n desc, p.item limit $6`,
		tx.Home(), kind, from, until, ElsewhereMax, limit)
}

// elsewhere joins the acceptance at the window and the decision by another.
const elsewhere = ` from (select id, item, number, accepted from proceeding where home = $1 and kind = $2 and accepted > 0 and accepted >= $3 and accepted < $4
	order by accepted desc, id desc limit $5) p
	join task a on a.home = $1 and a.proceeding = p.id and a.part = 'accept' and a.post = 'window' and a.state = 'done'
	join task d on d.home = $1 and d.proceeding = p.id and d.part = 'decide' and d.state = 'done' and d.agency <> a.agency`

// Shown is a proceeding that shows a decision elsewhere. It names nobody.
type Shown struct {
	Number   string
	Accepted day.Day
	Decided  day.Instant
}

// ShowElsewhere lists the proceedings behind a row of DecidedElsewhere, the
// newest first, at most limit.
func ShowElsewhere(tx *store.Tx, kind string, from, until day.Day, e Elsewhere, limit int) ([]Shown, error) {
	return store.All(tx, func(r store.Row) (s Shown, err error) {
		err = r.Scan(&s.Number, &s.Accepted, &s.Decided)
		return s, err
	}, `select p.number, p.accepted, max(d.done_at)`+elsewhere+` where p.item = $7 and a.agency = $8 and d.agency = $9
		group by p.number, p.accepted order by p.accepted desc, p.number desc limit $6`,
		tx.Home(), kind, from, until, ElsewhereMax, limit, e.Item, e.Window, e.Decider)
}
