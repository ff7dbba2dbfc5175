package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// table is what was measured, in order.
type table struct {
	pairs      []pair
	lines      []line
	conditions []string
	failed     []string
}

// line is a row of what has no peer, or the head of a section.
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

// byHand is where the part of the page begins that no run writes over.
const byHand = "<!-- from here on written by hand -->"

const opening = `# Performance

Measured by ` + "`make bench`" + ` (tests/bench), which writes this page as far as the line that says so. Figures count only
beside each other: both of a row come from one run on one machine, in turn. Rates are the median of the rounds with their
range; times are p50 / p99 over all rounds; the ratio is the median of the rounds' own ratios. † counts the rounds in which
others took more than a tenth of the processors, and the most that they took.

`

// markdown is the table as it is kept.
func (t *table) markdown(conditions []string) string {
	var w strings.Builder
	w.WriteString(opening + pairsHead)
	for _, p := range t.pairs {
		w.WriteString("| " + strings.Join(p.cells(), " | ") + " |\n")
	}
	for _, f := range t.failed {
		w.WriteString("\nNot measured: " + strings.ReplaceAll(f, "\n", " ") + "\n")
	}
	w.WriteString("\n## Conditions\n\n")
	for _, c := range slices.Concat(conditions, t.conditions) {
		w.WriteString("- " + c + "\n")
	}
	for _, l := range t.lines {
		if l.section != "" {
			w.WriteString("\n## " + l.section + "\n\n| what | where | figure | p50 / p99 |\n|---|---|---|---|\n")
			continue
		}
		fmt.Fprintf(&w, "| %s | %s | %s | %s |\n", l.what, l.where, l.a, l.b)
	}
	return w.String()
}

// keep writes the page, and leaves what was written by hand.
func (b *bench) keep() error {
	if b.out == "" {
		return nil
	}
	hand := byHand + "\n"
	if was, err := os.ReadFile(filepath.FromSlash(b.out)); err == nil {
		if _, rest, ok := strings.Cut(string(was), byHand); ok {
			hand = byHand + rest
		}
	}
	return os.WriteFile(filepath.FromSlash(b.out), []byte(b.table.markdown(b.conditions())+"\n"+hand), 0o644)
}

// conditions are what every figure of this run was measured under.
func (b *bench) conditions() []string {
	return []string{
		time.Now().Format("2006-01-02") + fmt.Sprintf(", revision %s, %d rounds of %s (lists, pages and ledger: half as long)", revision(), b.rounds, b.each),
		fmt.Sprintf("%d cores, %s, %s %s/%s, %s", runtime.NumCPU(), model(), runtime.Version(), runtime.GOOS, runtime.GOARCH, b.flush),
		"load of the machine at the end of the run: " + busy(),
		"contenders in turn, a warm-up each, closed loop, load generator on the same cores; what was written is counted on both sides, " +
			"and our record verified, before a figure is kept; kill -9 and a full disk are tried (tests/faults), real power loss is not",
	}
}

// revision is the state of the source, with a plus where files were changed since.
func revision() string {
	out, err := exec.Command("git", "rev-parse", "--short", "HEAD").Output()
	if err != nil {
		return "unknown"
	}
	name := strings.TrimSpace(string(out))
	if changed, err := exec.Command("git", "status", "--porcelain", "-uno", "--", "internal", "cmd", "go.mod").Output(); err == nil && len(changed) > 0 {
		name += "+"
	}
	return name
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

// flushTime is how long this machine takes to flush a page that was appended to
// a file, the way a commit does.
func flushTime(dir string) (string, error) {
	f, err := os.CreateTemp(dir, "flush-")
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	var took []time.Duration
	page := make([]byte, 4096)
	for range 200 {
		began := time.Now()
		if _, err := f.Write(page); err != nil {
			return "", err
		}
		if err := f.Sync(); err != nil {
			return "", err
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	s := sample{took: took}
	return fmt.Sprintf("flush of a 4 KiB page %s / %s (p50 / p99)", millis(s.percentile(50)), millis(s.percentile(99))), nil
}

// joined ends something whether or not an error came before.
func joined(err error, end func() error) error { return errors.Join(err, end()) }
