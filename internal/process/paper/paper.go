// Package paper writes the papers (文书) of a proceeding from templates: receipt,
// acceptance, deficiency, refusal, extension, decision. A paper is numbered per
// kind, agency and year, frozen as text, put under the agency's SM2 seal and
// stored under the case's key; it is printed again as it was.
//
// Templates are data with days in force. The package never decides what a paper
// says about a case: the caller's facts do.
package paper

import (
	"encoding/base32"
	"encoding/hex"
	"fmt"

	"crypto/sha256"

	"tongban/internal/process/proceeding"
	"tongban/internal/record/act"
	"tongban/internal/record/store"
	"tongban/internal/record/vault"
	"tongban/internal/register/identity"
	"tongban/internal/rules/day"
	"tongban/internal/rules/seal"
	"tongban/internal/rules/wording"
)

// Agencies tells an agency's names and credit code on a day.
type Agencies interface {
	Agency(tx *store.Tx, key string, d day.Day) (identity.Agency, error)
}

// Desk writes and reads papers.
type Desk struct {
	Vault    *vault.Vault
	Agencies Agencies
	Runner   *act.Runner // of the command that imports templates
	Sample   bool        // demonstration or training: every paper is marked 样本

	forms forms
}

// Paper is the public side of a paper.
type Paper struct {
	ID         int64
	Proceeding int64
	Kind       string // "acceptance"
	Title      string // "受理通知书"
	Number     string // 字号
	Agency     string // key of the body whose seal it bears
	Year       int
	N          int64 // running number of its kind, agency and year; the paper's id where they are not counted
	Day        day.Day
	Template   int64
	Sample     bool
	KeyID      string // of the seal; "" when this kind is not sealed
	Written    day.Instant

	codeDigest, code, content, signature []byte
}

const columns = `id, proceeding, kind, title, number, agency, year, n, day, template, sample, code_digest, code, content, signature, key_id, written`

func scan(r store.Row) (Paper, error) {
	var p Paper
	err := r.Scan(&p.ID, &p.Proceeding, &p.Kind, &p.Title, &p.Number, &p.Agency, &p.Year, &p.N, &p.Day, &p.Template, &p.Sample,
		&p.codeDigest, &p.code, &p.content, &p.signature, &p.KeyID, &p.Written)
	return p, err
}

func (p Paper) insert(tx *store.Tx) {
	tx.Put(`insert into paper(home, `+columns+`) values($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
		tx.Home(), p.ID, p.Proceeding, p.Kind, p.Title, p.Number, p.Agency, p.Year, p.N, p.Day, p.Template, p.Sample,
		p.codeDigest, p.code, p.content, p.signature, p.KeyID, p.Written)
}

// Hash names the paper as it is stored, text and seal, in hex. It tells nothing
// of what is in it, so it may stand among the facts of an event and binds the
// paper to the ledger.
func (p Paper) Hash() string {
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "%d\x00%d\x00%s\x00%s\x00%s\x00%s\x00%d\x00%d\x00%d\x00%d\x00%t\x00%x\x00%x\x00%x\x00%x\x00%s\x00%d\x00",
		p.ID, p.Proceeding, p.Kind, p.Title, p.Number, p.Agency, p.Year, p.N, p.Day, p.Template, p.Sample,
		p.codeDigest, p.code, p.content, p.signature, p.KeyID, p.Written)
	return hex.EncodeToString(h.Sum(nil))
}

// Write writes a paper of a kind on a proceeding, from the agency and under its
// seal. It holds the counter of the agency's papers of this kind, where they are
// counted, until the commit, so it is called late in a command. What the facts leave empty of
// Agency, Number and Day is filled from the agency, the proceeding and today.
//
// The event of the command names the paper; Hash binds it.
func (d *Desk) Write(c *act.Call, p *proceeding.Proceeding, key *vault.Key, kind, agency string, f Facts) (Paper, error) {
	form, rule, err := d.form(c.Tx, kind, agency, c.Today())
	if err != nil {
		return Paper{}, err
	}
	body, err := d.Agencies.Agency(c.Tx, agency, c.Today())
	if err != nil {
		return Paper{}, err
	}
	out := Paper{
		ID: c.Tx.NewID(), Proceeding: p.ID, Kind: kind, Title: form.Title, Agency: agency, Year: c.Today().Year(), Day: c.Today(),
		Template: form.id, Sample: d.Sample, Written: c.Now(), signature: []byte{},
	}
	if out.N = out.ID; form.counted() {
		if out.N, err = proceeding.NextNumber(c.Tx, series(kind, agency), out.Year); err != nil {
			return Paper{}, err
		}
	}
	out.Number = form.number(rule, body.Short, p.Number, out.Year, out.N)
	f.Agency, f.Reference = body.Name, out.Number
	if f.Number == "" {
		f.Number = p.Number
	}
	if f.Day == "" {
		f.Day = wording.Date(wording.ZH, out.Day)
	}
	text, err := form.render(rule, f)
	if err != nil {
		return Paper{}, err
	}
	doc := seal.Document{
		Kind: "paper/" + kind, Number: out.Number, Title: form.Title, Agency: body.Name, USCC: body.USCC, Holder: f.Applicant,
		Day: out.Day, From: out.Day, Body: text, Sample: d.Sample,
	}
	if err := d.seal(c.Tx, &out, key, doc, form.Sealed); err != nil {
		return Paper{}, err
	}
	out.insert(c.Tx)
	return out, nil
}

// series is what the running number counts: kind and agency.
func series(kind, agency string) string { return "paper/" + kind + "/" + agency }

const (
	table       = "paper"      // place of encrypted values
	codePurpose = "paper.code" // of the digest
	codeBytes   = 10           // of a code before it is written: 80 bits
)

// seal freezes the document under the agency's seal of today and encrypts it
// together with a fresh code.
func (d *Desk) seal(tx *store.Tx, p *Paper, key *vault.Key, doc seal.Document, sealed bool) error {
	var content []byte
	if sealed {
		signer, err := d.Vault.SealSigner(tx, p.Agency, tx.Today())
		if err != nil {
			return err
		}
		s, err := seal.Make(doc, signer)
		if err != nil {
			return err
		}
		content, p.signature, p.KeyID = s.Content, s.Signature, s.KeyID
	} else {
		var err error
		if content, err = doc.Bytes(); err != nil {
			return err
		}
	}
	raw := make([]byte, codeBytes)
	d.Vault.Random(raw)
	code := base32.StdEncoding.EncodeToString(raw)
	p.codeDigest, p.code = d.Vault.Digest(codePurpose, code), key.Seal(table, p.ID, "code", []byte(code))
	p.content = key.Seal(table, p.ID, "content", content)
	return nil
}
