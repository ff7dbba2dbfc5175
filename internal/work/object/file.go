package object

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/lists"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// Said is what somebody objects, and who they are if they say so.
type Said struct {
	Name    string `json:"name,omitempty"`
	Contact string `json:"contact,omitempty"`
	Words   string `json:"words"`
}

// Bounds of what is said, in characters, and of how much comes from one place.
const (
	maxName    = 50
	maxContact = 100
	maxWords   = 1000

	perSource = 20 // objections of one source within a day: a whole hall may sit behind one
	perEntry  = 50 // open objections to one entry
)

// New is an objection about to be made.
type New struct {
	List string
	Code string
	Said
	Source string // address that it comes from
}

// Filed refers to an objection that was made. Code, with Number, shows how it stands.
type Filed struct {
	Number string
	Code   string
	Until  day.Day
}

// filing is by what a repetition of an objection is known.
type filing struct {
	List, Code string
	Said       []byte // keyed digest
}

// filed is what the command leaves: nothing from which the query code follows.
type filed struct {
	Number string
	Until  day.Day
}

func (s *Said) settle() error {
	s.Name, s.Contact, s.Words = strings.TrimSpace(s.Name), strings.TrimSpace(s.Contact), strings.TrimSpace(s.Words)
	var wrong []act.Field
	for _, f := range []struct {
		name, value string
		least, most int
	}{{"words", s.Words, 1, maxWords}, {"name", s.Name, 0, maxName}, {"contact", s.Contact, 0, maxContact}} {
		if n := utf8.RuneCountInString(f.value); n < f.least || n > f.most {
			wrong = append(wrong, act.Field{Name: f.name, Msg: wording.M("object.wrong."+f.name, "max", f.most, "got", n)})
		}
	}
	return act.WrongFields("object.wrong", wrong)
}

// File takes an objection to an entry that is on its list now, or to an item's
// guide, from anybody. What is said is sealed under a key of its own.
func (d *Desk) File(ctx context.Context, a act.Actor, token string, in New) (Filed, error) {
	if err := in.settle(); err != nil {
		return Filed{}, err
	}
	said, err := json.Marshal(in.Said)
	if err != nil {
		return Filed{}, err
	}
	key := filing{in.List, in.Code, d.Vault.Digest("objection/said", string(said))}
	out, err := act.Run(ctx, d.Runner, a, token, CommandFile, key, func(c *act.Call, _ filing) (filed, error) {
		if err := c.Allow(act.Scope{}); err != nil {
			return filed{}, err
		}
		return d.file(c, in, said)
	})
	if err != nil {
		return Filed{}, err
	}
	return Filed{out.Number, d.QueryCode(out.Number), out.Until}, nil
}

func (d *Desk) file(c *act.Call, in New, said []byte) (filed, error) {
	x, item, err := d.entry(c.Tx, in.List, in.Code)
	if err != nil {
		return filed{}, err
	}
	source := d.Vault.Digest("objection/source", in.Source)
	if err := flood(c.Tx, x, source); err != nil {
		return filed{}, err
	}
	tx, limits := c.Tx, Terms()
	x.ID, x.Person, x.Filed = tx.NewID(), c.Actor.Person, tx.Now()
	y, m, n := c.Today().Date()
	x.Number = fmt.Sprintf("%s-Y%02d%02d%02d-%06d", d.Region, y%100, m, n, x.ID)
	x.Until = d.last(c.Today(), limits.Answer.Term)
	if x.Agency == "" {
		x.Second = x.Until // there is nobody below the county to answer first
	} else {
		x.Second = d.last(x.Until, limits.Second.Term)
	}
	k, err := d.Vault.NewKey(tx, "objection", x.ID)
	if err != nil {
		return filed{}, err
	}
	tx.Put(`insert into objection(home, id, number, list, code, name, version, agency, region, person, source, data_key, said, filed, until_day, second_until,
		outcome, level, document, adjustment, mending, shown, answer, answered_by, answered, erased)
		values($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, '', '', '', 0, 0, '', '', 0, 0, 0)`,
		tx.Home(), x.ID, x.Number, x.List, x.Code, x.Name, x.Version, x.Agency, x.Region, x.Person, source, k.ID(), k.Seal("objection", x.ID, "said", said),
		x.Filed, x.Until, x.Second)
	return filed{x.Number, x.Until}, x.note(c, "filed", item, map[string]any{"version": x.Version, "agency": x.Agency, "until": x.Until.String(), "second": x.Second.String()})
}

// entry is what is objected to, as it stands today, with the item that it is.
func (d *Desk) entry(tx *store.Tx, list, code string) (x Objection, item int64, err error) {
	x = Objection{List: list, Code: code, Region: d.Region}
	if list == OnItems {
		if item, err = d.Items.ByCode(tx, code); err != nil {
			return x, 0, err
		}
		all, err := d.Items.Versions(tx, item)
		if err != nil {
			return x, 0, err
		}
		v := all[len(all)-1]
		x.Name, x.Agency, x.Version = v.Name, v.Agency, v.N
		return x, item, nil
	}
	e, err := lists.EntryOn(tx, list, code, lists.Stand{})
	if err != nil {
		return x, 0, err
	}
	x.Name, x.Agency, x.Version = e.Name, e.Agency, e.N
	if _, err := d.People.Agency(tx, e.Agency, tx.Today()); act.KindOf(err) == act.NotFound {
		x.Agency = "" // on the list stands a body that is none of the area's
	} else if err != nil {
		return x, 0, err
	}
	return x, 0, nil
}

// flood refuses what one source, or many about one entry, send too often.
func flood(tx *store.Tx, x Objection, source []byte) error {
	var n int
	if _, err := tx.Get([]any{&n}, `select count(*) from objection where home = $1 and source = $2 and filed > $3`, tx.Home(), source, tx.Now()-24*day.Hour); err != nil {
		return err
	}
	if n >= perSource {
		return act.Refuse("object.many", "max", perSource).Then("object.many.next")
	}
	if _, err := tx.Get([]any{&n}, `select count(*) from objection where home = $1 and list = $2 and code = $3 and outcome = ''`, tx.Home(), x.List, x.Code); err != nil {
		return err
	}
	if n >= perEntry {
		return act.Refuse("object.many_open", "max", perEntry).Then("object.many_open.next")
	}
	return nil
}

// codes is the purpose of query codes.
const codes = "objection/query-code"

// QueryCode is what, with the number, shows how an objection stands. It is derived
// under a key of the vault: nothing is stored, and nobody outside can compute it.
func (d *Desk) QueryCode(number string) string {
	return d.Vault.Code(codes, number)
}
