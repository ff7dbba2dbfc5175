package catalog

import (
	"tongban/internal/record/act"
	"tongban/internal/rules/day"
)

// EndIn ends an item on a day inside another command, which was decided by more
// than one person and has asked for its own right. base is the version that they
// saw; when another was published since it is a Conflict. A proposal that waits for
// publication then can no longer be published on the version it was made from.
func EndIn(c *act.Call, item int64, base int, from day.Day, reason string, proposedBy int64) error {
	r, err := lockItem(c.Tx, item)
	if err != nil {
		return err
	}
	if r.newest != base {
		return act.Changed("catalog.thing.item")
	}
	if from < c.Today() {
		return act.Wrong("catalog.proposal.past", "name", r.code, "day", from)
	}
	if err := r.end(c, Proposal{From: from, Reason: reason, By: proposedBy}); err != nil {
		return err
	}
	bump(c.Tx)
	return nil
}
