package proceeding

import (
	"cmp"
	"slices"

	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

// Backlog is what lies open at an agency.
type Backlog struct {
	Agency  string
	Open    int         // open tasks, at most CountMax from each post
	Overdue int         // of them, due before today
	Oldest  day.Instant // when the one of them that has been open longest was opened
	More    bool        // a post has more than CountMax
}

// Backlogs tells what lies open at each agency, the one with the most overdue
// first. It goes from post to post by the index of the worklists and reads in
// each at most CountMax rows, the ones due first: its cost follows what is
// open, never what was done.
func Backlogs(tx *store.Tx) ([]Backlog, error) {
	found := map[string]*Backlog{}
	at := Place{}
	for {
		more, err := at.next(tx)
		if err != nil {
			return nil, err
		}
		if !more {
			break
		}
		b := found[at.Agency]
		if b == nil {
			b = &Backlog{Agency: at.Agency}
			found[at.Agency] = b
		}
		if err := b.add(tx, at); err != nil {
			return nil, err
		}
	}
	list := make([]Backlog, 0, len(found))
	for _, b := range found {
		list = append(list, *b)
	}
	slices.SortFunc(list, func(a, b Backlog) int {
		return cmp.Or(cmp.Compare(b.Overdue, a.Overdue), cmp.Compare(b.Open, a.Open), cmp.Compare(a.Agency, b.Agency))
	})
	return list, nil
}

// next goes on to the next post with open tasks, in the order of the
// index: one row is read for a post and one more for an agency.
func (at *Place) next(tx *store.Tx) (bool, error) {
	more, err := tx.Get([]any{&at.Post}, `select post from task where home = $1 and agency = $2 and post > $3 and state = 'open' order by post limit 1`,
		tx.Home(), at.Agency, at.Post)
	if err != nil || more {
		return more, err
	}
	more, err = tx.Get([]any{&at.Agency}, `select agency from task where home = $1 and agency > $2 and state = 'open' order by agency limit 1`, tx.Home(), at.Agency)
	if err != nil || !more {
		return false, err
	}
	_, err = tx.Get([]any{&at.Post}, `select post from task where home = $1 and agency = $2 and state = 'open' order by post limit 1`, tx.Home(), at.Agency)
	return true, err
}

func (b *Backlog) add(tx *store.Tx, at Place) error {
	var open, overdue int
	var oldest day.Instant
	if _, err := tx.Get([]any{&open, &overdue, &oldest}, `select count(*), coalesce(sum(case when due > 0 and due < $4 then 1 else 0 end), 0), coalesce(min(opened), 0)
		from (select due, opened from task where home = $1 and agency = $2 and post = $3 and state = 'open' order by due, id limit $5) x`,
		tx.Home(), at.Agency, at.Post, tx.Today(), CountMax); err != nil {
		return err
	}
	b.Open += open
	b.Overdue += overdue
	b.More = b.More || open == CountMax
	if oldest > 0 && (b.Oldest == 0 || oldest < b.Oldest) {
		b.Oldest = oldest
	}
	return nil
}
