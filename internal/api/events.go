package api

import (
	"context"
	"encoding/hex"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
)

// eventsIn asks for the entries of the ledger after a place.
type eventsIn struct {
	After string `query:"after" maxLength:"60" example:"eyJsIjoxLCJzIjo0Mn0"`
	Limit int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
	Wait  int    `query:"wait" minimum:"0" maximum:"25" example:"0"`
}

// entry is a numbered act of the ledger.
type entry struct {
	Log  string      `json:"log"`
	Seq  int64       `json:"seq"`
	Hash string      `json:"hash"`
	Act  ledger.Leaf `json:"act"`
}

type eventsOut struct {
	Linked
	Body struct {
		Items []entry `json:"items"`
		Next  string  `json:"next"`
	}
}

// reached is a place in the ledger: a generation of the log and the number of
// the next entry.
type reached struct {
	Log int64 `json:"l"`
	Seq int64 `json:"s"`
}

type checkpointView struct {
	Log        string `json:"log"`
	Size       int64  `json:"size"`
	Checkpoint string `json:"checkpoint"`
}

type keysView struct {
	Keys []string `json:"keys"`
}

func events(s *server) {
	on(s, spec{id: "listEvents", method: http.MethodGet, path: "/events", tag: "feed"}, s.listEvents)
	on(s, spec{id: "showCheckpoint", method: http.MethodGet, path: "/checkpoint", tag: "open", access: public, errors: []int{http.StatusNotFound}}, s.checkpoint)
	on(s, spec{id: "showLogKeys", method: http.MethodGet, path: "/checkpoint/keys", tag: "open", access: public}, s.logKeys)
}

// pause is how often a waiting reader looks again.
const pause = 250 * time.Millisecond

func (s *server) listEvents(ctx context.Context, v *visit, in *eventsIn) (*eventsOut, error) {
	var at reached
	if err := place(in.After, &at); err != nil {
		return nil, err
	}
	out := &eventsOut{}
	until := time.Now().Add(time.Duration(in.Wait) * time.Second)
	for {
		if err := s.feed(ctx, v.actor, &at, in.Limit, out); err != nil {
			return nil, err
		}
		if len(out.Body.Items) > 0 || time.Now().After(until) {
			break
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(pause):
		}
	}
	out.Body.Next = mark(at)
	q := url.Values{"after": {out.Body.Next}, "limit": {strconv.Itoa(in.Limit)}}
	out.Link = "<" + Prefix + "/events?" + q.Encode() + `>; rel="next"`
	return out, nil
}

// feed reads entries from a place on, across the generations of the log.
func (s *server) feed(ctx context.Context, a act.Actor, at *reached, limit int, out *eventsOut) error {
	return s.read(ctx, func(tx *store.Tx) error {
		out.Body.Items = []entry{}
		if err := s.h.People.Authorise(tx, a, "feed.read", act.Scope{Agency: a.Agency, Region: s.h.Options.Region}); err != nil {
			return err
		}
		logs, err := s.h.Ledger.Logs(tx)
		if err != nil {
			return err
		}
		for _, l := range logs {
			if l.ID < at.Log {
				continue
			}
			if l.ID > at.Log {
				*at = reached{Log: l.ID}
			}
			list, err := s.h.Ledger.Feed(tx, l.ID, at.Seq, limit-len(out.Body.Items))
			if err != nil {
				return err
			}
			for _, e := range list {
				out.Body.Items = append(out.Body.Items, entry{l.Name, e.Seq, hex.EncodeToString(e.Hash[:]), e.Leaf})
				at.Seq = e.Seq + 1
			}
			if len(out.Body.Items) == limit {
				return nil
			}
		}
		return nil
	})
}

func (s *server) checkpoint(ctx context.Context, _ *visit, _ *struct{}) (*bodyOf[checkpointView], error) {
	out := &bodyOf[checkpointView]{}
	err := s.read(ctx, func(tx *store.Tx) error {
		logs, err := s.h.Ledger.Logs(tx)
		if err != nil || len(logs) == 0 {
			return err
		}
		now := logs[len(logs)-1]
		c, found, err := s.h.Ledger.Last(tx, now.ID)
		if err == nil && !found {
			err = act.Missing("api.checkpoint")
		}
		out.Body = checkpointView{now.Name, c.Size, c.Note}
		return err
	})
	return out, err
}

func (s *server) logKeys(context.Context, *visit, *struct{}) (*bodyOf[keysView], error) {
	return &bodyOf[keysView]{keysView{[]string{s.h.LogKeys.Ed25519Key, s.h.LogKeys.SM2Key}}}, nil
}
