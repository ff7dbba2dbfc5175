package compare

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/rules/reconcile"
)

// mostReason bounds a reason, in characters.
const mostReason = 500

// Decision is what a person says about a row.
type Decision struct {
	Comparison int64
	N          int
	Rev        int // of the row, as the person saw it
	Verdict    reconcile.Verdict
	Reason     string // a rejection must have one
	// Without are lines that do not belong into a row of several, by their keys
	// (reconcile.Entry.Key); the rest is what is confirmed.
	Without []string
}

// Decided refers to what a decision left.
type Decided struct {
	Rows int `json:"rows"`
}

// Decide confirms or rejects a row. When somebody else decided meanwhile it is a
// Conflict and nothing is written.
func (d *Desk) Decide(ctx context.Context, a act.Actor, token string, in Decision) (Decided, error) {
	return act.Run(ctx, d.Runner, a, token, CommandDecide, in, func(c *act.Call, in Decision) (Decided, error) {
		x, err := ByID(c.Tx, in.Comparison)
		if err != nil {
			return Decided{}, err
		}
		if err := c.Allow(act.Scope{Agency: x.Agency, Region: x.Region}); err != nil {
			return Decided{}, err
		}
		r, err := RowOf(c.Tx, in.Comparison, in.N)
		if err != nil {
			return Decided{}, err
		}
		if r.Rev != in.Rev {
			return Decided{}, act.Changed("compare.thing.row")
		}
		if err := in.check(); err != nil {
			return Decided{}, err
		}
		if err := r.drop(in); err != nil {
			return Decided{}, err
		}
		if _, err := c.Note(nil, ledger.Event{Stream: stream(x.ID), Kind: "compare.decided", Facts: map[string]any{"agency": x.Agency, "row": r.N,
			"verdict": string(in.Verdict), "theirs": keysOf(r.Theirs, false).texts(), "ours": keysOf(r.Ours, false).texts(), "reason": in.Reason}}); err != nil {
			return Decided{}, err
		}
		return Decided{Rows: 1}, r.decide(c, x.Agency, in.Verdict, strings.TrimSpace(in.Reason))
	})
}

// check sees that a decision says what it must.
func (in *Decision) check() error {
	n := utf8.RuneCountInString(in.Reason)
	switch {
	case in.Verdict != reconcile.Confirmed && in.Verdict != reconcile.Rejected:
		return act.Wrong("compare.verdict")
	case in.Verdict == reconcile.Rejected && strings.TrimSpace(in.Reason) == "" || n > mostReason:
		return act.WrongFields("compare.reason", []act.Field{{Name: "reason", Msg: act.Wrong("compare.reason", "max", mostReason).Msg}})
	}
	return nil
}

// drop marks the lines that do not belong into a row of several.
func (r *Row) drop(in Decision) error {
	left := [2]int{}
	for side, list := range [2][]Line{r.Theirs, r.Ours} {
		for i := range list {
			l := &list[i]
			l.Dropped = in.Verdict == reconcile.Confirmed && slices.Contains(in.Without, l.Entry().Key())
			if !l.Dropped {
				left[side]++
			}
		}
	}
	if left[0] == 0 && len(r.Theirs) > 0 || left[1] == 0 && len(r.Ours) > 0 {
		return act.Wrong("compare.without")
	}
	return nil
}

// decide writes a decision on its row and into the memory.
func (r *Row) decide(c *act.Call, agency string, verdict reconcile.Verdict, reason string) error {
	text, err := r.text()
	if err != nil {
		return err
	}
	c.Tx.PutOne(act.Changed("compare.thing.row"), `update comparison_row set verdict = $1, reason = $2, decided_by = $3, decided_at = $4, rev = rev + 1, body = $5
		where home = $6 and comparison = $7 and n = $8 and rev = $9`, string(verdict), reason, c.Actor.Person, c.Now(), text, c.Tx.Home(), r.Comparison, r.N, r.Rev)
	return r.remember(c, agency, verdict)
}

// remember keeps a decision pair by pair. A confirmed match of a line ends what
// was confirmed of it before; a rejected pair ends the match that it was in.
func (r *Row) remember(c *act.Call, agency string, verdict reconcile.Verdict) error {
	tx := c.Tx
	theirs, ours := keysOf(r.Theirs, true), keysOf(r.Ours, true)
	if verdict == reconcile.Confirmed {
		for _, k := range keysOf(r.Theirs, false).texts() {
			tx.Put(`delete from comparison_memory where home = $1 and agency = $2 and verdict = $3 and their = $4`, tx.Home(), agency, string(reconcile.Confirmed), k)
		}
		for _, k := range keysOf(r.Ours, false).texts() {
			tx.Put(`delete from comparison_memory where home = $1 and agency = $2 and verdict = $3 and our = $4`, tx.Home(), agency, string(reconcile.Confirmed), k)
		}
	}
	decision := tx.NewID()
	for _, t := range theirs {
		for _, o := range ours {
			v := verdict
			if verdict == reconcile.Confirmed && (t.dropped || o.dropped) {
				v = reconcile.Rejected
			}
			tx.Put(`insert into comparison_memory(home, agency, their, our, verdict, decision) values($1, $2, $3, $4, $5, $6)
				on conflict (home, agency, their, our) do update set verdict = excluded.verdict, decision = excluded.decision`,
				tx.Home(), agency, t.key, o.key, string(v), decision)
		}
	}
	return nil
}

// keyed is a line as it is remembered; key "" stands for no line.
type keyed struct {
	key     string
	dropped bool
}

// keyList are the keys of lines.
type keyList []keyed

// texts are the keys of the lines that belong there.
func (l keyList) texts() []string {
	list := []string{}
	for _, k := range l {
		if !k.dropped {
			list = append(list, k.key)
		}
	}
	return list
}

// keysOf lists the keys of lines; alone, "" where there is none.
func keysOf(lines []Line, alone bool) keyList {
	var list keyList
	for i := range lines {
		list = append(list, keyed{lines[i].Entry().Key(), lines[i].Dropped})
	}
	if len(list) == 0 && alone {
		list = keyList{{}}
	}
	return list
}

// remembered is what persons decided about the lines of an agency.
func remembered(tx *store.Tx, agency string) (list []reconcile.Decision, err error) {
	at := map[int64]int{}
	err = tx.Each(func(row store.Row) error {
		var their, our string
		var verdict reconcile.Verdict
		var decision int64
		if err := row.Scan(&their, &our, &verdict, &decision); err != nil {
			return err
		}
		var d reconcile.Decision
		if their != "" {
			d.Theirs = []string{their}
		}
		if our != "" {
			d.Ours = []string{our}
		}
		if d.Verdict = verdict; verdict == reconcile.Rejected {
			list = append(list, d)
			return nil
		}
		i, seen := at[decision]
		if !seen {
			at[decision] = len(list)
			list = append(list, d)
			return nil
		}
		was := &list[i]
		for _, k := range d.Theirs {
			if !slices.Contains(was.Theirs, k) {
				was.Theirs = append(was.Theirs, k)
			}
		}
		for _, k := range d.Ours {
			if !slices.Contains(was.Ours, k) {
				was.Ours = append(was.Ours, k)
			}
		}
		return nil
	}, `select their, our, verdict, decision from comparison_memory where home = $1 and agency = $2 order by decision, their, our`, tx.Home(), agency)
	return list, err
}

// mostAgreed bounds how many rows one Agree confirms.
const mostAgreed = 2000

// Agree confirms all open rows of a comparison in which both sides say the same
// in everything, up to 2,000 at once; the rest stays open.
func (d *Desk) Agree(ctx context.Context, a act.Actor, token string, comparison int64) (Decided, error) {
	return act.Run(ctx, d.Runner, a, token, CommandAgree, comparison, func(c *act.Call, id int64) (Decided, error) {
		x, err := ByID(c.Tx, id)
		if err != nil {
			return Decided{}, err
		}
		if err := c.Allow(act.Scope{Agency: x.Agency, Region: x.Region}); err != nil {
			return Decided{}, err
		}
		rows, err := Page(c.Tx, Query{Comparison: id, Relation: reconcile.Same, Verdict: "open", Differs: "nothing", Limit: mostAgreed})
		if err != nil || len(rows) == 0 {
			return Decided{}, err
		}
		if _, err := c.Note(nil, ledger.Event{Stream: stream(id), Kind: "compare.agreed", Facts: map[string]any{"agency": x.Agency, "rows": len(rows), "first": rows[0].N, "last": rows[len(rows)-1].N}}); err != nil {
			return Decided{}, err
		}
		for i := range rows {
			if err := rows[i].decide(c, x.Agency, reconcile.Confirmed, ""); err != nil {
				return Decided{}, err
			}
		}
		return Decided{Rows: len(rows)}, nil
	})
}
