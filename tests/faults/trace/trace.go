// Package trace runs a program under ptrace and knows every call by which it
// changes files or speaks to others: in which order they began and ended, and
// with which bytes. It can end the program at one of them, or make one fail,
// whether it was done or not.
//
// It exists beside strace because an injection there counts the calls of one
// thread, and a Go program has many.
package trace

import (
	"errors"
	"strings"
	"sync"
)

// Op is what a call does.
type Op string

// The calls that are told.
const (
	Write    Op = "write"    // bytes into a file
	Sync     Op = "sync"     // flush of a file or folder
	Truncate Op = "truncate" // to Off bytes
	Create   Op = "create"   // a file that was not there
	Mkdir    Op = "mkdir"    // a folder
	Rename   Op = "rename"   // Path to To
	Remove   Op = "remove"   // a file or folder
	Send     Op = "send"     // bytes to a socket
	Receive  Op = "receive"  // bytes from a socket
)

// Event is one call. Began and Ended are places in one order over all threads:
// what ended before another began was over.
type Event struct {
	Op           Op
	Path, To     string // of the file; of a socket its name in the kernel
	Off          int64
	Data         []byte
	Began, Ended int
	Failed       bool
}

// Changes tells whether the event changes what others see: everything but Receive.
func (e *Event) Changes() bool { return e.Op != Receive }

// How a call is interfered with.
type How string

// The ways.
const (
	KillBefore    How = "killed before"       // the process ends instead of the call
	KillTorn      How = "killed in the midst" // half of the bytes are written
	KillAfter     How = "killed after"        // the call is done, and the process ends
	FailUndone    How = "failed"              // it is told EIO and nothing was done
	FailAfterDone How = "failed, yet done"    // it is told EIO although it was done
)

// Hit is an order to interfere with the nth call from now on that Counts.
type Hit struct {
	N      int
	How    How
	Counts func(*Event) bool // nil counts whatever changes something
}

// Command is what is run.
type Command struct {
	Args []string
	// Within is the folder whose files are told; others are not.
	Within string
	// Log takes the standard error.
	Log string
	// Record keeps every event with its bytes.
	Record bool
}

// ErrNotHere says that programs cannot be traced on this machine.
var ErrNotHere = errors.New("trace: only on Linux on amd64")

// Process is a traced program.
type Process struct {
	Line string // its first line of output

	c    Command
	pid  int
	gone chan struct{}

	mu      sync.Mutex
	events  []*Event
	hit     *Hit
	counted int
	struck  *Event
	order   int
}

// Events are what was recorded until now.
func (p *Process) Events() []*Event {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]*Event(nil), p.events...)
}

// Now is the place in the order of events that is reached.
func (p *Process) Now() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.order
}

// Order interferes with a call from now on; nil with none.
func (p *Process) Order(h *Hit) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hit, p.counted, p.struck = h, 0, nil
}

// Struck is the call that was interfered with; nil while there was none. n is
// how many calls were counted.
func (p *Process) Struck() (e *Event, n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.struck, p.counted
}

// Gone is closed when the program has ended.
func (p *Process) Gone() <-chan struct{} { return p.gone }

// aim tells how to interfere with a call that begins now.
func (p *Process) aim(e *Event) How {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.hit == nil || p.struck != nil {
		return ""
	}
	if counts := p.hit.Counts; counts == nil && !e.Changes() || counts != nil && !counts(e) {
		return ""
	}
	if p.counted++; p.counted != p.hit.N {
		return ""
	}
	p.struck = e
	if p.hit.How == KillTorn && (e.Op != Write && e.Op != Send || len(e.Data) < 2) {
		return KillBefore // there is no half of it
	}
	return p.hit.How
}

func (p *Process) tick() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.order++
	return p.order
}

func (p *Process) keep(e *Event) {
	if p.c.Record {
		p.mu.Lock()
		p.events = append(p.events, e)
		p.mu.Unlock()
	}
}

// told tells whether a file is of interest. What SQLite shares between
// processes through memory is not on any disk.
func (p *Process) told(path string) bool {
	return strings.HasPrefix(path, p.c.Within+"/") && !strings.HasSuffix(path, "-shm")
}
