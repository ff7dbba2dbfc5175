package inspect

import (
	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/rules/checkup"
)

// OnSaid has f called whenever it was said how far an ordered check is.
func (d *Desk) OnSaid(f func()) { d.said = f }

// Differing is what Proposed finds about an item.
func (d *Desk) Differing(tx *store.Tx, it checkup.Item) ([]checkup.Finding, error) {
	return d.differing(tx, it)
}

// DifferingIn is the same, judged in a catalogue that was read.
func DifferingIn(c *checkup.Catalogue, it checkup.Item) []checkup.Finding { return differing(c, it) }

// WouldIn is what Would finds, judged in a catalogue that was read.
func WouldIn(tx *store.Tx, c *checkup.Catalogue, powers []lists.Difference, items ...checkup.Item) ([]checkup.Finding, error) {
	return would(tx, c, powers, items)
}

// Around is as much of the catalogue as was read for an item.
func (d *Desk) Around(tx *store.Tx, it checkup.Item) (*checkup.Catalogue, error) {
	s, err := d.setting(tx)
	if err != nil {
		return nil, err
	}
	return d.around(tx, s, it)
}
