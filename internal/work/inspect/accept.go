package inspect

import (
	"context"
	"strings"
	"unicode/utf8"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
)

// maxReason bounds a reason, in characters.
const maxReason = 500

// Acceptance is what a person says of a finding, as they saw it.
type Acceptance struct {
	Finding string
	Rev     int
	Reason  string // for taking an acceptance back: none
}

// Accept says that a finding is in order, and why. What breaks a law or a list is
// refused: it is mended. When somebody else said something meanwhile it is a
// Conflict.
func (d *Desk) Accept(ctx context.Context, a act.Actor, token string, in Acceptance) error {
	_, err := act.Run(ctx, d.Runner, a, token, CommandAccept, in, func(c *act.Call, in Acceptance) (struct{}, error) {
		f, err := d.hold(c, in, Open)
		if err != nil {
			return struct{}{}, err
		}
		if !Acceptable(f.Severity) {
			return struct{}{}, act.Refuse("inspect.error").By(f.Article).Then("inspect.error.next")
		}
		reason := strings.TrimSpace(in.Reason)
		if n := utf8.RuneCountInString(reason); n == 0 || n > maxReason {
			return struct{}{}, act.WrongFields("inspect.wrong", []act.Field{{Name: "reason", Msg: act.Wrong("inspect.reason", "max", maxReason).Msg}})
		}
		return struct{}{}, f.say(c, "inspect.accepted", Accepted, reason)
	})
	return err
}

// Reopen takes an acceptance back: the finding counts again.
func (d *Desk) Reopen(ctx context.Context, a act.Actor, token string, in Acceptance) error {
	in.Reason = ""
	_, err := act.Run(ctx, d.Runner, a, token, CommandReopen, in, func(c *act.Call, in Acceptance) (struct{}, error) {
		f, err := d.hold(c, in, Accepted)
		if err != nil {
			return struct{}{}, err
		}
		return struct{}{}, f.say(c, "inspect.reopened", Open, "")
	})
	return err
}

// hold takes a finding for a command: it asks for the right, then whether it
// still stands as it was seen.
func (d *Desk) hold(c *act.Call, in Acceptance, state State) (Finding, error) {
	if err := c.Allow(act.Scope{Region: d.Region}); err != nil {
		return Finding{}, err
	}
	f, known, err := store.Held(c.Tx, scanFinding, `select `+findingColumns+` from checkup_finding where home = $1 and id = $2`, c.Tx.Home(), in.Finding)
	switch {
	case err != nil:
		return f, err
	case !known:
		return f, act.Missing("inspect.thing.finding")
	case f.State != state || f.Rev != in.Rev:
		return f, act.Changed("inspect.thing.finding")
	}
	return f, nil
}

// say writes what a person said of a finding.
func (f Finding) say(c *act.Call, kind string, state State, reason string) error {
	by, at := c.Actor.Person, int64(c.Now())
	if state == Open {
		by, at = 0, 0
	}
	c.Tx.PutOne(act.Changed("inspect.thing.finding"), `update checkup_finding set state = $3, reason = $4, accepted_by = $5, accepted_at = $6, rev = rev + 1
		where home = $1 and id = $2 and rev = $7`, c.Tx.Home(), f.ID, string(state), reason, by, at, f.Rev)
	_, err := c.Note(nil, ledger.Event{Stream: "checkup/finding/" + f.ID, Kind: kind, Facts: map[string]any{"finding": f.ID, "rule": f.Rule,
		"subject": f.Subject.Code, "reason": reason}})
	return err
}
