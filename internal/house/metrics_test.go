package house_test

import (
	"bytes"
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tongban/internal/house"
	"tongban/internal/house/alert"
	"tongban/internal/house/asked"
	"tongban/internal/record/act"
	"tongban/internal/record/job"
	"tongban/internal/record/ledger"
	"tongban/internal/record/store"
	"tongban/internal/record/store/storetest"
)

// opened is a house with metrics, on one engine.
func opened(t *testing.T, e store.Engine) (*house.House, *house.Metrics) {
	t.Helper()
	m := house.NewMetrics()
	dir := t.TempDir()
	h, err := house.Open(t.Context(), house.Options{
		Dir: dir, Database: storetest.Options(t, e).URL, Metrics: m,
		Backups: house.Backups{Dir: filepath.Join(dir, "copies"), Every: time.Hour, Keep: 2},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	m.Watch(h)
	return h, m
}

func both(t *testing.T, f func(t *testing.T, h *house.House, m *house.Metrics)) {
	t.Helper()
	for _, e := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			h, m := opened(t, e)
			f(t, h, m)
		})
	}
}

var note = act.Command{Name: "case.accept", Right: ""}

// acts runs a command that is stored and one that is refused.
func acts(t *testing.T, h *house.House) {
	t.Helper()
	for _, err := range []error{nil, act.Refuse("act.unavailable")} {
		_, got := act.Run(t.Context(), h.Runner, act.Machine(), "", note, 0, func(c *act.Call, _ int) (int, error) {
			if err := c.Allow(act.Scope{}); err != nil {
				return 0, err
			}
			if err != nil {
				return 0, err
			}
			_, err := c.Note(nil, ledger.Event{Stream: "case/1", Kind: "case.accepted"})
			return 0, err
		})
		if (got == nil) != (err == nil) {
			t.Fatalf("answered %v", got)
		}
	}
}

func told(m *house.Metrics) string {
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	return w.Body.String()
}

func holds(t *testing.T, text string, lines ...string) {
	t.Helper()
	for _, l := range lines {
		if !regexp.MustCompile(`(?m)^` + l + `$`).MatchString(text) {
			t.Errorf("no line %s", l)
		}
	}
	if t.Failed() {
		t.Log(text)
	}
}

func TestMetricsTellWhatWaits(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, h *house.House, m *house.Metrics) {
		acts(t, h)
		if err := h.Store.Do(t.Context(), store.People, func(tx *store.Tx) error {
			job.Add(tx, job.Job{Kind: "try", Key: "1", Args: job.Args(nil), RunAt: tx.Now() - 600_000_000})
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		text := told(m)
		holds(t, text,
			`tongban_command_seconds_count\{command="case.accept",outcome="done"\} 1`,
			`tongban_refused_total\{code="act.unavailable",kind="refused"\} 1`,
			`tongban_commit_seconds_count [1-9]\d*`, `tongban_commit_commands_sum [1-9]\d*`,
			`tongban_jobs\{state="late"\} 1`, `tongban_job_late_oldest_seconds 6\d\d.*`,
			`tongban_ledger_signed_entries 0`, `tongban_writable 1`, `tongban_calendar_missing_years \d`,
			`tongban_disk_free_bytes\{place="data"\} [1-9].*`, `tongban_backup_configured 1`, `tongban_backup_good 1`, `tongban_sessions 0`,
		)
		if h.Store.Engine() == store.SQLite {
			holds(t, text, `tongban_ledger_entries 1`, `tongban_ledger_waiting 0`, `tongban_wal_bytes [1-9].*`, `tongban_ledger_unsigned_oldest_seconds \d.*`)
		} else {
			holds(t, text, `tongban_ledger_entries 0`, `tongban_ledger_waiting 1`, `tongban_ledger_waiting_oldest_seconds \d.*`)
		}
	})
}

func TestEveryNameExists(t *testing.T) {
	t.Parallel()
	h, m := opened(t, store.SQLite)
	acts(t, h)
	m.Asked(asked.Seen{Class: "public", Status: 200, Took: time.Millisecond})
	if err := h.Store.Do(t.Context(), store.People, func(tx *store.Tx) error {
		_, err := tx.Exec(`insert into task(home, id, proceeding, token, node, name, role, part, agency, post, officers, state, assignee, opened, due, done_at, done_by, outcome, seen)
			values($1, 1, 1, 1, 'n', 'n', 'r', 'review', 'scjg', 'reviewer', 1, 'open', 0, $2, $3, 0, 0, '', 1)`, tx.Home(), tx.Now()-86_400_000_000, tx.Today()-1)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(h.Options.Backups.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Archive.Backup(t.Context(), h.Options.Backups.Dir, 1); err != nil {
		t.Fatal(err)
	}
	text := told(m)
	holds(t, text, `tongban_tasks_overdue\{agency="scjg"\} 1`, `tongban_task_oldest_seconds\{agency="scjg"\} 864\d\d.*`)
	var names []string
	for _, r := range alert.Rules() {
		names = append(names, r.Expr.Names()...)
	}
	for _, c := range slices.Concat(house.Charts, house.Facts) {
		names = append(names, c.Expr.Names()...)
	}
	docs, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range regexp.MustCompile("`(tongban_[a-z_]+)").FindAllStringSubmatch(string(docs), -1) {
		names = append(names, x[1])
	}
	if len(names) < 50 {
		t.Fatalf("only %d names were found", len(names))
	}
	for _, name := range names {
		if !regexp.MustCompile(`(?m)^` + name + `(_bucket)?[{ ]`).MatchString(text) {
			t.Errorf("nothing measures %s", name)
		}
	}
	for _, family := range regexp.MustCompile(`(?m)^# TYPE (tongban_[a-z_]+) `).FindAllStringSubmatch(text, -1) {
		if !documented(string(docs), family[1]) {
			t.Errorf("docs/operations.md does not tell of %s", family[1])
		}
	}
}

// documented tells whether the docs name a metric, in full or as "_rest" after
// one whose beginning it shares.
func documented(docs, name string) bool {
	if strings.Contains(docs, "`"+name) {
		return true
	}
	for i := range name {
		if name[i] == '_' && strings.Contains(docs, "`"+name[i:]+"`") {
			return true
		}
	}
	return false
}

// TestMeasuringUsesIndexes asks SQLite for the plan of every statement that a
// reading sends: none goes through a whole table that grows.
func TestMeasuringUsesIndexes(t *testing.T) {
	t.Parallel()
	h, m := opened(t, store.SQLite)
	acts(t, h)
	var mu sync.Mutex
	var sent []string
	h.Store.Trace(func(sql string) { mu.Lock(); sent = append(sent, sql); mu.Unlock() })
	told(m)
	h.Store.Trace(nil)
	if len(sent) < 8 {
		t.Fatalf("only %d statements were seen", len(sent))
	}
	// Every key begins with home: a search by it alone goes through the table too.
	whole := regexp.MustCompile(`^SCAN|\(home=\?\)`)
	small := regexp.MustCompile(`^(SCAN|SEARCH) (ledger_log|parked|follower|calendar_epoch|unnumbered|job USING INDEX job_due|x|u|\(subquery-\d+\)|CONSTANT ROW)\b`)
	for _, sql := range slices.Compact(slices.Sorted(slices.Values(sent))) {
		if err := h.Store.Read(context.Background(), func(tx *store.Tx) error {
			return tx.Each(func(r store.Row) error {
				var id, parent, unused int
				var detail string
				err := r.Scan(&id, &parent, &unused, &detail)
				if whole.MatchString(detail) && !small.MatchString(detail) {
					t.Errorf("%s in: %s", detail, sql)
				}
				return err
			}, "explain query plan "+numbered.ReplaceAllString(sql, "1"))
		}); err != nil {
			t.Errorf("%v", err)
		}
	}
}

var numbered = regexp.MustCompile(`\$\d+`)

func TestLabelsAreBounded(t *testing.T) {
	t.Parallel()
	h, m := opened(t, store.SQLite)
	for _, code := range []string{"made.up", "张三 13800000000", "act.unavailable"} {
		h.Runner.Seen("case.accept", &act.Error{Kind: act.Refused, Code: code}, time.Millisecond)
	}
	for _, s := range []int{200, 404, 503} {
		m.Asked(asked.Seen{Class: asked.Class("/nobody/knows"), Status: s})
	}
	text := told(m)
	holds(t, text, `tongban_refused_total\{code="other",kind="refused"\} 2`, `tongban_request_seconds_count\{class="public",status="5xx"\} 1`)
	if strings.Contains(text, "13800000000") || strings.Contains(text, "made.up") {
		t.Error("a label holds what was sent")
	}
}

func TestTheHistoryOfAHouse(t *testing.T) {
	t.Parallel()
	h, m := opened(t, store.SQLite)
	at := time.Now()
	for range 3 {
		acts(t, h)
		m.Asked(asked.Seen{Class: "public", Status: 500, Took: 3 * time.Second})
		m.Read(at)
		at = at.Add(time.Minute)
	}
	on := map[string]bool{}
	for _, o := range m.History.On() {
		on[o.Rule.Name] = !o.Pending
	}
	// All pages break and are slow, though not for five minutes yet.
	if pressing, told := on["TongbanPagesBroken"]; pressing || !told {
		t.Errorf("on: %v", on)
	}
	if _, told := on["TongbanStoreStopped"]; told {
		t.Errorf("on: %v", on)
	}
	var b bytes.Buffer
	for _, c := range house.Charts {
		for _, p := range m.History.Over(c.Expr) {
			if p.Known {
				b.WriteString(c.Key + " ")
			}
		}
	}
	if got := b.String(); !strings.Contains(got, "pages pages pages_slow") || !strings.Contains(got, "acts acts") {
		t.Errorf("drawn: %s", got)
	}
}
