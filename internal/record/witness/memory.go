package witness

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// The files of a witness: its private key, and the last checkpoint of each log.
// The second is made together with the first and never again: a witness that
// forgot what it saw must not go on with the same key.
const (
	keyFile  = "witness.key"
	seenFile = "witness.seen"
	lockFile = "witness.lock"
)

const seenFormat = "tongban-witness/1"

// memory is what a witness must not forget.
type memory struct {
	path string
	lock *os.File
	seen map[string]string // origin → last checkpoint cosigned, as signed by the log
}

type seenDocument struct {
	Format string            `json:"format"`
	Logs   map[string]string `json:"logs"`
}

// ErrForgotten says that the key is there and what was seen with it is not.
var ErrForgotten = errors.New("witness: the key is there, but not what it cosigned: restore witness.seen, or begin anew with another key and name")

// open opens the folder of a witness, making key and memory when both are new,
// and keeps every other process out of it.
func open(dir string) (*memory, ed25519.PrivateKey, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, nil, err
	}
	lock, err := lockFolder(filepath.Join(dir, lockFile))
	if err != nil {
		return nil, nil, err
	}
	m := &memory{path: filepath.Join(dir, seenFile), lock: lock, seen: map[string]string{}}
	key, err := m.load(filepath.Join(dir, keyFile))
	if err != nil {
		return nil, nil, errors.Join(err, lock.Close())
	}
	return m, key, nil
}

func (m *memory) load(keyPath string) (ed25519.PrivateKey, error) {
	b, err := os.ReadFile(m.path)
	fresh := errors.Is(err, os.ErrNotExist)
	if err != nil && !fresh {
		return nil, err
	}
	key, err := readKey(keyPath)
	switch {
	case errors.Is(err, os.ErrNotExist) && fresh:
		if err := m.keep(); err != nil {
			return nil, err
		}
		return makeKey(keyPath)
	case err != nil:
		return nil, err
	case fresh:
		return nil, ErrForgotten
	}
	var d seenDocument
	if err := json.Unmarshal(b, &d); err != nil || d.Format != seenFormat || d.Logs == nil {
		return nil, fmt.Errorf("witness: %s cannot be read", m.path)
	}
	m.seen = d.Logs
	return key, nil
}

// keep writes what was seen so that it survives a power cut whole or not at all.
func (m *memory) keep() error {
	b, err := json.MarshalIndent(seenDocument{seenFormat, m.seen}, "", " ")
	if err != nil {
		return err
	}
	return replace(m.path, b)
}

func (m *memory) close() error { return m.lock.Close() }

func readKey(path string) (ed25519.PrivateKey, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(b)
	if block == nil {
		return nil, fmt.Errorf("witness: %s holds no key", path)
	}
	k, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	key, ok := k.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("witness: the key in %s is not Ed25519", path)
	}
	return key, nil
}

func makeKey(path string) (ed25519.PrivateKey, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	b, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return key, replace(path, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: b}))
}

// replace writes a file beside the old one, flushes it, puts it in its place and
// flushes the folder.
func replace(path string, b []byte) error {
	f, err := os.OpenFile(path+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(path+".new", path); err != nil {
		return err
	}
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
