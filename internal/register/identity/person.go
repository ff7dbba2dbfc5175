package identity

import (
	"context"
	"errors"
	"fmt"
	"unicode"
	"unicode/utf8"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/record/vault"
	"tongban/internal/rules/day"
	"tongban/internal/rules/gbcode"
	"tongban/internal/rules/wording"
)

// The commands on people.
var (
	CommandRegisterPerson = act.Command{Name: "person.register", Right: "person.register"}
	CommandChangeContact  = act.Command{Name: "person.contact", Right: "person.change"}
)

// Grade tells how well a value is known (DESIGN, Once only).
type Grade string

// The grades.
const (
	GradeA Grade = "A" // issued by an agency
	GradeB Grade = "B" // checked at a window
	GradeC Grade = "C" // uploaded
	GradeD Grade = "D" // declared
)

// The kinds of identity document.
const (
	Citizen   = "citizen"   // 居民身份证, GB 11643
	Passport  = "passport"  // passports, of whatever state
	Residence = "residence" // 港澳台居民居住证 and residence permits of foreigners
)

// NewPerson is what a person is registered with.
type NewPerson struct {
	Name    string
	IDKind  string // Citizen unless said otherwise
	IDNo    string
	Phone   string // may be empty at a window
	Address string
	Region  string
}

// Person is a natural person, in clear. Callers show it only to those who may
// see it, after act.Runner.Looked.
type Person struct {
	ID      int64
	Key     int64 // data key that seals this person's own values
	Name    string
	IDKind  string
	IDNo    string
	Phone   string
	Birth   string // YYYY-MM-DD, "" where the document does not tell
	Address string
	Region  string
	Grade   Grade // how well the identity is known: B when a clerk saw the document
}

// Registered is the outcome of RegisterPerson.
type Registered struct {
	Person  int64
	Existed bool // the number was registered before: this is that person
}

// RegisterPerson registers a person whose document a clerk has seen. A number
// that is registered already gives that person: two registrations never make
// two people. What had only been declared becomes checked, under the name on the
// document; when the declared name was another, whoever had declared it loses
// the account.
func (r *Register) RegisterPerson(ctx context.Context, a act.Actor, token string, in NewPerson) (Registered, error) {
	return again(func() (Registered, error) {
		return run(ctx, r, a, token, CommandRegisterPerson, in, func(c *act.Call, in NewPerson) (Registered, error) {
			if err := c.Allow(act.Scope{}); err != nil {
				return Registered{}, err
			}
			in, err := in.checked(c.Today(), false)
			if err != nil {
				return Registered{}, err
			}
			was, found, err := r.FindByIDNo(c.Tx, in.IDKind, in.IDNo)
			if err != nil {
				return Registered{}, err
			}
			if found {
				return Registered{was, true}, r.confirm(c, was, in)
			}
			id, err := r.addPerson(c, in, GradeB)
			return Registered{Person: id}, err
		})
	})
}

// errRaced says that the same person was registered between our look and our
// write. It is seen only by again.
var errRaced = act.Changed("identity.thing.person")

// again runs a registration once more after it lost that race; it then finds
// the person.
func again[T any](f func() (T, error)) (T, error) {
	v, err := f()
	for range 3 {
		if !errors.Is(err, errRaced) {
			break
		}
		v, err = f()
	}
	return v, err
}

// checked returns the person with every part normalised, or what is wrong,
// field by field.
func (in NewPerson) checked(today day.Day, phoneNeeded bool) (NewPerson, error) {
	var wrong []act.Field
	note := func(field string, err error) {
		wrong = append(wrong, act.Field{Name: field, Msg: asMessage(err)})
	}
	in.Name, in.Address = trimmed(in.Name), trimmed(in.Address)
	if !plausibleName(in.Name) {
		note("name", wording.M("identity.person.name"))
	}
	if in.IDKind == "" {
		in.IDKind = Citizen
	}
	in.IDNo = gbcode.Normalize(in.IDNo)
	switch in.IDKind {
	case Citizen:
		if _, err := gbcode.ParseCitizen(in.IDNo, today, nil); err != nil {
			note("idno", err)
		}
	case Passport, Residence:
		if !plausibleDocument(in.IDNo) {
			note("idno", wording.M("identity.person.document"))
		}
	default:
		note("idkind", wording.M("identity.person.idkind"))
	}
	if in.Phone != "" || phoneNeeded {
		phone, err := gbcode.ParsePhone(in.Phone)
		if err != nil {
			note("phone", err)
		}
		in.Phone = phone
	}
	return in, act.WrongFields("identity.fields", wrong)
}

func plausibleName(s string) bool {
	if n := utf8.RuneCountInString(s); n < 2 || n > 50 {
		return false
	}
	for _, c := range s {
		if !unicode.IsLetter(c) && !unicode.Is(unicode.Mn, c) && c != ' ' && c != '·' && c != '-' && c != '\'' && c != '.' {
			return false
		}
	}
	return true
}

func plausibleDocument(s string) bool {
	if len(s) < 5 || len(s) > 20 {
		return false
	}
	for _, c := range s {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}

func (in NewPerson) birth() string {
	if in.IDKind != Citizen {
		return ""
	}
	return in.IDNo[6:10] + "-" + in.IDNo[10:12] + "-" + in.IDNo[12:14]
}

// addPerson writes the person and the event.
func (r *Register) addPerson(c *act.Call, in NewPerson, g Grade) (int64, error) {
	tx, id := c.Tx, c.Tx.NewID()
	key, err := r.vault.NewKey(tx, "person", id)
	if err != nil {
		return 0, err
	}
	seal := func(column, value string) []byte { return key.Seal("person", id, column, []byte(value)) }
	tx.PutOne(errRaced, `insert into person(home, id, key_id, name, name_index, idno_kind, idno, idno_index, phone, phone_index, birth, address, region, grade, created)
		values($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) on conflict do nothing`,
		tx.Home(), id, key.ID(), seal("name", in.Name), r.nameIndex(in.Name), in.IDKind, seal("idno", in.IDNo), r.idnoIndex(in.IDKind, in.IDNo),
		seal("phone", in.Phone), r.phoneIndex(in.Phone), seal("birth", in.birth()), seal("address", in.Address), in.Region, string(g), tx.Now())
	_, err = c.Note(key, ledger.Event{
		Stream: personStream(id), Kind: "person.registered", Facts: map[string]any{"grade": g, "idno_kind": in.IDKind, "region": in.Region},
		Personal: []ledger.Personal{{Field: "person.name", Value: in.Name}, {Field: "person.idno", Value: in.IDNo}, {Field: "person.phone", Value: in.Phone}},
	})
	return id, err
}

// confirm turns a declared identity into one that a clerk has checked.
func (r *Register) confirm(c *act.Call, id int64, in NewPerson) error {
	was, err := r.Person(c.Tx, id)
	if err != nil {
		return err
	}
	if was.Grade != GradeD {
		if was.Name != in.Name {
			return act.Refuse("identity.person.other_name").Then("identity.person.other_name.next")
		}
		return nil
	}
	key, err := r.vault.Key(c.Tx, was.Key)
	if err != nil {
		return err
	}
	if in.Phone == "" && was.Name == in.Name {
		in.Phone = was.Phone
	}
	c.Tx.Put(`update person set name = $3, name_index = $4, phone = $5, phone_index = $6, grade = $7 where home = $1 and id = $2`,
		c.Tx.Home(), id, key.Seal("person", id, "name", []byte(in.Name)), r.nameIndex(in.Name),
		key.Seal("person", id, "phone", []byte(in.Phone)), r.phoneIndex(in.Phone), string(GradeB))
	if was.Name != in.Name {
		c.Tx.Put(`update account set state = 'closed' where home = $1 and person = $2`, c.Tx.Home(), id)
		c.Tx.Put(`delete from session where home = $1 and person = $2`, c.Tx.Home(), id)
		r.Bump(c.Tx, epochStaff)
	}
	_, err = c.Note(key, ledger.Event{Stream: personStream(id), Kind: "person.checked",
		Facts:    map[string]any{"grade": GradeB, "account_closed": was.Name != in.Name},
		Personal: []ledger.Personal{{Field: "person.name", Value: in.Name}, {Field: "person.phone", Value: in.Phone}}})
	return err
}

// Contact is what a person may change about themself.
type Contact struct {
	Person  int64
	Phone   string
	Address string
}

// ChangeContact gives a person another telephone number and address. People do
// it for themselves, clerks for those who stand before them.
func (r *Register) ChangeContact(ctx context.Context, a act.Actor, token string, in Contact) error {
	_, err := run(ctx, r, a, token, CommandChangeContact, in, func(c *act.Call, in Contact) (struct{}, error) {
		if err := c.Allow(act.Scope{Owner: in.Person}); err != nil {
			return struct{}{}, err
		}
		was, err := r.Person(c.Tx, in.Person)
		if err != nil {
			return struct{}{}, err
		}
		key, err := r.vault.Key(c.Tx, was.Key)
		if err != nil {
			return struct{}{}, err
		}
		if in.Phone != "" {
			if in.Phone, err = gbcode.ParsePhone(in.Phone); err != nil {
				return struct{}{}, act.WrongFields("identity.fields", []act.Field{{Name: "phone", Msg: asMessage(err)}})
			}
		}
		in.Address = trimmed(in.Address)
		c.Tx.Put(`update person set phone = $3, phone_index = $4, address = $5 where home = $1 and id = $2`, c.Tx.Home(), in.Person,
			key.Seal("person", in.Person, "phone", []byte(in.Phone)), r.phoneIndex(in.Phone), key.Seal("person", in.Person, "address", []byte(in.Address)))
		_, err = c.Note(key, ledger.Event{Stream: personStream(in.Person), Kind: "person.contact_changed",
			Personal: []ledger.Personal{{Field: "person.phone", Value: in.Phone}, {Field: "person.address", Value: in.Address}}})
		return struct{}{}, err
	})
	return err
}

// personStream is the stream of a person, natural or legal: their ids are never the same.
func personStream(id int64) string { return fmt.Sprintf("person/%d", id) }

func (r *Register) idnoIndex(kind, idno string) []byte {
	return r.vault.Index("person.idno", kind+" "+idno)
}

func (r *Register) nameIndex(name string) []byte { return r.vault.Index("person.name", name) }

// phoneIndex is empty for no number: those without one must not be found together.
func (r *Register) phoneIndex(phone string) []byte {
	if phone == "" {
		return []byte{}
	}
	return r.vault.Index("person.phone", phone)
}

// Person returns a person in clear. An erased one is vault.Erased, an unknown
// one a NotFound error.
func (r *Register) Person(tx *store.Tx, id int64) (Person, error) {
	p := Person{ID: id}
	var name, idno, phone, birth, address []byte
	found, err := tx.Get([]any{&p.Key, &name, &p.IDKind, &idno, &phone, &birth, &address, &p.Region, &p.Grade},
		`select key_id, name, idno_kind, idno, phone, birth, address, region, grade from person where home = $1 and id = $2`, tx.Home(), id)
	if err != nil {
		return Person{}, err
	}
	if !found {
		return Person{}, act.Missing("identity.thing.person")
	}
	key, err := r.vault.Key(tx, p.Key)
	if err != nil {
		return Person{}, err
	}
	for _, f := range []struct {
		to     *string
		column string
		sealed []byte
	}{{&p.Name, "name", name}, {&p.IDNo, "idno", idno}, {&p.Phone, "phone", phone}, {&p.Birth, "birth", birth}, {&p.Address, "address", address}} {
		plain, err := key.Open("person", id, f.column, f.sealed)
		if err != nil {
			return Person{}, err
		}
		*f.to = string(plain)
	}
	return p, nil
}

// Masked hides what a page without a stated purpose must not show.
func (p Person) Masked() Person {
	p.Name, p.IDNo, p.Phone = gbcode.MaskName(p.Name), gbcode.MaskCitizenPublic(p.IDNo), gbcode.MaskPhone(p.Phone)
	p.Birth, p.Address = "", ""
	return p
}

// Name returns the name of a person or legal person in clear; of an erased
// person a sentence that says so.
func (r *Register) Name(tx *store.Tx, id int64) (string, error) {
	var key int64
	var sealed []byte
	found, err := tx.Get([]any{&key, &sealed}, `select key_id, name from person where home = $1 and id = $2`, tx.Home(), id)
	if err != nil {
		return "", err
	}
	if !found {
		l, err := r.Legal(tx, id)
		return l.Name, err
	}
	if len(sealed) == 0 {
		return wording.Text(wording.ZH, "identity.person.erased"), nil
	}
	plain, err := r.vault.Open(tx, "person", id, "name", sealed)
	if erased := (vault.Erased{}); errors.As(err, &erased) {
		return wording.Text(wording.ZH, "identity.person.erased"), nil
	}
	return string(plain), err
}

// MaskedName is Name as strangers may see it; names of legal persons are public.
func (r *Register) MaskedName(tx *store.Tx, id int64) (string, error) {
	var one int
	natural, err := tx.Get([]any{&one}, `select 1 from person where home = $1 and id = $2`, tx.Home(), id)
	if err != nil {
		return "", err
	}
	name, err := r.Name(tx, id)
	if err != nil || !natural || name == wording.Text(wording.ZH, "identity.person.erased") {
		return name, err
	}
	return gbcode.MaskName(name), nil
}

// FindByIDNo finds a person by the whole number of a document. kind "" is Citizen.
func (r *Register) FindByIDNo(tx *store.Tx, kind, idno string) (id int64, found bool, err error) {
	if kind == "" {
		kind = Citizen
	}
	for _, index := range r.vault.Indexes("person.idno", kind+" "+gbcode.Normalize(idno)) {
		if found, err = tx.Get([]any{&id}, `select id from person where home = $1 and idno_index = $2`, tx.Home(), index); found || err != nil {
			break
		}
	}
	return id, found, err
}

// FindByName lists up to limit people with exactly this name.
func (r *Register) FindByName(tx *store.Tx, name string, limit int) ([]int64, error) {
	return findAll(tx, `select id from person where home = $1 and name_index = $2 order by id limit $3`, r.vault.Indexes("person.name", trimmed(name)), limit)
}

// FindByPhone lists up to limit people with this telephone number.
func (r *Register) FindByPhone(tx *store.Tx, phone string, limit int) ([]int64, error) {
	digits, err := gbcode.ParsePhone(phone)
	if err != nil {
		return nil, nil //nolint:nilerr // what is no number belongs to nobody
	}
	return findAll(tx, `select id from person where home = $1 and phone_index = $2 order by id limit $3`, r.vault.Indexes("person.phone", digits), limit)
}
