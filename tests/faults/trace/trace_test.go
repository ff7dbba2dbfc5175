package trace_test

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tongban/tests/faults/trace"
)

// inOrder numbers events in the order in which they are listed.
func inOrder(list ...*trace.Event) []*trace.Event {
	for i, e := range list {
		e.Began, e.Ended = 2*i+1, 2*i+2
	}
	return list
}

func block(b byte) []byte { return bytes.Repeat([]byte{b}, 512) }

// TestDisk lays down what a disk may hold after a power cut.
func TestDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f := filepath.Join(dir, "f")
	if err := os.WriteFile(f, append(block('0'), block('0')...), 0o600); err != nil {
		t.Fatal(err)
	}
	write := func(path string, off int64, b []byte) *trace.Event {
		return &trace.Event{Op: trace.Write, Path: path, Off: off, Data: b}
	}
	fresh, final := filepath.Join(dir, "new"), filepath.Join(dir, "final")
	events := inOrder(
		write(f, 0, append(block('1'), block('1')...)),         // 1
		&trace.Event{Op: trace.Sync, Path: f},                  // 3
		write(f, 0, block('2')),                                // 5
		write(f, 512, block('2')),                              // 7
		write(f, 0, block('3')),                                // 9
		&trace.Event{Op: trace.Create, Path: fresh},            // 11
		write(fresh, 0, block('n')),                            // 13
		&trace.Event{Op: trace.Sync, Path: fresh},              // 15
		&trace.Event{Op: trace.Rename, Path: fresh, To: final}, // 17
		&trace.Event{Op: trace.Sync, Path: dir},                // 19
	)
	r := rand.New(rand.NewPCG(1, 1))
	at := func(place int, keep float64) map[string][]byte {
		d, err := trace.NewDisk(dir, events)
		if err != nil {
			t.Fatal(err)
		}
		d.Until(place)
		return d.Cut(r, keep)
	}
	if b := at(2, 0)[f]; b[0] != '0' || b[512] != '0' {
		t.Errorf("what was not flushed was kept: %c %c", b[0], b[512])
	}
	if b := at(4, 0)[f]; b[0] != '1' || b[512] != '1' {
		t.Errorf("what was flushed was lost: %c %c", b[0], b[512])
	}
	if b := at(10, 1)[f]; b[0] != '3' || b[512] != '2' {
		t.Errorf("of everything kept there is %c %c", b[0], b[512])
	}
	seen := map[string]bool{}
	for range 500 {
		b := at(10, 0.5)[f]
		seen[string([]byte{b[0], b[512]})] = true
		if !bytes.Equal(b[:512], block(b[0])) {
			t.Fatal("a sector is torn")
		}
	}
	for _, want := range []string{"11", "12", "21", "22", "31", "32"} { // 12: the second without the first
		if !seen[want] {
			t.Errorf("of the possible contents %s never came", want)
		}
	}
	if files := at(16, 0); files[fresh] != nil || files[final] != nil {
		t.Error("a flushed file has a name although its folder was not flushed")
	}
	if files := at(20, 0); !bytes.Equal(files[final], block('n')) || files[fresh] != nil {
		t.Error("a renamed file in a flushed folder is not there under its name")
	}
}

// header is that of a frame of a WAL.
func header(commit uint32) []byte {
	b := make([]byte, 24)
	binary.BigEndian.PutUint32(b[4:], commit)
	return b
}

// TestUnflushed gives the prover records in which something is wrong.
func TestUnflushed(t *testing.T) {
	t.Parallel()
	const wal, conn = "/d/x.db-wal", "socket:[1]"
	parts := map[string]func() *trace.Event{
		"ask": func() *trace.Event {
			return &trace.Event{Op: trace.Receive, Path: conn, Data: []byte("POST / HTTP/1.1\r\nIdempotency-Key: k-1\r\n\r\n")}
		},
		"frame": func() *trace.Event { return &trace.Event{Op: trace.Write, Path: wal, Off: 32, Data: header(0)} },
		"page": func() *trace.Event {
			return &trace.Event{Op: trace.Write, Path: wal, Off: 56, Data: []byte("… k-1 …")}
		},
		"last":  func() *trace.Event { return &trace.Event{Op: trace.Write, Path: wal, Off: 4152, Data: header(9)} },
		"end":   func() *trace.Event { return &trace.Event{Op: trace.Write, Path: wal, Off: 4176, Data: []byte("page")} },
		"flush": func() *trace.Event { return &trace.Event{Op: trace.Sync, Path: wal} },
		"other": func() *trace.Event { return &trace.Event{Op: trace.Sync, Path: "/d/x.db"} },
		"answer": func() *trace.Event {
			return &trace.Event{Op: trace.Send, Path: conn, Data: []byte("HTTP/1.1 201 Created\r\n\r\n{}")}
		},
	}
	for order, good := range map[string]bool{
		"ask frame page last end flush answer": true,
		"ask frame page last end answer flush": false,
		"ask frame page flush last end answer": false,
		"ask frame page last flush end answer": false,
		"ask answer frame page last end flush": false,
		"ask frame page last end other answer": false,
		"ask answer":                           false,
	} {
		var events []*trace.Event
		for _, name := range strings.Fields(order) {
			events = append(events, parts[name]())
		}
		if acks, unproven := trace.Unflushed(inOrder(events...)); acks != 1 || (len(unproven) == 0) != good {
			t.Errorf("%s: %d acknowledgements, unproven %v", order, acks, unproven)
		}
	}
}

// TestReadStrace reads calls of several threads that interrupt each other.
func TestReadStrace(t *testing.T) {
	t.Parallel()
	events, err := trace.ReadStrace(strings.NewReader(`10 read(8<socket:[7]>,  <unfinished ...>
11 pwrite64(9</d/x.db-wal>, "a\0\"\n\3777", 6, 4152) = 6
12 fsync(9</d/x.db-wal> <unfinished ...>
10 <... read resumed>"POST / HTTP/1.1\r\n", 4096) = 17
12 <... fsync resumed>) = -1 EIO (Input/output error)
10 write(8<socket:[7]>, "HTTP/1.1 200 OK\r\n", 17) = 17
10 +++ exited with 0 +++
`))
	if err != nil || len(events) != 4 {
		t.Fatalf("%d events, %v", len(events), err)
	}
	got, wrote, flush, sent := events[0], events[1], events[2], events[3]
	if got.Op != trace.Receive || got.Path != "socket:[7]" || string(got.Data) != "POST / HTTP/1.1\r\n" || got.Ended < wrote.Ended {
		t.Errorf("received %+v", got)
	}
	if wrote.Op != trace.Write || wrote.Off != 4152 || string(wrote.Data) != "a\x00\"\n\xff7" {
		t.Errorf("wrote %+v", wrote)
	}
	if flush.Op != trace.Sync || !flush.Failed || flush.Began > got.Ended || flush.Ended < got.Ended {
		t.Errorf("flushed %+v", flush)
	}
	if sent.Op != trace.Send || sent.Began < flush.Ended {
		t.Errorf("sent %+v", sent)
	}
}
