package trace

import (
	"bufio"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// Strace is what strace is told, beside the process and the file, to write what
// ReadStrace reads.
var Strace = []string{"-f", "-y", "-s", "20000", "-e", "trace=read,write,pwrite64,fsync,fdatasync", "-e", "signal=none"}

var (
	whole   = regexp.MustCompile(`^(\d+) +(\w+)\((.*)\) += +(-?\d+)`)
	begun   = regexp.MustCompile(`^(\d+) +(\w+)\((.*) <unfinished \.\.\.>$`)
	resumed = regexp.MustCompile(`^(\d+) +<\.\.\. (\w+) resumed>(.*)\) += +(-?\d+)`)
	onFile  = regexp.MustCompile(`^\d+<([^>]*)>(?:, (.*))?$`)
)

// ReadStrace reads a record that strace wrote. A line is begun when its call
// begins; where other threads came between, it is resumed by another when the
// call has ended.
func ReadStrace(r io.Reader) ([]*Event, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	var list []*Event
	type call struct {
		e    *Event
		args string
	}
	open := map[string]call{}
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		if m := whole.FindStringSubmatch(line); m != nil {
			if e := called(m[2], m[3], m[4]); e != nil {
				// It stands on one line, so nothing came between its beginning and its end.
				e.Began, e.Ended = 2*n, 2*n+1
				list = append(list, e)
			}
		} else if m := begun.FindStringSubmatch(line); m != nil {
			c := call{&Event{Began: 2 * n}, m[3]}
			open[m[1]+m[2]] = c
			list = append(list, c.e)
		} else if m := resumed.FindStringSubmatch(line); m != nil {
			c, ok := open[m[1]+m[2]]
			if e := called(m[2], c.args+m[3], m[4]); ok && e != nil {
				e.Began, e.Ended = c.e.Began, 2*n+1
				*c.e = *e
			}
			delete(open, m[1]+m[2])
		}
	}
	return list, lines.Err()
}

// called is what a call did; nil when it is of no interest.
func called(name, args, result string) *Event {
	m := onFile.FindStringSubmatch(args)
	if m == nil {
		return nil
	}
	e := &Event{Path: m[1], Failed: strings.HasPrefix(result, "-")}
	text, rest := quoted(m[2])
	e.Data = text
	switch name {
	case "read":
		e.Op = Receive
	case "write":
		if e.Op = Write; strings.HasPrefix(e.Path, "socket:") {
			e.Op = Send
		}
	case "pwrite64":
		e.Op = Write
		parts := strings.Split(rest, ", ")
		e.Off, _ = strconv.ParseInt(strings.TrimSpace(parts[len(parts)-1]), 10, 64)
	default:
		e.Op = Sync
	}
	return e
}

// quoted reads a string as C writes it, and what stands behind it.
func quoted(s string) (text []byte, rest string) {
	if !strings.HasPrefix(s, `"`) {
		return nil, s
	}
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			return text, s[i+1:]
		case c != '\\':
			text = append(text, c)
		case s[i+1] >= '0' && s[i+1] <= '7':
			n, j := 0, i+1
			for ; j < len(s) && j <= i+3 && s[j] >= '0' && s[j] <= '7'; j++ {
				n = 8*n + int(s[j]-'0')
			}
			text = append(text, byte(n))
			i = j - 1
		default:
			i++
			if k := strings.IndexByte("ntrvfab", s[i]); k >= 0 {
				text = append(text, "\n\t\r\v\f\a\b"[k])
			} else {
				text = append(text, s[i])
			}
		}
	}
	return text, ""
}
