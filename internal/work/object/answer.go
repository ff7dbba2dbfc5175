package object

import (
	"context"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/register/catalog"
	"tongban/internal/register/lists"
	"tongban/internal/rules/demand"
	"tongban/internal/rules/wording"
)

// Reply is how an objection is answered.
type Reply struct {
	ID       int64
	Outcome  string
	Document string // of the adjustment that mends it; "" where the entry was changed since
	Reason   string
	Shown    string // what of the objection the public reads: nothing of who made it
}

// hold takes an objection for a command, of those whose it is or who manage the area.
func hold(c *act.Call, id int64) (Objection, error) {
	x, found, err := store.Held(c.Tx, scan, `select `+columns+` from objection where home = $1 and id = $2`, c.Tx.Home(), id)
	if err == nil && !found {
		err = act.Missing("object.thing.objection")
	}
	if err != nil {
		return x, err
	}
	return x, c.Allow(x.scope())
}

// Answer answers an objection with reasons: the agency until its limit has passed,
// then the county. Nobody answers their own.
func (d *Desk) Answer(ctx context.Context, a act.Actor, token string, in Reply) error {
	_, err := act.Run(ctx, d.Runner, a, token, CommandAnswer, in, func(c *act.Call, in Reply) (struct{}, error) {
		x, err := hold(c, in.ID)
		if err != nil {
			return struct{}{}, err
		}
		if x.Outcome != "" {
			return struct{}{}, act.Changed("object.thing.objection")
		}
		if x.Level, err = answers(c, &x); err != nil {
			return struct{}{}, err
		}
		if err := in.settle(); err != nil {
			return struct{}{}, err
		}
		if err := d.maySay(c, &x, in.Reason); err != nil {
			return struct{}{}, err
		}
		if in.Outcome == Mended {
			if err := d.mends(c.Tx, &x, in.Document); err != nil {
				return struct{}{}, err
			}
		}
		c.Tx.PutOne(act.Changed("object.thing.objection"), `update objection set outcome = $3, level = $4, document = $5, adjustment = $6, mending = $7, shown = $8, answer = $9,
			answered_by = $10, answered = $11, source = $12 where home = $1 and id = $2 and outcome = ''`, c.Tx.Home(), x.ID, in.Outcome, x.Level, x.Document, x.Adjustment,
			x.Mending, in.Shown, in.Reason, c.Actor.Person, c.Now(), []byte{})
		return struct{}{}, x.tell(c, map[string]any{"outcome": in.Outcome, "mended": in.Outcome == Mended, "level": x.Level, "document": x.Document, "adjustment": x.Adjustment,
			"mending": x.Mending, "reason": in.Reason, "late": x.Late(c.Today())})
	})
	return err
}

// answers is as what the actor answers: who manages the area only once the agency
// is overdue, an agency only before.
func answers(c *act.Call, x *Objection) (level string, err error) {
	if x.Person != 0 && x.Person == c.Actor.Person {
		return "", act.Refuse("object.own").Then("object.own.next").Recorded()
	}
	state, own := x.StateOn(c.Today()), c.Actor.Agency == x.Agency
	switch {
	case state == Open && own:
		return ByAgency, nil
	case state == Open:
		return "", act.Refuse("object.early", "day", x.Until).Then("object.early.next")
	}
	// The scope without an agency is the whole area's.
	err = c.Allow(act.Scope{Region: x.Region})
	if act.KindOf(err) == act.Refused {
		err = act.Refuse("object.raised", "day", x.Until).Then("object.raised.next")
	}
	return ByCounty, err
}

func (r *Reply) settle() error {
	r.Document, r.Reason, r.Shown = strings.TrimSpace(r.Document), strings.TrimSpace(r.Reason), strings.TrimSpace(r.Shown)
	var wrong []act.Field
	if r.Outcome != Mended && r.Outcome != Kept {
		wrong = append(wrong, act.Field{Name: "outcome", Msg: wording.M("object.wrong.outcome")})
	}
	for _, f := range []struct{ name, value string }{{"reason", r.Reason}, {"shown", r.Shown}} {
		if n := utf8.RuneCountInString(f.value); n == 0 || n > maxWords {
			wrong = append(wrong, act.Field{Name: f.name, Msg: wording.M("object.wrong."+f.name, "max", maxWords, "got", n)})
		}
	}
	return act.WrongFields("object.wrong", wrong)
}

// tell records the answer, for the inbox of who objected with an account.
func (x *Objection) tell(c *act.Call, facts map[string]any) error {
	facts["name"] = x.Name
	if x.Person != 0 {
		facts["notify"] = []int64{x.Person}
	}
	return x.note(c, "answered", 0, facts)
}

// maySay refuses reasons that ask who objected for what is on no list. Reasons about
// a fee or a service on its list may speak of it.
func (d *Desk) maySay(c *act.Call, x *Objection, reason string) error {
	said := catalog.Said{Field: "reason", Words: reason}
	if x.List == OnItems {
		item, err := d.Items.ByCode(c.Tx, x.Code)
		if err != nil {
			return err
		}
		all, err := d.Items.Versions(c.Tx, item)
		if err != nil {
			return err
		}
		return all[len(all)-1].MaySay(c.Tx, c.Today(), said)
	}
	k, err := lists.KindOf(x.List)
	if err != nil {
		return err
	}
	about := demand.Lists{Own: []string{x.Name}}
	switch k.Group {
	case "fee":
		about.Fees = []string{x.Name}
	case "intermediary":
		about.Tied = []string{x.Name}
	}
	return catalog.MaySayOf(c.Tx, c.Today(), about, said)
}

// mends names what mends the entry: the adjustment with a document, or the version
// that came since.
func (d *Desk) mends(tx *store.Tx, x *Objection, document string) error {
	if document != "" {
		id, found, err := d.Adjusts(tx, document, x.List, x.Code)
		if err == nil && !found {
			err = act.WrongFields("object.wrong", []act.Field{{Name: "document", Msg: wording.M("object.wrong.document", "document", document)}})
		}
		x.Document, x.Adjustment = document, id
		return err
	}
	n, err := d.newest(tx, x)
	if err != nil {
		return err
	}
	if n <= x.Version {
		return act.WrongFields("object.wrong", []act.Field{{Name: "document", Msg: wording.M("object.wrong.unchanged")}})
	}
	x.Mending = n
	return nil
}

// newest is the newest version of what was objected to.
func (d *Desk) newest(tx *store.Tx, x *Objection) (int, error) {
	if x.List != OnItems {
		all, err := lists.Versions(tx, x.List, x.Code)
		if err != nil || len(all) == 0 {
			return 0, err
		}
		return all[len(all)-1].N, nil
	}
	item, err := d.Items.ByCode(tx, x.Code)
	if err != nil {
		return 0, err
	}
	all, err := d.Items.Versions(tx, item)
	if err != nil {
		return 0, err
	}
	return all[len(all)-1].N, nil
}

// Read opens what somebody said, who they are included, for those who answer it.
// That it was opened is recorded, and by whom.
func (d *Desk) Read(ctx context.Context, a act.Actor, token string, id int64) (Said, error) {
	var s Said
	_, err := act.Run(ctx, d.Runner, a, token, CommandOpen, id, func(c *act.Call, id int64) (struct{}, error) {
		x, err := hold(c, id)
		if err != nil {
			return struct{}{}, err
		}
		if x.Erased != 0 {
			return struct{}{}, act.Refuse("object.erased", "day", x.Erased.Day())
		}
		if s, err = d.open(c.Tx, &x); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, x.note(c, "opened", 0, map[string]any{})
	})
	return s, err
}

// Words opens what somebody objects, without who they are, for the page of those
// who answer; "" once it was destroyed. The caller has asked for the right.
func (d *Desk) Words(tx *store.Tx, x *Objection) (string, error) {
	if x.Erased != 0 {
		return "", nil
	}
	s, err := d.open(tx, x)
	return s.Words, err
}

func (d *Desk) open(tx *store.Tx, x *Objection) (s Said, err error) {
	k, err := d.Vault.Key(tx, x.key)
	if err != nil {
		return s, err
	}
	src, err := k.Open("objection", x.ID, "said", x.said)
	if err == nil {
		err = json.Unmarshal(src, &s)
	}
	return s, err
}
