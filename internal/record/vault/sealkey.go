package vault

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/smx509"

	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// SealKey is the public side of an agency's seal key.
type SealKey struct {
	KeyID  string // as Signer.KeyID
	Agency string
	Span   day.Span // the days on which it may sign
	Public []byte   // PEM
}

// NewSealKey makes an agency's seal key, in force from a day on; the key
// before it ends with that day. Its making and every use of it are for the
// caller to record.
func (v *Vault) NewSealKey(tx *store.Tx, agency string, from day.Day) (SealKey, error) {
	var before day.Day
	found, err := tx.Get([]any{&before},
		`select from_day from seal_key where home = $1 and agency = $2 and until_day = 0`, tx.Home(), agency)
	if err != nil {
		return SealKey{}, err
	}
	if found && from <= before {
		return SealKey{}, wording.M("vault.seal_order", "day", before)
	}
	key, err := newSM2(v.rand)
	if err != nil {
		return SealKey{}, err
	}
	public, err := marshalPublic(&key.PublicKey)
	if err != nil {
		return SealKey{}, err
	}
	private, err := smx509.MarshalSM2PrivateKey(key)
	if err != nil {
		return SealKey{}, err
	}
	id := tx.NewID()
	wrapped, err := v.now().wrapKey(v.rand, "seal_key", tx.Home(), id, boundTo(public), private)
	if err != nil {
		return SealKey{}, err
	}
	tx.Put(`update seal_key set until_day = $3 where home = $1 and agency = $2 and until_day = 0`, tx.Home(), agency, from)
	tx.Put(`insert into seal_key(home, id, agency, from_day, public, wrapped, created) values($1, $2, $3, $4, $5, $6, $7)`,
		tx.Home(), id, agency, from, public, wrapped, tx.Now())
	return SealKey{sealName(id), agency, day.Span{From: from}, public}, nil
}

// EndSealKey ends an agency's key without a successor, so that from that day
// on it seals nothing: the agency is dissolved, the key is lost.
func (v *Vault) EndSealKey(tx *store.Tx, agency string, until day.Day) {
	tx.PutOne(wording.M("vault.no_seal"),
		`update seal_key set until_day = $3 where home = $1 and agency = $2 and until_day = 0 and from_day < $3`, tx.Home(), agency, until)
}

// SealSigner returns the signer of the seal key that the agency holds today;
// without one it answers with the message that says so. The caller writes the
// event that the key was used.
func (v *Vault) SealSigner(tx *store.Tx, agency string, today day.Day) (Signer, error) {
	var id int64
	found, err := tx.Get([]any{&id},
		`select id from seal_key where home = $1 and agency = $2 and from_day <= $3 and (until_day = 0 or until_day > $3) order by from_day desc limit 1`,
		tx.Home(), agency, today)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, wording.M("vault.no_seal")
	}
	v.sealing.Lock()
	s := v.signers[id]
	v.sealing.Unlock()
	if s != nil {
		return s, nil
	}
	if s, err = v.openSigner(tx, id); err != nil {
		return nil, err
	}
	tx.After(func() { // an id of a command that was not stored may be given out again
		v.sealing.Lock()
		defer v.sealing.Unlock()
		v.signers[id] = s
	})
	return s, nil
}

// openSigner unwraps a seal key. A key never changes, so it is done once.
func (v *Vault) openSigner(tx *store.Tx, id int64) (*sm2Signer, error) {
	var public, wrapped []byte
	if _, err := tx.Get([]any{&public, &wrapped}, `select public, wrapped from seal_key where home = $1 and id = $2`, tx.Home(), id); err != nil {
		return nil, err
	}
	private, err := v.unwrap("seal_key", tx.Home(), id, boundTo(public), wrapped)
	if err != nil {
		return nil, fmt.Errorf("seal key %d: %w", id, err)
	}
	key, err := smx509.ParseSM2PrivateKey(private)
	if err != nil {
		return nil, fmt.Errorf("seal key %d: %w", id, err)
	}
	return &sm2Signer{id: sealName(id), key: key, public: public, rand: v.rand}, nil
}

// SealPublic returns the public side of a seal key, also of one that has
// ended: what it signed while in force stays signed. False when there is none.
func (v *Vault) SealPublic(tx *store.Tx, keyID string) (SealKey, bool, error) {
	id, err := strconv.ParseInt(strings.TrimPrefix(keyID, sealPrefix), 10, 64)
	if err != nil || !strings.HasPrefix(keyID, sealPrefix) {
		return SealKey{}, false, nil
	}
	k := SealKey{KeyID: keyID}
	found, err := tx.Get([]any{&k.Agency, &k.Span.From, &k.Span.Until, &k.Public},
		`select agency, from_day, until_day, public from seal_key where home = $1 and id = $2`, tx.Home(), id)
	return k, found, err
}

const sealPrefix = "seal-"

func sealName(id int64) string { return sealPrefix + strconv.FormatInt(id, 10) }

// boundTo ties a wrapped private key to its public half: neither can be
// exchanged in the database without the other.
func boundTo(public []byte) string {
	sum := sm3.Sum(public)
	return string(sum[:])
}
