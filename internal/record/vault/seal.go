package vault

import (
	"crypto/cipher"
	"encoding/binary"
	"fmt"

	"github.com/emmansun/gmsm/sm4"

	"tongban/internal/rules/wording"
)

// The layout of a sealed value.
const (
	formatSM4  = 1 // SM4-GCM, 96-bit random nonce, 128-bit tag
	nonceSize  = 12
	tagSize    = 16
	headSize   = 1 + 8
	sealedMore = headSize + nonceSize + tagSize // what sealing adds to a value
)

// Erased says that the key of a value was destroyed: the value is gone for
// good, as the law asked, and nothing is broken.
type Erased struct{ Key int64 }

// Error names the key.
func (e Erased) Error() string { return fmt.Sprintf("data key %d was destroyed", e.Key) }

// Unwrap gives the sentence for people.
func (e Erased) Unwrap() error { return wording.M("vault.erased") }

// Tampered says that a stored value is not what was sealed in this place:
// changed, cut, or copied from another row.
type Tampered struct {
	Table  string
	Row    int64
	Column string
}

// Error names the place.
func (e Tampered) Error() string {
	return fmt.Sprintf("sealed value in %s %d %s does not open", e.Table, e.Row, e.Column)
}

// Unwrap gives the sentence for people.
func (e Tampered) Unwrap() error { return wording.M("vault.tampered") }

// Key is a data key, open for use. It is safe for concurrent use.
type Key struct {
	id   int64
	aead cipher.AEAD
	rand *source
}

// ID is what the owner's row stores to find the key again.
func (k *Key) ID() int64 { return k.id }

// Seal encrypts a value for one place. An empty value stays empty.
func (k *Key) Seal(table string, row int64, column string, plain []byte) []byte {
	if len(plain) == 0 {
		return []byte{}
	}
	out := make([]byte, headSize+nonceSize, len(plain)+sealedMore)
	out[0] = formatSM4
	binary.BigEndian.PutUint64(out[1:], uint64(k.id))
	nonce := out[headSize:]
	k.rand.fill(nonce)
	return k.aead.Seal(out, nonce, plain, place(out[:headSize], table, row, column))
}

// Open decrypts what Seal made for the same place; anything else is Tampered.
func (k *Key) Open(table string, row int64, column string, sealed []byte) ([]byte, error) {
	if len(sealed) == 0 {
		return []byte{}, nil
	}
	if id, ok := KeyOf(sealed); !ok || id != k.id {
		return nil, Tampered{table, row, column}
	}
	head, rest := sealed[:headSize], sealed[headSize:]
	plain, err := k.aead.Open(nil, rest[:nonceSize], rest[nonceSize:], place(head, table, row, column))
	if err != nil {
		return nil, Tampered{table, row, column}
	}
	return plain, nil
}

// KeyOf reads the id of the data key that a sealed value names; false when the
// bytes are no sealed value.
func KeyOf(sealed []byte) (id int64, ok bool) {
	if len(sealed) < sealedMore || sealed[0] != formatSM4 {
		return 0, false
	}
	return int64(binary.BigEndian.Uint64(sealed[1:])), true
}

// place is the data authenticated with a value: its head and where it stands,
// each name with its length before it.
func place(head []byte, table string, row int64, column string) []byte {
	b := make([]byte, 0, headSize+8+4+len(table)+4+len(column))
	b = append(b, head...)
	b = binary.BigEndian.AppendUint64(b, uint64(row))
	b = binary.BigEndian.AppendUint32(b, uint32(len(table)))
	b = append(b, table...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(column)))
	return append(b, column...)
}

// sm4gcm makes the cipher of a 16-byte key.
func sm4gcm(key []byte) (cipher.AEAD, error) {
	block, err := sm4.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// wrap encrypts a key under the master key for one place.
func (k *Keys) wrapKey(random *source, table string, home, row int64, bound string, plain []byte) ([]byte, error) {
	master, err := k.wrapper(random)
	if err != nil {
		return nil, err
	}
	return master.Seal(wrapTable(table, home), row, bound, plain), nil
}

// unwrapKey is the way back. A key wrapped under another master key is told
// apart from one that was changed.
func (k *Keys) unwrapKey(table string, home, row int64, bound string, wrapped []byte) ([]byte, error) {
	id, ok := KeyOf(wrapped)
	if !ok {
		return nil, Tampered{table, row, bound}
	}
	wrap, have := k.known[uint32(id)]
	if !have || id>>32 != 0 {
		return nil, wording.M("vault.other_master", "wants", fmt.Sprintf("%08x", id), "have", k.ID())
	}
	aead, err := sm4gcm(wrap)
	if err != nil {
		return nil, err
	}
	plain, err := (&Key{id: id, aead: aead}).Open(wrapTable(table, home), row, bound, wrapped)
	if err == nil && len(plain) == 0 {
		err = Tampered{table, row, bound}
	}
	return plain, err
}

func (k *Keys) wrapper(random *source) (*Key, error) {
	aead, err := sm4gcm(k.wrap)
	return &Key{id: int64(k.id), aead: aead, rand: random}, err
}

func wrapTable(table string, home int64) string { return fmt.Sprintf("%s@%d", table, home) }
