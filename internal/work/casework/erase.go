package casework

import (
	"context"

	"tongban/internal/process/notice"
	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/register/licence"
	"tongban/internal/rules/wording"
)

// The commands that carry an approved request out. Only the platform runs them.
var (
	eraseCase   = act.Command{Name: "case.erase"}
	nextErasure = act.Command{Name: "erasure.next"}
)

// eraseIn is one case to be erased.
type eraseIn struct {
	Case    int64
	Article string
	Request int64
	Keys    []int64 // destroyed already: a restore brought the case back
}

// eraseOne erases what identifies people on a case that nothing keeps any more:
// it destroys the case's data keys, empties the columns that they had sealed and
// those that the case was found by, takes away files and notices, and masks the
// name in lists. What was done, when and by whom stays, and so does every proof.
// It returns the addresses of the contents to be taken off the shelf.
func (o *Office) eraseOne(c *act.Call, in eraseIn) ([]string, error) {
	p, err := proceeding.Lock(c.Tx, in.Case)
	if err != nil {
		return nil, err
	}
	f, err := getFile(c.Tx, in.Case)
	if err != nil {
		return nil, err
	}
	v, err := o.Items.ByID(c.Tx, p.ItemVersion)
	if err != nil {
		return nil, err
	}
	keys := in.Keys
	if len(keys) == 0 {
		stay, err := o.stay(c.Tx, p, f, v, c.Today())
		if err != nil || stay.Why != "" || f.Facts.Erased != nil {
			return nil, err
		}
		if keys, err = o.Vault.KeysOf(c.Tx, Kind, p.ID); err != nil {
			return nil, err
		}
	}
	for _, k := range keys {
		if err := o.Vault.Erase(c.Tx, k); err != nil {
			return nil, err
		}
	}
	refs, err := o.Files.EraseIn(c.Tx, FilesOf(p.ID))
	if err != nil {
		return nil, err
	}
	natural := f.ApplicantKind == "person"
	if natural {
		p.Label = wording.Text(wording.ZH, "casework.erased.label")
	}
	o.emptyCase(c, f, natural)
	f.Facts.Restricted, f.Facts.Erased = nil, &Erased{Day: c.Today(), Article: in.Article, Request: in.Request}
	if err := o.Licences.EraseIn(c, p.ID, licence.Erasure{Article: in.Article, Natural: natural, Label: p.Label}); err != nil {
		return nil, err
	}
	if err := o.eraseNotices(c, p); err != nil {
		return nil, err
	}
	e := ledger.Event{Kind: "case.erased", Rules: []ledger.Rule{{Article: in.Article}},
		Facts: map[string]any{ledger.FactErased: keys, "request": in.Request, "files": len(refs), "notify": []int64{p.Applicant}}}
	if len(in.Keys) > 0 {
		e.Facts["again"] = true
	}
	return refs, o.saveMarked(c, p, f, e)
}

// emptyCase empties what the case's key had sealed in this room, and what the
// case was found by.
func (o *Office) emptyCase(c *act.Call, f *File, natural bool) {
	tx, none := c.Tx, []byte{}
	f.Secret, f.NameKey, f.IDNoKey = none, none, none
	for i := range f.Facts.Materials {
		f.Facts.Materials[i].Files = nil
	}
	if f.Facts.Delivered != nil {
		f.Facts.Delivered.Tracking = ""
	}
	tx.Put(`update casefile set name_key = $3, idno_key = $3 where home = $1 and id = $2`, tx.Home(), f.ID, none)
	tx.Put(`update finding set text = $3 where home = $1 and proceeding = $2`, tx.Home(), f.ID, none)
	tx.Put(`update inquiry set question = $3, answer = $3 where home = $1 and proceeding = $2`, tx.Home(), f.ID, none)
	tx.Put(`delete from draft where home = $1 and id = $2`, tx.Home(), f.ID)
	if natural {
		// Article 40 publishes the decision: what, by whom, when, under which number.
		tx.Put(`update published_grant set label = $3 where home = $1 and id = $2`, tx.Home(), f.ID, wording.Text(wording.ZH, "casework.erased.label"))
	}
}

// eraseNotices takes away the notices that acts on the case had led to.
func (o *Office) eraseNotices(c *act.Call, p *proceeding.Proceeding) error {
	acts, err := o.Runner.Ledger.EventsOf(c.Tx, p.Stream(), timelineMax)
	for _, id := range acts {
		notice.EraseOf(c.Tx, id)
	}
	return err
}

// CarryOut erases what of an approved request is due, case by case, then the
// person's own entry, writes the list of destroyed keys outside the database,
// and only then calls the request done. Broken off anywhere, it goes on when it
// is called again, as it is every hour.
func (o *Office) CarryOut(ctx context.Context, request int64) error {
	e, plan, err := o.approved(ctx, request)
	if err != nil || e.State != ErasureApproved {
		return err
	}
	for _, x := range plan.Cases {
		if x.Other || x.Erased != nil {
			continue
		}
		if x.Stay.Why == "" {
			err = o.eraseNow(ctx, eraseIn{Case: x.ID, Article: e.Article, Request: e.ID})
		} else {
			_, err = act.Run(ctx, o.Runner, act.Machine(), "", nextErasure, x.ID, func(c *act.Call, _ int64) (Done, error) {
				return Done{Case: x.ID}, allowed(c, o.restrictCase(c, x, e))
			})
		}
		if err != nil {
			return err
		}
	}
	if plan.Own() {
		if err := o.eraseOwn(ctx, e); err != nil {
			return err
		}
	}
	if o.Kept != nil {
		if err := o.Kept(ctx); err != nil {
			return err
		}
	}
	_, err = act.Run(ctx, o.Runner, act.Machine(), "", nextErasure, request, o.endErasure)
	return err
}

// allowed marks a command of the platform itself as having asked.
func allowed(c *act.Call, err error) error {
	if err != nil {
		return err
	}
	return c.Allow(act.Scope{})
}

func (o *Office) approved(ctx context.Context, request int64) (e Erasure, plan *Plan, err error) {
	err = o.Store.Read(ctx, func(tx *store.Tx) error {
		if e, err = getErasure(tx, request); err != nil {
			return err
		}
		plan, err = o.plan(tx, e.Person, e.Case)
		return err
	})
	return e, plan, err
}

// eraseNow erases a case and takes its files off the shelf.
func (o *Office) eraseNow(ctx context.Context, in eraseIn) error {
	var refs []string
	_, err := act.Run(ctx, o.Runner, act.Machine(), "", eraseCase, in, func(c *act.Call, in eraseIn) (Done, error) {
		var err error
		refs, err = o.eraseOne(c, in)
		return Done{Case: in.Case}, allowed(c, err)
	})
	if err != nil {
		return err
	}
	return o.Files.TakeOff(ctx, refs)
}

// eraseOwn erases the person's own entry with their drafts, inbox and keys of
// submissions.
func (o *Office) eraseOwn(ctx context.Context, e Erasure) error {
	var refs []string
	_, err := act.Run(ctx, o.Runner, act.Machine(), "", eraseDrafts, e.ID, func(c *act.Call, _ int64) (Done, error) {
		drafts, err := draftsOf(c.Tx, e.Person)
		if err != nil {
			return Done{}, err
		}
		var keys []int64
		if keys, refs, err = o.removeDrafts(c, drafts); err != nil {
			return Done{}, err
		}
		act.Forget(c.Tx, e.Person)
		notice.EraseReader(c.Tx, notice.Person(e.Person))
		err = o.People.EraseIn(c, e.Person, keys, e.Article, map[string]any{"request": e.ID, "ground": e.Ground})
		if act.KindOf(err) == act.Gone {
			err = nil // done when this was called before
		}
		return Done{Extra: e.ID}, allowed(c, err)
	})
	if err != nil {
		return err
	}
	return o.Files.TakeOff(ctx, refs)
}

// endErasure writes down what is left of a request: the next day on which more
// becomes due, or that nothing is left.
func (o *Office) endErasure(c *act.Call, request int64) (Done, error) {
	e, err := getErasure(c.Tx, request)
	if err != nil {
		return Done{}, err
	}
	plan, err := o.plan(c.Tx, e.Person, e.Case)
	if err != nil {
		return Done{}, err
	}
	state, next := ErasureApproved, plan.next()
	if plan.done() {
		state, next = ErasureDone, 0
	} else if next == 0 {
		next = c.Today() + 1 // a case runs, or a licence has no end: look again tomorrow
	}
	if state == e.State && next == e.Next {
		return Done{Status: state}, c.Allow(act.Scope{})
	}
	c.Tx.PutOne(act.Changed("casework.erasure"), `update erasure set state = $3, next_day = $4 where home = $1 and id = $2 and state = 'approved'`,
		c.Tx.Home(), e.ID, state, next)
	if state != ErasureDone {
		return Done{Status: state}, c.Allow(act.Scope{})
	}
	_, err = c.Note(nil, e.event("erasure.done", nil))
	return Done{Status: state, Extra: e.ID}, allowed(c, err)
}
