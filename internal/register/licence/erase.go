package licence

import (
	"slices"

	"tongban/internal/record/act"
)

// Erasure is on what the content of licences is erased.
type Erasure struct {
	Article string
	Natural bool   // the holder is a natural person: the masked name goes too
	Label   string // what stands in its place
}

// EraseIn notes, on each licence that came from a proceeding, that its content is
// erased, inside the command that destroys the proceeding's data key. Number,
// days and state stay: whoever scans its code is told that it was real and that
// nothing more is kept.
func (r *Register) EraseIn(c *act.Call, proceeding int64, e Erasure) error {
	all, err := OfProceeding(c.Tx, proceeding)
	if err != nil {
		return err
	}
	var roots []int64
	for _, l := range all {
		if !slices.Contains(roots, l.Root) {
			roots = append(roots, l.Root)
		}
	}
	for _, root := range roots {
		rows, err := Versions(c.Tx, root)
		if err != nil {
			return err
		}
		l, err := lock(c.Tx, rows[len(rows)-1].ID)
		if err != nil {
			return err
		}
		was := l.chain
		rows[len(rows)-1] = l
		if e.Natural {
			for _, x := range rows {
				x.Label = e.Label
			}
			c.Tx.Put(`update licence set label = $3 where home = $1 and root = $2`, c.Tx.Home(), root, e.Label)
		}
		if err := l.append(c, deed{kind: "licence.erased", article: e.Article}, rows...); err != nil {
			return err
		}
		l.saveState(c.Tx, was)
	}
	return nil
}
