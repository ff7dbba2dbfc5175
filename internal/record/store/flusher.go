package store

import (
	"fmt"
	"os"
	"sync"
	"sync/atomic"
)

// flusher puts what the writer has committed on the disk, behind it: while one
// group is being flushed the next is already run. SQLite itself flushes before
// it overwrites anything (synchronous=NORMAL); what that leaves out, the flush
// of each commit, is done here, for as many commits at once as wait for it.
// Nobody is answered before the flush of what the answer speaks of: neither
// whoever wrote it nor whoever read it.
type flusher struct {
	log     *os.File     // SQLite's WAL; nil when nothing is flushed
	sync    func() error // flushes it
	flights chan flight
	begun   atomic.Int64 // number of the newest commit that may be visible

	mu      sync.Mutex
	moved   sync.Cond // flushed, or failed, has changed
	flushed int64     // commits up to this one are on the disk
	failed  error     // the disk did not take them: for good
}

// flight is a group between its commit and its answer.
type flight struct {
	commit int64 // the newest commit that it may have seen or made
	err    error // the group died: nothing of it is stored
	answer func(err error)
}

func newFlusher(wal string, off bool) (*flusher, error) {
	f := &flusher{flights: make(chan flight, flightsMax), sync: func() error { return nil }}
	f.moved.L = &f.mu
	if off {
		return f, nil
	}
	var err error
	if f.log, err = os.OpenFile(wal, os.O_RDWR, 0); err != nil {
		return nil, err
	}
	f.sync = func() error { return syncData(f.log) }
	return f, nil
}

// run flushes and answers what arrives, in order, until flights is closed.
func (f *flusher) run() {
	for first := range f.flights {
		waiting := []flight{first}
		for more := true; more; {
			select {
			case next, open := <-f.flights:
				if more = open; open {
					waiting = append(waiting, next)
				}
			default:
				more = false
			}
		}
		last := waiting[len(waiting)-1].commit
		err := f.flush(last)
		for _, w := range waiting {
			if w.err == nil {
				w.err = err
			}
			w.answer(w.err)
		}
	}
	if f.log != nil {
		_ = f.log.Close()
	}
}

// flush puts commits up to the given one on the disk. After a flush that did
// not succeed the kernel may have dropped what it could not write, and a
// second one that succeeds would prove nothing.
func (f *flusher) flush(upTo int64) error {
	f.mu.Lock()
	done, failed := f.flushed >= upTo, f.failed
	f.mu.Unlock()
	if done || failed != nil {
		return failed
	}
	err := f.sync()
	f.mu.Lock()
	defer f.mu.Unlock()
	defer f.moved.Broadcast()
	if err != nil {
		f.failed = fmt.Errorf("%w: the log was not flushed: %w", ErrUnavailable, err)
		return f.failed
	}
	f.flushed = upTo
	return nil
}

// wait returns when every commit that a reading which ends now may have seen
// is on the disk.
func (f *flusher) wait() error {
	seen := f.begun.Load()
	f.mu.Lock()
	defer f.mu.Unlock()
	for f.flushed < seen && f.failed == nil {
		f.moved.Wait()
	}
	return f.failed
}

// failure is the flush that did not succeed, nil while all did.
func (f *flusher) failure() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.failed
}
