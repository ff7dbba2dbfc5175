package casework

import (
	"context"
	"slices"

	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

// Erasure is a request to erase a person's data, or those of one case.
type Erasure struct {
	ID        int64
	Person    int64
	Case      int64 // 0: everything of the person
	Ground    string
	Article   string
	State     string
	AskedBy   int64
	Asked     day.Instant
	DecidedBy int64
	Decided   day.Instant
	Next      day.Day // when more of it becomes due; 0: not known, or nothing is left
	reason    []byte
}

// The states of a request.
const (
	ErasureAsked    = "asked"
	ErasureApproved = "approved" // carried out as far as it is due
	ErasureRefused  = "refused"
	ErasureDone     = "done"
)

// Restricted says that a case's data are only kept.
type Restricted struct {
	Day     day.Day `json:"day"`
	Until   day.Day `json:"until,omitempty"` // when they become due for erasure
	Article string  `json:"article"`
	Request int64   `json:"request"`
}

// Erased says that what identifies people on a case is gone.
type Erased struct {
	Day     day.Day `json:"day"`
	Article string  `json:"article"`
	Request int64   `json:"request,omitempty"`
}

const erasureColumns = `id, person, only_case, ground, article, state, asked_by, asked, decided_by, decided, next_day, reason`

func scanErasure(r store.Row) (e Erasure, err error) {
	return e, r.Scan(&e.ID, &e.Person, &e.Case, &e.Ground, &e.Article, &e.State, &e.AskedBy, &e.Asked, &e.DecidedBy, &e.Decided, &e.Next, &e.reason)
}

func getErasure(tx *store.Tx, id int64) (Erasure, error) {
	e, found, err := store.Find(tx, scanErasure, `select `+erasureColumns+` from erasure where home = $1 and id = $2`, tx.Home(), id)
	if err == nil && !found {
		err = act.Missing("casework.erasure")
	}
	return e, err
}

// OfCase is what an erasure would do to one case.
type OfCase struct {
	ID     int64
	Number string
	Title  string
	Status string
	Closed day.Day
	Other  bool // the person only filed it or acted in it; it is another's
	Erased *Erased
	Stay   Stay // the zero value: it would be erased now
}

// Plan is what an erasure would do, before anybody asks for it.
type Plan struct {
	Person     int64
	Case       int64 // of a request for one case
	Restricted day.Day
	Erased     day.Day
	Post       bool // the person is an official: their own data stay as long
	Drafts     int
	Cases      []OfCase
	Open       *Erasure // a request that is not settled yet, or not carried out
	Last       *Erasure // the newest request that is
}

// Now tells whether anything would be erased at once.
func (p *Plan) Now() bool {
	return p.Own() || slices.ContainsFunc(p.Cases, func(c OfCase) bool { return c.Erased == nil && !c.Other && c.Stay.Why == "" })
}

// Own tells whether the person's own entry would be erased at once: their name,
// number, account. It stays while a case runs, a licence holds, or a post is held.
func (p *Plan) Own() bool {
	return p.Case == 0 && p.Erased == 0 && !p.Post && !slices.ContainsFunc(p.Cases, func(c OfCase) bool {
		return c.Stay.Why == StaysRunning || c.Stay.Why == StaysLicence
	})
}

// next is the first day on which more becomes due, 0 when no day is known.
func (p *Plan) next() (d day.Day) {
	for _, c := range p.Cases {
		if c.Erased == nil && !c.Other && c.Stay.Until != 0 && (d == 0 || c.Stay.Until < d) {
			d = c.Stay.Until
		}
	}
	return d
}

// done tells whether nothing is left to be erased.
func (p *Plan) done() bool {
	return (p.Case != 0 || p.Erased != 0) && !slices.ContainsFunc(p.Cases, func(c OfCase) bool { return c.Erased == nil && !c.Other })
}

// casesMax bounds the cases of one person that a plan looks at.
const casesMax = 1000

// PlanErasure tells what would be erased, what must stay, until when and why, to
// the person themself, to a clerk before whom they stand, and to who settles it.
// only is a case, 0 for everything.
func (o *Office) PlanErasure(ctx context.Context, a act.Actor, person, only int64) (*Plan, error) {
	var p *Plan
	err := o.Store.Read(ctx, func(tx *store.Tx) error {
		on, err := o.erasureScope(tx, a, person, only)
		if err != nil {
			return err
		}
		if err := o.Runner.Rights.Authorise(tx, a, "erasure.ask", on); err != nil {
			return err
		}
		p, err = o.plan(tx, person, only)
		return err
	})
	return p, o.Runner.Settle("erasure", err)
}

// erasureScope is the scope of the right to ask: the person's own data, or a
// case that the asker may act in.
func (o *Office) erasureScope(tx *store.Tx, a act.Actor, person, only int64) (act.Scope, error) {
	if only == 0 || a.Who == act.Staff {
		return act.Scope{Owner: person, Region: o.Region}, nil
	}
	c, err := proceeding.Get(tx, only)
	if err != nil {
		return act.Scope{}, err
	}
	return o.ownScope(tx, a.Person, "erasure.ask", c.Applicant, c.Filer)
}

func (o *Office) plan(tx *store.Tx, person, only int64) (*Plan, error) {
	plan := &Plan{Person: person, Case: only}
	use, err := o.People.Use(tx, person)
	if err != nil {
		return nil, err
	}
	plan.Restricted, plan.Erased = use.Restricted, use.Erased
	var list []*proceeding.Proceeding
	if only != 0 {
		one, err := proceeding.Get(tx, only)
		if err != nil {
			return nil, err
		}
		list = append(list, one)
	} else {
		if list, err = proceeding.Of(tx, Kind, []int64{person}, 0, casesMax); err != nil {
			return nil, err
		}
		if plan.Post, err = o.People.HoldsPost(tx, person, tx.Today()); err != nil {
			return nil, err
		}
		if _, err := tx.Get([]any{&plan.Drafts}, `select count(*) from draft where home = $1 and person = $2 and not submitted`, tx.Home(), person); err != nil {
			return nil, err
		}
	}
	for _, c := range list {
		x, err := o.planCase(tx, c, person)
		if err != nil {
			return nil, err
		}
		x.Other = x.Other && only == 0
		plan.Cases = append(plan.Cases, x)
	}
	return plan, plan.requests(tx)
}

func (o *Office) planCase(tx *store.Tx, p *proceeding.Proceeding, person int64) (OfCase, error) {
	f, err := getFile(tx, p.ID)
	if err != nil {
		return OfCase{}, err
	}
	v, err := o.Items.ByID(tx, p.ItemVersion)
	if err != nil {
		return OfCase{}, err
	}
	x := OfCase{ID: p.ID, Number: p.Number, Title: p.Title, Status: p.Status, Closed: p.Closed, Other: p.Applicant != person, Erased: f.Facts.Erased}
	if x.Erased == nil {
		x.Stay, err = o.stay(tx, p, f, v, tx.Today())
	}
	return x, err
}

// requests adds the requests there are for the same thing.
func (p *Plan) requests(tx *store.Tx) error {
	list, err := store.All(tx, scanErasure, `select `+erasureColumns+` from erasure where home = $1 and person = $2 and only_case = $3 order by id desc limit 20`,
		tx.Home(), p.Person, p.Case)
	for i := range list {
		e := &list[i]
		if open := e.State == ErasureAsked || e.State == ErasureApproved; open && p.Open == nil {
			p.Open = e
		} else if !open && p.Last == nil {
			p.Last = e
		}
	}
	return err
}

// Erasures lists requests in a state, the oldest first, for who settles them.
func (o *Office) Erasures(ctx context.Context, a act.Actor, state string, after int64, limit int) ([]Erasure, error) {
	var list []Erasure
	err := o.Store.Read(ctx, func(tx *store.Tx) error {
		if err := o.Runner.Rights.Authorise(tx, a, "erasure.settle", act.Scope{Region: o.Region}); err != nil {
			return err
		}
		var err error
		list, err = store.All(tx, scanErasure, `select `+erasureColumns+` from erasure where home = $1 and state = $2 and id > $3 order by id limit $4`,
			tx.Home(), state, after, min(max(limit, 1), 200))
		return err
	})
	return list, o.Runner.Settle("erasures", err)
}

// ErasureToSettle is one request with its plan, for who settles it.
func (o *Office) ErasureToSettle(ctx context.Context, a act.Actor, id int64) (e Erasure, p *Plan, err error) {
	err = o.Store.Read(ctx, func(tx *store.Tx) error {
		if err := o.Runner.Rights.Authorise(tx, a, "erasure.settle", act.Scope{Region: o.Region}); err != nil {
			return err
		}
		if e, err = getErasure(tx, id); err != nil {
			return err
		}
		p, err = o.plan(tx, e.Person, e.Case)
		return err
	})
	return e, p, o.Runner.Settle("erasure", err)
}
