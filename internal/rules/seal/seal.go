// Package seal writes the bytes that an agency's seal covers, and checks them:
// of every licence and of every paper. Keys stay in the vault; a signer and a
// verifier are handed in.
//
// The canonical bytes of a document are two lines: the name of the format, then
// one JSON object with its members in the order of Document, no spaces, nothing
// left out. There is one spelling of every document, so whatever can be read is
// exactly what was signed, byte for byte.
//
// A sealed file is readable text: the two lines, an empty line, the signature
// and the public key, both as PEM. OpenSSL 3 checks it without us:
//
//	head -n 2 F >content
//	sed -n '/BEGIN SM2/,/END SM2/p' F | grep -v -e ----- -e : | base64 -d >signature
//	sed -n '/BEGIN PUBLIC/,/END PUBLIC/p' F >public.pem
//	openssl pkeyutl -verify -pubin -inkey public.pem -rawin -in content -sigfile signature \
//	  -digest sm3 -pkeyopt distid:1234567812345678
//
// That the key is the agency's must be known from elsewhere: a file cannot vouch
// for the key that it carries.
package seal

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/emmansun/gmsm/sm3"

	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// Format is the first line of the canonical bytes.
const Format = "tongban-sealed/1"

// contentMax bounds what is read: a document is a page or two.
const contentMax = 1 << 20

// Document is what the seal covers. The order of its fields is the format.
type Document struct {
	Kind   string  `json:"kind"`   // "licence", or "paper/" and the kind of paper
	Number string  `json:"number"` // licence identifier, or the paper's number (字号)
	Title  string  `json:"title"`
	Agency string  `json:"agency"` // name of the body whose seal it is
	USCC   string  `json:"uscc"`   // its unified social credit code
	Holder string  `json:"holder"` // to whom it is given
	Day    day.Day `json:"day"`    // day of issue
	From   day.Day `json:"from"`   // first day on which it holds
	Last   day.Day `json:"last"`   // last day on which it holds; zero is without end
	Fields []Field `json:"fields"`
	Body   string  `json:"body"`
	Sample bool    `json:"sample"` // made for demonstration or training (样本): no legal force
	Key    string  `json:"key"`    // name of the seal key, so that it cannot be exchanged either
}

// Field is one line of a document. A personal field is shown to its owner and
// to those who act on the case, not to whoever scans the code.
type Field struct {
	Label    string `json:"label"`
	Value    string `json:"value"`
	Personal bool   `json:"personal"`
}

// Bytes returns the canonical bytes. It refuses a document without kind,
// number, agency or day, text that is no UTF-8, and more than a mebibyte.
func (d Document) Bytes() ([]byte, error) {
	if d.Fields == nil {
		d.Fields = []Field{}
	}
	for _, must := range []struct{ name, value string }{
		{"kind", d.Kind}, {"number", d.Number}, {"agency", d.Agency}, {"day", d.Day.String()},
	} {
		if must.value == "" {
			return nil, wording.M("seal.lacks", "what", wording.M("seal.part."+must.name))
		}
	}
	if !d.utf8() {
		return nil, wording.M("seal.not_text")
	}
	var b bytes.Buffer
	b.WriteString(Format + "\n")
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(d); err != nil {
		return nil, err
	}
	if b.Len() > contentMax {
		return nil, wording.M("seal.too_long")
	}
	return b.Bytes(), nil
}

// utf8 tells whether all text is UTF-8; JSON would silently mend it otherwise.
func (d Document) utf8() bool {
	ok := true
	for _, s := range []string{d.Kind, d.Number, d.Title, d.Agency, d.USCC, d.Holder, d.Body, d.Key} {
		ok = ok && utf8.ValidString(s)
	}
	for _, f := range d.Fields {
		ok = ok && utf8.ValidString(f.Label) && utf8.ValidString(f.Value)
	}
	return ok
}

// Parse reads canonical bytes. Anything that Bytes would not have written is
// refused: another order, a member more or less, a space. Its errors are messages.
func Parse(content []byte) (Document, error) {
	text, ok := strings.CutPrefix(string(content), Format+"\n")
	if !ok || len(content) > contentMax {
		return Document{}, wording.M("seal.format", "format", Format)
	}
	var d Document
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		return Document{}, wording.M("seal.touched")
	}
	again, err := d.Bytes()
	if err != nil || !bytes.Equal(again, content) {
		return Document{}, wording.M("seal.touched")
	}
	return d, nil
}

// Digest is the SM3 digest of canonical bytes, to name a document by. It must
// not be published: what is in a document can be guessed.
func Digest(content []byte) [32]byte { return sm3.Sum(content) }

// Signer signs with an agency's seal key.
type Signer interface {
	KeyID() string                   // names the key for good
	Public() []byte                  // PEM of SubjectPublicKeyInfo
	Sign(msg []byte) ([]byte, error) // SM2 over SM3 with the default user id, DER
}

// Sealed is a document under an agency's seal.
type Sealed struct {
	Content   []byte // canonical bytes
	KeyID     string
	Signature []byte // DER, detached
	Public    []byte // PEM of the key; to be compared with one from elsewhere
}

// Make seals a document.
func Make(d Document, by Signer) (Sealed, error) {
	d.Key = by.KeyID()
	content, err := d.Bytes()
	if err != nil {
		return Sealed{}, err
	}
	sig, err := by.Sign(content)
	if err != nil {
		return Sealed{}, err
	}
	return Sealed{content, d.Key, sig, by.Public()}, nil
}

// Verify tells whether sig is a signature of msg by the key in publicPEM.
type Verify func(publicPEM, msg, sig []byte) bool

// Finding is what a check found.
type Finding struct {
	Document Document
	Faults   []wording.Message // what is wrong; empty: whole, and signed by the key that it carries
	Known    bool              // that key is one the reader got elsewhere; without it anybody may have sealed this
}

// Whole tells whether nothing is wrong with the document and its key is known.
func (f Finding) Whole() bool { return len(f.Faults) == 0 && f.Known }

// Check checks a sealed document. known are the agency's public keys, PEM, as
// the reader got them elsewhere: the register's, a published list, another site.
func Check(s Sealed, verify Verify, known ...[]byte) Finding {
	var f Finding
	fault := func(key string) { f.Faults = append(f.Faults, wording.M(key)) }
	d, err := Parse(s.Content)
	if err != nil {
		m, _ := err.(wording.Message)
		f.Faults = append(f.Faults, m)
		return f
	}
	f.Document = d
	if d.Key != s.KeyID {
		fault("seal.other_key")
	}
	if !verify(s.Public, s.Content, s.Signature) {
		fault("seal.signature")
	}
	for _, k := range known {
		f.Known = f.Known || bytes.Equal(bytes.TrimSpace(k), bytes.TrimSpace(s.Public))
	}
	return f
}
