package casework

import (
	"context"
	"errors"
	"slices"

	"tongban/internal/process/paper"
	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/record/file"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/register/licence"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// see lets a reader at something that belongs to a case: it asks for the right
// to look at the case and records the look of staff, and only then runs open.
// What cannot be recorded is not shown.
func (o *Office) see(ctx context.Context, a act.Actor, id int64, what, why string, open func(tx *store.Tx) error) error {
	var c *Case
	err := o.Store.Read(ctx, func(tx *store.Tx) (err error) {
		if c, err = o.Show(tx, id); err != nil {
			return err
		}
		if c.Asked, err = inquiries(tx, id); err != nil {
			return err
		}
		if err = o.mayLook(tx, a, c); err != nil {
			return err
		}
		return o.mayOpen(a, c, why)
	})
	if err != nil {
		return o.Runner.Settle("look", err)
	}
	if a.Who == act.Staff {
		for _, person := range slices.Compact([]int64{c.Applicant, c.Filer}) {
			if err := o.Runner.Looked(ctx, a, act.Look{Person: person, Case: id, What: what, Why: why}); err != nil {
				return err
			}
		}
	}
	return o.Runner.Settle("look", o.Store.Read(ctx, open))
}

// OpenPaper opens a paper of a case for those who may look at the case.
func (o *Office) OpenPaper(ctx context.Context, a act.Actor, id int64, why string) (paper.Opened, error) {
	var p paper.Paper
	err := o.Store.Read(ctx, func(tx *store.Tx) (err error) {
		p, err = paper.Get(tx, id)
		return err
	})
	if err != nil {
		return paper.Opened{}, o.Runner.Settle("paper", err)
	}
	var out paper.Opened
	err = o.see(ctx, a, p.Proceeding, "paper", why, func(tx *store.Tx) (err error) {
		out, err = o.Papers.Open(tx, id)
		return err
	})
	if a.Who != act.Staff && act.KindOf(err) == act.NotFound {
		err = act.Missing("paper.thing") // of somebody else: as if there were none
	}
	return out, err
}

// OpenFile finds an attachment of a draft for the person who fills it in, or of
// a case for those who may look at it. Its content is opened with Files.Open.
func (o *Office) OpenFile(ctx context.Context, a act.Actor, id int64, why string) (file.Attachment, error) {
	var at file.Attachment
	mine := false
	err := o.Store.Read(ctx, func(tx *store.Tx) error {
		var found bool
		var err error
		if at, found, err = o.Files.Get(tx, id); err != nil {
			return err
		}
		if !found || at.Owner.Kind != Kind {
			return act.Missing("casework.attachment")
		}
		d, err := o.Draft(tx, a.Person, at.Owner.ID)
		mine = err == nil && !d.Submitted
		if act.KindOf(err) == act.NotFound {
			return nil
		}
		return err
	})
	if err != nil || mine {
		return at, o.Runner.Settle("file", err)
	}
	err = o.see(ctx, a, at.Owner.ID, "material", why, func(*store.Tx) error { return nil })
	if act.KindOf(err) == act.NotFound {
		err = act.Missing("casework.attachment")
	}
	return at, err
}

// OpenLicence opens a licence for its holder and those who may act for the
// holder, or for those who may look at the case that led to it.
func (o *Office) OpenLicence(ctx context.Context, a act.Actor, id int64, why string) (licence.Shown, error) {
	var out licence.Shown
	var from int64
	open := func(tx *store.Tx) (err error) {
		out, err = o.Licences.Show(tx, id)
		return err
	}
	err := o.Store.Read(ctx, func(tx *store.Tx) error {
		l, err := licence.Get(tx, id)
		if err != nil {
			return err
		}
		if from = l.Proceeding; a.Who == act.Staff {
			return nil
		}
		err = o.Runner.Rights.Authorise(tx, a, "licence.show", act.Scope{Owner: l.Holder, Region: o.Region})
		if act.KindOf(err) == act.Refused && a.Person != 0 {
			return act.Missing("licence.thing") // that it exists is nobody else's business
		}
		if err != nil {
			return err
		}
		return open(tx)
	})
	if err != nil || a.Who != act.Staff {
		return out, o.Runner.Settle("licence", err)
	}
	return out, o.see(ctx, a, from, "licence", why, open)
}

// LicencesOf lists the licences of a person or of a body that they may act for,
// newest first, before an id.
func (o *Office) LicencesOf(ctx context.Context, a act.Actor, holder, before int64, limit int) ([]*licence.Licence, error) {
	var list []*licence.Licence
	err := o.Store.Read(ctx, func(tx *store.Tx) error {
		if holder == 0 {
			holder = a.Person
		}
		err := o.Runner.Rights.Authorise(tx, asOneself(a), "licence.show", act.Scope{Owner: holder, Region: o.Region})
		if err != nil {
			return err
		}
		list, err = licence.OfHolder(tx, holder, before, limit)
		return err
	})
	return list, o.Runner.Settle("licences", err)
}

// asOneself is the person without the post they act in: officials have matters
// of their own too.
func asOneself(a act.Actor) act.Actor {
	if a.Who == act.Staff {
		a.Who, a.Agency, a.Post, a.StandsFor = act.Applicant, "", "", 0
	}
	return a
}

// Proof makes the proof of a case for the applicant and those who may act for
// them: every act on it up to now, against a checkpoint signed now.
func (o *Office) Proof(ctx context.Context, a act.Actor, id int64) (ledger.Proof, error) {
	err := o.Store.Read(ctx, func(tx *store.Tx) error {
		p, err := proceeding.Get(tx, id)
		if err != nil {
			return err
		}
		scope, err := o.ownScope(tx, a.Person, "case.proof", p.Applicant, p.Filer)
		if err != nil {
			return err
		}
		err = o.Runner.Rights.Authorise(tx, a, "case.proof", scope)
		if act.KindOf(err) == act.Refused && a.Who == act.Applicant {
			return act.Missing("proceeding.case")
		}
		return err
	})
	if err != nil {
		return ledger.Proof{}, o.Runner.Settle("proof", err)
	}
	proof, err := o.Runner.Ledger.Prove(ctx, ProofStream(id))
	if errors.Is(err, ledger.ErrNotYetNumbered) {
		err = &act.Error{Kind: act.Unavailable, Code: "casework.proof.not_yet", Msg: wording.M("casework.proof.not_yet")}
	}
	return proof, o.Runner.Settle("proof", err)
}

// Looked is one look at a person's data, as the person sees it.
type Looked struct {
	At     day.Instant
	Who    string // the official
	Post   string
	Agency string // name
	Case   int64
	What   string // case, paper, material, licence
	Why    string
}

// looksMax bounds the looks that are shown at once.
const looksMax = 1000

// LooksAt lists who looked at a person's data, newest first. A look of an
// inspection that is not announced is seen from its day on.
func (o *Office) LooksAt(ctx context.Context, a act.Actor) ([]Looked, error) {
	var list []Looked
	err := o.Store.Read(ctx, func(tx *store.Tx) error {
		if a.Person == 0 {
			return act.Refuse("act.sign_in")
		}
		acts, err := o.Runner.Ledger.Acts(tx, act.LookStream(a.Person), looksMax)
		if err != nil {
			return err
		}
		for _, l := range slices.Backward(acts) {
			text := func(key string) string { s, _ := l.Facts[key].(string); return s }
			if from := text("visible_from"); from > tx.Today().String() {
				continue
			}
			x := Looked{At: l.Instant(), Who: l.By.Name, Post: l.By.Post, What: text("what"), Why: text("why")}
			if n, ok := l.Facts["case"].(float64); ok {
				x.Case = int64(n)
			}
			if x.Agency, err = o.People.AgencyName(tx, l.By.Agency, x.At.Day()); err != nil {
				return err
			}
			list = append(list, x)
		}
		return nil
	})
	return list, o.Runner.Settle("looks", err)
}
