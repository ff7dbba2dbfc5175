package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// table is what was measured, in order.
type table struct{ rows [][4]string }

func (t *table) add(where, what, figure, more string) {
	t.rows = append(t.rows, [4]string{where, what, figure, more})
	fmt.Fprintf(os.Stderr, "%s | %s | %s | %s\n", where, what, figure, more)
}

func (t *table) text() string {
	var b strings.Builder
	b.WriteString("| where | what | figure | more |\n|---|---|---|---|\n")
	for _, r := range t.rows {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(r[:], " | "))
	}
	return b.String()
}

// The marks between which the page keeps what was measured.
const (
	beginMark = "<!-- measured: make scale writes this -->\n"
	endMark   = "<!-- end of measured -->\n"
)

// keep writes the table into the page, between its marks.
func (t *table) keep(path string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	head, rest, ok := strings.Cut(string(b), beginMark)
	_, tail, there := strings.Cut(rest, endMark)
	if !ok || !there {
		return errors.New(path + " has no place for what was measured")
	}
	return os.WriteFile(path, []byte(head+beginMark+"\n"+t.text()+"\n"+endMark+tail), 0o644)
}

func thousands(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func megabytes(n int64) string {
	if n > 10e9 {
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	}
	return fmt.Sprintf("%.0f MB", float64(n)/1e6)
}

func took(began time.Time) string {
	return time.Since(began).Round(100 * time.Millisecond).String()
}

func sizeOf(path string) (int64, error) {
	s, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	return s.Size(), nil
}

// load is how busy the machine is, as figures are only worth their conditions.
func load() string {
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	one, _, _ := strings.Cut(string(b), " ")
	return one
}

// peak is the most memory that this process has had, in MB.
func peak() int64 {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for l := range strings.Lines(string(b)) {
		if kb, ok := strings.CutPrefix(l, "VmHWM:"); ok {
			n, _ := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(kb), "kB")), 10, 64)
			return n / 1024
		}
	}
	return 0
}
