package lists

import (
	"crypto/sha256"
	"hash"
	"io"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

// Changed is a change that was made: an entry of the feed, and a permanent
// address: the list as it stood with it is the Stand of its Seq and day.
type Changed struct {
	Seq      int64 // over all lists, from 1, without gaps
	List     string
	Edition  int // of this list, from 1
	Document string
	From     day.Day
	Reason   string
	Made     day.Instant
	Person   int64  // 0 the platform
	Agency   string // of the post acted in
	Added    int
	Edited   int
	Ended    int
	Digest   []byte // of its entries (Verify)
}

// Stand is the state of the list with this change: on the day on which it takes
// effect, or on which it was made where that was later.
func (c Changed) Stand() Stand { return Stand{Day: max(c.From, c.Made.Day()), Seq: c.Seq} }

// Head is the number of the newest change over all lists; 0 before the first.
func Head(tx *store.Tx) (seq int64, err error) {
	_, err = tx.Get([]any{&seq}, `select coalesce(max(seq), 0) from list_change where home = $1`, tx.Home())
	return seq, err
}

const changeColumns = `select seq, list, edition, document, from_day, reason, made, person, agency, added, edited, ended, digest from list_change where home = $1`

func scanChange(r store.Row) (c Changed, err error) {
	return c, r.Scan(&c.Seq, &c.List, &c.Edition, &c.Document, &c.From, &c.Reason, &c.Made, &c.Person, &c.Agency, &c.Added, &c.Edited, &c.Ended, &c.Digest)
}

// Since returns up to limit changes after a number, oldest first: for those who
// follow. list "" is all lists.
func Since(tx *store.Tx, list string, after int64, limit int) ([]Changed, error) {
	if list == "" {
		return store.All(tx, scanChange, changeColumns+` and seq > $2 order by seq limit $3`, tx.Home(), after, limit)
	}
	return store.All(tx, scanChange, changeColumns+` and list = $2 and seq > $3 order by edition limit $4`, tx.Home(), list, after, limit)
}

// Recent returns up to limit changes before a number, newest first: for pages
// and Atom. before 0 begins with the newest; list "" is all lists.
func Recent(tx *store.Tx, list string, before int64, limit int) ([]Changed, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	if list == "" {
		return store.All(tx, scanChange, changeColumns+` and seq < $2 order by seq desc limit $3`, tx.Home(), before, limit)
	}
	return store.All(tx, scanChange, changeColumns+` and list = $2 and seq < $3 order by edition desc limit $4`, tx.Home(), list, before, limit)
}

// ChangeOf returns one change by its number; a NotFound error when there is none.
func ChangeOf(tx *store.Tx, seq int64) (Changed, error) {
	return oneChange(store.Find(tx, scanChange, changeColumns+` and seq = $2`, tx.Home(), seq))
}

// Edition returns the change that made an edition of a list; a NotFound error
// when there is none.
func Edition(tx *store.Tx, list string, edition int) (Changed, error) {
	return oneChange(store.Find(tx, scanChange, changeColumns+` and list = $2 and edition = $3`, tx.Home(), list, edition))
}

func oneChange(c Changed, found bool, err error) (Changed, error) {
	if err == nil && !found {
		err = act.Missing("lists.thing.change")
	}
	return c, err
}

// Entries returns up to limit versions that a change made, by code, after one code.
func (c Changed) Entries(tx *store.Tx, after string, limit int) ([]Entry, error) {
	k, err := KindOf(c.List)
	if err != nil {
		return nil, err
	}
	return store.All(tx, scan(k, false), entryColumns+`, v.content from list_version v where v.home = $1 and v.seq = $2 and v.code > $3 order by v.code limit $4`,
		tx.Home(), c.Seq, after, limit)
}

// Verify tells whether what is stored of a change is what its event in the
// ledger says (fact "entries"): the content of each of its versions by its
// digest, and all of them by the digest of the change.
func Verify(tx *store.Tx, seq int64) (bool, error) {
	c, err := ChangeOf(tx, seq)
	if err != nil {
		return false, err
	}
	var sum hasher
	sound := true
	err = tx.Each(func(r store.Row) error {
		var code, content string
		var n int
		var from day.Day
		var ended bool
		var digest []byte
		if err := r.Scan(&code, &n, &from, &ended, &digest, &content); err != nil {
			return err
		}
		is := sha256.Sum256([]byte(content))
		sound = sound && string(is[:]) == string(digest)
		sum.add(Line(code, n, from, ended, digest))
		return nil
	}, `select code, n, from_day, ended, digest, content from list_version where home = $1 and seq = $2 order by code`, tx.Home(), seq)
	return sound && string(sum.Sum(nil)) == string(c.Digest), err
}

// hasher adds up lines.
type hasher struct{ h hash.Hash }

func (x *hasher) add(line string) {
	if x.h == nil {
		x.h = sha256.New()
	}
	_, _ = io.WriteString(x.h, line)
}

// Sum is the digest of the lines so far.
func (x *hasher) Sum(b []byte) []byte {
	x.add("")
	return x.h.Sum(b)
}
