package lists

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

// changeIn is the input of the command, by which a repetition is known.
type changeIn struct {
	List, Document, Reason, Region, Agency string
	From                                   day.Day
	Whole                                  bool
	Digest                                 []byte
}

// Change applies a batch, all of it or nothing, as one act with one event. What
// is wrong comes back as one error with a field for each problem (Problems); a
// Conflict when somebody else changed one of the entries since. token is the
// idempotency key, "" for none.
func (r *Register) Change(ctx context.Context, a act.Actor, token string, b Batch) (Done, error) {
	k, err := KindOf(b.List)
	if err != nil {
		return Done{}, err
	}
	in := changeIn{List: b.List, Document: b.Document, Reason: b.Reason, Region: b.Region, Agency: b.Agency, From: b.From, Whole: b.Whole}
	if token != "" {
		h := sha256.New()
		if err := json.NewEncoder(h).Encode(b.Changes); err != nil {
			return Done{}, r.runner.SettleFor(ctx, CommandChange.Name, err)
		}
		in.Digest = h.Sum(nil)
	}
	command := CommandChange
	command.Right = k.Right
	return act.Run(ctx, r.runner, a, token, command, in, func(c *act.Call, _ changeIn) (Done, error) {
		return r.change(c, b, true)
	})
}

// ChangeIn does the same inside another command, which has asked for its own right.
func (r *Register) ChangeIn(c *act.Call, b Batch) (Done, error) { return r.change(c, b, false) }

func (r *Register) change(c *act.Call, b Batch, ask bool) (Done, error) {
	if err := r.people.Lock(c.Tx, lockName); err != nil {
		return Done{}, err
	}
	p, err := r.plan(c.Tx, b)
	if err != nil {
		return Done{}, err
	}
	if ask {
		if err := p.problems.AsError(); err != nil && len(p.scopes) == 0 {
			return Done{}, err // nothing tells in whose matter
		}
		if len(p.scopes) == 0 {
			p.scope(b.Agency, b.Region)
		}
		for _, s := range p.scopes {
			if err := c.Allow(s); err != nil {
				return Done{}, err
			}
		}
	}
	if err := p.problems.AsError(); err != nil {
		return Done{}, err
	}
	if len(p.steps) == 0 {
		return p.done(), nil
	}
	return p.apply(c)
}

// apply writes what was planned.
func (p *planned) apply(c *act.Call) (Done, error) {
	done := p.done()
	slices.SortFunc(p.steps, func(a, b step) int { return strings.Compare(a.code, b.code) })
	_, complete, err := wordMark.reached(c.Tx)
	if err != nil {
		return Done{}, err
	}
	_, pointed, err := pointMark.reached(c.Tx)
	if err != nil {
		return Done{}, err
	}
	w := writer{p: p, tx: c.Tx, seq: done.Seq, index: complete}
	for i := range p.steps {
		w.step(&p.steps[i])
		if len(w.versions) < rowsAtOnce {
			continue
		}
		w.send()
		if err := c.Tx.Flush(); err != nil {
			return done, err
		}
	}
	w.send()
	if pointed && len(p.steps) <= pointBatch {
		if err := c.Tx.Flush(); err != nil {
			return done, err
		}
		if err := pointMore(c.Tx); err != nil {
			return done, err
		}
	}
	if err := counted(c.Tx, done.Added+done.Edited); err != nil {
		return done, err
	}
	digest := w.sum.Sum(nil)
	c.Tx.Put(`insert into list_change(home, seq, list, edition, document, from_day, reason, made, person, agency, added, edited, ended, digest)
		values($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`, c.Tx.Home(), done.Seq, p.k.Key, done.Edition, p.b.Document, p.b.From, p.b.Reason,
		c.Now(), c.Actor.Person, c.Actor.Agency, done.Added, done.Edited, done.Ended, digest)
	facts := map[string]any{"list": p.k.Key, "change": done.Seq, "edition": done.Edition, "document": p.b.Document, "reason": p.b.Reason,
		"added": done.Added, "edited": done.Edited, "ended": done.Ended, "entries": hex.EncodeToString(digest)}
	if len(w.lines) <= mostLines {
		facts["each"] = w.lines
	}
	_, err = c.Note(nil, ledger.Event{Stream: "list/" + p.k.Key, Kind: "list.changed", Day: p.b.From, State: digest, Facts: facts})
	return done, err
}

// counted lets PostgreSQL count again after many new versions: what is common and
// what is rare decides how it searches.
func counted(tx *store.Tx, written int) error {
	if written < 1000 || tx.Engine() != store.Postgres {
		return nil
	}
	for _, table := range []string{"list_gram", "list_version"} {
		if _, err := tx.Exec(`analyze ` + table); err != nil {
			return err
		}
	}
	return nil
}

// mostLines is up to how many entries an event names each one with its digest;
// of more it has the digest of all, from which each follows by its stored line.
const mostLines = 100

// writer puts the rows of a change.
type writer struct {
	p        *planned
	tx       *store.Tx
	seq      int64
	index    bool // the index of words misses nothing: what comes is put into it
	sum      hasher
	lines    []string
	entries  [][]any
	versions [][]any
	words    [][]any
}

// Line is how a version stands in the digest of its change: code, number, first
// day, whether it ends the entry, digest of its content.
func Line(code string, n int, from day.Day, ended bool, digest []byte) string {
	return fmt.Sprintf("%s %d %s %t %x\n", code, n, from, ended, digest)
}

func (w *writer) step(s *step) {
	p, home := w.p, w.tx.Home()
	version, n := w.tx.NewID(), 1
	if s.root != nil {
		n = s.root.newest + 1
	}
	ended := s.op == End
	if ended {
		s.digest = s.root.digest
	}
	line := Line(s.code, n, p.b.From, ended, s.digest)
	w.sum.add(line)
	if len(w.lines) <= mostLines {
		w.lines = append(w.lines, line)
	}
	if s.root == nil {
		s.root = &root{id: w.tx.NewID()}
		w.entries = append(w.entries, []any{home, s.root.id, p.k.Key, s.code, n, version, p.b.From, ended, s.agency, s.region, s.digest})
	} else {
		w.tx.Put(`update list_version set until_day = $3 where home = $1 and id = $2`, home, s.root.version, p.b.From)
		w.tx.PutOne(act.Changed("lists.thing.entry"), `update list_entry set newest = $3, version = $4, from_day = $5, ended = $6, agency = $7, region = $8, digest = $9
			where home = $1 and id = $2 and newest = $10`, home, s.root.id, n, version, p.b.From, ended, s.agency, s.region, s.digest, s.root.newest)
	}
	if ended {
		w.tx.Put(`insert into list_version(home, id, entry, n, list, code, agency, region, type, from_day, until_day, ended, seq,
			part1, part2, part3, part4, part5, part6, digest, name, name_key, content)
			select home, $3, entry, $4, list, code, agency, region, type, $5, 0, $6, $7, part1, part2, part3, part4, part5, part6, digest, name, name_key, content
			from list_version where home = $1 and id = $2`, home, s.root.version, version, n, p.b.From, true, w.seq)
		return
	}
	parts, name, typ := p.k.parts(s.after), s.after.Columns.Text("name"), s.after.Columns.Text("type")
	if w.index {
		w.words = append(w.words, indexRow(w.tx, version, tokensOf(p.k.Key, s.agency, typ, nameKey(name))))
	}
	w.versions = append(w.versions, []any{home, version, s.root.id, n, p.k.Key, s.code, s.agency, s.region, typ, p.b.From, 0, false, w.seq,
		parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], s.digest, name, nameKey(name), s.text})
}

// rowsAtOnce is how many versions are held before they are sent: of a province's
// list not all are in memory twice.
const rowsAtOnce = 2000

func (w *writer) send() {
	if len(w.entries) > 0 {
		w.tx.PutRows(`insert into list_entry(home, id, list, code, newest, version, from_day, ended, agency, region, digest)`, w.entries)
	}
	if len(w.versions) > 0 {
		w.tx.PutRows(`insert into list_version(home, id, entry, n, list, code, agency, region, type, from_day, until_day, ended, seq,
			part1, part2, part3, part4, part5, part6, digest, name, name_key, content)`, w.versions)
	}
	if w.index {
		putIndex(w.tx, w.words, w.seq, w.p.steps[len(w.p.steps)-1].code)
	}
	w.entries, w.versions, w.words = nil, nil, nil
}
