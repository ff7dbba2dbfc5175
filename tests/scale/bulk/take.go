package bulk

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/record/vault"
	"tongban/internal/rules/day"
	"tongban/internal/rules/gbcode"
)

// taking is a piece of work while it is taken apart.
type taking struct {
	rec    *Recorder
	p      *Pattern
	who    Person
	tx     *store.Tx
	words  map[string]piece // texts that differ from clone to clone
	bytes  map[string]int   // bytes that do, and their nodes
	plains map[string]int   // nodes of what is sealed under signatures, by its bytes
	keys   map[int64]int    // data key → its place among a clone's keys
	rows   map[string][]row // by table
	events map[int64]int64  // event → its place among the acts
}

// take goes from what is known first to what rests on it.
func (b *taking) take(tx *store.Tx) error {
	b.tx = tx
	b.person(gbcode.MaskName)
	for _, step := range []func() error{b.numbers, b.dataKeys, b.indexes, b.papers, b.licences, b.disclosures, b.files, b.states, b.acts, b.lines} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// sorted are the rows of a table in the order of a number.
func (b *taking) sorted(table, by string) []row {
	list := slices.Clone(b.rows[table])
	slices.SortFunc(list, func(x, y row) int { return cmp.Compare(x.number(by), y.number(by)) })
	return list
}

// numbers finds what is counted or follows from a number: the papers' numbers,
// the query codes of cases.
func (b *taking) numbers() error {
	for _, x := range b.sorted("proceeding", "id") {
		number := b.template([]byte(x.text("number")))
		b.word(b.rec.h.Office.QueryCode(x.text("number")), b.node(func(c *clone) ([]byte, error) {
			return []byte(b.rec.h.Office.QueryCode(string(number.fill(c, nil)))), nil
		}))
	}
	for _, x := range b.sorted("paper", "n") {
		if b.isID(x.number("n")) {
			continue // named after its case, so that no counter is held
		}
		name := "paper/" + x.text("kind") + "/" + x.text("agency")
		s := slices.IndexFunc(b.p.series, func(s series) bool { return s.name == name && s.year == x.number("year") })
		if s < 0 {
			b.p.series = append(b.p.series, series{name: name, year: x.number("year")})
			s = len(b.p.series) - 1
		}
		b.p.series[s].count++
		if !b.counted(x.text("number"), x.number("n"), s, int(b.p.series[s].count)) {
			return fmt.Errorf("the paper's number %s does not name %d", x.text("number"), x.number("n"))
		}
	}
	return nil
}

func (b *taking) dataKeys() error {
	home, v := b.tx.Home(), b.rec.h.Vault
	for i, x := range b.sorted("data_key", "id") {
		id := x.number("id")
		b.keys[id] = i
		b.value(x.bytes("wrapped"), b.node(func(c *clone) (wrapped []byte, err error) {
			c.keys[i], wrapped, err = v.MakeKey(home, id+c.ids)
			return wrapped, err
		}))
	}
	b.p.keys = len(b.keys)
	return nil
}

// indexes are the blind indexes of what identifies the person.
func (b *taking) indexes() error {
	for column, of := range map[string]func(Person) string{
		"person.name": func(p Person) string { return p.Name }, "person.idno": func(p Person) string { return "citizen " + p.IDNo },
		"person.phone": func(p Person) string { return p.Phone }, "account.login": func(p Person) string { return p.Login },
		"casefile.name": func(p Person) string { return gbcode.Normalize(p.Name) }, "casefile.idno": func(p Person) string { return gbcode.Normalize(p.IDNo) },
	} {
		v := b.rec.h.Vault
		b.value(v.Index(column, of(b.who)), b.node(func(c *clone) ([]byte, error) { return v.Index(column, of(c.who)), nil }))
	}
	return nil
}

// coded finds the verification code of a paper or licence and its digest.
func (b *taking) coded(x row) error {
	v, purpose := b.rec.h.Vault, x.table.name+".code"
	code, err := b.open(x, "code")
	if err != nil {
		return err
	}
	if string(v.Digest(purpose, string(code))) != string(x.bytes("code_digest")) {
		return fmt.Errorf("the digest of the code of %s %d is made in another way", x.table.name, x.number("id"))
	}
	fresh := b.node(func(*clone) ([]byte, error) {
		raw := make([]byte, 10)
		v.Random(raw)
		return []byte(base32.StdEncoding.EncodeToString(raw)), nil
	})
	b.word(string(code), fresh)
	b.value(x.bytes("code_digest"), b.node(func(c *clone) ([]byte, error) { return v.Digest(purpose, string(c.val[fresh])), nil }))
	return nil
}

// signed finds what an agency's seal covers, and the seal.
func (b *taking) signed(x row) error {
	content, err := b.open(x, "content")
	if err != nil {
		return err
	}
	t := b.template(content)
	plain := b.node(func(c *clone) ([]byte, error) { return t.fill(c, nil), nil })
	b.plains[string(content)] = plain
	sig := x.bytes("signature")
	if len(sig) == 0 {
		return nil
	}
	signer, err := b.rec.h.Vault.SealSigner(b.tx, x.text("agency"), day.Day(x.number("day")))
	if err != nil {
		return err
	}
	if signer.KeyID() != x.text("key_id") || !vault.VerifySM2(signer.Public(), content, sig) {
		return fmt.Errorf("the seal on %s %d is not the agency's", x.table.name, x.number("id"))
	}
	b.value(sig, b.node(func(c *clone) ([]byte, error) { return signer.Sign(c.val[plain]) }))
	return nil
}

func (b *taking) papers() error {
	for _, x := range b.sorted("paper", "id") {
		if err := errors.Join(b.coded(x), b.signed(x)); err != nil {
			return err
		}
	}
	return nil
}

func (b *taking) licences() error {
	for _, x := range b.sorted("licence", "id") {
		if err := b.licenceNumber(x); err != nil {
			return err
		}
		if err := errors.Join(b.coded(x), b.signed(x)); err != nil {
			return err
		}
	}
	return nil
}

// licenceNumber finds the parts of an identifier: its serial is the day, the id
// and four characters by chance, its last character a check.
func (b *taking) licenceNumber(x row) error {
	l, err := gbcode.ParseLicence(x.text("number"))
	if err != nil {
		return err
	}
	id := x.number("id")
	date, chance, ok := strings.Cut(l.Serial, strings.ToUpper(strconv.FormatInt(id, 36)))
	if !ok || len(chance) != 4 {
		return fmt.Errorf("the serial %s of licence %d is made in another way", l.Serial, id)
	}
	v := b.rec.h.Vault
	b.word(l.ID, b.node(func(c *clone) ([]byte, error) {
		raw := make([]byte, 5)
		v.Random(raw)
		serial := date + strings.ToUpper(strconv.FormatInt(id+c.ids, 36)) + base32.StdEncoding.EncodeToString(raw)[:4]
		number, err := gbcode.LicenceID(l.Type, l.Issuer, serial, l.Version)
		return []byte(number), err
	}))
	return nil
}

// saltBytes is the length of the salt before a disclosed value.
const saltBytes = 32

// disclosures are the values behind the acts' commitments.
func (b *taking) disclosures() error {
	for _, x := range b.sorted("disclosure", "event") {
		plain, err := b.open(x, "cipher")
		if err != nil {
			return err
		}
		field, t := x.text("field"), b.template(plain[saltBytes:])
		fresh := b.node(func(c *clone) ([]byte, error) {
			salted := make([]byte, saltBytes, 2*len(plain))
			b.rec.h.Vault.Random(salted)
			return t.fill(c, salted), nil
		})
		b.plains[string(plain)] = fresh
		b.word(hex.EncodeToString(commitment(field, plain)), b.node(func(c *clone) ([]byte, error) {
			return appendHex(nil, commitment(field, c.val[fresh])), nil
		}))
	}
	return nil
}

// commitment is the digest of salt, field and value, each with its length.
func commitment(field string, salted []byte) []byte {
	h := sha256.New()
	for _, part := range [][]byte{salted[:saltBytes], []byte(field), salted[saltBytes:]} {
		h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(part))))
		h.Write(part)
	}
	return h.Sum(nil)
}

// files are the sealed parts of cases as they stood between the acts.
func (b *taking) files() error {
	for _, f := range b.rec.files {
		if _, err := b.sealed(f, "secret"); err != nil {
			return err
		}
	}
	return nil
}

// states are the digests that the acts carry.
func (b *taking) states() error {
	for _, x := range b.sorted("licence", "id") {
		for _, column := range []string{"code", "content"} {
			if _, err := b.sealed(x, column); err != nil {
				return err
			}
		}
	}
	for _, x := range b.sorted("event", "id") {
		leaf, err := ledger.ParseLeaf(x.bytes("leaf"))
		if err != nil {
			return err
		}
		if leaf.State == "" {
			continue
		}
		text, err := b.stateOf(leaf)
		if err != nil {
			return err
		}
		if sum := sha256.Sum256([]byte(text)); hex.EncodeToString(sum[:]) != leaf.State {
			return fmt.Errorf("the state after act %d of %s is made in another way", leaf.N, leaf.Stream)
		}
		t := b.template([]byte(text))
		b.word(leaf.State, b.node(func(c *clone) ([]byte, error) {
			sum := sha256.Sum256(t.fill(c, nil))
			return appendHex(nil, sum[:]), nil
		}))
	}
	return nil
}

// stateOf is what the digest of an act covers.
func (b *taking) stateOf(l ledger.Leaf) (string, error) {
	kind, number, _ := strings.Cut(l.Stream, "/")
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return "", err
	}
	switch kind {
	case "case":
		if text, ok := b.rec.states[stateAt{id, l.N}]; ok {
			return text, nil
		}
		return "", fmt.Errorf("nobody looked at case %d after its act %d", id, l.N)
	case "licence":
		for _, x := range b.rows["licence"] {
			if x.number("id") == id && x.number("n") == l.N {
				return licenceState(x), nil
			}
		}
	}
	return "", fmt.Errorf("how the state of %s is bound is not known here", l.Stream)
}

// acts are the leaves, each chained to the one before on its stream.
func (b *taking) acts() error {
	leaves := map[int64]row{}
	for _, x := range b.rows["event"] {
		leaves[x.number("id")] = x
	}
	b.events = map[int64]int64{}
	entries := b.sorted("entry", "seq")
	for i, n := range entries {
		if n.number("seq") != entries[0].number("seq")+int64(i) {
			return errors.New("somebody else acted meanwhile")
		}
		x, ok := leaves[n.number("event")]
		if !ok {
			return fmt.Errorf("act %d has no event", n.number("seq"))
		}
		b.events[n.number("event")] = int64(i)
		leaf, err := ledger.ParseLeaf(x.bytes("leaf"))
		if err != nil {
			return err
		}
		v := b.rec.h.Vault
		b.word(leaf.Blind, b.node(func(*clone) ([]byte, error) {
			blind := make([]byte, 16)
			v.Random(blind)
			return appendHex(nil, blind), nil
		}))
		t := b.template(x.bytes("leaf"))
		node := b.node(func(c *clone) ([]byte, error) { return t.fill(c, nil), nil })
		b.bytes[string(x.bytes("leaf"))] = node
		hash := b.node(func(c *clone) ([]byte, error) {
			h := tlog.RecordHash(c.val[node])
			return h[:], nil
		})
		b.value(n.bytes("hash"), hash)
		b.p.hashes = append(b.p.hashes, hash)
	}
	if len(entries) != len(leaves) {
		return fmt.Errorf("%d acts, %d of them numbered", len(leaves), len(entries))
	}
	return nil
}
