package vault

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"
	"golang.org/x/mod/sumdb/note"
)

// sm2NoteType begins the encoded SM2 key of a note: C2SP signed-note reserves
// 0xff for kinds without a number of their own, told apart by a long name.
const sm2NoteType = "\xfftongban/sm2-with-sm3"

// sm2Info is what stands before the 65 bytes of the point in every
// SubjectPublicKeyInfo of an SM2 key (GB/T 35276).
const sm2Info = "\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x81\x1c\xcf\x55\x01\x82\x2d\x03\x42\x00"

// LogSigner signs the checkpoints of a log, and says how they are verified.
type LogSigner struct {
	Ed25519, SM2       note.Signer
	Ed25519Key, SM2Key string   // verifier keys, name+hash+base64, for Verifier
	Former             []string // verifier keys of the log's keys before: what they signed stays signed
}

// Signers lists both, Ed25519 first, for note.Sign.
func (l LogSigner) Signers() []note.Signer { return []note.Signer{l.Ed25519, l.SM2} }

// LogSigner returns the signers of the log with this origin. The keys lie in
// the key folder, not in the database, and outlive every generation of a log.
func (v *Vault) LogSigner(origin string) (LogSigner, error) {
	seed := ed25519.NewKeyFromSeed(v.now().logSeed)
	pub := seed.Public().(ed25519.PublicKey)
	if err := checkOrigin(origin); err != nil {
		return LogSigner{}, err
	}
	ed, err := publicLogKeys(origin, pub, &v.now().logSM2.PublicKey)
	if err != nil {
		return LogSigner{}, err
	}
	l := LogSigner{
		Ed25519:    &noteSigner{origin, ed.edHash, func(msg []byte) ([]byte, error) { return ed25519.Sign(seed, msg), nil }},
		Ed25519Key: ed.ed,
		SM2Key:     ed.sm2,
	}
	sm2Key := v.now().logSM2
	l.SM2 = &noteSigner{origin, ed.sm2Hash, func(msg []byte) ([]byte, error) { return signSM2(v.rand, sm2Key, msg) }}
	for _, f := range v.now().formerLog {
		x, err := publicLogKeys(origin, f.ed, f.sm2)
		if err != nil {
			return LogSigner{}, err
		}
		l.Former = append(l.Former, x.ed, x.sm2)
	}
	return l, nil
}

// verifierKeys are the public halves of a log's two keys for one origin.
type verifierKeys struct {
	ed, sm2         string
	edHash, sm2Hash uint32
}

func publicLogKeys(origin string, ed ed25519.PublicKey, point *ecdsa.PublicKey) (k verifierKeys, err error) {
	if k.ed, err = note.NewEd25519VerifierKey(origin, ed); err != nil {
		return k, err
	}
	verifier, err := note.NewVerifier(k.ed)
	if err != nil {
		return k, err
	}
	key, err := sm2NoteKey(point)
	if err != nil {
		return k, err
	}
	k.edHash, k.sm2Hash = verifier.KeyHash(), noteHash(origin, key)
	k.sm2 = fmt.Sprintf("%s+%08x+%s", origin, k.sm2Hash, base64.StdEncoding.EncodeToString(key))
	return k, nil
}

// Verifier reads a verifier key of either kind, for note.Open.
func Verifier(vkey string) (note.Verifier, error) {
	name, rest, _ := strings.Cut(vkey, "+")
	hash16, key64, _ := strings.Cut(rest, "+")
	key, err := base64.StdEncoding.DecodeString(key64)
	if err != nil || !strings.HasPrefix(string(key), sm2NoteType) {
		return note.NewVerifier(vkey)
	}
	hash, err := strconv.ParseUint(hash16, 16, 32)
	if err != nil || uint32(hash) != noteHash(name, key) {
		return nil, errors.New("verifier key: the hash does not belong to the key")
	}
	if err := checkOrigin(name); err != nil {
		return nil, err
	}
	pub, err := smx509.ParsePKIXPublicKey(append([]byte(sm2Info), key[len(sm2NoteType):]...))
	if err != nil {
		return nil, fmt.Errorf("verifier key: %w", err)
	}
	point, ok := pub.(*ecdsa.PublicKey)
	if !ok {
		return nil, errors.New("verifier key: not a point of SM2")
	}
	return &noteVerifier{name, uint32(hash), point}, nil
}

type noteSigner struct {
	name string
	hash uint32
	sign func([]byte) ([]byte, error)
}

func (s *noteSigner) Name() string                    { return s.name }
func (s *noteSigner) KeyHash() uint32                 { return s.hash }
func (s *noteSigner) Sign(msg []byte) ([]byte, error) { return s.sign(msg) }

type noteVerifier struct {
	name string
	hash uint32
	pub  *ecdsa.PublicKey
}

func (v *noteVerifier) Name() string    { return v.name }
func (v *noteVerifier) KeyHash() uint32 { return v.hash }
func (v *noteVerifier) Verify(msg, sig []byte) bool {
	return sm2.VerifyASN1WithSM2(v.pub, nil, msg, sig)
}

// sm2NoteKey encodes a public key for notes: type, name of the kind, point.
func sm2NoteKey(pub *ecdsa.PublicKey) ([]byte, error) {
	der, err := smx509.MarshalPKIXPublicKey(pub)
	if err != nil {
		return nil, err
	}
	point, ok := bytes.CutPrefix(der, []byte(sm2Info))
	if !ok {
		return nil, errors.New("log key: not a key of SM2")
	}
	return append([]byte(sm2NoteType), point...), nil
}

// noteHash is the key id that C2SP signed-note recommends.
func noteHash(name string, key []byte) uint32 {
	h := sha256.New()
	h.Write([]byte(name + "\n"))
	h.Write(key)
	return binary.BigEndian.Uint32(h.Sum(nil))
}

func checkOrigin(name string) error {
	if name == "" || strings.ContainsFunc(name, unicode.IsSpace) || strings.Contains(name, "+") {
		return fmt.Errorf("log origin %q is empty or holds a space or a plus", name)
	}
	return nil
}

// makeLogKeys makes the log's two private keys and wraps them.
func (k *Keys) makeLogKeys(random *source) error {
	key, err := newSM2(random)
	if err != nil {
		return err
	}
	private, err := smx509.MarshalSM2PrivateKey(key)
	if err != nil {
		return err
	}
	k.logSeed, k.logSM2 = random.take(ed25519.SeedSize), key
	k.wrappedLog, err = k.wrapKey(random, logFile, 0, 0, "log", append(bytes.Clone(k.logSeed), private...))
	return err
}

// openLogKeys unwraps what the key folder held.
func (k *Keys) openLogKeys() error {
	both, err := k.unwrapKey(logFile, 0, 0, "log", k.wrappedLog)
	if err != nil {
		return err
	}
	if len(both) <= ed25519.SeedSize {
		return Tampered{logFile, 0, "log"}
	}
	k.logSeed = both[:ed25519.SeedSize]
	k.logSM2, err = smx509.ParseSM2PrivateKey(both[ed25519.SeedSize:])
	return err
}
