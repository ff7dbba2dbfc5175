package casework

import (
	"context"

	"tongban/internal/process/paper"
	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/record/store"
)

// PreviewDecision is the paper that a decision would send, so that whoever signs
// it has read it. It writes nothing; a verdict that the command would refuse is
// refused here in the same words.
func (o *Office) PreviewDecision(ctx context.Context, a act.Actor, id, task int64, v Verdict) (paper.Preview, error) {
	var out paper.Preview
	if err := v.check(); err != nil {
		return out, err
	}
	err := o.see(ctx, a, id, "paper", a.Purpose, func(tx *store.Tx) error {
		m := &matter{o: o, c: &act.Call{Tx: tx, Actor: a}}
		var err error
		if m.p, err = proceeding.Get(tx, id); err != nil {
			return err
		}
		if m.f, err = getFile(tx, id); err != nil {
			return err
		}
		if m.v, err = o.Items.ByID(tx, m.p.ItemVersion); err != nil {
			return err
		}
		if m.v, err = o.holding(tx, m.v, m.f); err != nil {
			return err
		}
		if m.key, err = o.Vault.Key(tx, m.p.Key); err != nil {
			return err
		}
		t, err := proceeding.OpenTask(tx, id, task, 0)
		if err != nil {
			return err
		}
		f, err := m.paperFacts(t.Agency)
		if err != nil {
			return err
		}
		f.Number = m.p.Number
		m.decisionFacts(v)(&f)
		out, err = o.Papers.Preview(tx, m.decisionKind(v), t.Agency, f)
		return err
	})
	return out, err
}
