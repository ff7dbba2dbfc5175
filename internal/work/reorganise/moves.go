package reorganise

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"tongban/internal/record/store"
	"tongban/internal/register/identity"
	"tongban/internal/register/lists"
	"tongban/internal/register/power"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

func compare(a, b Move) int {
	return cmp.Or(cmp.Compare(a.Agency, b.Agency), cmp.Compare(slices.Index(order, a.Kind), slices.Index(order, b.Kind)), cmp.Compare(a.Ref, b.Ref))
}

var order = []string{OnPower, OnLink, OnEntry, OnItem, OnCase, OnPost, OnOfficer, OnSeal}

func text(n int64) string { return strconv.FormatInt(n, 10) }

// page is how many holdings are read at once.
const page = 500

// powers are the powers that an agency holds on the day.
func (d *Desk) powers(tx *store.Tx, e *Effect, g Agency) error {
	for after := ""; ; {
		list, err := d.Power.PowersOf(tx, g.Key, e.On, after, page)
		if err != nil {
			return err
		}
		for _, h := range list {
			to := e.receiver(g, OnPower, h.Power)
			if to == "" {
				continue
			}
			e.hold(h).to = to
			e.moves(g, OnPower, h.Power, to)
		}
		if len(list) < page {
			return nil
		}
		after = list[len(list)-1].Power
	}
}

func (e *Effect) hold(h power.Holding) *held {
	if e.holdings[h.ID] == nil {
		e.holdings[h.ID] = &held{h, h.Agency, h.Giver}
	}
	return e.holdings[h.ID]
}

// links are the powers that others have from the agency. One follows its power.
func (d *Desk) links(tx *store.Tx, e *Effect, g Agency) error {
	list, err := d.Power.GivenBy(tx, g.Key, e.On)
	for _, h := range list {
		e.codes[text(h.ID)] = h.Power
		if to := e.receiver(g, OnLink, text(h.ID), Move{g.Key, OnPower, h.Power, ""}); to != "" {
			e.hold(h).giver = to
			e.moves(g, OnLink, text(h.ID), to)
		}
	}
	return err
}

// entriesOf are the entries of lists that name the agency; one of the list of powers
// follows its power.
func (d *Desk) entriesOf(tx *store.Tx, e *Effect, g Agency) error {
	for _, k := range lists.Kinds() {
		if k.Column("agency") == nil {
			continue
		}
		all := lists.Query{List: k.Key, At: lists.Stand{Day: e.On}, Agency: g.Key, Bare: true}
		err := lists.Each(tx, all, func(x lists.Entry) {
			ref := k.Key + "/" + x.Code
			if to := e.receiver(g, OnEntry, ref, Move{g.Key, OnPower, x.Code, ""}); to != "" {
				e.moves(g, OnEntry, ref, to)
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// itemsOf are the items that name the agency, as the body responsible or in a role.
func (d *Desk) itemsOf(tx *store.Tx, e *Effect, g Agency) error {
	list, err := d.Items.NamedIn(tx, g.Key, e.On)
	for _, v := range list {
		e.codes[v.Code] = v.Name
		to := e.receiver(g, OnItem, v.Code, Move{g.Key, OnPower, v.Code, ""})
		if to == "" {
			continue
		}
		if v.Span.From >= e.On {
			e.fault("reorganise.fault.version", "name", v.Name, "day", v.Span.From)
		}
		if e.items[v.Of] == nil {
			e.items[v.Of] = &item{v, map[string]string{}}
		}
		e.items[v.Of].to[g.Key] = to
		e.moves(g, OnItem, v.Code, to)
		if v.Agency == g.Key {
			e.wants = append(e.wants, want{g.Key, to, v.Code, v.Name})
		}
	}
	return err
}

// staff are the posts at the agency, and what their holders are assigned to decide on:
// that goes with them as far as the power goes where they go, and ends otherwise.
func (d *Desk) staff(tx *store.Tx, e *Effect, g Agency) error {
	posts, err := d.People.PostsAt(tx, g.Key, e.On)
	if err != nil {
		return err
	}
	goes := map[int64][]string{} // person → agencies
	for _, p := range posts {
		name, err := d.People.StaffName(tx, p.Person)
		if err != nil {
			return err
		}
		e.codes[text(p.ID)] = name + " " + identity.PostLabel(p.Post).In(wording.ZH)
		to := e.receiver(g, OnPost, text(p.ID))
		if to == "" {
			continue
		}
		e.posts[p.ID] = p
		e.moves(g, OnPost, text(p.ID), to)
		if to != Nobody {
			goes[p.Person] = append(goes[p.Person], to)
		}
	}
	officers, err := d.Power.OfficersOf(tx, g.Key, e.On)
	for _, s := range officers {
		to := Nobody
		for _, a := range goes[s.Person] {
			if len(e.decides(g.Key, a, s.Power)) > 0 {
				to = a
			}
		}
		if to == Nobody && g.Fate == Cede && len(goes[s.Person]) == 0 {
			continue // they stay
		}
		e.officers[s.ID] = s
		e.moves(g, OnOfficer, text(s.ID), to)
	}
	return err
}

// decides lists the codes that an officer's assignment means at another agency: of an
// assignment to all powers, those that go there and no other power that it has.
func (e *Effect) decides(from, to, code string) (codes []string) {
	for _, m := range e.Moves {
		if m.Agency == from && m.Kind == OnPower && m.To == to && (code == power.Every || code == m.Ref) {
			codes = append(codes, m.Ref)
		}
	}
	return codes
}

// waiting names what is written to begin at the agency only after the day: it cannot
// be moved yet.
func (d *Desk) waiting(tx *store.Tx, e *Effect, g Agency) error {
	if g.Fate != End {
		return nil
	}
	for _, q := range []struct{ kind, sql string }{
		{OnPower, `select power from power_holding where home = $1 and (agency = $2 or giver = $2) and from_day > $3 and withdrawn = 0 order by 1`},
		{OnEntry, `select list || '/' || code from list_entry where home = $1 and agency = $2 and from_day > $3 and not ended order by 1`},
		{OnPost, `select post from staff_post where home = $1 and agency = $2 and from_day > $3 order by 1`},
	} {
		refs, err := store.All(tx, func(r store.Row) (s string, err error) { return s, r.Scan(&s) }, q.sql, tx.Home(), g.Key, e.On)
		if err != nil {
			return err
		}
		for _, ref := range refs {
			e.fault("reorganise.fault.waiting", "agency", g.Key, "ref", ref)
		}
	}
	return nil
}

// sealsGone reads the changes of seals from what an act did.
func sealsGone(moves []Move) (list []Seal) {
	for _, m := range moves {
		if m.Kind != OnSeal {
			continue
		}
		last, first, _ := strings.Cut(m.Ref, " ")
		s := Seal{Agency: m.Agency}
		s.Last, _ = day.Parse(last) // none is no day
		s.First, _ = day.Parse(first)
		list = append(list, s)
	}
	return list
}

// seals are the last and first days of seals. What was sealed on the day itself stays
// under one key: then the change is a day later.
func (d *Desk) seals(tx *store.Tx, e *Effect) error {
	for _, g := range e.Agencies {
		if g.Fate == Cede {
			continue
		}
		s := Seal{Agency: g.Key, First: e.On}
		var from day.Day
		had, err := tx.Get([]any{&from}, `select from_day from seal_key where home = $1 and agency = $2 and until_day = 0`, tx.Home(), g.Key)
		if err != nil {
			return err
		}
		if had {
			var used int
			if _, err := tx.Get([]any{&used}, `select (select count(*) from paper where home = $1 and agency = $2 and day = $3)
				+ (select count(*) from licence where home = $1 and agency = $2 and day = $3)`, tx.Home(), g.Key, e.On); err != nil {
				return err
			}
			if used > 0 || from >= e.On {
				s.First = max(e.On, from) + 1
			}
			s.Last = s.First - 1
		}
		if g.Fate == End {
			if !had {
				continue
			}
			s.First = 0
		}
		e.Seals = append(e.Seals, s)
	}
	return nil
}
