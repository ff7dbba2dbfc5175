package ledger

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/mod/sumdb/note"

	"tongban/internal/rules/day"
)

// A witness signs a checkpoint with the time at which it saw it: C2SP
// tlog-cosignature, the Ed25519 kind. Its line stands below the log's own.
const (
	cosignatureType  = 0x04 // first byte of the encoded key
	cosignatureBytes = 8 + ed25519.SignatureSize
)

// WitnessKey is the public key of a witness under its name. It is a
// note.Verifier, so that it can stand beside the keys of the log.
type WitnessKey struct {
	name string
	hash uint32
	pub  ed25519.PublicKey
}

// NewWitnessKey names a key.
func NewWitnessKey(name string, pub ed25519.PublicKey) (WitnessKey, error) {
	if name == "" || strings.ContainsFunc(name, unicode.IsSpace) || strings.Contains(name, "+") || len(pub) != ed25519.PublicKeySize {
		return WitnessKey{}, fmt.Errorf("witness %q: its name is empty or holds a space or a plus, or its key is none", name)
	}
	h := sha256.New()
	h.Write([]byte(name + "\n"))
	h.Write([]byte{cosignatureType})
	h.Write(pub)
	return WitnessKey{name, binary.BigEndian.Uint32(h.Sum(nil)), pub}, nil
}

// ErrNotWitness says that a verifier key is not of the kind that witnesses have.
var ErrNotWitness = errors.New("ledger: not the key of a witness")

// ParseWitnessKey reads name+hash+base64, as String writes it. Another kind of
// key is ErrNotWitness.
func ParseWitnessKey(text string) (WitnessKey, error) {
	name, rest, _ := strings.Cut(text, "+")
	hash, key64, _ := strings.Cut(rest, "+")
	key, err := base64.StdEncoding.Strict().DecodeString(key64)
	if err != nil || len(key) != 1+ed25519.PublicKeySize || key[0] != cosignatureType {
		return WitnessKey{}, ErrNotWitness
	}
	k, err := NewWitnessKey(name, key[1:])
	if err == nil && hash != fmt.Sprintf("%08x", k.hash) {
		err = errors.New("witness key: the hash does not belong to the key")
	}
	return k, err
}

// String is the key as it is handed on: name+hash+base64.
func (k WitnessKey) String() string {
	return fmt.Sprintf("%s+%08x+%s", k.name, k.hash, base64.StdEncoding.EncodeToString(append([]byte{cosignatureType}, k.pub...)))
}

// Name implements note.Verifier.
func (k WitnessKey) Name() string { return k.name }

// KeyHash implements note.Verifier.
func (k WitnessKey) KeyHash() uint32 { return k.hash }

// Verify implements note.Verifier: it holds when the witness signed this
// checkpoint with the time that stands in the signature.
func (k WitnessKey) Verify(msg, sig []byte) bool {
	if len(sig) != cosignatureBytes || sig[0]&0x80 != 0 {
		return false
	}
	return ed25519.Verify(k.pub, cosigned(binary.BigEndian.Uint64(sig), msg), sig[8:])
}

func cosigned(seconds uint64, body []byte) []byte {
	return append([]byte("cosignature/v1\ntime "+strconv.FormatUint(seconds, 10)+"\n"), body...)
}

// Cosign makes the signature line, with its newline, that a witness adds to a
// checkpoint whose body (without signatures) this is.
func (k WitnessKey) Cosign(private ed25519.PrivateKey, body string, at day.Instant) string {
	seconds := uint64(max(at, 0) / day.Second)
	b := binary.BigEndian.AppendUint32(nil, k.hash)
	b = binary.BigEndian.AppendUint64(b, seconds)
	b = append(b, ed25519.Sign(private, cosigned(seconds, []byte(body)))...)
	return "— " + k.name + " " + base64.StdEncoding.EncodeToString(b) + "\n"
}

// Cosigned is a witness's statement that at a time this was the longest tree of
// the log that it had seen, and that it extended all that it had seen before.
type Cosigned struct {
	Log     string      `json:"log"`
	Witness string      `json:"witness"` // name+hash of its key
	Size    int64       `json:"size"`    // of the tree
	At      day.Instant `json:"at"`
}

// splitSigs parts the signatures that hold into those of the log and those of
// witnesses: a witness's alone does not make a checkpoint.
func splitSigs(n *note.Note, keys note.Verifiers, name string, size int64) (own []note.Signature, seen []Cosigned) {
	for _, s := range n.Sigs {
		if v, err := keys.Verifier(s.Name, s.Hash); err == nil {
			if _, ok := v.(WitnessKey); ok {
				seen = append(seen, Cosigned{name, keyName(s), size, cosignedAt(s)})
				continue
			}
		}
		own = append(own, s)
	}
	return own, seen
}

func keyName(s note.Signature) string { return fmt.Sprintf("%s+%08x", s.Name, s.Hash) }

// cosignedAt reads the time off a signature that holds.
func cosignedAt(s note.Signature) day.Instant {
	b, err := base64.StdEncoding.DecodeString(s.Base64)
	if err != nil || len(b) != 4+cosignatureBytes {
		return 0
	}
	return day.Instant(binary.BigEndian.Uint64(b[4:])) * day.Second
}
