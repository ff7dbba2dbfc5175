//go:build unix

package house

import "syscall"

func space(dir string) (size, free uint64, ok bool) {
	var s syscall.Statfs_t
	if syscall.Statfs(dir, &s) != nil {
		return 0, 0, false
	}
	block := uint64(s.Bsize) //nolint:gosec // positive; its type differs between systems
	return s.Blocks * block, uint64(s.Bavail) * block, true
}
