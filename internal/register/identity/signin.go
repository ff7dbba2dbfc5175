package identity

import (
	"context"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/rules/wording"
)

// The commands of signing in and out; they need no right but the secret itself.
var (
	CommandSignIn  = act.Command{Name: "account.sign_in"}
	CommandSecond  = act.Command{Name: "account.second"}
	CommandSignOut = act.Command{Name: "account.sign_out"}
)

// Credentials are what a person signs in with. Source is where the request comes
// from (an address), counted so that guessing is slowed, and kept only as a digest.
type Credentials struct {
	Login, Password, Source string
}

// SignedIn is a new session. The token goes into a cookie and nowhere else.
type SignedIn struct {
	Token  string
	Next   Step
	Failed int // attempts that failed since the last sign-in, to be told to the person
}

// SignIn checks a password. With a second factor set up the session is
// unfinished until SignInSecond. What is wrong is not told apart: not the
// login, not the password; and an account that does not exist takes the same work.
func (r *Register) SignIn(ctx context.Context, in Credentials) (SignedIn, error) {
	login := normalLogin(in.Login)
	list := r.attempts(login, in.Source)
	acc, found, err := r.attemptOn(ctx, list, func(tx *store.Tx) (account, bool, error) { return r.accountByLogin(tx, login) })
	if err != nil {
		return SignedIn{}, err
	}
	hash := r.dummy
	if found {
		hash = acc.Password
	}
	right, err := r.verify(ctx, hash, in.Password)
	if err != nil {
		return SignedIn{}, err
	}
	if !right || !found {
		return SignedIn{}, act.Wrong("identity.sign_in.wrong")
	}
	return r.startSession(ctx, acc, list)
}

// attemptOn counts an attempt and finds its account, in one transaction.
func (r *Register) attemptOn(ctx context.Context, list []attempt, find func(*store.Tx) (account, bool, error)) (acc account, found bool, err error) {
	err = r.store.Do(ctx, store.People, func(tx *store.Tx) (err error) {
		if err := take(tx, list); err != nil {
			return err
		}
		acc, found, err = find(tx)
		return err
	})
	return acc, found, r.runner.SettleFor(ctx, "sign in", err)
}

// startSession opens a session after the right password. The token is new, as
// after every step: one that was planted before is worth nothing.
func (r *Register) startSession(ctx context.Context, acc account, list []attempt) (SignedIn, error) {
	out := SignedIn{Token: r.secret(tokenLetters)}
	who := act.Actor{Who: act.Applicant, Person: acc.Person, Account: acc.ID, Lang: wording.ZH}
	_, err := act.Run(ctx, r.runner, who, "", CommandSignIn, struct{}{}, func(c *act.Call, _ struct{}) (struct{}, error) {
		_ = c.Allow(act.Scope{})
		now, found, err := r.accountOf(c.Tx, acc.Person)
		if err != nil {
			return struct{}{}, err
		}
		if !found || now.Password != acc.Password {
			return struct{}{}, act.Wrong("identity.sign_in.wrong")
		}
		if now.State != accountOpen {
			return struct{}{}, act.Refuse("identity.account.closed")
		}
		if len(now.TOTP) > 0 {
			// The account's attempts are given back only with the second factor.
			giveBackSource(c.Tx, list)
			r.putSession(c.Tx, now, out.Token, string(SecondFactor), false)
			return struct{}{}, nil
		}
		out.Failed, err = giveBack(c.Tx, list)
		if err != nil {
			return struct{}{}, err
		}
		return struct{}{}, r.opened(c, now, out.Token, false, out.Failed)
	})
	if err != nil {
		return SignedIn{}, err
	}
	return r.withNext(ctx, out)
}

// tokenLetters is the length of a session's token: 160 bits and more.
const tokenLetters = 36

func (r *Register) putSession(tx *store.Tx, acc account, token, state string, factor bool) {
	tx.Put(`insert into session(home, digest, id, account, person, state, factor, agency, post, stands_for, created, seen)
		values($1, $2, $3, $4, $5, $6, $7, '', '', 0, $8, $8)`, tx.Home(), r.sessionDigest(token), tx.NewID(), acc.ID, acc.Person, state, factor, tx.Now())
}

// opened puts an open session and its event.
func (r *Register) opened(c *act.Call, acc account, token string, factor bool, failed int) error {
	r.putSession(c.Tx, acc, token, accountOpen, factor)
	_, err := c.Note(nil, ledger.Event{Stream: accountStream(acc.ID), Kind: "account.signed_in",
		Facts: map[string]any{"second_factor": factor, "failed_before": failed}})
	return err
}

func (r *Register) withNext(ctx context.Context, out SignedIn) (SignedIn, error) {
	s, err := r.Open(ctx, out.Token)
	out.Next = s.Next
	return out, err
}

// SignInSecond finishes a sign-in with the code of the authenticator app or a
// recovery code. A code works once, also within its half minute.
func (r *Register) SignInSecond(ctx context.Context, token, code, source string) (SignedIn, error) {
	s, err := r.Open(ctx, token)
	if err != nil {
		return SignedIn{}, err
	}
	if s.Next != SecondFactor {
		return SignedIn{}, act.Refuse("act.sign_in")
	}
	list, err := r.attemptsOf(ctx, s, source)
	if err != nil {
		return SignedIn{}, err
	}
	acc, _, err := r.attemptOn(ctx, list, func(tx *store.Tx) (account, bool, error) { return r.accountOf(tx, s.Actor.Person) })
	if err != nil {
		return SignedIn{}, err
	}
	out := SignedIn{Token: r.secret(tokenLetters)}
	_, err = act.Run(ctx, r.runner, s.Actor, "", CommandSecond, struct{}{}, func(c *act.Call, _ struct{}) (struct{}, error) {
		_ = c.Allow(act.Scope{})
		if err := r.useSecond(c.Tx, acc.Person, code); err != nil {
			return struct{}{}, err
		}
		out.Failed, err = giveBack(c.Tx, list)
		if err != nil {
			return struct{}{}, err
		}
		out.Failed = max(out.Failed-1, 0) // the password of this sign-in was counted too
		c.Tx.PutOne(act.Refuse("act.sign_in"), `delete from session where home = $1 and digest = $2`, c.Tx.Home(), s.digest)
		return struct{}{}, r.opened(c, acc, out.Token, true, out.Failed)
	})
	if err != nil {
		return SignedIn{}, err
	}
	return r.withNext(ctx, out)
}

// attemptsOf is what an attempt at the second factor is counted for: the same
// account as its password.
func (r *Register) attemptsOf(ctx context.Context, s Session, source string) (list []attempt, err error) {
	err = r.store.Read(ctx, func(tx *store.Tx) error {
		acc, found, err := r.accountOf(tx, s.Actor.Person)
		if err != nil {
			return err
		}
		if !found {
			return act.Refuse("act.sign_in")
		}
		login, err := r.vault.Open(tx, "account", acc.ID, "login", acc.Login)
		list = r.attempts(string(login), source)
		return err
	})
	return list, r.runner.SettleFor(ctx, "second factor", err)
}

// useSecond uses up a one-time code or a recovery code of the account.
func (r *Register) useSecond(tx *store.Tx, person int64, code string) error {
	acc, found, err := r.accountOf(tx, person)
	if err != nil {
		return err
	}
	wrong := act.Wrong("identity.second.wrong")
	if !found || len(acc.TOTP) == 0 || acc.State != accountOpen {
		return wrong
	}
	secret, err := r.vault.Open(tx, "account", acc.ID, "totp", acc.TOTP)
	if err != nil {
		return err
	}
	if step := totpMatch(secret, code, tx.Now(), acc.Step); step > 0 {
		tx.PutOne(wrong, `update account set totp_step = $3 where home = $1 and id = $2 and totp_step < $3`, tx.Home(), acc.ID, step)
		return nil
	}
	tx.PutOne(wrong, `delete from recovery_code where home = $1 and account = $2 and digest = $3`, tx.Home(), acc.ID, r.recoveryDigest(code))
	return tx.Flush()
}

// SignOut ends a session, or with everywhere all of the account's.
func (r *Register) SignOut(ctx context.Context, token string, everywhere bool) error {
	s, err := r.Open(ctx, token)
	if err != nil {
		return nil //nolint:nilerr // what is not open is out
	}
	_, err = act.Run(ctx, r.runner, s.Actor, "", CommandSignOut, everywhere, func(c *act.Call, everywhere bool) (struct{}, error) {
		_ = c.Allow(act.Scope{})
		if everywhere {
			c.Tx.Put(`delete from session where home = $1 and account = $2`, c.Tx.Home(), s.Actor.Account)
		} else {
			c.Tx.Put(`delete from session where home = $1 and digest = $2`, c.Tx.Home(), s.digest)
		}
		_, err := c.Note(nil, ledger.Event{Stream: accountStream(s.Actor.Account), Kind: "account.signed_out", Facts: map[string]any{"everywhere": everywhere}})
		return struct{}{}, err
	})
	return err
}
