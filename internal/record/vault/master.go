package vault

import (
	"bytes"
	"crypto/hkdf"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/emmansun/gmsm/sm3"

	"tongban/internal/rules/wording"
)

// The key files beside master.key: the master key that will follow, and those
// that were followed and still hold data keys.
const (
	nextFile  = "next.key"
	oldPrefix = "old-"
	oldSuffix = ".key"
)

// The formats of a master key file. In the first every subkey follows from the
// master key. A master key that was rotated in carries the subkeys of the one
// before it, in a file of the second: codes on printed papers, addresses of
// attachments and blind indexes must not change because the wrapping key does.
const (
	masterFormat = "tongban-master-key/1"
	carryFormat  = "tongban-master-key/2"
)

// indexKey makes blind indexes; its id begins every index that it made.
type indexKey struct {
	id  uint32
	key []byte
}

// derive makes the subkeys of a master key. The id is derived too, so that a
// key file damaged by one digit is noticed.
func derive(master []byte) (*Keys, error) {
	k := &Keys{master: master, known: map[uint32][]byte{}}
	var id, index []byte
	for _, sub := range []struct {
		to   *[]byte
		use  string
		size int
	}{
		{&k.wrap, "wrap", wrapSize}, {&index, "index", sm3.Size}, {&k.file, "file", sm3.Size}, {&k.token, "token", sm3.Size}, {&id, "id", 4},
	} {
		b, err := hkdf.Key(sm3.New, master, nil, "tongban "+sub.use, sub.size)
		if err != nil {
			return nil, err
		}
		*sub.to = b
	}
	k.id = binary.BigEndian.Uint32(id)
	k.index = []indexKey{{k.id, index}}
	k.known[k.id] = k.wrap
	return k, nil
}

// text is the content of a master key's file.
func (k *Keys) text() []byte {
	if !k.carries {
		return fmt.Appendf(nil, "%s\nid %s\nkey %x\n", masterFormat, k.ID(), k.master)
	}
	b := fmt.Appendf(nil, "%s\nid %s\nkey %x\nfile %x\ntoken %x\n", carryFormat, k.ID(), k.master, k.file, k.token)
	for _, x := range k.index {
		b = fmt.Appendf(b, "index %08x %x\n", x.id, x.key)
	}
	sum := sm3.Sum(b)
	return fmt.Appendf(b, "sum %x\n", sum[:8])
}

// parseMaster reads a master key's file; one that was damaged is refused.
func parseMaster(name string, text []byte) (*Keys, error) {
	damaged := wording.M("vault.key_damaged", "file", name)
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	if len(lines) < 3 || lines[0] != masterFormat && lines[0] != carryFormat {
		return nil, damaged
	}
	id, key := strings.TrimPrefix(lines[1], "id "), strings.TrimPrefix(lines[2], "key ")
	master, err := hex.DecodeString(key)
	if err != nil || len(master) != masterSize {
		return nil, damaged
	}
	k, err := derive(master)
	if err != nil {
		return nil, err
	}
	if k.ID() != id || lines[0] == masterFormat && len(lines) != 3 {
		return nil, damaged
	}
	if lines[0] == carryFormat && !k.carry(lines[3:]) || !bytes.Equal(k.text(), text) {
		return nil, damaged
	}
	return k, nil
}

// carry reads the subkeys of a file of the second format.
func (k *Keys) carry(lines []string) bool {
	k.carries, k.index = true, nil
	for _, line := range lines {
		word, rest, _ := strings.Cut(line, " ")
		var x indexKey
		var err error
		switch word {
		case "file":
			k.file, err = hex.DecodeString(rest)
		case "token":
			k.token, err = hex.DecodeString(rest)
		case "index":
			if _, err = fmt.Sscanf(rest, "%08x %x", &x.id, &x.key); err == nil {
				k.index = append(k.index, x)
			}
		}
		if err != nil {
			return false
		}
	}
	return len(k.index) > 0 && len(k.file) == sm3.Size && len(k.token) == sm3.Size
}

// LoadKeys reads the keys in dir. A missing folder is fs.ErrNotExist; files
// that others may read, or that are damaged, are refused with what to do.
func LoadKeys(dir string) (*Keys, error) {
	k, err := loadMaster(dir, masterFile)
	if err != nil {
		return nil, err
	}
	others, err := filepath.Glob(filepath.Join(dir, oldPrefix+"*"+oldSuffix))
	if err != nil {
		return nil, err
	}
	for _, path := range append(others, filepath.Join(dir, nextFile)) {
		o, err := loadMaster(dir, filepath.Base(path))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		k.known[o.id] = o.wrap
	}
	sealed, err := readSecret(filepath.Join(dir, logFile))
	if err != nil {
		return nil, err
	}
	if k.wrappedLog, err = hex.DecodeString(strings.TrimSpace(string(sealed))); err != nil {
		return nil, wording.M("vault.key_damaged", "file", logFile)
	}
	if err := k.openLogKeys(); err != nil {
		return nil, err
	}
	k.dir = dir
	return k, k.readFormerLogKeys()
}

func loadMaster(dir, name string) (*Keys, error) {
	text, err := readSecret(filepath.Join(dir, name))
	if err != nil {
		return nil, err
	}
	return parseMaster(name, text)
}

// replace writes a key file whole or not at all, and waits for the disk.
func replace(path string, b []byte) error {
	tmp := path + ".new"
	if err := os.Remove(tmp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := writeNew(tmp, b); err != nil {
		return err
	}
	if err := os.Rename(tmp, path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}
