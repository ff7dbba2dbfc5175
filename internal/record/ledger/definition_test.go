package ledger_test

import (
	"crypto/sha256"

	"golang.org/x/mod/sumdb/tlog"
)

// This is RFC 6962 section 2.1 written down as it reads there, knowing nothing
// of tiles, edges or the tlog package.

func leafByDefinition(data []byte) tlog.Hash { return sha256.Sum256(append([]byte{0}, data...)) }

func nodeByDefinition(left, right tlog.Hash) tlog.Hash {
	return sha256.Sum256(append(append([]byte{1}, left[:]...), right[:]...))
}

// split is the largest power of two smaller than n.
func split(n int64) int64 {
	k := int64(1)
	for k*2 < n {
		k *= 2
	}
	return k
}

func treeByDefinition(leaves []tlog.Hash) tlog.Hash {
	switch len(leaves) {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return leaves[0]
	}
	k := split(int64(len(leaves)))
	return nodeByDefinition(treeByDefinition(leaves[:k]), treeByDefinition(leaves[k:]))
}

// provedByDefinition walks PATH(m, D[n]) upwards.
func provedByDefinition(path []tlog.Hash, size, seq int64, leaf, root tlog.Hash) bool {
	got, rest, ok := climb(path, size, seq, leaf)
	return ok && len(rest) == 0 && got == root
}

func climb(path []tlog.Hash, size, seq int64, leaf tlog.Hash) (tlog.Hash, []tlog.Hash, bool) {
	if size == 1 {
		return leaf, path, seq == 0
	}
	k := split(size)
	var below tlog.Hash
	var ok bool
	if seq < k {
		below, path, ok = climb(path, k, seq, leaf)
	} else {
		below, path, ok = climb(path, size-k, seq-k, leaf)
	}
	if !ok || len(path) == 0 {
		return tlog.Hash{}, nil, false
	}
	if seq < k {
		return nodeByDefinition(below, path[0]), path[1:], true
	}
	return nodeByDefinition(path[0], below), path[1:], true
}
