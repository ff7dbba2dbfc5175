package demo

import (
	"encoding/binary"
	"io"
	"math/rand/v2"
	"sync"
)

// Randomness is a source of keys, nonces and salts that comes out the same for
// the same seed. It protects nothing: only a demonstration may be opened with it.
func Randomness(seed uint64) io.Reader {
	var key [32]byte
	copy(key[:], "tongban demonstration")
	binary.BigEndian.PutUint64(key[24:], seed)
	return &randomness{c: rand.NewChaCha8(key)}
}

type randomness struct {
	mu sync.Mutex
	c  *rand.ChaCha8
}

// Read fills b.
func (r *randomness) Read(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.c.Read(b)
}
