package object

import (
	"context"

	"tongban/internal/process/notice"
	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

const (
	eraseBatch = 100
	eventsMost = 100 // of one objection
)

// EraseDue destroys who made objections and what they wrote, where the set time
// after the answer is over. What was answered stays, as it was published. Run it
// every hour, and write the list of destroyed keys after it.
func (d *Desk) EraseDue(ctx context.Context) error {
	for after := int64(0); ; {
		var some []Objection
		if err := d.Runner.Store.Read(ctx, func(tx *store.Tx) (err error) {
			// A term of working days is no shorter than as many days.
			latest := (tx.Today() - day.Day(Terms().Keep.Days)).Start()
			some, err = store.All(tx, scan, `select `+columns+` from objection where home = $1 and outcome <> '' and erased = 0 and answered < $2 and id > $3
				order by id limit $4`, tx.Home(), latest, after, eraseBatch)
			return err
		}); err != nil {
			return err
		}
		for _, x := range some {
			if after = x.ID; !d.kept(&x, d.Runner.Store.Now().Day()) {
				if _, err := act.Run(ctx, d.Runner, act.Machine(), "", CommandErase, x.ID, d.erase); err != nil {
					return err
				}
			}
		}
		if len(some) < eraseBatch {
			return nil
		}
	}
}

// kept tells whether what was said is still kept on a day.
func (d *Desk) kept(x *Objection, on day.Day) bool {
	return x.Outcome == "" || on <= d.last(x.AnsweredAt.Day(), Terms().Keep.Term)
}

// erase destroys the key of what was said with its name, contact and words, the
// notice of the answer, and what leads to the account.
func (d *Desk) erase(c *act.Call, id int64) (struct{}, error) {
	x, err := hold(c, id)
	if err != nil || x.Erased != 0 || d.kept(&x, c.Today()) {
		return struct{}{}, err
	}
	keys, err := d.Vault.KeysOf(c.Tx, "objection", x.ID)
	if err != nil {
		return struct{}{}, err
	}
	for _, k := range keys {
		if err := d.Vault.Erase(c.Tx, k); err != nil {
			return struct{}{}, err
		}
	}
	acts, err := d.Runner.Ledger.EventsOf(c.Tx, "objection/"+x.Number, eventsMost)
	if err != nil {
		return struct{}{}, err
	}
	for _, event := range acts {
		notice.EraseOf(c.Tx, event)
	}
	c.Tx.PutOne(act.Changed("object.thing.objection"), `update objection set said = $3, person = 0, erased = $4 where home = $1 and id = $2 and erased = 0`,
		c.Tx.Home(), x.ID, []byte{}, c.Now())
	return struct{}{}, x.note(c, "erased", 0, map[string]any{ledger.FactErased: keys, "kept": Terms().Keep.String()})
}
