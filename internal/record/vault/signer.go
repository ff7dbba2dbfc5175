package vault

import (
	"crypto/ecdsa"
	"encoding/pem"
	"errors"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"
)

// Signer signs with a key that it does not give away. The vault's own signer
// keeps the key in memory; certified hardware implements the same three methods.
type Signer interface {
	// KeyID names the key for good; it is stored beside every signature.
	KeyID() string
	// Public is the public key, PEM of SubjectPublicKeyInfo.
	Public() []byte
	// Sign signs a message: SM2 over SM3 with the default user id
	// 1234567812345678 (GB/T 32918.2, GB/T 35276), DER.
	Sign(msg []byte) ([]byte, error)
}

// gmSign asks the library for SM3 with the default user id.
var gmSign = sm2.NewSM2SignerOption(true, nil)

// sm2Signer holds the private key in memory.
type sm2Signer struct {
	id     string
	key    *sm2.PrivateKey
	public []byte
	rand   *source
}

func (s *sm2Signer) KeyID() string  { return s.id }
func (s *sm2Signer) Public() []byte { return s.public }

func (s *sm2Signer) Sign(msg []byte) ([]byte, error) { return signSM2(s.rand, s.key, msg) }

// signSM2 signs a message. The library mixes our randomness with the key and
// the message, so even a poor source does not give the key away.
func signSM2(random *source, key *sm2.PrivateKey, msg []byte) ([]byte, error) {
	return sm2.SignASN1(entropy(random.take(32)), key, msg, gmSign)
}

// entropy hands out the same bytes whether or not the library first reads a
// single byte to throw off those who count on its order of reading: a seeded
// demonstration must come out the same.
type entropy []byte

func (e entropy) Read(p []byte) (int, error) {
	if len(p) == 1 {
		return 1, nil
	}
	return copy(p, e), nil
}

// VerifySM2 tells whether sig is a signature of msg by the key in publicPEM.
func VerifySM2(publicPEM, msg, sig []byte) bool {
	pub, err := parsePublic(publicPEM)
	return err == nil && sm2.VerifyASN1WithSM2(pub, nil, msg, sig)
}

func marshalPublic(pub *ecdsa.PublicKey) ([]byte, error) {
	der, err := smx509.MarshalPKIXPublicKey(pub)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), nil
}

func parsePublic(text []byte) (*ecdsa.PublicKey, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("no public key in PEM")
	}
	key, err := smx509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	pub, ok := key.(*ecdsa.PublicKey)
	if !ok || pub.Curve != sm2.P256() {
		return nil, errors.New("not an SM2 public key")
	}
	return pub, nil
}

// newSM2 makes a key pair from the source.
func newSM2(random *source) (*sm2.PrivateKey, error) {
	return sm2.GenerateKey(readerFunc(random.fill))
}

// readerFunc is a reader that always fills.
type readerFunc func([]byte)

func (f readerFunc) Read(p []byte) (int, error) { f(p); return len(p), nil }
