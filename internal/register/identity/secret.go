package identity

import (
	"context"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/rules/wording"
)

// The commands by which people keep their own secrets.
var (
	CommandChangePassword = act.Command{Name: "account.password"}
	CommandSetUpTOTP      = act.Command{Name: "account.totp"}
	CommandConfirmTOTP    = act.Command{Name: "account.totp_confirm"}
)

const (
	recoveryCodes   = 10
	recoveryLetters = 10
)

// ChangePassword changes the password of a session's account. Every session
// ends and this one gets a new token: whoever else had the old password is out.
func (r *Register) ChangePassword(ctx context.Context, token, old, new, source string) (SignedIn, error) {
	s, err := r.Open(ctx, token)
	if err != nil {
		return SignedIn{}, err
	}
	if s.Next == SecondFactor {
		return SignedIn{}, act.Refuse("act.sign_in")
	}
	list, err := r.attemptsOf(ctx, s, source)
	if err != nil {
		return SignedIn{}, err
	}
	acc, login, err := r.attemptWithLogin(ctx, list, s.Actor.Person)
	if err != nil {
		return SignedIn{}, err
	}
	if err := CheckPassword(new, login); err != nil {
		return SignedIn{}, err
	}
	right, err := r.verify(ctx, acc.Password, old)
	if err != nil {
		return SignedIn{}, err
	}
	if !right {
		return SignedIn{}, act.WrongFields("identity.fields", []act.Field{{Name: "old", Msg: wording.M("identity.password.old")}})
	}
	if old == new {
		return SignedIn{}, act.WrongFields("identity.fields", []act.Field{{Name: "password", Msg: wording.M("identity.password.same")}})
	}
	hash, err := r.Hash(ctx, new)
	if err != nil {
		return SignedIn{}, err
	}
	return r.renew(ctx, s, CommandChangePassword, s.factor, func(c *act.Call) error {
		if _, err := giveBack(c.Tx, list); err != nil {
			return err
		}
		c.Tx.PutOne(act.Changed("identity.thing.account"), `update account set password = $4, must_change = false
			where home = $1 and id = $2 and password = $3`, c.Tx.Home(), acc.ID, acc.Password, hash)
		_, err := c.Note(nil, ledger.Event{Stream: accountStream(acc.ID), Kind: "account.password_changed"})
		return err
	})
}

func (r *Register) attemptWithLogin(ctx context.Context, list []attempt, person int64) (acc account, login string, err error) {
	acc, _, err = r.attemptOn(ctx, list, func(tx *store.Tx) (account, bool, error) {
		acc, found, err := r.accountOf(tx, person)
		if err != nil || !found {
			return acc, found, err
		}
		plain, err := r.vault.Open(tx, "account", acc.ID, "login", acc.Login)
		login = string(plain)
		return acc, found, err
	})
	return acc, login, err
}

// renew runs a command that changes what an account is opened with, ends its
// sessions and gives this one a new token, in the post it was in.
func (r *Register) renew(ctx context.Context, s Session, cmd act.Command, factor bool, do func(*act.Call) error) (SignedIn, error) {
	out := SignedIn{Token: r.secret(tokenLetters)}
	_, err := act.Run(ctx, r.runner, s.Actor, "", cmd, struct{}{}, func(c *act.Call, _ struct{}) (struct{}, error) {
		_ = c.Allow(act.Scope{})
		acc, found, err := r.accountOf(c.Tx, s.Actor.Person)
		if err != nil {
			return struct{}{}, err
		}
		if !found {
			return struct{}{}, act.Refuse("act.sign_in")
		}
		if err := do(c); err != nil {
			return struct{}{}, err
		}
		c.Tx.Put(`delete from session where home = $1 and account = $2`, c.Tx.Home(), acc.ID)
		r.putSession(c.Tx, acc, out.Token, accountOpen, factor)
		return struct{}{}, nil
	})
	if err != nil {
		return SignedIn{}, err
	}
	return r.withNext(ctx, out)
}

// SetUpTOTP makes a secret for an authenticator app. It counts only once
// ConfirmTOTP was given a code made with it; until then the former one holds.
func (r *Register) SetUpTOTP(ctx context.Context, token string) (TOTP, error) {
	s, err := r.Open(ctx, token)
	if err != nil {
		return TOTP{}, err
	}
	if s.Next == SecondFactor || s.Next == NewPassword {
		return TOTP{}, act.Refuse("act.sign_in")
	}
	var out TOTP
	secret := r.random(totpSecret)
	_, err = act.Run(ctx, r.runner, s.Actor, "", CommandSetUpTOTP, struct{}{}, func(c *act.Call, _ struct{}) (struct{}, error) {
		_ = c.Allow(act.Scope{})
		acc, found, err := r.accountOf(c.Tx, s.Actor.Person)
		if err != nil || !found {
			return struct{}{}, orRefuse(err, "act.sign_in")
		}
		key, err := r.vault.Key(c.Tx, acc.PersonKeyID)
		if err != nil {
			return struct{}{}, err
		}
		login, err := key.Open("account", acc.ID, "login", acc.Login)
		if err != nil {
			return struct{}{}, err
		}
		out = r.totp(secret, string(login))
		c.Tx.Put(`update account set totp_next = $3 where home = $1 and id = $2`, c.Tx.Home(), acc.ID, key.Seal("account", acc.ID, "totp", secret))
		_, err = c.Note(nil, ledger.Event{Stream: accountStream(acc.ID), Kind: "account.totp_begun"})
		return struct{}{}, err
	})
	if err != nil {
		return TOTP{}, err
	}
	return out, nil
}

// ConfirmTOTP puts the new secret in force by a code made with it, and returns
// recovery codes, told once, and the session's new token. Officials may use
// their posts from then on.
func (r *Register) ConfirmTOTP(ctx context.Context, token, code string) (SignedIn, []string, error) {
	s, err := r.Open(ctx, token)
	if err != nil {
		return SignedIn{}, nil, err
	}
	if s.Next == SecondFactor || s.Next == NewPassword || s.TOTP && !s.factor {
		return SignedIn{}, nil, act.Refuse("act.sign_in")
	}
	codes := r.newRecoveryCodes()
	out, err := r.renew(ctx, s, CommandConfirmTOTP, true, func(c *act.Call) error {
		acc, _, err := r.accountOf(c.Tx, s.Actor.Person)
		if err != nil {
			return err
		}
		secret, err := r.vault.Open(c.Tx, "account", acc.ID, "totp", acc.Next)
		if err != nil {
			return err
		}
		step := totpMatch(secret, code, c.Now(), 0)
		if len(secret) == 0 || step == 0 {
			return act.Wrong("identity.second.wrong")
		}
		c.Tx.Put(`update account set totp = $3, totp_next = $4, totp_step = $5 where home = $1 and id = $2`, c.Tx.Home(), acc.ID, acc.Next, []byte{}, step)
		r.putRecovery(c.Tx, acc.ID, codes)
		_, err = c.Note(nil, ledger.Event{Stream: accountStream(acc.ID), Kind: "account.totp_set"})
		return err
	})
	if err != nil {
		return SignedIn{}, nil, err
	}
	return out, codes, nil
}

// newRecoveryCodes makes the codes for the day the telephone is lost.
func (r *Register) newRecoveryCodes() []string {
	codes := make([]string, recoveryCodes)
	for i := range codes {
		c := r.secret(recoveryLetters)
		codes[i] = c[:recoveryLetters/2] + "-" + c[recoveryLetters/2:]
	}
	return codes
}

func (r *Register) putRecovery(tx *store.Tx, account int64, codes []string) {
	tx.Put(`delete from recovery_code where home = $1 and account = $2`, tx.Home(), account)
	for _, code := range codes {
		tx.Put(`insert into recovery_code(home, account, digest) values($1, $2, $3)`, tx.Home(), account, r.recoveryDigest(code))
	}
}

func (r *Register) recoveryDigest(code string) []byte {
	code = strings.ToLower(strings.NewReplacer("-", "", " ", "").Replace(code))
	return r.vault.Digest("recovery", code)
}
