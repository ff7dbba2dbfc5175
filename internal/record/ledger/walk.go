package ledger

import (
	"bytes"

	"golang.org/x/mod/sumdb/tlog"

	"tongban/internal/record/store"
)

// walk recomputes the tree of one generation from its acts, one page after the
// other, and compares it with the checkpoints and tiles on the way.
type walk struct {
	v     *verification
	log   int64
	size  int64
	tree  head
	rows  [tileLevels + 1][]byte // hashes of the tile that is being filled, at each level
	first Leaf

	next  Checkpoint // what the next generation continues from, if it lies within this one
	held  int64      // size of the last checkpoint that held
	wrong int64      // size of the first checkpoint since then that did not, 0 for none
}

// beyond looks for what the head does not cover.
func (w *walk) beyond(tx *store.Tx) error {
	var entries, points int64
	if _, err := tx.Get([]any{&entries}, `select count(*) from entry where log = $1 and seq >= $2`, w.log, w.size); err != nil {
		return err
	}
	if _, err := tx.Get([]any{&points}, `select count(*) from checkpoint where log = $1 and size > $2`, w.log, w.size); err != nil {
		return err
	}
	if entries > 0 {
		w.v.found(w.size, "", "beyond", "n", entries)
	}
	if points > 0 {
		w.v.found(-1, "", "cut", "n", points, "size", w.size)
	}
	return nil
}

// continues takes in the checkpoint that the next generation rests on: it either
// signs a part of this one, or tells how many acts a restore left behind.
func (w *walk) continues(next string) {
	if next == "" {
		return
	}
	_, name, c, err := openNote(next, w.v.l.o.Verifiers)
	switch {
	case err != nil:
		w.v.found(-1, "", "signature", "size", c.Size)
	case name != w.v.name:
		w.v.r.Lost += c.Size // of a generation that came after the backup
	case c.Size > w.size:
		w.v.r.Lost += c.Size - w.size
	default:
		w.next = c
	}
}

// missing counts the acts between the tree's end and seq as lost.
func (w *walk) missing(seq int64, points map[int64]tlog.Hash) {
	if w.tree.size >= seq {
		return
	}
	w.v.found(w.tree.size, "", "entries_missing", "from", w.tree.size, "to", seq-1)
	for w.tree.size < seq {
		w.push(tlog.Hash{}, points)
	}
}

func (w *walk) push(h tlog.Hash, points map[int64]tlog.Hash) {
	w.tree.push(h)
	w.rows[0] = append(w.rows[0], h[:]...)
	if root, ok := points[w.tree.size]; ok {
		w.point(w.tree.size, root)
	}
	if w.next.Size == w.tree.size {
		w.point(w.next.Size, w.next.Root)
	}
}

// point compares the tree with a signed checkpoint. After one that does not
// hold, the later ones cannot hold either: only the first interval is named.
func (w *walk) point(size int64, root tlog.Hash) {
	if w.tree.root() == root {
		w.endInterval()
		w.held = size
		return
	}
	if w.wrong == 0 {
		w.wrong = size
	}
}

func (w *walk) endInterval() {
	if w.wrong > 0 {
		w.v.found(-1, "", "interval", "from", w.held, "to", w.wrong-1, "size", w.wrong)
	}
	w.wrong = 0
}

// points opens the checkpoints signed at sizes in (from, end].
func (v *verification) points(tx *store.Tx, log, from, end int64) (map[int64]tlog.Hash, error) {
	points := map[int64]tlog.Hash{}
	err := tx.Each(func(r store.Row) error {
		var size int64
		var text string
		if err := r.Scan(&size, &text); err != nil {
			return err
		}
		v.r.Checkpoints++
		_, name, c, err := openNote(text, v.l.o.Verifiers)
		switch {
		case err != nil:
			v.found(-1, "", "signature", "size", size)
		case name != v.name || c.Size != size:
			v.found(-1, "", "checkpoint", "size", size)
		default:
			points[size] = c.Root
		}
		return nil
	}, `select size, note from checkpoint where log = $1 and size > $2 and size <= $3 order by size`, log, from, end)
	return points, err
}

// tiles compares the tiles that were filled between from and end, and with each
// row's last one the tile above it.
func (w *walk) tiles(tx *store.Tx, from, end int64) error {
	first := from
	for level := range w.rows {
		const bytesOfTile = tileWidth * hashSize
		n := first / tileWidth
		var roots []byte
		for len(w.rows[level]) >= bytesOfTile {
			root, err := w.tile(tx, level, n, w.rows[level][:bytesOfTile])
			if err != nil {
				return err
			}
			w.rows[level] = w.rows[level][bytesOfTile:]
			roots = append(roots, root[:]...)
			n++
		}
		if len(roots) == 0 || level == tileLevels {
			return nil
		}
		w.rows[level] = append([]byte(nil), w.rows[level]...)
		w.rows[level+1] = append(w.rows[level+1], roots...)
		first /= tileWidth
	}
	return nil
}

// tile compares one stored tile and returns the root that it ought to have.
func (w *walk) tile(tx *store.Tx, level int, n int64, want []byte) (tlog.Hash, error) {
	root := subtree(hashesOf(want))
	var b, r []byte
	found, err := tx.Get([]any{&b, &r}, `select hashes, root from tile where log = $1 and level = $2 and n = $3`, w.log, level, n)
	if err != nil {
		return root, err
	}
	w.v.r.Tiles++
	if !found || !bytes.Equal(b, want) || !bytes.Equal(r, root[:]) {
		span := int64(tileWidth) << (tileHeight * level)
		w.v.found(-1, "", "tile", "path", TilePath(level, n, tileWidth), "from", n*span, "to", (n+1)*span-1)
	}
	return root, nil
}
