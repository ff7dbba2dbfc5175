// Package vault keeps what must not be read or forged: it seals personal
// values under data keys, finds them again by blind indexes, and signs.
//
// A master key lies outside the database (Keys). From it come, by HKDF with
// SM3, the keys that wrap data keys, that make blind indexes, fingerprints of
// files and digests of tokens. A data key belongs to one case or one person;
// all values of that owner are sealed under it with SM4-GCM, wherever they are
// stored, and destroying it erases them all, in old copies of the database too
// once the list of destroyed keys is played back there (Destroyed, Erase).
//
// # Columns
//
// A sensitive value is stored in a column of its own name as Key.Seal gave it:
//
//	format 1 ‖ key id 8 ‖ nonce 12 ‖ ciphertext and tag
//
// The table, row and column are authenticated with it, so a value that was
// copied to another place no longer opens. An absent value is the empty
// string, sealed or not. A value that must be found by its whole content has a
// second column, named with "_index" behind it, holding Index of the
// normalised value; that value begins with the id of the index key, so that a
// later key can be told from an earlier one. A unique constraint on an index
// column holds among values of one index key; changing the index key means
// rewriting the column.
package vault

import (
	"crypto/hmac"
	"crypto/rand"
	"encoding/binary"
	"hash"
	"io"
	"sync"
	"sync/atomic"

	"github.com/emmansun/gmsm/sm3"

	"tongban/internal/rules/day"
)

// Vault seals, finds and signs with one set of master keys. It is safe for
// concurrent use; one serves the whole process.
type Vault struct {
	keys   atomic.Pointer[Keys] // replaced whole when the key folder changed
	loaded atomic.Int64         // what the key folder looked like when it was read
	rand   *source
	kept   *cache

	denying sync.RWMutex
	denied  map[int64]day.Instant // keys that were destroyed elsewhere, with when they were made

	sealing sync.Mutex
	signers map[int64]*sm2Signer // by seal key; there is one for each agency and its time
}

// New makes a vault. random feeds keys, nonces and signatures: nil is the
// machine's generator, and only the seeded demonstration passes another.
func New(keys *Keys, random io.Reader) *Vault {
	v := &Vault{rand: newSource(random), kept: newCache(keptKeys), signers: map[int64]*sm2Signer{}, denied: map[int64]day.Instant{}}
	v.keys.Store(keys)
	if keys.dir != "" {
		v.loaded.Store(folderStamp(keys.dir))
	}
	return v
}

// now is the keys of this moment.
func (v *Vault) now() *Keys { return v.keys.Load() }

// IndexSize is the length of a blind index: key id 4 ‖ HMAC 16.
const IndexSize = 20

// Index returns the blind index of a value: equal values of one column have
// equal indexes, and without the master key nothing else can be told from
// them. column names the kind of value ("person.idno"), the same wherever it
// is stored; the caller normalises the value (case, width, spaces) first.
func (v *Vault) Index(column, normalised string) []byte {
	return v.now().index[0].of(column, normalised)
}

// Indexes returns the blind indexes under every index key that rows may still
// have, the current one first: while a rotation goes on, a row is looked for by
// all of them.
func (v *Vault) Indexes(column, normalised string) [][]byte {
	keys := v.now().index
	list := make([][]byte, len(keys))
	for i, k := range keys {
		list[i] = k.of(column, normalised)
	}
	return list
}

func (k indexKey) of(column, normalised string) []byte {
	m := hmac.New(sm3.New, k.key)
	writePart(m, column)
	writePart(m, normalised)
	return m.Sum(binary.BigEndian.AppendUint32(nil, k.id))[:IndexSize]
}

// Digest returns what the database may hold of a secret token (a session, a
// query code): 32 bytes from which the token cannot be found, not even by
// trying all short codes, without the master key. purpose keeps the digests of
// different uses apart.
func (v *Vault) Digest(purpose, token string) []byte {
	m := hmac.New(sm3.New, v.now().token)
	writePart(m, purpose)
	writePart(m, token)
	return m.Sum(nil)
}

// Fingerprint returns the keyed hash of a file's content, 32 bytes. A plain
// hash would tell anybody who reads the database who filed a known paper.
func (v *Vault) Fingerprint(content []byte) []byte {
	m := v.NewFingerprint()
	_, _ = m.Write(content)
	return m.Sum(nil)
}

// NewFingerprint returns a running Fingerprint for content that streams by.
func (v *Vault) NewFingerprint() hash.Hash { return hmac.New(sm3.New, v.now().file) }

// Random fills b from the vault's source of randomness.
func (v *Vault) Random(b []byte) { v.rand.fill(b) }

// writePart writes s with its length before it, so that no two lists of parts
// look alike.
func writePart(w io.Writer, s string) {
	var n [4]byte
	binary.BigEndian.PutUint32(n[:], uint32(len(s)))
	_, _ = w.Write(n[:])
	_, _ = io.WriteString(w, s)
}

// source is a random reader for many goroutines. Without randomness nothing
// here is safe, so its failure is a panic, as in crypto/rand.
type source struct {
	mu sync.Mutex
	r  io.Reader
}

func newSource(r io.Reader) *source {
	if r == nil {
		r = rand.Reader
	}
	return &source{r: r}
}

func (s *source) fill(b []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := io.ReadFull(s.r, b); err != nil {
		panic("vault: no randomness: " + err.Error())
	}
}

// take returns n random bytes.
func (s *source) take(n int) []byte {
	b := make([]byte, n)
	s.fill(b)
	return b
}
