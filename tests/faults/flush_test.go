package faults_test

import (
	"bufio"
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"tongban/tests/drive"
	"tongban/tests/faults/trace"
)

// TestFlushedBeforeAnswered lets strace write down what the server does under
// load, and proves for every acknowledged request that the WAL frames of its
// commit were flushed before the first byte of its answer was sent.
func TestFlushedBeforeAnswered(t *testing.T) {
	t.Parallel()
	r := try(t, "under strace: is each acknowledgement behind the flush that holds it?")
	g := settled(t, onSQLite)
	g.start()
	events := g.underStrace(g.server.(*drive.Server).PID())
	acks, unproven := trace.Unflushed(events)
	if len(unproven) > 0 {
		t.Errorf("%d of %d acknowledgements came before their flush:\n%s", len(unproven), acks, strings.Join(unproven, "\n"))
	}
	if want := g.acked(); acks != want || acks == 0 {
		t.Errorf("%d acknowledgements in the record, the clients got %d", acks, want)
	}
	g.stop()
	g.verify()

	// The same proof of a server that does not flush must fail, for every one.
	bad := settled(t, onSQLite)
	s, err := drive.Start(bad.log, os.Args[0], careless, bad.dir)
	bad.must(err)
	bad.runs(s, s.URL)
	of, found := trace.Unflushed(bad.underStrace(s.PID()))
	if of == 0 || len(found) != of {
		t.Errorf("of a server that never flushes %d of %d acknowledgements were found out", len(found), of)
	}
	r.tells("%d acknowledgements proven; of a server that does not flush, %d of %d found out", acks, len(found), of)
}

// acked counts what the clients were told is done.
func (g *group) acked() int {
	n := g.acts
	for _, e := range g.book {
		if e.acked {
			n++
		}
	}
	return n
}

// underStrace lets everybody take a few cases through while strace watches.
func (g *group) underStrace(pid int) []*trace.Event {
	g.t.Helper()
	record := filepath.Join(g.t.TempDir(), "strace")
	c := exec.Command("strace", append([]string{"-o", record, "-p", strconv.Itoa(pid)}, trace.Strace...)...)
	said, err := c.StderrPipe()
	g.must(err)
	g.must(c.Start())
	if line, err := bufio.NewReader(said).ReadString('\n'); err != nil || !strings.Contains(line, "attached") {
		g.t.Fatalf("strace said %q: %v", line, err)
	}
	cases := 1
	if long() {
		cases = 12
	}
	var all sync.WaitGroup
	for w := range crowd {
		all.Go(func() {
			for range cases {
				g.oneCase(context.WithoutCancel(g.ctx), w)
			}
		})
	}
	all.Wait()
	// A client may have its answer before strace saw the call end; when a further
	// request is answered, whatever with, it did.
	a, err := http.Get(g.client.URL)
	g.must(err)
	_ = a.Body.Close()
	g.must(c.Process.Signal(syscall.SIGINT))
	_ = c.Wait()
	f, err := os.Open(record)
	g.must(err)
	defer func() { _ = f.Close() }()
	events, err := trace.ReadStrace(f)
	g.must(err)
	return events
}
