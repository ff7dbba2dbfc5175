package demo

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/work/casework"
)

// perform does one step through its command.
func (p *player) perform(x *plan, c *played, s step) error {
	a, err := p.actor(x, s)
	if err != nil {
		return err
	}
	switch s.do {
	case saves:
		in := casework.DraftIn{Item: p.c.Items[x.script.Slug].ID, Subject: p.subject(x), Values: x.values}
		_, err := p.h.Office.SaveDraft(p.ctx, a, "", in)
		return err
	case applies:
		return p.apply(x, c, a)
	case notifies, corrects, accepts, turnsAway, settlesSpot, delivers, amends, withdraws:
		return p.atCase(x, c, s, a)
	case looks:
		_, err := p.h.Office.Look(p.ctx, a, c.id, s.text)
		return err
	case wantsMore:
		_, err := p.h.Office.AskExtension(p.ctx, a, "", casework.AskExtensionIn{Case: c.id, Days: s.days, Reason: s.text})
		return err
	case givesMore:
		_, err := p.h.Office.SettleExtension(p.ctx, a, "", casework.SettleExtensionIn{Case: c.id, Approve: s.yes, Reason: s.text})
		return err
	case answers:
		_, err := p.h.Office.Answer(p.ctx, a, "", casework.AnswerIn{Case: c.id, Inquiry: c.inquiry, Text: s.text})
		return err
	}
	return p.atTask(c, s, a)
}

// actor is who does a step, in the post of the step's task where they do that
// task: it may be that of somebody on leave.
func (p *player) actor(x *plan, s step) (act.Actor, error) {
	switch {
	case s.who == "":
		return p.c.Actor(p.ctx, x.filer)
	case s.node == "" || s.do == assigns || s.do == amends || s.do == answers:
		return p.c.Actor(p.ctx, s.who)
	}
	agency, post := roleAt(x.item, s.node)
	return p.c.ActorIn(p.ctx, s.who, agency, post)
}

// atCase does what is done on a case as a whole, at the window or by the applicant.
func (p *player) atCase(x *plan, c *played, s step, a act.Actor) error {
	o := p.h.Office
	switch s.do {
	case notifies:
		return p.notify(x, c, s, a)
	case corrects:
		return p.correct(x, c, a)
	case accepts:
		checked, err := p.toCheck(c)
		if err != nil {
			return err
		}
		_, err = o.Accept(p.ctx, a, "", casework.AcceptIn{Case: c.id, Checked: checked})
		return err
	case turnsAway:
		_, err := o.RefuseAcceptance(p.ctx, a, "", casework.RefuseAcceptanceIn{Case: c.id, Reason: s.text, Where: s.more})
		return err
	case settlesSpot:
		checked, err := p.toCheck(c)
		if err != nil {
			return err
		}
		_, err = o.DecideOnSpot(p.ctx, a, "", casework.SpotIn{Case: c.id, Checked: checked, Verdict: s.verdict(), Handed: s.yes})
		return err
	case delivers:
		_, err := o.Deliver(p.ctx, a, "", casework.DeliverIn{Case: c.id, Mode: s.to, Tracking: s.text})
		return err
	case amends:
		_, err := o.Amend(p.ctx, a, "", casework.AmendIn{Case: c.id, Field: s.node, Value: s.text, Reason: s.more})
		return err
	}
	in := casework.WithdrawIn{Case: c.id, Reason: s.text}
	var err error
	if a.Who == act.Staff {
		_, err = o.WithdrawFor(p.ctx, a, "", in)
	} else {
		_, err = o.Withdraw(p.ctx, a, "", in)
	}
	return err
}

// verdict is the decision of a step.
func (s step) verdict() casework.Verdict {
	v := casework.Verdict{Outcome: s.outcome}
	if s.text != "" {
		v.Reasons = []string{s.text}
	}
	if s.more != "" {
		v.Articles = []string{s.more}
	}
	return v
}

// atTask does what is done in one task of the flow.
func (p *player) atTask(c *played, s step, a act.Actor) (err error) {
	in := casework.TaskIn{Case: c.id}
	if in.Task, err = p.task(c.id, s.node); err != nil {
		return err
	}
	o := p.h.Office
	switch s.do {
	case assigns:
		_, err = o.Assign(p.ctx, a, "", casework.AssignIn{TaskIn: in, Person: p.c.Person(s.with)})
	case reviews:
		_, err = o.Review(p.ctx, a, "", casework.ReviewIn{TaskIn: in, Passed: s.yes, Text: s.text})
	case visits:
		_, err = o.Visit(p.ctx, a, "", casework.VisitIn{TaskIn: in, Passed: s.yes, Text: s.text, Officers: []int64{a.Person, p.c.Person(s.with)}})
	case pauses:
		_, err = o.Pause(p.ctx, a, "", casework.PauseIn{TaskIn: in, Reason: s.text, Days: s.days})
	case resumes:
		_, err = o.Resume(p.ctx, a, "", casework.ResumeIn{TaskIn: in, Result: s.text})
	case asks:
		var done casework.Done
		done, err = o.Ask(p.ctx, a, "", casework.AskIn{TaskIn: in, To: s.to, Question: s.text, Days: s.days})
		c.inquiry = done.Extra
	case sendsBack:
		_, err = o.SendBack(p.ctx, a, "", casework.SendBackIn{TaskIn: in, To: s.to, Reason: s.text})
	case decides:
		_, err = o.Decide(p.ctx, a, "", casework.DecideIn{TaskIn: in, Verdict: s.verdict()})
	default:
		err = fmt.Errorf("no such deed")
	}
	return err
}

// task is the open task of a case at a node of its flow.
func (p *player) task(id int64, node string) (task int64, err error) {
	err = p.h.Store.Read(p.ctx, func(tx *store.Tx) error {
		found, err := tx.Get([]any{&task}, `select id from task where home = $1 and proceeding = $2 and node = $3 and state = 'open'`, tx.Home(), id, node)
		if err == nil && !found {
			err = fmt.Errorf("no open task %s", node)
		}
		return err
	})
	return task, err
}

// materials are those of a case in any of some states, by key.
func (p *player) materials(c *played, states ...string) (keys []string, err error) {
	var f casework.Facts
	err = p.h.Store.Read(p.ctx, func(tx *store.Tx) error {
		var facts string
		if _, err := tx.Get([]any{&facts}, `select facts from casefile where home = $1 and id = $2`, tx.Home(), c.id); err != nil {
			return err
		}
		return json.Unmarshal([]byte(facts), &f)
	})
	for _, m := range f.Materials {
		if slices.Contains(states, m.State) {
			keys = append(keys, m.Key)
		}
	}
	return keys, err
}

// toCheck are the materials that the clerk compares with their originals.
func (p *player) toCheck(c *played) ([]string, error) {
	return p.materials(c, casework.MaterialBring)
}

// notify names one or two materials as wrong, or a field where the item asks
// for no material.
func (p *player) notify(x *plan, c *played, s step, a act.Actor) error {
	keys, err := p.materials(c, casework.MaterialGiven, casework.MaterialChecked)
	if err != nil {
		return err
	}
	keys = slices.DeleteFunc(keys, func(k string) bool { return x.supplied(k) })
	in := casework.NotifyIn{Case: c.id}
	name := func(key, name, text string) {
		what, how, _ := strings.Cut(strings.ReplaceAll(text, "{name}", name), "\n")
		in.Missing = append(in.Missing, casework.Missing{Key: key, What: what, How: how})
	}
	for i, pick := range s.picks {
		if len(keys) > 0 && (i == 0 || pick == 0) {
			k := keys[pick%len(keys)]
			if !slices.Contains(c.missing, k) {
				c.missing = append(c.missing, k)
				name("material:"+k, x.materialName(k), s.text)
			}
		}
	}
	if len(keys) == 0 {
		f := x.doubtful()
		c.fields = append(c.fields, f.Key)
		name("field:"+f.Key, f.Title, s.more)
	}
	_, err = p.h.Office.Notify(p.ctx, a, "", in)
	return err
}
