package casework

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/identity"
	"tongban/internal/rules/demand"
)

var (
	askErasure    = act.Command{Name: "erasure.ask", Right: "erasure.ask"}
	settleErasure = act.Command{Name: "erasure.settle", Right: "erasure.settle"}
)

// errErasureOpen refuses a second request for the same thing.
var errErasureOpen = act.Refuse("casework.erasure.open").Then("casework.erasure.open.next")

// AskErasureIn asks for the erasure of a person's data, or of one case's.
type AskErasureIn struct {
	Person int64  `json:"person"`
	Case   int64  `json:"case,omitempty"`
	Ground string `json:"ground"`
}

// AskErasure puts in a request. From that moment everything that it is about is
// only kept: nothing is filled in from it, and officials see it only for what
// the law leaves (网络数据安全管理条例 23, 24). Somebody else settles it.
func (o *Office) AskErasure(ctx context.Context, a act.Actor, token string, in AskErasureIn) (Done, error) {
	return act.Run(ctx, o.Runner, a, token, askErasure, in, o.askErasure)
}

func (o *Office) askErasure(c *act.Call, in AskErasureIn) (Done, error) {
	on, err := o.erasureScope(c.Tx, c.Actor, in.Person, in.Case)
	if err != nil {
		return Done{}, err
	}
	if err := c.Allow(on); err != nil {
		return Done{}, err
	}
	who := identity.Applicant
	if c.Actor.Who == act.Staff {
		who = c.Actor.Post
	}
	ground, ok := o.retention().ground(in.Ground, who)
	if !ok {
		return Done{}, act.Wrong("casework.erasure.ground")
	}
	plan, err := o.plan(c.Tx, in.Person, in.Case)
	switch {
	case err != nil:
		return Done{}, err
	case plan.Open != nil:
		return Done{}, errErasureOpen
	case plan.done():
		return Done{}, act.Erased()
	case plan.Post:
		return Done{}, act.Refuse("casework.erasure.post").Then("casework.erasure.post.next")
	}
	e := Erasure{ID: c.Tx.NewID(), Person: in.Person, Case: in.Case, Ground: ground.Key, Article: ground.Article, State: ErasureAsked, AskedBy: c.Actor.Person, Asked: c.Now()}
	c.Tx.PutOne(errErasureOpen, `insert into erasure(home, `+erasureColumns+`) values($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, 0, $10) on conflict do nothing`,
		c.Tx.Home(), e.ID, e.Person, e.Case, e.Ground, e.Article, e.State, e.AskedBy, e.Asked, []byte{})
	if in.Case == 0 {
		if err := o.People.SetUseIn(c, in.Person, true); err != nil {
			return Done{}, err
		}
	}
	for _, x := range plan.Cases {
		if err := o.restrictCase(c, x, e); err != nil {
			return Done{}, err
		}
	}
	id, err := c.Note(nil, e.event("erasure.asked", nil))
	return Done{Case: in.Case, Event: id, Extra: e.ID}, err
}

// event is an act on a request. It names no value.
func (e Erasure) event(kind string, facts map[string]any) ledger.Event {
	all := map[string]any{"request": e.ID, "person": e.Person, "ground": e.Ground, "article": e.Article, "notify": []int64{e.Person}}
	if e.Case != 0 {
		all["case"] = e.Case
	}
	for k, v := range facts {
		all[k] = v
	}
	return ledger.Event{Stream: fmt.Sprintf("erasure/%d", e.ID), Kind: kind, Facts: all, Rules: []ledger.Rule{{Article: e.Article}}}
}

// SettleErasureIn settles a request.
type SettleErasureIn struct {
	Request int64  `json:"request"`
	Approve bool   `json:"approve"`
	Reason  string `json:"reason,omitempty"` // of a refusal (个人信息保护法 50)
}

// SettleErasure approves or refuses a request, by somebody other than who put it
// in, other than the person, and who took no part in the cases. What is approved
// is carried out as far as it is due; the rest follows on its day.
func (o *Office) SettleErasure(ctx context.Context, a act.Actor, token string, in SettleErasureIn) (Done, error) {
	done, err := act.Run(ctx, o.Runner, a, token, settleErasure, in, o.settleErasure)
	if err != nil || !in.Approve {
		return done, err
	}
	return done, o.Runner.Settle("erasure", o.CarryOut(ctx, in.Request))
}

func (o *Office) settleErasure(c *act.Call, in SettleErasureIn) (Done, error) {
	if err := c.Allow(act.Scope{Region: o.Region}); err != nil {
		return Done{}, err
	}
	e, err := getErasure(c.Tx, in.Request)
	if err != nil {
		return Done{}, err
	}
	if e.State != ErasureAsked {
		return Done{}, act.Changed("casework.erasure")
	}
	if err := o.maySettle(c, e); err != nil {
		return Done{}, err
	}
	if !in.Approve {
		return o.refuseErasure(c, e, in.Reason)
	}
	c.Tx.PutOne(act.Changed("casework.erasure"), `update erasure set state = $3, decided_by = $4, decided = $5, next_day = $6 where home = $1 and id = $2 and state = 'asked'`,
		c.Tx.Home(), e.ID, ErasureApproved, c.Actor.Person, c.Now(), c.Today())
	id, err := c.Note(nil, e.event("erasure.approved", nil))
	return Done{Case: e.Case, Status: ErasureApproved, Event: id, Extra: e.ID}, err
}

// refuseErasure keeps the reasons under the person's key, and lets be used again
// what the request had stopped.
func (o *Office) refuseErasure(c *act.Call, e Erasure, reason string) (Done, error) {
	if strings.TrimSpace(reason) == "" {
		return Done{}, wantText("reason", reason)
	}
	if err := catalog.MaySayOf(c.Tx, c.Today(), demand.Lists{}, catalog.Said{Field: "reason", Words: reason}); err != nil {
		return Done{}, err
	}
	p, err := o.People.Person(c.Tx, e.Person)
	if err != nil {
		return Done{}, err
	}
	key, err := o.Vault.Key(c.Tx, p.Key)
	if err != nil {
		return Done{}, err
	}
	c.Tx.PutOne(act.Changed("casework.erasure"), `update erasure set state = $3, decided_by = $4, decided = $5, reason = $6 where home = $1 and id = $2 and state = 'asked'`,
		c.Tx.Home(), e.ID, ErasureRefused, c.Actor.Person, c.Now(), key.Seal("erasure", e.ID, "reason", []byte(reason)))
	if err := o.releaseAll(c, e); err != nil {
		return Done{}, err
	}
	event := e.event("erasure.refused", nil)
	event.Personal = []ledger.Personal{{Field: "reason", Value: reason}}
	id, err := c.Note(key, event)
	return Done{Case: e.Case, Status: ErasureRefused, Event: id, Extra: e.ID}, err
}

// maySettle keeps asking, handling and erasing in different hands.
func (o *Office) maySettle(c *act.Call, e Erasure) error {
	if slices.Contains([]int64{e.AskedBy, e.Person}, c.Actor.Person) {
		return act.Refuse("casework.erasure.same").Then("casework.erasure.same.next").Recorded()
	}
	plan, err := o.plan(c.Tx, e.Person, e.Case)
	if err != nil {
		return err
	}
	for _, x := range plan.Cases {
		var one int
		took, err := c.Tx.Get([]any{&one}, `select 1 from duty where home = $1 and proceeding = $2 and person = $3`, c.Tx.Home(), x.ID, c.Actor.Person)
		if err != nil {
			return err
		}
		if took {
			return act.Refuse("casework.erasure.took_part", "number", x.Number).Then("casework.erasure.same.next").Recorded()
		}
	}
	return nil
}

// restrictCase stops the use of a case that is over. One that runs goes on: its
// handling is a duty of the agency (个人信息保护法 13).
func (o *Office) restrictCase(c *act.Call, x OfCase, e Erasure) error {
	if x.Other || x.Erased != nil || x.Stay.Why == StaysRunning {
		return nil
	}
	return o.markCase(c, x.ID, "case.restricted", e.Article, func(f *File) bool {
		if r := f.Facts.Restricted; r != nil && r.Until == x.Stay.Until {
			return false
		}
		f.Facts.Restricted = &Restricted{Day: c.Today(), Until: x.Stay.Until, Article: e.Article, Request: e.ID}
		return true
	})
}

// releaseAll lets be used again what a refused request had stopped.
func (o *Office) releaseAll(c *act.Call, e Erasure) error {
	if e.Case == 0 {
		if err := o.People.SetUseIn(c, e.Person, false); err != nil {
			return err
		}
	}
	plan, err := o.plan(c.Tx, e.Person, e.Case)
	if err != nil {
		return err
	}
	for _, x := range plan.Cases {
		if err := o.markCase(c, x.ID, "case.released", e.Article, func(f *File) bool {
			mine := f.Facts.Restricted != nil && f.Facts.Restricted.Request == e.ID
			if mine {
				f.Facts.Restricted = nil
			}
			return mine
		}); err != nil {
			return err
		}
	}
	return nil
}

// markCase changes what a case's file says of its use, with an event.
func (o *Office) markCase(c *act.Call, id int64, kind, article string, change func(*File) bool) error {
	p, err := proceeding.Lock(c.Tx, id)
	if err != nil {
		return err
	}
	f, err := getFile(c.Tx, id)
	if err != nil || !change(f) {
		return err
	}
	return o.saveMarked(c, p, f, ledger.Event{Kind: kind, Facts: map[string]any{}, Rules: []ledger.Rule{{Article: article}}})
}

// saveMarked writes a case and its event without opening anything of it.
func (o *Office) saveMarked(c *act.Call, p *proceeding.Proceeding, f *File, e ledger.Event) error {
	e.Facts["case"], e.Facts["number"], e.Facts["status"], e.Facts["title"] = p.ID, p.Number, p.Status, p.Title
	d, err := digest(p, f)
	if err != nil {
		return err
	}
	e.State = d
	f.update(c.Tx, true)
	_, err = p.Save(c, nil, e)
	return err
}

// Reason opens why a request was refused, for the person.
func (o *Office) Reason(tx *store.Tx, e Erasure) (string, error) {
	b, err := o.Vault.Open(tx, "erasure", e.ID, "reason", e.reason)
	return string(b), err
}
