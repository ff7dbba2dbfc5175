package demo

import (
	"fmt"

	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
	"tongban/internal/rules/workday"
)

// decrees are the changes of the county's lists during the year that is played; none
// in a county without its lists.
func (p *player) decrees() ([]lists.Batch, error) {
	founded := false
	err := p.h.Store.Read(p.ctx, func(tx *store.Tx) error {
		made, err := lists.Recent(tx, "abolished", 0, 1)
		founded = len(made) > 0
		return err
	})
	if err != nil || !founded {
		return nil, err
	}
	m, err := newListMaker(p.c.book)
	if err != nil {
		return nil, err
	}
	_, later := m.all()
	return later, nil
}

// decreed is when a change is made that takes effect on a day: in the afternoon, on
// that day or the last working day before.
func decreed(cal *workday.Calendar, from day.Day) day.Instant {
	on := from
	for ; ; on-- {
		if working, known := cal.IsWorking(on); working || !known {
			return on.Start() + 15*day.Hour + 30*day.Minute
		}
	}
}

// decree makes a change of a list, by the hand of the catalogue's keeper.
func (p *player) decree(at day.Instant, b lists.Batch) error {
	editor, err := p.c.Actor(p.ctx, "zfb_catalogue_1")
	if err != nil {
		return err
	}
	p.forward(at)
	if _, err := p.h.Lists.Change(p.ctx, editor, "", b); err != nil {
		return fmt.Errorf("list %s: %w", b.List, explained(err))
	}
	return nil
}
