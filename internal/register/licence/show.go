package licence

import (
	"errors"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/record/vault"
	"tongban/internal/rules/day"
	"tongban/internal/rules/seal"
	"tongban/internal/rules/wording"
)

// Shown is a licence with everything on it, for its holder and for those who
// act on its case. Whoever shows it to others than the holder records the look.
type Shown struct {
	Licence
	Document seal.Document
	Sealed   seal.Sealed // Sealed.File is the file that verifies offline
	Code     string      // what the QR code holds, after the address of the check page
	Reason   string      // why it was suspended or revoked
}

// Show opens a licence.
func (r *Register) Show(tx *store.Tx, id int64) (Shown, error) {
	l, err := Get(tx, id)
	if err != nil {
		return Shown{}, err
	}
	s := Shown{Licence: *l}
	var key *vault.Key
	if s.Document, key, err = r.document(tx, l); err != nil {
		return Shown{}, err
	}
	code, err := key.Open(table, l.ID, "code", l.code)
	if err != nil {
		return Shown{}, err
	}
	why, err := key.Open(table, l.ID, "ended_reason", l.reason)
	if err != nil {
		return Shown{}, err
	}
	s.Code, s.Reason = string(code), string(why)
	s.Sealed, _, err = r.sealed(tx, l)
	return s, err
}

// document opens the stored document with its key.
func (r *Register) document(tx *store.Tx, l *Licence) (seal.Document, *vault.Key, error) {
	id, _ := vault.KeyOf(l.content)
	key, err := r.Vault.Key(tx, id)
	if err != nil {
		return seal.Document{}, nil, err
	}
	content, err := key.Open(table, l.ID, "content", l.content)
	if err != nil {
		return seal.Document{}, nil, err
	}
	d, err := seal.Parse(content)
	return d, key, err
}

// sealed puts a licence's content, signature and public key together, and
// returns the key as the register of seal keys has it: nil when it has none.
func (r *Register) sealed(tx *store.Tx, l *Licence) (seal.Sealed, []byte, error) {
	content, err := r.Vault.Open(tx, table, l.ID, "content", l.content)
	if err != nil {
		return seal.Sealed{}, nil, err
	}
	s := seal.Sealed{Content: content, KeyID: l.KeyID, Signature: l.signature}
	k, found, err := r.Vault.SealPublic(tx, l.KeyID)
	if err != nil || !found || k.Agency != l.Agency || !k.Span.Holds(l.Day) {
		return s, nil, err
	}
	s.Public = k.Public
	return s, k.Public, nil
}

// View is what anybody who has the code sees: as little as proves the licence.
type View struct {
	Real      bool              // sealed by the agency, unchanged since, and the register agrees
	Faults    []wording.Message // why not
	State     State             // today
	Number    string
	Title     string
	Holder    string // masked for a natural person
	Fields    []Field
	Agency    string // name, as sealed
	AgencyKey string
	Case      int64 // 0: issued without one
	Day       day.Day
	From      day.Day
	Last      day.Day // 0 is without end
	Sample    bool
	EndedDay  day.Day
	EndedBy   string // article
	Newer     string // number of the version that holds, when this one is superseded
}

// Verify tells what there is to know about the licence whose code somebody
// scanned. A code that no licence has is a NotFound error that says so.
func (r *Register) Verify(tx *store.Tx, code string) (View, error) {
	l, found, err := store.Find(tx, scan, `select `+columns+` from licence where home = $1 and code_digest = $2`,
		tx.Home(), r.Vault.Digest(codePurpose, NormalCode(code)))
	if err != nil {
		return View{}, err
	}
	if !found {
		return View{}, &act.Error{Kind: act.NotFound, Code: "licence.no_such_code", Msg: wording.M("licence.no_such_code")}
	}
	v := View{
		State: l.State(tx.Today()), AgencyKey: l.Agency, Case: l.Proceeding, Number: l.Number, Title: l.Title, Holder: l.Label, Day: l.Day, From: l.Span.From, Last: l.Last(),
		Sample: l.Sample, EndedDay: l.EndedDay, EndedBy: l.EndedBy,
	}
	if l.Stored == Superseded {
		if _, err := tx.Get([]any{&v.Newer}, `select number from licence where home = $1 and root = $2 order by version desc limit 1`, tx.Home(), l.Root); err != nil {
			return View{}, err
		}
	}
	return v, r.prove(tx, l, &v)
}

// prove checks the seal and whether the register's columns say what was sealed.
func (r *Register) prove(tx *store.Tx, l *Licence, v *View) error {
	s, public, err := r.sealed(tx, l)
	if m, ok := said(err); ok {
		v.Faults = append(v.Faults, m)
		return nil
	}
	if err != nil {
		return err
	}
	f := seal.Check(s, vault.VerifySM2, public)
	v.Faults = f.Faults
	if public == nil {
		v.Faults = []wording.Message{wording.M("licence.unknown_seal")}
	}
	d := f.Document
	v.Agency = d.Agency
	for _, x := range d.Fields {
		if x.Value == d.Holder {
			x.Value = l.Label // the holder's name under another label stays masked
		}
		if !x.Personal {
			v.Fields = append(v.Fields, x)
		}
	}
	if len(v.Faults) == 0 && !l.agrees(d) {
		v.Faults = append(v.Faults, wording.M("licence.register_differs"))
	}
	v.Real = len(v.Faults) == 0
	return nil
}

// agrees tells whether the register's columns are those of the sealed document.
func (l *Licence) agrees(d seal.Document) bool {
	return d.Kind == kind && d.Number == l.Number && d.Title == l.Title && d.Day == l.Day && d.From == l.Span.From && d.Last == l.Last() &&
		d.Sample == l.Sample && (l.Label == d.Holder || l.Label == label(false, d.Holder))
}

// NormalCode writes a code as it was typed or scanned in the one form that is
// looked up: capital letters and digits, without spaces and dashes.
func NormalCode(s string) string {
	var b strings.Builder
	for _, c := range strings.ToUpper(s) {
		if c >= 'A' && c <= 'Z' || c >= '2' && c <= '7' {
			b.WriteRune(c)
		}
	}
	return b.String()
}

// CheckFile checks a downloaded licence offline. known are the agency's public
// keys from elsewhere; without one Known stays false.
func CheckFile(file []byte, known ...[]byte) seal.Finding {
	return seal.CheckFile(file, vault.VerifySM2, known...)
}

// said finds the sentence that an error of the vault carries: destroyed, or
// not what was sealed.
func said(err error) (wording.Message, bool) {
	var m wording.Message
	ok := errors.As(err, &m)
	return m, ok
}
