// Package publish sends what the lists of this portal say to the portal of the
// higher level, and shows where the two differ: this portal is the canonical
// source (同源发布), the other one a copy that is held against it.
//
// What is sent is what the public reads here: every version of every entry, in
// the order of the changes that made them. The place up to which the receiver
// acknowledged moves on only after its answer, so that a stop between the two
// sends a portion again and never skips one; a version that came before is left
// as it is there. One job does all of it, one portion after the other.
package publish

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"tongban/internal/record/act"
	"tongban/internal/record/job"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// The commands of this room.
var (
	CommandCompare = act.Command{Name: "publish.compare", Right: "list.push"}
	CommandAgain   = act.Command{Name: "publish.again", Right: "list.push"}
)

// Commands lists the commands of this room.
func Commands() []act.Command { return []act.Command{CommandCompare, CommandAgain} }

// Higher is the portal of the higher level, as an operator set it.
type Higher struct {
	URL     string // of the portal; "" is none
	KeyFile string // holds the key that the portal gave; read at every attempt
	Address string // of this portal, as the public writes it: permanent links begin with it
}

// Check tells what is wrong with how the portal is set; its errors are messages.
func (h Higher) Check() error {
	if h.URL == "" {
		return nil
	}
	for _, address := range []string{h.URL, h.Address} {
		u, err := url.Parse(address)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
			return wording.M("publish.set.address", "got", address)
		}
	}
	if h.KeyFile == "" {
		return wording.M("publish.set.key")
	}
	return nil
}

// Desk sends and compares.
type Desk struct {
	Runner *act.Runner
	Lists  *lists.Register
	Region string // of this portal
	Higher Higher
	HTTP   *http.Client // nil is one that follows no redirects and waits half a minute
}

// answerTime is how long the receiver may take for an answer.
const answerTime = 30 * time.Second

func (d *Desk) http() *http.Client {
	if d.HTTP != nil {
		return d.HTTP
	}
	return &http.Client{Timeout: answerTime, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// JobKind is the kind of the one job that Work handles.
const JobKind = "publish.push"

// jobKey is the key of the one job.
const jobKey = "higher"

// Begin sees that the job is there. A portal at another address begins anew.
func (d *Desk) Begin(ctx context.Context) error {
	if d.Higher.URL == "" {
		return nil
	}
	return d.Runner.Store.Do(ctx, store.Background, func(tx *store.Tx) error {
		s, err := stateOf(tx)
		if err != nil {
			return err
		}
		if s.url != d.Higher.URL {
			tx.Put(`delete from publish_state where home = $1`, tx.Home())
			tx.Put(`delete from publish_difference where home = $1`, tx.Home())
			tx.Put(`insert into publish_state(home, url, seq, code, sent_at, tries, tried_at, why, why_args, fresh, wanted, again, done, total, compared_at, same, missing, extra, different)
				values($1, $2, 0, '', 0, 0, 0, '', '{}', true, false, false, 0, 0, 0, 0, 0, 0, 0)`, tx.Home(), d.Higher.URL)
		}
		job.Add(tx, job.Job{Kind: JobKind, Key: jobKey, RunAt: tx.Now()})
		job.Move(tx, JobKind, jobKey, tx.Now())
		return nil
	})
}

// state is how far things are.
type state struct {
	url     string
	seq     int64
	code    string
	sent    day.Instant
	tries   int
	tried   day.Instant
	why     wording.Message
	fresh   bool
	wanted  bool
	again   bool
	done    int
	total   int
	at      day.Instant // when the two were compared
	Figures Figures
}

// Figures are what a comparison counted, in versions of entries.
type Figures struct {
	Same      int `json:"same"`
	Missing   int `json:"missing"`   // there
	Extra     int `json:"extra"`     // there, and never published here
	Different int `json:"different"` //
}

// Differ is how many are not the same.
func (f Figures) Differ() int { return f.Missing + f.Extra + f.Different }

const stateSQL = `select url, seq, code, sent_at, tries, tried_at, why, why_args, fresh, wanted, again, done, total, compared_at, same, missing, extra, different
	from publish_state where home = $1`

func scanState(r store.Row) (s state, err error) {
	var args string
	f := &s.Figures
	if err = r.Scan(&s.url, &s.seq, &s.code, &s.sent, &s.tries, &s.tried, &s.why.Key, &args, &s.fresh, &s.wanted, &s.again, &s.done, &s.total, &s.at,
		&f.Same, &f.Missing, &f.Extra, &f.Different); err == nil {
		err = json.Unmarshal([]byte(args), &s.why.Args)
	}
	return s, err
}

func stateOf(tx *store.Tx) (state, error) {
	s, _, err := store.Find(tx, scanState, stateSQL, tx.Home())
	return s, err
}

// Compare has the two portals compared now, whatever was sent since.
func (d *Desk) Compare(ctx context.Context, a act.Actor, token string) error {
	return d.order(ctx, a, token, CommandCompare, `update publish_state set wanted = true where home = $1`)
}

// Again has everything sent again from the beginning, after what the last
// comparison found to be too many there was taken back, and the two compared.
func (d *Desk) Again(ctx context.Context, a act.Actor, token string) error {
	return d.order(ctx, a, token, CommandAgain, `update publish_state set wanted = true, again = true, seq = 0, code = '' where home = $1`)
}

func (d *Desk) order(ctx context.Context, a act.Actor, token string, command act.Command, update string) error {
	_, err := act.Run(ctx, d.Runner, a, token, command, d.Higher.URL, func(c *act.Call, at string) (struct{}, error) {
		if err := c.Allow(act.Scope{Region: d.Region}); err != nil {
			return struct{}{}, err
		}
		if at == "" {
			return struct{}{}, act.Refuse("publish.none").Then("publish.none.next")
		}
		c.Tx.PutOne(act.Refuse("publish.begins"), update, c.Tx.Home())
		job.Move(c.Tx, JobKind, jobKey, c.Now())
		_, err := c.Note(nil, ledger.Event{Stream: "publish/higher", Kind: command.Name + "_ordered", Facts: map[string]any{"portal": host(at)}})
		return struct{}{}, err
	})
	return err
}

// host is a portal without what stands behind its name.
func host(address string) string {
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		return u.Host
	}
	return strings.TrimSpace(address)
}
