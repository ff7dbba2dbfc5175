package vault

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/emmansun/gmsm/sm2"

	"tongban/internal/rules/wording"
)

// The files of a key folder.
const (
	masterFile = "master.key"
	logFile    = "log.key"
)

// masterSize and wrapSize are the bytes of a master key and of an SM4 key.
const (
	masterSize = 32
	wrapSize   = 16
)

// Keys is the master key and what is derived from it, in memory. A folder is
// one source of it; a key service or hardware would be another.
type Keys struct {
	dir               string // where they were read; "" when they exist only in memory
	id                uint32
	master            []byte
	wrap, file, token []byte
	index             []indexKey        // the first makes new indexes; by the others rows are still found
	known             map[uint32][]byte // wrapping keys of this master key, of those before and the next
	carries           bool              // file, token and index are not derived from master
	logSeed           []byte            // Ed25519
	logSM2            *sm2.PrivateKey   // the log's second key
	wrappedLog        []byte
	formerLog         []formerLogKey // public halves of the log's keys before
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
	if err := writeNew(filepath.Join(dir, logFile), fmt.Appendf(nil, "%x\n", k.wrappedLog)); err != nil {
		return nil, err
	}
	// The master key comes last: a folder is whole when it is there.
	if err := writeNew(filepath.Join(dir, masterFile), k.text()); err != nil {
		return nil, err
	}
	k.dir = dir
	return k, syncDir(dir)
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

// readSecret reads a key file and refuses one that others can read.
func readSecret(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	others := fs.FileMode(0o077)
	if handed := os.Getenv("CREDENTIALS_DIRECTORY"); handed != "" && filepath.Dir(path) == filepath.Clean(handed) {
		others = 0o007 // systemd lets the service's user in by an access list, which shows as the group's right
	}
	if info.Mode().Perm()&others != 0 {
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
