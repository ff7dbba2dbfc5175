package licence

import (
	"errors"
	"slices"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/record/vault"
	"tongban/internal/rules/day"
	"tongban/internal/rules/gbcode"
)

// Amendment is what a new version of a licence changes; what is left zero stays.
type Amendment struct {
	HolderName string
	Fields     []Field // all lines, without the holder's number
	Article    string
	Reason     string  // for the holder; personal
	Notify     []int64 // persons who get a notice
}

// Amend corrects a licence that holds or will hold: a new version under today's
// seal key takes the place of the old one, whose code from now on says so. The
// days in force stay.
func (r *Register) Amend(c *act.Call, id int64, in Amendment) (*Licence, error) {
	old, err := lock(c.Tx, id)
	if err != nil {
		return nil, err
	}
	if s := old.State(c.Today()); s != Valid && s != Future {
		return nil, notNow(s)
	}
	d, key, err := r.document(c.Tx, old)
	if err != nil {
		return nil, err
	}
	l, err := old.next(c)
	if err != nil {
		return nil, err
	}
	if in.HolderName != "" {
		l.Label, d.Holder = label(old.Label == d.Holder, in.HolderName), in.HolderName
	}
	if in.Fields != nil {
		d.Fields = append(idLine(d.Fields), in.Fields...)
	}
	if err := r.seal(c.Tx, l, key, d); err != nil {
		return nil, err
	}
	rows, err := Versions(c.Tx, old.Root)
	if err != nil {
		return nil, err
	}
	was := old.chain
	old.Stored = Superseded
	rows[len(rows)-1] = old
	done := deed{kind: "licence.amended", key: key, article: in.Article, reason: in.Reason, notify: in.Notify, facts: map[string]any{"replaces": old.Number}}
	if err := l.append(c, done, append(rows, l)...); err != nil {
		return nil, err
	}
	old.saveState(c.Tx, was)
	l.insert(c.Tx)
	return l, nil
}

// next is the version after this one, not yet sealed.
func (l *Licence) next(c *act.Call) (*Licence, error) {
	n := *l
	n.ID, n.Version, n.Day, n.Issued = c.Tx.NewID(), l.Version+1, c.Today(), c.Now()
	n.EndedDay, n.EndedBy, n.reason = 0, "", []byte{}
	parsed, err := gbcode.ParseLicence(l.Number)
	if err != nil {
		return nil, err
	}
	n.Number, err = gbcode.LicenceID(parsed.Type, parsed.Issuer, parsed.Serial, n.Version)
	return &n, err
}

// idLine keeps the line with the holder's number, which Issue put first.
func idLine(fields []Field) []Field {
	if len(fields) > 0 && fields[0].Label == withID(" ", nil)[0].Label {
		return slices.Clone(fields[:1])
	}
	return nil
}

// Ending is why and since when a licence no longer holds, or holds again.
type Ending struct {
	Day     day.Day // effective day; 0 is today
	Article string  // "行政许可法第六十九条"
	Reason  string  // for the holder; personal
	Notify  []int64 // persons who get a notice
}

// Revoke ends a licence: 撤销 (行政许可法 69), 注销 (70), 吊销. It cannot be undone.
func (r *Register) Revoke(c *act.Call, id int64, why Ending) (*Licence, error) {
	return r.move(c, id, Revoked, "licence.revoked", why, Valid, Suspended)
}

// Suspend keeps a licence from holding until it is resumed.
func (r *Register) Suspend(c *act.Call, id int64, why Ending) (*Licence, error) {
	return r.move(c, id, Suspended, "licence.suspended", why, Valid)
}

// Resume lets a suspended licence hold again.
func (r *Register) Resume(c *act.Call, id int64, why Ending) (*Licence, error) {
	return r.move(c, id, Valid, "licence.resumed", why, Suspended)
}

func (r *Register) move(c *act.Call, id int64, to State, kind string, why Ending, from ...State) (*Licence, error) {
	l, err := lock(c.Tx, id)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(from, l.Stored) {
		return nil, notNow(l.Stored)
	}
	key, err := r.key(c.Tx, l)
	if err != nil {
		return nil, err
	}
	was := l.chain
	l.Stored, l.EndedDay, l.EndedBy, l.reason = to, why.Day, why.Article, []byte{}
	if l.EndedDay == 0 {
		l.EndedDay = c.Today()
	}
	if key != nil {
		l.reason = key.Seal(table, l.ID, "ended_reason", []byte(why.Reason))
	}
	rows, err := Versions(c.Tx, l.Root)
	if err != nil {
		return nil, err
	}
	rows[len(rows)-1] = l
	done := deed{kind: kind, key: key, article: why.Article, reason: why.Reason, notify: why.Notify, facts: map[string]any{"day": l.EndedDay}}
	if err := l.append(c, done, rows...); err != nil {
		return nil, err
	}
	l.saveState(c.Tx, was)
	return l, nil
}

// key is the data key of a licence; nil when it was destroyed, which must not
// keep anybody from revoking what it had encrypted.
func (r *Register) key(tx *store.Tx, l *Licence) (*vault.Key, error) {
	id, _ := vault.KeyOf(l.content)
	key, err := r.Vault.Key(tx, id)
	if errors.As(err, new(vault.Erased)) {
		return nil, nil
	}
	return key, err
}

func notNow(s State) error {
	return act.Refuse("licence.not_now", "state", s.Label()).Then("licence.not_now.next")
}
