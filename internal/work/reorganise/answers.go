package reorganise

import (
	"slices"
	"strconv"

	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

func number(s string) int64 {
	n, _ := strconv.ParseInt(s, 10, 64)
	return n
}

// Step is one step from an agency to who answers in its place.
type Step struct {
	Act      int64
	Document string
	Day      day.Day
	From, To string
	Fate     string
}

// Answer is who answers for what an agency wrote.
type Answer struct {
	Now   []string // keys; several where an agency was split and nothing says which
	Steps []Step   // in the order of their days
}

// About says what a document of an agency is about, so far as one knows; each may be
// left out. The most exact decides.
type About struct {
	Case int64  // the case that it was written on
	Item string // code of the item, or of the power
}

func (b About) moves(agency string) (list []Move) {
	if b.Case != 0 {
		list = append(list, Move{agency, OnCase, text(b.Case), ""})
	}
	if b.Item != "" {
		list = append(list, Move{agency, OnItem, b.Item, ""}, Move{agency, OnPower, b.Item, ""})
	}
	return list
}

// Answers finds who answers on a day for a document that an agency wrote on an earlier
// one: through every act since, a merger of a part of a renamed one as well.
func Answers(tx *store.Tx, agency string, written, on day.Day, about About) (a Answer, err error) {
	a.Now = []string{agency}
	acts, err := store.All(tx, scan, `select `+columns+` from reorganisation where home = $1 and stage = $2 and done_day >= $3 and done_day <= $4 order by done_day, done_at, id`,
		tx.Home(), Done, written, on)
	if err != nil {
		return a, err
	}
	for _, x := range acts {
		var next []string
		for _, key := range a.Now {
			to, err := a.step(tx, x, key, about)
			if err != nil {
				return a, err
			}
			next = append(next, to...)
		}
		slices.Sort(next)
		a.Now = slices.Compact(next)
	}
	return a, nil
}

// step is who answers for an agency after one act: itself where the act leaves it.
func (a *Answer) step(tx *store.Tx, x Act, key string, about About) ([]string, error) {
	g, found, err := store.Find(tx, func(r store.Row) (g Agency, err error) { return g, r.Scan(&g.Fate, &g.Heir) },
		`select fate, heir from reorganisation_agency where home = $1 and act = $2 and agency = $3`, tx.Home(), x.ID, key)
	if err != nil || !found || g.Fate == Begin {
		return []string{key}, err
	}
	to := []string{key}
	if g.Fate == End || g.Fate == Cede {
		if to, err = receivers(tx, x.ID, key, g, about); err != nil {
			return nil, err
		}
	}
	for _, t := range to {
		if t != key || g.Fate == Rename {
			a.Steps = append(a.Steps, Step{x.ID, x.Document, x.DoneDay, key, t, g.Fate})
		}
	}
	return to, nil
}

func receivers(tx *store.Tx, id int64, key string, g Agency, about About) ([]string, error) {
	for _, m := range about.moves(key) {
		var to string
		found, err := tx.Get([]any{&to}, `select receiver from reorganisation_move where home = $1 and act = $2 and agency = $3 and kind = $4 and ref = $5`,
			tx.Home(), id, key, m.Kind, m.Ref)
		if err != nil || found {
			return []string{to}, err
		}
	}
	switch {
	case g.Fate == Cede:
		return []string{key}, nil
	case g.Heir != "":
		return []string{g.Heir}, nil
	}
	return store.All(tx, func(r store.Row) (s string, err error) { return s, r.Scan(&s) },
		`select distinct receiver from reorganisation_move where home = $1 and act = $2 and agency = $3 and kind in ('power', 'item', 'case', 'entry') order by 1`,
		tx.Home(), id, key)
}

// Became lists the acts that are done and changed what an agency is or has, the oldest
// first.
func Became(tx *store.Tx, agency string) ([]Act, error) {
	return store.All(tx, scan, `select `+columns+` from reorganisation where home = $1 and stage = $2 and id in
		(select act from reorganisation_agency where home = $1 and agency = $3) order by done_day, done_at, id`, tx.Home(), Done, agency)
}

// Heirs lists the agencies of which an agency took something over, each by one act:
// the steps that lead to it, the oldest first.
func Heirs(tx *store.Tx, agency string) ([]Step, error) {
	return store.All(tx, func(r store.Row) (s Step, err error) {
		s.To = agency
		return s, r.Scan(&s.Act, &s.Document, &s.Day, &s.From, &s.Fate)
	}, `select r.id, r.document, r.done_day, g.agency, g.fate from reorganisation r join reorganisation_agency g on g.home = r.home and g.act = r.id
		where r.home = $1 and r.stage = $2 and (g.heir = $3 or exists (select 1 from reorganisation_move m
			where m.home = g.home and m.act = g.act and m.agency = g.agency and m.receiver = $3 and m.done))
		order by r.done_day, r.done_at, r.id, g.agency`, tx.Home(), Done, agency)
}
