package identity

import (
	"context"
	"fmt"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/record/vault"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// CommandKnow records what is known about a person or legal person.
var CommandKnow = act.Command{Name: "known.record", Right: "person.register"}

// Value is a value of a data element with where it comes from.
type Value struct {
	Element string // person.name, enterprise.uscc, premises.address …
	Value   string
	Source  string // who says so, for people
	Grade   Grade
	AsOf    day.Day
}

// NewValues are values to be known about one subject.
type NewValues struct {
	Subject int64
	Values  []Value
}

// Know records values about a person or legal person; a value of the same
// element and grade is replaced. What an issued licence or a checked original
// says becomes known this way, and is not asked again.
func (r *Register) Know(ctx context.Context, a act.Actor, token string, in NewValues) error {
	_, err := run(ctx, r, a, token, CommandKnow, in, func(c *act.Call, in NewValues) (struct{}, error) {
		if err := c.Allow(act.Scope{Owner: in.Subject}); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, r.KnowIn(c, in)
	})
	return err
}

// KnowIn does the same inside another command, which has asked for its own right.
func (r *Register) KnowIn(c *act.Call, in NewValues) error {
	if len(in.Values) == 0 {
		return nil
	}
	key, err := r.keyOf(c.Tx, in.Subject)
	if err != nil {
		return err
	}
	e := ledger.Event{Stream: personStream(in.Subject), Kind: "known.recorded", Facts: map[string]any{}}
	for _, v := range in.Values {
		switch v.Grade {
		case GradeA, GradeB, GradeC, GradeD:
		default:
			return fmt.Errorf("value %s has no grade", v.Element)
		}
		if v.AsOf == 0 {
			v.AsOf = c.Today()
		}
		// A new row each time: a sealed value is bound to its row's id.
		id := c.Tx.NewID()
		c.Tx.Put(`delete from known_value where home = $1 and subject = $2 and element = $3 and grade = $4`, c.Tx.Home(), in.Subject, v.Element, string(v.Grade))
		c.Tx.Put(`insert into known_value(home, id, subject, element, grade, value, source, as_of) values($1, $2, $3, $4, $5, $6, $7, $8)`,
			c.Tx.Home(), id, in.Subject, v.Element, string(v.Grade), key.Seal("known_value", id, "value", []byte(v.Value)), v.Source, v.AsOf)
		e.Facts[v.Element] = string(v.Grade)
		e.Personal = append(e.Personal, ledger.Personal{Field: v.Element, Value: v.Value})
	}
	_, err = c.Note(key, e)
	return err
}

// keyOf returns the data key of a person or legal person.
func (r *Register) keyOf(tx *store.Tx, subject int64) (*vault.Key, error) {
	var id int64
	found, err := tx.Get([]any{&id}, `select key_id from person where home = $1 and id = $2
		union all select key_id from legal_person where home = $1 and id = $2`, tx.Home(), subject)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, act.Missing("identity.thing.person")
	}
	return r.vault.Key(tx, id)
}

// Known returns what is known about a person or legal person, the best grade
// of each element, what the register itself holds included: the source of what
// a form fills in.
func (r *Register) Known(tx *store.Tx, subject int64) (map[string]Value, error) {
	known := map[string]Value{}
	if use, err := r.Use(tx, subject); err != nil || use != (Use{}) {
		return known, err // what is only kept fills nothing in
	}
	if err := r.registered(tx, subject, known); err != nil {
		return nil, err
	}
	type sealed struct {
		id    int64
		v     Value
		value []byte
	}
	rows, err := store.All(tx, func(row store.Row) (s sealed, err error) {
		return s, row.Scan(&s.id, &s.v.Element, &s.v.Grade, &s.value, &s.v.Source, &s.v.AsOf)
	}, `select id, element, grade, value, source, as_of from known_value where home = $1 and subject = $2 order by element, grade`, tx.Home(), subject)
	if err != nil {
		return nil, err
	}
	for _, s := range rows {
		if was, ok := known[s.v.Element]; ok && was.Grade <= s.v.Grade {
			continue
		}
		plain, err := r.vault.Open(tx, "known_value", s.id, "value", s.value)
		if err != nil {
			return nil, err
		}
		s.v.Value = string(plain)
		known[s.v.Element] = s.v
	}
	return known, nil
}

// registered adds what the registers of people and legal persons hold.
func (r *Register) registered(tx *store.Tx, subject int64, known map[string]Value) error {
	p, err := r.Person(tx, subject)
	if err == nil {
		for element, value := range map[string]string{"person.name": p.Name, "person.idno": p.IDNo, "person.phone": p.Phone,
			"person.birth": p.Birth, "person.address": p.Address} {
			put(known, element, value, "identity.source.person", p.Grade)
		}
		return nil
	}
	if act.KindOf(err) != act.NotFound {
		return err
	}
	l, err := r.Legal(tx, subject)
	if err != nil {
		return err
	}
	for element, value := range map[string]string{"enterprise.name": l.Name, "enterprise.uscc": l.USCC,
		"enterprise.address": l.Address, "enterprise.phone": l.Phone} {
		put(known, element, value, "identity.source.legal", l.Grade)
	}
	return nil
}

func put(known map[string]Value, element, value, source string, g Grade) {
	if value != "" {
		known[element] = Value{Element: element, Value: value, Source: wording.Text(wording.ZH, source), Grade: g}
	}
}
