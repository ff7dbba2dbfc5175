// Package notice tells people and agencies what happened to their matters: an
// inbox, and a hook to another system for those who set one.
//
// It only watches: a follower of the ledger turns each event that names readers
// into one notice for each of them, exactly once, in the transaction of its
// cursor. Sending to a hook is at least once with the notice's id: it is sent
// again until somebody answered, and never after; a receiver that honours the id
// sees it once. Nothing personal is in a notice: what it is about stands behind
// the login.
package notice

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/record/vault"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// Reader is who a notice is for.
type Reader string

// Person is the reader that a natural or legal person is.
func Person(id int64) Reader { return Reader(fmt.Sprintf("person/%d", id)) }

// Agency is the reader that an agency is, by its key.
func Agency(key string) Reader { return Reader("agency/" + key) }

// Desk keeps inboxes and hooks.
type Desk struct {
	Store  *store.Store
	Runner *act.Runner
	Vault  *vault.Vault
	Gate   Gate // where hooks may go
}

// Notice is one message.
type Notice struct {
	ID     int64 // the same for ever: what a receiver knows it by
	Reader Reader
	Event  int64
	Kind   string // of the event
	Case   int64  // the proceeding that it is about; 0 for none
	Args   map[string]any
	At     day.Instant // when the event was recorded
	Read   day.Instant // 0 is unread

	log, seq int64
}

// readersMax is how many readers one event may have.
const readersMax = 256

// idOf is the id of an event's notice to its nth reader: following the ledger
// again gives the same, and every JSON reader can hold it exactly.
func idOf(event int64, nth int) int64 { return event*readersMax + int64(nth) }

// keyOf is the catalogue's key of an event's sentence, "" when there is none and
// the event is no news for anybody. A fact that is true may have a sentence of
// its own: notice.case.decided.granted.
func keyOf(kind string, facts map[string]any) string {
	key := "notice." + kind
	for _, name := range slices.Sorted(maps.Keys(facts)) {
		if yes, _ := facts[name].(bool); yes && wording.Has(wording.ZH, key+"."+name) {
			return key + "." + name
		}
	}
	if wording.Has(wording.ZH, key) {
		return key
	}
	return ""
}

// Text is the notice's sentence. Days are written out; a sentence whose facts
// the event lacks gives way to a plainer one.
func (n Notice) Text(lang wording.Lang) string {
	args := make(map[string]any, len(n.Args))
	for name, v := range n.Args {
		if s, ok := v.(string); ok {
			if d, err := day.Parse(s); err == nil {
				v = wording.Date(lang, d)
			} else if s == "" {
				continue
			}
		}
		args[name] = v
	}
	for _, key := range []string{keyOf(n.Kind, n.Args), "notice." + n.Kind + ".plain"} {
		if !wording.Has(wording.ZH, key) {
			continue
		}
		if text := (wording.Message{Key: key, Args: args}).In(lang); !strings.ContainsRune(text, '{') {
			return text
		}
	}
	return wording.Text(lang, "notice.other")
}

const columns = `id, reader, event, kind, proceeding, args, log, seq, at, read_at`

func scan(r store.Row) (Notice, error) {
	var n Notice
	var args string
	if err := r.Scan(&n.ID, &n.Reader, &n.Event, &n.Kind, &n.Case, &args, &n.log, &n.seq, &n.At, &n.Read); err != nil {
		return n, err
	}
	return n, json.Unmarshal([]byte(args), &n.Args)
}

// Inbox lists a reader's notices, newest first. before is the id of the last
// one of the page before, 0 for the first page.
func Inbox(tx *store.Tx, reader Reader, before int64, limit int) ([]Notice, error) {
	if before == 0 {
		return store.All(tx, scan, `select `+columns+` from notice where home = $1 and reader = $2 order by log desc, seq desc limit $3`,
			tx.Home(), reader, limit)
	}
	return store.All(tx, scan, `select `+columns+` from notice where home = $1 and reader = $2
		and (log, seq) < (select b.log, b.seq from notice b where b.home = $1 and b.id = $3 and b.reader = $2)
		order by log desc, seq desc limit $4`, tx.Home(), reader, before, limit)
}

// Unread is how many notices a reader has not read.
func Unread(tx *store.Tx, reader Reader) (int64, error) {
	var n int64
	_, err := tx.Get([]any{&n}, `select count(*) from notice where home = $1 and reader = $2 and read_at = 0`, tx.Home(), reader)
	return n, err
}
