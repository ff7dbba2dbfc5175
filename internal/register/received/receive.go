package received

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

// Done is what a portion did.
type Done struct {
	Kept int `json:"kept"` // versions that are new here, or were held otherwise
	Same int `json:"same"` // versions that were held like this already
	Gone int `json:"gone"` // versions that were taken away
}

// receiveIn stands for a portion.
type receiveIn struct {
	Region string `json:"region"`
	Rows   int    `json:"rows"`
}

// Receive keeps a portion of a body whole, or nothing of it; then the error has a
// field for every row that is wrong. A portion that comes again, or after a later
// one, changes nothing that is right already.
func (r *Register) Receive(ctx context.Context, region string, p Portion) (Done, error) {
	if err := p.check(region); err != nil {
		return Done{}, err
	}
	in := receiveIn{region, len(p.Entries) + len(p.Gone)}
	return act.Run(ctx, r.runner, act.Machine(), "", CommandReceive, in, func(c *act.Call, in receiveIn) (Done, error) {
		if err := c.Allow(act.Scope{Region: r.region}); err != nil {
			return Done{}, err
		}
		if b, found, err := store.Held(c.Tx, scanBody, bodySQL+` and region = $2`, c.Tx.Home(), in.Region); err != nil || !found || !b.On {
			return Done{}, missing(err)
		}
		return receive(c, in.Region, p)
	})
}

func receive(c *act.Call, region string, p Portion) (done Done, err error) {
	sum := sha256.New()
	for i := range p.Entries {
		e := &p.Entries[i]
		names, err := json.Marshal(e.Names)
		if err != nil {
			return done, err
		}
		was, found, err := store.Find(c.Tx, scanKept, keptSQL, c.Tx.Home(), region, e.List, e.Code, e.N)
		if err != nil {
			return done, err
		}
		is := kept{e.From, e.Ended, e.Region, e.Link, string(names), string(e.text)}
		if found && was == is {
			done.Same++
			continue
		}
		done.Kept++
		e.put(c.Tx, region, is)
		fmt.Fprintf(sum, "%s %s %d %s %t %s\n", e.List, e.Code, e.N, e.From, e.Ended, e.Digest)
	}
	for _, g := range p.Gone {
		was, found, err := store.Find(c.Tx, scanKept, keptSQL, c.Tx.Home(), region, g.List, g.Code, g.N)
		if err != nil {
			return done, err
		}
		if !found || !digestIs(was.content, g.Digest) {
			continue
		}
		done.Gone++
		c.Tx.Put(`delete from received_entry where home = $1 and region = $2 and list = $3 and code = $4 and n = $5`, c.Tx.Home(), region, g.List, g.Code, g.N)
		fmt.Fprintf(sum, "%s %s %d gone %s\n", g.List, g.Code, g.N, g.Digest)
	}
	if done.Kept+done.Gone == 0 {
		return done, nil
	}
	c.Tx.Put(`update received_body set received_at = $3 where home = $1 and region = $2`, c.Tx.Home(), region, c.Now())
	_, err = c.Note(nil, ledger.Event{Stream: "received/" + region, Kind: "received.portion",
		Facts: map[string]any{"region": region, "kept": done.Kept, "gone": done.Gone, "entries": hex.EncodeToString(sum.Sum(nil))}})
	return done, err
}

// kept is what is held of a version.
type kept struct {
	from    day.Day
	ended   bool
	holds   string
	link    string
	names   string
	content string
}

const keptSQL = `select from_day, ended, holds, link, names, content from received_entry where home = $1 and region = $2 and list = $3 and code = $4 and n = $5`

func scanKept(r store.Row) (k kept, err error) {
	return k, r.Scan(&k.from, &k.ended, &k.holds, &k.link, &k.names, &k.content)
}

func (e *Row) put(tx *store.Tx, region string, is kept) {
	name, _ := e.Content["name"].(string)
	digest := sha256.Sum256(e.text)
	tx.Put(`insert into received_entry(home, region, list, code, n, from_day, ended, holds, link, digest, name, names, content, at)
		values($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
		on conflict (home, region, list, code, n) do update set from_day = excluded.from_day, ended = excluded.ended, holds = excluded.holds, link = excluded.link,
		digest = excluded.digest, name = excluded.name, names = excluded.names, content = excluded.content, at = excluded.at`,
		tx.Home(), region, e.List, e.Code, e.N, is.from, is.ended, is.holds, is.link, digest[:], name, is.names, is.content, tx.Now())
}
