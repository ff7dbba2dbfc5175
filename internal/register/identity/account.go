package identity

import (
	"context"
	"fmt"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/rules/gbcode"
	"tongban/internal/rules/wording"
)

// The commands on accounts.
var (
	CommandCreateStaffAccount = act.Command{Name: "staff.account", Right: "staff.account"}
	CommandCreateAccount      = act.Command{Name: "person.account", Right: "person.account"}
	CommandResetStaff         = act.Command{Name: "staff.reset", Right: "staff.account"}
	CommandResetPerson        = act.Command{Name: "person.reset", Right: "person.account"}
)

const (
	accountOpen   = "open"
	accountClosed = "closed"
)

// NewAccount is an account to be made. A person has one, whatever posts they hold.
type NewAccount struct {
	Person     int64
	Login      string
	Hash       string `json:"-"` // from Register.Hash; "" makes a first password, told once
	MustChange bool   // a new password is asked for at the first sign-in
	TOTP       string `json:"-"` // base32 secret to begin with; "" lets the person set one up
}

// FirstPassword is a password that is told once, to be changed at the first sign-in.
type FirstPassword struct {
	Account  int64
	Login    string
	Password string // "" when the caller chose it
}

// account is the row.
type account struct {
	ID, Person  int64
	Login       []byte
	Password    string
	MustChange  bool
	TOTP, Next  []byte
	Step        int64
	State       string
	PersonKeyID int64
}

const accountSelect = `select a.id, a.person, a.login, a.password, a.must_change, a.totp, a.totp_next, a.totp_step, a.state, p.key_id
	from account a join person p on p.home = a.home and p.id = a.person where a.home = $1 `

func scanAccount(row store.Row) (a account, err error) {
	return a, row.Scan(&a.ID, &a.Person, &a.Login, &a.Password, &a.MustChange, &a.TOTP, &a.Next, &a.Step, &a.State, &a.PersonKeyID)
}

// normalLogin is how logins are compared.
func normalLogin(login string) string { return strings.ToLower(gbcode.Normalize(login)) }

func checkLogin(login string) error {
	if n := len([]rune(login)); n < 3 || n > 50 {
		return act.WrongFields("identity.fields", []act.Field{{Name: "login", Msg: wording.M("identity.login.shape")}})
	}
	return nil
}

func (r *Register) loginIndex(login string) []byte { return r.vault.Index("account.login", login) }

func (r *Register) accountByLogin(tx *store.Tx, login string) (account, bool, error) {
	for _, index := range r.vault.Indexes("account.login", login) {
		if a, found, err := store.Find(tx, scanAccount, accountSelect+`and a.login_index = $2`, tx.Home(), index); found || err != nil {
			return a, found, err
		}
	}
	return account{}, false, nil
}

func (r *Register) accountOf(tx *store.Tx, person int64) (account, bool, error) {
	return store.Find(tx, scanAccount, accountSelect+`and a.person = $2`, tx.Home(), person)
}

// HasAccount tells whether a person has an account that is open.
func (r *Register) HasAccount(tx *store.Tx, person int64) (bool, error) {
	a, found, err := r.accountOf(tx, person)
	return found && a.State == accountOpen, err
}

// CreateAccount makes an account for a person: administrators for officials,
// clerks for the person before them.
func (r *Register) CreateAccount(ctx context.Context, a act.Actor, in NewAccount) (FirstPassword, error) {
	return r.withPassword(ctx, a, in, CommandCreateStaffAccount, CommandCreateAccount, r.createAccount)
}

// ResetAccount gives an account a first password again, takes off its second
// factor and ends its sessions. With a login it gets that one, because the old
// may belong to whoever had taken the number.
func (r *Register) ResetAccount(ctx context.Context, a act.Actor, person int64, login string) (FirstPassword, error) {
	return r.withPassword(ctx, a, NewAccount{Person: person, Login: login}, CommandResetStaff, CommandResetPerson, r.resetAccount)
}

// withPassword hashes a first password before the command begins, and runs the
// command for staff or for everybody else, as the person is. Its answer is not
// kept for a replay: it holds the password.
func (r *Register) withPassword(ctx context.Context, a act.Actor, in NewAccount, forStaff, forPeople act.Command,
	do func(*act.Call, NewAccount) (int64, string, error)) (FirstPassword, error) {
	var out FirstPassword
	if in.Hash == "" {
		out.Password = r.secret(12)
		hash, err := r.Hash(ctx, out.Password)
		if err != nil {
			return FirstPassword{}, err
		}
		in.Hash, in.MustChange = hash, true
	}
	cmd, err := r.accountCommand(ctx, in.Person, forStaff, forPeople)
	if err != nil {
		return FirstPassword{}, err
	}
	var login string
	out.Account, err = run(ctx, r, a, "", cmd, in, func(c *act.Call, in NewAccount) (id int64, err error) {
		if err := r.allowAccount(c, in.Person, cmd == forStaff); err != nil {
			return 0, err
		}
		id, login, err = do(c, in)
		return id, err
	})
	if err != nil {
		return FirstPassword{}, err
	}
	out.Login = login
	return out, nil
}

func (r *Register) accountCommand(ctx context.Context, person int64, forStaff, forPeople act.Command) (act.Command, error) {
	cmd := forPeople
	err := r.store.Read(ctx, func(tx *store.Tx) error {
		posts, err := r.PostsOf(tx, person)
		if len(posts) > 0 {
			cmd = forStaff
		}
		return err
	})
	return cmd, r.runner.SettleFor(ctx, "account", err)
}

// allowAccount asks for the right over every post that the person has or will
// have, so that no clerk and no administrator of another place takes over an account.
func (r *Register) allowAccount(c *act.Call, person int64, staff bool) error {
	posts, err := r.PostsOf(c.Tx, person)
	if err != nil {
		return err
	}
	if staff != (len(posts) > 0) {
		return act.Changed("identity.thing.person")
	}
	if !staff {
		return c.Allow(act.Scope{})
	}
	for _, p := range posts {
		if err := c.Allow(act.Scope{Agency: p.Agency, Region: p.Region}); err != nil {
			return err
		}
	}
	return nil
}

func (r *Register) createAccount(c *act.Call, in NewAccount) (int64, string, error) {
	login := normalLogin(in.Login)
	if err := checkLogin(login); err != nil {
		return 0, "", err
	}
	if _, found, err := r.accountOf(c.Tx, in.Person); err != nil || found {
		return 0, "", orRefuse(err, "identity.account.exists")
	}
	if _, found, err := r.accountByLogin(c.Tx, login); err != nil || found {
		return 0, "", orRefuse(err, "identity.login.taken")
	}
	person, err := r.Person(c.Tx, in.Person)
	if err != nil {
		return 0, "", err
	}
	key, err := r.vault.Key(c.Tx, person.Key)
	if err != nil {
		return 0, "", err
	}
	secret, err := totpBytes(in.TOTP)
	if err != nil {
		return 0, "", err
	}
	id := c.Tx.NewID()
	c.Tx.PutOne(act.Refuse("identity.login.taken"), `insert into account(home, id, person, login, login_index, password, must_change, totp, totp_next, totp_step, state, created)
		values($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, $11) on conflict do nothing`, c.Tx.Home(), id, in.Person,
		key.Seal("account", id, "login", []byte(login)), r.loginIndex(login), in.Hash, in.MustChange,
		key.Seal("account", id, "totp", secret), []byte{}, accountOpen, c.Now())
	_, err = c.Note(key, ledger.Event{Stream: accountStream(id), Kind: "account.created", Facts: map[string]any{"person": in.Person},
		Personal: []ledger.Personal{{Field: "account.login", Value: login}}})
	return id, login, err
}

func (r *Register) resetAccount(c *act.Call, in NewAccount) (int64, string, error) {
	a, found, err := r.accountOf(c.Tx, in.Person)
	if err != nil {
		return 0, "", err
	}
	if !found {
		return 0, "", act.Missing("identity.thing.account")
	}
	key, err := r.vault.Key(c.Tx, a.PersonKeyID)
	if err != nil {
		return 0, "", err
	}
	login := normalLogin(in.Login)
	if login == "" {
		plain, err := key.Open("account", a.ID, "login", a.Login)
		if err != nil {
			return 0, "", err
		}
		login = string(plain)
	}
	if err := checkLogin(login); err != nil {
		return 0, "", err
	}
	if other, taken, err := r.accountByLogin(c.Tx, login); err != nil || taken && other.ID != a.ID {
		return 0, "", orRefuse(err, "identity.login.taken")
	}
	c.Tx.Put(`update account set login = $3, login_index = $4, password = $5, must_change = true, totp = $6, totp_next = $6, state = $7
		where home = $1 and id = $2`, c.Tx.Home(), a.ID, key.Seal("account", a.ID, "login", []byte(login)), r.loginIndex(login), in.Hash, []byte{}, accountOpen)
	c.Tx.Put(`delete from recovery_code where home = $1 and account = $2`, c.Tx.Home(), a.ID)
	c.Tx.Put(`delete from session where home = $1 and account = $2`, c.Tx.Home(), a.ID)
	c.Tx.Put(`delete from failed_login where home = $1 and who = $2`, c.Tx.Home(), r.attempts(login, "")[0].who) // its own; those by source run off
	_, err = c.Note(key, ledger.Event{Stream: accountStream(a.ID), Kind: "account.reset",
		Personal: []ledger.Personal{{Field: "account.login", Value: login}}})
	return a.ID, login, err
}

// orRefuse is err, or the refusal when there is none.
func orRefuse(err error, key string) error {
	if err != nil {
		return err
	}
	return act.Refuse(key)
}

func accountStream(id int64) string { return fmt.Sprintf("account/%d", id) }
