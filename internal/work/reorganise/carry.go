package reorganise

import (
	"context"
	"errors"
	"maps"
	"slices"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/identity"
	"tongban/internal/register/lists"
	"tongban/internal/register/power"
	"tongban/internal/rules/day"
)

// CarryDue carries out the decided acts whose day has come, and returns how many. What
// stands in the way of one is told and does not hold up the others; it is tried again.
func (d *Desk) CarryDue(ctx context.Context) (n int, err error) {
	var due []At
	err = d.Runner.Store.Read(ctx, func(tx *store.Tx) (err error) {
		due, err = store.All(tx, func(r store.Row) (a At, err error) { return a, r.Scan(&a.ID, &a.Rev) },
			`select id, rev from reorganisation where home = $1 and stage = $2 and from_day <= $3 order by from_day, decided_at, id`, tx.Home(), Decided, tx.Today())
		return err
	})
	if err != nil {
		return 0, err
	}
	var errs []error
	for _, at := range due {
		switch err := d.Carry(ctx, act.Machine(), "", at); act.KindOf(err) {
		case "":
			n++
		case act.Conflict: // somebody else was first
		default:
			errs = append(errs, err)
		}
	}
	return n, errors.Join(errs...)
}

// Carry carries out a decided act whose day has come, all of it or nothing. It holds
// from its day; from today, when that has passed because the machine stood still.
func (d *Desk) Carry(ctx context.Context, a act.Actor, token string, at At) error {
	_, err := act.Run(ctx, d.Runner, a, token, CommandCarry, at, func(c *act.Call, at At) (struct{}, error) {
		x, err := hold(c, at, Decided)
		if err != nil {
			return struct{}{}, err
		}
		if x.From > c.Today() {
			return struct{}{}, act.Refuse("reorganise.early", "day", x.From)
		}
		if err := d.People.Lock(c.Tx, lockName); err != nil {
			return struct{}{}, err
		}
		e, err := d.effect(c.Tx, x, c.Today())
		if err != nil {
			return struct{}{}, err
		}
		if err := e.wrong(); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, d.carry(c, e)
	})
	return err
}

// carry writes everything: first those who receive begin, then all moves, and last
// those who end end.
func (d *Desk) carry(c *act.Call, e *Effect) error {
	for _, f := range []func(*act.Call, *Effect) error{d.begin, d.movePowers, d.moveEntries, d.moveItems, d.moveCases, d.moveStaff, d.changeSeals, d.end} {
		if err := f(c, e); err != nil {
			return err
		}
		if err := c.Tx.Flush(); err != nil {
			return err
		}
	}
	e.putMoves(c.Tx, e.Moves, true)
	c.Tx.PutOne(act.Changed("reorganise.thing.act"), `update reorganisation set stage = $3, done_day = $4, done_at = $5 where home = $1 and id = $2 and stage = $6 and rev = $7`,
		c.Tx.Home(), e.ID, Done, e.On, c.Now(), Decided, e.Rev)
	counts := map[string]int{}
	for _, m := range e.Moves {
		counts[m.Kind]++
	}
	return e.note(c, "carried", map[string]any{"agencies": keysOf(e.Agencies), "moved": counts, "day": e.On.String()})
}

func (d *Desk) begin(c *act.Call, e *Effect) error {
	for _, g := range e.Agencies {
		now := identity.Agency{Key: g.Key, Name: g.Name, NameEN: g.NameEN, Short: g.Short, USCC: g.USCC, Region: e.Region, Level: g.Level, Address: g.Address, Phone: g.Phone}
		switch g.Fate {
		case Begin:
		case Rename:
			was, err := d.People.Agency(c.Tx, g.Key, e.On)
			if err != nil {
				return err
			}
			now = was
			now.Name, now.NameEN, now.Short = g.Name, g.NameEN, g.Short
		default:
			continue
		}
		now.Span = day.Span{From: e.On}
		if err := d.People.ChangeAgencyIn(c, now); err != nil {
			return err
		}
	}
	return nil
}

// movePowers ends each holding and gives it anew: what one gave another and now holds
// itself is its own.
func (d *Desk) movePowers(c *act.Call, e *Effect) error {
	list := slices.SortedFunc(maps.Values(e.holdings), func(a, b *held) int { return int(a.ID - b.ID) })
	for _, h := range list {
		if err := d.Power.WithdrawIn(c, power.Withdrawal{Holding: h.ID, Until: e.On, Reason: e.Document}); err != nil {
			return err
		}
	}
	if err := c.Tx.Flush(); err != nil {
		return err
	}
	slices.SortStableFunc(list, func(a, b *held) int { return rank(a) - rank(b) })
	for _, h := range list {
		next := power.Holding{Power: h.Power, Agency: h.to, Kind: h.Kind, Giver: h.giver, Basis: e.Document, Span: day.Span{From: e.On, Until: h.Span.Until}}
		if h.giver == h.to {
			next.Kind, next.Giver, next.Span.Until = power.Own, "", 0
		}
		there, err := d.Power.HoldersOf(c.Tx, h.Power, e.On)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(there, func(o power.Holding) bool { return o.Agency == h.to && o.Power == h.Power }) {
			continue // the receiver has it already
		}
		if _, err := d.Power.GiveIn(c, next); err != nil {
			return err
		}
		if err := c.Tx.Flush(); err != nil {
			return err
		}
	}
	return nil
}

// rank puts own powers in front: where two come to one agency, the own one counts.
func rank(h *held) int {
	if h.Kind == power.Own {
		return 0
	}
	return 1
}

func (d *Desk) moveEntries(c *act.Call, e *Effect) error {
	for _, k := range lists.Kinds() {
		b := lists.Batch{List: k.Key, Document: e.Document, From: e.On, Reason: e.Reason, Region: e.Region}
		for _, m := range e.Moves {
			code, mine := cutList(m, k.Key)
			if !mine {
				continue
			}
			now, err := lists.EntryOn(c.Tx, k.Key, code, lists.Stand{Day: e.On})
			if err != nil {
				return err
			}
			columns := maps.Clone(now.Content.Columns)
			columns["agency"] = m.To
			b.Changes = append(b.Changes, lists.Change{Op: lists.Edit, Code: code, Base: now.N, Content: lists.Content{Columns: columns}})
		}
		if len(b.Changes) == 0 {
			continue
		}
		if _, err := d.Lists.ChangeIn(c, b); err != nil {
			return err
		}
		if err := c.Tx.Flush(); err != nil { // the next list's change takes the next number
			return err
		}
	}
	return nil
}

func cutList(m Move, list string) (code string, mine bool) {
	if m.Kind != OnEntry || len(m.Ref) <= len(list) || m.Ref[:len(list)+1] != list+"/" {
		return "", false
	}
	return m.Ref[len(list)+1:], true
}

func (d *Desk) moveItems(c *act.Call, e *Effect) error {
	for _, id := range slices.Sorted(maps.Keys(e.items)) {
		it := e.items[id]
		if err := d.Items.HandIn(c, id, it.v.N, it.to, e.On, e.By); err != nil {
			return err
		}
	}
	return nil
}

func (d *Desk) moveCases(c *act.Call, e *Effect) error {
	goes := map[int64][]string{} // person → agencies
	for _, m := range e.Moves {
		if m.Kind == OnPost && m.To != Nobody {
			goes[e.posts[number(m.Ref)].Person] = append(goes[e.posts[number(m.Ref)].Person], m.To)
		}
	}
	for _, x := range e.Cases {
		to := slices.Collect(maps.Values(x.To))
		keeps := func(person int64) bool {
			return slices.ContainsFunc(goes[person], func(a string) bool { return slices.Contains(to, a) })
		}
		if err := d.Cases(c, x.ID, x.To, e.Document, e.On, keeps); err != nil {
			return err
		}
		if err := c.Tx.Flush(); err != nil {
			return err
		}
	}
	return nil
}

// moveStaff moves posts, and what officers may decide on.
func (d *Desk) moveStaff(c *act.Call, e *Effect) error {
	for _, m := range e.Moves {
		switch m.Kind {
		case OnPost:
			to := m.To
			if to == Nobody {
				to = ""
			}
			if err := d.People.MovePostIn(c, number(m.Ref), to, e.On); err != nil {
				return err
			}
		case OnOfficer:
			if err := d.moveOfficer(c, e, m); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *Desk) moveOfficer(c *act.Call, e *Effect, m Move) error {
	s := e.officers[number(m.Ref)]
	if err := d.Power.UnassignIn(c, s, e.On); err != nil || m.To == Nobody {
		return err
	}
	there, err := d.Power.OfficersOf(c.Tx, m.To, e.On)
	if err != nil {
		return err
	}
	for _, code := range e.decides(m.Agency, m.To, s.Power) {
		if slices.ContainsFunc(there, func(o power.Assignment) bool { return o.Person == s.Person && o.Power == code }) {
			continue
		}
		if _, err := d.Power.AssignIn(c, power.Assignment{Person: s.Person, Agency: m.To, Power: code, Span: day.Span{From: e.On, Until: s.Span.Until}}); err != nil {
			return err
		}
		if err := c.Tx.Flush(); err != nil {
			return err
		}
	}
	return nil
}

// changeSeals is asked again: the cases may have sealed something today.
func (d *Desk) changeSeals(c *act.Call, e *Effect) error {
	e.Seals = nil
	if err := d.seals(c.Tx, e); err != nil {
		return err
	}
	for _, s := range e.Seals {
		if s.First != 0 {
			if err := d.People.SealFromIn(c, s.Agency, s.First); err != nil {
				return err
			}
		} else if err := d.People.EndSealIn(c, s.Agency, s.Last+1); err != nil {
			return err
		}
		to := s.Agency
		if s.First == 0 {
			to = Nobody
		}
		e.Moves = append(e.Moves, Move{s.Agency, OnSeal, s.Last.String() + " " + s.First.String(), to})
	}
	return nil
}

func (d *Desk) end(c *act.Call, e *Effect) error {
	for _, g := range e.Agencies {
		if g.Fate == End {
			if err := d.People.EndAgencyIn(c, g.Key, e.On); err != nil {
				return err
			}
		}
	}
	return nil
}
