package identity

import (
	"encoding/binary"
	"maps"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/record/vault"
	"tongban/internal/rules/day"
)

// EraseIn erases a person inside a command that has asked for its right: the
// data keys are destroyed, what identifies is taken out of the plain columns,
// the account with everything that belongs to it is closed for good, and what
// others might do for them ends. What the person did as an official stays, by
// number. keys are more data keys that go with it; facts go into the event, which
// names every key and no value.
func (r *Register) EraseIn(c *act.Call, person int64, keys []int64, article string, facts map[string]any) error {
	if err := r.mustLive(c.Tx, person); err != nil {
		return err
	}
	own, err := r.vault.KeysOf(c.Tx, "person", person)
	if err != nil {
		return err
	}
	return r.erase(c, person, append(own, keys...), article, facts)
}

// EraseAgainIn does it once more for a person whom a restore brought back and
// whose keys it has destroyed already.
func (r *Register) EraseAgainIn(c *act.Call, person int64, keys []int64, article string, facts map[string]any) error {
	if err := r.mustLive(c.Tx, person); act.KindOf(err) == act.NotFound {
		return nil
	} else if err != nil && act.KindOf(err) != act.Gone {
		return err
	}
	return r.erase(c, person, keys, article, facts)
}

func (r *Register) erase(c *act.Call, person int64, keys []int64, article string, facts map[string]any) error {
	tx := c.Tx
	for _, k := range keys {
		if err := r.vault.Erase(tx, k); err != nil {
			return err
		}
	}
	none := []byte{}
	tx.Put(`update person set name = $3, idno = $3, phone = $3, birth = $3, address = $3, phone_index = $3, name_index = $4, idno_index = $4,
		region = '', erased = $5 where home = $1 and id = $2`, tx.Home(), person, none, nobody(person), c.Today())
	tx.Put(`delete from known_value where home = $1 and subject = $2`, tx.Home(), person)
	tx.Put(`delete from recovery_code where home = $1 and account in (select id from account where home = $1 and person = $2)`, tx.Home(), person)
	tx.Put(`delete from session where home = $1 and person = $2`, tx.Home(), person)
	tx.Put(`delete from account where home = $1 and person = $2`, tx.Home(), person)
	tx.Put(`update representation set document = '', until_day = case when until_day = 0 or until_day > $3 then $3 else until_day end
		where home = $1 and (agent = $2 or subject = $2)`, tx.Home(), person, c.Today())
	r.Bump(tx, epochStaff)
	all := map[string]any{ledger.FactErased: keys}
	maps.Copy(all, facts)
	_, err := c.Note(nil, ledger.Event{Stream: personStream(person), Kind: "person.erased", Facts: all, Rules: []ledger.Rule{{Article: article}}})
	return err
}

// nobody stands in the columns of blind indexes for somebody who is erased: no
// index begins with zeros, and no two people share one.
func nobody(person int64) []byte {
	b := make([]byte, vault.IndexSize)
	binary.BigEndian.PutUint64(b[vault.IndexSize-8:], uint64(person))
	return b
}

// HoldsPost tells whether a person is an official on day d: their data are then
// needed for the duties of the post.
func (r *Register) HoldsPost(tx *store.Tx, person int64, d day.Day) (bool, error) {
	var one int
	return tx.Get([]any{&one}, `select 1 from staff_post where home = $1 and person = $2 and (until_day = 0 or until_day > $3) limit 1`, tx.Home(), person, d)
}
