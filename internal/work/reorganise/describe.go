package reorganise

import (
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/register/power"
	"tongban/internal/rules/day"
)

// Thing is something that an agency has, with who gets it (To "": it stays, or
// nobody is named) and what people call it.
type Thing struct {
	Move
	Named  bool   // it is named itself, and does not only go with something else
	Code   string // code or number
	Name   string // of the item, the entry, the person; "" when it has none
	List   string // of an entry: its list
	Post   string // of a post: its key
	Holder string // of a power that another has from it: who
}

// Describe finds what people call things, as they are on a day. What is no longer
// known is called by its reference.
func (d *Desk) Describe(tx *store.Tx, things []Thing, on day.Day) error {
	for i := range things {
		t := &things[i]
		t.Code = t.Ref
		if err := d.describe(tx, t, on); err != nil && act.KindOf(err) != act.NotFound {
			return err
		}
	}
	return nil
}

func (d *Desk) describe(tx *store.Tx, t *Thing, on day.Day) (err error) {
	switch t.Kind {
	case OnPower, OnItem:
		t.Name, err = d.powerName(tx, t.Ref, on)
	case OnLink:
		if _, err = tx.Get([]any{&t.Code, &t.Holder}, `select power, agency from power_holding where home = $1 and id = $2`, tx.Home(), number(t.Ref)); err == nil {
			t.Name, err = d.powerName(tx, t.Code, on)
		}
	case OnEntry:
		t.List, t.Code, _ = strings.Cut(t.Ref, "/")
		var e lists.Entry
		e, err = lists.EntryOn(tx, t.List, t.Code, lists.Stand{Day: on})
		t.Name = e.Content.Columns.Text("name")
	case OnCase:
		_, err = tx.Get([]any{&t.Code, &t.Name}, `select number, title from proceeding where home = $1 and id = $2`, tx.Home(), number(t.Ref))
	case OnPost:
		err = d.person(tx, t, `select person, post from staff_post where home = $1 and id = $2`)
	case OnOfficer:
		err = d.person(tx, t, `select person, power from officer_assignment where home = $1 and id = $2`)
		if t.Code = t.Post; t.Code == power.Every {
			t.Code = ""
		}
		t.Post = ""
	case OnSeal:
		t.Code = ""
	}
	return err
}

// person reads whose a post or an assignment is, and of what.
func (d *Desk) person(tx *store.Tx, t *Thing, sql string) (err error) {
	var person int64
	found, err := tx.Get([]any{&person, &t.Post}, sql, tx.Home(), number(t.Ref))
	if err == nil && found {
		t.Code = ""
		t.Name, err = d.People.StaffName(tx, person)
	}
	return err
}

// powerName is the name of what a code stands for: on the list of powers, among the
// items, or on the list of base items.
func (d *Desk) powerName(tx *store.Tx, code string, on day.Day) (string, error) {
	for _, list := range []string{"power", "base_item"} {
		e, err := lists.EntryOn(tx, list, code, lists.Stand{Day: on})
		if err == nil {
			return e.Content.Columns.Text("name"), nil
		}
		if act.KindOf(err) != act.NotFound {
			return "", err
		}
	}
	id, err := d.Items.ByCode(tx, code)
	if err != nil {
		return "", err
	}
	all, err := d.Items.Versions(tx, id)
	if err != nil {
		return "", err
	}
	return all[len(all)-1].Name, nil
}

// Behind is what a document on a case is about, for Answers.
func (d *Desk) Behind(tx *store.Tx, id int64) (About, error) {
	var version int64
	found, err := tx.Get([]any{&version}, `select item_version from proceeding where home = $1 and id = $2`, tx.Home(), id)
	if err != nil || !found {
		return About{}, err
	}
	v, err := d.Items.Pinned(tx, version)
	if err != nil {
		return About{}, err
	}
	return About{Case: id, Item: v.Code}, nil
}
