package adjust

import (
	"context"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/day"
)

// redateIn is the input of Redate.
type redateIn struct {
	At
	From day.Day
}

// Redate puts the effective day later, when the way took longer than was planned.
func (d *Desk) Redate(ctx context.Context, a act.Actor, token string, at At, from day.Day) error {
	_, err := act.Run(ctx, d.Runner, a, token, CommandRedate, redateIn{at, from}, func(c *act.Call, in redateIn) (struct{}, error) {
		x, err := hold(c, in.At, Consent, Panel, Decided, Notice)
		if err != nil {
			return struct{}{}, err
		}
		if in.From < c.Today() || in.From < x.From {
			return struct{}{}, act.Refuse("adjust.past", "day", in.From).Then("adjust.past.next")
		}
		c.Tx.Put(`update adjustment set from_day = $3 where home = $1 and id = $2`, c.Tx.Home(), x.ID, in.From)
		was := x.From
		x.From = in.From
		return struct{}{}, x.note(c, "redated", map[string]any{"was": was.String(), "from": in.From.String()})
	})
	return err
}

// Applied is what an adjustment did.
type Applied struct {
	Changes map[string]int64 `json:"changes,omitempty"` // number of the change by list
	Items   int              `json:"items,omitempty"`   // that ended or have a new version
	Powers  int              `json:"powers,omitempty"`  // holdings given and withdrawn
}

// Apply carries the adjustment into the lists, the catalogue and the powers, all of
// it or nothing, from its effective day. The notice has ended and its comments are
// answered. An entry that somebody else changed since is a Conflict.
func (d *Desk) Apply(ctx context.Context, a act.Actor, token string, at At) (Applied, error) {
	return act.Run(ctx, d.Runner, a, token, CommandApply, at, func(c *act.Call, at At) (Applied, error) {
		x, err := hold(c, at, Notice)
		if err != nil {
			return Applied{}, err
		}
		if err := mayApply(c, x); err != nil {
			return Applied{}, err
		}
		now := &Examined{Adjustment: x}
		if now.Entries, err = Entries(c.Tx, x.ID); err != nil {
			return Applied{}, err
		}
		if err := d.faults(c.Tx, now); err != nil {
			return Applied{}, err
		}
		if err := now.wrong(); err != nil {
			return Applied{}, err
		}
		done, err := d.carry(c, now)
		if err != nil {
			return Applied{}, err
		}
		if err := d.listed(c, now); err != nil {
			return Applied{}, err
		}
		c.Tx.PutOne(act.Changed("adjust.thing.adjustment"), `update adjustment set stage = $3, done_by = $4, done_at = $5 where home = $1 and id = $2 and stage = $6 and rev = $7`,
			c.Tx.Home(), x.ID, Done, c.Actor.Person, c.Now(), Notice, x.Rev)
		return done, x.note(c, "applied", map[string]any{"changes": done.Changes, "items": done.Items, "powers": done.Powers, "entries": len(now.Entries)})
	})
}

func mayApply(c *act.Call, x Adjustment) error {
	if c.Today() <= x.NoticeUntil {
		return act.Refuse("adjust.notice.runs", "day", x.NoticeUntil).Then("adjust.notice.runs.next")
	}
	if x.From < c.Today() {
		return act.Refuse("adjust.past", "day", x.From).Then("adjust.past.next")
	}
	var open int
	if _, err := c.Tx.Get([]any{&open}, `select count(*) from adjustment_comment where home = $1 and adjustment = $2 and outcome = ''`, c.Tx.Home(), x.ID); err != nil {
		return err
	}
	if open > 0 {
		return act.Refuse("adjust.notice.unanswered", "n", open)
	}
	return nil
}

// carry writes everything. What an agency loses it loses before another gets it.
func (d *Desk) carry(c *act.Call, x *Examined) (done Applied, err error) {
	was := map[string]string{} // holder of each power, before the lists change
	for _, e := range x.Entries {
		if now, err := d.holder(c, e); err != nil {
			return done, err
		} else if now != "" {
			was[e.List+" "+e.Code] = now
		}
	}
	done.Changes = map[string]int64{}
	for _, b := range batches(x.Adjustment, x.Entries) {
		did, err := d.Lists.ChangeIn(c, b)
		if err != nil {
			return done, err
		}
		if did.Seq != 0 {
			done.Changes[b.List] = did.Seq
		}
		// The next list's change takes the next number.
		if err := c.Tx.Flush(); err != nil {
			return done, err
		}
	}
	for _, e := range x.Entries {
		if e.List == OnItems && (e.ends() || e.begins() || e.renews()) {
			if err := d.item(c, x.Adjustment, e); err != nil {
				return done, err
			}
			done.Items++
		}
	}
	for _, e := range x.Entries {
		n, err := d.powers(c, x.Adjustment, e, was[e.List+" "+e.Code])
		if err != nil {
			return done, err
		}
		done.Powers += n
	}
	return done, nil
}

// holder is the agency that a list of powers names for an entry now.
func (d *Desk) holder(c *act.Call, e Entry) (string, error) {
	if e.List != "power" {
		return "", nil
	}
	now, err := newest(c.Tx, e.List, e.Code)
	if err != nil || now == nil || now.Ended {
		return "", err
	}
	return now.Agency, nil
}

// item enters a new item, ends one, or publishes its next version. Running cases keep
// the version that they began with, unless the entry says that they are moved. Nobody
// publishes what they wrote.
func (d *Desk) item(c *act.Call, x Adjustment, e Entry) error {
	if e.begins() {
		return d.enter(c, x, e)
	}
	item, err := d.Items.ByCode(c.Tx, e.Code)
	switch {
	case err != nil:
		return err
	case e.ends():
		return catalog.EndIn(c, item, e.Base, x.From, x.Reason, e.Touched)
	case e.Proposal != 0:
		_, err = catalog.PublishProposal(c, e.Proposal)
	default:
		b := becomes{Entry: e}
		if err = d.renewed(c.Tx, x, &b); err == nil {
			err = catalog.AsError(b.wrong)
		}
		if err == nil {
			_, err = catalog.RenewIn(c, item, e.Base, b.is, e.Touched)
		}
	}
	if err != nil {
		return err
	}
	return d.moveCases(c, x, e, item)
}

// enter enters a new item as the adjustment has it, written by whoever handed it in.
func (d *Desk) enter(c *act.Call, x Adjustment, e Entry) error {
	by := e.Touched
	if e.Guided {
		k, err := keptOf(c.Tx, x.ID, e.Code)
		if err != nil {
			return err
		}
		by = k.by
	}
	draft, problems, err := d.drafted(c.Tx, x.ID, e.whole())
	if err == nil {
		err = catalog.AsError(problems)
	}
	if err != nil {
		return err
	}
	_, err = catalog.EnterIn(c, draft, d.Region, x.From, by)
	return err
}

// listed notes in the tasks of a higher level's batch from which day the lists say so.
func (d *Desk) listed(c *act.Call, x *Examined) error {
	if x.Order == 0 {
		return nil
	}
	for _, key := range concerned(x.Entries) {
		c.Tx.Put(`update adjustment_task set listed = $4 where home = $1 and ordered = $2 and agency = $3 and answer = 'follow' and listed = 0`,
			c.Tx.Home(), x.Order, key, x.From)
	}
	_, err := c.Note(nil, ledger.Event{Stream: orderStream(x.Order), Kind: "adjust.listed", Day: x.From, Facts: map[string]any{"adjustment": x.ID, "agencies": concerned(x.Entries)}})
	return err
}
