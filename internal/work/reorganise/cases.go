package reorganise

import (
	"maps"
	"slices"

	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/power"
)

// openCase is an open case that an agency has a part in, or may have later.
type openCase struct {
	id, item, version int64
	number, title     string
	agency            string
	tasks             int
	v                 *catalog.Version
}

// casesAt are the open cases of an agency: those that it leads, or has a task in, or
// has a later step of.
func (d *Desk) casesAt(tx *store.Tx, agency string) ([]openCase, error) {
	list, err := store.All(tx, func(r store.Row) (c openCase, err error) {
		return c, r.Scan(&c.id, &c.item, &c.version, &c.number, &c.title, &c.agency, &c.tasks)
	}, `select p.id, p.item, p.item_version, p.number, p.title, p.agency,
		(select count(*) from task t where t.home = p.home and t.proceeding = p.id and t.agency = $2 and t.state = 'open')
		from proceeding p where p.home = $1 and p.closed = 0 and p.kind = 'case' order by p.id`, tx.Home(), agency)
	if err != nil {
		return nil, err
	}
	ways, err := handed(tx)
	if err != nil {
		return nil, err
	}
	var has []openCase
	for _, c := range list {
		if c.v, err = d.Items.ByID(tx, c.version); err != nil {
			return nil, err
		}
		if c.agency == agency || c.tasks > 0 || ways[c.id].names(c.v, agency) {
			has = append(has, c)
		}
	}
	return has, nil
}

// bodies are who stands in a case for the agencies that its item's version names, as
// casework keeps them: earlier acts handed the case over.
type bodies map[string]string

// handed reads what was done with cases, in the order in which it was.
func handed(tx *store.Tx) (map[int64]bodies, error) {
	type step struct {
		act, id  int64
		from, to string
	}
	steps, err := store.All(tx, func(r store.Row) (s step, err error) {
		var ref string
		err = r.Scan(&s.act, &ref, &s.from, &s.to)
		s.id = number(ref)
		return s, err
	}, `select r.id, m.ref, m.agency, m.receiver from reorganisation_move m join reorganisation r on r.home = m.home and r.id = m.act
		where m.home = $1 and m.kind = $2 and m.done order by r.done_day, r.done_at, r.id, m.agency`, tx.Home(), OnCase)
	all := map[int64]bodies{}
	for _, s := range steps {
		b := all[s.id]
		if b == nil {
			b = bodies{}
			all[s.id] = b
		}
		for old, now := range b {
			if now == s.from {
				b[old] = s.to
			}
		}
		delete(b, s.to) // what comes back is again its own
		b[s.from] = s.to
	}
	return all, err
}

// names tells whether an agency stands in a case for one that its version names.
func (b bodies) names(v *catalog.Version, agency string) bool {
	stands := func(key string) bool {
		if to := b[key]; to != "" {
			key = to
		}
		return key == agency
	}
	if stands(v.Agency) {
		return true
	}
	for _, key := range v.Roles {
		if stands(key) {
			return true
		}
	}
	return false
}

// casesOf are the open cases of the agency: each goes where it is named to go, else
// with its item. A case without an open task of the agency goes too when a later
// step of it is the agency's.
func (d *Desk) casesOf(tx *store.Tx, e *Effect, g Agency) error {
	list, err := d.casesAt(tx, g.Key)
	for _, c := range list {
		e.codes[text(c.id)] = c.number
		to := e.receiver(g, OnCase, text(c.id), Move{g.Key, OnItem, c.v.Code, ""}, Move{g.Key, OnPower, c.v.Code, ""})
		if to == "" {
			continue
		}
		e.moves(g, OnCase, text(c.id), to)
		if c.agency == g.Key {
			e.wants = append(e.wants, want{g.Key, to, c.v.Code, c.number})
		}
		i := slices.IndexFunc(e.Cases, func(x Case) bool { return x.ID == c.id })
		if i < 0 {
			i, e.Cases = len(e.Cases), append(e.Cases, Case{ID: c.id, Number: c.number, Title: c.title, To: map[string]string{}})
		}
		e.Cases[i].To[g.Key] = to
		if e.Cases[i].To[to] != "" || slices.Contains(slices.Collect(maps.Values(e.Cases[i].To)), g.Key) {
			e.fault("reorganise.fault.swap", "ref", c.number)
		}
		e.Cases[i].Tasks += c.tasks
	}
	return err
}

// want is a power that the receiver of an item or a case will need.
type want struct{ from, to, code, what string }

// powerless names the items and cases whose receiver could not decide them: the power
// that the old agency has goes elsewhere, or stays.
func (d *Desk) powerless(tx *store.Tx, e *Effect) error {
	holders := map[string][]power.Holding{}
	for _, w := range e.wants {
		held, known := holders[w.code]
		if !known {
			var err error
			if held, err = d.Power.HoldersOf(tx, w.code, e.On); err != nil {
				return err
			}
			holders[w.code] = held
		}
		had, has := false, false
		for _, h := range held {
			to := h.Agency
			if x := e.holdings[h.ID]; x != nil {
				to = x.to
			}
			had, has = had || h.Agency == w.from, has || to == w.to
		}
		if had && !has {
			e.fault("reorganise.fault.powerless", "agency", w.to, "ref", w.what)
		}
	}
	return nil
}
