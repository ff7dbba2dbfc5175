package notice

import (
	"encoding/json"
	"fmt"
	"strconv"

	"tongban/internal/record/job"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/rules/wording"
)

// Follower turns events into notices. An event is news when its facts name
// readers under "notify" (ids of persons, keys of agencies) and the catalogue has
// a sentence for its kind. A later build fills in what is missing and sends
// nothing twice.
func (d *Desk) Follower() ledger.Follower {
	return ledger.Follower{Name: "notice", Build: 1, Handle: d.handle}
}

func (d *Desk) handle(tx *store.Tx, e ledger.Entry) error {
	readers, ok := e.Leaf.Facts["notify"].([]any)
	if !ok || !wording.Has(wording.ZH, "notice."+e.Leaf.Kind) {
		return nil
	}
	args, err := json.Marshal(public(e.Leaf.Facts))
	if err != nil {
		return err
	}
	matter, _ := e.Leaf.Facts["case"].(float64)
	if len(readers) > readersMax {
		return fmt.Errorf("event %d has %d readers", e.Event, len(readers))
	}
	for i, r := range readers {
		reader, err := readerOf(r)
		if err != nil {
			return err
		}
		id := idOf(e.Event, i)
		n, err := tx.Exec(`insert into notice(home, `+columns+`) values($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0)
			on conflict (home, event, reader) do nothing`,
			tx.Home(), id, reader, e.Event, e.Leaf.Kind, int64(matter), string(args), e.Log, e.Seq, e.Leaf.Instant())
		if err != nil {
			return err
		}
		if n == 1 {
			if err := d.send(tx, id, reader); err != nil {
				return err
			}
		}
	}
	return nil
}

// readerOf reads one element of "notify".
func readerOf(v any) (Reader, error) {
	switch v := v.(type) {
	case float64:
		return Person(int64(v)), nil
	case string:
		return Agency(v), nil
	}
	return "", fmt.Errorf("notify holds a %T", v)
}

// factMax bounds a text that is copied from an event.
const factMax = 200

// public copies what a sentence may name: single values, not lists, not long texts.
func public(facts map[string]any) map[string]any {
	args := map[string]any{}
	for name, v := range facts {
		switch v := v.(type) {
		case bool, float64:
			args[name] = v
		case string:
			if len(v) <= factMax {
				args[name] = v
			}
		}
	}
	return args
}

// send has the notice sent when its reader has a hook.
func (d *Desk) send(tx *store.Tx, id int64, reader Reader) error {
	var hook int64
	found, err := tx.Get([]any{&hook}, `select id from hook where home = $1 and owner = $2 and state = 'on'`, tx.Home(), reader)
	if err != nil || !found {
		return err
	}
	tx.Put(`insert into delivery(home, notice, hook, state, tries, tried_at, answered_at, why) values($1, $2, $3, 'waiting', 0, 0, 0, '')
		on conflict do nothing`, tx.Home(), id, hook)
	job.Add(tx, job.Job{Kind: JobKind, Key: strconv.FormatInt(id, 10), RunAt: tx.Now(), Args: job.Args(sending{id})})
	return nil
}

// JobKind is the kind of the jobs that Deliver handles.
const JobKind = "notice.deliver"

// sending is what such a job is told.
type sending struct {
	Notice int64 `json:"notice"`
}
