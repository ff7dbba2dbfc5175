package casework

import (
	"context"

	"tongban/internal/record/act"
)

var removeFile = act.Command{Name: "case.remove_file", Right: "case.draft"}

// RemoveFileIn takes a file out of a draft.
type RemoveFileIn struct {
	Draft int64 `json:"draft"`
	File  int64 `json:"file"`
}

// RemoveFile takes a file out of a draft of the actor's own. What has been
// handed in with an application stays with it.
func (o *Office) RemoveFile(ctx context.Context, a act.Actor, token string, in RemoveFileIn) (Done, error) {
	return act.Run(ctx, o.Runner, a, token, removeFile, in, func(c *act.Call, in RemoveFileIn) (Done, error) {
		d, err := o.holdDraft(c.Tx, c.Actor.Person, in.Draft)
		if err != nil {
			return Done{}, err
		}
		if d.Submitted {
			return Done{}, act.Changed("casework.draft")
		}
		v, err := o.Items.InForce(c.Tx, d.Item, c.Today())
		if err != nil {
			return Done{}, err
		}
		if err := o.mayApply(c, v, d.Subject, false); err != nil {
			return Done{}, err
		}
		o.Files.Remove(c.Tx, FilesOf(d.ID), in.File)
		return Done{Case: d.ID, Extra: in.File}, nil
	})
}
