package adjust

import (
	"tongban/internal/record/store"
	"tongban/internal/rules/checkup"
)

// Differing is what is found about plans by reading what can matter for them, or
// everything; and how much was read.
func (d *Desk) Differing(tx *store.Tx, x *Examined, everything bool) (list []checkup.Finding, read int, err error) {
	few := fewPowers
	if everything {
		few = -1
	}
	c, err := d.catalogue(tx, x, few)
	if err != nil {
		return nil, 0, err
	}
	return differing(c, x), len(c.Powers) + len(c.Items), nil
}
