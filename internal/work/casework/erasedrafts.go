package casework

import (
	"context"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/record/vault"
)

// eraseDrafts removes drafts for good: those of a person who is erased, and those
// whose time is over.
var eraseDrafts = act.Command{Name: "draft.erase"}

// draftsOf lists the drafts of a person that became no case.
func draftsOf(tx *store.Tx, person int64) ([]int64, error) {
	return store.All(tx, func(r store.Row) (id int64, err error) { return id, r.Scan(&id) },
		`select id from draft where home = $1 and person = $2 and not submitted order by id limit $3`, tx.Home(), person, casesMax)
}

// removeDrafts destroys the keys of drafts, their rows and files; the caller's
// event names the keys.
func (o *Office) removeDrafts(c *act.Call, drafts []int64) (keys []int64, refs []string, err error) {
	for _, id := range drafts {
		own, err := o.Vault.KeysOf(c.Tx, Kind, id)
		if err != nil {
			return nil, nil, err
		}
		for _, k := range own {
			if err := o.Vault.Erase(c.Tx, k); err != nil {
				return nil, nil, err
			}
		}
		files, err := o.Files.EraseIn(c.Tx, FilesOf(id))
		if err != nil {
			return nil, nil, err
		}
		c.Tx.Put(`delete from draft where home = $1 and id = $2 and not submitted`, c.Tx.Home(), id)
		keys, refs = append(keys, own...), append(refs, files...)
	}
	return keys, refs, nil
}

// sweepDrafts is how many drafts are removed in one command.
const sweepDrafts = 50

// dropDrafts erases drafts that nobody submitted in time, as they were told.
func (o *Office) dropDrafts(ctx context.Context) error {
	for more := true; more; {
		var refs []string
		_, err := act.Run(ctx, o.Runner, act.Machine(), "", eraseDrafts, 0, func(c *act.Call, _ int) (Done, error) {
			drafts, err := store.All(c.Tx, func(r store.Row) (id int64, err error) { return id, r.Scan(&id) },
				`select id from draft where home = $1 and not submitted and expires < $2 order by expires limit $3`, c.Tx.Home(), c.Today(), sweepDrafts)
			if more = len(drafts) == sweepDrafts; err != nil || len(drafts) == 0 {
				return Done{}, allowed(c, err)
			}
			var keys []int64
			if keys, refs, err = o.removeDrafts(c, drafts); err != nil {
				return Done{}, err
			}
			_, err = c.Note(nil, ledger.Event{Stream: "drafts", Kind: "draft.erased", Facts: map[string]any{ledger.FactErased: keys, "n": len(drafts)},
				Rules: []ledger.Rule{{Article: "个人信息保护法第四十七条第一款第二项"}}})
			return Done{}, allowed(c, err)
		})
		if err != nil {
			return err
		}
		if err := o.Files.TakeOff(ctx, refs); err != nil {
			return err
		}
	}
	return nil
}

// EraseDue carries out what has become due of approved requests, and erases
// drafts whose time is over. Run it every hour.
func (o *Office) EraseDue(ctx context.Context) error {
	if err := o.dropDrafts(ctx); err != nil {
		return err
	}
	var due []int64
	if err := o.Store.Read(ctx, func(tx *store.Tx) (err error) {
		due, err = store.All(tx, func(r store.Row) (id int64, err error) { return id, r.Scan(&id) },
			`select id from erasure where home = $1 and state = 'approved' and next_day <= $2 order by next_day, id limit 500`, tx.Home(), tx.Today())
		return err
	}); err != nil {
		return err
	}
	for _, id := range due {
		if err := o.CarryOut(ctx, id); err != nil {
			return err
		}
	}
	if o.Kept == nil {
		return nil
	}
	return o.Kept(ctx)
}

// EraseAgain erases once more what a restore brought back of erased cases and
// people: their keys are destroyed already, by the list that is kept beside
// backups; here goes what lay in plain columns, each with its act.
func (o *Office) EraseAgain(ctx context.Context, keys []vault.Owned) error {
	type owner struct {
		kind string
		id   int64
	}
	byOwner := map[owner][]int64{}
	var order []owner
	for _, k := range keys {
		at := owner{k.Kind, k.Owner}
		if byOwner[at] == nil {
			order = append(order, at)
		}
		byOwner[at] = append(byOwner[at], k.Key)
	}
	for _, x := range order {
		if err := o.eraseAgain(ctx, x.kind, x.id, byOwner[x]); err != nil {
			return err
		}
	}
	return nil
}

// articleAgain is what a repeated erasure rests on: the first one's act may not
// be in the restored record.
const articleAgain = "个人信息保护法第四十七条"

func (o *Office) eraseAgain(ctx context.Context, kind string, id int64, keys []int64) error {
	var refs []string
	_, err := act.Run(ctx, o.Runner, act.Machine(), "", eraseCase, id, func(c *act.Call, _ int64) (Done, error) {
		var err error
		switch kind {
		case Kind:
			refs, err = o.eraseOne(c, eraseIn{Case: id, Article: articleAgain, Keys: keys})
			if act.KindOf(err) == act.NotFound {
				refs, err = o.draftAgain(c, id, keys)
			}
		case "person":
			err = o.People.EraseAgainIn(c, id, keys, articleAgain, map[string]any{"again": true})
		default:
			_, err = c.Note(nil, ledger.Event{Stream: "erasure", Kind: "key.erased", Facts: map[string]any{ledger.FactErased: keys, "again": true}})
		}
		return Done{}, allowed(c, err)
	})
	if err != nil {
		return err
	}
	return o.Files.TakeOff(ctx, refs)
}

// draftAgain is eraseAgain for a draft that never became a case.
func (o *Office) draftAgain(c *act.Call, id int64, keys []int64) ([]string, error) {
	refs, err := o.Files.EraseIn(c.Tx, FilesOf(id))
	if err != nil {
		return nil, err
	}
	c.Tx.Put(`delete from draft where home = $1 and id = $2 and not submitted`, c.Tx.Home(), id)
	_, err = c.Note(nil, ledger.Event{Stream: "drafts", Kind: "draft.erased", Facts: map[string]any{ledger.FactErased: keys, "n": 1, "again": true}})
	return refs, err
}
