package trace

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
)

// Ack is an acknowledgement: the first bytes of an answer 2xx to a request with
// an idempotency key.
type Ack struct {
	Key   string
	Began int // of the sending
	Body  []byte
}

// Acks finds the acknowledgements in a record: on each connection, what is sent
// after a request with a key is its answer.
func Acks(events []*Event) []Ack {
	var list []Ack
	asked := map[string]string{} // by connection: the key of the request under way
	for _, e := range events {
		switch e.Op {
		case Receive:
			if key, ok := between(e.Data, "\r\nIdempotency-Key: ", "\r\n"); ok {
				asked[e.Path] = key
			}
		case Send:
			key, ok := asked[e.Path]
			if !ok || !bytes.HasPrefix(e.Data, []byte("HTTP/1.1 ")) {
				continue
			}
			delete(asked, e.Path)
			if bytes.HasPrefix(e.Data, []byte("HTTP/1.1 2")) {
				_, body, _ := bytes.Cut(e.Data, []byte("\r\n\r\n"))
				list = append(list, Ack{key, e.Began, body})
			}
		}
	}
	return list
}

func between(b []byte, from, to string) (string, bool) {
	_, after, ok := bytes.Cut(b, []byte(from))
	if !ok {
		return "", false
	}
	s, _, ok := bytes.Cut(after, []byte(to))
	return string(s), ok
}

// Unflushed proves, for every acknowledgement of a server on SQLite, that the
// frames of the commit that holds it were flushed before the first byte of the
// answer; those for which that cannot be shown are returned.
//
// The row of the idempotency key is written by the same commit as everything
// else of the command, so the first frame that holds the key belongs to it; the
// commit ends with the next frame whose header says so (file format, section
// 4.1: a size of the database that is not zero).
func Unflushed(events []*Event) (acks int, unproven []string) {
	var wal []*Event
	for _, e := range events {
		if (e.Op == Write || e.Op == Sync) && strings.HasSuffix(e.Path, "-wal") && !e.Failed {
			wal = append(wal, e)
		}
	}
	for _, a := range Acks(events) {
		acks++
		if why := flushed(wal, a); why != "" {
			unproven = append(unproven, fmt.Sprintf("%s: %s", a.Key, why))
		}
	}
	return acks, unproven
}

func flushed(wal []*Event, a Ack) string {
	i := 0
	for i < len(wal) && !(wal[i].Op == Write && bytes.Contains(wal[i].Data, []byte(a.Key))) {
		i++
	}
	if i == len(wal) || wal[i].Began > a.Began {
		return "answered before it was written"
	}
	for i--; i < len(wal) && !commits(wal[i]); i++ {
	}
	if i+1 >= len(wal) || wal[i+1].Began > a.Began {
		return "answered before its commit was written"
	}
	for _, s := range wal[i+2:] {
		if s.Op == Sync && s.Began > wal[i+1].Ended && s.Ended < a.Began {
			return ""
		}
		if s.Began > a.Began {
			break
		}
	}
	return "answered before its commit was flushed"
}

// commits tells whether an event is the header of a frame that ends a commit.
func commits(e *Event) bool {
	return e.Op == Write && len(e.Data) == 24 && binary.BigEndian.Uint32(e.Data[4:]) != 0 && e.Off >= 32
}
