package compare

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/register/identity"
	"tongban/internal/rules/reconcile"
)

// Sent is an own list as it was sent.
type Sent struct {
	Agency string // whose list it is
	File   string // name of the file, which tells its kind
	Src    []byte
}

// sentIn is by what a repetition is known.
type sentIn struct {
	Agency, File string
	Digest       []byte
}

// Begin reads a list, compares it with the catalogue of today and keeps the
// result. What is wrong with the list is an Invalid error with a field for each
// problem, and nothing is kept. What was decided about the agency's lines before
// is obeyed.
func (d *Desk) Begin(ctx context.Context, a act.Actor, token string, in Sent) (int64, error) {
	sum := sha256.Sum256(in.Src)
	// The lists are matched beside the command: nothing of the store is held meanwhile.
	var agencies []identity.Agency
	var ours []Line
	var before []reconcile.Decision
	var found bool
	err := d.Runner.Store.Read(ctx, func(tx *store.Tx) (err error) {
		if err = d.Runner.Rights.Authorise(tx, a, CommandBegin.Right, act.Scope{Agency: in.Agency, Region: d.Region}); err != nil {
			return err
		}
		if agencies, err = d.People.Agencies(tx, tx.Today()); err != nil {
			return err
		}
		for _, x := range agencies {
			found = found || x.Key == in.Agency
		}
		if ours, err = d.ours(tx, tx.Today()); err == nil {
			before, err = remembered(tx, in.Agency)
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	if !found {
		return 0, act.WrongFields("compare.agency", []act.Field{{Name: "agency", Msg: act.Wrong("compare.agency").Msg}})
	}
	theirs, problems := Read(in.File, bytes.NewReader(in.Src), int64(len(in.Src)), agencies)
	if err := problems.AsError(); err != nil {
		return 0, err
	}
	rows, whole := Match(in.Agency, theirs, ours, before, placesOf(agencies))
	key := sentIn{Agency: in.Agency, File: in.File, Digest: sum[:]}
	return act.Run(ctx, d.Runner, a, token, CommandBegin, key, func(c *act.Call, in sentIn) (int64, error) {
		if err := c.Allow(act.Scope{Agency: in.Agency, Region: d.Region}); err != nil {
			return 0, err
		}
		x := Comparison{ID: c.Tx.NewID(), Agency: in.Agency, Region: d.Region, File: in.File, Digest: in.Digest, On: c.Today(),
			Theirs: len(theirs), Ours: len(ours), Found: len(rows), Whole: whole, By: c.Actor.Person, At: c.Now()}
		return x.ID, put(c, x, rows)
	})
}

// placesOf are names that items of the area begin with.
func placesOf(agencies []identity.Agency) (places []string) {
	seen := map[string]bool{}
	for _, a := range agencies {
		for _, end := range []string{"县", "区", "市"} {
			// 云禾县市场监督管理局 names the county it belongs to.
			if i := strings.Index(a.Name, end); i >= 6 && i <= 12 && !seen[a.Name[:i+len(end)]] {
				seen[a.Name[:i+len(end)]] = true
				places = append(places, a.Name[:i+len(end)])
			}
		}
	}
	return places
}

// Match compares and makes rows of the result, which is whole when every line met
// all that are like it. Of what only the catalogue has, the agency's own items are
// shown, for the rest is others' business; agency "" is all.
func Match(agency string, theirs, ours []Line, before []reconcile.Decision, places []string) (rows []Row, whole bool) {
	in := reconcile.Input{Places: places, Decided: before}
	for i := range theirs {
		in.Theirs = append(in.Theirs, theirs[i].Entry())
	}
	for i := range ours {
		in.Ours = append(in.Ours, ours[i].Entry())
	}
	r := reconcile.Compare(in)
	for i := range r.Matches {
		m := &r.Matches[i]
		if agency != "" && m.Relation == reconcile.OnlyOurs && ours[m.Ours[0]].Agency != agency {
			continue
		}
		row := Row{N: len(rows) + 1, Relation: m.Relation, Score: m.Score, Verdict: m.Verdict}
		for _, t := range m.Theirs {
			row.Theirs = append(row.Theirs, theirs[t])
		}
		for _, o := range m.Ours {
			row.Ours = append(row.Ours, ours[o])
		}
		for _, w := range m.Reasons {
			row.Why = append(row.Why, sayingOf(w))
		}
		for _, x := range m.Differences {
			row.Differences = append(row.Differences, Apart{Field: x.Field, Theirs: x.Theirs, Ours: x.Ours, More: x.More, Less: x.Less})
		}
		rows = append(rows, row)
	}
	return rows, r.Whole
}

// put writes a comparison with its rows.
func put(c *act.Call, x Comparison, rows []Row) error {
	tx := c.Tx
	if _, err := c.Note(nil, ledger.Event{Stream: stream(x.ID), Kind: "compare.begun", Facts: map[string]any{"agency": x.Agency,
		"digest": hex.EncodeToString(x.Digest), "theirs": x.Theirs, "ours": x.Ours, "rows": x.Found}}); err != nil {
		return err
	}
	tx.Put(`insert into comparison(home, id, agency, region, file, digest, on_day, theirs, ours, found, whole, made_by, made_at)
		values($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`, tx.Home(), x.ID, x.Agency, x.Region, x.File, x.Digest, x.On, x.Theirs, x.Ours, x.Found, x.Whole, x.By, x.At)
	const together = 200
	var values [][]any
	for i := range rows {
		r := &rows[i]
		text, err := r.text()
		if err != nil {
			return err
		}
		values = append(values, []any{tx.Home(), x.ID, r.N, string(r.Relation), r.differs(), r.Score, 0, string(r.Verdict), "", int64(0), int64(0), text})
		if len(values) == together || i == len(rows)-1 {
			tx.PutRows(`insert into comparison_row(home, comparison, n, relation, differs, score, rev, verdict, reason, decided_by, decided_at, body)`, values)
			values = nil
		}
	}
	return nil
}

// differs lists the fields in which a row differs, each between blanks.
func (r *Row) differs() string {
	var b strings.Builder
	for _, f := range reconcile.Fields() {
		for _, d := range r.Differences {
			if d.Field == f {
				b.WriteString(" " + string(f) + " ")
				break
			}
		}
	}
	return b.String()
}

func stream(id int64) string { return "comparison/" + strconv.FormatInt(id, 10) }
