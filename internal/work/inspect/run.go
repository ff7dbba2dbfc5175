package inspect

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/rules/checkup"
	"tongban/internal/rules/wording"
)

// found is a finding as a run keeps it.
type found struct {
	checkup.Plain
	agency string
	digest []byte
	body   string
}

// kept is a finding of before.
type kept struct {
	rule   string
	state  State
	digest []byte
}

// Check runs the check of the whole catalogue and keeps what it found. The lists
// are read and judged beside the command, so that nobody waits for it. Order has
// it done by a job.
func (d *Desk) Check(ctx context.Context, a act.Actor, token string) (Run, error) {
	return d.check(ctx, a, token, nil)
}

func (d *Desk) check(ctx context.Context, a act.Actor, token string, p *progress) (Run, error) {
	x := Run{Region: d.Region}
	var all *checkup.Catalogue
	err := d.Runner.Store.Read(ctx, func(tx *store.Tx) (err error) {
		if err = d.Runner.Rights.Authorise(tx, a, CommandRun.Right, act.Scope{Region: d.Region}); err != nil {
			return err
		}
		if all, err = d.Live(tx); err == nil {
			x.On, x.Items, x.Powers = tx.Today(), len(all.Items), len(all.Powers)
		}
		return err
	})
	if err == nil {
		err = p.read(x)
	}
	var list []found
	if err == nil {
		list, err = judge(all, p)
	}
	if err != nil {
		return Run{}, d.Runner.SettleFor(ctx, CommandRun.Name, err)
	}
	for _, r := range checkup.Rules() {
		x.Rules = append(x.Rules, r.Key)
	}
	return act.Run(ctx, d.Runner, a, token, CommandRun, d.Region, func(c *act.Call, region string) (Run, error) {
		if err := c.Allow(act.Scope{Region: region}); err != nil {
			return Run{}, err
		}
		p.end(c.Tx)
		return x.put(c, list)
	})
}

// judge gathers what is found, in one language, and whose entry each is about.
func judge(c *checkup.Catalogue, p *progress) (list []found, err error) {
	whose := map[string]string{}
	for i := range c.Powers {
		if p := &c.Powers[i]; len(p.Holders) > 0 {
			whose[string(checkup.OfPower)+p.Code] = p.Holders[0]
		}
	}
	for i := range c.Items {
		whose[string(checkup.OfItem)+c.Items[i].Code] = c.Items[i].Agency
	}
	seen := map[string]bool{}
	for f, gone := range checkup.Judged(c) {
		if gone != "" {
			if err := p.gone(gone); err != nil {
				return nil, err
			}
			continue
		}
		if seen[f.ID] {
			continue // the same words twice in one list
		}
		seen[f.ID] = true
		x := found{Plain: f.In(wording.ZH), agency: whose[string(f.Subject.Kind)+f.Subject.Code]}
		body, err := json.Marshal(x.Plain)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(append(body, x.agency...))
		x.body, x.digest = string(body), sum[:16]
		list = append(list, x)
	}
	return list, nil
}

// put writes the run and what changed since the one before: a finding that was
// known stays as it is, with the day of first sight and what was said of it.
func (x Run) put(c *act.Call, list []found) (Run, error) {
	tx := c.Tx
	before, err := standing(tx)
	if err != nil {
		return x, err
	}
	x.ID, x.By, x.At, x.ByRule = tx.NewID(), c.Actor.Person, c.Now(), map[string]int{}
	var fresh [][]any
	for i := range list {
		f := &list[i]
		k, known := before[f.ID]
		delete(before, f.ID)
		switch {
		case !known:
			fresh = append(fresh, []any{tx.Home(), f.ID, f.Rule, string(f.Severity), weight(f.Severity), f.agency, string(f.Subject.Kind), f.Subject.Code,
				string(Open), x.On, 0, f.digest, f.body, 0, "", int64(0), int64(0)})
			x.Fresh++
		case k.state == Mended: // it came back; what was said of it then is past
			tx.Put(`update checkup_finding set state = 'open', mended_day = 0, agency = $3, digest = $4, body = $5, rev = rev + 1, reason = '', accepted_by = 0, accepted_at = 0
				where home = $1 and id = $2`, tx.Home(), f.ID, f.agency, f.digest, f.body)
			x.Fresh++
		case !bytes.Equal(k.digest, f.digest): // said in other words
			tx.Put(`update checkup_finding set agency = $3, digest = $4, body = $5 where home = $1 and id = $2`, tx.Home(), f.ID, f.agency, f.digest, f.body)
		}
		x.count(f, k.state)
	}
	tx.PutRows(`insert into checkup_finding(home, id, rule, severity, weight, agency, subject_kind, subject_code, state, first_day, mended_day, digest, body,
		rev, reason, accepted_by, accepted_at)`, fresh)
	x.mend(tx, before)
	return x, x.write(c)
}

// count adds a finding to the figures of the run.
func (x *Run) count(f *found, was State) {
	if was == Accepted {
		x.Accepted++
		return
	}
	x.ByRule[f.Rule]++
	switch f.Severity {
	case checkup.Error:
		x.Errors++
	case checkup.Warning:
		x.Warnings++
	case checkup.Note:
		x.Notes++
	}
}

// mend marks what is left of the findings of before.
func (x *Run) mend(tx *store.Tx, left map[string]kept) {
	var gone []string
	for id, k := range left {
		if k.state != Mended {
			gone = append(gone, id)
		}
	}
	slices.Sort(gone)
	x.Mended = len(gone)
	for _, id := range gone {
		tx.Put(`update checkup_finding set state = 'mended', mended_day = $3, rev = rev + 1 where home = $1 and id = $2`, tx.Home(), id, x.On)
	}
}

// write writes the run itself.
func (x *Run) write(c *act.Call) error {
	byRule, err := json.Marshal(x.ByRule)
	if err != nil {
		return err
	}
	tx := c.Tx
	tx.Put(`insert into checkup_run(home, `+runColumns+`) values($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		tx.Home(), x.ID, x.Region, x.On, strings.Join(x.Rules, " "), x.Items, x.Powers, x.Errors, x.Warnings, x.Notes, x.Accepted, x.Fresh, x.Mended, string(byRule), x.By, x.At)
	_, err = c.Note(nil, ledger.Event{Stream: fmt.Sprintf("checkup/%d", x.ID), Kind: "inspect.ran", Day: x.On, Facts: map[string]any{"items": x.Items, "powers": x.Powers,
		"errors": x.Errors, "warnings": x.Warnings, "notes": x.Notes, "accepted": x.Accepted, "fresh": x.Fresh, "mended": x.Mended}})
	return err
}

// standing are all findings that were ever kept. Holding the newest run makes
// runs follow each other.
func standing(tx *store.Tx) (map[string]kept, error) {
	var newest int64
	if _, err := tx.Get([]any{&newest}, `select coalesce(max(id), 0) from checkup_run where home = $1 and not (`+underway+`)`, tx.Home()); err != nil {
		return nil, err
	}
	if _, _, err := store.Held(tx, scanRun, `select `+runColumns+` from checkup_run where home = $1 and id = $2`, tx.Home(), newest); err != nil {
		return nil, err
	}
	all := map[string]kept{}
	return all, tx.Each(func(r store.Row) error {
		var id string
		var k kept
		err := r.Scan(&id, &k.rule, &k.state, &k.digest)
		all[id] = k
		return err
	}, `select id, rule, state, digest from checkup_finding where home = $1`, tx.Home())
}

// weight is the place of a severity, the heaviest first.
func weight(s checkup.Severity) int { return slices.Index(checkup.Severities(), s) }
