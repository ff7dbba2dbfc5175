package adjustments

import (
	"net/http"
	"strconv"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/web/door"
	"tongban/internal/web/ui"
	"tongban/internal/work/adjust"
	"tongban/internal/work/casework"
)

// Moving is what becomes of the running cases of the items that an adjustment changes.
type Moving struct {
	Says    []ui.Text // of each item
	Orders  ui.Table  // once it was carried out
	Refused ui.Table  // cases that could not be moved, the first of them
	More    bool      // there are more
}

// refusedShow bounds the cases that are named one by one.
const refusedShow = 50

// moving says what is planned, and later what was done.
func (o *desk) moving(tx *store.Tx, r *http.Request, d *One) error {
	going, err := o.adjust.Going(tx, d.Entries)
	if err != nil {
		return err
	}
	for _, g := range going {
		key := "adjustments.moving.stay"
		if g.Moves != "" {
			key = "adjustments.moving.move"
		}
		if d.Stage != adjust.Done {
			d.Moving.Says = append(d.Moving.Says, ui.M(key, "name", g.Name, "n", g.Open, "day", ui.OnDay(d.From), "article", g.Moves))
		}
	}
	orders, err := casework.MovesFor(tx, d.ID)
	if err != nil || len(orders) == 0 {
		return err
	}
	_, err = o.House.Office.Overseen(tx, door.Actor(r))
	leads := err == nil
	if err != nil && act.KindOf(err) != act.Refused {
		return err
	}
	d.Moving.Orders = ui.Table{Caption: ui.M("adjustments.moving"), HideCaption: true, Columns: columns("item", "article", "moved", "not_moved", "state")}
	d.Moving.Refused = ui.Table{Caption: ui.M("adjustments.moving.refused"), Columns: columns("case", "why")}
	names := map[int64]string{}
	for _, g := range going {
		names[g.Item] = g.Name
	}
	for _, x := range orders {
		c := ui.Cell{Text: ui.Plain(names[x.Item])}
		if leads {
			c.Href = "/manage/moves/" + strconv.FormatInt(x.ID, 10)
		}
		d.Moving.Orders.Rows = append(d.Moving.Orders.Rows, ui.Row{Cells: []ui.Cell{c, {Text: ui.Plain(x.Article)}, {Text: ui.Count(x.Moved)}, {Text: ui.Count(x.Refused)},
			{Text: ui.M("manage.moves.state." + x.State)}}})
		lines, err := casework.MoveLines(tx, x.ID, casework.LineRefused, "", 0, refusedShow+1)
		if err != nil {
			return err
		}
		for _, l := range lines {
			if d.Moving.More = len(d.Moving.Refused.Rows) == refusedShow; d.Moving.More {
				break
			}
			d.Moving.Refused.Rows = append(d.Moving.Refused.Rows, ui.Row{Cells: ui.Cells(ui.Plain(l.Number), ui.Plain(l.Why))})
		}
	}
	return nil
}
