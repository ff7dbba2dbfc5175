package identity

import (
	"context"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

// The commands that stop the use of a person's data and allow it again.
var (
	CommandRestrict = act.Command{Name: "person.restrict", Right: "person.restrict"}
	CommandRelease  = act.Command{Name: "person.release", Right: "person.restrict"}
)

// ArticleRestrict is what restriction rests on: 网络数据安全管理条例 23 for the
// request, 24 for what it means.
const ArticleRestrict = "网络数据安全管理条例第二十三条、第二十四条"

// Use is how a person's data may be used.
type Use struct {
	Restricted day.Day // since when they are only kept; 0: they are used
	Erased     day.Day // since when they are gone; 0: they are there
}

// Use tells how a person's data may be used; those of a legal person always may.
func (r *Register) Use(tx *store.Tx, person int64) (u Use, err error) {
	_, err = tx.Get([]any{&u.Restricted, &u.Erased}, `select restricted, erased from person where home = $1 and id = $2`, tx.Home(), person)
	return u, err
}

// Restrict stops every use of a person's data but keeping them: nothing is
// filled in from them, and officials see them only for the purposes that the law
// leaves. People ask for it for themselves, or at a window.
func (r *Register) Restrict(ctx context.Context, a act.Actor, token string, person int64) error {
	return r.setUse(ctx, a, token, CommandRestrict, person)
}

// Release lets a person's data be used again.
func (r *Register) Release(ctx context.Context, a act.Actor, token string, person int64) error {
	return r.setUse(ctx, a, token, CommandRelease, person)
}

func (r *Register) setUse(ctx context.Context, a act.Actor, token string, cmd act.Command, person int64) error {
	_, err := run(ctx, r, a, token, cmd, person, func(c *act.Call, person int64) (struct{}, error) {
		if err := c.Allow(act.Scope{Owner: person}); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, r.SetUseIn(c, person, cmd == CommandRestrict)
	})
	return err
}

// SetUseIn does the same inside another command, which has asked for its own
// right. What is so already stays, without an act.
func (r *Register) SetUseIn(c *act.Call, person int64, restricted bool) error {
	since, kind := day.Day(0), "person.released"
	if restricted {
		since, kind = c.Today(), "person.restricted"
	}
	n, err := c.Tx.Exec(`update person set restricted = $3 where home = $1 and id = $2 and erased = 0 and (restricted <> 0) <> $4`,
		c.Tx.Home(), person, since, restricted)
	if err != nil {
		return err
	}
	if n == 0 {
		return r.mustLive(c.Tx, person)
	}
	_, err = c.Note(nil, ledger.Event{Stream: personStream(person), Kind: kind, Facts: map[string]any{"notify": []int64{person}},
		Rules: []ledger.Rule{{Article: ArticleRestrict}}})
	return err
}

// mustLive refuses what is asked about somebody who is not there, or not any more.
func (r *Register) mustLive(tx *store.Tx, person int64) error {
	var erased day.Day
	found, err := tx.Get([]any{&erased}, `select erased from person where home = $1 and id = $2`, tx.Home(), person)
	switch {
	case err != nil:
		return err
	case !found:
		return act.Missing("identity.thing.person")
	case erased != 0:
		return act.Erased()
	}
	return nil
}

// findAll runs a look-up by a blind index with the index under each key that rows
// may have.
func findAll(tx *store.Tx, sql string, indexes [][]byte, limit int) ([]int64, error) {
	var all []int64
	for _, index := range indexes {
		ids, err := store.All(tx, scanID, sql, tx.Home(), index, limit)
		if err != nil {
			return nil, err
		}
		all = append(all, ids...)
	}
	return all[:min(len(all), limit)], nil
}
