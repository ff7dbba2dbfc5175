package bulk

import (
	"context"
	"errors"
	"fmt"

	"tongban/internal/house"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

// Recorder watches a piece of work being done.
type Recorder struct {
	h      *house.House
	before map[string]row
	first  int64
	began  day.Instant
	states map[stateAt]string // what the digest of a case's state covers
	files  []row              // casefiles as they stood between the acts
}

// stateAt is a version of a case.
type stateAt struct{ id, version int64 }

// farIDs is where the ids of recorded work begin: numbers so long that no other
// number in a text is taken for one.
const farIDs = 3_000_000_000

// Begin takes stock. Nothing else may run in the house until End.
func Begin(ctx context.Context, h *house.House) (*Recorder, error) {
	if err := settled(ctx, h); err != nil {
		return nil, err
	}
	r := &Recorder{h: h, states: map[stateAt]string{}, began: h.Store.Now()}
	var err error
	if r.first, err = farID(ctx, h.Store); err != nil {
		return nil, err
	}
	r.before, err = everything(ctx, h.Store)
	return r, err
}

// farID gives an id beyond farIDs; the ids between are left out.
func farID(ctx context.Context, s *store.Store) (id int64, err error) {
	for try := 0; id < farIDs; try++ {
		if try > 20 {
			return 0, errors.New("ids do not move")
		}
		if err = s.Do(ctx, store.Background, func(tx *store.Tx) error {
			if try == 0 {
				if _, err := tx.Exec(`update id_block set next = $2 where home = $1 and next < $2`, tx.Home(), int64(farIDs)); err != nil {
					return err
				}
			}
			for range 200_000 {
				if id = tx.NewID(); id >= farIDs {
					break
				}
			}
			return nil
		}); err != nil {
			return 0, err
		}
	}
	return id, nil
}

// settled numbers what waits and has the followers read it.
func settled(ctx context.Context, h *house.House) error {
	for h.Store.Engine() == store.Postgres {
		n, err := h.Ledger.Number(ctx, 1000)
		if err != nil {
			return err
		}
		if n == 0 {
			break
		}
	}
	for _, f := range h.Followers {
		if _, err := h.Ledger.CatchUp(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

// Step takes a case as it stands after each command on it: the digest of every
// act covers the state that it left.
func (r *Recorder) Step(ctx context.Context, id int64) error {
	return r.h.Store.Read(ctx, func(tx *store.Tx) error {
		list, err := tablesOf(tx)
		if err != nil {
			return err
		}
		var p, f row
		for _, t := range list {
			if t.name != "proceeding" && t.name != "casefile" {
				continue
			}
			rows, err := t.all(tx, `where home = $1 and id = $2`, tx.Home(), id)
			if err != nil {
				return err
			}
			if len(rows) != 1 {
				return fmt.Errorf("case %d has %d rows in %s", id, len(rows), t.name)
			}
			if t.name == "proceeding" {
				p = rows[0]
			} else {
				f = rows[0]
			}
		}
		r.states[stateAt{id, p.number("version")}] = caseState(p, f)
		r.files = append(r.files, f)
		return nil
	})
}

// caseState is what the digest of a case covers, as proceeding and casework
// write it. That it is the same is checked against every act recorded.
func caseState(p, f row) string {
	s := ""
	for _, c := range []string{"id", "kind", "number", "item", "item_version", "title", "agency", "region", "applicant", "filer", "label", "status", "state",
		"clock", "timers", "received", "accepted", "closed", "due", "due_provisional", "promised_due", "data_key", "opened"} {
		s += fmt.Sprintf("%v\x00", truth(c, p.value(c)))
	}
	return s + fmt.Sprintf("%s\x00%s\x00%d\x00%s\x00%x", f.text("channel"), f.text("applicant_kind"), f.number("agent"), f.text("facts"), f.bytes("secret"))
}

// licenceState is what the digest of a licence covers.
func licenceState(l row) string {
	s := ""
	for _, c := range []string{"id", "root", "version", "number", "type", "title", "agency", "holder", "label", "item", "item_version", "proceeding", "day",
		"from_day", "until_day", "state", "sample", "code_digest", "code", "content", "signature", "key_id", "issued", "ended_day", "ended_article", "ended_reason"} {
		v := truth(c, l.value(c))
		if b, ok := v.([]byte); ok {
			v = fmt.Sprintf("%x", b)
		}
		s += fmt.Sprintf("%v\x00", v)
	}
	return s
}

// truth reads a yes or no that a database keeps as a number.
func truth(column string, v any) any {
	if n, ok := v.(int64); ok && (column == "sample" || column == "due_provisional") {
		return n != 0
	}
	return v
}

// End takes apart what was written since Begin, all of it about one person.
func (r *Recorder) End(ctx context.Context, who Person) (*Pattern, error) {
	if err := settled(ctx, r.h); err != nil {
		return nil, err
	}
	after, err := everything(ctx, r.h.Store)
	if err != nil {
		return nil, err
	}
	last, err := farID(ctx, r.h.Store)
	if err != nil {
		return nil, err
	}
	for was := range r.before {
		if _, still := after[was]; !still {
			return nil, fmt.Errorf("the work changed a row that was there before: %s", was)
		}
	}
	b := &taking{rec: r, p: &Pattern{first: r.first, last: last, began: int64(r.began), ended: int64(r.h.Store.Now())}, who: who,
		words: map[string]piece{}, bytes: map[string]int{}, plains: map[string]int{}, keys: map[int64]int{}, rows: map[string][]row{}}
	for content, x := range after {
		if _, was := r.before[content]; !was {
			b.rows[x.table.name] = append(b.rows[x.table.name], x)
		}
	}
	if err := r.h.Store.Read(ctx, b.take); err != nil {
		return nil, err
	}
	return b.p, nil
}
