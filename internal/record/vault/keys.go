package vault

import (
	"bytes"
	"crypto/hkdf"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"

	"tongban/internal/rules/wording"
)

// The files of a key folder.
const (
	masterFile = "master.key"
	logFile    = "log.key"
)

const masterFormat = "tongban-master-key/1"

// masterSize and wrapSize are the bytes of a master key and of an SM4 key.
const (
	masterSize = 32
	wrapSize   = 16
)

// Keys is the master key and what is derived from it, in memory. A folder is
// one source of it; a key service or hardware would be another.
type Keys struct {
	id                       uint32
	master                   []byte
	wrap, index, file, token []byte
	logSeed                  []byte          // Ed25519
	logSM2                   *sm2.PrivateKey // the log's second key
	wrappedLog               []byte
}

// ID tells one master key from another; it gives nothing of the key away.
func (k *Keys) ID() string { return fmt.Sprintf("%08x", k.id) }

// NewKeys makes keys that exist only in memory. A nil random is the machine's.
func NewKeys(random io.Reader) (*Keys, error) {
	src := newSource(random)
	k, err := derive(src.take(masterSize))
	if err != nil {
		return nil, err
	}
	return k, k.makeLogKeys(src)
}

// CreateKeys makes keys and writes them into dir, readable by their owner
// alone. It never overwrites: a folder that holds keys is an error.
func CreateKeys(dir string, random io.Reader) (*Keys, error) {
	k, err := NewKeys(random)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	text := fmt.Sprintf("%s\nid %s\nkey %x\n", masterFormat, k.ID(), k.master)
	if err := writeNew(filepath.Join(dir, logFile), fmt.Appendf(nil, "%x\n", k.wrappedLog)); err != nil {
		return nil, err
	}
	// The master key comes last: a folder is whole when it is there.
	if err := writeNew(filepath.Join(dir, masterFile), []byte(text)); err != nil {
		return nil, err
	}
	return k, syncDir(dir)
}

// LoadKeys reads the keys in dir. A missing folder is fs.ErrNotExist; files
// that others may read, or that are damaged, are refused with what to do.
func LoadKeys(dir string) (*Keys, error) {
	text, err := readSecret(filepath.Join(dir, masterFile))
	if err != nil {
		return nil, err
	}
	k, err := parseMaster(text)
	if err != nil {
		return nil, err
	}
	sealed, err := readSecret(filepath.Join(dir, logFile))
	if err != nil {
		return nil, err
	}
	k.wrappedLog, err = hex.DecodeString(strings.TrimSpace(string(sealed)))
	if err != nil {
		return nil, wording.M("vault.key_damaged", "file", logFile)
	}
	return k, k.openLogKeys()
}

// ReadyKeys loads the keys in dir, or makes them when there are none. A key
// made beside the database protects against nothing but the loss of a disk:
// whoever runs more than a trial moves it elsewhere.
func ReadyKeys(dir string, random io.Reader) (*Keys, error) {
	k, err := LoadKeys(dir)
	if errors.Is(err, fs.ErrNotExist) {
		if _, statErr := os.Stat(filepath.Join(dir, masterFile)); statErr == nil {
			return nil, err // the log key is missing, not the master key: nothing is replaced silently
		}
		return CreateKeys(dir, random)
	}
	return k, err
}

// derive makes the subkeys of a master key. The id is derived too, so that a
// key file damaged by one digit is noticed.
func derive(master []byte) (*Keys, error) {
	k := &Keys{master: master}
	for _, sub := range []struct {
		to   *[]byte
		use  string
		size int
	}{
		{&k.wrap, "wrap", wrapSize},
		{&k.index, "index", sm3.Size},
		{&k.file, "file", sm3.Size},
		{&k.token, "token", sm3.Size},
	} {
		b, err := hkdf.Key(sm3.New, master, nil, "tongban "+sub.use, sub.size)
		if err != nil {
			return nil, err
		}
		*sub.to = b
	}
	id, err := hkdf.Key(sm3.New, master, nil, "tongban id", 4)
	if err != nil {
		return nil, err
	}
	k.id = binary.BigEndian.Uint32(id)
	return k, nil
}

func parseMaster(text []byte) (*Keys, error) {
	damaged := wording.M("vault.key_damaged", "file", masterFile)
	var id, key string
	if n, err := fmt.Fscanf(bytes.NewReader(text), masterFormat+"\nid %s\nkey %s\n", &id, &key); err != nil || n != 2 {
		return nil, damaged
	}
	master, err := hex.DecodeString(key)
	if err != nil || len(master) != masterSize {
		return nil, damaged
	}
	k, err := derive(master)
	if err == nil && k.ID() != id {
		err = damaged
	}
	return k, err
}

// readSecret reads a key file and refuses one that others can read.
func readSecret(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, wording.M("vault.key_open", "file", path)
	}
	return os.ReadFile(path)
}

// writeNew writes a file that must not exist yet and waits for the disk.
func writeNew(path string, b []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Sync(), f.Close())
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
