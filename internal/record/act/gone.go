package act

import (
	"tongban/internal/record/store"
	"tongban/internal/rules/wording"
)

// Gone is the kind of what was there and has been erased, as the law asked: it
// will not come back, and asking again changes nothing.
const Gone Kind = "gone"

// Erased makes a Gone error.
func Erased() *Error {
	return &Error{Kind: Gone, Code: "act.erased", Msg: wording.M("act.erased"), Law: "个人信息保护法第四十七条"}
}

// Forget deletes what repeated submissions of a person are known by: their keys
// and digests. It belongs to erasing the person.
func Forget(tx *store.Tx, person int64) {
	tx.Put(`delete from idempotency where home = $1 and person = $2`, tx.Home(), person)
}

// TokenKept is how long a submission is known by its key; after that the case
// that a draft became, or the task that is done, still refuses a second one.
const TokenKept = 30 * 24 * 60 * 60 * 1e6

// DropTokens forgets submissions that are older, up to limit of them, and tells
// whether there may be more.
func DropTokens(tx *store.Tx, limit int) (more bool, err error) {
	n, err := tx.Exec(`delete from idempotency where home = $1 and (person, token) in
		(select person, token from idempotency where home = $1 and at < $2 order by at limit $3)`, tx.Home(), tx.Now()-TokenKept, limit)
	return n == int64(limit), err
}
