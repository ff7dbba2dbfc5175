package file

import (
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"io"

	"tongban/internal/record/vault"
)

// The layout of a content: a sealed head of fixed size, then sealed frames of
// 64 KiB, the last one shorter. Each frame is bound to the content's random
// stream id and to its number; the head, which knows stream, size and
// fingerprint, is bound to them all: no frame can be left out, doubled,
// exchanged or cut off unnoticed.
const (
	frameSize  = 64 << 10
	sealedMore = 37 // what vault's sealing adds
	streamSize = 16
	headPlain  = streamSize + 8 + 32
	headSize   = headPlain + sealedMore
	sealedSize = frameSize + sealedMore
)

const tableOfFrames = "file_frame" // the name that frames are bound to, on every shelf

// head says which content the frames are.
type head struct {
	stream      [streamSize]byte
	size        int64
	fingerprint []byte // 32 bytes
}

func (h head) seal(k *vault.Key) []byte {
	b := make([]byte, 0, headPlain)
	b = append(b, h.stream[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(h.size))
	b = append(b, h.fingerprint...)
	return k.Seal(tableOfFrames, 0, "head", b)
}

func openHead(k *vault.Key, sealed []byte) (h head, err error) {
	b, err := k.Open(tableOfFrames, 0, "head", sealed)
	if err != nil {
		return h, err
	}
	if len(b) != headPlain {
		return h, vault.Tampered{Table: tableOfFrames, Column: "head"}
	}
	copy(h.stream[:], b)
	h.size = int64(binary.BigEndian.Uint64(b[streamSize:]))
	h.fingerprint = b[streamSize+8:]
	return h, nil
}

func sealFrame(k *vault.Key, stream [streamSize]byte, n int, plain []byte) []byte {
	return k.Seal(tableOfFrames, int64(n), string(stream[:]), plain)
}

// content reads the plain bytes of a blob, at any place, a frame at a time.
type content struct {
	blob   blob
	key    *vault.Key
	stream [streamSize]byte
	size   int64
	have   int // number of the frame in plain, 0 for none
	plain  []byte
}

func framesOf(size int64) int { return int((size + frameSize - 1) / frameSize) }

// openContent opens a finished blob and checks that it is the one wanted.
func openContent(b blob, k *vault.Key, want head) (*content, error) {
	sealed, err := b.frame(0)
	if err != nil {
		return nil, err
	}
	h, err := openHead(k, sealed)
	if err != nil {
		return nil, err
	}
	if h.size != want.size || subtle.ConstantTimeCompare(h.fingerprint, want.fingerprint) != 1 || b.frames() != framesOf(h.size)+1 {
		return nil, vault.Tampered{Table: tableOfFrames, Column: "head"}
	}
	return &content{blob: b, key: k, stream: h.stream, size: h.size}, nil
}

// ReadAt implements io.ReaderAt for one goroutine.
func (c *content) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, fmt.Errorf("offset %d before the start", off)
	}
	done := 0
	for done < len(p) {
		if off >= c.size {
			return done, io.EOF
		}
		if err := c.load(int(off/frameSize) + 1); err != nil {
			return done, err
		}
		k := copy(p[done:], c.plain[off%frameSize:])
		done += k
		off += int64(k)
	}
	return done, nil
}

func (c *content) load(n int) error {
	if c.have == n {
		return nil
	}
	sealed, err := c.blob.frame(n)
	if err != nil {
		return err
	}
	plain, err := c.key.Open(tableOfFrames, int64(n), string(c.stream[:]), sealed)
	if err != nil {
		return err
	}
	if want := min(frameSize, c.size-int64(n-1)*frameSize); int64(len(plain)) != want {
		return vault.Tampered{Table: tableOfFrames, Row: int64(n), Column: "length"}
	}
	c.have, c.plain = n, plain
	return nil
}
