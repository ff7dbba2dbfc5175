package vault

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/emmansun/gmsm/sm3"

	"tongban/internal/record/store"
	"tongban/internal/rules/day"
	"tongban/internal/rules/wording"
)

// Age is one key of the folder: what it is, its id, since when its file is there.
type Age struct {
	Use   string      `json:"use"`   // master, next, old, index, old-index, log, former-log
	ID    string      `json:"id"`    //
	Since day.Instant `json:"since"` // 0 where no file of its own tells
}

// Ages lists the keys of a folder.
func Ages(dir string) ([]Age, error) {
	k, err := LoadKeys(dir)
	if err != nil {
		return nil, err
	}
	list := []Age{{"master", k.ID(), fileTime(dir, masterFile)}}
	for id := range k.known {
		if id == k.id {
			continue
		}
		use, name := "old", oldName(id)
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			use, name = "next", nextFile
		}
		list = append(list, Age{use, fmt.Sprintf("%08x", id), fileTime(dir, name)})
	}
	for i, x := range k.index {
		use := "index"
		if i > 0 {
			use = "old-index"
		}
		list = append(list, Age{use, fmt.Sprintf("%08x", x.id), 0})
	}
	list = append(list, Age{"log", logID(k), fileTime(dir, logFile)})
	for _, f := range k.formerLog {
		list = append(list, Age{"former-log", f.id(), f.until})
	}
	return list, nil
}

func oldName(id uint32) string { return fmt.Sprintf("%s%08x%s", oldPrefix, id, oldSuffix) }

func fileTime(dir, name string) day.Instant {
	info, err := os.Stat(filepath.Join(dir, name))
	if err != nil {
		return 0
	}
	return day.FromTime(info.ModTime())
}

// PrepareMaster makes the master key that will follow, so that it can be carried
// to every server, and to the safe, before anything is wrapped under it. One
// that is prepared already stays.
func PrepareMaster(dir string) (id string, err error) {
	k, err := LoadKeys(dir)
	if err != nil {
		return "", err
	}
	if next, err := loadMaster(dir, nextFile); !errors.Is(err, fs.ErrNotExist) {
		if err != nil {
			return "", err
		}
		return next.ID(), nil
	}
	next, err := derive(newSource(nil).take(masterSize))
	if err != nil {
		return "", err
	}
	next.carries, next.index, next.file, next.token = true, k.index, k.file, k.token
	return next.ID(), replace(filepath.Join(dir, nextFile), next.text())
}

// RotateMaster makes the prepared master key the current one, or prepares one
// first. The one before stays in the folder, because data keys are wrapped
// under it until Rewrap has been through, and Drop takes it away. Each step
// leaves a folder that loads: broken off anywhere, calling it again goes on.
func RotateMaster(dir string) (id string, err error) {
	k, err := LoadKeys(dir)
	if err != nil {
		return "", err
	}
	if unfinished, err := oldMasters(dir, k.id); err != nil || len(unfinished) > 0 {
		return k.ID(), errors.Join(err, k.rewrapLog(dir))
	}
	if id, err = PrepareMaster(dir); err != nil {
		return "", err
	}
	if err := replace(filepath.Join(dir, oldName(k.id)), k.text()); err != nil {
		return "", err
	}
	if err := os.Rename(filepath.Join(dir, nextFile), filepath.Join(dir, masterFile)); err != nil {
		return "", err
	}
	if err := syncDir(dir); err != nil {
		return "", err
	}
	if k, err = LoadKeys(dir); err != nil {
		return "", err
	}
	return id, k.rewrapLog(dir)
}

// rewrapLog puts the log's keys under the current master key.
func (k *Keys) rewrapLog(dir string) error {
	if id, ok := KeyOf(k.wrappedLog); ok && id == int64(k.id) {
		return nil
	}
	plain, err := k.unwrapKey(logFile, 0, 0, "log", k.wrappedLog)
	if err != nil {
		return err
	}
	if k.wrappedLog, err = k.wrapKey(newSource(nil), logFile, 0, 0, "log", plain); err != nil {
		return err
	}
	return replace(filepath.Join(dir, logFile), fmt.Appendf(nil, "%x\n", k.wrappedLog))
}

// oldMasters lists the ids of the master keys that were followed and still lie
// in the folder. The current one's own copy, left by a step broken off, is none.
func oldMasters(dir string, current uint32) ([]uint32, error) {
	files, err := filepath.Glob(filepath.Join(dir, oldPrefix+"*"+oldSuffix))
	var ids []uint32
	for _, f := range files {
		var id uint32
		if _, err := fmt.Sscanf(filepath.Base(f), oldPrefix+"%08x"+oldSuffix, &id); err == nil && id != current {
			ids = append(ids, id)
		}
	}
	return ids, err
}

// rewrapBatch is how many keys are put under the current master key in one
// transaction: a few milliseconds.
const rewrapBatch = 200

// Rewrap puts one batch of data and seal keys, those with ids above after, under
// the current master key. It returns the last id it looked at, how many keys it
// rewrapped, and whether there is more. A key that was destroyed meanwhile stays
// destroyed, and a batch that was not committed is simply done again.
func (v *Vault) Rewrap(tx *store.Tx, table string, after int64) (last int64, n int, more bool, err error) {
	k := v.now()
	type row struct {
		id              int64
		public, wrapped []byte
	}
	sql := `select id, wrapped, wrapped from data_key where home = $1 and id > $2 and erased_at = 0 order by id limit $3`
	if table == "seal_key" {
		sql = `select id, public, wrapped from seal_key where home = $1 and id > $2 order by id limit $3`
	}
	rows, err := store.All(tx, func(r store.Row) (x row, err error) { return x, r.Scan(&x.id, &x.public, &x.wrapped) }, sql, tx.Home(), after, rewrapBatch)
	if err != nil {
		return after, 0, false, err
	}
	for _, x := range rows {
		after = x.id
		if id, ok := KeyOf(x.wrapped); ok && id == int64(k.id) {
			continue
		}
		bound := "wrapped"
		if table == "seal_key" {
			bound = boundTo(x.public)
		}
		plain, err := k.unwrapKey(table, tx.Home(), x.id, bound, x.wrapped)
		if err != nil {
			return after, n, false, fmt.Errorf("%s %d: %w", table, x.id, err)
		}
		fresh, err := k.wrapKey(v.rand, table, tx.Home(), x.id, bound, plain)
		if err != nil {
			return after, n, false, err
		}
		// Only what is still as it was read: a key erased in between must not come back.
		update := `update data_key set wrapped = $3 where home = $1 and id = $2 and wrapped = $4`
		if table == "seal_key" {
			update = `update seal_key set wrapped = $3 where home = $1 and id = $2 and wrapped = $4`
		}
		tx.Put(update, tx.Home(), x.id, fresh, x.wrapped)
		n++
	}
	return after, n, len(rows) == rewrapBatch, nil
}

// Under counts the keys that are wrapped under other master keys than the
// current one, by the id of that master key.
func (v *Vault) Under(tx *store.Tx) (map[string]int64, error) {
	k, under := v.now(), map[string]int64{}
	for _, sql := range []string{`select wrapped from data_key where home = $1 and erased_at = 0`, `select wrapped from seal_key where home = $1`} {
		if err := tx.Each(func(r store.Row) error {
			var wrapped []byte
			if err := r.Scan(&wrapped); err != nil {
				return err
			}
			if id, ok := KeyOf(wrapped); ok && id != int64(k.id) {
				under[fmt.Sprintf("%08x", id)]++
			}
			return nil
		}, sql, tx.Home()); err != nil {
			return nil, err
		}
	}
	return under, nil
}

// DropMasters takes the master keys that were followed out of the folder. The
// caller has asked Under, on every database that the folder serves, that nothing
// is left under them. From then on older backups cannot be opened any more.
func DropMasters(dir string) (dropped []string, err error) {
	k, err := LoadKeys(dir)
	if err != nil {
		return nil, err
	}
	if id, ok := KeyOf(k.wrappedLog); !ok || id != int64(k.id) {
		return nil, wording.M("vault.not_rewrapped", "n", 1)
	}
	ids, err := oldMasters(dir, k.id)
	if err != nil {
		return nil, err
	}
	for _, id := range append(ids, k.id) {
		switch err := os.Remove(filepath.Join(dir, oldName(id))); {
		case err == nil && id != k.id:
			dropped = append(dropped, fmt.Sprintf("%08x", id))
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return dropped, err
		}
	}
	return dropped, syncDir(dir)
}

// RotateIndex makes a new key for blind indexes. Rows are found by both until
// they are rewritten, and DropIndex takes the old one away. One rotation is
// finished before the next begins.
func RotateIndex(dir string) (id string, err error) {
	k, err := LoadKeys(dir)
	if err != nil {
		return "", err
	}
	if len(k.index) == 1 {
		src := newSource(nil)
		fresh := indexKey{key: src.take(sm3.Size)}
		for _, b := range src.take(4) {
			fresh.id = fresh.id<<8 | uint32(b)
		}
		k.carries, k.index = true, []indexKey{fresh, k.index[0]}
		if err := replace(filepath.Join(dir, masterFile), k.text()); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("%08x", k.index[0].id), nil
}

// DropIndex takes the former index keys out of the folder, after every index was
// rewritten.
func DropIndex(dir string) error {
	k, err := LoadKeys(dir)
	if err != nil || len(k.index) == 1 {
		return err
	}
	k.index = k.index[:1]
	return replace(filepath.Join(dir, masterFile), k.text())
}

// Rotating tells whether rows may still have indexes of a former key.
func (v *Vault) Rotating() bool { return len(v.now().index) > 1 }

// OfCurrent tells whether a blind index was made with the current key.
func (v *Vault) OfCurrent(index []byte) bool {
	id := v.now().index[0].id
	return len(index) >= 4 && uint32(index[0])<<24|uint32(index[1])<<16|uint32(index[2])<<8|uint32(index[3]) == id
}

// Reload reads the key folder again when its files changed, and tells whether it
// did: a running server takes part in a rotation without being stopped.
func (v *Vault) Reload() (bool, error) {
	dir := v.now().dir
	if dir == "" {
		return false, nil
	}
	seen := folderStamp(dir)
	if v.loaded.Swap(seen) == seen {
		return false, nil
	}
	k, err := LoadKeys(dir)
	if err != nil {
		v.loaded.Store(0)
		return false, err
	}
	v.keys.Store(k)
	return true, nil
}

// folderStamp changes when a key file is written, comes or goes.
func folderStamp(dir string) int64 {
	files, err := filepath.Glob(filepath.Join(dir, "*.key"))
	if err != nil {
		return 0
	}
	var sum int64
	for _, f := range files {
		if info, err := os.Stat(f); err == nil {
			sum = sum*31 + info.ModTime().UnixNano() + info.Size()
		}
	}
	return sum
}
