package publish

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"tongban/internal/record/job"
	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/register/received"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

const (
	idle       = 15 * day.Second  // between two looks for something new
	unset      = day.Hour         // the same while no portal is set
	rowsMost   = 100              // versions of a portion
	bytesMost  = 256 << 10        // of their contents; one version may be longer
	atOnce     = time.Minute      // how long one run of the job may send
	longSend   = 10 * time.Second // after which the comparison waits for the next run
	goneAtOnce = 200
)

// pause is how long a portal that did not take something is left alone: doubling
// from five seconds to an hour.
func pause(tries int) day.Instant { return min(5*day.Second<<min(max(tries, 0), 20), day.Hour) }

// Work is the handler of the job: it sends what was not acknowledged, then
// compares where something was sent or somebody asked for it.
func (d *Desk) Work(ctx context.Context, j job.Job) error {
	if d.Higher.URL == "" {
		return job.Again(d.now() + unset)
	}
	more, err := d.work(ctx)
	switch {
	case err == nil && more:
		return job.Again(d.now())
	case err == nil:
		return job.Again(d.now() + idle)
	case errors.Is(ctx.Err(), context.Canceled):
		return ctx.Err() // our own stop, not the receiver's fault
	}
	tries, noted := d.note(ctx, d.told(ctx, err))
	if noted != nil {
		d.Runner.Log.ErrorContext(ctx, "lists not sent to the higher level", "err", noted)
	}
	return job.Again(d.now() + pause(tries-1)) // it is never given up: what is published stays to be sent
}

// told says in a sentence what was wrong with an attempt.
func (d *Desk) told(ctx context.Context, err error) trouble {
	if t, ok := errors.AsType[trouble](err); ok {
		return t
	}
	if ctx.Err() != nil {
		return trouble{wording.M("publish.why.slow", "host", host(d.Higher.URL))}
	}
	d.Runner.Log.ErrorContext(ctx, "lists not sent to the higher level", "err", err)
	return trouble{wording.M("publish.why.own")}
}

func (d *Desk) now() day.Instant { return d.Runner.Store.Now() }

// work does what there is to do, or as much of it as one run of a job may.
func (d *Desk) work(ctx context.Context) (more bool, err error) {
	s, err := d.state(ctx)
	if err != nil {
		return false, err
	}
	if s.again {
		if err := d.takeBack(ctx); err != nil {
			return false, err
		}
	}
	for began := time.Now(); time.Since(began) < atOnce; {
		sent, err := d.push(ctx)
		if err != nil {
			return false, err
		}
		if sent {
			continue
		}
		if s, err = d.state(ctx); err != nil {
			return false, err
		}
		switch {
		case s.again: // somebody asked for it meanwhile
			return true, nil
		case !s.fresh && !s.wanted:
			return false, nil
		case time.Since(began) > longSend:
			return true, nil
		}
		return false, d.compare(ctx, s)
	}
	return true, nil
}

func (d *Desk) state(ctx context.Context) (s state, err error) {
	err = d.Runner.Store.Read(ctx, func(tx *store.Tx) (err error) { s, err = stateOf(tx); return err })
	return s, err
}

// mark is a place in what is sent: a change and the last of its entries.
type mark struct {
	seq  int64
	code string
}

// push sends the next portion and moves on when it was acknowledged; sent is
// false when there was none.
func (d *Desk) push(ctx context.Context) (sent bool, err error) {
	var s state
	var p received.Portion
	var last mark
	if err := d.Runner.Store.Read(ctx, func(tx *store.Tx) (err error) {
		if s, err = stateOf(tx); err == nil {
			p, last, err = d.portion(tx, mark{s.seq, s.code})
		}
		return err
	}); err != nil || len(p.Entries) == 0 {
		return false, err
	}
	if err := d.send(ctx, p); err != nil {
		return false, err
	}
	// Where all is to be sent again meanwhile, the place is left where that put it.
	return true, d.Runner.Store.Do(context.WithoutCancel(ctx), store.Background, func(tx *store.Tx) error {
		tx.Put(`update publish_state set seq = $5, code = $6, sent_at = $7, fresh = true, tries = 0, why = '', why_args = '{}'
			where home = $1 and url = $2 and seq = $3 and code = $4`, tx.Home(), s.url, s.seq, s.code, last.seq, last.code, tx.Now())
		return nil
	})
}

// version is a version of an entry as it is published here.
type version struct {
	seq     int64
	list    string
	code    string
	name    string
	n       int
	from    day.Day
	ended   bool
	region  string
	digest  []byte
	content string
}

const versionSQL = `select v.seq, v.list, v.code, v.name, v.n, v.from_day, v.ended, v.region, v.digest, v.content from list_version v where v.home = $1`

func scanVersion(r store.Row) (v version, err error) {
	return v, r.Scan(&v.seq, &v.list, &v.code, &v.name, &v.n, &v.from, &v.ended, &v.region, &v.digest, &v.content)
}

// portion is what comes next in the order of changes, and the place behind it.
func (d *Desk) portion(tx *store.Tx, at mark) (p received.Portion, last mark, err error) {
	list, err := store.All(tx, scanVersion, versionSQL+` and (v.seq, v.code) > ($2, $3) order by v.seq, v.code limit $4`, tx.Home(), at.seq, at.code, rowsMost)
	if err != nil || len(list) == 0 {
		return p, at, err
	}
	names, err := d.Lists.Names(tx, tx.Today())
	if err != nil {
		return p, at, err
	}
	p = received.Portion{Format: received.Format, Entries: []received.Row{}, Gone: []received.Gone{}}
	for size := 0; len(list) > 0 && (size == 0 || size+len(list[0].content) <= bytesMost); list = list[1:] {
		v := list[0]
		e, err := d.row(v, names)
		if err != nil {
			return p, at, err
		}
		p.Entries, last, size = append(p.Entries, e), mark{v.seq, v.code}, size+len(v.content)
	}
	return p, last, nil
}

// row is a version as it is sent.
func (d *Desk) row(v version, names lists.Names) (received.Row, error) {
	e := received.Row{List: v.list, Code: v.code, N: v.n, From: v.from, Ended: v.ended, Region: v.region, Digest: hex.EncodeToString(v.digest), Names: map[string]string{},
		Link: strings.TrimRight(d.Higher.Address, "/") + "/lists/" + v.list + "/" + url.PathEscape(v.code) + "/v" + strconv.Itoa(v.n)}
	if err := json.Unmarshal([]byte(v.content), &e.Content); err != nil {
		return e, err
	}
	k, err := lists.KindOf(v.list)
	if err != nil {
		return e, nil // a list that this program no longer has
	}
	call(e.Names, k.Columns, names, e.Content)
	for _, t := range k.Tables {
		rows, _ := e.Content[t.Key].([]any)
		for _, x := range rows {
			cells, _ := x.(map[string]any)
			call(e.Names, t.Columns, names, cells)
		}
	}
	return e, nil
}

// call says what the bodies in a row are called.
func call(into map[string]string, columns []lists.Column, names lists.Names, cells map[string]any) {
	for _, c := range columns {
		if key, _ := cells[c.Key].(string); c.Type == lists.Agency && key != "" {
			into[key] = names.Agency(key)
		}
	}
}

// send hands a portion over.
func (d *Desk) send(ctx context.Context, p received.Portion) error {
	return d.call(ctx, http.MethodPost, "/portions", nil, p, nil)
}

// takeBack takes away what the last comparison found to be too many there.
func (d *Desk) takeBack(ctx context.Context) error {
	for {
		var list []received.Gone
		if err := d.Runner.Store.Read(ctx, func(tx *store.Tx) (err error) {
			list, err = store.All(tx, func(r store.Row) (g received.Gone, err error) {
				var there []byte
				err = r.Scan(&g.List, &g.Code, &g.N, &there)
				g.Digest = hex.EncodeToString(there)
				return g, err
			}, `select list, code, n, there from publish_difference where home = $1 and kind = 'extra' order by list, code, n limit $2`, tx.Home(), goneAtOnce)
			return err
		}); err != nil {
			return err
		}
		if len(list) > 0 {
			if err := d.send(ctx, received.Portion{Format: received.Format, Entries: []received.Row{}, Gone: list}); err != nil {
				return err
			}
		}
		if err := d.Runner.Store.Do(context.WithoutCancel(ctx), store.Background, func(tx *store.Tx) error {
			for _, g := range list {
				tx.Put(`delete from publish_difference where home = $1 and list = $2 and code = $3 and n = $4`, tx.Home(), g.List, g.Code, g.N)
			}
			if len(list) < goneAtOnce {
				tx.Put(`update publish_state set again = false where home = $1`, tx.Home())
			}
			return nil
		}); err != nil || len(list) < goneAtOnce {
			return err
		}
	}
}

// note keeps what was wrong with an attempt, for the page and for the pause.
func (d *Desk) note(ctx context.Context, t trouble) (tries int, err error) {
	args, err := json.Marshal(t.Args)
	if err != nil {
		return 0, err
	}
	err = d.Runner.Store.Do(context.WithoutCancel(ctx), store.Background, func(tx *store.Tx) error {
		s, err := stateOf(tx)
		tries = s.tries + 1
		tx.Put(`update publish_state set tries = $2, tried_at = $3, why = $4, why_args = $5, done = 0, total = 0 where home = $1`, tx.Home(), tries, tx.Now(), t.Key, string(args))
		return err
	})
	return tries, err
}
