package inspect

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/checkup"
)

const runColumns = `id, region, on_day, rules, items, powers, errors, warnings, notes, accepted, fresh, mended, by_rule, made_by, made_at`

func scanRun(r store.Row) (x Run, err error) {
	var rules, byRule string
	if err = r.Scan(&x.ID, &x.Region, &x.On, &rules, &x.Items, &x.Powers, &x.Errors, &x.Warnings, &x.Notes, &x.Accepted, &x.Fresh, &x.Mended, &byRule, &x.By, &x.At); err == nil {
		x.Rules = strings.Fields(rules)
		err = json.Unmarshal([]byte(byRule), &x.ByRule)
	}
	return x, err
}

// Recent lists up to limit runs that are done, the newest first, behind the one with the id
// before; 0 begins.
func Recent(tx *store.Tx, before int64, limit int) ([]Run, error) {
	return store.All(tx, scanRun, `select `+runColumns+` from checkup_run where home = $1 and not (`+underway+`) and ($2 = 0 or id < $2) order by id desc limit $3`, tx.Home(), before, limit)
}

const findingColumns = `state, agency, first_day, mended_day, rev, reason, accepted_by, accepted_at, body`

func scanFinding(r store.Row) (f Finding, err error) {
	var body string
	if err = r.Scan(&f.State, &f.Agency, &f.First, &f.Mended, &f.Rev, &f.Reason, &f.By, &f.At, &body); err == nil {
		err = json.Unmarshal([]byte(body), &f.Plain)
	}
	return f, err
}

// ByID returns a finding; a NotFound error when no run ever had it.
func ByID(tx *store.Tx, id string) (Finding, error) {
	f, known, err := store.Find(tx, scanFinding, `select `+findingColumns+` from checkup_finding where home = $1 and id = $2`, tx.Home(), id)
	if err == nil && !known {
		err = act.Missing("inspect.thing.finding")
	}
	return f, err
}

// Query asks for findings.
type Query struct {
	State    State            // "" open
	Severity checkup.Severity // "" all
	Rule     string           // key; "" all
	Agency   string           // key; "" all
	After    string           // id of the finding before the first; "" begins
	Limit    int
}

// Page lists findings, the heaviest first, then by rule and by what they are
// about. The next page begins after the last one's id; a page with fewer than
// Limit findings is the last one.
func Page(tx *store.Tx, q Query) ([]Finding, error) {
	if q.State == "" {
		q.State = Open
	}
	var where []string
	var args []any
	and := func(condition string, values ...any) {
		for _, v := range values {
			args = append(args, v)
			condition = strings.Replace(condition, "?", "$"+strconv.Itoa(len(args)), 1)
		}
		where = append(where, condition)
	}
	and(`home = ?`, tx.Home())
	and(`state = ?`, string(q.State))
	if q.Severity != "" {
		and(`weight = ?`, weight(q.Severity))
	}
	if q.Rule != "" {
		and(`rule = ?`, q.Rule)
	}
	if q.Agency != "" {
		and(`agency = ?`, q.Agency)
	}
	if q.After != "" {
		f, err := ByID(tx, q.After)
		if act.KindOf(err) == act.NotFound {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		and(`(weight, rule, subject_code, id) > (?, ?, ?, ?)`, weight(f.Severity), f.Rule, f.Subject.Code, f.ID)
	}
	args = append(args, q.Limit)
	return store.All(tx, scanFinding, `select `+findingColumns+` from checkup_finding where `+strings.Join(where, " and ")+
		` order by weight, rule, subject_code, id limit $`+strconv.Itoa(len(args)), args...)
}

// RuleCount is how many findings of a rule there are now.
type RuleCount struct {
	checkup.Rule
	Open, Accepted int
}

// Count counts the findings that stand, about an agency's entries or all for "", by
// rule, in the order of the rules; rules that find nothing are left out.
func Count(tx *store.Tx, agency string) ([]RuleCount, error) {
	rules := checkup.Rules()
	all := make([]RuleCount, len(rules))
	at := map[string]int{}
	for i, r := range rules {
		all[i].Rule = r
		at[r.Key] = i
	}
	err := tx.Each(func(r store.Row) error {
		var rule string
		var state State
		var n int
		if err := r.Scan(&rule, &state, &n); err != nil {
			return err
		}
		if i, ok := at[rule]; ok && state == Accepted {
			all[i].Accepted = n
		} else if ok {
			all[i].Open = n
		}
		return nil
	}, `select rule, state, count(*) from checkup_finding where home = $1 and state <> 'mended' and ($2 = '' or agency = $2) group by rule, state`, tx.Home(), agency)
	return slices.DeleteFunc(all, func(c RuleCount) bool { return c.Open+c.Accepted == 0 }), err
}

// Agencies are the keys of those about whose entries something was found.
func Agencies(tx *store.Tx) ([]string, error) {
	return store.All(tx, func(r store.Row) (key string, err error) { return key, r.Scan(&key) },
		`select distinct agency from checkup_finding where home = $1 and agency <> '' order by agency`, tx.Home())
}
