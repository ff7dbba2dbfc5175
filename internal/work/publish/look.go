package publish

import (
	"encoding/json"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// Standing is how sending and comparing stand.
type Standing struct {
	URL      string // "" where no portal is set
	Sent     day.Instant
	Waiting  int             // versions that were not acknowledged
	Why      wording.Message // what was wrong with the last attempt; zero when it was well
	Tried    day.Instant
	Next     day.Instant // when it is tried again
	Going    bool        // a comparison is under way, or will be at once
	Done     int         // versions that it went through
	Total    int         // of so many; 0 before it began
	Compared day.Instant // 0 is never
	Figures
}

// Stand tells how things stand; for those who may send.
func (d *Desk) Stand(tx *store.Tx, a act.Actor) (Standing, error) {
	if err := d.Runner.Rights.Authorise(tx, a, CommandCompare.Right, act.Scope{Region: d.Region}); err != nil || d.Higher.URL == "" {
		return Standing{}, err
	}
	s, err := stateOf(tx)
	if err != nil {
		return Standing{}, err
	}
	out := Standing{URL: d.Higher.URL, Sent: s.sent, Why: s.why, Tried: s.tried, Going: s.wanted || s.total > 0, Done: s.done, Total: s.total, Compared: s.at, Figures: s.Figures}
	if s.why.Key != "" {
		out.Next = s.tried + pause(s.tries-1)
	}
	_, err = tx.Get([]any{&out.Waiting}, `select count(*) from list_version v where v.home = $1 and (v.seq, v.code) > ($2, $3)`, tx.Home(), s.seq, s.code)
	return out, err
}

// Query asks for differences.
type Query struct {
	Kind  Kind   // "" all
	List  string // of the difference before the first, with its code and number; "" begins
	Code  string
	N     int
	Limit int
}

// Differences lists what the last comparison found, by list, code and number.
func Differences(tx *store.Tx, q Query) ([]Difference, error) {
	return store.All(tx, func(r store.Row) (x Difference, err error) {
		var fields string
		if err = r.Scan(&x.List, &x.Code, &x.N, &x.Kind, &x.Name, &x.there, &fields); err == nil {
			err = json.Unmarshal([]byte(fields), &x.Fields)
		}
		return x, err
	}, `select list, code, n, kind, name, there, fields from publish_difference
		where home = $1 and ($2 = '' or kind = $2) and (list, code, n) > ($3, $4, $5) order by list, code, n limit $6`, tx.Home(), string(q.Kind), q.List, q.Code, q.N, q.Limit)
}
