package licence

import (
	"encoding/base32"
	"maps"
	"strconv"
	"strings"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/record/vault"
	"tongban/internal/rules/day"
	"tongban/internal/rules/gbcode"
	"tongban/internal/rules/seal"
	"tongban/internal/rules/wording"
)

// Field is one line of a licence; personal ones are not shown to whoever scans
// the code.
type Field = seal.Field

// Issue is what a new licence needs.
type Issue struct {
	Type           string // 21 characters (GB/T 36904): credit code of the competent body and 3 more
	Title          string // name of the licence
	Agency         string // key of the body whose seal it gets
	AgencyName     string
	AgencyUSCC     string
	Holder         int64
	Legal          bool   // the holder is no natural person: the name is public
	HolderName     string // in full; what anybody sees of a natural person is masked
	HolderIDMasked string // identity number with its middle hidden, or the credit code; "" leaves the line out
	Fields         []Field
	From           day.Day // first day; 0 is today
	Months         int     // how long it holds; 0 is without end
	Item           int64
	ItemVersion    int64
	Proceeding     int64
	Key            *vault.Key // the case's data key
	Sample         bool       // demonstration or training: 样本, in the data and on every face
}

// Issue numbers, seals and stores a licence and writes licence.issued. The
// caller's command has asked for the right. Without a seal key in force the
// answer is the message that says so.
func (r *Register) Issue(c *act.Call, in Issue) (*Licence, error) {
	id := c.Tx.NewID()
	from := in.From
	if from == 0 {
		from = c.Today()
	}
	l := &Licence{
		ID: id, Root: id, Version: 1, Type: gbcode.Normalize(in.Type), Title: in.Title, Agency: in.Agency, Holder: in.Holder,
		Label: label(in.Legal, in.HolderName), Item: in.Item, ItemVersion: in.ItemVersion, Proceeding: in.Proceeding,
		Day: c.Today(), Span: day.Span{From: from}, Stored: Valid, Sample: in.Sample, Issued: c.Now(), reason: []byte{},
	}
	if in.Months > 0 {
		l.Span.Until = from.AddMonths(in.Months)
	}
	var err error
	if l.Number, err = gbcode.LicenceID(in.Type, in.AgencyUSCC, r.serial(c.Today(), id), 1); err != nil {
		return nil, err
	}
	err = r.seal(c.Tx, l, in.Key, seal.Document{
		Agency: in.AgencyName, USCC: in.AgencyUSCC, Holder: in.HolderName, Fields: withID(in.HolderIDMasked, in.Fields),
	})
	if err != nil {
		return nil, err
	}
	if err := l.append(c, deed{kind: "licence.issued", key: in.Key}, l); err != nil {
		return nil, err
	}
	l.insert(c.Tx)
	return l, nil
}

// label is the holder's name as anybody may see it.
func label(legal bool, name string) string {
	if legal {
		return name
	}
	return gbcode.MaskName(name)
}

// withID puts the holder's masked number before the fields, as personal.
func withID(masked string, fields []Field) []Field {
	if masked == "" {
		return fields
	}
	return append([]Field{{Label: wording.Text(wording.ZH, "licence.field.id"), Value: masked, Personal: true}}, fields...)
}

// serial is the running part of a number: the day, the id and four characters
// by chance. No counter's row is held for it, and ids that a restore gives out
// again do not make a number twice.
func (r *Register) serial(today day.Day, id int64) string {
	b := make([]byte, 5)
	r.Vault.Random(b)
	return strings.ReplaceAll(today.String(), "-", "") + strings.ToUpper(strconv.FormatInt(id, 36)) + base32.StdEncoding.EncodeToString(b)[:4]
}

// codeBytes is the length of a verification code before it is written: 80 bits.
const codeBytes = 10

// seal fills the document from the licence, seals it with the agency's key of
// today, and encrypts it together with a fresh verification code.
func (r *Register) seal(tx *store.Tx, l *Licence, key *vault.Key, d seal.Document) error {
	signer, err := r.Vault.SealSigner(tx, l.Agency, tx.Today())
	if err != nil {
		return err
	}
	d.Kind, d.Number, d.Title, d.Day, d.From, d.Last, d.Sample = kind, l.Number, l.Title, l.Day, l.Span.From, l.Last(), l.Sample
	s, err := seal.Make(d, signer)
	if err != nil {
		return err
	}
	raw := make([]byte, codeBytes)
	r.Vault.Random(raw)
	code := base32.StdEncoding.EncodeToString(raw)
	l.codeDigest, l.code = r.Vault.Digest(codePurpose, code), key.Seal(table, l.ID, "code", []byte(code))
	l.content, l.signature, l.KeyID = key.Seal(table, l.ID, "content", s.Content), s.Signature, s.KeyID
	return nil
}

const (
	kind        = "licence"      // of the sealed document
	table       = "licence"      // place of encrypted values
	codePurpose = "licence.code" // of the digest
)

// deed is what one act adds to the event of a licence.
type deed struct {
	kind    string
	key     *vault.Key // nil when it was destroyed: then the reason is not kept either
	article string
	reason  string
	notify  []int64
	facts   map[string]any
}

// append writes the event of an act. versions are all rows of the licence as
// they stand after it.
func (l *Licence) append(c *act.Call, d deed, versions ...*Licence) error {
	state, err := digest(versions...)
	if err != nil {
		return err
	}
	facts := map[string]any{
		"licence": l.ID, "number": l.Number, "type": l.Type, "title": l.Title, "agency": l.Agency, "case": l.Proceeding,
		"from": l.Span.From, "last": l.Last(), "state": l.Stored, "seal": l.KeyID,
	}
	if l.Sample {
		facts["sample"] = true
	}
	if len(d.notify) > 0 {
		facts["notify"] = d.notify
	}
	maps.Copy(facts, d.facts)
	e := ledger.Event{Stream: Stream(l.Root), Kind: d.kind, Item: l.ItemVersion, State: state, Facts: facts}
	if d.article != "" {
		e.Rules = []ledger.Rule{{Article: d.article}}
	}
	if d.reason != "" && d.key != nil {
		e.Personal = []ledger.Personal{{Field: "reason", Value: d.reason}}
	}
	l.chain, _, err = c.Append(l.chain, d.key, e)
	return err
}
