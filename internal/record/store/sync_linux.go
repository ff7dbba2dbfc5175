package store

import (
	"os"
	"syscall"
)

// syncData flushes a file's content, and of its inode only what is needed to
// find it again.
func syncData(f *os.File) error {
	for {
		err := syscall.Fdatasync(int(f.Fd()))
		if err != syscall.EINTR {
			return err
		}
	}
}
