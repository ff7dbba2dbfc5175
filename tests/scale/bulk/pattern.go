package bulk

import (
	"strconv"

	"tongban/internal/record/vault"
)

// Pattern is a piece of work taken apart, ready to be done again for others.
type Pattern struct {
	first, last  int64 // ids given out while it was done
	began, ended int64 // instants

	nodes  []func(c *clone) ([]byte, error) // what is computed for each clone, in this order
	keys   int                              // how many of them are data keys
	hashes []int                            // nodes of the leaf hashes, in the order of the acts
	series []series                         // papers numbered
	rows   []line                           // rows to be written
}

// Rows tells how many rows one piece of work has in each table.
func (p *Pattern) Rows() map[string]int {
	n := map[string]int{}
	for _, l := range p.rows {
		n[l.table.name]++
	}
	return n
}

// Acts is how many acts it has in the ledger.
func (p *Pattern) Acts() int { return len(p.hashes) }

// series counts papers of a kind at an agency in a year.
type series struct {
	name  string
	year  int64
	count int64 // of one piece of work
}

// clone is a piece of work being done again.
type clone struct {
	who    Person
	ids    int64   // what is added to the pattern's ids
	late   int64   // what is added to its instants, in µs
	seq    int64   // number of its first act
	counts []int64 // last number given in each series before it
	val    [][]byte
	keys   []*vault.Key
}

// line is a row with its values to be filled in.
type line struct {
	table *table
	cells []cell
}

type cellKind int

const (
	asIs    cellKind = iota // value
	anID                    // value moved
	aMoment                 // value moved
	aText                   // template
	aNode                   // bytes of node n
	aCount                  // number n of series s
	aSeq                    // number of act n
	aNotice                 // id of a notice: event n times 256, and its rest
)

type cell struct {
	kind  cellKind
	value any
	n     int64
	s     int
	t     template
}

func (x cell) fill(c *clone) any {
	switch x.kind {
	case anID:
		return x.n + c.ids
	case aMoment:
		return x.n + c.late
	case aText:
		return string(x.t.fill(c, nil))
	case aNode:
		return c.val[x.n]
	case aCount:
		return c.counts[x.s] + x.n
	case aSeq:
		return c.seq + x.n
	case aNotice:
		return x.n + c.ids*noticesOfEvent
	}
	return x.value
}

// noticesOfEvent is how notices get their ids from events.
const noticesOfEvent = 256

type pieceKind int

const (
	literal  pieceKind = iota
	idText             // an id, written
	timeText           // an instant, written
	nodeText           // the bytes of a node
	nodeHex            // the same in hex
	numText            // a number of a series
)

// piece is a part of a text.
type piece struct {
	kind pieceKind
	text string
	n    int64
	s    int
}

// template is a text with places to be filled in.
type template []piece

func (t template) fixed() bool { return len(t) == 0 || len(t) == 1 && t[0].kind == literal }

func (t template) fill(c *clone, out []byte) []byte {
	for _, x := range t {
		switch x.kind {
		case literal:
			out = append(out, x.text...)
		case idText:
			out = strconv.AppendInt(out, x.n+c.ids, 10)
		case timeText:
			out = strconv.AppendInt(out, x.n+c.late, 10)
		case nodeText:
			out = append(out, c.val[x.n]...)
		case nodeHex:
			out = appendHex(out, c.val[x.n])
		case numText:
			out = strconv.AppendInt(out, c.counts[x.s]+x.n, 10)
		}
	}
	return out
}

func appendHex(out, b []byte) []byte {
	const digits = "0123456789abcdef"
	for _, x := range b {
		out = append(out, digits[x>>4], digits[x&15])
	}
	return out
}

// do computes everything of a clone.
func (p *Pattern) do(c *clone) error {
	c.val = make([][]byte, len(p.nodes))
	c.keys = make([]*vault.Key, p.keys)
	for i, f := range p.nodes {
		b, err := f(c)
		if err != nil {
			return err
		}
		c.val[i] = b
	}
	return nil
}
