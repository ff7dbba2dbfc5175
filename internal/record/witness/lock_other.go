//go:build !unix

package witness

import "os"

// lockFolder opens the file for this process; elsewhere than on Unix the
// operator sees to it that one witness runs in a folder.
func lockFolder(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
}
