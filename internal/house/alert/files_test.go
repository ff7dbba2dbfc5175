package alert_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"tongban/internal/house/alert"
	"tongban/internal/rules/wording"
)

const (
	prometheusFile = "../../../packaging/alerts/tongban.rules.yaml"
	docsFile       = "../../../docs/operations.md"
	tableBegins    = "<!-- alerts: written by make alerts -->\n"
	tableEnds      = "<!-- end of alerts -->\n"
)

// TestAlertFiles sees that the rules for Prometheus and the table of the docs
// are those of the one list. TONGBAN_UPDATE_ALERTS=1 writes them.
func TestAlertFiles(t *testing.T) {
	t.Parallel()
	docs, err := os.ReadFile(docsFile)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(docs), tableBegins)
	_, after, ends := strings.Cut(rest, tableEnds)
	if !ok || !ends {
		t.Fatalf("%s has no place for the table of alerts", docsFile)
	}
	want := map[string]string{
		prometheusFile: prometheus(),
		docsFile:       before + tableBegins + table() + tableEnds + after,
	}
	for file, text := range want {
		if os.Getenv("TONGBAN_UPDATE_ALERTS") != "" {
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil { //nolint:gosec // for everybody to read
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(file); err != nil || string(got) != text {
			t.Errorf("%s is not what the list of alerts says (%v): run make alerts", file, err)
		}
	}
}

// TestPrometheusReadsTheRules asks promtool where there is one.
func TestPrometheusReadsTheRules(t *testing.T) {
	t.Parallel()
	tool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("no promtool here")
	}
	if out, err := exec.Command(tool, "check", "rules", prometheusFile).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// prometheus is the list as Prometheus reads it, with its words in both languages.
func prometheus() string {
	var b bytes.Buffer
	b.WriteString("# Written from the list of alerts in the program; make alerts writes it again.\ngroups:\n  - name: tongban\n    rules:\n")
	for _, r := range alert.Rules() {
		fmt.Fprintf(&b, "      - alert: %s\n        expr: %s\n", r.Name, quoted(r.Expr.String()))
		if r.For > 0 {
			fmt.Fprintf(&b, "        for: %dm\n", int(r.For.Minutes()))
		}
		fmt.Fprintf(&b, "        labels: {severity: %s}\n        annotations:\n", map[alert.Level]string{alert.Bad: "critical", alert.Warn: "warning"}[r.Level])
		for _, x := range []struct {
			name string
			m    wording.Message
		}{{"summary", r.Title()}, {"description", r.Why()}, {"action", r.Do()}} {
			fmt.Fprintf(&b, "          %s: %s\n          %s_en: %s\n", x.name, quoted(x.m.In(wording.ZH)), x.name, quoted(x.m.In(wording.EN)))
		}
	}
	return b.String()
}

func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// table is the list as the docs show it.
func table() string {
	var b strings.Builder
	b.WriteString("| alert | on while | why it matters | what to do |\n|---|---|---|---|\n")
	cell := func(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
	for _, r := range alert.Rules() {
		lasts := ""
		if r.For > 0 {
			lasts = fmt.Sprintf(" for %d min", int(r.For.Minutes()))
		}
		fmt.Fprintf(&b, "| **%s** `%s` | `%s`%s | %s | %s |\n", r.Title().In(wording.EN), r.Name, cell(r.Expr.String()), lasts,
			cell(r.Why().In(wording.EN)), cell(r.Do().In(wording.EN)))
	}
	return b.String()
}
