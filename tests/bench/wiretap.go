package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// sent is a statement that PostgreSQL ran, as its own log tells it.
type sent struct {
	sql       string
	arguments []string // as literals
}

// trip is what was sent at once, before an answer was waited for.
type trip []sent

// wiretap stands between the product and PostgreSQL and hears what the server
// tells of each statement it runs: the database is set to log all statements to
// its clients. Nothing in the product knows of it.
type wiretap struct {
	l     net.Listener
	to    string
	mu    sync.Mutex
	on    bool
	heard map[int][]trip // by connection
	order []int          // connections by their first statement
}

// listen makes a tap on the server at this address.
func listen(to string) (*wiretap, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	w := &wiretap{l: l, to: to}
	go w.accept()
	return w, nil
}

func (w *wiretap) address() string { return w.l.Addr().String() }

// close ends the tap; connections that are open go on until they are closed.
func (w *wiretap) close() error { return w.l.Close() }

// record hears what f sends, transaction after transaction.
func (w *wiretap) record(f func() error) ([]trip, error) {
	w.mu.Lock()
	w.on, w.heard, w.order = true, map[int][]trip{}, nil
	w.mu.Unlock()
	err := f()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.on = false
	var all []trip
	for _, n := range w.order {
		all = append(all, w.heard[n]...)
	}
	return all, err
}

func (w *wiretap) accept() {
	for n := 0; ; n++ {
		client, err := w.l.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", w.to)
		if err != nil {
			_ = client.Close()
			continue
		}
		go func() {
			_, _ = io.Copy(server, client)
			_ = server.(*net.TCPConn).CloseWrite()
		}()
		go func() {
			_ = w.hear(n, client, bufio.NewReader(server))
			_ = errors.Join(client.Close(), server.Close())
		}()
	}
}

// hear passes on what the server answers: messages of one letter, a length, and
// that much text.
func (w *wiretap) hear(n int, client io.Writer, server *bufio.Reader) error {
	var now trip
	for {
		head := make([]byte, 5)
		if _, err := io.ReadFull(server, head); err != nil {
			return err
		}
		body := make([]byte, int(binary.BigEndian.Uint32(head[1:]))-4)
		if _, err := io.ReadFull(server, body); err != nil {
			return err
		}
		switch head[0] {
		case 'N':
			if s, ok := statement(body); ok {
				now = append(now, s)
			}
		case 'Z': // ready: the answer to what was sent at once is whole
			w.keep(n, now)
			now = nil
		}
		if _, err := client.Write(append(head, body...)); err != nil {
			return err
		}
	}
}

func (w *wiretap) keep(n int, t trip) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.on || len(t) == 0 {
		return
	}
	if w.heard[n] == nil {
		w.order = append(w.order, n)
	}
	w.heard[n] = append(w.heard[n], t)
}

var (
	ran       = regexp.MustCompile(`(?s)^(?:statement|execute [^:]*): (.*)$`)
	parameter = regexp.MustCompile(`(?s)\$(\d+) = (NULL|'(?:[^']|'')*')`)
)

// statement reads a notice: fields of a letter and a text that ends with a zero.
func statement(notice []byte) (sent, bool) {
	field := map[byte]string{}
	for len(notice) > 1 {
		text, rest, _ := strings.Cut(string(notice[1:]), "\x00")
		field[notice[0]] = text
		notice = []byte(rest)
	}
	m := ran.FindStringSubmatch(field['M'])
	if m == nil {
		return sent{}, false
	}
	s := sent{sql: m[1]}
	for _, p := range parameter.FindAllStringSubmatch(field['D'], -1) {
		if n, err := strconv.Atoi(p[1]); err == nil && n == len(s.arguments)+1 {
			s.arguments = append(s.arguments, p[2])
		}
	}
	return s, true
}
