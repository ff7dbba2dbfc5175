package store

import "sync"

// idBlock is how many ids a process reserves at a time, idLow when it reserves
// the next block: more than any one command uses.
const (
	idBlock = 1 << 20
	idLow   = 1 << 18
)

const reserveSQL = `update id_block set next = next + $2 where home = $1 returning next`

// ids hands out ids from a block that was reserved in the database, so that a
// new id costs no statement.
type ids struct {
	mu      sync.Mutex
	at, end int64
	block   int // generation: ids drawn before a block was dropped are not to be used
}

func (i *ids) next() int64 {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.at >= i.end {
		panic("store: one command used more than a block of ids")
	}
	i.at++
	return i.at
}

// low tells whether a new block is due.
func (i *ids) low() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.end-i.at < idLow
}

// use takes a reserved block that ends before end.
func (i *ids) use(end int64) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.at, i.end = end-idBlock, end
}

// drop forgets the block after its reservation was not committed.
func (i *ids) drop() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.at, i.end = 0, 0
	i.block++
}

// drawn is the generation of the ids that are given out now.
func (i *ids) drawn() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.block
}
