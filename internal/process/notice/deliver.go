package notice

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"tongban/internal/record/job"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// The headers of a message to a hook.
const (
	HeaderID        = "Tongban-Notice"    // the notice's id: seen before, nothing to do but answer
	HeaderTime      = "Tongban-Time"      // seconds since 1970 of this attempt
	HeaderSignature = "Tongban-Signature" // Sign of these and the body
)

// Sign is the signature of a message: HMAC-SHA256 under the hook's secret over
// id, ".", time, "." and body, written "v1=" and hex.
func Sign(secret, id, at string, body []byte) string {
	m := hmac.New(sha256.New, []byte(secret))
	_, _ = io.WriteString(m, id+"."+at+".")
	_, _ = m.Write(body)
	return "v1=" + hex.EncodeToString(m.Sum(nil))
}

// Message is the body that a hook receives, as JSON.
type Message struct {
	ID    string         `json:"id"`
	Kind  string         `json:"kind"`
	At    string         `json:"at"` // RFC 3339
	Case  string         `json:"case,omitempty"`
	Facts map[string]any `json:"facts"`
	Text  string         `json:"text"`
}

// attempt is what one attempt needs.
type attempt struct {
	n      Notice
	hook   int64
	url    string
	secret string
	tries  int
	state  string
}

// Deliver sends one notice to its reader's hook: it is the handler of JobKind.
// Until somebody answers 2xx it asks to be run again, later each time; when the
// hook is gone it ends.
func (d *Desk) Deliver(ctx context.Context, j job.Job) error {
	var in sending
	if err := j.Decode(&in); err != nil {
		return job.Park(err)
	}
	a, err := d.attempt(ctx, in.Notice)
	if err != nil {
		return err
	}
	switch a.state {
	case "answered":
		return nil
	case "gone":
		return d.note(ctx, j, a, "stopped", nil)
	}
	failure := d.post(ctx, a)
	if failure == nil {
		return d.note(ctx, j, a, "answered", nil)
	}
	if err := ctx.Err(); err != nil {
		return err // our own stop, not the receiver's fault
	}
	if err := d.note(ctx, j, a, "waiting", failure); err != nil {
		return err
	}
	return job.Again(d.Store.Now() + pause(a.tries))
}

// pause is how long a failed notice waits: doubling from five seconds to six hours.
func pause(tries int) day.Instant {
	return min(5*day.Second<<min(tries, 20), 6*day.Hour)
}

// attempt reads notice, hook and secret as they now are.
func (d *Desk) attempt(ctx context.Context, id int64) (a attempt, err error) {
	err = d.Store.Read(ctx, func(tx *store.Tx) error {
		var found bool
		if a.n, found, err = store.Find(tx, scan, `select `+columns+` from notice where home = $1 and id = $2`, tx.Home(), id); err != nil || !found {
			a.state = "gone"
			return err
		}
		var hook struct {
			id     int64
			secret []byte
			state  string
		}
		if _, err := tx.Get([]any{&a.state, &a.tries}, `select state, tries from delivery where home = $1 and notice = $2`, tx.Home(), id); err != nil || a.state == "answered" {
			return err
		}
		found, err := tx.Get([]any{&hook.id, &a.url, &hook.secret, &hook.state}, `select id, url, secret, state from hook where home = $1 and owner = $2`, tx.Home(), a.n.Reader)
		if err != nil {
			return err
		}
		if !found || hook.state != "on" {
			a.state = "gone"
			return nil
		}
		a.hook = hook.id
		secret, err := d.Vault.Open(tx, "hook", hook.id, "secret", hook.secret)
		a.secret = string(secret)
		return err
	})
	return a, err
}

// note writes what became of an attempt; an end of it ends the job in the same
// transaction.
func (d *Desk) note(ctx context.Context, j job.Job, a attempt, state string, failure error) error {
	return d.Store.Do(context.WithoutCancel(ctx), store.Background, func(tx *store.Tx) error {
		why, answered, tried := "", day.Instant(0), 1
		switch {
		case failure != nil:
			why = cut(failure.Error())
		case state == "answered":
			answered = tx.Now()
		default:
			tried = 0
		}
		tx.Put(`update delivery set state = $3, tries = tries + $4, tried_at = $5, answered_at = $6, why = $7
			where home = $1 and notice = $2 and state <> 'answered'`, tx.Home(), a.n.ID, state, tried, tx.Now(), answered, why)
		if state != "waiting" {
			job.Finish(tx, j)
		}
		return nil
	})
}

// whyMax bounds a failure that is kept.
const whyMax = 200

func cut(s string) string {
	if r := []rune(s); len(r) > whyMax {
		return string(r[:whyMax])
	}
	return s
}

// errNot2xx is the answer of a receiver that did not take the notice.
var errNot2xx = errors.New("the receiver did not answer 2xx")

// bodyMax is how much of an answer is read: it says nothing that we need.
const bodyMax = 64 << 10

func (d *Desk) post(ctx context.Context, a attempt) error {
	u, err := d.Gate.Check(a.url) // the operator may have changed what is allowed
	if err != nil {
		return err
	}
	m := Message{
		ID: strconv.FormatInt(a.n.ID, 10), Kind: a.n.Kind, At: a.n.At.Time().Format(time.RFC3339), Facts: a.n.Args, Text: a.n.Text(wording.ZH),
	}
	if a.n.Case != 0 {
		m.Case = strconv.FormatInt(a.n.Case, 10)
	}
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, d.Gate.patience())
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), bytes.NewReader(body))
	if err != nil {
		return err
	}
	at := strconv.FormatInt(int64(d.Store.Now()/day.Second), 10)
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	r.Header.Set("User-Agent", "Tongban")
	r.Header.Set(HeaderID, m.ID)
	r.Header.Set(HeaderTime, at)
	r.Header.Set(HeaderSignature, Sign(a.secret, m.ID, at, body))
	answer, err := d.Gate.client().Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	_, _ = io.CopyN(io.Discard, answer.Body, bodyMax)
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		return fmt.Errorf("%w but %d", errNot2xx, answer.StatusCode)
	}
	return nil
}
