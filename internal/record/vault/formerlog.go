package vault

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/emmansun/gmsm/smx509"

	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// formerFile lists the public halves of the log keys that were followed, one
// line each: until when, Ed25519, SM2 (both hexadecimal). It holds no secret.
const formerFile = "former-log-keys"

// formerLogKey is the public side of a log's keys that sign nothing more.
type formerLogKey struct {
	until day.Instant
	ed    ed25519.PublicKey
	sm2   *ecdsa.PublicKey
}

func (f formerLogKey) id() string {
	sum := sha256.Sum256(f.ed)
	return hex.EncodeToString(sum[:4])
}

func logID(k *Keys) string {
	return formerLogKey{ed: ed25519.NewKeyFromSeed(k.logSeed).Public().(ed25519.PublicKey)}.id()
}

func (f formerLogKey) line() (string, error) {
	der, err := smx509.MarshalPKIXPublicKey(f.sm2)
	return fmt.Sprintf("%d %x %x\n", f.until, []byte(f.ed), der), err
}

func (k *Keys) readFormerLogKeys() error {
	b, err := os.ReadFile(filepath.Join(k.dir, formerFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	damaged := wording.M("vault.key_damaged", "file", formerFile)
	for line := range strings.Lines(string(b)) {
		var f formerLogKey
		var ed, der []byte
		if _, err := fmt.Sscanf(line, "%d %x %x\n", &f.until, &ed, &der); err != nil || len(ed) != ed25519.PublicKeySize {
			return damaged
		}
		pub, err := smx509.ParsePKIXPublicKey(der)
		point, ok := pub.(*ecdsa.PublicKey)
		if err != nil || !ok {
			return damaged
		}
		f.ed, f.sm2 = ed, point
		k.formerLog = append(k.formerLog, f)
	}
	return nil
}

// RotateLog makes new keys for the log. The old private keys are destroyed; their
// public halves stay, so that every checkpoint signed so far goes on verifying.
// A server signs with the new keys from its next start.
func RotateLog(dir string, now day.Instant) (id string, err error) {
	k, err := LoadKeys(dir)
	if err != nil {
		return "", err
	}
	was := formerLogKey{now, ed25519.NewKeyFromSeed(k.logSeed).Public().(ed25519.PublicKey), &k.logSM2.PublicKey}
	var list []byte
	for _, f := range append(k.formerLog, was) {
		line, err := f.line()
		if err != nil {
			return "", err
		}
		if f.until != now && bytes.Equal(f.ed, was.ed) {
			continue // from a rotation that was broken off here
		}
		list = append(list, line...)
	}
	// The public halves first: a folder broken off here only lists its own key twice.
	if err := replace(filepath.Join(dir, formerFile), list); err != nil {
		return "", err
	}
	if err := k.makeLogKeys(newSource(nil)); err != nil {
		return "", err
	}
	return logID(k), replace(filepath.Join(dir, logFile), fmt.Appendf(nil, "%x\n", k.wrappedLog))
}
