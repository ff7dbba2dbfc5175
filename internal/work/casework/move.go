package casework

import (
	"context"
	"slices"
	"strings"

	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/rules/wording"
)

var moveCase = act.Command{Name: "case.move", Right: "case.move"}

// MoveIn moves a running case to another version.
type MoveIn struct {
	Case    int64  `json:"case"`
	To      int64  `json:"to,omitempty"` // version; 0 is the one of its item in force
	Article string `json:"article"`      // on which the move rests
	Reason  string `json:"reason"`
}

// Move moves a running case to a newer version of its item, or to an item that
// took its place. A case runs on under the version that it began with unless
// this is done for it, on an article and with a reason. What waits goes on where
// it stands; steps, bodies and result are the new version's; what the applicant
// was asked for stays, and no term ends later than they were told. A case whose
// open steps have no place in the new version is refused with their names.
func (o *Office) Move(ctx context.Context, a act.Actor, token string, in MoveIn) (Done, error) {
	return act.Run(ctx, o.Runner, a, token, moveCase, in, func(c *act.Call, in MoveIn) (Done, error) { return o.moveIn(c, in, nil) })
}

// moveIn moves a case inside a command, for the order that it is part of; nil is none.
func (o *Office) moveIn(c *act.Call, in MoveIn, of *MoveOrder) (Done, error) {
	m, err := o.take(c, in.Case, func(m *matter) (act.Scope, error) { return at(m.p.Agency)(m) })
	if err != nil {
		return Done{}, err
	}
	who := c.Actor.Person
	if of != nil {
		who = of.By
	}
	if who == m.p.Applicant || who == m.p.Filer {
		return Done{}, act.Refuse("proceeding.own").Then("proceeding.duty.next").Recorded()
	}
	if err := m.words("article", in.Article, "reason", in.Reason); err != nil {
		return Done{}, err
	}
	to, err := m.target(in.To)
	if err != nil {
		return Done{}, err
	}
	return m.moveTo(to, in, of)
}

// moveTo carries out a move whose target has been found fit.
func (m *matter) moveTo(to *catalog.Version, in MoveIn, of *MoveOrder) (Done, error) {
	if err := m.c.Tx.Flush(); err != nil { // time alone may have brought it to other tasks
		return Done{}, err
	}
	x, err := m.planMove(to)
	if err != nil {
		return Done{}, err
	}
	if len(x.Wrong) > 0 {
		return Done{}, x.refusal()
	}
	was := m.p.Due
	m.p.Item, m.p.ItemVersion, m.p.Title, m.p.Agency = to.Of, to.ID, to.Name, x.AgencyNow
	m.v, m.f.Facts.Stays = x.holds, x.stays
	m.p.Due = x.DueNow // the tasks are given theirs here, not by the saving
	if err := m.o.engine().Move(m.c, m.p, to.Flow, x.state, x.Tasks); err != nil {
		return Done{}, err
	}
	for _, w := range x.Waived {
		m.f.Facts.Material(w.Key).State = MaterialWaived
	}
	if err := m.text("moved", in.Reason); err != nil {
		return Done{}, err
	}
	e := m.event("case.moved", map[string]any{"item": to.Code, "from_version": x.From.ID, "version": to.ID, "n": to.N, "article": in.Article, "was": was,
		"statutory_due": x.DueNow, "promised_due": x.PromisedNow, "agency": m.p.Agency, "kept": x.Kept})
	of.note(e.Facts)
	e.Rules = []ledger.Rule{{Article: in.Article, Inputs: map[string]any{"from": x.From.ID, "to": to.ID}}}
	e.Personal = []ledger.Personal{{Field: "reason", Value: in.Reason}}
	return m.save(e)
}

// refusal says which places do not fit, each by name.
func (x *Move) refusal() error {
	var why []string
	for _, w := range x.Wrong {
		why = append(why, w.In(wording.ZH))
	}
	return act.Refuse("casework.move.no_place", "n", x.To.N, "why", strings.Join(why, "")).Then("casework.move.no_place.next").Recorded()
}

// PreviewMove says what a move would change, for those who could order it. A move
// that the command would refuse comes back with its reasons in Wrong.
func (o *Office) PreviewMove(ctx context.Context, a act.Actor, id, version int64) (*Move, error) {
	var x *Move
	err := o.Store.Read(ctx, func(tx *store.Tx) error {
		m, err := o.reading(tx, a, id)
		if err != nil {
			return err
		}
		if err := o.Runner.Rights.Authorise(tx, a, moveCase.Right, act.Scope{Agency: m.p.Agency, Region: m.p.Region}); err != nil {
			return err
		}
		to, err := m.target(version)
		if err != nil {
			return err
		}
		x, err = m.planMove(to)
		return err
	})
	return x, o.Runner.Settle("move", err)
}

// reading is a case as a plan looks at it: nothing is locked and nothing written.
func (o *Office) reading(tx *store.Tx, a act.Actor, id int64) (*matter, error) {
	p, err := proceeding.Get(tx, id)
	if err != nil {
		return nil, err
	}
	return o.readingOf(tx, a, p)
}

func (o *Office) readingOf(tx *store.Tx, a act.Actor, p *proceeding.Proceeding) (*matter, error) {
	m := &matter{o: o, c: &act.Call{Tx: tx, Actor: a}, p: p}
	var err error
	if m.f, err = getFile(tx, p.ID); err != nil {
		return nil, err
	}
	if m.v, err = o.Items.ByID(tx, p.ItemVersion); err != nil {
		return nil, err
	}
	m.v, err = o.holding(tx, m.v, m.f)
	return m, err
}

// MoveTargets are the versions that a case may be moved to today: the one of its
// item in force, and those of the items that took its place.
func (o *Office) MoveTargets(tx *store.Tx, c *Case) ([]*catalog.Version, error) {
	if !Running(c.Status) || c.Status == Delivering {
		return nil, nil
	}
	list, err := o.targetsOf(tx, c.Item.Of)
	return slices.DeleteFunc(list, func(v *catalog.Version) bool { return v.ID == c.Item.ID }), err
}

// targetsOf are the versions that cases of an item may be moved to today.
func (o *Office) targetsOf(tx *store.Tx, item int64) ([]*catalog.Version, error) {
	items, err := o.successors(tx, item)
	if err != nil {
		return nil, err
	}
	var list []*catalog.Version
	for _, id := range append([]int64{item}, items...) {
		v, err := o.Items.InForce(tx, id, tx.Today())
		switch {
		case err == nil && v.Complete():
			list = append(list, v)
		case err != nil && act.KindOf(err) != act.Refused && act.KindOf(err) != act.NotFound:
			return nil, err
		}
	}
	return list, nil
}

func (o *Office) successors(tx *store.Tx, item int64) ([]int64, error) {
	if o.Successors == nil {
		return nil, nil
	}
	return o.Successors(tx, item)
}
