package identity

import (
	"context"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
)

// CommandFirstAdministrator makes the first administrator, at the shell.
var CommandFirstAdministrator = act.Command{Name: "staff.first_administrator", Right: "staff.grant"}

// First is the first administrator's account, told once.
type First struct {
	Person   int64
	Login    string
	Password string // to be changed at the first sign-in
	TOTP     TOTP
	Recovery []string
}

// FirstAdministrator makes an administrator of everything. It works only while
// there is none: from then on administrators are made by administrators.
func (r *Register) FirstAdministrator(ctx context.Context, login, name, idno string) (First, error) {
	out := First{Login: normalLogin(login), Password: r.secret(14), Recovery: r.newRecoveryCodes()}
	hash, err := r.Hash(ctx, out.Password)
	if err != nil {
		return First{}, err
	}
	out.TOTP = r.totp(r.random(totpSecret), out.Login)
	in := NewPerson{Name: name, IDNo: idno}
	out.Person, err = run(ctx, r, act.Machine(), "", CommandFirstAdministrator, in, func(c *act.Call, in NewPerson) (int64, error) {
		if err := c.Allow(act.Scope{}); err != nil {
			return 0, err
		}
		if err := r.Lock(c.Tx, epochStaff); err != nil {
			return 0, err
		}
		var one int
		if found, err := c.Tx.Get([]any{&one}, `select 1 from staff_post where home = $1 and post = 'admin'`, c.Tx.Home()); err != nil || found {
			return 0, orRefuse(err, "identity.first.exists")
		}
		person, err := r.personFor(c, in)
		if err != nil {
			return 0, err
		}
		account, _, err := r.createAccount(c, NewAccount{Person: person, Login: login, Hash: hash, MustChange: true, TOTP: out.TOTP.Secret})
		if err != nil {
			return 0, err
		}
		return person, r.makeFirst(c, person, account, out.Recovery)
	})
	if err != nil {
		return First{}, err
	}
	return out, nil
}

// personFor finds the person or registers them.
func (r *Register) personFor(c *act.Call, in NewPerson) (int64, error) {
	in, err := in.checked(c.Today(), false)
	if err != nil {
		return 0, err
	}
	id, found, err := r.FindByIDNo(c.Tx, in.IDKind, in.IDNo)
	if err != nil || found {
		return id, err
	}
	id, err = r.addPerson(c, in, GradeB)
	if err != nil {
		return 0, err
	}
	return id, c.Tx.Flush()
}

func (r *Register) makeFirst(c *act.Call, person, account int64, codes []string) error {
	r.putRecovery(c.Tx, account, codes)
	id := c.Tx.NewID()
	c.Tx.Put(`insert into staff_post(home, id, person, agency, post, region, from_day, until_day) values($1, $2, $3, '', 'admin', '', $4, 0)`,
		c.Tx.Home(), id, person, c.Today())
	r.Bump(c.Tx, epochStaff)
	_, err := c.Note(nil, ledger.Event{Stream: personStream(person), Kind: "staff.first_administrator", Facts: map[string]any{"id": id}})
	return err
}
