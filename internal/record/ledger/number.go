package ledger

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"tongban/internal/record/store"
)

const hashSize = tlog.HashSize

// head is the growing end of a log.
type head struct {
	log, size int64
	edge      []tlog.Hash // compact range: complete subtrees from the left, largest first
}

func (l *Ledger) head(tx *store.Tx) (head, bool, error) {
	return store.Find(tx, scanHead, `select log, size, hashes from ledger_log where home = $1 and origin = $2
		order by generation desc limit 1`, tx.Home(), l.o.Origin)
}

func scanHead(r store.Row) (head, error) {
	var h head
	var b []byte
	if err := r.Scan(&h.log, &h.size, &b); err != nil {
		return h, err
	}
	h.edge = hashesOf(b)
	return h, nil
}

func hashesOf(b []byte) []tlog.Hash {
	list := make([]tlog.Hash, len(b)/hashSize)
	for i := range list {
		copy(list[i][:], b[i*hashSize:])
	}
	return list
}

func bytesOf(list []tlog.Hash) []byte {
	b := make([]byte, 0, len(list)*hashSize)
	for _, h := range list {
		b = append(b, h[:]...)
	}
	return b
}

// push adds a leaf hash to the tree: as many complete pairs at the right edge
// are joined as the binary form of size has trailing ones.
func (h *head) push(leaf tlog.Hash) {
	for n := h.size; n&1 == 1; n >>= 1 {
		last := len(h.edge) - 1
		leaf = tlog.NodeHash(h.edge[last], leaf)
		h.edge = h.edge[:last]
	}
	h.edge = append(h.edge, leaf)
	h.size++
}

// root is the tree's hash; the empty tree has the hash of nothing.
func (h *head) root() tlog.Hash {
	if len(h.edge) == 0 {
		r, _ := tlog.TreeHash(0, nil)
		return r
	}
	r := h.edge[len(h.edge)-1]
	for i := len(h.edge) - 2; i >= 0; i-- {
		r = tlog.NodeHash(h.edge[i], r)
	}
	return r
}

// BeforeCommit is the store's before-commit step on SQLite: it numbers the
// events of the group in the order in which its commands ran.
func (l *Ledger) BeforeCommit(tx *store.Tx, kept []any) error {
	events := make([]numberable, 0, len(kept))
	for _, k := range kept {
		if n, ok := k.(numberable); ok {
			events = append(events, n)
		}
	}
	if len(events) == 0 {
		return nil
	}
	return l.number(tx, events)
}

var errNoLog = errors.New("ledger: no log is open")

// errNumberedElsewhere says that another node moved the head first.
var errNumberedElsewhere = errors.New("ledger: the head was moved by another node")

// number gives the events the next numbers of the log and extends the tree.
func (l *Ledger) number(tx *store.Tx, events []numberable) error {
	h, found, err := l.head(tx)
	if err != nil {
		return err
	}
	if !found {
		return errNoLog
	}
	return l.extend(tx, h, events)
}

// extend appends the events to the log whose head was read as h. Its safety does
// not rest on who holds the lease: the head moves, before anything else is
// written, only from the size that was read.
func (l *Ledger) extend(tx *store.Tx, h head, events []numberable) error {
	from := h.size
	for _, e := range events {
		h.push(e.hash)
	}
	tx.PutOne(errNumberedElsewhere, `update ledger_log set size = $2, hashes = $3 where log = $1 and size = $4`,
		h.log, h.size, bytesOf(h.edge), from)
	rows := make([][]any, len(events))
	for i, e := range events {
		rows[i] = []any{h.log, from + int64(i), tx.Home(), e.event, e.hash[:]}
	}
	tx.PutRows(`insert into entry(log, seq, home, event, hash)`, rows)
	return l.completeTiles(tx, h.log, from, int64(len(events)))
}

// Number gives numbers to up to limit waiting events (PostgreSQL) and returns
// how many. Any node may call it: the head's size decides who wins.
func (l *Ledger) Number(ctx context.Context, limit int) (int, error) {
	n := 0
	err := l.s.Do(ctx, store.Background, func(tx *store.Tx) error {
		n = 0
		list, err := waiting(tx, limit)
		if err != nil || len(list) == 0 {
			return err
		}
		n = len(list)
		return l.number(tx, list)
	})
	if errors.Is(err, errNumberedElsewhere) {
		return 0, nil
	}
	if n > 0 && err == nil {
		l.woken()
	}
	return n, err
}

// waiting takes events off the waiting list in the order in which they were put
// there: an act that rests on another got its place after it.
func waiting(tx *store.Tx, limit int) ([]numberable, error) {
	type placed struct {
		pos int64
		numberable
	}
	list, err := store.All(tx, func(r store.Row) (placed, error) {
		var e placed
		var h []byte
		err := r.Scan(&e.pos, &e.event, &h)
		copy(e.hash[:], h)
		return e, err
	}, `delete from unnumbered where pos in (select pos from unnumbered where home = $1 order by pos limit $2)
		returning pos, event, hash`, tx.Home(), limit)
	slices.SortFunc(list, func(a, b placed) int { return cmp.Compare(a.pos, b.pos) })
	events := make([]numberable, len(list))
	for i, e := range list {
		events[i] = e.numberable
	}
	return events, err
}
