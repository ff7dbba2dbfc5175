package vault

import (
	"container/list"
	"sync"

	"tongban/internal/rules/day"
)

const (
	keptKeys = 4096       // data keys remembered, about 1.5 kB each
	keptFor  = day.Minute // after which a key's row is read again: it may have been destroyed elsewhere
)

// cache remembers the data keys used last.
type cache struct {
	mu    sync.Mutex
	max   int
	byID  map[int64]*list.Element
	order *list.List // of kept, used last in front
}

type kept struct {
	key  *Key
	read day.Instant
}

func newCache(size int) *cache {
	return &cache{max: size, byID: map[int64]*list.Element{}, order: list.New()}
}

// get returns the key if it is remembered and was read lately. A clock that
// went backwards (a demonstration begun anew) also means reading again.
func (c *cache) get(id int64, now day.Instant) *Key {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.byID[id]
	if !ok {
		return nil
	}
	k := e.Value.(kept)
	if now < k.read || now > k.read+keptFor {
		return nil
	}
	c.order.MoveToFront(e)
	return k.key
}

func (c *cache) put(k *Key, now day.Instant) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.byID[k.id]; ok {
		e.Value = kept{k, now}
		c.order.MoveToFront(e)
		return
	}
	c.byID[k.id] = c.order.PushFront(kept{k, now})
	if c.order.Len() > c.max {
		last := c.order.Back()
		delete(c.byID, last.Value.(kept).key.id)
		c.order.Remove(last)
	}
}

func (c *cache) drop(id int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.byID[id]; ok {
		delete(c.byID, id)
		c.order.Remove(e)
	}
}
