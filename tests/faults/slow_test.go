package faults_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// crawler is a client that takes its time for ever.
type crawler struct {
	name string
	ask  string // sent at once
	drip string // sent again and again, a byte at a time
}

var crawlers = []crawler{
	{"headers byte by byte", "GET / HTTP/1.1\r\nHost: county.invalid\r\nX-Slow: ", "x"},
	{"body byte by byte", "POST /api/v1/sessions HTTP/1.1\r\nHost: county.invalid\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{", " "},
	{"form byte by byte", "POST /sign-in HTTP/1.1\r\nHost: county.invalid\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100000\r\n\r\nlogin=", "x"},
	{"never reads", strings.Repeat("GET /openapi.json HTTP/1.1\r\nHost: county.invalid\r\n\r\n", 100), ""},
}

// servedWithin is what slow clients may cost others at most, on a machine that has
// two cores for server, slow clients and load alike.
const servedWithin = 10 * time.Second

// TestSlowClients lets hundreds of clients be as slow as they like, while others
// take cases the whole way: they are served as before, the slow are let go, and
// what they held comes back.
func TestSlowClients(t *testing.T) {
	t.Parallel()
	r := try(t, "slow clients: headers or bodies byte by byte, answers never read")
	n, work, letGo := 60, 600*time.Millisecond, 0*time.Second
	if long() {
		// The server waits for 10 s for headers, and 30 s and what the bytes need for the rest.
		n, work, letGo = 500, 30*time.Second, 100*time.Second
	}
	g := settled(t, onSQLite)
	g.start()
	address := strings.TrimPrefix(g.client.URL, "http://")
	g.worst(work / 4) // warm
	before := g.gauges("go_goroutines", "process_resident_memory_bytes")
	alone := g.worst(work)

	ctx, stop := context.WithCancel(g.ctx)
	defer stop()
	var slow sync.WaitGroup
	lasted := make([]time.Duration, n)
	for i := range n {
		slow.Go(func() { lasted[i] = crawlers[i%len(crawlers)].crawl(ctx, address) })
	}
	beside := g.worst(work)
	held := g.gauges("go_goroutines", "process_resident_memory_bytes")
	if !long() {
		stop()
	}
	time.AfterFunc(letGo, stop)
	slow.Wait()
	if longest := slices.Max(lasted); long() && longest > letGo {
		t.Errorf("a slow client was still there after %v", longest)
	}
	after := g.settle(before)
	r.tells("%d clients for %v; others' slowest request %v beside them, %v alone; goroutines %.0f before, %.0f with them, %.0f after; memory %.0f, %.0f, %.0f MB; the last was let go after %v",
		n, work, beside.Round(time.Millisecond), alone.Round(time.Millisecond), before[0], held[0], after[0], before[1]/1e6, held[1]/1e6, after[1]/1e6, slices.Max(lasted).Round(time.Second))
	if beside > servedWithin+alone {
		t.Errorf("others waited for up to %v beside slow clients, %v without", beside, alone)
	}
	if long() && held[0] < before[0]+100 {
		t.Errorf("%.0f goroutines with the slow clients, %.0f before: nothing was held", held[0], before[0])
	}
	if after[0] > before[0]+20 || after[1] > before[1]+150e6 {
		t.Errorf("goroutines and memory did not come back: %v before, %v after", before, after)
	}
	g.stop()
	g.verify()
}

// crawl is one slow client; it returns how long it was put up with.
func (c crawler) crawl(ctx context.Context, address string) time.Duration {
	began := time.Now()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return 0
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	if c.drip == "" {
		_ = conn.(*net.TCPConn).SetReadBuffer(4096)
	}
	if _, err = io.WriteString(conn, c.ask); err == nil && c.drip == "" {
		// It never reads; that it was let go shows in what it sends.
		for err == nil && ctx.Err() == nil {
			time.Sleep(200 * time.Millisecond) // its slowness is what is tried
			_, err = io.WriteString(conn, "GET / HTTP/1.1\r\n")
		}
	}
	for err == nil && ctx.Err() == nil {
		time.Sleep(200 * time.Millisecond)
		if _, err = io.WriteString(conn, c.drip); err == nil {
			_ = conn.SetReadDeadline(time.Now().Add(time.Millisecond))
			if _, err = conn.Read(make([]byte, 1)); errors.Is(err, os.ErrDeadlineExceeded) {
				err = nil
			}
		}
	}
	_ = conn.Close()
	return time.Since(began)
}

// worst lets everybody work for a while and returns their slowest request.
func (g *group) worst(d time.Duration) time.Duration {
	ctx, stop := context.WithTimeout(g.ctx, d)
	defer stop()
	slowest := make([]time.Duration, crowd)
	var all sync.WaitGroup
	for w := range crowd {
		all.Go(func() {
			for ctx.Err() == nil {
				e := g.open(w)
				began := time.Now()
				if !g.apply(e) {
					g.t.Errorf("%s was not taken", e.key)
				}
				slowest[w] = max(slowest[w], time.Since(began))
				for more := true; more && ctx.Err() == nil; {
					began = time.Now()
					more = g.step(e)
					slowest[w] = max(slowest[w], time.Since(began))
				}
			}
		})
	}
	all.Wait()
	return slices.Max(slowest)
}

// settle waits until the goroutines are nearly as few as before.
func (g *group) settle(before []float64) []float64 {
	g.t.Helper()
	now := g.gauges("go_goroutines", "process_resident_memory_bytes")
	for range 100 {
		if now[0] <= before[0]+20 {
			break
		}
		time.Sleep(100 * time.Millisecond) // waiting for another program
		now = g.gauges("go_goroutines", "process_resident_memory_bytes")
	}
	return now
}

// gauges reads values off the server's metrics.
func (g *group) gauges(names ...string) []float64 {
	g.t.Helper()
	a, err := http.Get(g.client.URL + "/metrics")
	g.must(err)
	defer func() { _ = a.Body.Close() }()
	values := make([]float64, len(names))
	found := 0
	for lines := bufio.NewScanner(a.Body); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), " ")
		if i := slices.Index(names, name); i >= 0 {
			values[i], err = strconv.ParseFloat(value, 64)
			g.must(err)
			found++
		}
	}
	if found != len(names) {
		g.must(fmt.Errorf("the server told %d of %v", found, names))
	}
	return values
}
