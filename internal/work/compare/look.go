package compare

import (
	"encoding/json"
	"strconv"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/reconcile"
)

const comparisonColumns = `id, agency, region, file, digest, on_day, theirs, ours, found, whole, made_by, made_at`

func scanComparison(r store.Row) (x Comparison, err error) {
	err = r.Scan(&x.ID, &x.Agency, &x.Region, &x.File, &x.Digest, &x.On, &x.Theirs, &x.Ours, &x.Found, &x.Whole, &x.By, &x.At)
	return x, err
}

// ByID returns a comparison; a NotFound error when there is none.
func ByID(tx *store.Tx, id int64) (Comparison, error) {
	x, found, err := store.Find(tx, scanComparison, `select `+comparisonColumns+` from comparison where home = $1 and id = $2`, tx.Home(), id)
	if err == nil && !found {
		err = act.Missing("compare.thing.comparison")
	}
	return x, err
}

// Recent lists comparisons of an agency's lists, "" for all, before a number, the
// newest first; before 0 begins with the newest.
func Recent(tx *store.Tx, agency string, before int64, limit int) ([]Comparison, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	return store.All(tx, scanComparison, `select `+comparisonColumns+` from comparison where home = $1 and id < $2 and ($4 = '' or agency = $4) order by id desc limit $3`, tx.Home(), before, limit, agency)
}

// Query asks for rows of a comparison.
type Query struct {
	Comparison int64
	Relation   reconcile.Relation // "" all
	Differs    string             // a field; "nothing" for rows that differ in none; "" all
	Verdict    string             // confirmed, rejected, open; "" all
	After      int                // number of the row before the first
	Limit      int
}

const rowColumns = `comparison, n, relation, score, rev, verdict, reason, decided_by, decided_at, body`

func scanRow(r store.Row) (x Row, err error) {
	var text string
	if err = r.Scan(&x.Comparison, &x.N, &x.Relation, &x.Score, &x.Rev, &x.Verdict, &x.Reason, &x.By, &x.At, &text); err == nil {
		err = json.Unmarshal([]byte(text), &x.Body)
	}
	return x, err
}

// Page lists rows in the order of the own list. The next page begins after the
// last row's number; a page with fewer than Limit rows is the last one.
func Page(tx *store.Tx, q Query) ([]Row, error) {
	args := []any{tx.Home(), q.Comparison, q.After}
	where := []string{`home = $1 and comparison = $2 and n > $3`}
	and := func(condition string, v any) {
		args = append(args, v)
		where = append(where, strings.ReplaceAll(condition, "%s", "$"+strconv.Itoa(len(args))))
	}
	if q.Relation != "" {
		and(`relation = %s`, string(q.Relation))
	}
	switch q.Differs {
	case "":
	case "nothing":
		and(`differs = %s`, "")
	default:
		and(`differs like %s`, "% "+strings.Map(letter, q.Differs)+" %")
	}
	switch q.Verdict {
	case "":
	case "open":
		and(`verdict = %s`, "")
	default:
		and(`verdict = %s`, q.Verdict)
	}
	args = append(args, q.Limit)
	return store.All(tx, scanRow, `select `+rowColumns+` from comparison_row where `+strings.Join(where, " and ")+` order by n limit $`+strconv.Itoa(len(args)), args...)
}

// letter leaves only small letters: the names of fields.
func letter(r rune) rune {
	if r >= 'a' && r <= 'z' {
		return r
	}
	return -1
}

// RowOf returns a row; a NotFound error when there is none.
func RowOf(tx *store.Tx, comparison int64, n int) (Row, error) {
	x, found, err := store.Find(tx, scanRow, `select `+rowColumns+` from comparison_row where home = $1 and comparison = $2 and n = $3`, tx.Home(), comparison, n)
	if err == nil && !found {
		err = act.Missing("compare.thing.row")
	}
	return x, err
}

// Counts is how many rows a comparison has of each kind.
type Counts struct {
	Relations map[reconcile.Relation]int
	Open      map[reconcile.Relation]int // nobody decided
	Fields    map[reconcile.Field]int    // rows that differ in a field
	Agreed    int                        // open rows in which both sides say the same in everything
}

// Count counts the rows of a comparison.
func Count(tx *store.Tx, comparison int64) (Counts, error) {
	n := Counts{Relations: map[reconcile.Relation]int{}, Open: map[reconcile.Relation]int{}, Fields: map[reconcile.Field]int{}}
	err := tx.Each(func(r store.Row) error {
		var rel reconcile.Relation
		var differs, verdict string
		var rows int
		if err := r.Scan(&rel, &differs, &verdict, &rows); err != nil {
			return err
		}
		n.Relations[rel] += rows
		if verdict == "" {
			n.Open[rel] += rows
			if rel == reconcile.Same && differs == "" {
				n.Agreed += rows
			}
		}
		for _, f := range strings.Fields(differs) {
			n.Fields[reconcile.Field(f)] += rows
		}
		return nil
	}, `select relation, differs, verdict, count(*) from comparison_row where home = $1 and comparison = $2 group by relation, differs, verdict`, tx.Home(), comparison)
	return n, err
}
