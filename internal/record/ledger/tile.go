package ledger

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"tongban/internal/record/store"
)

const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
	tileLevels = 7 // the highest row that a log of less than 2⁶³ acts can have
)

// completeTiles writes the tiles that the new leaves filled, at every level.
func (l *Ledger) completeTiles(tx *store.Tx, log, from, count int64) error {
	first, end := from/tileWidth, (from+count)/tileWidth
	if first == end {
		return nil
	}
	if err := tx.Flush(); err != nil {
		return err
	}
	for n := first; n < end; n++ {
		if err := l.completeTile(tx, log, 0, n); err != nil {
			return err
		}
	}
	return nil
}

// completeTile writes one tile and, when it is the last of its parent, the parent.
// Its root lies beside it, so that the level above need not be computed again.
func (l *Ledger) completeTile(tx *store.Tx, log int64, level int, n int64) error {
	b, err := tileHashes(tx, log, level, n, tileWidth)
	if err != nil {
		return err
	}
	root := subtree(hashesOf(b))
	if _, err := tx.Exec(`insert into tile(log, level, n, hashes, root) values($1, $2, $3, $4, $5)`, log, level, n, b, root[:]); err != nil {
		return err
	}
	if (n+1)%tileWidth == 0 {
		return l.completeTile(tx, log, level+1, n/tileWidth)
	}
	return nil
}

// tileHashes gathers the first width hashes of a tile from what lies below it:
// leaves from entries, higher levels from the roots of the complete tiles beneath.
func tileHashes(tx *store.Tx, log int64, level int, n int64, width int) ([]byte, error) {
	sql, args := `select hash from entry where log = $1 and seq >= $2 and seq < $3 order by seq`, []any{log, n * tileWidth, n*tileWidth + int64(width)}
	if level > 0 {
		sql = `select root from tile where log = $1 and level = $4 and n >= $2 and n < $3 order by n`
		args = append(args, level-1)
	}
	out := make([]byte, 0, width*hashSize)
	err := tx.Each(func(r store.Row) error {
		var h []byte
		err := r.Scan(&h)
		out = append(out, h...)
		return err
	}, sql, args...)
	if err == nil && len(out) != width*hashSize {
		err = fmt.Errorf("ledger: tile %d/%d has %d of %d hashes", level, n, len(out)/hashSize, width)
	}
	return out, err
}

// subtree is the root of a complete subtree with these leaves.
func subtree(list []tlog.Hash) tlog.Hash {
	if len(list) == 0 {
		return tlog.Hash{}
	}
	for len(list) > 1 {
		up := make([]tlog.Hash, len(list)/2)
		for i := range up {
			up[i] = tlog.NodeHash(list[2*i], list[2*i+1])
		}
		list = up
	}
	return list[0]
}

// reader reads the tree of one log from its tiles and entries, each once.
type reader struct {
	tx   *store.Tx
	log  int64
	size int64
	kept map[tileAt][]byte
}

type tileAt struct {
	level int
	n     int64
}

func newReader(tx *store.Tx, log, size int64) *reader {
	return &reader{tx, log, size, map[tileAt][]byte{}}
}

// ReadHashes implements tlog.HashReader.
func (r *reader) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		level, n := tlog.SplitStoredHashIndex(x)
		h, err := r.node(level, n)
		if err != nil {
			return nil, err
		}
		out[i] = h
	}
	return out, nil
}

// node is the root of the complete subtree n at a level of the tree.
func (r *reader) node(level int, n int64) (tlog.Hash, error) {
	row, in := level/tileHeight, level%tileHeight
	first := n << in // index of its leftmost hash in that row of tiles
	b, err := r.tile(row, first/tileWidth)
	if err != nil {
		return tlog.Hash{}, err
	}
	at, end := int(first%tileWidth)*hashSize, (int(first%tileWidth)+1<<in)*hashSize
	if end > len(b) {
		return tlog.Hash{}, fmt.Errorf("ledger: node %d/%d lies beyond the %d acts of the log", level, n, r.size)
	}
	return subtree(hashesOf(b[at:end])), nil
}

// tile returns a tile: the complete one as written, a partial one gathered up
// to the size of the tree.
func (r *reader) tile(level int, n int64) ([]byte, error) {
	at := tileAt{level, n}
	if b, ok := r.kept[at]; ok {
		return b, nil
	}
	width := r.size>>(tileHeight*level) - n*tileWidth
	var b []byte
	var err error
	if width >= tileWidth {
		b, err = storedTile(r.tx, r.log, level, n)
	} else {
		b, err = tileHashes(r.tx, r.log, level, n, int(max(width, 0)))
	}
	if err == nil {
		r.kept[at] = b
	}
	return b, err
}

func storedTile(tx *store.Tx, log int64, level int, n int64) ([]byte, error) {
	var b []byte
	found, err := tx.Get([]any{&b}, `select hashes from tile where log = $1 and level = $2 and n = $3`, log, level, n)
	if err == nil && !found {
		err = fmt.Errorf("ledger: tile %d/%d is missing", level, n)
	}
	return b, err
}

// ErrNoTile says that the log has no such tile yet, or none of that width.
var ErrNoTile = errors.New("ledger: no such tile")

// Tile returns the published bytes of a tile of the given width (256 when
// complete): that many hashes of 32 bytes. ErrNoTile when the last signed
// checkpoint does not reach so far: what is not signed is not shown.
func (l *Ledger) Tile(tx *store.Tx, log int64, level int, n int64, width int) ([]byte, error) {
	size, err := l.SignedSize(tx, log)
	if err != nil {
		return nil, err
	}
	if level < 0 || level > tileLevels || !within(size>>(tileHeight*level), n, width) {
		return nil, ErrNoTile
	}
	if width == tileWidth {
		return storedTile(tx, log, level, n)
	}
	return tileHashes(tx, log, level, n, width)
}

// within tells whether a row of have hashes holds tile n with this width.
func within(have, n int64, width int) bool {
	return n >= 0 && width >= 1 && width <= tileWidth && n <= have/tileWidth && n*tileWidth+int64(width) <= have
}

// Bundle returns the leaves whose hashes are in tile n of level 0 with this
// width. It is for feeds that are allowed to see the acts, not for everybody.
func (l *Ledger) Bundle(tx *store.Tx, log, n int64, width int) ([]Entry, error) {
	size, err := l.SignedSize(tx, log)
	if err != nil {
		return nil, err
	}
	if !within(size, n, width) {
		return nil, ErrNoTile
	}
	list, err := l.Feed(tx, log, n*tileWidth, width)
	if err == nil && len(list) != width {
		err = fmt.Errorf("ledger: bundle %d has %d of %d acts", n, len(list), width)
	}
	return list, err
}

// TilePath is the address of a tile as C2SP tlog-tiles writes it:
// tile/<L>/<N>, N in groups of three digits, all but the last with an x
// before them, and .p/<W> when it is partial.
func TilePath(level int, n int64, width int) string {
	name := fmt.Sprintf("%03d", n%1000)
	for n >= 1000 {
		n /= 1000
		name = fmt.Sprintf("x%03d/%s", n%1000, name)
	}
	path := fmt.Sprintf("tile/%d/%s", level, name)
	if width < tileWidth {
		path += fmt.Sprintf(".p/%d", width)
	}
	return path
}

// entriesPath stands where a bundle of leaves has its level.
const entriesPath = "tile/entries/"

// ParseBundlePath reads the path of a bundle of leaves: that of the level 0 tile
// with their hashes, with entries for its level.
func ParseBundlePath(path string) (n int64, width int, err error) {
	rest, ok := strings.CutPrefix(path, entriesPath)
	if !ok {
		return 0, 0, fmt.Errorf("%q is not the path of a bundle", path)
	}
	_, n, width, err = ParseTilePath("tile/0/" + rest)
	return n, width, err
}

// ParseTilePath reads what TilePath writes, and nothing else.
func ParseTilePath(path string) (level int, n int64, width int, err error) {
	bad := fmt.Errorf("%q is not the path of a tile", path)
	rest, ok := strings.CutPrefix(path, "tile/")
	first, rest, more := strings.Cut(rest, "/")
	if !ok || !more {
		return 0, 0, 0, bad
	}
	if level, err = strconv.Atoi(first); err != nil || level < 0 || level > tileLevels {
		return 0, 0, 0, bad
	}
	width = tileWidth
	number, partial, isPartial := strings.Cut(rest, ".p/")
	if isPartial {
		if width, err = strconv.Atoi(partial); err != nil || width < 1 || width >= tileWidth {
			return 0, 0, 0, bad
		}
	}
	for group := range strings.SplitSeq(number, "/") {
		digits, err := strconv.ParseInt(strings.TrimPrefix(group, "x"), 10, 64)
		if err != nil || digits < 0 || n > 1<<50 {
			return 0, 0, 0, bad
		}
		n = n*1000 + digits
	}
	if TilePath(level, n, width) != path {
		return 0, 0, 0, bad
	}
	return level, n, width, nil
}
