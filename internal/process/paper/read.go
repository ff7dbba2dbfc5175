package paper

import (
	"errors"

	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/record/vault"
	"tongban/internal/register/licence"
	"tongban/internal/rules/day"
	"tongban/internal/rules/seal"
	"tongban/internal/rules/wording"
)

// listMax bounds the papers of one proceeding that are read at once.
const listMax = 500

// Get reads a paper's public side.
func Get(tx *store.Tx, id int64) (Paper, error) {
	p, found, err := store.Find(tx, scan, `select `+columns+` from paper where home = $1 and id = $2`, tx.Home(), id)
	if err == nil && !found {
		err = act.Missing("paper.thing")
	}
	return p, err
}

// List lists the papers of a proceeding, oldest first.
func List(tx *store.Tx, proceeding int64) ([]Paper, error) {
	return store.All(tx, scan, `select `+columns+` from paper where home = $1 and proceeding = $2 order by id limit $3`, tx.Home(), proceeding, listMax)
}

// Opened is a paper with its text, as it was written. Whoever shows it to
// others than the applicant records the look.
type Opened struct {
	Paper
	Document seal.Document
	Sealed   seal.Sealed // Sealed.File is the file that verifies offline; no signature when the kind is not sealed
	Code     string      // what the QR code holds, after the address of the check page
}

// Open opens a paper.
func (d *Desk) Open(tx *store.Tx, id int64) (Opened, error) {
	p, err := Get(tx, id)
	if err != nil {
		return Opened{}, err
	}
	o := Opened{Paper: p}
	code, err := d.Vault.Open(tx, table, p.ID, "code", p.code)
	if err != nil {
		return Opened{}, err
	}
	o.Code = string(code)
	if o.Sealed, err = d.sealed(tx, p); err != nil {
		return Opened{}, err
	}
	o.Document, err = seal.Parse(o.Sealed.Content)
	return o, err
}

// sealed puts content, signature and public key together. The key is left out
// when it is not one that the agency held on the day.
func (d *Desk) sealed(tx *store.Tx, p Paper) (seal.Sealed, error) {
	content, err := d.Vault.Open(tx, table, p.ID, "content", p.content)
	if err != nil || p.KeyID == "" {
		return seal.Sealed{Content: content}, err
	}
	s := seal.Sealed{Content: content, KeyID: p.KeyID, Signature: p.signature}
	k, found, err := d.Vault.SealPublic(tx, p.KeyID)
	if err == nil && found && k.Agency == p.Agency && k.Span.Holds(p.Day) {
		s.Public = k.Public
	}
	return s, err
}

// View is what anybody who has a paper's code sees: that the paper is real, not
// what is in it.
type View struct {
	Real   bool
	Faults []wording.Message // why not
	Title  string
	Number string
	Agency string // key
	Case   int64
	Day    day.Day
	Sample bool
}

// Check tells whether the paper whose code somebody scanned is real. A code
// that no paper has is a NotFound error that says so.
func (d *Desk) Check(tx *store.Tx, code string) (View, error) {
	p, found, err := store.Find(tx, scan, `select `+columns+` from paper where home = $1 and code_digest = $2`,
		tx.Home(), d.Vault.Digest(codePurpose, licence.NormalCode(code)))
	if err != nil {
		return View{}, err
	}
	if !found {
		return View{}, &act.Error{Kind: act.NotFound, Code: "paper.no_such_code", Msg: wording.M("paper.no_such_code")}
	}
	v := View{Title: p.Title, Number: p.Number, Agency: p.Agency, Case: p.Proceeding, Day: p.Day, Sample: p.Sample}
	s, err := d.sealed(tx, p)
	var m wording.Message
	if errors.As(err, &m) {
		v.Faults = append(v.Faults, m)
		return v, nil
	}
	if err != nil {
		return View{}, err
	}
	v.Faults = p.faults(s)
	v.Real = len(v.Faults) == 0
	return v, nil
}

// faults checks seal and columns.
func (p Paper) faults(s seal.Sealed) []wording.Message {
	if p.KeyID == "" {
		return []wording.Message{wording.M("paper.not_sealed")}
	}
	if s.Public == nil {
		return []wording.Message{wording.M("licence.unknown_seal")}
	}
	f := seal.Check(s, vault.VerifySM2, s.Public)
	doc := f.Document
	if len(f.Faults) == 0 && (doc.Kind != "paper/"+p.Kind || doc.Number != p.Number || doc.Title != p.Title || doc.Day != p.Day || doc.Sample != p.Sample) {
		return []wording.Message{wording.M("licence.register_differs")}
	}
	return f.Faults
}

// Gap is a stretch of numbers that no paper has.
type Gap struct {
	Kind     string
	From, To int64
}

// Gaps reports the numbers of an agency's papers in a year that were given out
// and that no paper bears, in the order of kind and number. A refused command
// leaves none; one that is there comes from a restore, or from somebody's hand.
func Gaps(tx *store.Tx, agency string, year int) ([]Gap, error) {
	return store.All(tx, func(r store.Row) (Gap, error) {
		var g Gap
		var n, before int64
		err := r.Scan(&g.Kind, &n, &before)
		g.From, g.To = before+1, n-1
		return g, err
	}, `select kind, n, before from (
			select kind, n, lag(n, 1, 0) over (partition by kind order by n) as before from (
				select kind, n from paper where home = $1 and agency = $2 and year = $3 and n <> id -- those have no running number
				union all
				select substr(series, 7, length(series) - 7 - length($2)), last + 1 from number_counter
				where home = $1 and year = $3 and series like 'paper/%/' || $2
			) as numbers
		) as pairs where n > before + 1 order by kind, n`, tx.Home(), agency, year)
}
