package identity

import (
	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/day"
)

// Guessing is slowed: so many attempts are free, each further one doubles the
// wait. Few are free at one account from one source; more from many sources, so
// that a stranger cannot lock an official out; and a whole hall may sit behind
// one source.
const (
	freeByAccount = 30
	freeByPair    = 5
	freeBySource  = 60
	longestWait   = 15 * day.Minute
	forgotten     = 24 * day.Hour
)

// attempt is what counts attempts: the keyed digest of an account, a source, or both.
type attempt struct {
	who  []byte
	free int
}

// attempts names what an attempt at a login from a source is counted for: the
// account, the account from this source, the source. An account that does not
// exist is counted like one that does.
func (r *Register) attempts(login, source string) []attempt {
	return []attempt{
		{r.vault.Digest("failed/account", login), freeByAccount},
		{r.vault.Digest("failed/pair", source+" "+login), freeByPair},
		{r.vault.Digest("failed/source", source), freeBySource},
	}
}

// take counts an attempt before it is looked at, so that a hundred guesses at
// once are a hundred attempts; success takes the count back. It refuses while
// the wait of earlier ones lasts.
func take(tx *store.Tx, list []attempt) error {
	for _, at := range list {
		// The row is the lock: two attempts on it follow each other.
		if _, err := tx.Exec(`insert into failed_login(home, who, n, last_at, until_at) values($1, $2, 0, $3, 0)
			on conflict (home, who) do update set n = failed_login.n`, tx.Home(), at.who, tx.Now()); err != nil {
			return err
		}
		var n int
		var last, until day.Instant
		if _, err := tx.Get([]any{&n, &last, &until}, `select n, last_at, until_at from failed_login where home = $1 and who = $2`, tx.Home(), at.who); err != nil {
			return err
		}
		if tx.Now() < until {
			return act.Refuse("identity.sign_in.wait", "seconds", int64((until-tx.Now()+day.Second-1)/day.Second))
		}
		if tx.Now() > last+forgotten {
			n = 0
		}
		n++
		tx.Put(`update failed_login set n = $3, last_at = $4, until_at = $5 where home = $1 and who = $2`,
			tx.Home(), at.who, n, tx.Now(), tx.Now()+wait(n-at.free))
	}
	return nil
}

// wait is how long to wait after n attempts too many: nothing, then 2, 4, 8 … seconds.
func wait(n int) day.Instant {
	if n <= 0 {
		return 0
	}
	if n > 10 {
		return longestWait
	}
	return min(day.Second<<n, longestWait)
}

// giveBack forgets the account's attempts after the right secrets and takes
// this one off the source's count. It returns how many had failed before.
func giveBack(tx *store.Tx, list []attempt) (failed int, err error) {
	if _, err := tx.Get([]any{&failed}, `select n from failed_login where home = $1 and who = $2`, tx.Home(), list[0].who); err != nil {
		return 0, err
	}
	for _, at := range list[:2] {
		tx.Put(`delete from failed_login where home = $1 and who = $2`, tx.Home(), at.who)
	}
	giveBackSource(tx, list)
	return max(failed-1, 0), nil
}

// giveBackSource takes a right attempt off the source's count alone.
func giveBackSource(tx *store.Tx, list []attempt) {
	tx.Put(`update failed_login set n = n - 1, until_at = 0 where home = $1 and who = $2 and n > 0`, tx.Home(), list[2].who)
}
