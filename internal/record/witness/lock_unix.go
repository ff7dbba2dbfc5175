//go:build unix

package witness

import (
	"fmt"
	"os"
	"syscall"
)

// lockFolder keeps a second witness out of the folder: two that do not know of
// one another could cosign two branches.
func lockFolder(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("witness: another process uses this folder: %w", err)
	}
	return f, nil
}
