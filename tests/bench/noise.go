package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// quiet is the share of the machine that others may take in a round.
const quiet = 0.10

// used is what the processors had done at a moment, in ticks: all of it, and
// what this process and those that it started did, peers and databases with them.
type used struct {
	at        time.Time
	all, ours int64
}

const ticksPerSecond = 100 // of /proc, on every Linux

// usage reads what the processors have done. Work of the kernel for interrupts
// belongs to nobody and is not counted; time that the machine under this one
// took for others is.
func usage() used {
	u := used{at: time.Now()}
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return used{}
	}
	first, _, _ := strings.Cut(string(text), "\n")
	f := strings.Fields(first)
	for _, i := range []int{1, 2, 3, 8} { // user, nice, system, stolen
		if i < len(f) {
			u.all += whole(f[i])
		}
	}
	u.ours = tree(os.Getpid())
	return u
}

// others is the share of the machine that others took between two moments.
func (u used) others(before used) float64 {
	if u.all == 0 || before.all == 0 {
		return 0
	}
	can := u.at.Sub(before.at).Seconds() * float64(ticksPerSecond*cores())
	return max(0, float64((u.all-before.all)-(u.ours-before.ours))/max(can, 1))
}

// cores is how many processors the machine has, not how many we may use.
func cores() int {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 1
	}
	n := 0
	for l := range strings.Lines(string(text)) {
		if strings.HasPrefix(l, "cpu") && !strings.HasPrefix(l, "cpu ") {
			n++
		}
	}
	return max(n, 1)
}

// process is a line of /proc.
type process struct {
	parent int
	ticks  int64 // its own and those of its children that ended
}

// tree adds up a process and everything that it started, those that ended with it.
func tree(root int) int64 {
	list := map[int]process{}
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // it ended
		}
		_, rest, ok := strings.Cut(string(text), ") ")
		f := strings.Fields(rest)
		if !ok || len(f) < 15 {
			continue
		}
		pid := int(whole(filepath.Base(filepath.Dir(name))))
		list[pid] = process{int(whole(f[1])), whole(f[11]) + whole(f[12]) + whole(f[13]) + whole(f[14])}
	}
	total := int64(0)
	for pid := range list {
		for at := pid; at > 1; at = list[at].parent {
			if at == root {
				total += list[pid].ticks
				break
			}
		}
	}
	return total
}

func whole(s string) int64 {
	n, _ := strconv.ParseInt(s, 10, 64)
	return n
}

// disturbance says in how many rounds others took more than they may.
func disturbance(rounds []sample) string {
	n, most := 0, 0.0
	for _, s := range rounds {
		if most = max(most, s.others); s.others > quiet {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" †%d of %d (to %.0f %%)", n, len(rounds), most*100)
}
