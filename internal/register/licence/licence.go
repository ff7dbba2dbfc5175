// Package licence is the register of licences (电子证照): it issues, corrects,
// suspends and revokes them, shows them to their holders and tells anybody who
// scans a code whether the licence is real, whose, until when and in which state.
//
// A licence is numbered data under its agency's SM2 seal; pages, PDF and QR code
// are renderings made after the commit. It never decides whether one is due:
// that is the case's decision, and its commands ask for the right.
package licence

import (
	"crypto/sha256"
	"fmt"
	"hash"

	"tongban/internal/record/act"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/record/vault"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// State is the state of a licence.
type State string

// The states. Future and Expired are not stored; they follow from the day.
const (
	Valid      State = "valid"
	Suspended  State = "suspended"
	Revoked    State = "revoked"    // 撤销, 吊销, 注销: the article tells which
	Superseded State = "superseded" // a later version holds
	Future     State = "future"
	Expired    State = "expired"
)

// Label is the state's name for people.
func (s State) Label() wording.Message { return wording.M("licence.state." + string(s)) }

// Register issues and checks licences.
type Register struct {
	Vault *vault.Vault
}

// Licence is the public side of one version of a licence.
type Licence struct {
	ID          int64
	Root        int64 // id of the first version; the ledger's stream is licence/<Root>
	Version     int
	Number      string // GB/T 36904
	Type        string // 21 characters
	Title       string // "食品作坊经营许可证"
	Agency      string // key
	Holder      int64
	Label       string // the holder's name, masked for a natural person
	Item        int64
	ItemVersion int64
	Proceeding  int64
	Day         day.Day  // of issue
	Span        day.Span // days on which it holds
	Stored      State    // as decided; State tells what that means on a day
	Sample      bool
	KeyID       string
	Issued      day.Instant
	EndedDay    day.Day // since when suspended or revoked
	EndedBy     string  // article

	codeDigest, code, content, signature, reason []byte
	chain                                        ledger.Chain
}

// State is the licence's state on a day.
func (l *Licence) State(d day.Day) State {
	switch {
	case l.Stored != Valid:
		return l.Stored
	case d < l.Span.From:
		return Future
	case !l.Span.Holds(d):
		return Expired
	}
	return Valid
}

// Last is the last day on which it holds; zero is without end.
func (l *Licence) Last() day.Day {
	if l.Span.Until == 0 {
		return 0
	}
	return l.Span.Until - 1
}

// Stream is the ledger stream of a licence through all its versions.
func Stream(root int64) string { return fmt.Sprintf("licence/%d", root) }

const columns = `id, root, version, number, type, title, agency, holder, label, item, item_version, proceeding, day, from_day, until_day,
	state, sample, code_digest, code, content, signature, key_id, issued, ended_day, ended_article, ended_reason, n, leaf`

func scan(r store.Row) (*Licence, error) {
	l := &Licence{}
	err := r.Scan(&l.ID, &l.Root, &l.Version, &l.Number, &l.Type, &l.Title, &l.Agency, &l.Holder, &l.Label, &l.Item, &l.ItemVersion,
		&l.Proceeding, &l.Day, &l.Span.From, &l.Span.Until, &l.Stored, &l.Sample, &l.codeDigest, &l.code, &l.content, &l.signature,
		&l.KeyID, &l.Issued, &l.EndedDay, &l.EndedBy, &l.reason, &l.chain.Version, &l.chain.Leaf)
	if l.reason == nil {
		l.reason = []byte{} // a driver may read the empty value as none
	}
	return l, err
}

func (l *Licence) insert(tx *store.Tx) {
	tx.Put(`insert into licence(home, `+columns+`) values($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29)`,
		tx.Home(), l.ID, l.Root, l.Version, l.Number, l.Type, l.Title, l.Agency, l.Holder, l.Label, l.Item, l.ItemVersion, l.Proceeding, l.Day,
		l.Span.From, l.Span.Until, l.Stored, l.Sample, l.codeDigest, l.code, l.content, l.signature, l.KeyID, l.Issued, l.EndedDay, l.EndedBy,
		l.reason, l.chain.Version, l.chain.Leaf)
}

// saveState writes back what may change in a version: its state and the head of
// the stream.
func (l *Licence) saveState(tx *store.Tx, was ledger.Chain) {
	tx.PutOne(act.Changed("licence.thing"), `update licence set state = $3, ended_day = $4, ended_article = $5, ended_reason = $6, n = $7, leaf = $8
		where home = $1 and id = $2 and n = $9`,
		tx.Home(), l.ID, l.Stored, l.EndedDay, l.EndedBy, l.reason, l.chain.Version, l.chain.Leaf, was.Version)
}

// lock takes one version for this command.
func lock(tx *store.Tx, id int64) (*Licence, error) {
	l, found, err := store.Held(tx, scan, `select `+columns+` from licence where home = $1 and id = $2`, tx.Home(), id)
	if err == nil && !found {
		err = act.Missing("licence.thing")
	}
	return l, err
}

// Get reads one version's public side.
func Get(tx *store.Tx, id int64) (*Licence, error) {
	l, found, err := store.Find(tx, scan, `select `+columns+` from licence where home = $1 and id = $2`, tx.Home(), id)
	if err == nil && !found {
		err = act.Missing("licence.thing")
	}
	return l, err
}

// ByNumber finds a version by its identifier (GB/T 36904), already normalised.
func ByNumber(tx *store.Tx, number string) (*Licence, error) {
	l, found, err := store.Find(tx, scan, `select `+columns+` from licence where home = $1 and number = $2`, tx.Home(), number)
	if err == nil && !found {
		err = act.Missing("licence.thing")
	}
	return l, err
}

// OfHolder lists a holder's licences, newest first, superseded ones left out.
// before is the id after which the page begins, 0 for the first page.
func OfHolder(tx *store.Tx, holder, before int64, limit int) ([]*Licence, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	return store.All(tx, scan, `select `+columns+` from licence where home = $1 and holder = $2 and id < $3 and state <> 'superseded'
		order by id desc limit $4`, tx.Home(), holder, before, limit)
}

// ofOneMax bounds what one proceeding, or one licence in its versions, can have.
const ofOneMax = 1000

// OfProceeding lists what a proceeding led to, oldest first, all versions.
func OfProceeding(tx *store.Tx, proceeding int64) ([]*Licence, error) {
	return store.All(tx, scan, `select `+columns+` from licence where home = $1 and proceeding = $2 order by id limit $3`,
		tx.Home(), proceeding, ofOneMax)
}

// Versions lists all versions of a licence, oldest first.
func Versions(tx *store.Tx, root int64) ([]*Licence, error) {
	return store.All(tx, scan, `select `+columns+` from licence where home = $1 and root = $2 order by version limit $3`, tx.Home(), root, ofOneMax)
}

// Digest is the digest of a licence as it is stored, in all its versions: what
// the State of its last event must be.
func Digest(tx *store.Tx, root int64) ([]byte, error) {
	all, err := Versions(tx, root)
	if err != nil {
		return nil, err
	}
	return digest(all...)
}

func digest(versions ...*Licence) ([]byte, error) {
	h := sha256.New()
	for _, l := range versions {
		if err := l.digest(h); err != nil {
			return nil, err
		}
	}
	return h.Sum(nil), nil
}

// digest writes the row in the order of its columns. The encrypted columns go
// in as they are stored, so that nothing can be guessed from the digest.
func (l *Licence) digest(h hash.Hash) error {
	_, err := fmt.Fprintf(h, "%d\x00%d\x00%d\x00%s\x00%s\x00%s\x00%s\x00%d\x00%s\x00%d\x00%d\x00%d\x00%d\x00%d\x00%d\x00%s\x00%t\x00%x\x00%x\x00%x\x00%x\x00%s\x00%d\x00%d\x00%s\x00%x\x00",
		l.ID, l.Root, l.Version, l.Number, l.Type, l.Title, l.Agency, l.Holder, l.Label, l.Item, l.ItemVersion, l.Proceeding, l.Day,
		l.Span.From, l.Span.Until, l.Stored, l.Sample, l.codeDigest, l.code, l.content, l.signature, l.KeyID, l.Issued, l.EndedDay, l.EndedBy, l.reason)
	return err
}
