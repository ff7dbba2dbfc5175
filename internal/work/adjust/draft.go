package adjust

import (
	"context"
	"strconv"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/law"
	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// Head is what an adjustment says of itself.
type Head struct {
	Document  string
	Level     string // one of Levels; "" is county
	Reason    string
	Source    string // one of Sources; "" is Own
	LawChange int64  // with Law: what happened to the law
	Order     int64  // with Above: the batch
	From      day.Day
}

// Begun refers to an adjustment that a command left.
type Begun struct {
	At
	Entries int
}

// settle checks a head.
func (h *Head) settle(tx *store.Tx) error {
	h.Document, h.Reason = strings.TrimSpace(h.Document), strings.TrimSpace(h.Reason)
	if h.Level == "" {
		h.Level = Levels[0]
	}
	if h.Source == "" {
		h.Source = Own
	}
	var wrong []act.Field
	add := func(name, key string, pairs ...any) {
		wrong = append(wrong, act.Field{Name: name, Msg: wording.M(key, pairs...)})
	}
	if n := len([]rune(h.Document)); n == 0 || n > maxDocument {
		add("document", "adjust.document", "max", maxDocument)
	}
	if n := len([]rune(h.Reason)); n == 0 || n > maxWords {
		add("reason", "adjust.reason", "max", maxWords, "got", n)
	}
	if !one(Levels, h.Level) {
		add("level", "adjust.level")
	}
	switch {
	case h.From == 0:
		add("from", "adjust.from")
	case h.From < tx.Today():
		add("from", "adjust.past", "day", h.From)
	}
	if !one(Sources, h.Source) || (h.Source == Law) != (h.LawChange != 0) || (h.Source == Above) != (h.Order != 0) {
		add("source", "adjust.source")
	}
	if h.LawChange != 0 {
		if _, err := law.ChangeByID(tx, h.LawChange); act.KindOf(err) == act.NotFound {
			add("law_change", "adjust.source")
		} else if err != nil {
			return err
		}
	}
	return act.WrongFields("adjust.wrong", wrong)
}

func one(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// Begin opens an adjustment. One that a law's change brought begins with everything
// that rests on what changed; somebody settles what becomes of each.
func (d *Desk) Begin(ctx context.Context, a act.Actor, token string, h Head) (Begun, error) {
	return act.Run(ctx, d.Runner, a, token, CommandDraft, h, func(c *act.Call, h Head) (Begun, error) {
		if err := c.Allow(act.Scope{Agency: c.Actor.Agency, Region: d.Region}); err != nil {
			return Begun{}, err
		}
		if err := h.settle(c.Tx); err != nil {
			return Begun{}, err
		}
		if h.Order != 0 {
			if _, err := OrderByID(c.Tx, h.Order); err != nil {
				return Begun{}, err
			}
		}
		tx := c.Tx
		x := Adjustment{ID: tx.NewID(), Document: h.Document, From: h.From}
		tx.Put(`insert into adjustment(home, id, document, level, reason, source, law_change, ordered, region, stage, from_day, rev, drafted_by, agency, began)
			values($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1, $12, $13, $14)`, tx.Home(), x.ID, h.Document, h.Level, h.Reason, h.Source, h.LawChange, h.Order,
			d.Region, Draft, h.From, c.Actor.Person, c.Actor.Agency, tx.Now())
		n, err := d.rests(c, x, h.LawChange)
		if err != nil {
			return Begun{}, err
		}
		return Begun{At{x.ID, 1}, n}, x.note(c, "drafted", map[string]any{"source": h.Source, "reason": h.Reason, "entries": n, "law_change": h.LawChange})
	})
}

// rests puts an unsettled entry for each subject that rests on what changed and
// is the drafter's to adjust, up to what an adjustment holds.
func (d *Desk) rests(c *act.Call, x Adjustment, change int64) (n int, err error) {
	var after law.Subject
	for change != 0 && n < mostEntries {
		subjects, err := law.TouchedBy(c.Tx, change, after, mostEntries)
		if err != nil || len(subjects) == 0 {
			return n, err
		}
		for _, s := range subjects {
			put, err := d.resting(c, x, s)
			if err != nil {
				return n, err
			}
			if after = s; put {
				n++
			}
			if n == mostEntries {
				break
			}
		}
	}
	return n, nil
}

// resting puts the entry for a subject; false when it is not for this adjustment.
func (d *Desk) resting(c *act.Call, x Adjustment, s law.Subject) (bool, error) {
	e, known, err := d.subject(c.Tx, s)
	if err != nil || !known {
		return false, err
	}
	e.Touched = c.Actor.Person
	if err := d.settle(c.Tx, x, &e); err != nil {
		if act.KindOf(err) == act.Invalid {
			return false, nil // it went off its list since
		}
		return false, err
	}
	switch err := d.Runner.Rights.Authorise(c.Tx, c.Actor, c.Command.Right, act.Scope{Agency: e.Agency, Region: d.Region}); {
	case act.KindOf(err) == act.Refused:
		return false, nil // another agency's, which drafts its own
	case err != nil:
		return false, err
	}
	return true, e.put(c.Tx, x.ID)
}

// subject is the entry about something that rests on law; false when it is on no
// list that is adjusted.
func (d *Desk) subject(tx *store.Tx, s law.Subject) (e Entry, known bool, err error) {
	if s.Kind != catalog.LawKind {
		_, err = lists.KindOf(s.Kind)
		return Entry{List: s.Kind, Code: s.Code}, err == nil, nil
	}
	item, err := strconv.ParseInt(s.Code, 10, 64)
	if err != nil {
		return e, false, err
	}
	v, err := d.Items.Versions(tx, item)
	if err != nil || len(v) == 0 {
		if act.KindOf(err) == act.NotFound {
			err = nil
		}
		return e, false, err
	}
	return Entry{List: OnItems, Code: v[len(v)-1].Code}, true, nil
}

// Edit changes what a draft says. Nil and empty parts are left as they are.
type Edit struct {
	At
	Head   *Head   // all of it
	Put    []Entry // each in place of the one of its list and code
	Remove []int64 // ids of entries
}

// editIn is by what a repetition is known.
type editIn struct {
	At
	Head   *Head
	Put    []Entry
	Remove []int64
}

// Edit changes a draft. When somebody else changed it since it was seen, it is a
// Conflict and nothing is written.
func (d *Desk) Edit(ctx context.Context, a act.Actor, token string, e Edit) (Begun, error) {
	return act.Run(ctx, d.Runner, a, token, CommandEdit, editIn(e), func(c *act.Call, in editIn) (Begun, error) {
		x, err := hold(c, in.At, Draft)
		if err != nil {
			return Begun{}, err
		}
		tx := c.Tx
		if h := in.Head; h != nil {
			if err := h.settle(tx); err != nil {
				return Begun{}, err
			}
			tx.Put(`update adjustment set document = $3, level = $4, reason = $5, source = $6, law_change = $7, ordered = $8, from_day = $9 where home = $1 and id = $2`,
				tx.Home(), x.ID, h.Document, h.Level, h.Reason, h.Source, h.LawChange, h.Order, h.From)
			x.Document, x.From = h.Document, h.From
		}
		for _, id := range in.Remove {
			tx.Put(`delete from adjustment_item where home = $1 and adjustment = $2 and code in
				(select code from adjustment_entry where home = $1 and adjustment = $2 and id = $3 and list = $4)`, tx.Home(), x.ID, id, OnItems)
			tx.PutOne(act.Changed("adjust.thing.entry"), `delete from adjustment_entry where home = $1 and adjustment = $2 and id = $3`, tx.Home(), x.ID, id)
		}
		if err := d.putAll(c, x, in.Put); err != nil {
			return Begun{}, err
		}
		if err := tx.Flush(); err != nil {
			return Begun{}, err
		}
		if err := x.ownOnly(c); err != nil {
			return Begun{}, err
		}
		var n int
		if _, err := tx.Get([]any{&n}, `select count(*) from adjustment_entry where home = $1 and adjustment = $2`, tx.Home(), x.ID); err != nil {
			return Begun{}, err
		}
		if n > mostEntries {
			return Begun{}, act.Wrong("adjust.many", "max", mostEntries, "got", n)
		}
		tx.PutOne(act.Changed("adjust.thing.adjustment"), `update adjustment set rev = rev + 1 where home = $1 and id = $2 and rev = $3`, tx.Home(), x.ID, x.Rev)
		return Begun{At{x.ID, x.Rev + 1}, n}, x.note(c, "edited", map[string]any{"put": len(in.Put), "removed": len(in.Remove), "entries": n})
	})
}

// putAll settles and writes entries; what is wrong is told for all of them.
func (d *Desk) putAll(c *act.Call, x Adjustment, entries []Entry) error {
	var wrong []act.Field
	for i, e := range entries {
		e.ID, e.Touched = 0, c.Actor.Person
		brought := e.Content != nil || e.Written != nil
		err := d.settle(c.Tx, x, &e)
		if fields := fieldsOf(err); len(fields) > 0 && len(wrong) < 100 {
			if len(entries) > 1 {
				fields[0].Name = "entry." + strconv.Itoa(i)
			}
			wrong = append(wrong, fields...)
			continue
		}
		if err != nil {
			return err
		}
		if err := e.put(c.Tx, x.ID); err != nil {
			return err
		}
		e.keep(c.Tx, x.ID, brought)
	}
	return act.WrongFields("adjust.wrong", wrong)
}

func fieldsOf(err error) []act.Field {
	if e, ok := err.(*act.Error); ok && e.Kind == act.Invalid {
		return e.Fields
	}
	return nil
}

// reasoned is the input of commands that carry a reason.
type reasoned struct {
	At
	Reason string
}

// Drop puts an adjustment away that has not taken effect.
func (d *Desk) Drop(ctx context.Context, a act.Actor, token string, at At, reason string) error {
	return d.reasoned(ctx, a, token, CommandDrop, reasoned{at, reason}, func(c *act.Call, in reasoned) error {
		x, err := holdFor(c, in.At, func(a Adjustment) act.Scope {
			if a.Stage == Draft {
				return act.Scope{Agency: a.Agency, Region: a.Region}
			}
			return act.Scope{Region: a.Region}
		}, Draft, Consent, Panel, Decided, Notice)
		if err != nil {
			return err
		}
		x.move(c, Dropped)
		return x.note(c, "dropped", map[string]any{"reason": in.Reason, "stage": x.Stage})
	})
}

// Reopen takes an adjustment back to be written again: what agencies and panel
// said of the former text no longer counts, and stays in the ledger.
func (d *Desk) Reopen(ctx context.Context, a act.Actor, token string, at At, reason string) error {
	return d.reasoned(ctx, a, token, CommandReopen, reasoned{at, reason}, func(c *act.Call, in reasoned) error {
		x, err := holdWhole(c, in.At, Consent, Panel, Decided, Notice)
		if err != nil {
			return err
		}
		for _, sql := range []string{
			`delete from adjustment_consent where home = $1 and adjustment = $2`,
			`delete from adjustment_opinion where home = $1 and adjustment = $2`,
		} {
			c.Tx.Put(sql, c.Tx.Home(), x.ID)
		}
		c.Tx.PutOne(act.Changed("adjust.thing.adjustment"), `update adjustment set stage = $3, rev = rev + 1, approved = $4, decision = '', decided_by = 0, decided_at = 0,
			notice_from = 0, notice_until = 0 where home = $1 and id = $2 and rev = $5`, c.Tx.Home(), x.ID, Draft, false, x.Rev)
		return x.note(c, "reopened", map[string]any{"reason": in.Reason, "stage": x.Stage})
	})
}

// reasoned runs a command whose reason must be said; the right is asked first.
func (d *Desk) reasoned(ctx context.Context, a act.Actor, token string, command act.Command, in reasoned, do func(*act.Call, reasoned) error) error {
	in.Reason = strings.TrimSpace(in.Reason)
	_, err := act.Run(ctx, d.Runner, a, token, command, in, func(c *act.Call, in reasoned) (struct{}, error) {
		if err := do(c, in); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, said(in.Reason)
	})
	return err
}
