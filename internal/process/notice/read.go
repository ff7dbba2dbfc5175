package notice

import (
	"context"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
)

var markRead = act.Command{Name: "notice.read", Right: "account.own"}

// ReadIn names notices that were read; none means all.
type ReadIn struct {
	Agency string  `json:"agency,omitempty"` // the actor's agency's inbox instead of their own
	IDs    []int64 `json:"ids,omitempty"`
}

// Read says how many became read.
type Read struct {
	N int64 `json:"n"`
}

// readMax bounds the ids of one command.
const readMax = 200

// MarkRead marks notices of the actor's own inbox as read. That they were read,
// and when, is an act: it can matter whether somebody knew.
func (d *Desk) MarkRead(ctx context.Context, a act.Actor, token string, in ReadIn) (Read, error) {
	return act.Run(ctx, d.Runner, a, token, markRead, in, d.markRead)
}

func (d *Desk) markRead(c *act.Call, in ReadIn) (Read, error) {
	if err := c.Allow(act.Scope{Owner: c.Actor.Person}); err != nil {
		return Read{}, err
	}
	reader, err := readerFor(c.Actor, in.Agency)
	if err != nil {
		return Read{}, err
	}
	if len(in.IDs) > readMax {
		return Read{}, act.Wrong("notice.read_many", "max", readMax)
	}
	ids, err := read(c, reader, in.IDs)
	if err != nil || len(ids) == 0 {
		return Read{}, err
	}
	facts := map[string]any{"n": len(ids)}
	if len(in.IDs) > 0 {
		facts["notices"] = ids
	}
	_, err = c.Note(nil, ledger.Event{Stream: "inbox/" + string(reader), Kind: "notice.read", Facts: facts})
	return Read{int64(len(ids))}, err
}

// read marks the reader's notices, all that are unread or those named, and
// returns the ids of those that it changed.
func read(c *act.Call, reader Reader, named []int64) ([]int64, error) {
	scan := func(r store.Row) (id int64, err error) { return id, r.Scan(&id) }
	if len(named) == 0 {
		return store.All(c.Tx, scan, `update notice set read_at = $3 where home = $1 and reader = $2 and read_at = 0 returning id`, c.Tx.Home(), reader, c.Now())
	}
	var ids []int64
	for _, id := range named {
		_, found, err := store.Find(c.Tx, scan, `update notice set read_at = $4 where home = $1 and reader = $2 and id = $3 and read_at = 0 returning id`,
			c.Tx.Home(), reader, id, c.Now())
		if err != nil {
			return nil, err
		}
		if found {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// readerFor is whose inbox or hook an actor means: their own, or that of the
// agency in whose post they act.
func readerFor(a act.Actor, agency string) (Reader, error) {
	if agency == "" {
		return Person(a.Person), nil
	}
	if a.Who != act.Staff || a.Agency != agency {
		return "", act.Refuse("notice.not_yours")
	}
	return Agency(agency), nil
}
