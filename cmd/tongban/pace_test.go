package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// pacedServer answers with what it was sent, or with a great deal.
func pacedServer(t *testing.T, p pace) (address string, ended chan error) {
	t.Helper()
	ended = make(chan error, 8)
	s := httptest.NewServer(p.bound(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/much" {
			_, err := io.Copy(w, io.LimitReader(endless{}, 64<<20))
			ended <- err
			return
		}
		b, err := io.ReadAll(r.Body)
		if err == nil {
			time.Sleep(3 * p.patience) // our own work is not the client's time
			err = r.Context().Err()
			_, _ = w.Write(b)
		}
		ended <- err
	})))
	t.Cleanup(s.Close)
	return strings.TrimPrefix(s.URL, "http://"), ended
}

type endless struct{}

func (endless) Read(b []byte) (int, error) { return len(b), nil }

func TestPace(t *testing.T) {
	t.Parallel()
	p := pace{patience: 100 * time.Millisecond, slowest: 1 << 20}
	address, ended := pacedServer(t, p)
	dial := func() net.Conn {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		return c
	}

	quick := dial()
	fmt.Fprintf(quick, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nquick")
	a, err := http.ReadResponse(bufio.NewReader(quick), nil)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(a.Body); string(b) != "quick" || err != nil {
		t.Errorf("a quick client was answered %q %v", b, err)
	}
	if err := <-ended; err != nil {
		t.Errorf("while we worked for a quick client it was taken to have left: %v", err)
	}

	slow := dial()
	fmt.Fprintf(slow, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10000\r\n\r\n")
	left := make(chan struct{})
	go func() {
		defer close(left)
		for {
			if _, err := slow.Write([]byte("x")); err != nil {
				return
			}
			time.Sleep(p.patience / 20) // never long enough between two bytes to be seen there
		}
	}()
	if err := <-ended; err == nil {
		t.Error("a body that came byte by byte was waited for")
	}
	select {
	case <-left:
	case <-time.After(100 * p.patience):
		t.Error("the connection of a slow body was kept after its request was given up")
	}

	deaf := dial()
	fmt.Fprintf(deaf, "GET /much HTTP/1.1\r\nHost: x\r\n\r\n")
	if err := <-ended; err == nil {
		t.Error("a client that never reads was waited for")
	}

	big := dial()
	const size = 4 << 20
	go func() {
		fmt.Fprintf(big, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n", size)
		// In all longer than the patience, but the bytes need that time.
		for range 8 {
			_, _ = big.Write(bytes.Repeat([]byte("y"), size/8))
			time.Sleep(p.patience / 2)
		}
	}()
	if err := <-ended; err != nil {
		t.Errorf("an honest slow line was cut off: %v", err)
	}
}
