package trace

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

// What the standard library does not name.
const (
	wall           = 0x40000000 // also threads
	ownOnly        = 0x20000000 // only what this thread started: other tests' programs are theirs
	getSyscallInfo = 0x420e
	exitKill       = 0x100000
)

// Here tells whether programs can be traced on this machine.
const Here = true

// startWithin is how long a program may take to its first line.
const startWithin = time.Minute

// Start starts a program and waits for its first line.
func Start(c Command) (*Process, error) {
	p := &Process{c: c, gone: make(chan struct{})}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	log, err := os.OpenFile(c.Log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	started := make(chan error)
	go p.run(w, log, started)
	if err := <-started; err != nil {
		return nil, err
	}
	line := make(chan string, 1)
	go func() {
		b := bufio.NewReader(r)
		s, _ := b.ReadString('\n')
		line <- strings.TrimSpace(s)
		_, _ = b.WriteTo(discard{})
		_ = r.Close()
	}()
	select {
	case p.Line = <-line:
	case <-time.After(startWithin):
		p.Kill()
		return nil, errors.New("trace: the program said nothing")
	}
	return p, nil
}

type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }

// Kill ends the program at once.
func (p *Process) Kill() {
	select {
	case <-p.gone: // its number may be another program's by now
	default:
		_ = syscall.Kill(p.pid, syscall.SIGKILL)
	}
	<-p.gone
}

// Stop asks the program to stop and waits until it has.
func (p *Process) Stop() error {
	_ = syscall.Kill(p.pid, syscall.SIGTERM)
	select {
	case <-p.gone:
		return nil
	case <-time.After(startWithin):
		p.Kill()
		return errors.New("trace: the program did not stop")
	}
}

// run starts the program and stands behind it. It never leaves its thread: the
// kernel lets only the thread that traces ask.
func (p *Process) run(out, log *os.File, started chan<- error) {
	runtime.LockOSThread()
	pid, err := syscall.ForkExec(p.c.Args[0], p.c.Args, &syscall.ProcAttr{
		Env: os.Environ(), Files: []uintptr{0, out.Fd(), log.Fd()}, Sys: &syscall.SysProcAttr{Ptrace: true, Setpgid: true},
	})
	_, _ = out.Close(), log.Close()
	if err != nil {
		started <- err
		return
	}
	p.pid = pid
	var ws syscall.WaitStatus
	if _, err = syscall.Wait4(pid, &ws, wall, nil); err == nil {
		err = syscall.PtraceSetOptions(pid, syscall.PTRACE_O_TRACECLONE|syscall.PTRACE_O_TRACESYSGOOD|exitKill)
	}
	t := &tracer{p: p, threads: map[int]*thread{pid: {}}}
	if err == nil {
		t.mem, err = os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	}
	if err == nil {
		err = syscall.PtraceSyscall(pid, 0)
	}
	started <- err
	if err == nil {
		t.follow()
	}
	close(p.gone)
}

// tracer follows one program; all of it runs on one thread.
type tracer struct {
	p       *Process
	mem     *os.File
	threads map[int]*thread
}

// thread is what one thread of the program is in the midst of.
type thread struct {
	e   *Event
	how How
	nr  uint64
	arg [6]uint64
}

func (t *tracer) follow() {
	defer func() { _ = t.mem.Close() }()
	for {
		var ws syscall.WaitStatus
		tid, err := syscall.Wait4(-t.p.pid, &ws, wall, nil) // of its group: other programs of this one are not ours
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case err != nil:
			return // no child is left
		case !ws.Stopped():
			delete(t.threads, tid)
			continue
		}
		pass := 0
		th, known := t.threads[tid]
		if !known {
			th = &thread{}
			t.threads[tid] = th
		}
		switch sig := ws.StopSignal(); {
		case sig == syscall.SIGTRAP|0x80:
			t.call(tid, th)
		case sig == syscall.SIGTRAP && ws.TrapCause() > 0, !known && sig == syscall.SIGSTOP:
		default:
			pass = int(sig)
		}
		_ = syscall.PtraceSyscall(tid, pass) // fails only when it was killed meanwhile
	}
}

// call looks at a thread that stands before or behind a call.
func (t *tracer) call(tid int, th *thread) {
	var info [88]byte
	_, _, errno := syscall.Syscall6(syscall.SYS_PTRACE, getSyscallInfo, uintptr(tid), uintptr(len(info)), uintptr(unsafe.Pointer(&info)), 0, 0)
	if errno != 0 {
		return
	}
	word := func(at int) uint64 { return binary.LittleEndian.Uint64(info[at:]) }
	switch info[0] {
	case 1:
		th.nr = word(24)
		for i := range th.arg {
			th.arg[i] = word(32 + 8*i)
		}
		t.enter(tid, th)
	case 2:
		if th.e != nil {
			t.leave(tid, th, int64(word(24)))
		}
	}
}

func (t *tracer) enter(tid int, th *thread) {
	th.e, th.how = t.event(tid, th), ""
	if th.e == nil {
		return
	}
	th.e.Began = t.p.tick()
	if th.e.Op == Receive {
		return // what was received is known behind the call
	}
	switch th.how = t.p.aim(th.e); th.how {
	case KillBefore:
		_ = syscall.Kill(t.p.pid, syscall.SIGKILL)
	case KillTorn:
		t.set(tid, func(r *syscall.PtraceRegs) { r.Rdx /= 2 })
	case FailUndone:
		t.set(tid, func(r *syscall.PtraceRegs) { r.Orig_rax = ^uint64(0) })
	}
	if th.how != KillBefore {
		t.p.keep(th.e)
	}
}

func (t *tracer) leave(tid int, th *thread, result int64) {
	e := th.e
	e.Ended, e.Failed = t.p.tick(), result < 0
	switch th.how {
	case KillTorn, KillAfter:
		_ = syscall.Kill(t.p.pid, syscall.SIGKILL)
	case FailUndone, FailAfterDone:
		t.set(tid, func(r *syscall.PtraceRegs) { r.Rax = ^uint64(syscall.EIO) + 1 })
	}
	if e.Op == Receive && result > 0 {
		e.Data = t.bytes(th.arg[1], uint64(result))
		t.p.keep(e)
	}
	if e.Op == Write && result >= 0 {
		e.Data = e.Data[:min(int(result), len(e.Data))]
	}
	th.e = nil
}

func (t *tracer) set(tid int, f func(*syscall.PtraceRegs)) {
	var r syscall.PtraceRegs
	if syscall.PtraceGetRegs(tid, &r) == nil {
		f(&r)
		_ = syscall.PtraceSetRegs(tid, &r)
	}
}

func (t *tracer) bytes(at, n uint64) []byte {
	b := make([]byte, n)
	k, _ := t.mem.ReadAt(b, int64(at))
	return b[:k]
}

// text reads a name that ends with a zero byte.
func (t *tracer) text(at uint64) string {
	b := t.bytes(at, 4096-at%4096)
	if i := strings.IndexByte(string(b), 0); i >= 0 {
		return string(b[:i])
	}
	b = t.bytes(at, 4096)
	s, _, _ := strings.Cut(string(b), "\x00")
	return s
}

// event is what a call is about; nil when it is of no interest.
func (t *tracer) event(tid int, th *thread) *Event {
	a := th.arg
	switch th.nr {
	case syscall.SYS_READ, syscall.SYS_RECVFROM:
		if name := t.open(tid, a[0]); socket(name) {
			return &Event{Op: Receive, Path: name}
		}
	case syscall.SYS_WRITE, syscall.SYS_SENDTO:
		name := t.open(tid, a[0])
		if socket(name) {
			return &Event{Op: Send, Path: name, Data: t.bytes(a[1], a[2])}
		}
		if t.p.told(name) {
			return &Event{Op: Write, Path: name, Off: t.position(tid, a[0]), Data: t.bytes(a[1], a[2])}
		}
	case syscall.SYS_PWRITE64:
		if name := t.open(tid, a[0]); t.p.told(name) {
			return &Event{Op: Write, Path: name, Off: int64(a[3]), Data: t.bytes(a[1], a[2])}
		}
	case syscall.SYS_FSYNC, syscall.SYS_FDATASYNC:
		if name := t.open(tid, a[0]); t.p.told(name) || name == t.p.c.Within {
			return &Event{Op: Sync, Path: name}
		}
	case syscall.SYS_FTRUNCATE:
		if name := t.open(tid, a[0]); t.p.told(name) {
			return &Event{Op: Truncate, Path: name, Off: int64(a[1])}
		}
	case syscall.SYS_WRITEV, syscall.SYS_PWRITEV, syscall.SYS_FALLOCATE, syscall.SYS_TRUNCATE, syscall.SYS_LINK, syscall.SYS_LINKAT:
		if name := t.open(tid, a[0]); t.p.told(name) || socket(name) {
			panic(fmt.Sprintf("trace: call %d on %s is not understood: the record would be false", th.nr, name))
		}
	default:
		return t.named(tid, th)
	}
	return nil
}

// named is a call that names files.
func (t *tracer) named(tid int, th *thread) *Event {
	a := th.arg
	e := &Event{}
	switch th.nr {
	case syscall.SYS_OPEN:
		e.Op, e.Path = Create, t.text(a[0])
		return t.opened(e, a[1])
	case syscall.SYS_OPENAT:
		e.Op, e.Path = Create, t.at(tid, a[0], a[1])
		return t.opened(e, a[2])
	case syscall.SYS_MKDIR:
		e.Op, e.Path = Mkdir, t.text(a[0])
	case syscall.SYS_MKDIRAT:
		e.Op, e.Path = Mkdir, t.at(tid, a[0], a[1])
	case syscall.SYS_UNLINK, syscall.SYS_RMDIR:
		e.Op, e.Path = Remove, t.text(a[0])
	case syscall.SYS_UNLINKAT:
		e.Op, e.Path = Remove, t.at(tid, a[0], a[1])
	case syscall.SYS_RENAME:
		e.Op, e.Path, e.To = Rename, t.text(a[0]), t.text(a[1])
	case syscall.SYS_RENAMEAT, 316:
		e.Op, e.Path, e.To = Rename, t.at(tid, a[0], a[1]), t.at(tid, a[2], a[3])
	default:
		return nil
	}
	if !t.p.told(e.Path) {
		return nil
	}
	return e
}

// opened tells of an opening only when it makes or empties a file.
func (t *tracer) opened(e *Event, flags uint64) *Event {
	if !t.p.told(e.Path) || flags&(syscall.O_CREAT|syscall.O_TRUNC) == 0 {
		return nil
	}
	_, err := os.Stat(e.Path)
	switch {
	case err == nil && flags&syscall.O_TRUNC != 0:
		e.Op = Truncate
		return e
	case err != nil && flags&syscall.O_CREAT != 0:
		return e
	}
	return nil
}

// at joins a name to the folder that it is given in.
func (t *tracer) at(tid int, dir, name uint64) string {
	s := t.text(name)
	if filepath.IsAbs(s) || int32(dir) == -100 {
		return s
	}
	return filepath.Join(t.open(tid, dir), s)
}

func socket(name string) bool { return strings.HasPrefix(name, "socket:") }

// open is the name of an open file.
func (t *tracer) open(tid int, fd uint64) string {
	name, _ := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", tid, int32(fd)))
	return name
}

// position is where a file that is written to stands.
func (t *tracer) position(tid int, fd uint64) int64 {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/fdinfo/%d", tid, int32(fd)))
	for line := range strings.Lines(string(b)) {
		if s, ok := strings.CutPrefix(line, "pos:"); ok {
			n, _ := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
			return n
		}
	}
	return 0
}
