package notices

import (
	"tongban/internal/record/store"
	"tongban/internal/web/ui"
	"tongban/internal/work/adjust"
)

// running says what becomes of the running cases of each item that is changed.
func (d *One) running(tx *store.Tx) error {
	all, err := adjust.Entries(tx, d.ID)
	for _, e := range all {
		switch {
		case !e.GoesOn() || len(d.Running) == entriesShow:
		case e.Moves == "":
			d.Running = append(d.Running, ui.M("notices.running.stay", "name", e.Name))
		default:
			d.Running = append(d.Running, ui.M("notices.running.move", "name", e.Name, "day", ui.OnDay(d.From), "article", e.Moves))
		}
	}
	return err
}
