package identity

import (
	"context"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/rules/wording"
)

// CommandSignUp makes a person and an account at the person's own request.
var CommandSignUp = act.Command{Name: "person.sign_up"}

// SignUp is what a person gives to register themself.
type SignUp struct {
	NewPerson
	Login    string // "" is the telephone number
	Password string
	Source   string
}

// SignUp registers a person at their own word: the identity stays declared
// (grade D) until a clerk has seen the document. Whoever is registered already
// is sent to the counter: knowing somebody's number opens nothing.
func (r *Register) SignUp(ctx context.Context, in SignUp) (SignedIn, error) {
	checked, err := in.checked(r.store.Now().Day(), true)
	if err != nil {
		return SignedIn{}, err
	}
	login := in.Login
	if login == "" {
		login = checked.Phone
	}
	if err := CheckPassword(in.Password, login); err != nil {
		return SignedIn{}, err
	}
	err = r.store.Do(ctx, store.People, func(tx *store.Tx) error {
		return take(tx, r.attempts("sign-up "+checked.IDNo, in.Source))
	})
	if err != nil {
		return SignedIn{}, r.runner.SettleFor(ctx, "sign up", err)
	}
	hash, err := r.Hash(ctx, in.Password)
	if err != nil {
		return SignedIn{}, err
	}
	anyone := act.Actor{Who: act.Anyone, Lang: wording.ZH}
	out := SignedIn{Token: r.secret(tokenLetters)}
	_, err = act.Run(ctx, r.runner, anyone, "", CommandSignUp, struct{}{}, func(c *act.Call, _ struct{}) (struct{}, error) {
		_ = c.Allow(act.Scope{})
		return struct{}{}, r.signUp(c, checked, NewAccount{Login: login, Hash: hash}, out.Token)
	})
	if act.KindOf(err) == act.Conflict {
		err = act.Refuse("identity.person.exists").Then("identity.person.exists.next")
	}
	if err != nil {
		return SignedIn{}, err
	}
	return r.withNext(ctx, out)
}

func (r *Register) signUp(c *act.Call, in NewPerson, acc NewAccount, token string) error {
	if _, found, err := r.FindByIDNo(c.Tx, in.IDKind, in.IDNo); err != nil || found {
		if err != nil {
			return err
		}
		return act.Refuse("identity.person.exists").Then("identity.person.exists.next")
	}
	id, err := r.addPerson(c, in, GradeD)
	if err != nil {
		return err
	}
	if err := c.Tx.Flush(); err != nil {
		return err
	}
	acc.Person = id
	account, _, err := r.createAccount(c, acc)
	if err != nil {
		return err
	}
	c.Tx.Put(`insert into session(home, digest, id, account, person, state, factor, agency, post, stands_for, created, seen)
		values($1, $2, $3, $4, $5, 'open', false, '', '', 0, $6, $6)`, c.Tx.Home(), r.sessionDigest(token), c.Tx.NewID(), account, id, c.Now())
	return nil
}
