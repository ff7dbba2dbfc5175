package bulk

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"tongban/internal/record/store"
)

const tileWidth = 256

// tree is the growing end of the ledger: its right edge, and at each level of
// tiles the hashes of the tile that is not complete.
type tree struct {
	log, size int64
	edge      []tlog.Hash
	open      [][]tlog.Hash
	tiles     [][]any // complete ones, rows to be written
}

// readTree reads the end of the ledger as it stands.
func readTree(tx *store.Tx) (*tree, error) {
	t := &tree{}
	var edge []byte
	found, err := tx.Get([]any{&t.log, &t.size, &edge}, `select log, size, hashes from ledger_log where home = $1 order by generation desc limit 1`, tx.Home())
	if err != nil || !found {
		return nil, fmt.Errorf("no ledger: %w", err)
	}
	t.edge = hashes(edge)
	for level, have := 0, t.size; have > 0; level, have = level+1, have/tileWidth {
		sql, args := `select hash from entry where log = $1 and seq >= $2 order by seq`, []any{t.log, have - have%tileWidth}
		if level > 0 {
			sql, args = `select root from tile where log = $1 and n >= $2 and level = $3 order by n`, append(args, level-1)
		}
		var list []tlog.Hash
		if err := tx.Each(func(r store.Row) error {
			var b []byte
			err := r.Scan(&b)
			list = append(list, tlog.Hash(b))
			return err
		}, sql, args...); err != nil {
			return nil, err
		}
		if len(list) != int(have%tileWidth) {
			return nil, fmt.Errorf("level %d of the tiles has %d hashes, not %d", level, len(list), have%tileWidth)
		}
		t.open = append(t.open, list)
	}
	return t, nil
}

func hashes(b []byte) []tlog.Hash {
	list := make([]tlog.Hash, len(b)/tlog.HashSize)
	for i := range list {
		copy(list[i][:], b[i*tlog.HashSize:])
	}
	return list
}

// push adds an act.
func (t *tree) push(leaf tlog.Hash) {
	t.tile(0, t.size/tileWidth, leaf)
	for n := t.size; n&1 == 1; n >>= 1 {
		last := len(t.edge) - 1
		leaf = tlog.NodeHash(t.edge[last], leaf)
		t.edge = t.edge[:last]
	}
	t.edge = append(t.edge, leaf)
	t.size++
}

// tile adds a hash to tile n of a level; a complete tile is a hash of the level above.
func (t *tree) tile(level int, n int64, h tlog.Hash) {
	for len(t.open) <= level {
		t.open = append(t.open, nil)
	}
	t.open[level] = append(t.open[level], h)
	if len(t.open[level]) < tileWidth {
		return
	}
	list := t.open[level]
	t.open[level] = nil
	up := list
	for len(up) > 1 {
		half := make([]tlog.Hash, len(up)/2)
		for i := range half {
			half[i] = tlog.NodeHash(up[2*i], up[2*i+1])
		}
		up = half
	}
	t.tiles = append(t.tiles, []any{t.log, int64(level), n, together(list), append([]byte(nil), up[0][:]...)})
	t.tile(level+1, n/tileWidth, up[0])
}

func together(list []tlog.Hash) []byte {
	b := make([]byte, 0, len(list)*tlog.HashSize)
	for _, h := range list {
		b = append(b, h[:]...)
	}
	return b
}
