package identity

import (
	"context"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/rules/gbcode"
	"tongban/internal/rules/wording"
)

// CommandAddLegalPerson registers a legal person.
var CommandAddLegalPerson = act.Command{Name: "legal.add", Right: "person.register"}

// The kinds of legal person; a sole trader is treated like one.
const (
	Enterprise   = "enterprise"
	Individual   = "individual" // 个体工商户
	AgencyKind   = "agency"     // a body of government as applicant
	Organisation = "organisation"
)

// LegalPerson is an applicant that is no natural person. Its facts are public.
type LegalPerson struct {
	ID      int64
	Key     int64 // data key for what is known about it without being public
	Name    string
	USCC    string
	Kind    string
	Region  string
	Address string
	Phone   string
	Grade   Grade
}

// AddLegalPerson registers a legal person by its credit code and returns it; a
// code that is registered already gives the one that has it.
func (r *Register) AddLegalPerson(ctx context.Context, a act.Actor, token string, in LegalPerson) (Registered, error) {
	return again(func() (Registered, error) {
		return run(ctx, r, a, token, CommandAddLegalPerson, in, func(c *act.Call, in LegalPerson) (Registered, error) {
			if err := c.Allow(act.Scope{}); err != nil {
				return Registered{}, err
			}
			in, err := in.checked()
			if err != nil {
				return Registered{}, err
			}
			was, found, err := r.ByUSCC(c.Tx, in.USCC)
			if err != nil || found {
				return Registered{was.ID, true}, err
			}
			id, err := r.addLegal(c, in)
			return Registered{Person: id}, err
		})
	})
}

func (in LegalPerson) checked() (LegalPerson, error) {
	var wrong []act.Field
	in.Name, in.Address = trimmed(in.Name), trimmed(in.Address)
	if in.Name == "" {
		wrong = append(wrong, act.Field{Name: "name", Msg: wording.M("identity.legal.name")})
	}
	u, err := gbcode.ParseUSCC(in.USCC, nil)
	if err != nil {
		wrong = append(wrong, act.Field{Name: "uscc", Msg: asMessage(err)})
	}
	in.USCC = u.Code
	switch in.Kind {
	case "":
		in.Kind = Enterprise
	case Enterprise, Individual, AgencyKind, Organisation:
	default:
		wrong = append(wrong, act.Field{Name: "kind", Msg: wording.M("identity.legal.kind")})
	}
	if in.Phone != "" {
		if in.Phone, err = gbcode.ParsePhone(in.Phone); err != nil {
			wrong = append(wrong, act.Field{Name: "phone", Msg: asMessage(err)})
		}
	}
	if in.Grade == "" {
		in.Grade = GradeB
	}
	return in, act.WrongFields("identity.fields", wrong)
}

func (r *Register) addLegal(c *act.Call, in LegalPerson) (int64, error) {
	tx, id := c.Tx, c.Tx.NewID()
	key, err := r.vault.NewKey(tx, "legal_person", id)
	if err != nil {
		return 0, err
	}
	tx.PutOne(errRaced, `insert into legal_person(home, id, key_id, name, uscc, kind, region, address, phone, grade, created)
		values($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict do nothing`,
		tx.Home(), id, key.ID(), in.Name, in.USCC, in.Kind, in.Region, in.Address, in.Phone, string(in.Grade), tx.Now())
	_, err = c.Note(nil, ledger.Event{Stream: personStream(id), Kind: "legal.registered", Facts: map[string]any{
		"name": in.Name, "uscc": in.USCC, "kind": in.Kind, "region": in.Region, "grade": in.Grade}})
	return id, err
}

const legalSelect = `select id, key_id, name, uscc, kind, region, address, phone, grade from legal_person where home = $1 `

func scanLegal(row store.Row) (l LegalPerson, err error) {
	return l, row.Scan(&l.ID, &l.Key, &l.Name, &l.USCC, &l.Kind, &l.Region, &l.Address, &l.Phone, &l.Grade)
}

// Legal returns a legal person; a NotFound error when there is none with this id.
func (r *Register) Legal(tx *store.Tx, id int64) (LegalPerson, error) {
	l, found, err := store.Find(tx, scanLegal, legalSelect+`and id = $2`, tx.Home(), id)
	if err == nil && !found {
		err = act.Missing("identity.thing.legal")
	}
	return l, err
}

// ByUSCC finds a legal person by its unified social credit code.
func (r *Register) ByUSCC(tx *store.Tx, uscc string) (LegalPerson, bool, error) {
	return store.Find(tx, scanLegal, legalSelect+`and uscc = $2`, tx.Home(), gbcode.Normalize(uscc))
}
