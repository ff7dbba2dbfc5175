package main

import (
	"io"
	"net"
	"sync"
	"time"
)

// wire is the network between the nodes and one database server: a forwarder
// whose connections can be cut.
type wire struct {
	l     net.Listener
	to    string
	mu    sync.Mutex
	pairs map[net.Conn]net.Conn // ours to theirs
}

// newWire listens on a port and leads to an address.
func newWire(to string) (*wire, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	w := &wire{l: l, to: to, pairs: map[net.Conn]net.Conn{}}
	go w.accept()
	return w, nil
}

func (w *wire) addr() string { return w.l.Addr().String() }

func (w *wire) accept() {
	for {
		in, err := w.l.Accept()
		if err != nil {
			return
		}
		go w.join(in)
	}
}

func (w *wire) join(in net.Conn) {
	out, err := net.DialTimeout("tcp", w.to, 2*time.Second)
	if err != nil {
		reset(in)
		return
	}
	w.mu.Lock()
	w.pairs[in] = out
	w.mu.Unlock()
	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{in, out}, {out, in}} {
		both.Go(func() {
			_, _ = io.Copy(way[0], way[1])
			_ = way[0].Close()
			_ = way[1].Close()
		})
	}
	both.Wait()
	w.mu.Lock()
	delete(w.pairs, in)
	w.mu.Unlock()
}

// cut resets every connection, as a switch that loses power does, and tells how
// many there were.
func (w *wire) cut() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	for in, out := range w.pairs {
		reset(in)
		reset(out)
	}
	return len(w.pairs)
}

// reset closes a connection without the farewell of TCP.
func reset(c net.Conn) {
	if t, ok := c.(*net.TCPConn); ok {
		_ = t.SetLinger(0)
	}
	_ = c.Close()
}

func (w *wire) close() {
	_ = w.l.Close()
	w.cut()
}
