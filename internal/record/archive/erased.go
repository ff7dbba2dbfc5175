package archive

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tongban/internal/record/store"
	"tongban/internal/record/vault"
	"tongban/internal/rules/wording"
)

// ErasedFile is the name of the list of destroyed keys, beside backups and
// beside the last checkpoint: one line for each, the key's id and when it was
// made. It holds nothing about what the keys had sealed.
const ErasedFile = "erased-keys.txt"

// KeepErased writes the list of destroyed keys to a file, whole or not at all:
// with each backup and before an erasure is acknowledged, since a backup made
// before an erasure must not bring back what was erased. What the file already
// has stays in it.
func (a *Archive) KeepErased(ctx context.Context, path string) error {
	if a.o.Erasures == nil {
		return nil
	}
	had, err := ReadErased(path)
	if err != nil {
		return err
	}
	list := had
	for after := int64(0); ; {
		var page []vault.Gone
		if err := a.o.Store.Read(ctx, func(tx *store.Tx) (err error) {
			page, err = a.o.Erasures.Destroyed(tx, after, 1000)
			return err
		}); err != nil {
			return err
		}
		if len(page) == 0 {
			break
		}
		list = append(list, page...)
		after = page[len(page)-1].Key
	}
	slices.SortFunc(list, byKey)
	if list = slices.Compact(list); slices.Equal(list, had) && len(had) > 0 {
		return nil
	}
	return writeWhole(path, list)
}

func byKey(a, b vault.Gone) int {
	return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Made, b.Made))
}

func writeWhole(path string, list []vault.Gone) error {
	f, err := os.CreateTemp(filepath.Dir(path), prefix+"*"+partial)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	for _, g := range list {
		_, _ = fmt.Fprintln(w, g.Key, int64(g.Made)) // the error stays in w and comes out of Flush
	}
	if err := errors.Join(w.Flush(), f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// ReadErased reads the lists that KeepErased wrote into one, in order; a file
// that is not there is an empty list.
func ReadErased(paths ...string) ([]vault.Gone, error) {
	var list []vault.Gone
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(string(b)) {
			var g vault.Gone
			if n, err := fmt.Sscanf(line, "%d %d\n", &g.Key, &g.Made); err != nil || n != 2 || line != fmt.Sprintln(g.Key, int64(g.Made)) {
				return nil, wording.M("archive.erased_list", "file", path)
			}
			list = append(list, g)
		}
	}
	slices.SortFunc(list, byKey)
	return slices.Compact(list), nil
}

// eraseAgain destroys the keys that were destroyed after the backup, and returns
// them with what they belonged to. Keys that were made after it are not here.
func (a *Archive) eraseAgain(ctx context.Context, list []vault.Gone) ([]vault.Owned, error) {
	if len(list) > 0 && a.o.Erasures == nil {
		return nil, errors.New("keys to destroy, and nobody to do it")
	}
	var all []vault.Owned
	for part := range slices.Chunk(list, loadRows) {
		var here []vault.Owned
		if err := a.o.Store.Do(ctx, store.People, func(tx *store.Tx) error {
			here = nil
			for _, g := range part {
				o, found, err := a.o.Erasures.EraseGone(tx, g)
				if err != nil {
					return err
				}
				if found {
					here = append(here, o)
				}
			}
			return nil
		}); err != nil {
			return nil, err
		}
		all = append(all, here...)
	}
	return all, nil
}
