package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"
)

// table is what was measured, in order.
type table struct {
	lines      []line
	conditions []string
}

// line is a row, or the head of a section.
type line struct {
	section           string
	what, where, a, b string
}

func (t *table) section(name string) {
	t.lines = append(t.lines, line{section: name})
	fmt.Printf("\n%s\n", name)
}

// condition notes something that the figures were measured under, once.
func (t *table) condition(s string) {
	if !slices.Contains(t.conditions, s) {
		t.conditions = append(t.conditions, s)
		fmt.Println("  " + s)
	}
}

// row adds a row and prints it.
func (b *bench) row(what, where, first, second string) {
	b.table.lines = append(b.table.lines, line{what: what, where: where, a: first, b: second})
	fmt.Printf("  %-44s %-24s %-28s %s\n", what, where, first, second)
}

// markdown is the table as it is kept.
func (t *table) markdown(conditions []string) string {
	var w strings.Builder
	w.WriteString("# Performance\n\nMeasured by `make bench` (tests/bench), which writes this file. Figures count only beside each other: they come\n" +
		"from one run on one machine. Rates are the median of the rounds with their range; times are p50 / p99 over all rounds.\n\n## Conditions\n\n")
	for _, c := range slices.Concat(conditions, t.conditions) {
		w.WriteString("- " + c + "\n")
	}
	w.WriteString("- contenders in turn, a warm-up each, closed loop, load generator on the same cores; what was written is counted and the\n" +
		"  record verified before a figure is kept\n")
	for _, l := range t.lines {
		if l.section != "" {
			w.WriteString("\n## " + l.section + "\n\n| what | where | figure | p50 / p99 |\n|---|---|---|---|\n")
			continue
		}
		fmt.Fprintf(&w, "| %s | %s | %s | %s |\n", l.what, l.where, l.a, l.b)
	}
	return w.String()
}

// conditions are what every figure of this run was measured under.
func (b *bench) conditions() []string {
	return []string{
		time.Now().Format("2006-01-02") + fmt.Sprintf(", %d rounds of %s", b.rounds, b.each),
		fmt.Sprintf("%d cores, %s, %s %s/%s", runtime.NumCPU(), model(), runtime.Version(), runtime.GOOS, runtime.GOARCH),
		"load of the machine at the end of the run: " + busy(),
	}
}

func model() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "processor not told"
	}
	for l := range strings.Lines(string(text)) {
		if name, ok := strings.CutPrefix(l, "model name"); ok {
			return strings.TrimSpace(strings.TrimLeft(name, "\t :"))
		}
	}
	return "processor not told"
}

// busy is how busy the machine was, ours and others' work together.
func busy() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		out, err := exec.Command("uptime").Output()
		if err != nil {
			return "not told"
		}
		return strings.TrimSpace(string(out))
	}
	f := strings.Fields(string(text))
	return strings.Join(f[:3], " ") + " (1, 5 and 15 minutes)"
}

// joined ends something whether or not an error came before.
func joined(err error, end func() error) error { return errors.Join(err, end()) }
